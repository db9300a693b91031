package io.zeroipc.collection;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.segment.Segment;
import io.zeroipc.testing.QueueSeeds;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class QueueViewsTest {

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private Segment segment;

    @BeforeEach
    void createSegment() {
        segment = segments.create(1 << 20);
    }

    private <T> SharedQueue<T> queue(String name, Codec<T> codec) {
        SharedQueue.create(segment, name, codec, 8);
        QueueSeeds.seed(segment.blocks(name).require("").memory(), -5);
        return SharedQueue.open(segment, name, codec);
    }

    @Test
    void shouldBeTheSameQueueWhenSeenAsLongs() throws Exception {
        SharedQueue<Long> queue = queue("longs", Codecs.int64());
        LongQueueView view = queue.asLongs();
        assertThat(view.poll(-1)).isEqualTo(-1);
        assertThat(view.offer(Long.MIN_VALUE)).isTrue();
        assertThat(queue.poll()).isEqualTo(Long.MIN_VALUE);
        assertThat(queue.offer(Long.MAX_VALUE)).isTrue();
        assertThat(view.take()).isEqualTo(Long.MAX_VALUE);
        view.put(1);
        assertThat(view.offer(2, Duration.ZERO)).isTrue();
        assertThat(view.poll(Duration.ZERO, -1)).isEqualTo(1);
        assertThat(view.poll(0)).isEqualTo(2);
        assertThat(view.poll(Duration.ofMillis(1), -7)).isEqualTo(-7);

        long[] source = LongStream.range(0, 12).toArray();
        assertThat(view.offerAll(source, 2, 10)).isEqualTo(8);
        assertThat(view.offer(1)).isFalse();
        assertThat(view.offer(1, Duration.ofMillis(1))).isFalse();
        long[] target = new long[12];
        assertThat(view.drainTo(target, 1, 3)).isEqualTo(3);
        assertThat(view.drainTo(target, 4, 8)).isEqualTo(5);
        assertThat(target).containsExactly(0, 2, 3, 4, 5, 6, 7, 8, 9, 0, 0, 0);
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> view.offerAll(source, 10, 3));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> view.drainTo(target, -1, 3));

        view.offerAll(source, 0, 4);
        List<Long> seen = new ArrayList<>();
        assertThatIllegalStateException().isThrownBy(() -> view.drainTo(each -> {
            seen.add(each);
            throw new IllegalStateException();
        }, 3));
        assertThat(view.drainTo(seen::add, 3)).isEqualTo(1);
        assertThat(seen).containsExactly(0L, 1L, 2L, 3L);
    }

    @Test
    void shouldBeTheSameQueueWhenSeenAsInts() throws Exception {
        SharedQueue<Integer> queue = queue("ints", Codecs.int32());
        IntQueueView view = queue.asInts();
        assertThat(view.poll(-1)).isEqualTo(-1);
        assertThat(view.offer(Integer.MIN_VALUE)).isTrue();
        assertThat(queue.poll()).isEqualTo(Integer.MIN_VALUE);
        assertThat(queue.offer(Integer.MAX_VALUE)).isTrue();
        assertThat(view.take()).isEqualTo(Integer.MAX_VALUE);
        view.put(1);
        assertThat(view.offer(2, Duration.ZERO)).isTrue();
        assertThat(view.poll(Duration.ZERO, -1)).isEqualTo(1);
        assertThat(view.poll(0)).isEqualTo(2);
        assertThat(view.poll(Duration.ofMillis(1), -7)).isEqualTo(-7);

        int[] source = IntStream.range(0, 12).toArray();
        assertThat(view.offerAll(source, 2, 10)).isEqualTo(8);
        assertThat(view.offer(1)).isFalse();
        assertThat(view.offer(1, Duration.ofMillis(1))).isFalse();
        int[] target = new int[12];
        assertThat(view.drainTo(target, 1, 3)).isEqualTo(3);
        assertThat(view.drainTo(target, 4, 8)).isEqualTo(5);
        assertThat(target).containsExactly(0, 2, 3, 4, 5, 6, 7, 8, 9, 0, 0, 0);

        view.offerAll(source, 0, 4);
        List<Integer> seen = new ArrayList<>();
        assertThatIllegalStateException().isThrownBy(() -> view.drainTo(each -> {
            seen.add(each);
            throw new IllegalStateException();
        }, 3));
        assertThat(view.drainTo(seen::add, 3)).isEqualTo(1);
        assertThat(seen).containsExactly(0, 1, 2, 3);
    }

    @Test
    void shouldBeTheSameQueueWhenSeenAsDoubles() throws Exception {
        SharedQueue<Double> queue = queue("doubles", Codecs.float64());
        DoubleQueueView view = queue.asDoubles();
        assertThat(view.poll(Double.NaN)).isNaN();
        assertThat(view.offer(-0.0)).isTrue();
        assertThat(queue.poll()).isEqualTo(-0.0);
        assertThat(queue.offer(Double.MIN_VALUE)).isTrue();
        assertThat(view.take()).isEqualTo(Double.MIN_VALUE);
        view.put(1);
        assertThat(view.offer(2, Duration.ZERO)).isTrue();
        assertThat(view.poll(Duration.ZERO, -1)).isEqualTo(1);
        assertThat(view.poll(0)).isEqualTo(2);
        assertThat(view.poll(Duration.ofMillis(1), -7)).isEqualTo(-7);

        double[] source = DoubleStream.iterate(0, each -> each + 0.5).limit(12).toArray();
        assertThat(view.offerAll(source, 2, 10)).isEqualTo(8);
        assertThat(view.offer(1)).isFalse();
        assertThat(view.offer(1, Duration.ofMillis(1))).isFalse();
        double[] target = new double[12];
        assertThat(view.drainTo(target, 1, 3)).isEqualTo(3);
        assertThat(view.drainTo(target, 4, 8)).isEqualTo(5);
        assertThat(target).containsExactly(0, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 0, 0, 0);

        view.offerAll(source, 0, 4);
        List<Double> seen = new ArrayList<>();
        assertThatIllegalStateException().isThrownBy(() -> view.drainTo(each -> {
            seen.add(each);
            throw new IllegalStateException();
        }, 3));
        assertThat(view.drainTo(seen::add, 3)).isEqualTo(1);
        assertThat(seen).containsExactly(0.0, 0.5, 1.0, 1.5);
    }

    @Test
    void shouldBeRefusedWhenTheElementsAreOfAnotherType() {
        assertThatIllegalStateException().isThrownBy(() -> queue("a", Codecs.uint32()).asLongs())
                .withMessageContaining("uint32")
                .withMessageContaining("int64");
        assertThatIllegalStateException().isThrownBy(() -> queue("b", Codecs.uint16()).asInts());
        assertThatIllegalStateException().isThrownBy(() -> queue("c", Codecs.float32()).asDoubles());
        assertThatIllegalStateException().isThrownBy(() -> queue("d", Codecs.bytes(8)).asLongs());
        assertThat(queue("e", Codecs.uint64()).asLongs().offer(-1)).isTrue();
    }

    @Test
    void shouldNameTheSegmentWhenUsedAfterClose() {
        LongQueueView view = queue("closing", Codecs.int64()).asLongs();
        segment.close();
        assertThatIllegalStateException().isThrownBy(() -> view.offer(1)).withMessageContaining(segment.name());
        assertThatIllegalStateException().isThrownBy(() -> view.poll(1)).withMessageContaining(segment.name());
    }
}
