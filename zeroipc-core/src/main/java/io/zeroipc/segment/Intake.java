package io.zeroipc.segment;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * One consumer's view of a {@link Source}. Never waits. For one thread at a time; {@link #close()} may come from
 * another thread once the consuming one has stopped.
 *
 * @param <T> the element
 */
public interface Intake<T> extends AutoCloseable {

    /**
     * The next element, or null when there is none now.
     *
     * @throws io.zeroipc.ZeroIpcException when its bytes are no value of its type; it counts as consumed
     */
    @Nullable
    T poll();

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
