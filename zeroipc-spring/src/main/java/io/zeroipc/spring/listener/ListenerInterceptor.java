package io.zeroipc.spring.listener;

/**
 * Called around each call of a listener, by the consumer's thread: for logging contexts, for example. Of several the
 * first is the outermost: it is called first before the listener, and last after it. What is called again after a
 * failure is intercepted again. Thread-safe if the listener has a concurrency above 1, or others share it.
 */
public interface ListenerInterceptor {

    /**
     * Before the listener is called. What it throws is a failure of the listener, which is not called then.
     *
     * @param message the element, or the batch
     */
    default void before(ElementMessage message) throws Exception {
        // Not every interceptor begins something.
    }

    /** After the listener has returned. What it throws is logged. */
    default void after(ElementMessage message) {
        // Not every interceptor ends something.
    }

    /**
     * After the listener, or an interceptor behind this one, has thrown. What this throws itself is logged.
     *
     * @param failure what was thrown; it goes on to the error handler in any case
     */
    default void failed(ElementMessage message, Throwable failure) {
        // Not every interceptor cares.
    }
}
