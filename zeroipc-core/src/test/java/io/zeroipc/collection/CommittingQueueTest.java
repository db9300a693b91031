package io.zeroipc.collection;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.codec.Codecs;
import io.zeroipc.flow.SharedChannel;
import io.zeroipc.format.ParticipantsDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.CommittingIntake;
import io.zeroipc.segment.OnConsumerDeath;
import io.zeroipc.segment.Participant;
import io.zeroipc.segment.ParticipantClaim;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Source;
import io.zeroipc.testing.QueueSeeds;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** A queue whose consumers keep elements until they are processed. */
class CommittingQueueTest {

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private final List<Integer> taken = new ArrayList<>();
    private Segment segment;

    @BeforeEach
    void createSegment() {
        segment = segments.create(1 << 18);
    }

    @Test
    void shouldBeFullWhileConsumersKeepWhatTheSlotsHold() {
        SharedQueue<Integer> queue = queue(4);
        assertThat(queue.isFull()).isFalse();
        queue.offerAll(List.of(1, 2, 3, 4));
        assertThat(queue.isFull()).isTrue();
        try (CommittingIntake<Integer> intake = queue.committingIntake()) {
            assertThat(intake.poll()).isEqualTo(1);
            assertThat(queue.size()).isEqualTo(3);
            assertThat(queue.isFull()).isTrue();
            assertThat(queue.offer(5)).isFalse();
            intake.commit(intake.position());
            assertThat(queue.isFull()).isFalse();
            assertThat(queue.offer(5)).isTrue();
        }
    }

    @Test
    void shouldHandOutAgainWhatWasNotCommitted() {
        SharedQueue<Integer> queue = queue(8);
        queue.offerAll(List.of(1, 2, 3));
        try (CommittingIntake<Integer> intake = queue.committingIntake()) {
            assertThat(intake.position()).isEqualTo(-1);
            assertThat(intake.poll()).isEqualTo(1);
            assertThat(intake.position()).isZero();
            assertThat(intake.drainTo(taken::add, 5)).isEqualTo(2);
            assertThat(intake.position()).isEqualTo(2);
            assertThat(intake.poll()).isNull();
            intake.commit(0);
        }
        assertThat(taken).containsExactly(2, 3);
        assertThat(claims()).isEmpty();
        assertThat(left()).as("they are nobody's").hasSize(1);

        queue.offer(4);
        try (CommittingIntake<Integer> next = queue.committingIntake()) {
            assertThat(next.poll()).isEqualTo(2);
            assertThat(next.position()).isEqualTo(1);
            assertThat(next.poll()).isEqualTo(3);
            assertThat(next.poll()).isEqualTo(4);
            assertThat(next.poll()).isNull();
            next.commit(next.position());
        }
        assertThat(queue.poll()).isNull();
        assertThat(claims()).isEmpty();
        assertWhole(queue);
    }

    /** Whoever takes something gets them first, whatever its policy. */
    @Test
    void shouldGiveBackToAnyConsumerOfThisProcess() {
        SharedQueue<Integer> queue = queue(8);
        queue.offerAll(List.of(1, 2, 3, 4));
        CommittingIntake<Integer> intake = queue.committingIntake();
        assertThat(intake.drainTo(taken::add, 3)).isEqualTo(3);
        intake.close();
        intake.close();

        assertThat(queue.poll()).isEqualTo(1);
        Segment other = segments.open(segment);
        assertThat(SharedQueue.open(other, "q", Codecs.int32()).poll()).isEqualTo(2);
        assertThat(queue.drainTo(taken::add, 5)).isEqualTo(2);
        assertThat(taken).containsExactly(1, 2, 3, 3, 4);
        assertThat(claims()).isEmpty();
        assertWhole(queue);
    }

    @Test
    void shouldShowProducersAFullQueueUntilCommitted() {
        SharedQueue<Integer> queue = queue(4);
        assertThat(queue.offerAll(List.of(1, 2, 3, 4))).isEqualTo(4);
        try (CommittingIntake<Integer> intake = queue.committingIntake()) {
            assertThat(intake.drainTo(taken::add, 10)).isEqualTo(4);
            assertThat(queue.size()).as("what is in somebody's hands is not counted").isZero();
            assertThat(queue.offer(5)).isFalse();

            intake.commit(1);
            assertThat(queue.offerAll(List.of(5, 6, 7))).isEqualTo(2);
            assertThat(intake.drainTo(taken::add, 10)).isEqualTo(2);
            assertThat(taken).containsExactly(1, 2, 3, 4, 5, 6);
            assertThat(queue.offer(7)).isFalse();
            intake.commit(5);
        }
        assertWhole(queue);
    }

