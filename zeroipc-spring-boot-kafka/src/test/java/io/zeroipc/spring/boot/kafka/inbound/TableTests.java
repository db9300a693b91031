package io.zeroipc.spring.boot.kafka.inbound;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedMap;
import io.zeroipc.spring.boot.kafka.BridgeState;
import io.zeroipc.testing.Repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Maps that are as their topics are. */
class TableTests {

    private static final String[] POSITIONS = {"type=map", "element-type=int64", "capacity=64",
            "options.key=string(16)"};

    @TempDir
    private Path directory;

    private static String newTable(int partitions) throws Exception {
        return InboundApplication.newTopic(partitions, Map.of("cleanup.policy", "compact"));
    }

    /** Sends in the order of the arguments; null removes. */
    private static void put(String topic, Object key, @Nullable Long value) throws Exception {
        byte[] keyBytes = key instanceof byte[] bytes ? bytes : key.toString().getBytes(StandardCharsets.UTF_8);
        try (KafkaProducer<byte[], byte[]> producer = InboundApplication.producer()) {
            producer.send(new ProducerRecord<>(topic, keyBytes, value == null ? null : Codecs.int64().toBytes(value)))
                    .get();
        }
    }

    @SuppressWarnings("unchecked") // as configured
    private static <K> SharedMap<K, Long> map(InboundApplication application) {
        return application.structure("positions", SharedMap.class);
    }

    private static <K> Map<K, Long> content(SharedMap<K, Long> map) {
        Map<K, Long> content = new HashMap<>();
        map.forEach(content::put);
        return content;
    }

    private static void awaitFilled(InboundApplication application) throws InterruptedException {
        assertThat(application.bridge().awaitFilled(Duration.ofMinutes(1))).as(() -> application.bridge()
                .figures()
                .toString()).isTrue();
    }

    @Test
    void isFilledFromTheBeginningAndFollows() throws Exception {
        String topic = newTable(3);
        put(topic, "ACME", 1L);
        put(topic, "INIT", 2L);
        put(topic, "ACME", 3L);
        put(topic, "GONE", 4L);
        put(topic, "GONE", null);
        try (InboundApplication application = InboundApplication.start(directory, topic,
                InboundApplication.into("positions", POSITIONS))) {
            awaitFilled(application);
            SharedMap<String, Long> map = map(application);
            assertThat(content(map)).isEqualTo(Map.of("ACME", 3L, "INIT", 2L));
            await().untilAsserted(() -> assertThat(application.filledEvents()).singleElement()
                    .satisfies(event -> assertThat(event.definition().name()).isEqualTo(InboundApplication.BRIDGE)));
            put(topic, "LATE", 5L);
            put(topic, "INIT", null);
            await().untilAsserted(() -> assertThat(content(map)).isEqualTo(Map.of("ACME", 3L, "LATE", 5L)));
        }
    }

    @Test
    void losesWhatIsGoneFromTheTopicWhileNobodyLooked() throws Exception {
        String topic = newTable(1);
        put(topic, "ACME", 1L);
        put(topic, "GONE", 2L);
        put(topic, "SAME", 3L);
        try (InboundApplication application = InboundApplication.start(directory, topic,
                InboundApplication.into("positions", POSITIONS))) {
            awaitFilled(application);
            assertThat(content(map(application))).hasSize(3);
            map(application).put("STRAY", 9L);
        }
        put(topic, "GONE", null);
        put(topic, "ACME", 10L);
        try (InboundApplication application = InboundApplication.start(directory, topic,
                InboundApplication.into("positions", POSITIONS))) {
            awaitFilled(application);
            assertThat(content(map(application))).isEqualTo(Map.of("ACME", 10L, "SAME", 3L));
        }
    }

    @Test
    void isFilledByAnEmptyTopic() throws Exception {
        try (InboundApplication application = InboundApplication.start(directory, newTable(2),
                InboundApplication.into("positions", POSITIONS))) {
            awaitFilled(application);
            assertThat(map(application).isEmpty()).isTrue();
        }
    }

