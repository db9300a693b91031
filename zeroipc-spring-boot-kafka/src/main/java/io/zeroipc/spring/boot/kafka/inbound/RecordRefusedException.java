package io.zeroipc.spring.boot.kafka.inbound;

import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A record cannot be carried: it will not do better the next time. */
final class RecordRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private RecordRefusedException(String message, Throwable cause) {
        super(message, cause);
    }

    /** @param bridge what messages call the bridge */
    static RecordRefusedException of(String bridge, ConsumerRecord<?, ?> record, RuntimeException problem) {
        return new RecordRefusedException("record cannot be carried: " + bridge + ", partition=" + record.partition()
                + ", offset=" + record.offset() + ": " + problem.getMessage(), problem);
    }
}
