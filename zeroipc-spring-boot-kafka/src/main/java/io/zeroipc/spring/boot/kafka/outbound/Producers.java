package io.zeroipc.spring.boot.kafka.outbound;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.ProducerFactory;

/**
 * Producers for bridges, with what the application says about its own and what makes a bridge: each record once in the log and in
 * its order, for as long as the broker is there, and no end of attempts while it is not.
 */
public final class Producers {

    private static final int MAX_BLOCK_MILLIS = 1_000;
    private static final int BATCH_BYTES = 128 * 1024;

    private final Supplier<ProducerFactory<?, ?>> application;

    /** @param application asked for when a bridge first sends: how the application reaches its brokers */
    public Producers(Supplier<ProducerFactory<?, ?>> application) {
        this.application = application;
    }

    /** Makes the factory of the producers of one bridge, when it is first asked. */
    Supplier<DefaultKafkaProducerFactory<byte[], byte[]>> of(String bridge) {
        return () -> create(bridge, application.get());
    }

    private static <K, V> DefaultKafkaProducerFactory<byte[], byte[]> create(String bridge,
            ProducerFactory<K, V> like) {
        Map<String, Object> settings = new HashMap<>(like.getConfigurationProperties());
        Object client = settings.get(ProducerConfig.CLIENT_ID_CONFIG);
        settings.put(ProducerConfig.CLIENT_ID_CONFIG, (client == null ? "zeroipc" : client) + ".bridge." + bridge);
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.RETRIES_CONFIG, Integer.MAX_VALUE);
        // Serializers are given as objects, and transactions are none of its business.
        settings.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
        settings.remove(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG);
        settings.remove(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG);
        // A bridge waits by itself, so that it can be stopped.
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MILLIS);
        // Nothing is given up because the broker is slow; what is behind it would overtake it.
        settings.putIfAbsent(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
        // A partition that was just made may refuse the first request and take the one behind it; the first is refused for ever then.
        settings.putIfAbsent(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        // Elements come in batches already.
        settings.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, 0);
        settings.putIfAbsent(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
        DefaultKafkaProducerFactory<byte[], byte[]> factory = new DefaultKafkaProducerFactory<>(settings,
                new ByteArraySerializer(), new ByteArraySerializer());
        // What is not acknowledged is sent again: there is nothing to wait for.
        factory.setPhysicalCloseTimeout(0);
        like.getListeners().forEach(listener -> factory.addListener(new Observer<>(listener)));
        return factory;
    }

    /** Whoever observes the producers of the application observes those of bridges, whatever they send. */
    private record Observer<K, V>(
            ProducerFactory.Listener<K, V> listener) implements ProducerFactory.Listener<byte[], byte[]> {

        @Override
        @SuppressWarnings("unchecked") // it does not look at what is sent
        public void producerAdded(String id, Producer<byte[], byte[]> producer) {
            listener.producerAdded(id, (Producer<K, V>) (Producer<?, ?>) producer);
        }

        @Override
        @SuppressWarnings("unchecked") // as above
        public void producerRemoved(String id, Producer<byte[], byte[]> producer) {
            listener.producerRemoved(id, (Producer<K, V>) (Producer<?, ?>) producer);
        }
    }
}
