package io.zeroipc.os;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * The numbers of the Linux system interface that differ between processors. All members are 64 bit and little-endian;
 * every other constant this package uses has the same value on each of them.
 */
enum Architecture {
    X86_64(257, 3, 0, 1, 72, 285, 62, 5, 202, 324, 271, 290, 294, 254, 255, 28, 237, 0x20000),
    AARCH64(56, 57, 63, 64, 25, 47, 129, 80, 98, 283, 73, 19, 26, 27, 28, 233, 235, 0x8000),
    RISCV64(56, 57, 63, 64, 25, 47, 129, 80, 98, 283, 73, 19, 26, 27, 28, 233, 235, 0x20000);

    // The numbers of system calls, by the calls' names.
    final long openat;
    final long close;
    final long read;
    final long write;
    final long fcntl;
    final long fallocate;
    final long kill;
    /** Its result begins with device and inode, 8 bytes each, on all of them. */
    final long fstat;
    final long futex;
    final long membarrier;
    final long ppoll;
    final long eventfd2;
    final long inotifyInit1;
    final long inotifyAddWatch;
    final long inotifyRmWatch;
    final long madvise;
    final long mbind;
    /** The open(2) flag that refuses a symbolic link as last path component. */
    final int noFollow;

    Architecture(long openat, long close, long read, long write, long fcntl, long fallocate, long kill, long fstat,
            long futex, long membarrier, long ppoll, long eventfd2, long inotifyInit1, long inotifyAddWatch,
            long inotifyRmWatch, long madvise, long mbind, int noFollow) {
        this.openat = openat;
        this.close = close;
        this.read = read;
        this.write = write;
        this.fcntl = fcntl;
        this.fallocate = fallocate;
        this.kill = kill;
        this.fstat = fstat;
        this.futex = futex;
        this.membarrier = membarrier;
        this.ppoll = ppoll;
        this.eventfd2 = eventfd2;
        this.inotifyInit1 = inotifyInit1;
        this.inotifyAddWatch = inotifyAddWatch;
        this.inotifyRmWatch = inotifyRmWatch;
        this.madvise = madvise;
        this.mbind = mbind;
        this.noFollow = noFollow;
    }

    /** The architecture this JVM runs on, or null when it is not Linux on one of ours. */
    static @Nullable Architecture current() {
        boolean fits = ValueLayout.ADDRESS.byteSize() == Long.BYTES
                && ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
        return fits ? of(System.getProperty("os.name", ""), System.getProperty("os.arch", "")) : null;
    }

    static @Nullable Architecture of(String osName, String osArch) {
        if (!osName.equals("Linux")) {
            return null;
        }
        return switch (osArch.toLowerCase(Locale.ROOT)) {
            case "amd64", "x86_64" -> X86_64;
            case "aarch64" -> AARCH64;
            case "riscv64" -> RISCV64;
            default -> null;
        };
    }
}