    @Test
    void shouldOnlyGoForwardWhenCommitsComeOutOfOrderOrLate() throws Exception {
        SharedQueue<Integer> queue = queue(4);
        queue.offerAll(List.of(1, 2, 3, 4));
        CommittingIntake<Integer> intake = queue.committingIntake();
        intake.drainTo(taken::add, 3);

        Thread other = Thread.ofPlatform().start(() -> intake.commit(1));
        other.join();
        intake.commit(0);
        intake.commit(-1);
        assertThat(queue.offerAll(List.of(5, 6, 7))).as("two are committed").isEqualTo(2);

        intake.close();
        intake.commit(2);
        assertThat(queue.poll()).as("committed too late").isEqualTo(3);
        assertThat(queue.poll()).isEqualTo(4);
    }

    @Test
    void shouldRefuseToCommitWhatWasNotTaken() {
        SharedQueue<Integer> queue = queue(4);
        queue.offerAll(List.of(1, 2, 3));
        try (CommittingIntake<Integer> intake = queue.committingIntake()) {
            assertThatIllegalArgumentException().isThrownBy(() -> intake.commit(0)).withMessageContaining("position=0");
            assertThat(intake.poll()).isEqualTo(1);
            assertThatIllegalArgumentException().isThrownBy(() -> intake.commit(1)).withMessageContaining("position=1");
            // Claimed together, and not yet handed over.
            intake.drainTo(element -> {
                if (element == 2) {
                    assertThatIllegalArgumentException().isThrownBy(() -> intake.commit(2));
                    intake.commit(1);
                }
            }, 2);
            intake.commit(2);
        }
        assertThat(claims()).isEmpty();
        assertWhole(queue);
    }

