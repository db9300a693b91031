package io.zeroipc.spring.boot.kafka.inbound;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.RingReader;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.segment.Segment;
import io.zeroipc.test.PeerProcess;
import io.zeroipc.test.PeerProcesses;
import io.zeroipc.testing.KafkaBroker;

import static org.assertj.core.api.Assertions.assertThat;

/** A bridge into a ring is killed in the middle of a flood, again and again: every element arrives, and none twice. */
@Tag("process")
@EnabledOnOs(OS.LINUX)
class KilledBridgeTests {

    private static final int ELEMENTS = 50_000;
    private static final int PARTITIONS = 3;
    private static final int KILLS = 3;

    @TempDir
    private Path directory;

    @RegisterExtension
    final PeerProcesses peers = new PeerProcesses();

    @Test
    void nothingIsLostAndNothingComesTwice() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed=" + seed);
        Random random = new Random(seed);
        String topic = InboundApplication.newTopic(PARTITIONS);
        flood(topic);
        try (Segment segment = Segment.named("market").baseDirectory(directory).size(4 << 20).create()) {
            SharedRing<Quote> ring = SharedRing.create(segment, "quotes", Codecs.record(Quote.class), 4096);
            BitSet seen = new BitSet(ELEMENTS);
            AtomicInteger twice = new AtomicInteger();
            AtomicInteger disorder = new AtomicInteger();
            AtomicLong count = new AtomicLong();
            long[] last = new long[PARTITIONS];
            Arrays.fill(last, -1);
            Thread reading = Thread.ofPlatform().start(() -> {
                try (RingReader<Quote> reader = ring.reader()) {
                    while (count.get() < ELEMENTS) {
                        int number = (int) reader.take().number();
                        if (seen.get(number)) {
                            twice.incrementAndGet();
                        }
                        seen.set(number);
                        if (last[number % PARTITIONS] > number) {
                            disorder.incrementAndGet();
                        }
                        last[number % PARTITIONS] = number;
                        count.incrementAndGet();
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            try {
                String[] arguments = InboundApplication.arguments(directory, topic, KafkaBroker.bootstrapServers(),
                        InboundApplication.into("quotes", "type=ring", "element-type=" + Quote.class.getName(),
                                "capacity=4096",
                                "spring.kafka.consumer.max-poll-records=100"));
                for (int kill = 0; kill <= KILLS; kill++) {
                    long before = count.get();
                    PeerProcess bridge = peers.start(PeerProcess.of(BridgingProcess.class)
                            .withArguments((Object[]) arguments));
                    bridge.await(BridgingProcess.READY);
                    long target = kill < KILLS ? before + 1 + random.nextInt(ELEMENTS / KILLS / 2) : ELEMENTS;
                    while (count.get() < target && reading.isAlive()) {
                        assertThat(bridge.isAlive()).as(bridge::toString).isTrue();
                        TimeUnit.MILLISECONDS.sleep(1);
                    }
                    bridge.kill();
                    System.out.println("kill " + kill + " after " + (count.get() - before) + " elements, "
                            + count.get() + " in all");
                }
                reading.join();
            } finally {
                reading.interrupt();
                reading.join();
            }
            assertThat(twice).hasValue(0);
            assertThat(disorder).hasValue(0);
            assertThat(seen.cardinality()).isEqualTo(ELEMENTS);
            assertThat(ring.totalWritten()).isEqualTo(ELEMENTS);
        }
    }

    private static void flood(String topic) throws Exception {
        UUID origin = UUID.randomUUID();
        AtomicReference<Exception> failure = new AtomicReference<>();
        try (KafkaProducer<byte[], byte[]> producer = InboundApplication.producer()) {
            for (int number = 0; number < ELEMENTS; number++) {
                Future<RecordMetadata> sent = producer
                        .send(InboundApplication.record(topic, number % PARTITIONS, origin,
                                number, new Quote(number, number / 2.0)), (_, e) -> failure.compareAndSet(null, e));
                if (number < PARTITIONS) {
                    // A partition that is just being made may refuse its first batch and take the one behind it: for ever.
                    sent.get();
                }
            }
        }
        assertThat(failure).hasNullValue();
    }
}
