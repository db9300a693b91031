package io.zeroipc.flow;

import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Structure;
import io.zeroipc.wait.WaitStrategy;

/**
 * What can be pulled as a {@link Flow.Publisher}. Each subscriber has one virtual thread, which pulls for it and sends it all
 * its signals, so they are one after the other by construction. It pulls only what was asked for.
 */
final class PullPublisher<T> implements Flow.Publisher<T> {

    /** How often a thread whose subscriber asks for nothing looks whether the segment is still there. */
    private static final long LOOK_NANOS = 50_000_000;

    private final Structure structure;
    private final Supplier<? extends Pull<T>> source;

    /** @param source begins to pull, for one subscriber */
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
        private final Supplier<? extends Pull<T>> source;
        private final Flow.Subscriber<? super T> subscriber;
        private final AtomicLong demand = new AtomicLong();
        private final Thread thread;
        private volatile boolean cancelled;
        private volatile @Nullable RuntimeException violation;
        /** Set by our own thread: the subscriber threw out of onNext. */
        private boolean broken;

        Emitter(Structure structure, Supplier<? extends Pull<T>> source, Flow.Subscriber<? super T> subscriber) {
            this.attachment = structure.segment().attachment();
            this.source = source;
            this.subscriber = subscriber;
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
            try (Pull<T> elements = source.get()) {
                failure = emit(elements);
            } catch (InterruptedException e) {
                failure = e;
            } catch (RuntimeException | Error e) {
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

        /** Sends elements until they end, or the subscriber cancels or breaks the rules; returns what it broke. */
        private @Nullable RuntimeException emit(Pull<T> elements) throws InterruptedException {
            int attempts = 0;
            while (!cancelled && violation == null) {
                if (demand.get() == 0) {
                    attachment.verify();
                    LockSupport.parkNanos(this, LOOK_NANOS);
                    continue;
                }
                T next = elements.next();
                if (next == null) {
                    if (elements.isEnded()) {
                        return null;
                    }
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
        private void deliver(T next) {
            broken = true;
            subscriber.onNext(next);
            broken = false;
        }
    }
}
