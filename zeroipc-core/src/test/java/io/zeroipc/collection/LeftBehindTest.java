package io.zeroipc.collection;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.StructureBusyException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.flow.SharedChannel;
import io.zeroipc.format.ParticipantsDescriptor;
import io.zeroipc.format.QueueDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.CommittingIntake;
import io.zeroipc.segment.OnConsumerDeath;
import io.zeroipc.segment.ParticipantClaim;
import io.zeroipc.segment.Segment;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What an ended consumer has left, where others are looking at that moment, or there is too little room for it. */
class LeftBehindTest {

    private static final int CAPACITY = 1024;

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private Segment segment;
    private SharedQueue<Integer> queue;

    @BeforeEach
    void createQueue() {
        segment = segments.create(1 << 18);
        queue = segment.create("q", SharedQueue.spec(Codecs.int32(), CAPACITY, OnConsumerDeath.REDELIVER));
    }

    /** A look that has read the claims of the dead, and not counted them yet, does not count what is left since as nothing. */
    @Test
    void shouldBeFoundThoughSomebodyLooksWhileItIsLeft() {
        queue.offerAll(List.of(1, 2));
        CommittingIntake<Integer> intake = queue.committingIntake();
        assertThat(intake.poll()).isEqualTo(1);
        assertThat(intake.poll()).isEqualTo(2);
        Blocks blocks = segment.blocks("q");
        Block block = blocks.require("");
        Orphans orphans = blocks.shared(Orphans.class, block, Orphans::new);
        QueueRecoverer recoverer = new QueueRecoverer(block.memory(), CAPACITY,
                QueueDescriptor.sequencesOffset(CAPACITY, Integer.BYTES), orphans);

        blocks.attachment().withRemains(block.offset(), remains -> {
            intake.close();
            recoverer.recover(remains);
        });

        assertThat(orphans.count()).isEqualTo(2);
        assertThat(queue.poll()).isEqualTo(1);
        assertThat(queue.poll()).isEqualTo(2);
        assertThat(orphans.count()).isZero();
    }

    /** Fifteen cells need three records, and there are two. */
    @Test
    void shouldSayNothingTwiceWhenTheRoomForItEndsInTheMiddle() throws Exception {
        int runs = 15;
        queue.offerAll(IntStream.range(0, 2 * runs).boxed().toList());
        CommittingIntake<Integer> intake = queue.committingIntake();
        for (int i = 0; i < runs; i++) {
            assertThat(intake.poll()).isEqualTo(2 * i);
            assertThat(queue.poll()).isEqualTo(2 * i + 1);
        }
        List<Integer> others = new ArrayList<>();
        try (Arena arena = Arena.ofShared()) {
            MemorySegment file = participants(arena);
            takeAllRecordsBut(2, file, others);
            intake.close();
            assertThat(claims()).as("each once").hasSize(runs);
            freeRecords(file, others);
        }
        for (int i = 0; i < runs; i++) {
            assertThat(queue.poll()).isEqualTo(2 * i);
        }
        assertThat(queue.poll()).isNull();
        assertThat(claims()).isEmpty();
    }

    /** Whoever counts sees what is left before he has begun; of what is left while he is at it he cannot tell. */
    @Test
    void shouldBeLookedForOnceMoreWhenItIsLeftDuringALook() {
        Orphans orphans = new Orphans();
        orphans.countOfTheDead(() -> {
            orphans.addOfTheDead(3);
            return 0;
        });
        assertThat(orphans.count()).isPositive();
        orphans.countOfTheDead(() -> 0);
        assertThat(orphans.count()).isZero();
    }

    /** Nobody would find it after a death. */
    @Test
    void shouldNotBeTakenWhereItCannotBeSaidThatItIsKept() throws Exception {
        queue.offerAll(IntStream.range(0, 20).boxed().toList());
        List<Integer> others = new ArrayList<>();
        try (Arena arena = Arena.ofShared(); CommittingIntake<Integer> intake = queue.committingIntake()) {
            MemorySegment file = participants(arena);
            takeAllRecordsBut(0, file, others);
            // As many as there are cells in this thread's record.
            for (int i = 0; i < ParticipantsDescriptor.CELLS_PER_RECORD - 1; i++) {
                assertThat(intake.poll()).isEqualTo(2 * i);
                assertThat(queue.poll()).isEqualTo(2 * i + 1);
            }
            assertThatExceptionOfType(StructureBusyException.class).isThrownBy(intake::poll)
                    .withMessageContainingAll("no element can be kept", "name=q");
            assertThatExceptionOfType(StructureBusyException.class).isThrownBy(() -> intake.drainTo(_ -> {}, 2));
            assertThat(queue.size()).isEqualTo(6);
            freeRecords(file, others);
            assertThat(intake.poll()).isEqualTo(14);
        }
    }

    /** In this JVM alone, as there is no record for others to find it in. */
    @Test
    void shouldKeepAChannelFromItsEndWhereThereIsNoRoomForIt() throws Exception {
        SharedChannel<Integer> channel = segment.create("c",
                SharedChannel.spec(Codecs.int32(), 4, OnConsumerDeath.REDELIVER));
        channel.trySend(1);
        channel.close();
        List<Integer> others = new ArrayList<>();
        try (Arena arena = Arena.ofShared(); CommittingIntake<Integer> next = channel.committingIntake()) {
            CommittingIntake<Integer> intake = channel.committingIntake();
            assertThat(intake.poll()).isEqualTo(1);
            MemorySegment file = participants(arena);
            takeAllRecordsBut(0, file, others);
            intake.close();
            freeRecords(file, others);
            assertThat(next.isExhausted()).isFalse();
            assertThat(next.poll()).isEqualTo(1);
            next.commit(next.position());
            assertThat(next.isExhausted()).isTrue();
        }
    }

    private MemorySegment participants(Arena arena) throws IOException {
        Path path = segment.path().resolveSibling(segment.path().getFileName() + ".zipc-live");
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, ParticipantsDescriptor.BYTE_SIZE, arena);
        }
    }

    /** By a thread of this process. */
    private void takeAllRecordsBut(int left, MemorySegment file, List<Integer> taken) {
        int own = segment.participants().getFirst().index();
        long state = Atomics.getLongAcquire(file, ParticipantsDescriptor.participant(own)
                + ParticipantsDescriptor.PARTICIPANT_STATE);
        int free = 0;
        for (int number = 1; number < ParticipantsDescriptor.RECORDS; number++) {
            long owner = ParticipantsDescriptor.record(number) + ParticipantsDescriptor.RECORD_OWNER;
            if (Atomics.getLongAcquire(file, owner) == 0 && ++free > left) {
                Atomics.setLongRelease(file, owner, ParticipantsDescriptor.owner(own,
                        ParticipantsDescriptor.epochOf(state), 0));
                taken.add(number);
            }
        }
    }

    private static void freeRecords(MemorySegment file, List<Integer> taken) {
        for (int number : taken) {
            Atomics.setLongRelease(file, ParticipantsDescriptor.record(number)
                    + ParticipantsDescriptor.RECORD_OWNER, 0);
        }
    }

    private List<ParticipantClaim> claims() {
        return segment.participants().stream().flatMap(each -> each.claims().stream()).toList();
    }
}
