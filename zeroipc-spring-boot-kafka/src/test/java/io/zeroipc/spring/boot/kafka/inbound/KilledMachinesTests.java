package io.zeroipc.spring.boot.kafka.inbound;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.RingReader;
import io.zeroipc.collection.RingWriter;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.segment.Segment;
import io.zeroipc.spring.boot.kafka.BridgedApplication;
import io.zeroipc.spring.boot.kafka.BrokerChild;
import io.zeroipc.spring.boot.kafka.Trade;
import io.zeroipc.test.PeerProcess;
import io.zeroipc.test.PeerProcesses;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * From a ring of one machine over Kafka into a ring of another. Each machine is a directory, and a process with a bridge that is
 * killed time after time, and the broker is away for a while.
 */
@Tag("process")
@EnabledOnOs(OS.LINUX)
class KilledMachinesTests {

    private static final String TOPIC = "trades";
    private static final int PARTITIONS = 3;
    private static final int KEYS = 7;
    private static final Codec<Trade> CODEC = Codecs.record(Trade.class);

    @TempDir
    private Path directory;

    @RegisterExtension
    final PeerProcesses peers = new PeerProcesses();

    private int port;

    @Test
    void nothingIsLostAndNothingComesTwice() throws Exception {
        run(30_000, 3, Duration.ofSeconds(2));
    }

    @Test
    @Tag("stress")
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    void nothingIsLostAndNothingComesTwiceOfAMillion() throws Exception {
        run(1_000_000, 20, Duration.ofSeconds(30));
    }

