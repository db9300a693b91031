package io.zeroipc.flow;

import java.util.function.BooleanSupplier;

import io.zeroipc.segment.EventCount;
import io.zeroipc.wait.Deadline;

/** How a send ended. */
enum SendOutcome {
    SENT, TIMED_OUT, CLOSED;

    /**
     * Tries to send until it works, the deadline, or the end.
     *
     * @param departures where to wait for room
     * @param ended looked at before each attempt
     */
    static SendOutcome await(EventCount departures, BooleanSupplier ended, BooleanSupplier attempt,
            Deadline deadline) throws InterruptedException {
        SendOutcome outcome = departures.await(() -> {
            if (ended.getAsBoolean()) {
                return CLOSED;
            }
            return attempt.getAsBoolean() ? SENT : null;
        }, () -> false, deadline);
        return outcome == null ? TIMED_OUT : outcome;
    }
}
