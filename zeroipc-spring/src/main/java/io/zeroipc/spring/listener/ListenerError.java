package io.zeroipc.spring.listener;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import io.zeroipc.spring.core.UserCode;

/**
 * The last thing that went wrong in a container.
 *
 * @param type class of the exception
 * @param message its message
 * @param time when it was seen
 */
public record ListenerError(String type, @Nullable String message, Instant time) {

    static ListenerError of(Throwable error) {
        // That a listener failed is known here: what it threw is the news.
        Throwable news = error instanceof ListenerExecutionFailedException && error.getCause() != null
                ? error.getCause()
                : error;
        return new ListenerError(news.getClass().getName(), UserCode.messageOf(news), Instant.now());
    }
}
