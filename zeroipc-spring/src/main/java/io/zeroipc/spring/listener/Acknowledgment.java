package io.zeroipc.spring.listener;

/**
 * Says that an element, or a batch, is processed, so that it may be removed from its structure: a parameter of listener
 * methods with {@link AckMode#MANUAL}. Thread-safe.
 *
 * <p>
 * Elements are removed in the order in which they were delivered: one that is acknowledged early goes when all before it
 * are acknowledged. Meanwhile the listener is called with those that follow, until the structure is full of elements that
 * are not acknowledged, and its sender is told so. What is not acknowledged when the listener stops, or its process ends,
 * is delivered again by the next start or to the next consumer, and an acknowledgment that comes later has no effect. A
 * call that fails counts as acknowledged once the error handler has returned.
 */
public interface Acknowledgment {

    /** Returns at once. Further calls have no effect. */
    void acknowledge();
}
