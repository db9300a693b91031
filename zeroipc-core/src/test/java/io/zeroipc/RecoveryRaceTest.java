package io.zeroipc;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.format.ClaimWord;
import io.zeroipc.format.QueueDescriptor;
import io.zeroipc.format.RwLockDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.Claims;
import io.zeroipc.segment.OnConsumerDeath;
import io.zeroipc.segment.RecoveryOutcome;
import io.zeroipc.segment.Segment;
import io.zeroipc.sync.LockRecoverer;
import io.zeroipc.sync.SharedCounter;
import io.zeroipc.sync.SharedMutex;
import io.zeroipc.sync.SharedRwLock;
import io.zeroipc.testing.Seeds;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.testing.Waiter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The dead have announced what the living are using at this moment, and have taken none of it: recovery must leave it to the
 * living, whichever of them has it, and however fast it changes hands.
 */
@Tag("slow")
class RecoveryRaceTest {

    private static final int DEATHS = 400;
    private static final int CAPACITY = 4;
    /** So long some of them keep what they have claimed, so that recovery comes to it. Nothing is right because of it. */
    private static final long HELD_NANOS = 100_000;
    private static final long HELD_LONG_NANOS = 30_000_000;

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    @ParameterizedTest
    @EnumSource
    void shouldRobNobodyOfAPositionThatADeadOneHadAnnounced(OnConsumerDeath policy) throws Exception {
        Segment segment = segments.create(1 << 16);
        SharedQueue<Long> queue = segment.create("queue", SharedQueue.spec(Codecs.int64(), CAPACITY, policy));
        long readFlag = policy == OnConsumerDeath.REDELIVER ? ClaimWord.REDELIVER : 0;
        Block block = segment.blocks("queue").find("");
        assertThat(block).isNotNull();
        AtomicBoolean over = new AtomicBoolean();
        List<Waiter<Long>> producers = new ArrayList<>();
        List<Waiter<BitSet[]>> consumers = new ArrayList<>();
        for (int number = 0; number < 2; number++) {
            long first = (long) number << 32;
            producers.add(Waiter.of(() -> produce(queue, first, over)));
        }
        for (int number = 0; number < 2; number++) {
            consumers.add(Waiter.of(() -> consume(queue, producers, over)));
        }
        Random random = Seeds.of(Seeds.next(), 0);
        try (ForgedDead dead = new ForgedDead(segment)) {
            for (int death = 0; death < DEATHS; death++) {
                int count = 1 + random.nextInt(2);
                MemorySegment bytes = block.memory();
                long claim = random.nextBoolean()
                        ? ClaimWord.of(ClaimWord.WRITE_INTENT, near(random, bytes), count)
                        : ClaimWord.of(ClaimWord.READ_INTENT, near(random, bytes), count) | readFlag;
                dead.die(block.offset(), claim);
                while (!dead.isSettled()) {
                    segment.recover();
                }
            }
        } finally {
            over.set(true);
        }
        BitSet[] one = consumers.get(0).get();
        BitSet[] other = consumers.get(1).get();
        for (int number = 0; number < 2; number++) {
            assertThat(one[number].intersects(other[number])).as("delivered twice").isFalse();
            one[number].or(other[number]);
            assertThat((long) one[number].cardinality()).isEqualTo(producers.get(number).get());
        }
        assertThat(segment.deaths()).last().satisfies(death -> assertThat(death.number()).isEqualTo(DEATHS));
        assertThat(segment.recoveries()).doesNotContainKeys(RecoveryOutcome.SKIPPED, RecoveryOutcome.DROPPED,
                RecoveryOutcome.REDELIVERED);
    }

