package io.zeroipc.spring.listener;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntConsumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.zeroipc.spring.core.ChannelOperations;
import io.zeroipc.spring.core.UserCode;

/**
 * Counts what one listener did with one channel since its container was made, across restarts. Thread-safe; reading is
 * a sum over stripes, not a snapshot.
 */
public final class ChannelStatistics {

    private static final Log LOG = LogFactory.getLog(ChannelStatistics.class);

    private final LongAdder succeeded = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder lost = new LongAdder();
    private final LongAdder filtered = new LongAdder();
    private final LongAdder retried = new LongAdder();
    private final LongAdder deadLettered = new LongAdder();
    private final LongAdder discarded = new LongAdder();

    private final ChannelOperations operations;
    private final List<IntConsumer> batchObservers = new CopyOnWriteArrayList<>();
    private final List<CallObserver> callObservers = new CopyOnWriteArrayList<>();

    /** @param operations of the channel, which other listeners and the template count, too */
    ChannelStatistics(ChannelOperations operations) {
        this.operations = operations;
    }

    /** Is told how long a call of the listener took. */
    @FunctionalInterface
    public interface CallObserver {

        /**
         * @param nanos how long
         * @param thrown what the listener threw; null when it returned
         */
        void called(long nanos, @Nullable Throwable thrown);
    }

    /**
     * Has calls timed from now on: each where they come slowly, and one of sixteen where they follow each other within ten
     * microseconds. A call is one attempt, for an element or a batch. Somebody is told in the thread that made it.
     */
    public void observeCalls(CallObserver observer) {
        callObservers.add(observer);
    }

    boolean isTimed() {
        return !callObservers.isEmpty();
    }

    void called(long nanos, @Nullable Throwable thrown) {
        for (CallObserver observer : callObservers) {
            Throwable failure = UserCode.run(() -> observer.called(nanos, thrown));
            if (failure != null) {
                LOG.debug("call could not be measured: nanos=" + nanos + ", error=" + UserCode.describe(failure));
            }
        }
    }

    /** Calls somebody with the size of each batch from now on, in the thread that is about to take the next one. */
    public void observeBatches(IntConsumer observer) {
        batchObservers.add(observer);
    }

    /** Elements after which the listener returned. */
    public long succeeded() {
        return succeeded.sum();
    }

    /** Elements that could not be read, or after which the listener threw. */
    public long failed() {
        return failed.sum();
    }

    /** Elements that were overwritten before this listener saw them. */
    public long lost() {
        return lost.sum();
    }

    void taken(int elements) {
        operations.addReceived(elements);
    }

    void batch(int elements) {
        for (IntConsumer observer : batchObservers) {
            Throwable thrown = UserCode.run(() -> observer.accept(elements));
            if (thrown != null) {
                LOG.debug("batch could not be measured: elements=" + elements + ", error=" + UserCode.describe(thrown));
            }
        }
    }

    /** Elements with which the listener was called again after it had failed, counted each time. */
    public long retried() {
        return retried.sum();
    }

    /** Failed elements that were sent to the channel of dead letters. */
    public long deadLettered() {
        return deadLettered.sum();
    }

    /** Failed elements that are gone: nobody dealt with the failure, and they are no dead letters. */
    public long discarded() {
        return discarded.sum();
    }

    void retry(int elements) {
        retried.add(elements);
    }

    void deadLetter(int elements) {
        deadLettered.add(elements);
    }

    void discard(int elements) {
        discarded.add(elements);
    }

    /** Elements that the listener did not want. */
    public long filtered() {
        return filtered.sum();
    }

    void filtered(int elements) {
        filtered.add(elements);
    }

    void success(int elements) {
        succeeded.add(elements);
    }

    void failure(int elements) {
        failed.add(elements);
    }

    void loss(long elements) {
        lost.add(elements);
    }
}
