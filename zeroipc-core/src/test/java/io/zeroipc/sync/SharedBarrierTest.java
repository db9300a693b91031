package io.zeroipc.sync;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.Occupancy;
import io.zeroipc.StructureBusyException;
import io.zeroipc.StructureMismatchException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.format.BarrierDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Segment;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.testing.Waiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

class SharedBarrierTest {

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private Segment segment;

    @BeforeEach
    void create() {
        segment = segments.create(1 << 14);
    }

    @Test
    void shouldRefuseImpossibleNumbersWhenAsked() {
        assertThatIllegalArgumentException().isThrownBy(() -> SharedBarrier.spec(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> SharedBarrier.create(segment, "b", 0))
                .withMessageContaining("parties=0 (expected: 1 or more");
        SharedBarrier.create(segment, "b", 3);
        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> SharedBarrier.openOrCreate(segment, "b", 4))
                .withMessageContaining("stored=3, asked for=4");
    }

    @Test
    void shouldKeepAllInStepWhenTheyMeetAgainAndAgain() throws Exception {
        int parties = 3;
        int meetings = 300;
        SharedBarrier.create(segment, "b", parties);
        SharedArray<Long> rounds = SharedArray.create(segment, "a", Codecs.int64(), parties);
        Segment second = segments.open(segment);
        List<Waiter<Boolean>> threads = new ArrayList<>();
        try {
            for (int i = 0; i < parties; i++) {
                SharedBarrier barrier = SharedBarrier.open(i % 2 == 0 ? segment : second, "b");
                int number = i;
                threads.add(Waiter.running(() -> {
                    for (long round = 1; round <= meetings; round++) {
                        rounds.set(number, round);
                        barrier.await();
                        for (int each = 0; each < parties; each++) {
                            assertThat(rounds.get(each)).isEqualTo(round);
                        }
                        assertThat(barrier.await(Duration.ofDays(1))).isTrue();
                    }
                }));
            }
            for (Waiter<Boolean> thread : threads) {
                assertThat(thread.get()).isTrue();
            }
        } finally {
            threads.forEach(Waiter::close);
        }
        SharedBarrier barrier = SharedBarrier.open(segment, "b");
        assertThat(barrier.generation()).isEqualTo(2L * meetings);
        assertThat(barrier.arrived()).isZero();
    }

    @Test
    void shouldTakeTheArrivalBackWhenGivingUp() throws Exception {
        SharedBarrier barrier = SharedBarrier.create(segment, "b", 2);
        Segment closing = segments.open(segment);
        SharedBarrier other = SharedBarrier.open(closing, "b");

        assertThat(barrier.await(Duration.ofMillis(3))).isFalse();
        assertThat(barrier.await(Duration.ZERO)).isFalse();
        assertThat(barrier.arrived()).isZero();
        try (Waiter<Boolean> interrupted = Waiter.running(barrier::await)) {
            await().until(() -> barrier.arrived() == 1);
            assertThat(barrier.occupancy()).isEqualTo(new Occupancy(1, 2, "parties"));
            interrupted.interrupt();
            assertThat(interrupted.failure()).isInstanceOf(InterruptedException.class);
        }
        assertThat(barrier.arrived()).isZero();
        try (Waiter<Boolean> closed = Waiter.running(other::await)) {
            await().until(() -> barrier.arrived() == 1);
            closing.close();
            assertThat(barrier.arrived()).isZero();
            assertThat(closed.failure()).isInstanceOf(IllegalStateException.class);
        }
        assertThat(barrier.arrived()).isZero();
        assertThat(barrier.generation()).isZero();
    }

    /** The flaw of the original: who gave up when all had come was missing from the next meeting, for ever. */
    @Test
    void shouldMeetBothOrNeitherWhenTimeIsUpWhileTheLastOneComes() throws Exception {
        SharedBarrier here = SharedBarrier.create(segment, "b", 2);
        SharedBarrier there = SharedBarrier.open(segments.open(segment), "b");
        int rounds = 1500;
        boolean[][] met = new boolean[2][rounds];
        CyclicBarrier inStep = new CyclicBarrier(2);
        try (Waiter<Boolean> first = Waiter.running(() -> meet(here, met[0], inStep, 7));
                Waiter<Boolean> second = Waiter.running(() -> meet(there, met[1], inStep, 11))) {
            first.get();
            second.get();
        }
        assertThat(met[0]).isEqualTo(met[1]);
        int meetings = 0;
        for (boolean each : met[0]) {
            meetings += each ? 1 : 0;
        }
        assertThat(here.generation()).isEqualTo(meetings);
        assertThat(here.arrived()).isZero();
    }

