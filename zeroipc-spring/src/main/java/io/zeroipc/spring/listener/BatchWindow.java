package io.zeroipc.spring.listener;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.zeroipc.segment.EventCount;
import io.zeroipc.segment.Pollers;
import io.zeroipc.wait.Deadline;
import io.zeroipc.wait.WaitStrategy;

/** How long a batch that has begun waits for further elements. For one thread. */
final class BatchWindow {

    private final Duration timeout;
    private final EventCount arrivals;
    private final WaitStrategy strategy;
    private final ConsumerGroup group;
    private final @Nullable Pollers pollers;

    private Deadline deadline = Deadline.after(Duration.ZERO);
    private int attempts;

    BatchWindow(ListenerSettings settings, EventCount arrivals, ConsumerGroup group) {
        this.timeout = settings.getBatchReceiveTimeout();
        this.arrivals = arrivals;
        this.strategy = settings.getWaitStrategy().guarded();
        this.group = group;
        this.pollers = settings.waitingPollers();
    }

    /** The first element is there. */
    void open() {
        attempts = 0;
        if (!timeout.isZero()) {
            deadline = Deadline.after(timeout);
        }
    }

    /** More has arrived: the next one may come soon. */
    void arrived() {
        attempts = 0;
    }

    /** Passes some time; false when the batch is to be delivered as it is, also because of a stop or a pause. */
    boolean waitForMore() {
        if (timeout.isZero() || deadline.expired() || group.isStopping() || group.isPauseRequested()) {
            return false;
        }
        try {
            attempts = arrivals.pause(strategy, deadline.remainingNanos(), attempts, pollers);
            return true;
        } catch (InterruptedException e) {
            if (group.isInterrupted()) {
                // What was taken is delivered all the same, and the listener sees that it has no time.
                Thread.currentThread().interrupt();
                return false;
            }
            return true;
        }
    }
}
