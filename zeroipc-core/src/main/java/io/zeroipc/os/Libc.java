package io.zeroipc.os;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.Charset;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

/**
 * The few system calls this package makes: the one place with a downcall. There is one, {@code syscall(2)} with six arguments,
 * because linking a function costs more than all that an application does with it here: some sixty classes for each descriptor.
 *
 * <p>
 * Every method returns what the kernel returns: a result of 0 or more, or the negated error number. Call none of them unless
 * {@link NativeAccess#isAvailable()}. The function is linked on its first use. A test compares {@link #SYSCALL} with the
 * {@code reachability-metadata.json} that native images need.
 */
final class Libc {
    static final int EPERM = 1;
    static final int ENOENT = 2;
    static final int ESRCH = 3;
    static final int EINTR = 4;
    static final int EAGAIN = 11;
    static final int ENOMEM = 12;
    static final int EACCES = 13;
    static final int EFAULT = 14;
    static final int EINVAL = 22;
    static final int ENOSPC = 28;
    static final int ENOSYS = 38;
    static final int ELOOP = 40;
    static final int EOPNOTSUPP = 95;
    static final int ETIMEDOUT = 110;
    static final int EDQUOT = 122;

    /** Relative paths start at the working directory; ours are absolute. */
    private static final int AT_FDCWD = -100;
    static final int O_RDONLY = 0;
    static final int O_RDWR = 2;
    /** Without it the opening of a FIFO that took the file's place could wait for ever. */
    static final int O_NONBLOCK = 0x800;
    static final int O_CLOEXEC = 0x80000;

    static final int F_OFD_GETLK = 36;
    static final int F_OFD_SETLK = 37;
    static final short F_RDLCK = 0;
    static final short F_WRLCK = 1;
    static final short F_UNLCK = 2;

    /** {@code pidfd_open}: added when numbers had become the same for all processors. */
    private static final long PIDFD_OPEN = 434;

    static final short POLLIN = 1;
    /** The number is none of an open descriptor. */
    static final short POLLNVAL = 0x20;

    static final int IN_MODIFY = 0x2;
    static final int IN_ATTRIB = 0x4;
    static final int IN_CLOSE_WRITE = 0x8;
    static final int IN_CLOSE_NOWRITE = 0x10;
    static final int IN_OPEN = 0x20;
    static final int IN_DELETE_SELF = 0x400;
    static final int IN_MOVE_SELF = 0x800;
    static final int IN_Q_OVERFLOW = 0x4000;
    /** The watch is over: it was removed, or its file is gone, or the file system. */
    static final int IN_IGNORED = 0x8000;
    static final int IN_DONT_FOLLOW = 0x02000000;

    static final StructLayout POLLFD = MemoryLayout.structLayout(JAVA_INT.withName("fd"), JAVA_SHORT.withName("events"),
            JAVA_SHORT.withName("revents"));

    /** {@code struct inotify_event}; {@code len} bytes of a name follow. */
    static final StructLayout INOTIFY_EVENT = MemoryLayout.structLayout(JAVA_INT.withName("wd"),
            JAVA_INT.withName("mask"), JAVA_INT.withName("cookie"), JAVA_INT.withName("len"));

    /** {@code struct flock} of 64-bit Linux; whence 0 means that start counts from the beginning of the file. */
    static final StructLayout FLOCK = MemoryLayout.structLayout(JAVA_SHORT.withName("type"),
            JAVA_SHORT.withName("whence"), MemoryLayout.paddingLayout(4), JAVA_LONG.withName("start"),
            JAVA_LONG.withName("length"), JAVA_INT.withName("pid"), MemoryLayout.paddingLayout(4));

    private static final long FLOCK_TYPE = FLOCK.byteOffset(PathElement.groupElement("type"));
    private static final long FLOCK_START = FLOCK.byteOffset(PathElement.groupElement("start"));
    private static final long FLOCK_LENGTH = FLOCK.byteOffset(PathElement.groupElement("length"));

    /** Larger than {@code struct stat} of any architecture we know (144 bytes); only its first 16 bytes are read. */
    private static final long STAT_BYTE_SIZE = 512;

