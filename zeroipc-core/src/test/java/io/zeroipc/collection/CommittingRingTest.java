package io.zeroipc.collection;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.RoleTakenException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.format.RingDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.CommittingIntake;
import io.zeroipc.segment.Segment;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** A ring whose reader keeps elements until they are processed. */
class CommittingRingTest {

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private final List<Integer> taken = new ArrayList<>();

    @Test
    void shouldHandOutAgainWhatWasNotCommitted() {
        SharedRing<Integer> ring = ring(8);
        ring.outlet().offer(1);
        ring.outlet().offer(2);
        ring.outlet().offer(3);

        try (CommittingIntake<Integer> intake = ring.committingIntake()) {
            assertThat(intake.poll()).isEqualTo(1);
            long first = intake.position();
            assertThat(intake.drainTo(taken::add, 5)).isEqualTo(2);
            assertThat(intake.poll()).isNull();
            assertThat(ring.size()).as("nothing is removed yet").isEqualTo(3);
            intake.commit(first);
            assertThat(ring.size()).isEqualTo(2);
        }
        assertThat(taken).containsExactly(2, 3);

        try (CommittingIntake<Integer> next = ring.committingIntake()) {
            assertThat(next.position()).isEqualTo(-1);
            assertThat(next.poll()).isEqualTo(2);
            assertThat(next.poll()).isEqualTo(3);
            next.commit(next.position());
        }
        assertThat(ring.size()).isZero();
    }

    @Test
    void shouldShowTheWriterAFullRingUntilCommitted() {
        SharedRing<Integer> ring = ring(4);
        RingWriter<Integer> writer = ring.writer();
        try (CommittingIntake<Integer> intake = ring.committingIntake()) {
            // Batches give slots back after a quarter of the ring; this reader must not.
            assertThat(writer.offerAll(List.of(1, 2, 3, 4))).isEqualTo(4);
            assertThat(intake.drainTo(taken::add, 4)).isEqualTo(4);
            assertThat(writer.offer(5)).isFalse();

            intake.commit(1);
            assertThat(writer.offerAll(List.of(5, 6, 7))).isEqualTo(2);
            assertThat(intake.drainTo(taken::add, 4)).isEqualTo(2);
            assertThat(taken).containsExactly(1, 2, 3, 4, 5, 6);
        }
    }

    @Test
    void shouldOnlyGoForwardWhenCommitsComeOutOfOrderOrLate() throws Exception {
        SharedRing<Integer> ring = ring(8);
        RingWriter<Integer> writer = ring.writer();
        writer.offerAll(List.of(1, 2, 3, 4));
        CommittingIntake<Integer> intake = ring.committingIntake();
        intake.drainTo(taken::add, 3);

        Thread other = Thread.ofPlatform().start(() -> intake.commit(2));
        other.join();
        assertThat(ring.size()).isEqualTo(1);
        intake.commit(0);
        intake.commit(-1);
        assertThat(ring.size()).as("positions that are committed already").isEqualTo(1);

        assertThat(intake.poll()).isEqualTo(4);
        intake.close();
        try (RingReader<Integer> successor = ring.reader()) {
            intake.commit(3);
            assertThat(ring.size()).as("the role has another owner").isEqualTo(1);
            assertThat(successor.poll()).isEqualTo(4);
        }
    }

    @Test
    void shouldKeepTheElementWhenItsConsumerThrows() {
        SharedRing<Integer> ring = ring(4);
        ring.outlet().offer(1);
        try (CommittingIntake<Integer> intake = ring.committingIntake()) {
            assertThatIllegalStateException().isThrownBy(() -> intake.pollSlot((_, _) -> {
                throw new IllegalStateException("not now");
            }));
        }
        try (RingReader<Integer> next = ring.reader()) {
            assertThat(next.poll()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {(1L << 31) - 8, (1L << 32) - 8, Long.MAX_VALUE - 7, -8})
    void shouldCommitWhenPositionsPassALimit(long position) {
        Segment segment = segments.create(1 << 16);
        SharedRing<Integer> ring = SharedRing.create(segment, "r", Codecs.int32(), 4);
        Atomics.setLongRelease(ring.memory(), RingDescriptor.WRITE_POS_OFFSET, position);
        Atomics.setLongRelease(ring.memory(), RingDescriptor.READ_POS_OFFSET, position);
        RingWriter<Integer> writer = ring.writer();
        try (CommittingIntake<Integer> intake = ring.committingIntake()) {
            for (int i = 0; i < 8; i++) {
                assertThat(writer.offer(i)).isTrue();
                assertThat(intake.poll()).isEqualTo(i);
                assertThat(ring.size()).isEqualTo(1);
                intake.commit(intake.position());
                assertThat(ring.size()).isZero();
            }
        }
    }

    @Test
    void shouldHoldTheReadersRole() {
        SharedRing<Integer> ring = ring(4);
        try (CommittingIntake<Integer> _ = ring.committingIntake()) {
            assertThatExceptionOfType(RoleTakenException.class).isThrownBy(ring::reader);
        }
        ring.reader().close();
    }

    @Test
    void shouldRefuseWhenTheStructureCannot() {
        Segment segment = segments.create(1 << 16);
        SharedRing<Integer> overwriting = segment.create("o", SharedRing.spec(Codecs.int32(), 4, true));
        assertThat(overwriting.canCommit()).isFalse();
        assertThatIllegalStateException().isThrownBy(overwriting::committingIntake);
        SharedQueue<Integer> queue = SharedQueue.create(segment, "q", Codecs.int32(), 4);
        assertThat(queue.canCommit()).isFalse();
        assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(queue::committingIntake)
                .withMessageContaining("name=q, type=queue");
    }

    private SharedRing<Integer> ring(long capacity) {
        return SharedRing.create(segments.create(1 << 16), "r", Codecs.int32(), capacity);
    }

    @Test
    void shouldRefuseToCommitWhatWasNotTaken() {
        SharedRing<Integer> ring = ring(4);
        ring.outlet().offerAll(List.of(1, 2));
        try (CommittingIntake<Integer> intake = ring.committingIntake()) {
            assertThatIllegalArgumentException().isThrownBy(() -> intake.commit(0)).withMessageContaining("position=0");
            assertThat(intake.poll()).isEqualTo(1);
            assertThatIllegalArgumentException().isThrownBy(() -> intake.commit(1)).withMessageContaining("position=1");
            intake.commit(0);
            assertThat(ring.size()).isEqualTo(1);
        }
    }
}
