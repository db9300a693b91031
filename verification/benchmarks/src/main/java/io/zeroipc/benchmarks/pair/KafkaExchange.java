package io.zeroipc.benchmarks.pair;

import java.nio.ByteBuffer;
import java.util.Map;

import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.EnableKafka;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;

/**
 * Spring for Apache Kafka, with a broker in this JVM, over TCP on loopback: bytes without a converter, one partition, acknowledged by the
 * one broker, sent without lingering, offsets committed in the background.
 */
final class KafkaExchange implements Exchange {

    private static final int BYTES = 64;

    private final EmbeddedKafkaKraftBroker broker = new EmbeddedKafkaKraftBroker(1, 1, "flow", "there", "back");
    private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
    private final KafkaTemplate<byte[], byte[]> template;

    @SuppressWarnings("unchecked") // made so below
    KafkaExchange(Desk desk) {
        broker.brokerProperty("group.initial.rebalance.delay.ms", "0");
        broker.afterPropertiesSet();
        context.registerBean(Desk.class, () -> desk);
        context.registerBean("brokers", String.class, broker::getBrokersAsString);
        context.register(Kafka.class);
        context.refresh();
        template = context.getBean(KafkaTemplate.class);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableKafka
    static class Kafka {

        @Bean
        KafkaTemplate<byte[], byte[]> template(String brokers) {
            return new KafkaTemplate<>(new DefaultKafkaProducerFactory<>(
                    Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers, ProducerConfig.ACKS_CONFIG, "1",
                            ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "false", ProducerConfig.LINGER_MS_CONFIG, "0"),
                    new ByteArraySerializer(), new ByteArraySerializer()));
        }

        @Bean
        ConcurrentKafkaListenerContainerFactory<byte[], byte[]> kafkaListenerContainerFactory(String brokers) {
            var factory = new ConcurrentKafkaListenerContainerFactory<byte[], byte[]>();
            factory.setConsumerFactory(new DefaultKafkaConsumerFactory<>(
                    Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers, ConsumerConfig.GROUP_ID_CONFIG, "desk",
                            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest",
                            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "true"),
                    new ByteArrayDeserializer(), new ByteArrayDeserializer()));
            return factory;
        }

        @Bean
        Listeners listeners(Desk desk, KafkaTemplate<byte[], byte[]> template) {
            return new Listeners(desk, template);
        }
    }

    /** As an application would write them. */
    static final class Listeners {

        private final Desk desk;
        private final KafkaTemplate<byte[], byte[]> template;

        Listeners(Desk desk, KafkaTemplate<byte[], byte[]> template) {
            this.desk = desk;
            this.template = template;
        }

        @KafkaListener(topics = "flow", groupId = "flow")
        public void each(byte[] note) {
            desk.received(1);
        }

        @KafkaListener(topics = "there", groupId = "there")
        @SuppressWarnings("FutureReturnValueIgnored") // what fails is missing in the end
        public void answer(byte[] note) {
            template.send("back", note);
        }

        @KafkaListener(topics = "back", groupId = "back")
        public void answered(byte[] note) throws Exception {
            desk.answered(numberOf(note));
        }
    }

    static byte[] note(long number) {
        return ByteBuffer.allocate(BYTES).putLong(0, number).array();
    }

    static long numberOf(byte[] note) {
        return ByteBuffer.wrap(note).getLong();
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // what fails is missing in the end
    public void send(long number) {
        template.send("flow", note(number));
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // what fails is missing in the end
    public void ask(long number) {
        template.send("there", note(number));
    }

    @Override
    public void close() {
        context.close();
        broker.destroy();
    }
}
