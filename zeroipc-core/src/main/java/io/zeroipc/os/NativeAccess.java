package io.zeroipc.os;

import org.jspecify.annotations.Nullable;

/**
 * Whether this JVM lets us call the C library.
 *
 * <p>
 * It does when native access was granted to the module of this class ({@code --enable-native-access=ALL-UNNAMED}, or
 * {@code Enable-Native-Access: ALL-UNNAMED} in the manifest of the executable jar), the host is 64-bit little-endian
 * Linux on a processor we know, and {@code -Dzeroipc.native=false} was not given. The answer is found once, without a
 * restricted call and without a warning, and never changes.
 */
public final class NativeAccess {
    private static final @Nullable Architecture ARCHITECTURE = decide();

    private NativeAccess() {
    }

    /** True when the C library may be called; the answer is the same for the life of the JVM. */
    public static boolean isAvailable() {
        return ARCHITECTURE != null;
    }

    /** Links what will be called, where it may be: some 100 ms of a new JVM, which some thread may have to spare. */
    public static void link() {
        if (isAvailable()) {
            Libc.link();
        }
    }

    /**
     * The numbers to use for a native call.
     *
     * @throws IllegalStateException if {@link #isAvailable()} is false
     */
    static Architecture architecture() {
        Architecture architecture = ARCHITECTURE;
        if (architecture == null) {
            throw new IllegalStateException("native access is not available (expected: Linux on x86-64, aarch64 or "
                    + "riscv64, --enable-native-access=ALL-UNNAMED, and no -Dzeroipc.native=false)");
        }
        return architecture;
    }

    private static @Nullable Architecture decide() {
        if (System.getProperty("zeroipc.native", "true").equals("false")
                || !NativeAccess.class.getModule().isNativeAccessEnabled()) {
            return null;
        }
        Architecture architecture = Architecture.current();
        return architecture != null && Libc.isComplete() ? architecture : null;
    }
}
