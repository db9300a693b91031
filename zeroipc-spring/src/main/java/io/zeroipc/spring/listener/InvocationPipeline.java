package io.zeroipc.spring.listener;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

import io.zeroipc.spring.core.ChannelName;

/**
 * The way of an element from the channel to its end: the listener, as often as it takes, and what becomes of the element
 * when that does not help. Nothing that a listener or a handler throws reaches the consumer. Thread-safe, one for each
 * channel of a container.
 */
final class InvocationPipeline {

    private final String listenerId;
    private final ChannelName channel;
    private final Attempts attempts;
    private final Recovery recovery;
    private final ChannelStatistics statistics;
    private final AtomicReference<@Nullable ListenerError> lastError;
    private final @Nullable PayloadCall call;
    private final boolean needsPositions;

    /**
     * @param call calls the listener without a message; null when it wants one
     * @param needsPositions whether the listener asks for the position of each element of a batch
     */
    InvocationPipeline(String listenerId, ChannelName channel, Attempts attempts, Recovery recovery,
            ChannelStatistics statistics, AtomicReference<@Nullable ListenerError> lastError,
            @Nullable PayloadCall call, boolean needsPositions) {
        this.listenerId = listenerId;
        this.channel = channel;
        this.attempts = attempts;
        this.recovery = recovery;
        this.statistics = statistics;
        this.lastError = lastError;
        this.call = call;
        this.needsPositions = needsPositions;
    }

    boolean needsPositions() {
        return needsPositions;
    }

    /** What became of what was delivered. */
    enum Outcome {
        /** The listener returned. */
        PROCESSED,
        /** The listener failed, and what comes last was done. */
        FAILED,
        /** It is left where it is, for the next start: the consumer takes no further element. */
        KEPT
    }

    /**
     * Delivers.
     *
     * @param payload an element, or a list of them
     * @param element what the payload was made of; the same where nothing was converted
     * @param sequence position of the last element
     * @param positions of all elements of a batch; empty where nobody asks for them
     * @param commits tells what the listener may acknowledge, and whether elements can be left where they are
     * @param clock of the thread
     */
    Outcome deliver(Object payload, Object element, int size, long sequence, List<Long> positions, Commits commits,
            ConsumerClock clock) {
        Acknowledgment acknowledgment = commits.delivering(sequence);
        PayloadCall direct = call;
        Throwable thrown = null;
        if (direct != null && direct.accepts(payload)) {
            long began = clock.began();
            thrown = direct.call(payload);
            clock.ended(began, thrown);
            if (thrown == null) {
                statistics.success(size);
                return Outcome.PROCESSED;
            }
        }
        ElementMessage message = new ElementMessage(listenerId, channel, payload, element, size, sequence,
                positions, acknowledgment);
        Attempts.Result result = thrown == null
                ? attempts.deliver(message, clock)
                : attempts.deliverAgain(message, thrown, clock);
        ListenerExecutionFailedException failure = result.failure();
        if (failure == null) {
            statistics.success(size);
            return Outcome.PROCESSED;
        }
        return failed(failure, size, result, commits);
    }

    /** For an element whose bytes are no value of its type. */
    Outcome unreadable(Throwable error, Commits commits) {
        ListenerExecutionFailedException failure = error instanceof UnreadableElementException unreadable
                ? new ListenerExecutionFailedException(listenerId, channel, unreadable.bytes(), unreadable.reason())
                : new ListenerExecutionFailedException(listenerId, channel, null, error);
        return failed(failure, commits);
    }

    /** For an element that is no payload of the declared type. The handler gets the element itself. */
    Outcome unconvertible(Object element, long sequence, Throwable error, Commits commits) {
        ElementMessage message = new ElementMessage(listenerId, channel, element, 1, sequence).undelivered();
        return failed(new ListenerExecutionFailedException("element cannot be converted", listenerId, channel, message,
                error), commits);
    }

    /** For an element at which the listener's filter has thrown. */
    Outcome unfilterable(Object element, long sequence, Throwable error, Commits commits) {
        ElementMessage message = new ElementMessage(listenerId, channel, element, 1, sequence).undelivered();
        return failed(new ListenerExecutionFailedException("filter failed", listenerId, channel, message, error),
                commits);
    }

    /** For an element that the listener does not want. */
    void filtered() {
        statistics.filtered(1);
    }

    private Outcome failed(ListenerExecutionFailedException failure, Commits commits) {
        attempts.undelivered(failure);
        return failed(failure, 1, new Attempts.Result(failure, attempts.isHandled(failure), false), commits);
    }

    private Outcome failed(ListenerExecutionFailedException failure, int size, Attempts.Result result,
            Commits commits) {
        statistics.failure(size);
        lastError.set(ListenerError.of(failure));
        if (result.handled()) {
            return Outcome.FAILED;
        }
        boolean keeping = commits.isKeeping();
        if (keeping && result.stopped()) {
            return Outcome.KEPT;
        }
        if (attempts.isRecovered(failure)) {
            return Outcome.FAILED;
        }
        return recovery.recover(failure, size, keeping) ? Outcome.FAILED : Outcome.KEPT;
    }
}
