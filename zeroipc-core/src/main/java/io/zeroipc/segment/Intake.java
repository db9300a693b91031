package io.zeroipc.segment;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.zeroipc.wait.Deadline;

/**
 * One consumer's view of a {@link Source}. Only {@link #take()} and {@link #poll(Duration)} wait. For one thread at a time;
 * {@link #close()} may come from another thread once the consuming one has stopped.
 *
 * @param <T> the element
 */
public interface Intake<T> extends AutoCloseable {

    /**
     * The next element, or null when there is none now.
     *
     * @throws io.zeroipc.ZeroIpcException when its bytes are no value of its type; it counts as consumed
     * @throws io.zeroipc.StructureBusyException where it cannot be told whether there is one, as the structure's own operations
     *             say; nothing was consumed
     */
    @Nullable
    T poll();

    /**
     * The next element, waiting at most so long for it; null when none came, or {@linkplain #isExhausted() nothing can come any
     * more}.
     *
     * @throws InterruptedException when the thread is interrupted while it waits; no element is lost
     * @throws io.zeroipc.StructureBusyException as {@link #poll()}, also when that takes longer than {@code timeout}; an interrupt
     *             is kept
     */
    default @Nullable T poll(Duration timeout) throws InterruptedException {
        return await(TimeUnit.NANOSECONDS.convert(timeout));
    }

    /**
     * The next element, waiting for it as long as it takes; null when {@linkplain #isExhausted() nothing can come any more}.
     *
     * @throws InterruptedException as {@link #poll(Duration)}
     * @throws io.zeroipc.StructureBusyException as {@link #poll(Duration)}
     */
    default @Nullable T take() throws InterruptedException {
        return await(Deadline.FOREVER_NANOS);
    }

    private @Nullable T await(long timeoutNanos) throws InterruptedException {
        T element = poll();
        if (element == null) {
            long deadline = Deadline.nanosAfter(timeoutNanos);
            int attempts = 0;
            while (element == null && attempts >= 0) {
                // In this order: what was sent before the end is seen by whoever sees the end.
                attempts = isExhausted() ? -1 : arrivals().pauseUntil(deadline, attempts);
                element = poll();
            }
        }
        return element;
    }

    /** Where to wait for elements. */
    EventCount arrivals();

    /** The segment that elements come from, to end when it ends. */
    default Attachment attachment() {
        return arrivals().attachment();
    }

    /** Hands at most {@code max} elements that are there now to {@code consumer}; how many it was. */
    int drainTo(Consumer<? super T> consumer, int max);

    /**
     * Hands the next element to {@code consumer} in place; false when there is none now. The element counts as consumed
     * also when {@code consumer} throws.
     */
    boolean pollSlot(SlotConsumer consumer);

    /**
     * Ever-growing position of the element that was consumed last, counted from 0 by the structure; -1 before the
     * first, and always where a structure does not count. Within a consumer of {@link #drainTo} or {@link #pollSlot} it
     * is the position of the element that the consumer was called with.
     */
    long position();

    /** Elements that were overwritten before this consumer saw them, since it began. */
    long lost();

    /**
     * Elements that were sent and that this consumer has not seen yet: an estimate, which any thread may ask for; -1 where
     * consumers compete, and what waits does so for all of them.
     */
    default long lag() {
        return -1;
    }

    /** True when nothing is left and nothing can arrive any more. */
    boolean isExhausted();

    /** Gives the role back. Elements not yet consumed stay. Idempotent. */
    @Override
    void close();
}
