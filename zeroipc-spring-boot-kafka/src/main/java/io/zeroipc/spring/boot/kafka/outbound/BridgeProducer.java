package io.zeroipc.spring.boot.kafka.outbound;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;

import io.zeroipc.spring.core.UserCode;

/** The producer of one bridge: made when there is something to send, as often as it takes. Thread-safe. */
final class BridgeProducer {

    private final Supplier<DefaultKafkaProducerFactory<byte[], byte[]>> factory;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable DefaultKafkaProducerFactory<byte[], byte[]> present;

    BridgeProducer(Supplier<DefaultKafkaProducerFactory<byte[], byte[]>> factory) {
        this.factory = factory;
    }

    /** @throws NotArrivedException when it cannot be made now */
    Producer<byte[], byte[]> get() throws NotArrivedException {
        lock.lock();
        try {
            DefaultKafkaProducerFactory<byte[], byte[]> made = present;
            if (made == null) {
                made = factory.get();
                present = made;
            }
            return made.createProducer();
        } catch (KafkaException e) {
            String reason = "producer cannot be made: error=" + UserCode.describe(ProducerFailures.reason(e));
            if (ProducerFailures.isFinal(e)) {
                throw new KafkaException(reason, e);
            }
            throw new NotArrivedException(reason, e);
        } finally {
            lock.unlock();
        }
    }

    /** Gives up what it has not sent; the next one is new. */
    void close() {
        DefaultKafkaProducerFactory<byte[], byte[]> closing;
        lock.lock();
        try {
            closing = present;
            present = null;
        } finally {
            lock.unlock();
        }
        if (closing != null) {
            closing.destroy();
        }
    }
}