    @Test
    void waitsWhileTheMapIsFull() throws Exception {
        String topic = newTable(1);
        for (int i = 0; i < 5; i++) {
            put(topic, "K" + i, (long) i);
        }
        try (InboundApplication application = InboundApplication.start(directory, topic,
                InboundApplication.into("positions", POSITIONS[0], POSITIONS[1], "capacity=4", POSITIONS[3]))) {
            InboundBridge bridge = application.bridge();
            await().until(() -> bridge.state() == BridgeState.WAITING && map(application).size() == 4);
            assertThat(bridge.figures().lastError()).contains(
                    "map is full: channel=market/positions, keys=4, capacity=4",
                    "next key=K4");
            assertThat(bridge.isFilled()).isFalse();
            map(application).remove("K0");
            awaitFilled(application);
            assertThat(content(map(application))).containsKey("K4").hasSize(4);
        }
    }

    @Test
    void mayBeStoppedByWhoeverHearsThatItIsFilled() throws Exception {
        String topic = newTable(1);
        put(topic, "ACME", 1L);
        try (InboundApplication application = InboundApplication.start(directory, topic,
                InboundApplication.into("positions", POSITIONS))) {
            InboundBridge bridge = application.bridge();
            awaitFilled(application);
            bridge.stop();
            application.whenFilled(bridge::stop);
            bridge.start();
            await().until(() -> !bridge.isRunning() && bridge.state() == BridgeState.STOPPED);
            put(topic, "ACME", 2L);
            application.whenFilled(() -> {});
            bridge.start();
            await().untilAsserted(() -> assertThat(content(map(application))).isEqualTo(Map.of("ACME", 2L)));
        }
    }

    @Test
    void endsAtAKeyThatIsNone() throws Exception {
        String topic = newTable(1);
        put(topic, "12", 1L);
        put(topic, "twelve", 2L);
        try (InboundApplication application = InboundApplication.start(directory, topic,
                InboundApplication.into("positions", POSITIONS[0], POSITIONS[1], POSITIONS[2], "options.key=int32"))) {
            InboundBridge bridge = application.bridge();
            await().until(() -> bridge.state() == BridgeState.FAILED);
            assertThat(bridge.figures().lastError()).contains("key=twelve", "int32", "offset=1");
        }
    }

    @Test
    void readsNumbersAsKafkaWritesThem() throws Exception {
        String topic = newTable(1);
        put(topic, ByteBuffer.allocate(Integer.BYTES).putInt(0x31323334).array(), 1L);
        try (InboundApplication application = InboundApplication.start(directory, topic,
                InboundApplication.into("positions", POSITIONS[0], POSITIONS[1], POSITIONS[2], "options.key=int64",
                        "zeroipc.bridges.quotes-in.key-format=number"))) {
            awaitFilled(application);
            assertThat(content(map(application))).isEqualTo(Map.of(0x31323334L, 1L));
        }
    }

    @Test
    void configurationOfTheGuideWorks() throws Exception {
        String page = Repository.read("docs/guide/bridges.md");
        String tables = page.substring(page.indexOf("\n## Tables\n"));
        String yaml = tables.substring(tables.indexOf("```yaml\n") + 8).split("```", 2)[0];
        List<PropertySource<?>> sources = new YamlPropertySourceLoader().load("page",
                new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)));
        List<String> properties = new ArrayList<>();
        for (PropertySource<?> source : sources) {
            for (String name : ((EnumerablePropertySource<?>) source).getPropertyNames()) {
                properties
                        .add(name.replace("positions-in", InboundApplication.BRIDGE) + "=" + source.getProperty(name));
            }
        }
        String topic = newTable(1);
        put(topic, "ACME", 1L);
        // The topic is that of the test.
        properties.removeIf(property -> property.contains(".from="));
        try (InboundApplication application = InboundApplication.start(directory, topic,
                properties.toArray(String[]::new))) {
            awaitFilled(application);
            assertThat(content(map(application))).isEqualTo(Map.of("ACME", 1L));
        }
    }
}
