package io.zeroipc.spring.boot.kafka.outbound;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import tools.jackson.databind.json.JsonMapper;

import io.zeroipc.RoleTakenException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.flow.SharedState;
import io.zeroipc.flow.SharedStream;
import io.zeroipc.json.Fingerprint;
import io.zeroipc.segment.Segment;
import io.zeroipc.spring.boot.kafka.Bridge;
import io.zeroipc.spring.boot.kafka.BridgeFigures;
import io.zeroipc.spring.boot.kafka.BridgeHeaders;
import io.zeroipc.spring.boot.kafka.BridgeRegistry;
import io.zeroipc.spring.boot.kafka.BridgeState;
import io.zeroipc.spring.boot.kafka.BridgedApplication;
import io.zeroipc.spring.boot.kafka.TopicRecords;
import io.zeroipc.spring.boot.kafka.Trade;
import io.zeroipc.testing.KafkaBroker;

import static org.assertj.core.api.Assertions.assertThat;

/** What arrives in topics, of which structures, and what stays behind. */
class OutboundBridgeTests {

    @TempDir
    Path directory;

    private String topic = "";
    private ApplicationContextRunner application;

    @BeforeEach
    void makeTopic() {
        topic = KafkaBroker.uniqueName("out");
        KafkaBroker.broker().addTopics(new NewTopic(topic, 3, (short) 1));
        application = BridgedApplication.in(directory, KafkaBroker.bootstrapServers())
                .withPropertyValues("zeroipc.bridges.out.to=kafka:" + topic);
    }

    @Test
    void elementsOfARingArriveAsTheirBytesWithTheirKeys() {
        application
                .withPropertyValues(
                        BridgedApplication.structure("trades", "ring", Trade.class.getName(), "capacity=64"))
                .withPropertyValues("zeroipc.bridges.out.from=market/trades", "zeroipc.bridges.out.key=symbol")
                .run(context -> {
                    SharedRing<Trade> ring = ring(context);
                    for (int i = 0; i < 300; i++) {
                        send(ring, trade(i));
                    }

                    List<ConsumerRecord<byte[], byte[]>> records = records(300);
                    Map<String, List<Long>> numbers = new TreeMap<>();
                    Set<String> origins = new HashSet<>();
                    for (ConsumerRecord<byte[], byte[]> record : records) {
                        Trade trade = Codecs.record(Trade.class).fromBytes(record.value());
                        assertThat(trade).isEqualTo(trade(Math.toIntExact(trade.number())));
                        assertThat(text(record.key())).isEqualTo(trade.symbol());
                        assertThat(BridgeHeaders.position(record.headers())).isEqualTo(trade.number());
                        assertThat(BridgeHeaders.text(record.headers(), BridgeHeaders.TYPE))
                                .isEqualTo(Trade.class.getName() + ";"
                                        + Fingerprint.of(Codecs.record(Trade.class).schema()));
                        assertThat(BridgeHeaders.text(record.headers(), BridgeHeaders.FORMAT)).isEqualTo("bytes");
                        assertThat(BridgeHeaders.text(record.headers(), BridgeHeaders.STRUCTURE))
                                .isEqualTo("market/trades");
                        origins.add(BridgeHeaders.text(record.headers(), BridgeHeaders.ORIGIN));
                        numbers.computeIfAbsent(trade.symbol(), _ -> new ArrayList<>()).add(trade.number());
                    }
                    assertThat(origins).hasSize(1);
                    assertThat(numbers).hasSize(7);
                    assertThat(numbers.values()).allSatisfy(each -> assertThat(each).isSorted());
                    Bridge bridge = bridge(context);
                    Awaitility.await().until(() -> ring.occupancy().used() == 0);
                    assertThat(bridge.state()).isEqualTo(BridgeState.RUNNING);
                    assertThat(bridge.figures()).isEqualTo(new BridgeFigures(300, 0, 0, 0, 0, 0, null));
                });
    }

    @Test
    void elementsAreJsonWhenThatIsWanted() {
        application
                .withPropertyValues(
                        BridgedApplication.structure("trades", "ring", Trade.class.getName(), "capacity=64"))
                .withPropertyValues("zeroipc.bridges.out.from=market/trades", "zeroipc.bridges.out.format=json")
                .run(context -> {
                    send(ring(context), trade(5));

                    ConsumerRecord<byte[], byte[]> record = records(1).getFirst();
                    JsonMapper mapper = JsonMapper.builder().build();
                    assertThat(mapper.readTree(record.value()))
                            .isEqualTo(mapper.valueToTree(Map.of("symbol", "SYM5", "number", 5, "price", 2.5)));
                    assertThat(record.key()).isNull();
                    assertThat(BridgeHeaders.text(record.headers(), BridgeHeaders.FORMAT)).isEqualTo("json");
                });
    }

