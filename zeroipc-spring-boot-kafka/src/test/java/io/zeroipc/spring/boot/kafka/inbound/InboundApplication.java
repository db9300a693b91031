package io.zeroipc.spring.boot.kafka.inbound;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.EventListener;
import tools.jackson.databind.json.JsonMapper;

import io.zeroipc.codec.Codecs;
import io.zeroipc.json.Fingerprint;
import io.zeroipc.segment.Structure;
import io.zeroipc.spring.boot.kafka.BridgeFilledEvent;
import io.zeroipc.spring.boot.kafka.BridgeHeaders;
import io.zeroipc.spring.boot.kafka.BridgeRegistry;
import io.zeroipc.testing.KafkaBroker;

/** An application with one bridge from one topic, whose segments lie in a directory. */
final class InboundApplication implements AutoCloseable {

    static final String BRIDGE = "quotes-in";
    private static final String QUOTE = Quote.class.getName() + ";"
            + Fingerprint.of(Codecs.record(Quote.class).schema());

    private final ConfigurableApplicationContext context;

    private InboundApplication(ConfigurableApplicationContext context) {
        this.context = context;
    }

    /** @param more properties, as {@code name=value}; they win */
    static InboundApplication start(Path directory, String topic, String... more) {
        return startAt(KafkaBroker.bootstrapServers(), directory, topic, more);
    }

    /** As {@link #start}, with brokers elsewhere. */
    static InboundApplication startAt(String servers, Path directory, String topic, String... more) {
        return new InboundApplication(new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
                .run(arguments(directory, topic, servers, more)));
    }

    static String[] arguments(Path directory, String topic, String servers, String... more) {
        List<String> arguments = new ArrayList<>(List.of("--spring.main.banner-mode=off", "--logging.level.root=warn",
                "--logging.level.org.apache.kafka=error", "--zeroipc.base-directory=" + directory,
                "--spring.kafka.bootstrap-servers=" + servers,
                "--spring.kafka.consumer.auto-offset-reset=earliest", "--zeroipc.segments.market.size=4MB",
                "--zeroipc.bridges." + BRIDGE + ".from=kafka:" + topic));
        for (String property : more) {
            arguments.add("--" + property);
        }
        return arguments.toArray(String[]::new);
    }

    /** The properties of a structure, and of the bridge into it. */
    static String[] into(String structure, String... options) {
        List<String> properties = new ArrayList<>();
        properties.add("zeroipc.bridges." + BRIDGE + ".to=market/" + structure);
        for (String option : options) {
            properties.add(option.startsWith("zeroipc.") || option.startsWith("spring.")
                    ? option
                    : "zeroipc.segments.market.structures." + structure + "." + option);
        }
        return properties.toArray(String[]::new);
    }

    InboundBridge bridge() {
        return (InboundBridge) context.getBean(BridgeRegistry.class).find(BRIDGE).orElseThrow();
    }

    <S extends Structure> S structure(String name, Class<S> type) {
        return context.getBean("market." + name, type);
    }

    List<BridgeFilledEvent> filledEvents() {
        return context.getBean(Application.class).filled;
    }

    /** From now on, in the thread of the event. */
    void whenFilled(Runnable action) {
        context.getBean(Application.class).whenFilled = action;
    }

    @Override
    public void close() {
        context.close();
    }

    /** A topic of its own for each test. */
    static String newTopic(int partitions) throws Exception {
        return newTopic(partitions, Map.of());
    }

    static String newTopic(int partitions, Map<String, String> settings) throws Exception {
        String topic = KafkaBroker.uniqueName("quotes");
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", KafkaBroker.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1).configs(settings))).all().get();
        }
        return topic;
    }

    static KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, KafkaBroker.bootstrapServers(),
                ProducerConfig.LINGER_MS_CONFIG, 5,
                // A partition that was just made may refuse the first request and take the one behind it.
                ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1), new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** A record as a bridge on another machine makes it. */
    static ProducerRecord<byte[], byte[]> record(String topic, int partition, UUID origin, long position, Quote quote) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, partition, null,
                Codecs.record(Quote.class).toBytes(quote));
        record.headers().add(BridgeHeaders.TYPE, BridgeHeaders.bytes(QUOTE));
        record.headers().add(BridgeHeaders.FORMAT, BridgeHeaders.bytes("bytes"));
        record.headers().add(BridgeHeaders.ORIGIN, BridgeHeaders.bytes(origin.toString()));
        record.headers().add(BridgeHeaders.POSITION, BridgeHeaders.bytes(Long.toString(position)));
        return record;
    }

    @SpringBootConfiguration
    @EnableAutoConfiguration
    static class Application {

        final List<BridgeFilledEvent> filled = new CopyOnWriteArrayList<>();
        volatile Runnable whenFilled = () -> {};

        @Bean
        JsonMapper jsonMapper() {
            return JsonMapper.builder().build();
        }

        @EventListener
        void onFilled(BridgeFilledEvent event) {
            filled.add(event);
            whenFilled.run();
        }
    }
}
