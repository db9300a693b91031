package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.zeroipc.StructureMismatchException;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.format.QueueDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Probe.Match;
import io.zeroipc.segment.Segment;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What another program may have left under a name, and what this library makes of it. */
class SharedQueueOpeningTest {

    private static final int CAPACITY = 4;
    private static final int ELEMENT_SIZE = 4;

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    @ParameterizedTest
    @CsvSource({"12, power of two", "3, power of two", "1, capacity that cannot work", "-1, power of two",
            "-2147483648, power of two", "8, wrong size", "1073741824, wrong size", "2, wrong size"})
    void shouldBeRefusedWhenTheCapacityIsImpossible(int capacity, String reason) {
        Segment segment = segmentWithQueue();
        Atomics.putInt(block(segment), QueueDescriptor.CAPACITY_OFFSET, capacity);
        assertRefused(segment, reason, "capacity=" + Integer.toUnsignedString(capacity));
    }

    @ParameterizedTest
    @CsvSource({"8", "1", "-1"})
    void shouldBeRefusedWhenTheElementSizeDiffers(int elementSize) {
        Segment segment = segmentWithQueue();
        Atomics.putInt(block(segment), QueueDescriptor.ELEMENT_SIZE_OFFSET, elementSize);
        assertRefused(segment, "stored=" + Integer.toUnsignedString(elementSize), "asked for=4");
    }

    @ParameterizedTest
    @CsvSource({"0, 4", "4, 0"})
    void shouldBeNotReadyWhenTheHeaderIsNotWritten(int capacity, int elementSize) {
        Segment segment = segmentWithQueue();
        Atomics.putInt(block(segment), QueueDescriptor.CAPACITY_OFFSET, capacity);
        Atomics.putInt(block(segment), QueueDescriptor.ELEMENT_SIZE_OFFSET, elementSize);
        assertRefused(segment, "not ready", "queue");
        assertThat(SharedQueue.PROBE.match(segment.blocks("queue"))).isEqualTo(Match.NO);
    }

    @Test
    void shouldBeNotReadyWhenTheLastSequenceIsNotWritten() {
        Segment segment = segmentWithQueue();
        long last = QueueDescriptor.sequencesOffset(CAPACITY, ELEMENT_SIZE) + 4 * (CAPACITY - 1);
        Atomics.putInt(block(segment), last, 0);
        assertRefused(segment, "not ready", "queue");

        Atomics.putInt(block(segment), QueueDescriptor.TAIL_OFFSET, 1);
        assertThat(SharedQueue.open(segment, "queue", Codecs.int32()).capacity()).isEqualTo(CAPACITY);
    }

    @Test
    void shouldSayThatItIsDamagedWhenSequencesContradictTheCounters() {
        Segment segment = segmentWithQueue();
        SharedQueue<Integer> queue = SharedQueue.open(segment, "queue", Codecs.int32());
        long sequences = QueueDescriptor.sequencesOffset(CAPACITY, ELEMENT_SIZE);
        Atomics.putInt(block(segment), sequences, 1000);

        assertThatExceptionOfType(ZeroIpcException.class).isThrownBy(() -> queue.offer(1))
                .withMessageContaining("damaged")
                .withMessageContaining("queue")
                .withMessageContaining("sequence=1000");
        assertThatExceptionOfType(ZeroIpcException.class).isThrownBy(queue::poll).withMessageContaining("damaged");
        assertThatExceptionOfType(ZeroIpcException.class)
                .isThrownBy(() -> queue.asInts().offerAll(new int[2], 0, 2))
                .withMessageContaining("damaged");
        assertThatExceptionOfType(ZeroIpcException.class).isThrownBy(() -> queue.drainTo(each -> {}, 2))
                .withMessageContaining("damaged");
    }

    @Test
    void shouldClampTheSizeWhenTheCountersAreNonsense() {
        Segment segment = segmentWithQueue();
        SharedQueue<Integer> queue = SharedQueue.open(segment, "queue", Codecs.int32());
        Atomics.putInt(block(segment), QueueDescriptor.TAIL_OFFSET, 1000);
        assertThat(queue.size()).isEqualTo(CAPACITY);
        Atomics.putInt(block(segment), QueueDescriptor.HEAD_OFFSET, 2000);
        assertThat(queue.size()).isZero();
        assertThat(SharedQueue.PROBE.describe(segment.blocks("queue")).occupancy()).isEqualTo(queue.occupancy());
    }

    private Segment segmentWithQueue() {
        Segment segment = segments.create(builder -> builder.size(1 << 14).openTimeout(Duration.ofMillis(1)));
        SharedQueue.create(segment, "queue", Codecs.int32(), CAPACITY);
        return segment;
    }

    private static MemorySegment block(Segment segment) {
        return segment.blocks("queue").require("").memory();
    }

    private static void assertRefused(Segment segment, String... parts) {
        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> SharedQueue.open(segment, "queue", Codecs.int32()))
                .withMessageContainingAll(parts)
                .withMessageContaining(segment.name());
    }
}