    @Test
    void elementsWithoutAKeyKeepTheirOrderInOnePartition() {
        application.withPropertyValues(BridgedApplication.structure("numbers", "ring", "int64", "capacity=64"))
                .withPropertyValues("zeroipc.bridges.out.from=market/numbers")
                .run(context -> {
                    SharedRing<Long> ring = ring(context);
                    for (long i = 0; i < 200; i++) {
                        send(ring, i);
                    }

                    List<ConsumerRecord<byte[], byte[]>> records = records(200);
                    assertThat(records).extracting(record -> Codecs.int64().fromBytes(record.value()))
                            .containsExactlyElementsOf(IntStream.range(0, 200).asLongStream().boxed().toList());
                    assertThat(records).extracting(ConsumerRecord::partition)
                            .containsOnly(records.getFirst().partition());
                });
    }

    @Test
    void whatWasSentWhileTheBridgeWasStoppedArrivesFromTheSameOrigin() {
        String[] structure = BridgedApplication.structure("numbers", "ring", "int64", "capacity=64");
        for (int run = 0; run < 3; run++) {
            long first = run * 20L;
            application.withPropertyValues(structure)
                    .withPropertyValues("zeroipc.bridges.out.from=market/numbers",
                            "zeroipc.bridges.out.auto-startup=false")
                    .run(context -> {
                        SharedRing<Long> ring = ring(context);
                        Bridge bridge = bridge(context);
                        for (long i = first; i < first + 10; i++) {
                            send(ring, i);
                        }
                        assertThat(bridge.state()).isEqualTo(BridgeState.STOPPED);
                        bridge.start();
                        for (long i = first + 10; i < first + 20; i++) {
                            send(ring, i);
                        }
                        Awaitility.await().until(() -> ring.occupancy().used() == 0);
                    });
        }

        List<ConsumerRecord<byte[], byte[]>> records = records(60);
        assertThat(records).hasSize(60);
        assertThat(origins(records)).hasSize(1);
        assertThat(records).extracting(record -> BridgeHeaders.position(record.headers()))
                .containsExactlyElementsOf(IntStream.range(0, 60).asLongStream().boxed().toList());
    }

    @Test
    void aRingThatBeginsAnewIsAnotherOrigin() {
        String[] structure = BridgedApplication.structure("numbers", "ring", "int64", "capacity=64");
        for (int run = 0; run < 2; run++) {
            application.withPropertyValues(structure)
                    .withPropertyValues("zeroipc.segments.market.mode=recreate",
                            "zeroipc.bridges.out.from=market/numbers")
                    .run(context -> {
                        send(ring(context), 1L);
                        send(ring(context), 2L);
                        Awaitility.await().until(() -> bridge(context).figures().carried() == 2);
                    });
        }

        List<ConsumerRecord<byte[], byte[]>> records = records(4);
        assertThat(origins(records)).hasSize(2);
        assertThat(records).extracting(record -> BridgeHeaders.position(record.headers()))
                .containsExactlyInAnyOrder(0L, 1L, 0L, 1L);
    }

    @Test
    void aRingInTheSamePlaceOfTheDiskIsAnotherOrigin() throws IOException {
        String[] structure = BridgedApplication.structure("numbers", "ring", "int64", "capacity=64");
        for (int run = 0; run < 3; run++) {
            application.withPropertyValues(structure)
                    .withPropertyValues("zeroipc.bridges.out.from=market/numbers")
                    .run(context -> {
                        send(ring(context), 1L);
                        Awaitility.await().until(() -> bridge(context).figures().carried() == 1);
                    });
            // File systems give the number of a file to the next one.
            Files.delete(directory.resolve("market"));
        }

        assertThat(origins(records(3))).hasSize(3);
    }

    @Test
    void positionIsKeptWhenTheRingHasLetGo() {
        application.withPropertyValues(BridgedApplication.structure("numbers", "ring", "int64", "capacity=64"))
                .withPropertyValues("zeroipc.bridges.out.from=market/numbers")
                .run(context -> {
                    for (long number = 0; number < 3; number++) {
                        long batch = number;
                        send(ring(context), batch);
                        Awaitility.await().until(() -> bridge(context).figures().carried() == batch + 1);
                        Awaitility.await().until(() -> ring(context).occupancy().used() == 0);
                        // Ahead of the ring, it would take what comes again for another life; far behind, another life for this one.
                        assertThat(kept()).isEqualTo(batch - 1);
                    }
                    bridge(context).stop();
                    assertThat(kept()).isEqualTo(2);
                });
    }

