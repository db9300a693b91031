package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.codec.Codecs;
import io.zeroipc.format.QueueDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Segment;
import io.zeroipc.testing.QueueSeeds;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** Slots of a queue that are claimed to be written or read in place, and given back. */
class QueueClaimsTest {

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private Segment segment;

    @BeforeEach
    void createSegment() {
        segment = segments.create(1 << 14);
    }

    @Test
    void shouldSeeTheBytesWhenAClaimIsPublished() {
        SharedQueue<Integer> queue = ints(2);
        long claim = queue.tryClaim();
        assertThat(queue.poll()).isNull();
        Codecs.int32().encode(42, queue.slots(), queue.slotOffset(claim));
        queue.publish(claim);

        long next = queue.tryClaimNext();
        assertThat(Codecs.int32().decode(queue.slots(), queue.slotOffset(next))).isEqualTo(42);
        assertThat(queue.tryClaimNext()).isEqualTo(SharedQueue.NO_CLAIM);
        queue.release(next);
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void shouldBeFullWhenASlotIsStillRead() {
        SharedQueue<Integer> queue = ints(2);
        queue.offerAll(List.of(1, 2));
        long reading = queue.tryClaimNext();
        assertThat(queue.poll()).isEqualTo(2);
        assertThat(queue.offer(3)).isFalse();
        assertThat(queue.tryClaim()).isEqualTo(SharedQueue.NO_CLAIM);
        queue.release(reading);
        assertThat(queue.offerAll(List.of(3, 4, 5))).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, -2, Integer.MAX_VALUE})
    void shouldPassOverTheClaimWhenItIsTheLastOneAndIsAborted(int seed) {
        SharedQueue<Integer> queue = seeded(4, seed);
        queue.abort(queue.tryClaim());
        assertThat(queue.settle()).isZero();
        assertThat(queue.isEmpty()).isTrue();
        assertThat(queue.offerAll(List.of(1, 2, 3, 4, 5))).isEqualTo(4);
        assertThat(queue.poll()).isEqualTo(1);
        queue.abort(queue.tryClaim());
        // Tail does not go back: the slot is free again when consumers have come that far.
        assertThat(queue.offer(5)).isFalse();
        assertThat(queue.settle()).isEqualTo(1);
        assertThat(queue.drainTo(_ -> {
            // Whatever they are.
        }, 4)).isEqualTo(3);
        assertThat(queue.settle()).isZero();
        assertThat(queue.offerAll(List.of(5, 6, 7, 8, 9))).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, -2, Integer.MAX_VALUE})
    void shouldSkipThePositionWhenAnEarlierClaimIsAborted(int seed) {
        SharedQueue<Integer> queue = seeded(4, seed);
        queue.offer(1);
        long aborted = queue.tryClaim();
        queue.offer(3);
        queue.abort(aborted);
        assertThat(queue.settle()).isEqualTo(1);
        assertThat(queue.poll()).isEqualTo(1);
        assertThat(queue.poll()).isEqualTo(3);
        assertThat(queue.settle()).isZero();
        for (int i = 0; i < 20; i++) {
            assertThat(queue.offer(i)).isTrue();
            assertThat(queue.poll()).isEqualTo(i);
        }
    }

    @Test
    void shouldSkipAllOfThemWhenSeveralClaimsAreAborted() {
        SharedQueue<Integer> queue = ints(8);
        long first = queue.tryClaim();
        long second = queue.tryClaim();
        queue.offer(1);
        long third = queue.tryClaim();
        queue.offer(2);
        queue.abort(second);
        queue.abort(third);
        assertThat(queue.settle()).isEqualTo(2);
        assertThat(queue.poll()).isNull();
        queue.abort(first);
        assertThat(queue.settle()).isEqualTo(1);
        assertThat(queue.poll()).isEqualTo(1);
        assertThat(queue.poll()).isEqualTo(2);
        assertThat(queue.offerAll(List.of(1, 2, 3, 4, 5, 6, 7, 8, 9))).isEqualTo(8);
    }

    @Test
    void shouldSkipAnAbortedClaimWhenAnotherMappingOfTheSameProcessComesToIt() {
        SharedQueue<Integer> here = ints(4);
        SharedQueue<Integer> there = SharedQueue.open(segments.open(segment), "queue", Codecs.int32());
        there.offer(1);
        long claim = here.tryClaim();
        there.offer(3);
        here.abort(claim);
        assertThat(there.poll()).isEqualTo(1);
        assertThat(there.poll()).isEqualTo(3);
        assertThat(here.settle()).isZero();
    }

    @Test
    void shouldRefuseAClaimWhenItIsNotOpen() {
        SharedQueue<Integer> queue = ints(4);
        long published = queue.tryClaim();
        queue.publish(published);
        long aborted = queue.tryClaim();
        queue.offer(1);
        queue.abort(aborted);
        for (long claim : new long[] {published, aborted, SharedQueue.NO_CLAIM, 77, 1L << 32, Long.MIN_VALUE}) {
            assertThatIllegalStateException().isThrownBy(() -> queue.publish(claim))
                    .withMessageContaining("claim=" + claim);
            assertThatIllegalStateException().isThrownBy(() -> queue.abort(claim));
        }
        long read = queue.tryClaimNext();
        queue.release(read);
        for (long claim : new long[] {read, SharedQueue.NO_CLAIM, 77}) {
            assertThatIllegalStateException().isThrownBy(() -> queue.release(claim));
        }
    }

    @Test
    void shouldRefuseToAbortTwiceWhenTheClaimWasTheLastOne() {
        SharedQueue<Integer> queue = ints(4);
        long claim = queue.tryClaim();
        queue.abort(claim);
        assertThatIllegalStateException().isThrownBy(() -> queue.abort(claim)).withMessageContaining("claim=" + claim);
        assertThat(queue.offer(1)).isTrue();
        assertThat(queue.poll()).isEqualTo(1);
    }

    @Test
    void shouldMoveHeadAtOnceWhenTheClaimIsTheNextToBeConsumed() {
        SharedQueue<Integer> queue = ints(4);
        MemorySegment block = segment.blocks("queue").require("").memory();
        long claim = queue.tryClaim();
        queue.offer(1);
        queue.abort(claim);
        // What other processes see, before this object is used again.
        assertThat(Atomics.getInt(block, QueueDescriptor.HEAD_OFFSET)).isEqualTo(1);
        assertThat(Atomics.getInt(block, QueueDescriptor.sequencesOffset(4, 4))).isEqualTo(4);
    }

    @Test
    void shouldPassOverAllOfThemWhenClaimsAreAbortedFromTheLastToTheFirst() {
        SharedQueue<Integer> queue = ints(8);
        List<Long> claims = List.of(queue.tryClaim(), queue.tryClaim(), queue.tryClaim());
        queue.offer(3);
        claims.reversed().forEach(queue::abort);
        assertThat(queue.poll()).isEqualTo(3);
    }

    private SharedQueue<Integer> ints(int capacity) {
        return SharedQueue.create(segment, "queue", Codecs.int32(), capacity);
    }

    private SharedQueue<Integer> seeded(int capacity, int seed) {
        ints(capacity);
        QueueSeeds.seed(segment.blocks("queue").require("").memory(), seed);
        return SharedQueue.open(segment, "queue", Codecs.int32());
    }

}
