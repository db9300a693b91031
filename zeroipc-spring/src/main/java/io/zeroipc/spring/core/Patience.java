package io.zeroipc.spring.core;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.zeroipc.wait.Deadline;

/**
 * How long one operation waits for what it has not found. Its time begins to run when it first finds nothing: most operations
 * wait for nothing, and asking for the time costs them more than all else. For one operation, which may go on with another
 * file.
 */
final class Patience {

    /** For operations that do not wait. */
    static final Patience NONE = new Patience(Duration.ZERO, null);

    private final Duration timeout;
    private @Nullable Deadline deadline;
    private long begunAtNanos;
    private boolean begun;

    private Patience(Duration timeout, @Nullable Deadline deadline) {
        this.timeout = timeout;
        this.deadline = deadline;
    }

    /** This long; zero and less is not at all. */
    static Patience of(Duration timeout) {
        return timeout.isPositive() ? new Patience(timeout, null) : NONE;
    }

    /** Up to a moment that more than this operation waits for: its time runs already. */
    static Patience until(Deadline deadline) {
        Patience patience = new Patience(Duration.ZERO, deadline);
        patience.started();
        return patience;
    }

    /** As long as it takes. */
    static Patience endless() {
        return new Patience(Duration.ZERO, Deadline.never());
    }

    /** Nothing was there. Whether there is anything to wait for: the time runs from the first call on, and may be over. */
    boolean begin() {
        if (deadline == null) {
            if (!timeout.isPositive()) {
                return false;
            }
            deadline = Deadline.after(timeout);
        }
        started();
        return true;
    }

    private void started() {
        if (!begun) {
            begun = true;
            begunAtNanos = System.nanoTime();
        }
    }

    /** Until when it waits, once it has begun to. */
    Deadline deadline() {
        Deadline until = deadline;
        return until == null ? Deadline.after(Duration.ZERO) : until;
    }

    boolean isOver() {
        return deadline == null || deadline.expired();
    }

    /** Since nothing was there for the first time. */
    Duration waited() {
        return begun ? Duration.ofNanos(System.nanoTime() - begunAtNanos) : Duration.ZERO;
    }
}
