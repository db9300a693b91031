package io.zeroipc.spring.boot.kafka.outbound;

import org.jspecify.annotations.Nullable;

/** Elements have not arrived yet, and may with another attempt: the broker is slow or not there. */
final class NotArrivedException extends Exception {

    private static final long serialVersionUID = 1L;

    NotArrivedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