    private static void meet(SharedBarrier barrier, boolean[] met, CyclicBarrier inStep, int step) throws Exception {
        for (int round = 0; round < met.length; round++) {
            inStep.await();
            met[round] = barrier.await(Duration.ofNanos(round * step % 2000 * 10L));
        }
    }

    @Test
    void shouldNotTakeTheArrivalBackWhenAPeerIsBetweenItsTwoSteps() throws Exception {
        SharedBarrier barrier = SharedBarrier.create(segment, "b", 2);
        MemorySegment memory = segment.blocks("b").require("").memory();
        try (Waiter<Boolean> waiter = Waiter.running(barrier::await)) {
            await().until(() -> barrier.arrived() == 1);
            // As C++ does: the last one counts itself first.
            Atomics.getAndAddInt(memory, BarrierDescriptor.ARRIVED_OFFSET, 1);
            waiter.interrupt();
            // The peer is dead: our arrival counts, and cannot be taken back. An InterruptedException would say that it was.
            assertThat(waiter.failure()).isInstanceOf(StructureBusyException.class).hasMessageContaining("name=b");
        }
        assertThat(Atomics.getIntAcquire(memory, BarrierDescriptor.ARRIVED_OFFSET)).isEqualTo(2);
        assertThat(barrier.await(Duration.ZERO)).isFalse();
        assertThat(Atomics.getIntAcquire(memory, BarrierDescriptor.ARRIVED_OFFSET)).isEqualTo(2);

        try (Waiter<Boolean> early = Waiter.running(barrier::await)) {
            Atomics.setLongRelease(memory, BarrierDescriptor.PHASE_OFFSET, BarrierDescriptor.phase(0, 1));
            await().until(() -> barrier.arrived() == 1);
            assertThat(barrier.await(Duration.ofDays(1))).isTrue();
            assertThat(early.get()).isTrue();
        }
        assertThat(barrier.generation()).isEqualTo(2);
    }

    /** In both of the peer's states: all are counted, and nobody is counted any more. */
    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void shouldMeetWhenInterruptedWhileAPeerIsBetweenItsTwoSteps(int arrived) throws Exception {
        SharedBarrier barrier = SharedBarrier.create(segment, "b", 2);
        MemorySegment memory = segment.blocks("b").require("").memory();
        try (Waiter<Boolean> interrupted = Waiter.of(() -> {
            barrier.await();
            return Thread.interrupted();
        })) {
            await().until(() -> barrier.arrived() == 1);
            Atomics.setIntRelease(memory, BarrierDescriptor.ARRIVED_OFFSET, arrived);
            interrupted.interrupt();
            // It has seen the interrupt, and waits for the peer all the same.
            await().pollInterval(Duration.ofMillis(1)).until(() -> !interrupted.isInterrupted());
            Atomics.setLongRelease(memory, BarrierDescriptor.PHASE_OFFSET, BarrierDescriptor.phase(0, 1));
            assertThat(interrupted.get()).isTrue();
        }
        assertThat(barrier.generation()).isEqualTo(1);
    }

    @Test
    void shouldReturnNormallyWhenInterruptedAfterTheMeeting() throws Exception {
        SharedBarrier barrier = SharedBarrier.create(segment, "b", 2);
        MemorySegment memory = segment.blocks("b").require("").memory();
        try (Waiter<Boolean> waiter = Waiter.running(barrier::await)) {
            await().until(() -> barrier.arrived() == 1);
            Atomics.setLongRelease(memory, BarrierDescriptor.PHASE_OFFSET, BarrierDescriptor.phase(0, 1));
            waiter.interrupt();
            assertThat(waiter.get()).isTrue();
        }
        assertThat(barrier.arrived()).isZero();
    }

    @Test
    void shouldMeetWhenAPeerHasTakenItsArrivalBackTooLate() throws Exception {
        SharedBarrier barrier = SharedBarrier.create(segment, "b", 2);
        MemorySegment memory = segment.blocks("b").require("").memory();
        Atomics.putInt(memory, BarrierDescriptor.ARRIVED_OFFSET, -1);

        SharedBarrier opened = SharedBarrier.open(segment, "b");
        assertThat(opened.arrived()).isZero();
        try (Waiter<Boolean> waiter = Waiter.running(barrier::await)) {
            opened.await();
            assertThat(waiter.get()).isTrue();
        }
        assertThat(opened.generation()).isEqualTo(1);
    }
}