    /** What one has taken is nobody else's, also when others have committed all that is behind it. */
    @Test
    void shouldCompete() {
        SharedQueue<Integer> queue = queue(8);
        queue.offerAll(List.of(1, 2, 3, 4, 5));
        CommittingIntake<Integer> one = queue.committingIntake();
        try (CommittingIntake<Integer> two = opened(segments.open(segment)).committingIntake()) {
            assertThat(one.poll()).isEqualTo(1);
            assertThat(two.poll()).isEqualTo(2);
            assertThat(one.poll()).isEqualTo(3);
            assertThat(two.poll()).isEqualTo(4);
            two.commit(3);
            assertThat(two.poll()).isEqualTo(5);
            one.close();
            assertThat(two.drainTo(taken::add, 10)).isEqualTo(2);
            assertThat(taken).containsExactly(1, 3);
            assertThat(two.position()).as("the position that it had").isEqualTo(2);
            // In the order of taking: 5, 1, 3.
            two.commit(4);
            assertThat(claims()).extracting(ParticipantClaim::position).containsExactlyInAnyOrder(0L, 2L);
            two.commit(2);
            two.commit(4);
        }
        assertThat(claims()).isEmpty();
        assertWhole(queue);
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MAX_VALUE - 3, -4, -1, 0})
    void shouldCountOnWherePositionsRunRound(int position) {
        SharedQueue<Integer> queue = seeded(position);
        long number = Integer.toUnsignedLong(position);
        try (CommittingIntake<Integer> intake = queue.committingIntake()) {
            for (int i = 0; i < 12; i++) {
                assertThat(queue.offer(i)).isTrue();
                assertThat(intake.poll()).isEqualTo(i);
                assertThat(intake.position()).isEqualTo(number + i);
                if (i % 3 == 2) {
                    intake.commit(intake.position());
                }
            }
        }
        assertThat(claims()).isEmpty();
        assertWhole(queue);
    }

    /** Begun behind the end of the numbers, and given back from before it. */
    @Test
    void shouldHaveNoNegativePositions() {
        SharedQueue<Integer> queue = seeded(-2);
        queue.offerAll(List.of(1, 2, 3));
        CommittingIntake<Integer> first = queue.committingIntake();
        first.drainTo(taken::add, 3);
        CommittingIntake<Integer> second = queue.committingIntake();
        first.close();
        assertThat(second.poll()).isEqualTo(1);
        assertThat(second.position()).isEqualTo(0xFFFF_FFFEL);
        assertThat(second.drainTo(taken::add, 3)).isEqualTo(2);
        second.commit(second.position());
        second.close();
        assertThat(claims()).isEmpty();
        assertWhole(queue);
    }

    /** Positions that follow each other need one cell, however many there are. */
    @Test
    void shouldNeedOneCellForWhatItTakesAlone() {
        SharedQueue<Integer> queue = queue(8192);
        try (CommittingIntake<Integer> intake = queue.committingIntake()) {
            for (int i = 0; i < 5000; i++) {
                queue.offer(i);
                assertThat(intake.poll()).isEqualTo(i);
            }
            assertThat(claims()).extracting(ParticipantClaim::count).containsExactly(4096, 904);
            intake.commit(4095);
            assertThat(claims()).extracting(ParticipantClaim::count).containsExactly(904);
            intake.commit(4500);
        }
        assertThat(left()).as("what is released is not given back")
                .extracting(ParticipantClaim::count)
                .containsExactly(499);
        assertThat(queue.drainTo(taken::add, 10_000)).isEqualTo(499);
        assertThat(claims()).isEmpty();
        assertWhole(queue);
    }

    /** Two take turns, so that nothing that either has follows on the other. */
    @Test
    void shouldLookEmptyWhenItKeepsAsManyRunsAsItMay() {
        SharedQueue<Integer> queue = queue(1024);
        queue.offerAll(IntStream.range(0, 1024).boxed().toList());
        try (CommittingIntake<Integer> one = queue.committingIntake();
                CommittingIntake<Integer> two = queue.committingIntake()) {
            for (int i = 0; i < KeptPositions.RUNS_MAX; i++) {
                assertThat(one.poll()).isEqualTo(2 * i);
                assertThat(two.poll()).isEqualTo(2 * i + 1);
            }
            assertThat(one.poll()).isNull();
            assertThat(one.drainTo(taken::add, 10)).isZero();
            assertThat(two.poll()).isNull();
            one.commit(0);
            assertThat(one.poll()).isEqualTo(2 * KeptPositions.RUNS_MAX);
            assertThat(one.poll()).as("this one follows").isNull();
            assertThat(claims()).hasSize(2 * KeptPositions.RUNS_MAX);
        }
        assertThat(queue.drainTo(taken::add, 2000)).isEqualTo(1023);
        assertThat(taken).as("in the order of their positions")
                .containsExactlyElementsOf(IntStream.range(1, 1024).boxed().toList());
        assertThat(claims()).isEmpty();
        assertWhole(queue);
    }

    @Test
    void shouldWakeWhoWaitsForRoomAmongItsRuns() throws Exception {
        SharedQueue<Integer> queue = queue(1024);
        queue.offerAll(IntStream.range(0, 512).boxed().toList());
        try (CommittingIntake<Integer> intake = queue.committingIntake()) {
            for (int i = 0; i < KeptPositions.RUNS_MAX; i++) {
                intake.poll();
                queue.poll();
            }
            AtomicReference<@Nullable Integer> found = new AtomicReference<>();
            Thread waiting = Thread.ofPlatform().start(() -> {
                try {
                    found.set(intake.take());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            intake.commit(0);
            waiting.join();
            assertThat(found).hasValue(2 * KeptPositions.RUNS_MAX);
        }
    }

    @Test
    void shouldKeepWhatItsConsumerThrewAt() {
        SharedQueue<Integer> queue = queue(8);
        queue.offerAll(List.of(1, 2, 3, 4));
        try (CommittingIntake<Integer> intake = queue.committingIntake()) {
            assertThatIllegalStateException().isThrownBy(() -> intake.pollSlot((_, _) -> {
                throw new IllegalStateException("not now");
            }));
            assertThat(intake.position()).isZero();
            assertThatIllegalStateException().isThrownBy(() -> intake.drainTo(element -> {
                throw new IllegalStateException("nor " + element);
            }, 3)).withMessage("nor 2");
            assertThat(intake.position()).isEqualTo(1);
            assertThat(intake.poll()).as("taken with the other, and delivered all the same").isEqualTo(3);
            assertThat(intake.drainTo(taken::add, 5)).isEqualTo(1);
        }
        assertThat(queue.drainTo(taken::add, 5)).isEqualTo(4);
        assertThat(taken).containsExactly(4, 1, 2, 3, 4);
    }

    @Test
    void shouldBeRefusedAfterCloseAndWithinItsConsumer() {
        SharedQueue<Integer> queue = queue(8);
        queue.offerAll(List.of(1, 2, 3));
        CommittingIntake<Integer> intake = queue.committingIntake();
        assertThat(intake.drainTo(element -> {
            assertThatIllegalStateException().isThrownBy(intake::poll).withMessageContaining("busy");
            intake.close();
            assertThat(queue.poll()).as("nobody else has it meanwhile").isNull();
        }, 3)).isEqualTo(1);
        assertThatIllegalStateException().isThrownBy(intake::poll).withMessageContaining("closed: segment=");
        assertThat(queue.drainTo(taken::add, 5)).isEqualTo(3);
        assertThat(taken).containsExactly(1, 2, 3);
        assertWhole(queue);
    }

    /** As when the process ends in an orderly way: others find them as if it had died, and nobody has. */
    @Test
    void shouldLeaveThemToOthersWhenTheSegmentIsClosed() {
        SharedQueue<Integer> queue = queue(8);
        queue.offerAll(List.of(1, 2, 3, 4, 5));
        CommittingIntake<Integer> closed = queue.committingIntake();
        closed.drainTo(taken::add, 2);
        closed.commit(0);
        CommittingIntake<Integer> open = queue.committingIntake();
        assertThat(open.poll()).isEqualTo(3);
        closed.close();
        segment.close();
        assertThatIllegalStateException().isThrownBy(() -> open.commit(2));

        Segment again = segments.track(Segment.at(segment.path()).open());
        SharedQueue<Integer> opened = SharedQueue.open(again, "q", Codecs.int32());
        segment = again;
        assertThat(left()).hasSize(2);
        assertThat(opened.poll()).isEqualTo(2);
        assertThat(opened.poll()).isEqualTo(3);
        assertThat(opened.poll()).isEqualTo(4);
        assertThat(opened.poll()).isEqualTo(5);
        assertThat(opened.poll()).isNull();
        assertThat(again.participants()).as("nothing is left of it").hasSize(1);
        assertThat(again.deaths()).isEmpty();
        assertWhole(opened);
    }

    /** Where there is no row for what is left: within this JVM all the same, and for others when it leaves. */
    @Test
    void shouldGiveBackWhenThereIsNoRoomForWhatIsLeft() throws Exception {
        SharedQueue<Integer> queue = queue(8);
        queue.offerAll(List.of(1, 2, 3, 4));
        Path path = segment.path();
        try (Arena arena = Arena.ofShared()) {
            MemorySegment file = participants(arena);
            takeAllRows(file);
            CommittingIntake<Integer> intake = queue.committingIntake();
            intake.drainTo(taken::add, 3);
            intake.close();
            assertThat(claims()).hasSize(1);
            assertThat(queue.poll()).isEqualTo(1);
            assertThat(claims()).singleElement().satisfies(claim -> assertThat(claim.count()).isEqualTo(2));
            segment.close();
            freeAllRows(file);
        }
        segment = segments.track(Segment.at(path).open());
        assertThat(left()).singleElement().satisfies(claim -> assertThat(claim.count()).isEqualTo(2));
        SharedQueue<Integer> again = opened(segment);
        assertThat(again.drainTo(taken::add, 8)).isEqualTo(3);
        assertThat(taken).containsExactly(1, 2, 3, 2, 3, 4);
        assertThat(segment.participants()).hasSize(1);
        assertThat(segment.deaths()).isEmpty();
        assertWhole(again);
    }

    private MemorySegment participants(Arena arena) throws IOException {
        Path path = segment.path().resolveSibling(segment.path().getFileName() + ".zipc-live");
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, ParticipantsDescriptor.BYTE_SIZE, arena);
        }
    }

    /** By this process, which lives. */
    private void takeAllRows(MemorySegment file) {
        int own = segment.participants().getFirst().index();
        for (int row = 0; row < ParticipantsDescriptor.PARTICIPANTS; row++) {
            if (row != own) {
                MemorySegment.copy(file, ParticipantsDescriptor.participant(own), file,
                        ParticipantsDescriptor.participant(row), ParticipantsDescriptor.participant(1)
                                - ParticipantsDescriptor.participant(0));
            }
        }
    }

    private static void freeAllRows(MemorySegment file) {
        for (int row = 0; row < ParticipantsDescriptor.PARTICIPANTS; row++) {
            long offset = ParticipantsDescriptor.participant(row) + ParticipantsDescriptor.PARTICIPANT_STATE;
            if (ParticipantsDescriptor
                    .stateOf(Atomics.getLongAcquire(file, offset)) == ParticipantsDescriptor.PRESENT) {
                Atomics.setLongRelease(file, offset, 0);
            }
        }
    }

    /** One mapping of several: nothing is lost with its records. */
    @Test
    void shouldGiveBackWhenOneOfTwoSegmentsIsClosed() {
        SharedQueue<Integer> queue = queue(8);
        queue.offerAll(List.of(1, 2, 3));
        Segment other = segments.open(segment);
        CommittingIntake<Integer> intake = opened(other).committingIntake();
        assertThat(intake.poll()).isEqualTo(1);
        assertThat(intake.poll()).isEqualTo(2);
        other.close();
        assertThat(left()).hasSize(1);
        try (CommittingIntake<Integer> next = queue.committingIntake()) {
            assertThat(next.drainTo(taken::add, 5)).isEqualTo(3);
            assertThat(taken).containsExactly(1, 2, 3);
            next.commit(next.position());
        }
        assertThat(claims()).isEmpty();
        assertWhole(queue);
    }

    /** A slot that code of others looks at is nobody else's until it returns, though the segment is closed meanwhile. */
    @Test
    void shouldNotGiveBackWhatIsBeingLookedAt() throws Exception {
        SharedQueue<Integer> queue = queue(8);
        queue.offer(1);
        Segment other = segments.open(segment);
        CommittingIntake<Integer> intake = opened(other).committingIntake();
        CountDownLatch looking = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        Thread consumer = Thread.ofPlatform().start(() -> intake.pollSlot((_, _) -> {
            looking.countDown();
            try {
                closed.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        looking.await();
        other.close();
        assertThat(queue.poll()).isNull();
        closed.countDown();
        consumer.join();
        assertThat(queue.poll()).isEqualTo(1);
        assertWhole(queue);
    }

    @Test
    void shouldHaveAnEndAsAChannelWhenNothingCanComeAgain() {
        SharedChannel<Integer> channel = segment.create("c",
                SharedChannel.spec(Codecs.int32(), 4, OnConsumerDeath.REDELIVER));
        assertThat(channel.canCommit()).isTrue();
        channel.trySendAll(List.of(1, 2));
        channel.close();
        CommittingIntake<Integer> one = channel.committingIntake();
        assertThat(one.poll()).isEqualTo(1);
        assertThat(one.isExhausted()).isFalse();
        try (CommittingIntake<Integer> two = channel.committingIntake()) {
            assertThat(two.poll()).isEqualTo(2);
            two.commit(two.position());
            assertThat(two.isExhausted()).isTrue();
            assertThat(one.isExhausted()).as("it has one itself").isFalse();
            one.close();
            assertThat(two.isExhausted()).as("one was given back").isFalse();
            assertThat(two.poll()).isEqualTo(1);
            two.commit(two.position());
            assertThat(two.isExhausted()).isTrue();
        }
    }

    @Test
    void shouldKeepNothingWhereNobodyCouldRedeliverIt() {
        SharedQueue<Integer> dropping = SharedQueue.create(segment, "d", Codecs.int32(), 4);
        assertThat(dropping.canCommit()).isFalse();
        assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(dropping::committingIntake)
                .withMessageContaining("name=d, type=queue")
                .withMessageContaining("on-consumer-death=redeliver");
        SharedQueue<Integer> queue = queue(4);
        Segment apart = segments.track(Segment.at(segment.path()).recovery(false).open());
        assertThat(opened(apart).canCommit()).isFalse();
        assertThat(opened(segments.openReadOnly(segment)).canCommit()).isFalse();
        assertThat(queue.canCommit()).isTrue();
        SharedChannel<Integer> meeting = segment.create("m", SharedChannel.unbuffered(Codecs.int32()));
        assertThat(meeting.canCommit()).isFalse();
        assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(meeting::committingIntake);
    }

    /** Taking without keeping is what it was. */
    @Test
    void shouldRemoveAtOnceWhereNobodyAsksForMore() {
        SharedQueue<Integer> queue = queue(4);
        queue.offerAll(List.of(1, 2));
        try (var intake = queue.intake(Source.Start.EARLIEST)) {
            assertThat(intake.poll()).isEqualTo(1);
        }
        assertThat(queue.poll()).isEqualTo(2);
        assertThat(claims()).isEmpty();
        assertWhole(queue);
    }

    /** Consumers come and go, and finish what they like: each element is finished once. */
    @Test
    void shouldHaveEachElementCommittedOnceWhenManyComeAndGo() throws Exception {
        int elements = 60_000;
        SharedQueue<Integer> queue = queue(64);
        Segment other = segments.open(segment);
        AtomicIntegerArray committed = new AtomicIntegerArray(elements);
        AtomicInteger left = new AtomicInteger(elements);
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        threads.add(Thread.ofPlatform().start(() -> {
            try {
                for (int i = 0; i < elements && failure.get() == null; i++) {
                    queue.put(i);
                }
            } catch (InterruptedException e) {
                failure.compareAndSet(null, e);
            }
        }));
        for (int i = 0; i < 3; i++) {
            SharedQueue<Integer> from = i == 0 ? queue : opened(other);
            Random random = new Random(i);
            threads.add(Thread.ofPlatform().start(() -> {
                try {
                    while (left.get() > 0 && failure.get() == null) {
                        comeAndGo(from, random, committed, left);
                    }
                } catch (Throwable e) {
                    failure.compareAndSet(null, e);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failure).hasValue(null);
        assertThat(IntStream.range(0, elements).map(committed::get)).containsOnly(1);
        assertThat(claims()).isEmpty();
        assertWhole(queue);
    }

    private static void comeAndGo(SharedQueue<Integer> queue, Random random, AtomicIntegerArray committed,
            AtomicInteger left) {
        List<Integer> has = new ArrayList<>();
        List<Long> positions = new ArrayList<>();
        try (CommittingIntake<Integer> intake = queue.committingIntake()) {
            for (int i = random.nextInt(10); i >= 0 && left.get() > 0; i--) {
                int max = random.nextInt(1, 12);
                int taken = intake.drainTo(element -> {
                    has.add(element);
                    positions.add(intake.position());
                }, max);
                int done = taken == 0 ? 0 : random.nextInt(has.size() + 1);
                if (done > 0) {
                    // Before the commit: nobody else may have it until then.
                    for (Integer element : has.subList(0, done)) {
                        assertThat(committed.incrementAndGet(element)).isEqualTo(1);
                        left.decrementAndGet();
                    }
                    intake.commit(positions.get(done - 1));
                    has.subList(0, done).clear();
                    positions.subList(0, done).clear();
                }
            }
        }
    }

    private SharedQueue<Integer> queue(int capacity) {
        return segment.create("q", SharedQueue.spec(Codecs.int32(), capacity, OnConsumerDeath.REDELIVER));
    }

    private SharedQueue<Integer> seeded(int position) {
        queue(4);
        QueueSeeds.seed(segment.blocks("q").require("").memory(), position);
        return opened(segment);
    }

    private static SharedQueue<Integer> opened(Segment other) {
        return other.open("q", SharedQueue.spec(Codecs.int32(), 0, OnConsumerDeath.REDELIVER));
    }

    /** What this process says that it has. */
    private List<ParticipantClaim> claims() {
        return segment.participants().stream().filter(Participant::self).findFirst().orElseThrow().claims();
    }

    /** What consumers have left that are gone. */
    private List<ParticipantClaim> left() {
        return segment.participants()
                .stream()
                .filter(Participant::dead)
                .flatMap(each -> each.claims().stream())
                .toList();
    }

    /** Each slot can be used, more than once. */
    private static void assertWhole(SharedQueue<Integer> queue) {
        for (int lap = 0; lap < 3; lap++) {
            for (int i = 0; i < queue.capacity(); i++) {
                assertThat(queue.offer(i)).isTrue();
            }
            assertThat(queue.offer(-1)).isFalse();
            for (int i = 0; i < queue.capacity(); i++) {
                assertThat(queue.poll()).isEqualTo(i);
            }
            assertThat(queue.poll()).isNull();
        }
    }
}