    @Test
    void shouldRobNobodyOfALockThatADeadOneHadAnnounced() throws Exception {
        Segment segment = segments.create(1 << 16);
        SharedMutex mutex = SharedMutex.create(segment, "mutex");
        SharedMutex other = SharedMutex.create(segment, "other");
        SharedArray<Long> counts = SharedArray.create(segment, "counts", Codecs.int64(), 1);
        Block block = segment.blocks("mutex").find("");
        assertThat(block).isNotNull();
        AtomicBoolean over = new AtomicBoolean();
        List<Waiter<Long>> threads = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            threads.add(Waiter.of(() -> {
                long times = 0;
                while (!over.get()) {
                    mutex.lock();
                    // Not atomic: two at once lose one.
                    counts.set(0, counts.get(0) + 1);
                    mutex.unlock();
                    other.lock();
                    other.unlock();
                    times++;
                }
                return times;
            }));
        }
        Random random = Seeds.of(Seeds.next(), 0);
        try (ForgedDead dead = new ForgedDead(segment)) {
            for (int death = 0; death < DEATHS; death++) {
                dead.die(block.offset(),
                        ClaimWord.of(random.nextBoolean() ? ClaimWord.LOCK_INTENT : ClaimWord.UNLOCKING));
                while (!dead.isSettled()) {
                    segment.recover();
                }
            }
        } finally {
            over.set(true);
        }
        long sum = 0;
        for (Waiter<Long> thread : threads) {
            sum += thread.get();
        }
        assertThat(counts.get(0)).isEqualTo(sum);
        assertThat(segment.recoveries()).doesNotContainKey(RecoveryOutcome.UNLOCKED);
    }

    @Test
    void shouldKeepEachLivingReaderCountedWhenADeadOneHadAnnouncedTheLock() throws Exception {
        Segment segment = segments.create(1 << 16);
        SharedRwLock lock = SharedRwLock.create(segment, "lock");
        Block state = segment.blocks("lock").require(RwLockDescriptor.STATE_SUFFIX);
        AtomicBoolean over = new AtomicBoolean();
        List<Waiter<Long>> readers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            readers.add(Waiter.of(() -> {
                long lows = 0;
                while (!over.get()) {
                    lock.readLock().lock();
                    // Itself at least; and a reader too few is missed by who unlocks last.
                    lows += lock.readers() < 1 ? 1 : 0;
                    lock.readLock().unlock();
                    // Recovery waits for a moment in which nobody comes.
                    LockSupport.parkNanos(HELD_NANOS);
                }
                return lows;
            }));
        }
        Random random = Seeds.of(Seeds.next(), 0);
        try (ForgedDead dead = new ForgedDead(segment)) {
            for (int death = 0; death < DEATHS; death++) {
                dead.die(state.offset(),
                        ClaimWord.of(random.nextBoolean() ? ClaimWord.LOCK_INTENT : ClaimWord.UNLOCKING));
                while (!dead.isSettled()) {
                    segment.recover();
                }
            }
        } finally {
            over.set(true);
        }
        for (Waiter<Long> reader : readers) {
            assertThat(reader.get()).isZero();
        }
        assertThat(lock.readers()).isZero();
        assertThat(segment.recoveries()).doesNotContainKey(RecoveryOutcome.UNLOCKED);
    }

    /** Between the unlocking and the last word on the dead one lies a moment in which the next one may lock and repair. */
    @Test
    void shouldForgetADeadHolderWhoseDataIsMadeWholeWhileRecoveryEnds() throws Exception {
        Segment segment = segments.create(1 << 16);
        SharedCounter.create(segment, "lock");
        Blocks blocks = segment.blocks("lock");
        Block block = blocks.require("");
        Claims claims = blocks.attachment().claims();
        AtomicBoolean locked = new AtomicBoolean(true);
        blocks.attachment().recoverer(LockRecoverer.class, block, () -> new LockRecoverer(locked::get, () -> {
            boolean unlocked = locked.getAndSet(false);
            claims.makeWhole(block.offset());
            return unlocked;
        }));
        try (ForgedDead dead = new ForgedDead(segment)) {
            dead.die(block.offset(), ClaimWord.of(ClaimWord.LOCKED, ClaimWord.CHANGING));
            while (locked.get()) {
                segment.recover();
            }
            segment.recover();
            assertThat(dead.isSettled()).isTrue();
        }
        assertThat(claims.isAnyDied()).isFalse();
    }

    /** What consumers are at: they have just taken it, or somebody is writing it. */
    private static int near(Random random, MemorySegment queue) {
        return Atomics.getIntAcquire(queue, QueueDescriptor.HEAD_OFFSET) + random.nextInt(3) - 1;
    }

    private static long produce(SharedQueue<Long> queue, long first, AtomicBoolean over) throws InterruptedException {
        long next = 0;
        while (!over.get()) {
            if (next % 4 == 0) {
                queue.put(first + next);
                next++;
            } else if (next % 4 == 1) {
                next += queue.offerAll(List.of(first + next, first + next + 1));
            } else {
                long claim = queue.tryClaim();
                if (claim != SharedQueue.NO_CLAIM) {
                    // Held for a while, so that others come to it.
                    LockSupport.parkNanos(next % 32 == 3 ? HELD_LONG_NANOS : HELD_NANOS);
                    Atomics.putLong(queue.slots(), queue.slotOffset(claim), first + next);
                    queue.publish(claim);
                    next++;
                }
            }
        }
        return next;
    }

    private static @Nullable Long pollSlowly(SharedQueue<Long> queue) {
        long claim = queue.tryClaimNext();
        if (claim == SharedQueue.NO_CLAIM) {
            return null;
        }
        LockSupport.parkNanos(claim % 32 == 2 ? HELD_LONG_NANOS : HELD_NANOS);
        long element = Atomics.getLong(queue.slots(), queue.slotOffset(claim));
        queue.release(claim);
        return element;
    }

    /** Which elements of each producer were taken. */
    private static BitSet[] consume(SharedQueue<Long> queue, List<Waiter<Long>> producers, AtomicBoolean over) {
        BitSet[] taken = {new BitSet(), new BitSet()};
        int[] next = new int[2];
        while (true) {
            boolean last = over.get() && producers.stream().allMatch(Waiter::isDone);
            Long element = next[0] % 2 == 0 ? queue.poll() : pollSlowly(queue);
            if (element != null) {
                int producer = (int) (element >> 32);
                // In order, so each once.
                assertThat(element.intValue()).isGreaterThanOrEqualTo(next[producer]);
                next[producer] = element.intValue() + 1;
                taken[producer].set(element.intValue());
            } else if (last) {
                return taken;
            }
        }
    }
}
