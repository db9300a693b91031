package io.zeroipc.flow;

import java.util.function.BooleanSupplier;

import io.zeroipc.segment.Attachment;
import io.zeroipc.wait.Deadline;

/** How a send ended. */
enum SendOutcome {
    SENT, TIMED_OUT, CLOSED;

    /**
     * Tries to send until it works, the deadline, or the end.
     *
     * @param ended looked at before each attempt
     */
    static SendOutcome await(Attachment attachment, BooleanSupplier ended, BooleanSupplier attempt, Deadline deadline)
            throws InterruptedException {
        SendOutcome outcome = attachment.await(() -> {
            if (ended.getAsBoolean()) {
                return CLOSED;
            }
            return attempt.getAsBoolean() ? SENT : null;
        }, () -> false, deadline);
        return outcome == null ? TIMED_OUT : outcome;
    }
}