    private void run(int elements, int kills, Duration brokerAway) throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed=" + seed);
        Random random = new Random(seed);
        Path here = Files.createDirectory(directory.resolve("here"));
        Path there = Files.createDirectory(directory.resolve("there"));
        Path stored = directory.resolve("broker");
        port = BrokerChild.freePort();
        PeerProcess broker = broker(stored);
        createTopic();
        try (Segment from = Segment.named("market").baseDirectory(here).size(1 << 20).create();
                Segment to = Segment.named("market").baseDirectory(there).size(1 << 20).create()) {
            SharedRing<Trade> source = SharedRing.create(from, "trades", CODEC, 4096);
            SharedRing<Trade> target = SharedRing.create(to, "trades", CODEC, 4096);
            Arrivals arrivals = new Arrivals(elements);
            Thread sender = Thread.ofPlatform().start(() -> send(source, elements));
            Thread reader = Thread.ofPlatform().start(() -> arrivals.read(target));
            long began = System.nanoTime();
            try {
                PeerProcess out = start(here, "zeroipc.bridges.carried.from=market/trades",
                        "zeroipc.bridges.carried.to=kafka:" + TOPIC, "zeroipc.bridges.carried.key=symbol");
                PeerProcess in = start(there, "zeroipc.bridges.carried.from=kafka:" + TOPIC,
                        "zeroipc.bridges.carried.to=market/trades");
                for (int kill = 0; kill < kills; kill++) {
                    int slice = elements / (kills + 1);
                    long count = kill * (long) slice + random.nextInt(slice);
                    while (arrivals.count.get() <= count && reader.isAlive()) {
                        assertThat(out.isAlive()).as(out::toString).isTrue();
                        assertThat(in.isAlive()).as(in::toString).isTrue();
                        TimeUnit.MILLISECONDS.sleep(1);
                    }
                    int whom = random.nextInt(3);
                    if (whom != 0) {
                        out.kill();
                    }
                    if (whom != 1) {
                        in.kill();
                    }
                    System.out.println("kill " + (kill + 1) + ": " + List.of("in", "out", "both").get(whom) + " after "
                            + arrivals.count.get() + " elements");
                    if (kill == kills / 2) {
                        broker.join();
                        TimeUnit.NANOSECONDS.sleep(brokerAway.toNanos());
                        System.out.println("the broker was away for " + brokerAway);
                        broker = broker(stored);
                    }
                    if (whom != 0) {
                        out = start(here, "zeroipc.bridges.carried.from=market/trades",
                                "zeroipc.bridges.carried.to=kafka:" + TOPIC, "zeroipc.bridges.carried.key=symbol");
                    }
                    if (whom != 1) {
                        in = start(there, "zeroipc.bridges.carried.from=kafka:" + TOPIC,
                                "zeroipc.bridges.carried.to=market/trades");
                    }
                }
                sender.join();
                reader.join();
            } finally {
                sender.interrupt();
                reader.interrupt();
                sender.join();
                reader.join();
            }
            System.out.println(elements + " elements in " + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began)
                    + " s, records in the topic: " + records() + ", twice: " + arrivals.twice + ", out of order: "
                    + arrivals.disorder);
            assertThat(arrivals.twice).hasValue(0);
            assertThat(arrivals.disorder).hasValue(0);
            assertThat(arrivals.seen.cardinality()).isEqualTo(elements);
            assertThat(target.totalWritten()).isEqualTo(elements);
        }
    }

    private PeerProcess broker(Path stored) throws InterruptedException {
        PeerProcess broker = peers.start(PeerProcess.of(BrokerChild.class).withArguments(port, stored));
        broker.await(BrokerChild.READY);
        return broker;
    }

    private PeerProcess start(Path machine, String... bridge) {
        List<String> arguments = new ArrayList<>(List.of("spring.main.banner-mode=off", "logging.level.root=warn",
                "logging.level.org.apache.kafka=error", "zeroipc.base-directory=" + machine,
                "zeroipc.segments.market.mode=open", "spring.kafka.bootstrap-servers=localhost:" + port,
                "spring.kafka.consumer.auto-offset-reset=earliest"));
        arguments.addAll(Arrays.asList(
                BridgedApplication.structure("trades", "ring", Trade.class.getName(), "capacity=4096")));
        arguments.addAll(Arrays.asList(bridge));
        return peers.start(PeerProcess.of(BridgingProcess.class)
                .withArguments(arguments.stream().map(each -> "--" + each).toArray()));
    }

    private void createTopic() throws Exception {
        try (Admin admin = admin()) {
            admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 1))).all().get();
        }
    }

    private long records() throws Exception {
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            ends.put(new TopicPartition(TOPIC, partition), OffsetSpec.latest());
        }
        try (Admin admin = admin()) {
            return admin.listOffsets(ends).all().get().values().stream().mapToLong(end -> end.offset()).sum();
        }
    }

    private Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", "localhost:" + port));
    }

    private static void send(SharedRing<Trade> ring, int elements) {
        try (RingWriter<Trade> writer = ring.writer()) {
            for (int number = 0; number < elements; number++) {
                writer.put(new Trade("SYM" + number % KEYS, number, number / 4.0));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What has come, and how. Written by one thread. */
    private static final class Arrivals {

        private final int elements;
        private final BitSet seen;
        private final long[] newest = new long[KEYS];
        private final AtomicLong count = new AtomicLong();
        private final AtomicInteger twice = new AtomicInteger();
        private final AtomicInteger disorder = new AtomicInteger();

        Arrivals(int elements) {
            this.elements = elements;
            this.seen = new BitSet(elements);
            Arrays.fill(newest, -1);
        }

        void read(SharedRing<Trade> ring) {
            try (RingReader<Trade> reader = ring.reader()) {
                while (count.get() < elements) {
                    take(reader.take());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void take(Trade trade) {
            int number = (int) trade.number();
            if (seen.get(number)) {
                twice.incrementAndGet();
            }
            seen.set(number);
            int key = number % KEYS;
            if (number < newest[key] || !trade.symbol().equals("SYM" + key)) {
                disorder.incrementAndGet();
            }
            newest[key] = number;
            count.incrementAndGet();
        }
    }
}
