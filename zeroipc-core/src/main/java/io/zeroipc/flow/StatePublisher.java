package io.zeroipc.flow;

import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

import io.zeroipc.flow.SharedState.Snapshot;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Source.Start;
import io.zeroipc.wait.WaitStrategy;

/**
 * A state as a {@link Flow.Publisher}. Each subscriber has one virtual thread that sends it all its signals, so they are
 * one after the other by construction. Conflating: a subscriber that asks late gets the newest value.
 */
final class StatePublisher<T> implements Flow.Publisher<Snapshot<T>> {

    /** How often a thread whose subscriber asks for nothing looks whether the segment is still there. */
    private static final long LOOK_NANOS = 50_000_000;

    private final SharedState<T> state;

    StatePublisher(SharedState<T> state) {
        this.state = state;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super Snapshot<T>> subscriber) {
        Objects.requireNonNull(subscriber, "subscriber");
        new Emitter<>(state, subscriber).start();
    }

    private static final class Emitter<T> implements Flow.Subscription, Runnable {

        private final SharedState<T> state;
        private final Attachment attachment;
        private final Flow.Subscriber<? super Snapshot<T>> subscriber;
        private final AtomicLong demand = new AtomicLong();
        private final Thread thread;
        private volatile boolean cancelled;
        private volatile @Nullable RuntimeException violation;
        /** Set by our own thread: the subscriber threw out of onNext. */
        private boolean broken;

        Emitter(SharedState<T> state, Flow.Subscriber<? super Snapshot<T>> subscriber) {
            this.state = state;
            this.attachment = state.segment().attachment();
            this.subscriber = subscriber;
            this.thread = Thread.ofVirtual().name("zeroipc-state-" + state.name()).unstarted(this);
        }

        void start() {
            thread.start();
        }

        @Override
        public void request(long count) {
            if (count <= 0) {
                violation = new IllegalArgumentException("requested number is not positive: count=" + count);
            } else {
                demand.updateAndGet(before -> before > Long.MAX_VALUE - count ? Long.MAX_VALUE : before + count);
            }
            LockSupport.unpark(thread);
        }

        @Override
        public void cancel() {
            cancelled = true;
            LockSupport.unpark(thread);
        }

        @Override
        public void run() {
            subscriber.onSubscribe(this);
            Throwable failure;
            try (SharedState.Subscription<T> changes = state.subscribe(Start.EARLIEST)) {
                failure = emit(changes);
            } catch (InterruptedException e) {
                failure = e;
            } catch (RuntimeException e) {
                if (broken) {
                    throw e;
                }
                // A closed segment is the ordinary end; anything else, a detached one included, is a failure.
                failure = attachment.isReadable() || attachment.isDetached() ? e : null;
            }
            if (cancelled) {
                return;
            }
            if (failure == null) {
                subscriber.onComplete();
            } else {
                subscriber.onError(failure);
            }
        }

        /** Sends values until the subscriber cancels or breaks the rules; returns what it broke. */
        private @Nullable RuntimeException emit(SharedState.Subscription<T> changes) throws InterruptedException {
            int attempts = 0;
            while (!cancelled && violation == null) {
                if (demand.get() == 0) {
                    attachment.ensureReadable();
                    LockSupport.parkNanos(this, LOOK_NANOS);
                    continue;
                }
                Snapshot<T> next = changes.pollSnapshot();
                if (next == null) {
                    attempts = attachment.pause(WaitStrategy.park(), attempts);
                    continue;
                }
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
        private void deliver(Snapshot<T> next) {
            broken = true;
            subscriber.onNext(next);
            broken = false;
        }
    }
}