    private long kept() throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory,
                file -> file.getFileName().toString().matches("zeroipc-bridge\\.out\\.numbers\\.[0-9a-f]+"));
                Segment segment = Segment.at(files.iterator().next()).openReadOnly()) {
            OriginMark.Mark mark = SharedState
                    .open(segment, "mark", Codecs.record(OriginMark.Mark.class, MethodHandles.lookup()))
                    .get();
            return mark == null ? -1 : mark.position();
        }
    }

    @Test
    void brokersWhoseNamesNobodyKnowsYetAreWaitedFor() {
        for (String key : List.of("", "symbol")) {
            application
                    .withPropertyValues(
                            BridgedApplication.structure("trades", "ring", Trade.class.getName(), "capacity=64"))
                    .withPropertyValues("spring.kafka.bootstrap-servers=broker.invalid:9092",
                            "zeroipc.bridges.out.from=market/trades", "zeroipc.bridges.out.key=" + key,
                            "zeroipc.listener.endpoints.bridge.out.shutdown-timeout=100ms")
                    .run(context -> {
                        send(ring(context), trade(1));
                        Bridge bridge = bridge(context);
                        Awaitility.await().until(() -> bridge.state() == BridgeState.WAITING);
                        assertThat(bridge.figures().lastError()).contains("No resolvable bootstrap urls");
                        assertThat(ring(context).occupancy().used()).isPositive();
                    });
        }
    }

    @Test
    void aSecondBridgeOfARingSaysWhoHasIt() {
        ApplicationContextRunner same = application
                .withPropertyValues(
                        BridgedApplication.structure("trades", "ring", Trade.class.getName(), "capacity=64"))
                .withPropertyValues("spring.kafka.bootstrap-servers=broker.invalid:9092",
                        "zeroipc.bridges.out.from=market/trades",
                        "zeroipc.listener.endpoints.bridge.out.shutdown-timeout=100ms");
        same.run(_ -> same.run(second -> assertThat(second).getFailure()
                .rootCause()
                .isInstanceOf(RoleTakenException.class)
                .hasMessageContaining("holder=this process")));
    }

    @Test
    void aRingThatOverwritesGoesOnWhereItWasAndCountsWhatIsLost() {
        String[] structure = BridgedApplication.structure("numbers", "ring", "int64", "capacity=8",
                "options.overwrite=true");
        application.withPropertyValues(structure)
                .withPropertyValues("zeroipc.bridges.out.from=market/numbers")
                .run(context -> {
                    SharedRing<Long> ring = ring(context);
                    for (long i = 0; i < 5; i++) {
                        send(ring, i);
                    }
                    Awaitility.await().until(() -> bridge(context).figures().carried() == 5);
                });
        application.withPropertyValues(structure)
                .withPropertyValues("zeroipc.bridges.out.from=market/numbers",
                        "zeroipc.bridges.out.auto-startup=false")
                .run(context -> {
                    SharedRing<Long> ring = ring(context);
                    for (long i = 5; i < 16; i++) {
                        send(ring, i);
                    }
                    bridge(context).start();
                    Awaitility.await().until(() -> bridge(context).figures().carried() == 8);
                    assertThat(bridge(context).figures().lost()).isEqualTo(3);
                });

        List<ConsumerRecord<byte[], byte[]>> records = records(13);
        assertThat(origins(records)).hasSize(1);
        assertThat(records).extracting(record -> BridgeHeaders.position(record.headers()))
                .containsExactly(0L, 1L, 2L, 3L, 4L, 8L, 9L, 10L, 11L, 12L, 13L, 14L, 15L);
    }

    @Test
    void aBroadcastStreamGoesOnWhereItWas() {
        String[] structure = BridgedApplication.structure("numbers", "stream", "int64", "capacity=64",
                "options.mode=broadcast");
        for (int run = 0; run < 2; run++) {
            long value = run;
            application.withPropertyValues(structure)
                    .withPropertyValues("zeroipc.bridges.out.from=market/numbers")
                    .run(context -> {
                        SharedStream<Long> stream = stream(context);
                        stream.emit(value);
                        Awaitility.await().until(() -> bridge(context).figures().carried() == 1);
                    });
        }

        assertThat(records(2)).extracting(record -> Codecs.int64().fromBytes(record.value())).containsExactly(0L, 1L);
    }

    @Test
    void theNewestValueOfAStateHasTheStructureAsItsKey() {
        application.withPropertyValues(BridgedApplication.structure("price", "state", "float64"))
                .withPropertyValues("zeroipc.bridges.out.from=market/price")
                .run(context -> {
                    SharedState<Double> state = state(context);
                    try (var writer = state.writer()) {
                        writer.set(1.5);
                        Awaitility.await().until(() -> bridge(context).figures().carried() == 1);
                        writer.set(2.5);
                        Awaitility.await().until(() -> bridge(context).figures().carried() == 2);
                    }
                });

        List<ConsumerRecord<byte[], byte[]>> records = records(2);
        assertThat(records).extracting(record -> text(record.key())).containsOnly("market/price");
        assertThat(records).extracting(record -> Codecs.float64().fromBytes(record.value())).containsExactly(1.5, 2.5);
    }

    @Test
    void elementsOfAQueueArriveAtMostOnceUnlessItKeepsThem() {
        application.withPropertyValues(BridgedApplication.structure("numbers", "queue", "int64", "capacity=64"))
                .withPropertyValues("zeroipc.bridges.out.from=market/numbers")
                .run(context -> {
                    SharedQueue<Long> queue = queue(context);
                    for (long i = 0; i < 10; i++) {
                        assertThat(queue.offer(i)).isTrue();
                    }

                    assertThat(records(10)).extracting(record -> Codecs.int64().fromBytes(record.value()))
                            .containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
                });
    }

    @Test
    void whatTheBrokerRefusesEndsTheBridgeAndStaysUntilItDoesNot() {
        String small = KafkaBroker.uniqueName("small");
        KafkaBroker.broker()
                .addTopics(
                        new NewTopic(small, 1, (short) 1).configs(Map.of(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, "500")));
        application.withPropertyValues(BridgedApplication.structure("frames", "ring", "bytes(1000)", "capacity=8"))
                .withPropertyValues("zeroipc.bridges.out.from=market/frames", "zeroipc.bridges.out.to=kafka:" + small)
                .run(context -> {
                    SharedRing<byte[]> ring = ring(context);
                    send(ring, new byte[1000]);
                    Bridge bridge = bridge(context);
                    Awaitility.await().until(() -> bridge.state() == BridgeState.FAILED);
                    assertThat(bridge.figures().lastError()).contains("RecordTooLargeException");
                    assertThat(bridge.figures().carried()).isZero();
                    assertThat(ring.occupancy().used()).isEqualTo(1);

                    allow(small, "2000");
                    Awaitility.await().until(() -> {
                        // The broker takes its time to learn of it.
                        bridge.start();
                        return bridge.figures().carried() == 1;
                    });
                    Awaitility.await().until(() -> ring.occupancy().used() == 0);
                });
    }

    private static void allow(String topic, String bytes) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        KafkaBroker.broker()
                .doWithAdmin(admin -> assertThat(admin
                        .incrementalAlterConfigs(Map.of(resource,
                                List.of(new AlterConfigOp(new ConfigEntry(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, bytes),
                                        AlterConfigOp.OpType.SET))))
                        .all()).succeedsWithin(Duration.ofMinutes(1)));
    }

    @SuppressWarnings("unchecked") // declared so
    private static <T> SharedRing<T> ring(ApplicationContext context) {
        return context.getBean(SharedRing.class);
    }

    @SuppressWarnings("unchecked") // declared so
    private static SharedQueue<Long> queue(ApplicationContext context) {
        return context.getBean(SharedQueue.class);
    }

    @SuppressWarnings("unchecked") // declared so
    private static SharedStream<Long> stream(ApplicationContext context) {
        return context.getBean(SharedStream.class);
    }

    @SuppressWarnings("unchecked") // declared so
    private static SharedState<Double> state(ApplicationContext context) {
        return context.getBean(SharedState.class);
    }

    private static Bridge bridge(ApplicationContext context) {
        return context.getBean(BridgeRegistry.class).find("out").orElseThrow();
    }

    private static <T> void send(SharedRing<T> ring, T element) {
        while (!ring.outlet().offer(element)) {
            Thread.onSpinWait();
        }
    }

    private static Trade trade(int number) {
        return new Trade("SYM" + number % 7, number, number / 2.0);
    }

    private List<ConsumerRecord<byte[], byte[]>> records(int count) {
        try (TopicRecords records = new TopicRecords(KafkaBroker.bootstrapServers(), topic)) {
            return records.await(count);
        }
    }

    private static Set<String> origins(List<ConsumerRecord<byte[], byte[]>> records) {
        Set<String> origins = new HashSet<>();
        records.forEach(record -> origins.add(BridgeHeaders.text(record.headers(), BridgeHeaders.ORIGIN)));
        return origins;
    }

    private static @Nullable String text(byte @Nullable [] bytes) {
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }
}
