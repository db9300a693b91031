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
import java.util.ArrayList;
import java.util.List;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

/**
 * The few functions of the C library this package calls: the one place with downcalls.
 *
 * <p>
 * Every method returns what the kernel would return: a result of 0 or more, or the negated error number. Call none of
 * them unless {@link NativeAccess#isAvailable()}. A function is linked on its first use, so that an application pays
 * only for what it calls. {@link #FUNCTIONS} lists the descriptors as data; a test compares them with the
 * {@code reachability-metadata.json} that native images need.
 */
final class Libc {
    static final int EPERM = 1;
    static final int ENOENT = 2;
    static final int ESRCH = 3;
    static final int EINTR = 4;
    static final int EAGAIN = 11;
    static final int EACCES = 13;
    static final int EFAULT = 14;
    static final int EINVAL = 22;
    static final int ENOSPC = 28;
    static final int ENOSYS = 38;
    static final int ELOOP = 40;
    static final int EOPNOTSUPP = 95;
    static final int ETIMEDOUT = 110;
    static final int EDQUOT = 122;

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

    static final int NOT_VARIADIC = -1;

    static final Function OPEN = new Function("open", 2, true, FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    static final Function CLOSE = new Function("close", NOT_VARIADIC, true,
            FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    static final Function FCNTL = new Function("fcntl", 2, true,
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
    /** Returns the error number and leaves errno alone. */
    static final Function POSIX_FALLOCATE = new Function("posix_fallocate", NOT_VARIADIC, false,
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
    static final Function KILL = new Function("kill", NOT_VARIADIC, true,
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    /** The number and four arguments as full registers, so that one descriptor serves every system call we make. */
    static final Function SYSCALL = new Function("syscall", 1, true,
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
    /** All of them. */
    static final List<Function> FUNCTIONS = List.of(OPEN, CLOSE, FCNTL, POSIX_FALLOCATE, KILL, SYSCALL);

    /**
     * A function with the descriptor and the options it is linked with.
     *
     * @param symbol its name in the library
     * @param firstVariadicArgument index of the first variadic argument, or {@link #NOT_VARIADIC}
     * @param capturesErrno whether errno is saved behind the call
     * @param descriptor result and arguments
     */
    record Function(String symbol, int firstVariadicArgument, boolean capturesErrno, FunctionDescriptor descriptor) {

        private List<Linker.Option> options() {
            List<Linker.Option> options = new ArrayList<>();
            if (firstVariadicArgument != NOT_VARIADIC) {
                options.add(Linker.Option.firstVariadicArg(firstVariadicArgument));
            }
            if (capturesErrno) {
                options.add(Linker.Option.captureCallState("errno"));
            }
            return options;
        }

        @SuppressWarnings("restricted")
        private MethodHandle link() {
            Linker linker = Linker.nativeLinker();
            MemorySegment address = linker.defaultLookup().findOrThrow(symbol);
            return linker.downcallHandle(address, descriptor, options().toArray(Linker.Option[]::new));
        }
    }

    private Libc() {
    }

    /** Whether this C library exports every function; a look-up only, nothing is linked and nothing is restricted. */
    static boolean isComplete() {
        for (Function function : FUNCTIONS) {
            if (Linker.nativeLinker().defaultLookup().find(function.symbol()).isEmpty()) {
                return false;
            }
        }
        return true;
    }

    // Each handle sits in a holder of its own: linked on first use, and a constant for the compiler.

    private static final class Open {
        static final MethodHandle HANDLE = OPEN.link();
    }

    private static final class Close {
        static final MethodHandle HANDLE = CLOSE.link();
    }

    private static final class Fcntl {
        static final MethodHandle HANDLE = FCNTL.link();
    }

    private static final class PosixFallocate {
        static final MethodHandle HANDLE = POSIX_FALLOCATE.link();
    }

    private static final class Kill {
        static final MethodHandle HANDLE = KILL.link();
    }

    private static final class Syscall {
        static final MethodHandle HANDLE = SYSCALL.link();
    }

    /** open(2); never creates. */
    static int open(String path, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(CALL_STATE);
            int fd = (int) Open.HANDLE.invokeExact(state, arena.allocateFrom(path, PATH_CHARSET), flags);
            return fd >= 0 ? fd : -errno(state);
        } catch (Throwable e) {
            throw unexpected(OPEN, e);
        }
    }

    static int close(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(CALL_STATE);
            int result = (int) Close.HANDLE.invokeExact(state, fd);
            return result >= 0 ? result : -errno(state);
        } catch (Throwable e) {
            throw unexpected(CLOSE, e);
        }
    }

    /** Takes, changes or drops ({@code type}) the lock of one byte for the open file description behind fd. */
    static int setLock(int fd, short type, long position) {
        try (Arena arena = Arena.ofConfined()) {
            return fcntl(arena, fd, F_OFD_SETLK, flock(arena, type, position));
        } catch (Throwable e) {
            throw unexpected(FCNTL, e);
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
        } catch (Throwable e) {
            throw unexpected(FCNTL, e);
        }
    }

    /** Reserves real blocks for bytes 0 to {@code byteSize}, and lengthens the file when it is shorter. */
    static int allocate(int fd, long byteSize) {
        try {
            return -(int) PosixFallocate.HANDLE.invokeExact(fd, 0L, byteSize);
        } catch (Throwable e) {
            throw unexpected(POSIX_FALLOCATE, e);
        }
    }

    /** Whether a process can be signalled: 0, {@code -EPERM} when it exists but is not ours, {@code -ESRCH} when not. */
    static int probeProcess(int pid) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(CALL_STATE);
            int result = (int) Kill.HANDLE.invokeExact(state, pid, 0);
            return result >= 0 ? result : -errno(state);
        } catch (Throwable e) {
            throw unexpected(KILL, e);
        }
    }

    /** Device and inode of an open file; the result is 0 when {@code deviceAndInode} has been filled. */
    static int fstat(int fd, long[] deviceAndInode) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment stat = arena.allocate(STAT_BYTE_SIZE, Long.BYTES);
            int result = (int) syscall(arena, NativeAccess.architecture().fstat, fd, stat.address(), 0, 0);
            MemorySegment.copy(stat, JAVA_LONG, 0, deviceAndInode, 0, 2);
            return result;
        } catch (Throwable e) {
            throw unexpected(SYSCALL, e);
        }
    }

