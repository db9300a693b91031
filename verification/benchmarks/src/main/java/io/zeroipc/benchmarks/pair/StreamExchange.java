package io.zeroipc.benchmarks.pair;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cloud.stream.function.StreamBridge;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;

/**
 * Spring Cloud Stream: functions as an application would write them, and a binder below them. Bytes without a conversion; what is sent
 * goes through {@link StreamBridge}.
 */
final class StreamExchange implements Exchange {

    private static final int CAPACITY = 65_536;
    private static final String BINDINGS = "spring.cloud.stream.bindings.";
    private static final Map<String, String> DESTINATIONS = Map.of("each-in-0", "flow", "answer-in-0", "there",
            "answer-out-0", "back", "answered-in-0", "back", "flow", "flow", "there", "there");

    private final @Nullable EmbeddedKafkaKraftBroker broker;
    private final ScratchDirectory scratch = new ScratchDirectory("listening");
    private final ConfigurableApplicationContext context;
    private final StreamBridge bridge;

    /** What is below, and how messages look there. */
    enum Below {
        /** Our binder: bytes and headers in an envelope. */
        ZEROIPC,
        /** Our binder: the bytes alone. */
        ZEROIPC_NATIVE,
        /** The binder of Kafka. */
        KAFKA;

        private String binder() {
            return this == KAFKA ? "kafka" : "zeroipc";
        }
    }

    StreamExchange(Below below, Desk desk) {
        Map<String, Object> properties = properties(below);
        properties.put("zeroipc.base-directory", scratch.path().toString());
        if (below == Below.KAFKA) {
            broker = new EmbeddedKafkaKraftBroker(1, 1);
            broker.brokerProperty("group.initial.rebalance.delay.ms", "0");
            broker.afterPropertiesSet();
            properties.put("spring.cloud.stream.kafka.binder.brokers", broker.getBrokersAsString());
        } else {
            broker = null;
        }
        try {
            context = new SpringApplicationBuilder(Functions.class).initializers(made -> beans(made, desk))
                    .web(WebApplicationType.NONE)
                    .logStartupInfo(false)
                    .properties(properties)
                    .run();
        } catch (RuntimeException e) {
            scratch.close();
            throw e;
        }
        bridge = context.getBean(StreamBridge.class);
    }

    private static void beans(ConfigurableApplicationContext context, Desk desk) {
        ((GenericApplicationContext) context).registerBean(Desk.class, () -> desk);
    }

    private static Map<String, Object> properties(Below below) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("spring.main.banner-mode", "off");
        properties.put("spring.cloud.function.definition", "each;answer;answered");
        properties.put("spring.cloud.stream.default-binder", below.binder());
        // One broker acknowledges, as in KafkaExchange.
        properties.put("spring.cloud.stream.kafka.binder.required-acks", "1");
        properties.put("spring.cloud.stream.zeroipc.binder.capacity", CAPACITY);
        properties.put("spring.cloud.stream.zeroipc.binder.element-size", "256B");
        properties.put("spring.cloud.stream.zeroipc.binder.queues", "1");
        String prefix = "listening-" + ProcessHandle.current().pid() + "-" + below.name().toLowerCase(Locale.ROOT)
                + "-";
        DESTINATIONS.forEach((binding, destination) -> {
            properties.put(BINDINGS + binding + ".destination", prefix + destination);
            properties.put(BINDINGS + binding + ".content-type", "application/octet-stream");
            String side = ".producer";
            if (binding.contains("-in-")) {
                properties.put(BINDINGS + binding + ".group", "desk");
                side = ".consumer";
            }
            if (below == Below.ZEROIPC_NATIVE) {
                properties.put(
                        BINDINGS + binding + side + ".use-native-"
                                + (side.equals(".producer") ? "encoding" : "decoding"),
                        "true");
                properties.put("spring.cloud.stream.zeroipc.bindings." + binding + side + ".element-type", "bytes(64)");
            }
        });
        return properties;
    }

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Functions {

        @Bean
        Consumer<byte[]> each(Desk desk) {
            return note -> desk.received(1);
        }

        @Bean
        UnaryOperator<byte[]> answer() {
            return note -> note;
        }

        @Bean
        Consumer<byte[]> answered(Desk desk) {
            return note -> {
                try {
                    desk.answered(KafkaExchange.numberOf(note));
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            };
        }
    }

    @Override
    public void send(long number) {
        bridge.send("flow", KafkaExchange.note(number));
    }

    @Override
    public void ask(long number) {
        bridge.send("there", KafkaExchange.note(number));
    }

    @Override
    public void close() {
        context.close();
        scratch.close();
        if (broker != null) {
            broker.destroy();
        }
    }
}
