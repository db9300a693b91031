package io.zeroipc.collection;

import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.StructureBusyException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.flow.SharedChannel;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Stall;
import io.zeroipc.segment.Stall.Side;
import io.zeroipc.sync.SharedMutex;
import io.zeroipc.test.PeerProcess;
import io.zeroipc.test.PeerProcesses;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * What somebody does who knows that a program that takes no part is dead. Such a program is played by a segment that is opened
 * without recovery: its claims stand in no cell.
 */
@Tag("process")
class StallBreakingTest {

    private static final int CAPACITY = 4;

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();
    @RegisterExtension
    final PeerProcesses peers = new PeerProcesses();

    private Segment segment;
    private SharedQueue<Long> queue;
    private Segment foreign;
    private SharedQueue<Long> foreignQueue;

    @BeforeEach
    void createQueue() {
        segment = segments.create(builder -> builder.size(1 << 16));
        queue = SharedQueue.create(segment, "queue", Codecs.int64(), CAPACITY);
        foreign = segments.track(Segment.at(segment.path()).recovery(false).open());
        foreignQueue = SharedQueue.open(foreign, "queue", Codecs.int64());
    }

    @Test
    void shouldStepOverThePositionThatWasClaimedAndNoOther() {
        queue.offer(1L);
        assertThat(foreignQueue.tryClaim()).isNotEqualTo(SharedQueue.NO_CLAIM);
        assertThat(foreignQueue.tryClaim()).isNotEqualTo(SharedQueue.NO_CLAIM);
        queue.offer(2L);
        assertThat(queue.poll()).isEqualTo(1);
        Stall stall = new Stall(1, Side.CLAIMED_AND_NOT_PUBLISHED);
        assertThat(queue.stall()).isEqualTo(stall);
        assertThat(queue.breakStall(stall)).isTrue();
        // The second one is another matter.
        assertThat(queue.poll()).isNull();
        assertThat(queue.breakStall(stall)).isFalse();
        assertThat(queue.stall()).isEqualTo(new Stall(2, Side.CLAIMED_AND_NOT_PUBLISHED));
        assertThat(queue.breakStall(new Stall(2, Side.CLAIMED_AND_NOT_PUBLISHED))).isTrue();
        assertThat(queue.poll()).isEqualTo(2);
        assertUsable();
    }

    @Test
    void shouldReleaseThePositionThatWasTaken() {
        queue.offerAll(List.of(1L, 2L, 3L, 4L));
        assertThat(foreignQueue.tryClaimNext()).isNotEqualTo(SharedQueue.NO_CLAIM);
        assertThat(queue.poll()).isEqualTo(2);
        assertThat(queue.offer(5L)).isFalse();
        Stall stall = queue.stall();
        assertThat(stall).isEqualTo(new Stall(0, Side.TAKEN_AND_NOT_RELEASED));
        assertThat(queue.breakStall(stall)).isTrue();
        assertThat(queue.offer(5L)).isTrue();
        for (long element = 3; element <= 5; element++) {
            assertThat(queue.poll()).isEqualTo(element);
        }
        assertUsable();
    }

    @Test
    void shouldRefuseAPositionThatALiveParticipantHasAnnounced() throws Exception {
        PeerProcess peer = peers.start(PeerProcess.of(QueueRecoveryPeer.class)
                .withArguments("claim", segment.path()));
        peer.await("done");
        Stall stall = queue.stall();
        assertThat(stall).isEqualTo(new Stall(0, Side.CLAIMED_AND_NOT_PUBLISHED));
        assertThatExceptionOfType(StructureBusyException.class).isThrownBy(() -> queue.breakStall(stall))
                .withMessageContaining("position 0 is claimed and not published");
        assertThat(queue.stall()).isEqualTo(stall);
        long taken = queue.tryClaim();
        queue.publish(taken);
        peer.kill();
        // Another thread may be at it, and then recover() does nothing.
        await().until(() -> {
            segment.recover();
            return queue.stall() == null;
        });
        assertThat(queue.breakStall(stall)).isFalse();
        assertThat(queue.poll()).isNotNull();
        assertUsable();
    }

    @Test
    void shouldRefuseWhatIsItsOwn() {
        queue.offer(1L);
        long claim = queue.tryClaimNext();
        queue.offerAll(List.of(2L, 3L, 4L));
        Stall stall = queue.stall();
        assertThat(stall).isEqualTo(new Stall(0, Side.TAKEN_AND_NOT_RELEASED));
        assertThatExceptionOfType(StructureBusyException.class).isThrownBy(() -> queue.breakStall(stall));
        queue.release(claim);
        assertThat(queue.stall()).isNull();
    }

    @Test
    void shouldRefuseWhoSeesNobody() {
        long claim = foreignQueue.tryClaim();
        assertThatExceptionOfType(StructureBusyException.class)
                .isThrownBy(() -> foreignQueue.breakStall(new Stall(0, Side.CLAIMED_AND_NOT_PUBLISHED)))
                .withMessageContaining("open the segment with recovery");
        foreignQueue.publish(claim);
    }

    @Test
    void shouldDoTheSameInABufferedChannel() {
        SharedChannel<Long> channel = SharedChannel.create(segment, "channel", Codecs.int64(), CAPACITY);
        assertThat(channel.stall()).isNull();
        assertThat(channel.breakStall(new Stall(0, Side.CLAIMED_AND_NOT_PUBLISHED))).isFalse();
    }

    @Test
    void shouldUnlockForAForeignHolder() {
        SharedMutex mutex = SharedMutex.create(segment, "mutex");
        SharedMutex foreignMutex = SharedMutex.open(foreign, "mutex");
        assertThat(mutex.breakLock()).isFalse();
        assertThat(foreignMutex.tryLock()).isTrue();
        assertThat(mutex.tryLock()).isFalse();
        assertThat(mutex.breakLock()).isTrue();
        assertThat(mutex.tryLock()).isTrue();
        // Now it is held by one who says so.
        assertThatExceptionOfType(StructureBusyException.class).isThrownBy(mutex::breakLock);
        mutex.unlock();
    }

    @Test
    void shouldRefuseAStructureWithoutStalls() {
        SharedMutex mutex = SharedMutex.create(segment, "mutex");
        assertThat(mutex.breakStall(new Stall(0, Side.CLAIMED_AND_NOT_PUBLISHED))).isFalse();
    }

    private void assertUsable() {
        for (long lap = 0; lap < 3; lap++) {
            for (long i = 0; i < CAPACITY; i++) {
                assertThat(queue.offer(lap * CAPACITY + i)).isTrue();
            }
            assertThat(queue.offer(-1L)).isFalse();
            for (long i = 0; i < CAPACITY; i++) {
                assertThat(queue.poll()).isEqualTo(lap * CAPACITY + i);
            }
            assertThat(queue.poll()).isNull();
        }
    }
}
