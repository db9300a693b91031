package io.zeroipc.spring.boot.kafka.outbound;

import java.util.List;

import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/** Which failures another attempt does not mend. */
final class ProducerFailures {

    private static final List<Class<? extends Exception>> FINAL = List.of(AuthenticationException.class,
            AuthorizationException.class, ConfigException.class, InvalidTopicException.class,
            PolicyViolationException.class, RecordTooLargeException.class, SerializationException.class,
            UnsupportedVersionException.class);

    private ProducerFailures() {
    }

    /** Whether an error, or what caused it, needs somebody who changes something. */
    static boolean isFinal(Exception error) {
        Throwable cause = error.getCause();
        return FINAL.stream().anyMatch(type -> type.isInstance(error) || type.isInstance(cause));
    }
}
