package io.zeroipc.flow;

import org.jspecify.annotations.Nullable;

import io.zeroipc.segment.EventCount;

/** What a {@link PullPublisher} asks for elements. For one thread at a time. */
interface Pull<T> extends AutoCloseable {

    /** The next element, or null when there is none now, or this look was cut short. */
    @Nullable
    T next();

    /** Whether {@link #next} has found nothing so far, and has not looked at all that is there. */
    default boolean isCutShort() {
        return false;
    }

    /** Whether nothing is left and nothing can come. */
    boolean isEnded();

    /** Where to wait for what comes. */
    EventCount arrivals();

    @Override
    void close();
}
