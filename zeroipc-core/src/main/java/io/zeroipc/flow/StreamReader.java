package io.zeroipc.flow;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.zeroipc.segment.Attachment;
import io.zeroipc.wait.Deadline;

/**
 * One reader of a {@link StreamView}. For one thread at a time. It counts as a subscriber of the stream until it is closed.
 *
 * @param <T> what comes out
 */
public final class StreamReader<T> implements Pull<T> {

    private final Attachment attachment;
    private final StreamSubscription<?> subscription;
    private final StreamStage<T> last;

    StreamReader(SharedStream<?> stream, StreamSubscription<?> subscription, StreamStage<T> last) {
        this.attachment = stream.segment().attachment();
        this.subscription = subscription;
        this.last = last;
    }

    /** The next element, or null when there is none now. */
    @Override
    public @Nullable T next() {
        return last.next();
    }

    /** The next element, waiting at most so long for it; null when none came, or it has ended. */
    public @Nullable T poll(Duration timeout) throws InterruptedException {
        return next(Deadline.after(timeout));
    }

    /** The next element, waiting for it as long as it takes; null at the end. */
    public @Nullable T take() throws InterruptedException {
        return next(Deadline.never());
    }

    /** Whether nothing is left and nothing can come. */
    @Override
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
        return attachment.await(this::next, this::isEnded, deadline);
    }
}
