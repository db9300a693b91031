package io.zeroipc.flow;

import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Structure;
import io.zeroipc.wait.Deadline;
import io.zeroipc.wait.WaitStrategy;

/**
 * What can be pulled as a {@link Flow.Publisher}. Each subscriber has one virtual thread, which pulls for it and sends it all
 * its signals, so they are one after the other by construction. It pulls only what was asked for. What a subscriber is to see
 * is settled when {@link #subscribe} returns, although its first signal comes later.
 */
final class PullPublisher<T> implements Flow.Publisher<T> {

    /** How often a thread whose subscriber asks for nothing looks whether there is an end. */
    private static final long LOOK_NANOS = 50_000_000;

    private final Structure structure;
    private final Supplier<? extends Pull<T>> source;

    /** @param source begins to pull, for one subscriber; what comes after that is for it */
    PullPublisher(Structure structure, Supplier<? extends Pull<T>> source) {
        this.structure = structure;
        this.source = source;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super T> subscriber) {
        Objects.requireNonNull(subscriber, "subscriber");
        new Emitter<>(structure, source, subscriber).start();
    }

    private static final class Emitter<T> implements Flow.Subscription, Runnable {

        private final Attachment attachment;
        /** Null when there is none; then there is a refusal. */
        private final @Nullable Pull<T> elements;
        private final @Nullable RuntimeException refusal;
        private final Flow.Subscriber<? super T> subscriber;
        private final AtomicLong demand = new AtomicLong();
        private final Thread thread;
        private volatile boolean cancelled;
        private volatile @Nullable RuntimeException violation;
        /** Whether our own thread is in the subscriber's code: what it throws there is not for the subscriber. */
        private boolean broken = true;

        Emitter(Structure structure, Supplier<? extends Pull<T>> source, Flow.Subscriber<? super T> subscriber) {
            this.attachment = structure.segment().attachment();
            this.subscriber = subscriber;
            Pull<T> begun = null;
            RuntimeException refused = null;
            try {
                begun = source.get();
            } catch (RuntimeException e) {
                // The subscriber is told, as all it is told, by its thread.
                refused = e;
            }
            this.elements = begun;
            this.refusal = refused;
            this.thread = Thread.ofVirtual()
                    .name("zeroipc-" + structure.kind() + "-" + structure.name())
                    .unstarted(this);
        }

        void start() {
            thread.start();
        }

        @Override
        public void request(long count) {
            if (count <= 0) {
                violation = new IllegalArgumentException("requested number is not positive: count=" + count
                        + " (expected: at least 1, rule 3.9 of reactive streams)");
                wakeForTheEnd();
            } else {
                demand.updateAndGet(before -> before > Long.MAX_VALUE - count ? Long.MAX_VALUE : before + count);
                LockSupport.unpark(thread);
            }
        }

        @Override
        public void cancel() {
            cancelled = true;
            wakeForTheEnd();
        }

        /** Also where it sleeps until something arrives. */
        private void wakeForTheEnd() {
            LockSupport.unpark(thread);
            Pull<T> pulled = elements;
            if (pulled != null && !Thread.currentThread().equals(thread)) {
                pulled.arrivals().rouse();
            }
        }

        @Override
        public void run() {
            Throwable failure;
            try (Pull<T> pulled = elements) {
                subscriber.onSubscribe(this);
                broken = false;
                failure = pulled == null ? refusal : emit(pulled);
            } catch (InterruptedException e) {
                failure = e;
            } catch (RuntimeException | Error e) {
                if (broken) {
                    throw e;
                }
                failure = e;
            }
            if (cancelled) {
                return;
            }
            if (failure == null || isEndOfSegment(failure)) {
                subscriber.onComplete();
            } else {
                subscriber.onError(failure);
            }
        }

        /** A closed segment is the ordinary end; anything else, a detached one included, is a failure. */
        private boolean isEndOfSegment(Throwable failure) {
            return failure instanceof IllegalStateException && !attachment.isReadable() && !attachment.isDetached();
        }

        /** Sends elements until they end, or the subscriber cancels or breaks the rules; returns what it broke. */
        private @Nullable RuntimeException emit(Pull<T> pulled) throws InterruptedException {
            int attempts = 0;
            boolean ended = false;
            while (!cancelled && violation == null) {
                if (demand.get() == 0) {
                    if (pulled.isEnded()) {
                        return null;
                    }
                    attachment.verify();
                    if (Thread.interrupted()) {
                        // As where it waits for elements; a thread that is interrupted is not parked, and would spin.
                        throw new InterruptedException();
                    }
                    LockSupport.parkNanos(this, LOOK_NANOS);
                    continue;
                }
                T next = pulled.next();
                if (next == null && ended) {
                    return null;
                }
                if (next == null) {
                    // What was sent before the end is seen by whoever sees the end, and looks once more.
                    ended = pulled.isEnded();
                    if (!ended) {
                        attempts = pulled.isCutShort()
                                ? 0
                                : pulled.arrivals().pause(WaitStrategy.block(), Deadline.FOREVER_NANOS, attempts);
                    }
                    continue;
                }
                ended = false;
                attempts = 0;
                if (demand.get() != Long.MAX_VALUE) {
                    demand.decrementAndGet();
                }
                deliver(next);
            }
            return violation;
        }

        /**
         * A subscriber that throws is taken to have cancelled, as the rules of reactive streams say; what it threw goes to
         * the thread's handler of uncaught exceptions.
         */
        private void deliver(T next) {
            broken = true;
            subscriber.onNext(next);
            broken = false;
        }
    }
}
