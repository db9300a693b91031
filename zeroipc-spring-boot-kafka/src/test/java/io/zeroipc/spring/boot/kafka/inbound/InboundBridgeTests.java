package io.zeroipc.spring.boot.kafka.inbound;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.RingReader;
import io.zeroipc.collection.RingWriter;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.flow.SharedChannel;
import io.zeroipc.flow.SharedState;
import io.zeroipc.flow.SharedStream;
import io.zeroipc.flow.SharedTopic;
import io.zeroipc.flow.TopicSubscriber;
import io.zeroipc.segment.Intake;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Source;
import io.zeroipc.segment.Source.Start;
import io.zeroipc.spring.boot.kafka.BridgeHeaders;
import io.zeroipc.spring.boot.kafka.BridgeState;
import io.zeroipc.spring.boot.kafka.TopicRecords;
import io.zeroipc.testing.KafkaBroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class InboundBridgeTests {

    private static final String[] RING = {"type=ring", "element-type=" + Quote.class.getName(), "capacity=1024"};

    @TempDir
    private Path directory;

    private final UUID origin = UUID.randomUUID();

    private void send(String topic, int partition, long... positions) {
        try (KafkaProducer<byte[], byte[]> producer = InboundApplication.producer()) {
            for (long position : positions) {
                var _ = producer.send(InboundApplication.record(topic, partition, origin, position,
                        new Quote(position, position / 2.0)));
            }
        }
    }

    private static long[] range(long from, long to) {
        return LongStream.range(from, to).toArray();
    }

    private static List<Long> read(SharedRing<Quote> ring, int count) throws InterruptedException {
        List<Long> numbers = new ArrayList<>();
        try (RingReader<Quote> reader = ring.reader()) {
            while (numbers.size() < count) {
                numbers.add(reader.take().number());
            }
            assertThat(reader.poll()).isNull();
        }
        return numbers;
    }

    @SuppressWarnings("unchecked") // as configured
    private static SharedRing<Quote> ring(InboundApplication application) {
        return application.structure("quotes", SharedRing.class);
    }

    @Test
    void carriesATopicIntoARing() throws Exception {
        String topic = InboundApplication.newTopic(1);
        send(topic, 0, range(0, 1000));
        try (InboundApplication application = InboundApplication.start(directory, topic,
                InboundApplication.into("quotes", RING))) {
            assertThat(read(ring(application), 1000)).isSorted().doesNotHaveDuplicates();
            await().untilAsserted(() -> assertThat(application.bridge().figures().lag()).isZero());
            assertThat(application.bridge().state()).isEqualTo(BridgeState.RUNNING);
            assertThat(application.bridge().figures().carried()).isEqualTo(1000);
        }
    }

    @Test
    void waitsForRoomAndGoesOn() throws Exception {
        String topic = InboundApplication.newTopic(3);
        send(topic, 0, range(0, 3000));
        send(topic, 1, range(3000, 6000));
        try (InboundApplication application = InboundApplication.start(directory, topic,
                InboundApplication.into("quotes", RING))) {
            InboundBridge bridge = application.bridge();
            await().until(() -> bridge.state() == BridgeState.WAITING && ring(application).size() == 1024);
            assertThat(bridge.figures().lastError())
                    .contains("structure is full: channel=market/quotes, capacity=1024");
            assertThat(bridge.figures().inFlight()).isBetween(1L, (long) Progress.CHUNK_MAX);
            assertThat(new HashSet<>(read(ring(application), 6000))).hasSize(6000);
            await().until(() -> bridge.state() == BridgeState.RUNNING);
        }
    }

    @Test
    void dropsWhatHasArrivedBefore() throws Exception {
        String topic = InboundApplication.newTopic(2);
        send(topic, 0, range(0, 100));
        send(topic, 0, range(50, 150));
        send(topic, 1, range(140, 160));
        try (InboundApplication application = InboundApplication.start(directory, topic,
                InboundApplication.into("quotes", RING))) {
            assertThat(read(ring(application), 160)).hasSize(160).doesNotHaveDuplicates();
            await().untilAsserted(() -> assertThat(application.bridge().figures().duplicates()).isEqualTo(60));
        }
        send(topic, 0, range(0, 170));
        try (InboundApplication application = InboundApplication.start(directory, topic,
                InboundApplication.into("quotes", RING))) {
            assertThat(read(ring(application), 10)).containsExactly(160L, 161L, 162L, 163L, 164L, 165L, 166L, 167L,
                    168L, 169L);
        }
    }

    @Test
    void goesOnWhereItHasEnded() throws Exception {
        String topic = InboundApplication.newTopic(1);
        String[] properties = InboundApplication.into("quotes", RING);
        try (InboundApplication application = InboundApplication.start(directory, topic, properties)) {
            send(topic, 0, range(0, 3000));
            await().until(() -> application.bridge().state() == BridgeState.WAITING
                    && ring(application).size() == 1024);
            application.bridge().stop();
            assertThat(application.bridge().state()).isEqualTo(BridgeState.STOPPED);
        }
        try (InboundApplication application = InboundApplication.start(directory, topic, properties)) {
            assertThat(read(ring(application), 3000)).isSorted().doesNotHaveDuplicates();
        }
    }

    @Test
    void followsAGroupThatIsMovedForwardAndNoneOfAnotherMachine() throws Exception {
        String topic = InboundApplication.newTopic(1);
        String[] properties = InboundApplication.into("quotes", RING);
        send(topic, 0, range(0, 100));
        String group;
        try (InboundApplication application = InboundApplication.start(directory, topic, properties)) {
            assertThat(read(ring(application), 100)).isSorted();
            group = KeptFiles.group(ring(application));
        }
        send(topic, 0, range(100, 200));
        move(group, topic, 150, "another");
        try (InboundApplication application = InboundApplication.start(directory, topic, properties)) {
            assertThat(read(ring(application), 100).getFirst()).isEqualTo(100);
            assertThat(application.bridge().figures().lastError()).contains("another machine");
        }
        send(topic, 0, range(200, 300));
        move(group, topic, 250, "");
        try (InboundApplication application = InboundApplication.start(directory, topic, properties)) {
            assertThat(read(ring(application), 50).getFirst()).isEqualTo(250);
        }
        move(group, topic, 0, "");
        send(topic, 0, range(300, 310));
        try (InboundApplication application = InboundApplication.start(directory, topic, properties)) {
            assertThat(read(ring(application), 10).getFirst()).isEqualTo(300);
        }
    }

    private static void move(String group, String topic, long offset, String by) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", KafkaBroker.bootstrapServers()))) {
            admin.alterConsumerGroupOffsets(group,
                    Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(offset, by))).all().get();
        }
    }

    @Test
    void countsWhatIsGoneFromTheTopicAsLost() throws Exception {
        String topic = InboundApplication.newTopic(1);
        String[] properties = InboundApplication.into("quotes", RING);
        send(topic, 0, range(0, 100));
        try (InboundApplication application = InboundApplication.start(directory, topic, properties)) {
            assertThat(read(ring(application), 100)).isSorted();
        }
        send(topic, 0, range(100, 200));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", KafkaBroker.bootstrapServers()))) {
            admin.deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(150))).all().get();
        }
        try (InboundApplication application = InboundApplication.start(directory, topic, properties)) {
            assertThat(read(ring(application), 50).getFirst()).isEqualTo(150);
            assertThat(application.bridge().figures().lost()).isEqualTo(50);
            assertThat(application.bridge().figures().lastError()).contains("offset=100, oldest=150");
        }
    }

    @Test
    void pausesAndResumes() throws Exception {
        String topic = InboundApplication.newTopic(1);
        try (InboundApplication application = InboundApplication.start(directory, topic,
                InboundApplication.into("quotes", RING))) {
            InboundBridge bridge = application.bridge();
            bridge.pause();
            await().until(() -> bridge.state() == BridgeState.PAUSED);
            send(topic, 0, range(0, 10));
            await().untilAsserted(() -> assertThat(bridge.figures().lag()).isEqualTo(10));
            assertThat(ring(application).size()).isZero();
            bridge.resume();
            assertThat(read(ring(application), 10)).hasSize(10);
        }
    }

    @Test
    void endsAtARecordOfAnotherType() throws Exception {
        String topic = InboundApplication.newTopic(1);
        send(topic, 0, range(0, 5));
        ProducerRecord<byte[], byte[]> other = new ProducerRecord<>(topic, new byte[] {1, 2, 3, 4});
        other.headers().add(BridgeHeaders.TYPE, BridgeHeaders.bytes("com.acme.Order;4"));
        try (KafkaProducer<byte[], byte[]> producer = InboundApplication.producer()) {
            producer.send(other).get();
        }
        send(topic, 0, range(5, 10));
        String[] properties = InboundApplication.into("quotes", RING);
        try (InboundApplication application = InboundApplication.start(directory, topic, properties)) {
            InboundBridge bridge = application.bridge();
            await().until(() -> bridge.state() == BridgeState.FAILED);
            assertThat(bridge.figures().lastError()).contains("offset=5", "type=com.acme.Order, size=4",
                    "type=" + Quote.class.getName() + ", size=16", "both bridges format=json");
            assertThat(read(ring(application), 5)).containsExactly(0L, 1L, 2L, 3L, 4L);
            bridge.stop();
            assertThat(bridge.state()).isEqualTo(BridgeState.STOPPED);
            bridge.start();
            await().until(() -> bridge.state() == BridgeState.FAILED);
        }
        try (InboundApplication application = InboundApplication.start(directory, topic,
                InboundApplication.into("quotes", RING[0], RING[1], RING[2],
                        "zeroipc.bridges.quotes-in.on-failure=skip"))) {
            assertThat(read(ring(application), 5)).containsExactly(5L, 6L, 7L, 8L, 9L);
            assertThat(application.bridge().figures().lost()).isEqualTo(1);
        }
    }

    @Test
    void readsJson() throws Exception {
        String topic = InboundApplication.newTopic(1);
        try (KafkaProducer<byte[], byte[]> producer = InboundApplication.producer()) {
            var _ = producer
                    .send(new ProducerRecord<>(topic, "{\"number\":7,\"price\":1.5}".getBytes(StandardCharsets.UTF_8)));
        }
        try (InboundApplication application = InboundApplication.start(directory, topic,
                InboundApplication.into("quotes", RING[0], RING[1], RING[2],
                        "zeroipc.bridges.quotes-in.format=json"))) {
            try (RingReader<Quote> reader = ring(application).reader()) {
                assertThat(reader.take()).isEqualTo(new Quote(7, 1.5));
            }
        }
    }

    @Test
    @SuppressWarnings("unchecked") // as configured
    void carriesIntoWhateverTakesElements() throws Exception {
        String topic = InboundApplication.newTopic(1);
        send(topic, 0, range(0, 20));
        String type = "element-type=" + Quote.class.getName();
        try (InboundApplication application = InboundApplication.start(directory, topic,
                InboundApplication.into("jobs", "type=queue", type, "capacity=64"))) {
            assertThat(taken(application.structure("jobs", SharedQueue.class))).isSorted().hasSize(20);
        }
        try (InboundApplication application = InboundApplication.start(directory, topic,
                InboundApplication.into("calls", "type=channel", type, "capacity=64"))) {
            assertThat(taken(application.structure("calls", SharedChannel.class))).isSorted().hasSize(20);
        }
        try (InboundApplication application = InboundApplication.start(directory, topic,
                InboundApplication.into("ticks", "type=stream", type, "capacity=64", "options.mode=broadcast"))) {
            assertThat(taken(application.structure("ticks", SharedStream.class))).isSorted().hasSize(20);
        }
        try (InboundApplication application = InboundApplication.start(directory, topic,
                InboundApplication.into("last", "type=ring", type, "capacity=64", "options.overwrite=true"))) {
            assertThat(taken(application.structure("last", SharedRing.class))).isSorted().hasSize(20);
        }
    }

    private static List<Long> taken(Source<Quote> source) throws InterruptedException {
        List<Long> numbers = new ArrayList<>();
        try (Intake<Quote> intake = source.intake(Start.EARLIEST)) {
            while (numbers.size() < 20) {
                Quote quote = intake.take();
                numbers.add(quote == null ? -1 : quote.number());
            }
        }
        return numbers;
    }

    @Test
    void carriesMessagesOfAnySizeIntoATopic() throws Exception {
        String topic = InboundApplication.newTopic(1);
        try (InboundApplication application = InboundApplication.start(directory, topic,
                InboundApplication.into("frames", "type=topic", "capacity=8", "options.chunk-size=64"))) {
            SharedTopic frames = application.structure("frames", SharedTopic.class);
            try (TopicSubscriber subscriber = frames.subscribe();
                    KafkaProducer<byte[], byte[]> producer = InboundApplication.producer()) {
                var _ = producer.send(new ProducerRecord<>(topic, new byte[] {1, 2, 3}));
                assertThat(subscriber.take()).containsExactly(1, 2, 3);
                var _ = producer.send(new ProducerRecord<>(topic, new byte[65]));
                InboundBridge bridge = application.bridge();
                await().until(() -> bridge.state() == BridgeState.FAILED);
                assertThat(bridge.figures().lastError()).contains("size=65", "64 bytes");
            }
        }
    }

    @Test
    @SuppressWarnings("unchecked") // as configured
    void keepsAStateAsTheNewestRecordIs() throws Exception {
        String topic = InboundApplication.newTopic(1);
        send(topic, 0, range(0, 100));
        try (InboundApplication application = InboundApplication.start(directory, topic,
                InboundApplication.into("latest", "type=state", "element-type=" + Quote.class.getName()))) {
            SharedState<Quote> state = application.structure("latest", SharedState.class);
            assertThat(application.bridge().awaitFilled(Duration.ofMinutes(1))).isTrue();
            assertThat(state.get()).isEqualTo(new Quote(99, 49.5));
            assertThat(state.version()).isEqualTo(1);
            send(topic, 0, 100);
            await().untilAsserted(() -> assertThat(state.get()).isEqualTo(new Quote(100, 50)));
        }
    }

    @Test
    void findsPartitionsThatAreAddedLater() throws Exception {
        String topic = InboundApplication.newTopic(1);
        send(topic, 0, range(0, 10));
        Path there = Files.createDirectory(directory.resolve("there"));
        try (InboundApplication one = InboundApplication.start(directory, topic,
                InboundApplication.into("quotes", RING));
                InboundApplication other = InboundApplication.start(there, topic,
                        InboundApplication.into("latest", "type=state", RING[1]));
                Admin admin = Admin.create(Map.of("bootstrap.servers", KafkaBroker.bootstrapServers()))) {
            assertThat(read(ring(one), 10)).isSorted();
            assertThat(other.bridge().awaitFilled(Duration.ofMinutes(1))).isTrue();
            admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(2))).all().get();
            send(topic, 1, range(10, 20));
            assertThat(read(ring(one), 10)).isSorted().hasSize(10);
            @SuppressWarnings("unchecked") // as configured
            SharedState<Quote> state = other.structure("latest", SharedState.class);
            await().atMost(Duration.ofMinutes(1))
                    .untilAsserted(() -> assertThat(state.get()).isEqualTo(new Quote(19, 9.5)));
        }
    }

    @Test
    void readsEachRecordOnceAcrossThePartitionsOfAGroup() throws Exception {
        String topic = InboundApplication.newTopic(4);
        String[] properties = InboundApplication.into("quotes", RING[0], RING[1], RING[2],
                "zeroipc.bridges.quotes-in.group=" + topic + "-group");
        Path here = Files.createDirectory(directory.resolve("one"));
        Path there = Files.createDirectory(directory.resolve("other"));
        try (InboundApplication one = InboundApplication.start(here, topic, properties);
                InboundApplication other = InboundApplication.start(there, topic, properties)) {
            Set<Long> seen = new HashSet<>();
            try (RingReader<Quote> ones = ring(one).reader(); RingReader<Quote> others = ring(other).reader()) {
                for (int partition = 0; partition < 4; partition++) {
                    send(topic, partition, range(partition * 500L, partition * 500L + 500));
                }
                await().until(() -> {
                    ones.drainTo(quote -> assertThat(seen.add(quote.number())).isTrue(), 10_000);
                    others.drainTo(quote -> assertThat(seen.add(quote.number())).isTrue(), 10_000);
                    return seen.size() == 2000;
                });
            }
        }
    }

    @Test
    void nothingIsLostOrTwiceWherePartitionsGoWhileTheStructureIsFull() throws Exception {
        String topic = InboundApplication.newTopic(2);
        send(topic, 0, range(0, 40));
        send(topic, 1, range(40, 80));
        String[] properties = InboundApplication.into("quotes", RING[0], RING[1], "capacity=16",
                "zeroipc.bridges.quotes-in.group=" + topic + "-group");
        Path here = Files.createDirectory(directory.resolve("one"));
        Path there = Files.createDirectory(directory.resolve("other"));
        try (InboundApplication one = InboundApplication.start(here, topic, properties)) {
            await().until(() -> one.bridge().state() == BridgeState.WAITING && ring(one).size() == 16);
            try (InboundApplication other = InboundApplication.start(there, topic, properties)) {
                await().atMost(Duration.ofMinutes(1)).until(() -> ring(other).size() > 0);
                List<Long> numbers = new ArrayList<>();
                try (RingReader<Quote> ones = ring(one).reader(); RingReader<Quote> others = ring(other).reader()) {
                    await().atMost(Duration.ofMinutes(1)).until(() -> {
                        ones.drainTo(quote -> numbers.add(quote.number()), 100);
                        others.drainTo(quote -> numbers.add(quote.number()), 100);
                        return new HashSet<>(numbers).size() == 80 && one.bridge().figures().lag() == 0
                                && other.bridge().figures().lag() == 0;
                    });
                    ones.drainTo(quote -> numbers.add(quote.number()), 100);
                    others.drainTo(quote -> numbers.add(quote.number()), 100);
                }
                assertThat(numbers).hasSize(80);
            }
        }
    }

    @Test
    void keepsItsProgressBehindEachChunkOrBeforeItAsItWasTold() throws Exception {
        String topic = InboundApplication.newTopic(1);
        send(topic, 0, range(0, 2000));
        String poll = "spring.kafka.consumer.max-poll-records=2000";
        for (String delivery : List.of("at-least-once", "at-most-once")) {
            Path here = Files.createDirectory(directory.resolve(delivery));
            try (InboundApplication application = InboundApplication.start(here, topic,
                    InboundApplication.into("jobs", "type=queue", RING[1], RING[2], poll,
                            "zeroipc.bridges.quotes-in.delivery=" + delivery))) {
                InboundBridge bridge = application.bridge();
                await().untilAsserted(() -> assertThat(String.valueOf(bridge.figures().lastError()))
                        .contains("structure is full"));
                // A process that is killed now begins there.
                if (delivery.equals("at-least-once")) {
                    assertThat(kept(here)).isBetween(512L, 1024L);
                } else {
                    assertThat(kept(here)).isGreaterThan(1024);
                }
            }
        }
    }

    private static long kept(Path directory) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory,
                file -> file.getFileName().toString().matches("zeroipc-bridge-in\\..*\\.[0-9a-f]+"))) {
            try (Segment segment = Segment.at(files.iterator().next()).openReadOnly()) {
                return new Progress(SharedState.open(segment, "progress", Progress.CODEC), null).next(0);
            }
        }
    }

    @Test
    void dropsWhatThisMachineHasSentItself() throws Exception {
        String topic = InboundApplication.newTopic(1);
        String type = "zeroipc.segments.market.structures.sent.";
        String[] circle = InboundApplication.into("quotes", RING[0], RING[1], RING[2], type + RING[0], type + RING[1],
                type + RING[2], "zeroipc.bridges.quotes-out.from=market/sent",
                "zeroipc.bridges.quotes-out.to=kafka:" + topic);
        Path there = Files.createDirectory(directory.resolve("there"));
        try (InboundApplication one = InboundApplication.start(directory, topic, circle);
                InboundApplication other = InboundApplication.start(there, topic,
                        InboundApplication.into("quotes", RING))) {
            @SuppressWarnings("unchecked") // as configured
            SharedRing<Quote> sent = one.structure("sent", SharedRing.class);
            try (RingWriter<Quote> writer = sent.writer()) {
                for (long number = 0; number < 10; number++) {
                    writer.put(new Quote(number, 1));
                }
            }
            assertThat(read(ring(other), 10)).isSorted();
            await().until(() -> one.bridge().loops() == 10);
            send(topic, 0, 77);
            assertThat(read(ring(one), 1)).containsExactly(77L);
        }
    }

    @Test
    void standsByWhileAnotherProcessCarriesTheSameBridge() throws Exception {
        String topic = InboundApplication.newTopic(1);
        send(topic, 0, range(0, 10));
        String[] queue = InboundApplication.into("jobs", "type=queue", RING[1], RING[2]);
        InboundApplication first = InboundApplication.start(directory, topic, queue);
        try (InboundApplication second = InboundApplication.start(directory, topic, queue)) {
            await().until(() -> first.bridge().figures().carried() == 10);
            // It waits at first as well, for its structure.
            await().untilAsserted(() -> assertThat(second.bridge().figures().lastError()).contains("RoleTaken"));
            await().until(() -> second.bridge().state() == BridgeState.WAITING);
            first.close();
            send(topic, 0, range(10, 20));
            await().until(() -> second.bridge().figures().carried() == 10);
            @SuppressWarnings("unchecked") // as configured
            SharedQueue<Quote> jobs = second.structure("jobs", SharedQueue.class);
            assertThat(taken(jobs)).hasSize(20).isSorted();
        } finally {
            first.close();
        }
    }

    @Test
    void anotherProcessGoesOnWhenItIsStopped() throws Exception {
        String topic = InboundApplication.newTopic(1);
        for (String[] structure : new String[][] {RING,
                {"type=stream", RING[1], RING[2], "options.mode=broadcast"}, {"type=state", RING[1]}}) {
            String[] properties = InboundApplication.into(structure[0].substring("type=".length()), structure);
            try (InboundApplication first = InboundApplication.start(directory, topic, properties)) {
                await().until(() -> first.bridge().state() == BridgeState.RUNNING);
                try (InboundApplication second = InboundApplication.start(directory, topic, properties)) {
                    await().until(() -> second.bridge().state() == BridgeState.WAITING);
                    first.bridge().stop();
                    await().until(() -> second.bridge().state() == BridgeState.RUNNING);
                }
            }
        }
    }

    @Test
    void dropsWhatAQueueOfThisMachineHasSentBeforeARestart() throws Exception {
        String topic = InboundApplication.newTopic(1);
        String sent = "zeroipc.segments.market.structures.sent.";
        List<String> circle = List.of(InboundApplication.into("quotes", RING[0], RING[1], RING[2], sent + "type=queue",
                sent + RING[1], sent + RING[2], "zeroipc.bridges.quotes-out.from=market/sent",
                "zeroipc.bridges.quotes-out.to=kafka:" + topic));
        List<String> outOnly = new ArrayList<>(circle);
        outOnly.add("zeroipc.bridges.quotes-in.auto-startup=false");
        try (InboundApplication application = InboundApplication.start(directory, topic,
                outOnly.toArray(String[]::new));
                TopicRecords records = new TopicRecords(KafkaBroker.bootstrapServers(), topic)) {
            @SuppressWarnings("unchecked") // as configured
            SharedQueue<Quote> queue = application.structure("sent", SharedQueue.class);
            for (long number = 0; number < 10; number++) {
                assertThat(queue.offer(new Quote(number, 1))).isTrue();
            }
            records.await(10);
        }
        try (InboundApplication application = InboundApplication.start(directory, topic,
                circle.toArray(String[]::new))) {
            await().until(() -> application.bridge().loops() == 10);
            assertThat(application.bridge().figures().carried()).isZero();
        }
    }

    @Test
    void endsWhenItsSegmentIsGone() throws Exception {
        String topic = InboundApplication.newTopic(1);
        send(topic, 0, range(0, 10));
        try (InboundApplication application = InboundApplication.start(directory, topic,
                InboundApplication.into("quotes", RING))) {
            InboundBridge bridge = application.bridge();
            await().until(() -> bridge.figures().carried() == 10);
            Files.delete(directory.resolve("market"));
            send(topic, 0, range(10, 20));
            await().until(() -> bridge.state() == BridgeState.FAILED);
            assertThat(bridge.figures().lastError()).contains("file was removed");
        }
    }

    @Test
    void goesOnInASegmentThatWasMadeAnewWhereThatIsWanted() throws Exception {
        String topic = InboundApplication.newTopic(1);
        send(topic, 0, range(0, 10));
        try (InboundApplication application = InboundApplication.start(directory, topic,
                InboundApplication.into("quotes", RING[0], RING[1], RING[2],
                        "zeroipc.segments.market.on-replaced=reattach"))) {
            InboundBridge bridge = application.bridge();
            await().until(() -> bridge.figures().carried() == 10);
            Files.delete(directory.resolve("market"));
            try (Segment anew = Segment.named("market").baseDirectory(directory).size(4 << 20).openOrCreate()) {
                SharedRing<Quote> ring = SharedRing.openOrCreate(anew, "quotes", Codecs.record(Quote.class), 1024);
                send(topic, 0, range(10, 20));
                assertThat(read(ring, 10)).containsExactly(10L, 11L, 12L, 13L, 14L, 15L, 16L, 17L, 18L, 19L);
            }
        }
    }

    @Test
    void takesRecordsWithBrokenHeadersAsTheyAre() throws Exception {
        String topic = InboundApplication.newTopic(1);
        String[][] headers = {{"x", "1"}, {"", ""}, {origin.toString(), "-5"}, {origin.toString(), "1e9"},
                {origin.toString(), "99999999999999999999"}, {"0-0-0-0-0", "0"}, {"0-0-0-0-1", "0"},
                {origin.toString(), String.valueOf(Long.MAX_VALUE)}, {"1-1-1-1-1", String.valueOf(1L << 62)}};
        try (KafkaProducer<byte[], byte[]> producer = InboundApplication.producer()) {
            for (int i = 0; i < headers.length; i++) {
                ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic,
                        Codecs.record(Quote.class).toBytes(new Quote(i, 1)));
                record.headers()
                        .add(BridgeHeaders.ORIGIN, BridgeHeaders.bytes(headers[i][0]))
                        .add(BridgeHeaders.POSITION, BridgeHeaders.bytes(headers[i][1]))
                        .add(BridgeHeaders.TYPE, null);
                var _ = producer.send(record);
            }
        }
        try (InboundApplication application = InboundApplication.start(directory, topic,
                InboundApplication.into("quotes", RING))) {
            assertThat(read(ring(application), headers.length)).isSorted();
        }
    }

    @Test
    void goesOnInATopicThatWasMadeAnew() throws Exception {
        String topic = InboundApplication.newTopic(3);
        for (int partition = 0; partition < 3; partition++) {
            send(topic, partition, range(partition * 20L, partition * 20L + 20));
        }
        try (InboundApplication application = InboundApplication.start(directory, topic,
                InboundApplication.into("quotes", RING));
                Admin admin = Admin.create(Map.of("bootstrap.servers", KafkaBroker.bootstrapServers()))) {
            InboundBridge bridge = application.bridge();
            assertThat(read(ring(application), 60)).hasSize(60);
            admin.deleteTopics(List.of(topic)).all().get();
            // Whoever asks for it makes it, with one partition.
            await().ignoreExceptions()
                    .until(() -> admin.describeTopics(List.of(topic))
                            .allTopicNames()
                            .get()
                            .get(topic)
                            .partitions()
                            .size() == 1);
            send(topic, 0, range(60, 70));
            assertThat(read(ring(application), 10)).containsExactly(60L, 61L, 62L, 63L, 64L, 65L, 66L, 67L, 68L, 69L);
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> bridge.state() == BridgeState.RUNNING && bridge.figures().lag() == 0);
        }
    }

    /** Offsets of the former topic say nothing, and are valid ones all the same: there are more records now than there were. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void beginsAgainWhereTheTopicWasMadeAnewMeanwhile(boolean inGroup) throws Exception {
        String topic = InboundApplication.newTopic(1);
        String[] properties = InboundApplication.into("quotes", RING[0], RING[1], RING[2],
                inGroup
                        ? "zeroipc.bridges.quotes-in.group=" + topic + "-group"
                        : "zeroipc.bridges.quotes-in.on-failure=stop");
        String[] later = Stream
                .concat(Arrays.stream(properties),
                        Stream.of("spring.kafka.consumer.properties.auto.offset.reset=latest"))
                .toArray(String[]::new);
        send(topic, 0, range(0, 10));
        try (InboundApplication application = InboundApplication.start(directory, topic, properties)) {
            assertThat(read(ring(application), 10)).hasSize(10);
        }
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", KafkaBroker.bootstrapServers()))) {
            admin.deleteTopics(List.of(topic)).all().get();
            await().ignoreExceptions()
                    .until(() -> !admin.listTopics().names().get().contains(topic));
            await().ignoreExceptions().until(() -> {
                admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
                return true;
            });
        }
        send(topic, 0, range(100, 130));
        try (InboundApplication application = InboundApplication.start(directory, topic, later)) {
            assertThat(read(ring(application), 30))
                    .containsExactlyElementsOf(LongStream.range(100, 130).boxed().toList());
            assertThat(application.bridge().figures().lastError()).contains("topic was made anew", topic);
        }
        try (InboundApplication application = InboundApplication.start(directory, topic, later)) {
            send(topic, 0, range(130, 140));
            assertThat(read(ring(application), 10))
                    .containsExactlyElementsOf(LongStream.range(130, 140).boxed().toList());
            assertThat(application.bridge().figures().lastError()).isNull();
        }
    }

    @Test
    void waitsForABrokerThatIsNotThereYet() throws Exception {
        String topic = InboundApplication.newTopic(1);
        send(topic, 0, range(0, 10));
        try (LateDoor door = new LateDoor();
                InboundApplication application = InboundApplication.startAt(door.address(),
                        directory, topic, InboundApplication.into("quotes", RING))) {
            InboundBridge bridge = application.bridge();
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> bridge.state() == BridgeState.WAITING
                            && bridge.figures().lastError() != null && bridge.figures().failed() > 0);
            assertThat(bridge.figures().lastError()).contains("Timeout");
            door.open(KafkaBroker.bootstrapServers());
            assertThat(read(ring(application), 10)).isSorted();
            await().until(() -> bridge.state() == BridgeState.RUNNING);
        }
    }

    @Test
    void saysThatSettingsCannotBeKept() {
        assertThatThrownBy(() -> InboundApplication.start(directory, "none",
                InboundApplication.into("quotes", RING[0], RING[1], RING[2],
                        "spring.kafka.consumer.properties.auto.offset.reset=by_duration:PT1H")))
                .hasMessage("bridge cannot begin like this: bridge=quotes-in (kafka:none to market/quotes),"
                        + " spring.kafka.consumer.auto-offset-reset=by_duration:pt1h (expected: earliest or latest)");
    }
}
