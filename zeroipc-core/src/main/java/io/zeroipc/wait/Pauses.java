package io.zeroipc.wait;

import java.util.concurrent.locks.LockSupport;

/** Pauses of waits that an interrupt does not end. */
public final class Pauses {

    private Pauses() {
    }

    /**
     * As {@link WaitStrategy#idle}, with an interrupt kept for whoever asks next: while one is pending no sleep lasts, and a
     * number of pauses that is meant to be a second would be over at once.
     */
    public static int keepingInterrupt(WaitStrategy strategy, int attempts) {
        boolean interrupted = Thread.interrupted();
        if (interrupted) {
            // An interrupt, ours below included, leaves a permit that would end the next park at once.
            LockSupport.parkNanos(1);
        }
        int next = strategy.idle(attempts);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return next;
    }
}
