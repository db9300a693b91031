package io.zeroipc.collection;

import java.time.Duration;
import java.util.Arrays;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.codec.Codecs;
import io.zeroipc.segment.Segment;
import io.zeroipc.test.PeerProcess;
import io.zeroipc.testing.QueueSeeds;
import io.zeroipc.testing.Seeds;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;

@Tag("process")
class SharedQueueProcessTest {

    private static final int ELEMENTS = 50_000;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    @Test
    void shouldDeliverEachElementOnceWhenProcessesProduce() throws Exception {
        long seed = Seeds.next();
        Segment segment = segments.create(1 << 16);
        SharedQueue.create(segment, "queue", Codecs.int64(), 16);
        QueueSeeds.seed(segment.blocks("queue").require("").memory(), -ELEMENTS);
        LongQueueView queue = SharedQueue.open(segment, "queue", Codecs.int64()).asLongs();
        int[] next = new int[2];
        try (PeerProcess first = producer(segment, 0, seed); PeerProcess second = producer(segment, 1, seed)) {
            for (int i = 0; i < 2 * ELEMENTS; i++) {
                long element = queue.poll(PATIENCE, -1);
                assertThat(element).as("%s elements came; %s; %s", i, first, second).isNotEqualTo(-1);
                int producer = (int) (element >>> 32);
                assertThat((int) element).as("element of producer %s", producer).isEqualTo(next[producer]++);
            }
            assertThat(first.join()).as("%s", first).isZero();
            assertThat(second.join()).as("%s", second).isZero();
        }
        assertThat(next).isEqualTo(new int[] {ELEMENTS, ELEMENTS});
        assertThat(queue.poll(-1)).isEqualTo(-1);
    }

    @Test
    void shouldHoldUpConsumersWhenAProducerIsKilledBeforeItPublishes() throws Exception {
        Segment segment = segments.create(1 << 16);
        SharedQueue<Long> queue = SharedQueue.create(segment, "queue", Codecs.int64(), 4);
        queue.offer(1L);
        try (PeerProcess child = PeerProcess.of(QueuePeer.class).withArguments("claim", segment.path()).start()) {
            child.await("claimed");
            child.kill();
        }
        assertThat(queue.offerAll(Arrays.asList(3L, 4L, 5L))).isEqualTo(2);
        assertThat(queue.poll()).isEqualTo(1);
        assertThat(queue.poll()).isNull();
        assertThat(queue.size()).isEqualTo(3);
        assertThat(queue.offerAll(Arrays.asList(5L, 6L))).isEqualTo(1);
    }

    private static PeerProcess producer(Segment segment, int number, long seed) {
        return PeerProcess.of(QueuePeer.class)
                .withArguments("produce", segment.path(), number, ELEMENTS, seed)
                .start();
    }
}
