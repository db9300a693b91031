package io.zeroipc.spring.boot.kafka.inbound;

import java.util.function.Supplier;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

import io.zeroipc.spring.boot.kafka.BridgeDefinition;
import io.zeroipc.spring.boot.kafka.OnFailure;
import io.zeroipc.spring.core.FailureLog;

/** What becomes of records that cannot be carried: the bridge ends, or goes on without them, as it was declared. */
final class RefusedRecords {

    private final BridgeDefinition definition;
    private final Course course;
    private final FailureLog log = new FailureLog();

    RefusedRecords(BridgeDefinition definition, Course course) {
        this.definition = definition;
        this.course = course;
    }

    /**
     * What is made of a record; null when it is skipped.
     *
     * @throws RecordRefusedException when the bridge is to end by it
     */
    <T> @Nullable T orElse(ConsumerRecord<byte[], byte[]> record, Supplier<T> made) {
        try {
            return made.get();
        } catch (RuntimeException e) {
            RecordRefusedException refused = RecordRefusedException.of(definition.describe(), record, e);
            if (definition.onFailure() == OnFailure.STOP) {
                throw refused;
            }
            course.addFailed(String.valueOf(refused.getMessage()));
            course.addLost(1);
            log.failed(String.valueOf(refused.getMessage()), "the record is skipped", refused);
            return null;
        }
    }
}
