package io.zeroipc.spring.boot.kafka.outbound;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.segment.OnConsumerDeath;
import io.zeroipc.segment.Outlet;
import io.zeroipc.segment.Segment;
import io.zeroipc.spring.boot.kafka.BridgeHeaders;
import io.zeroipc.spring.boot.kafka.BridgedApplication;
import io.zeroipc.spring.boot.kafka.TopicRecords;
import io.zeroipc.spring.boot.kafka.Trade;
import io.zeroipc.test.PeerProcess;
import io.zeroipc.test.PeerProcesses;
import io.zeroipc.testing.KafkaBroker;

import static org.assertj.core.api.Assertions.assertThat;

/** What arrives of a ring when the process that carries it is killed, time after time: everything, from one origin. */
@Tag("process")
class KilledBridgeTests {

    private static final int ELEMENTS = 60_000;
    private static final int KILLS = 4;
    private static final Codec<Trade> CODEC = Codecs.record(Trade.class);

    @RegisterExtension
    final PeerProcesses peers = new PeerProcesses();

    @TempDir
    Path directory;

    @Test
    void nothingIsLostAndWhatComesTwiceTellsSo() throws Exception {
        String topic = KafkaBroker.uniqueName("killed");
        KafkaBroker.broker().addTopics(new NewTopic(topic, 3, (short) 1));
        Random random = new Random(14);
        try (Segment segment = Segment.named("market").baseDirectory(directory).size(1 << 20).create()) {
            SharedRing<Trade> ring = SharedRing.create(segment, "trades", CODEC, 4096);
            AtomicLong sent = new AtomicLong();
            Thread sender = Thread.ofPlatform().start(() -> send(ring.outlet(), sent));
            for (int kill = 1; kill <= KILLS; kill++) {
                PeerProcess bridge = start(topic, "ring");
                bridge.await("carries");
                long goal = sent.get() + random.nextInt(ELEMENTS / KILLS / 2);
                while (sent.get() < goal) {
                    Thread.onSpinWait();
                }
                bridge.kill();
            }
            PeerProcess last = start(topic, "ring");
            last.await("carries");
            sender.join();
            while (ring.occupancy().used() > 0) {
                Thread.onSpinWait();
            }
        }

        check(topic);
    }

    @Test
    void nothingOfAQueueThatRedeliversIsLost() throws Exception {
        String topic = KafkaBroker.uniqueName("killed");
        KafkaBroker.broker().addTopics(new NewTopic(topic, 3, (short) 1));
        try (Segment segment = Segment.named("market").baseDirectory(directory).size(1 << 20).create()) {
            SharedQueue<
                    Trade> queue = segment.create("trades", SharedQueue.spec(CODEC, 4096, OnConsumerDeath.REDELIVER));
            AtomicLong sent = new AtomicLong();
            Thread sender = Thread.ofPlatform().start(() -> send(queue.outlet(), sent));
            PeerProcess bridge = start(topic, "queue", "options.on-consumer-death=redeliver");
            bridge.await("carries");
            while (sent.get() < ELEMENTS / 4) {
                Thread.onSpinWait();
            }
            bridge.kill();
            start(topic, "queue", "options.on-consumer-death=redeliver").await("carries");
            sender.join();
            while (queue.occupancy().used() > 0) {
                Thread.onSpinWait();
            }
        }

        BitSet arrived = new BitSet();
        try (TopicRecords all = new TopicRecords(KafkaBroker.bootstrapServers(), topic)) {
            while (arrived.cardinality() < ELEMENTS) {
                all.look().forEach(record -> arrived.set((int) CODEC.fromBytes(record.value()).number()));
            }
        }
    }

    private static void check(String topic) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        BitSet arrived = new BitSet();
        Set<String> origins = new HashSet<>();
        Map<String, Long> newest = new HashMap<>();
        try (TopicRecords all = new TopicRecords(KafkaBroker.bootstrapServers(), topic)) {
            records.addAll(all.await(ELEMENTS));
            while (records.size() < all.look().size()) {
                records.clear();
                records.addAll(all.look());
            }
        }
        for (ConsumerRecord<byte[], byte[]> record : records) {
            Trade trade = CODEC.fromBytes(record.value());
            assertThat(BridgeHeaders.position(record.headers())).isEqualTo(trade.number());
            origins.add(BridgeHeaders.text(record.headers(), BridgeHeaders.ORIGIN));
            if (!arrived.get((int) trade.number())) {
                // Without what comes twice, the order of each key is that of the ring.
                arrived.set((int) trade.number());
                Long before = newest.put(trade.symbol(), trade.number());
                assertThat(before == null ? -1 : before).isLessThan(trade.number());
            }
        }
        assertThat(arrived.cardinality()).isEqualTo(ELEMENTS);
        assertThat(origins).hasSize(1);
    }

    private static void send(Outlet<Trade> outlet, AtomicLong sent) {
        for (long number = 0; number < ELEMENTS; number++) {
            Trade trade = new Trade("SYM" + number % 5, number, number / 4.0);
            while (!outlet.offer(trade)) {
                Thread.onSpinWait();
            }
            sent.lazySet(number + 1);
        }
    }

    private PeerProcess start(String topic, String type, String... options) {
        List<String> arguments = new ArrayList<>(Arrays.asList(
                BridgedApplication.structure("trades", type, Trade.class.getName(), options)));
        arguments.addAll(List.of("zeroipc.base-directory=" + directory, "zeroipc.segments.market.mode=open",
                "spring.kafka.bootstrap-servers=" + KafkaBroker.bootstrapServers(),
                "zeroipc.bridges.out.from=market/trades", "zeroipc.bridges.out.to=kafka:" + topic,
                "zeroipc.bridges.out.key=symbol", "zeroipc.bridges.out.max-in-flight=500"));
        return peers.start(PeerProcess.of(BridgeVictim.class)
                .withArguments(arguments.stream().map(each -> "--" + each).toArray()));
    }
}
