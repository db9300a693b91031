package io.zeroipc.flow;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.zeroipc.segment.EventCount;
import io.zeroipc.wait.Deadline;

/**
 * One reader of a {@link StreamView}. For one thread at a time. It counts as a subscriber of the stream until it is closed.
 *
 * @param <T> what comes out
 */
public final class StreamReader<T> implements AutoCloseable {

    private final SharedStream<?> stream;
    private final StreamSubscription<?> subscription;
    private final StreamStage<T> last;
    private final StreamLook look;

    StreamReader(SharedStream<?> stream, StreamSubscription<?> subscription, StreamStage<T> last) {
        this.stream = stream;
        this.subscription = subscription;
        this.last = last;
        this.look = new StreamLook(stream.capacity());
    }

    /** The next element, or null when there is none now: among as many elements of the stream as it holds. */
    public @Nullable T next() {
        look.begin();
        return last.next(look);
    }

    /** The next element, waiting at most so long for it; null when none came, or it has ended. */
    public @Nullable T poll(Duration timeout) throws InterruptedException {
        return next(Deadline.after(timeout));
    }

    /** The next element, waiting for it as long as it takes; null at the end. */
    public @Nullable T take() throws InterruptedException {
        return next(Deadline.never());
    }

    /** Whether the last look for an element has found none, and has not come to the end of what is there. */
    boolean isCutShort() {
        return look.isCutShort();
    }

    EventCount arrivals() {
        return stream.arrivals();
    }

    /** Whether nothing is left and nothing can come. */
    public boolean isEnded() {
        return last.isEnded();
    }

    /** Elements of a broadcast stream that were overwritten before they were read, since this reader began. */
    public long lost() {
        return subscription.lost();
    }

    @Override
    public void close() {
        subscription.close();
    }

    private @Nullable T next(Deadline deadline) throws InterruptedException {
        int attempts = 0;
        while (true) {
            T element = next();
            if (element != null) {
                return element;
            }
            if (isEnded()) {
                return next();
            }
            if (deadline.expired()) {
                return null;
            }
            attempts = look.isCutShort() ? goOn() : stream.arrivals().pause(deadline, attempts);
        }
    }

    /** At once, as there is more to look at. */
    private int goOn() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted while reading: " + stream.describe());
        }
        return 0;
    }
}
