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
    X86_64(202, 5, 0x20000),
    AARCH64(98, 80, 0x8000),
    RISCV64(98, 80, 0x20000);

    /** System call number of futex(2). */
    final long futex;
    /** System call number of fstat(2), whose result begins with device and inode, 8 bytes each, on all of them. */
    final long fstat;
    /** The open(2) flag that refuses a symbolic link as last path component. */
    final int noFollow;

    Architecture(long futex, long fstat, int noFollow) {
        this.futex = futex;
        this.fstat = fstat;
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
