package io.zeroipc.spring.boot.kafka.outbound;

import java.util.List;

import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.jspecify.annotations.Nullable;

/** Which failures another attempt does not mend. */
final class ProducerFailures {

    private static final List<Class<? extends Exception>> FINAL = List.of(AuthenticationException.class,
            AuthorizationException.class, ConfigException.class, InvalidTopicException.class,
            PolicyViolationException.class, RecordTooLargeException.class, SerializationException.class,
            UnsupportedVersionException.class);
    /** What is said of brokers whose names nobody knows: those of containers do not exist before they run. */
    private static final String NO_BROKER = "No resolvable bootstrap urls";

    private ProducerFailures() {
    }

    /** Whether an error, or what caused it, needs somebody who changes something. */
    static boolean isFinal(Exception error) {
        Throwable cause = error.getCause();
        return !isNobody(error) && !isNobody(cause)
                && FINAL.stream().anyMatch(type -> type.isInstance(error) || type.isInstance(cause));
    }

    private static boolean isNobody(@Nullable Throwable error) {
        return error instanceof ConfigException && String.valueOf(error.getMessage()).startsWith(NO_BROKER);
    }

    /** That a client could not be made says nothing; why does. */
    static Throwable reason(KafkaException error) {
        return error.getCause() instanceof KafkaException cause ? cause : error;
    }
}