    /** futex(2) with four arguments. The timeout is relative; negative means none. */
    static long futex(long address, int operation, int value, long timeoutNanos) {
        try (Arena arena = Arena.ofConfined()) {
            long timespec = 0;
            if (timeoutNanos >= 0) {
                MemorySegment time = arena.allocate(JAVA_LONG, 2);
                time.setAtIndex(JAVA_LONG, 0, timeoutNanos / 1_000_000_000);
                time.setAtIndex(JAVA_LONG, 1, timeoutNanos % 1_000_000_000);
                timespec = time.address();
            }
            return syscall(arena, NativeAccess.architecture().futex, address, operation, value, timespec);
        } catch (Throwable e) {
            throw unexpected(SYSCALL, e);
        }
    }

    private static int fcntl(Arena arena, int fd, int command, MemorySegment argument) throws Throwable {
        MemorySegment state = arena.allocate(CALL_STATE);
        int result = (int) Fcntl.HANDLE.invokeExact(state, fd, command, argument);
        return result >= 0 ? result : -errno(state);
    }

    private static long syscall(Arena arena, long number, long a, long b, long c, long d) throws Throwable {
        MemorySegment state = arena.allocate(CALL_STATE);
        long result = (long) Syscall.HANDLE.invokeExact(state, number, a, b, c, d);
        return result >= 0 ? result : -errno(state);
    }

    private static MemorySegment flock(Arena arena, short type, long position) {
        MemorySegment flock = arena.allocate(FLOCK);
        flock.set(JAVA_SHORT, FLOCK_TYPE, type);
        flock.set(JAVA_LONG, FLOCK_START, position);
        flock.set(JAVA_LONG, FLOCK_LENGTH, 1);
        return flock;
    }

    private static int errno(MemorySegment state) {
        return state.get(JAVA_INT, ERRNO_OFFSET);
    }

    private static RuntimeException unexpected(Function function, Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return e instanceof RuntimeException known
                ? known
                : new IllegalStateException("native call failed: function=" + function.symbol(), e);
    }
}
