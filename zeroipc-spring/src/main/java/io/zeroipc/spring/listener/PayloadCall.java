package io.zeroipc.spring.listener;

import org.jspecify.annotations.Nullable;

import io.zeroipc.spring.core.UserCode;

/**
 * The way to call a listener with payloads alone: no message is made, which would cost more than the call. Thread-safe if the
 * listener is.
 *
 * @param type what it can be called with
 * @param code calls
 */
public record PayloadCall(Class<?> type, UserCode.Taker<Object> code) {

    /** Whether it can be called with this; otherwise the listener says by itself what is wrong, when it gets the message. */
    boolean accepts(Object payload) {
        return type.isInstance(payload);
    }

    /** What the listener has thrown, or null. */
    @Nullable
    Throwable call(Object payload) {
        return UserCode.run(code, payload);
    }
}