    private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
    private static final long ERRNO_OFFSET = CALL_STATE.byteOffset(PathElement.groupElement("errno"));
    private static final Charset PATH_CHARSET = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));

    /** The same number on all architectures, as of all system calls since 424. */
    private static final long FUTEX_WAITV = 449;
    private static final long FUTEX_WAITV_SIZE = 24;
    private static final long FUTEX_WAITV_ADDRESS = 8;
    private static final long FUTEX_WAITV_FLAGS = 16;
    private static final int FUTEX2_SIZE_U32 = 2;
    private static final int CLOCK_MONOTONIC = 1;

    static final int MADV_HUGEPAGE = 14;
    /** Since Linux 5.14. */
    static final int MADV_POPULATE_READ = 22;
    /** Since Linux 5.14. */
    static final int MADV_POPULATE_WRITE = 23;
    /** Since Linux 6.1. */
    static final int MADV_COLLAPSE = 25;
    static final int NODES_MAX = 1024;
    private static final int MPOL_BIND = 2;
    private static final int MPOL_MF_MOVE = 2;

    private static final String SYMBOL = "syscall";
    /** The number and six arguments as full registers, so that one descriptor serves every system call we make. */
    static final FunctionDescriptor SYSCALL = FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    /** Index of the first argument of {@link #SYSCALL} that C passes in the variadic way. */
    static final int FIRST_VARIADIC = 1;

    private Libc() {
    }

    /** Whether this C library exports the function; a look-up only, nothing is linked and nothing is restricted. */
    static boolean isComplete() {
        return Linker.nativeLinker().defaultLookup().find(SYMBOL).isPresent();
    }

    /** In a holder of its own: linked on first use, and a constant for the compiler. */
    private static final class Syscall {

        static final MethodHandle HANDLE = link();

        @SuppressWarnings("restricted")
        private static MethodHandle link() {
            Linker linker = Linker.nativeLinker();
            return linker.downcallHandle(linker.defaultLookup().findOrThrow(SYMBOL), SYSCALL,
                    Linker.Option.firstVariadicArg(FIRST_VARIADIC), Linker.Option.captureCallState("errno"));
        }
    }

    /** Links the function, and calls it once: closing what is no descriptor does nothing. */
    static void link() {
        close(-1);
    }

    /** open(2); never creates. */
    static int open(String path, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) syscall(arena, NativeAccess.architecture().openat, AT_FDCWD,
                    arena.allocateFrom(path, PATH_CHARSET).address(), flags, 0);
        }
    }

    static int close(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) syscall(arena, NativeAccess.architecture().close, fd, 0, 0, 0);
        }
    }

    /** Takes, changes or drops ({@code type}) the lock of one byte for the open file description behind fd. */
    static int setLock(int fd, short type, long position) {
        try (Arena arena = Arena.ofConfined()) {
            return fcntl(arena, fd, F_OFD_SETLK, flock(arena, type, position));
        }
    }

    /**
     * The type of a lock that would keep this description from taking {@code type} on one byte, {@link #F_UNLCK} when
     * there is none, or a negated error number.
     */
    static int getLock(int fd, short type, long position) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment flock = flock(arena, type, position);
            int result = fcntl(arena, fd, F_OFD_GETLK, flock);
            return result < 0 ? result : flock.get(JAVA_SHORT, FLOCK_TYPE);
        }
    }

    /** fallocate(2): reserves real blocks for bytes 0 to {@code byteSize}, and lengthens the file when it is shorter. */
    static int allocate(int fd, long byteSize) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) syscall(arena, NativeAccess.architecture().fallocate, fd, 0, 0, byteSize);
        }
    }

    /** Whether a process can be signalled: 0, {@code -EPERM} when it exists but is not ours, {@code -ESRCH} when not. */
    static int probeProcess(int pid) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) syscall(arena, NativeAccess.architecture().kill, pid, 0, 0, 0);
        }
    }

    /** Device and inode of an open file; the result is 0 when {@code deviceAndInode} has been filled. */
    static int fstat(int fd, long[] deviceAndInode) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment stat = arena.allocate(STAT_BYTE_SIZE, Long.BYTES);
            int result = (int) syscall(arena, NativeAccess.architecture().fstat, fd, stat.address(), 0, 0);
            MemorySegment.copy(stat, JAVA_LONG, 0, deviceAndInode, 0, 2);
            return result;
        }
    }

    /** futex(2) with four arguments. The timeout is relative; negative means none. */
    static long futex(long address, int operation, int value, long timeoutNanos) {
        try (Arena arena = Arena.ofConfined()) {
            return syscall(arena, NativeAccess.architecture().futex, address, operation, value,
                    timespec(arena, timeoutNanos));
        }
    }

    /**
     * futex_waitv(2) on words that several processes map. The end is absolute, by the clock that {@link System#nanoTime} reads;
     * negative means none.
     */
    static long futexWaitAny(long[] addresses, int[] expected, int count, long nanos) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment waiters = arena.allocate(FUTEX_WAITV_SIZE * Math.max(1, count), Long.BYTES);
            for (int i = 0; i < count; i++) {
                long at = FUTEX_WAITV_SIZE * i;
                waiters.set(JAVA_LONG, at, Integer.toUnsignedLong(expected[i]));
                waiters.set(JAVA_LONG, at + FUTEX_WAITV_ADDRESS, addresses[i]);
                waiters.set(JAVA_INT, at + FUTEX_WAITV_FLAGS, FUTEX2_SIZE_U32);
            }
            long end = nanos < 0 ? -1 : System.nanoTime() + nanos;
            return syscall(arena, FUTEX_WAITV, waiters.address(), count, 0, timespec(arena, end), CLOCK_MONOTONIC, 0);
        }
    }

    /** membarrier(2) without flags. */
    static int membarrier(int command) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) syscall(arena, NativeAccess.architecture().membarrier, command, 0, 0, 0);
        }
    }

    /** read(2) into a part of the native memory of a segment, from its beginning. */
    static long read(int fd, MemorySegment to) {
        try (Arena arena = Arena.ofConfined()) {
            return syscall(arena, NativeAccess.architecture().read, fd, to.address(), to.byteSize(), 0);
        }
    }

    /** Adds 1 to an eventfd(2). */
    static int ring(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) syscall(arena, NativeAccess.architecture().write, fd,
                    arena.allocateFrom(JAVA_LONG, 1).address(),
                    Long.BYTES, 0);
        }
    }

    /** ppoll(2) of an array of {@link #POLLFD}, with the signal mask as it is; how many have something. */
    static int poll(MemorySegment descriptors, int count, long timeoutNanos) {
        try (Arena arena = Arena.ofConfined()) {
            // The fifth argument is the size of the mask, which is not looked at without one.
            return (int) syscall(arena, NativeAccess.architecture().ppoll, descriptors.address(), count,
                    timespec(arena, timeoutNanos), 0);
        }
    }

    /** eventfd(2), which nobody waits in but by ppoll. */
    static int eventDescriptor() {
        try (Arena arena = Arena.ofConfined()) {
            return (int) syscall(arena, NativeAccess.architecture().eventfd2, 0, O_CLOEXEC | O_NONBLOCK, 0, 0);
        }
    }

    /** pidfd_open(2); the descriptor is never inherited. */
    static int processDescriptor(int pid) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) syscall(arena, PIDFD_OPEN, pid, 0, 0, 0);
        }
    }

    /** inotify_init1(2), which nobody waits in but by ppoll. */
    static int fileEvents() {
        try (Arena arena = Arena.ofConfined()) {
            return (int) syscall(arena, NativeAccess.architecture().inotifyInit1, O_CLOEXEC | O_NONBLOCK, 0, 0, 0);
        }
    }

    /** inotify_add_watch(2): the number of the watch, the same one for a file that is watched already. */
    static int watch(int fd, String path, int mask) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) syscall(arena, NativeAccess.architecture().inotifyAddWatch, fd,
                    arena.allocateFrom(path, PATH_CHARSET).address(), mask, 0);
        }
    }

    static int unwatch(int fd, int watch) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) syscall(arena, NativeAccess.architecture().inotifyRmWatch, fd, watch, 0, 0);
        }
    }

    /** madvise(2) of a whole mapping. */
    static int advise(MemorySegment mapping, int advice) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) syscall(arena, NativeAccess.architecture().madvise, mapping.address(), mapping.byteSize(),
                    advice, 0);
        }
    }

    /** mbind(2) of a whole mapping to one node; pages that only this process has mapped are moved there. */
    static int bind(MemorySegment mapping, int node) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment nodes = arena.allocate(JAVA_LONG, NODES_MAX / Long.SIZE);
            nodes.setAtIndex(JAVA_LONG, node / Long.SIZE, 1L << node % Long.SIZE);
            // The kernel takes one less than the number of bits that it is told.
            return (int) syscall(arena, NativeAccess.architecture().mbind, mapping.address(), mapping.byteSize(),
                    MPOL_BIND, nodes.address(), NODES_MAX + 1, MPOL_MF_MOVE);
        }
    }

    /** The address of a {@code struct timespec}, and 0, for no end, when the time is negative. */
    private static long timespec(Arena arena, long nanos) {
        if (nanos < 0) {
            return 0;
        }
        MemorySegment time = arena.allocate(JAVA_LONG, 2);
        time.setAtIndex(JAVA_LONG, 0, nanos / 1_000_000_000);
        time.setAtIndex(JAVA_LONG, 1, nanos % 1_000_000_000);
        return time.address();
    }

    private static int fcntl(Arena arena, int fd, int command, MemorySegment argument) {
        return (int) syscall(arena, NativeAccess.architecture().fcntl, fd, command, argument.address(), 0);
    }

    private static long syscall(Arena arena, long number, long a, long b, long c, long d) {
        return syscall(arena, number, a, b, c, d, 0, 0);
    }

    private static long syscall(Arena arena, long number, long a, long b, long c, long d, long e, long f) {
        MemorySegment state = arena.allocate(CALL_STATE);
        try {
            long result = (long) Syscall.HANDLE.invokeExact(state, number, a, b, c, d, e, f);
            return result >= 0 ? result : -state.get(JAVA_INT, ERRNO_OFFSET);
        } catch (RuntimeException | Error thrown) {
            throw thrown;
        } catch (Throwable thrown) {
            throw new IllegalStateException("native call failed: system call=" + number, thrown);
        }
    }

    private static MemorySegment flock(Arena arena, short type, long position) {
        MemorySegment flock = arena.allocate(FLOCK);
        flock.set(JAVA_SHORT, FLOCK_TYPE, type);
        flock.set(JAVA_LONG, FLOCK_START, position);
        flock.set(JAVA_LONG, FLOCK_LENGTH, 1);
        return flock;
    }
}
