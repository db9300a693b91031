package io.zeroipc.os;

/**
 * A full fence that one thread makes all running threads of all registered processes pass: membarrier(2) in its form
 * {@code GLOBAL_EXPEDITED}. Between a store and a load of who is often at work and a store and a load of who is about to sleep, it
 * lets the first one do without a fence of its own. Usable only with {@link NativeAccess}; thread-safe.
 */
public final class MemoryBarrier {
    private static final int GLOBAL_EXPEDITED = 1 << 1;
    private static final int REGISTER_GLOBAL_EXPEDITED = 1 << 2;

    private MemoryBarrier() {
    }

    /** In a holder of its own: registered on first use, for the life of the process. */
    private static final class Registration {
        static final boolean DONE = NativeAccess.isAvailable() && Libc.membarrier(REGISTER_GLOBAL_EXPEDITED) == 0;
    }

    /**
     * Has this process take part: from now on its threads pass a fence whenever somebody {@linkplain #everywhere asks for it}.
     *
     * @return false where the kernel is too old or does not allow it, or without native access; the answer never changes
     */
    public static boolean isRegistered() {
        return Registration.DONE;
    }

    /**
     * Returns when each thread of each registered process, the calling one included, has passed a full fence since this was
     * called, or does not run. Takes microseconds.
     *
     * <p>
     * The kernel misses threads on a processor that was idle between two threads of their process when it registered, until a
     * program of another process has run there (seen up to Linux 6.18). Whoever relies on this must look once more, later.
     *
     * @throws IllegalStateException unless {@link #isRegistered()}
     */
    public static void everywhere() {
        int result = Libc.membarrier(GLOBAL_EXPEDITED);
        if (result < 0) {
            throw new IllegalStateException("membarrier failed: errno=" + -result);
        }
    }
}
