package io.zeroipc.spring.boot.kafka.outbound;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;

/** The producer of one bridge: made when there is something to send, as often as it takes. Thread-safe. */
final class BridgeProducer {

    private final Supplier<DefaultKafkaProducerFactory<byte[], byte[]>> factory;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable DefaultKafkaProducerFactory<byte[], byte[]> present;

    BridgeProducer(Supplier<DefaultKafkaProducerFactory<byte[], byte[]>> factory) {
        this.factory = factory;
    }

    Producer<byte[], byte[]> get() {
        lock.lock();
        try {
            DefaultKafkaProducerFactory<byte[], byte[]> made = present;
            if (made == null) {
                made = factory.get();
                present = made;
            }
            return made.createProducer();
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
