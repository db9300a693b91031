package io.zeroipc.sync;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.StructureMismatchException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.format.MutexDescriptor;
import io.zeroipc.format.SegmentDescriptor;
import io.zeroipc.segment.Segment;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.testing.Waiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

class SharedMutexTest {

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private Segment segment;
    private SharedMutex mutex;
    private SharedMutex other;

    @BeforeEach
    void create() {
        segment = segments.create(1 << 14);
        mutex = SharedMutex.create(segment, "m");
        other = SharedMutex.open(segments.open(segment), "m");
    }

    @Test
    void shouldExcludeOthersWhenLocked() throws Exception {
        mutex.lock();

        assertThat(other.isLocked()).isTrue();
        assertThat(other.tryLock()).isFalse();
        assertThat(other.tryLock(Duration.ofMillis(3))).isFalse();
        assertThat(other.tryGuard()).isNull();
        assertThat(other.tryGuard(Duration.ZERO)).isNull();
        mutex.unlock();
        assertThat(other.tryLock()).isTrue();
        other.unlock();
        assertThat(mutex.waiting()).isZero();
    }

    @Test
    void shouldBeRefusedWhenUnlockedTwice() throws Exception {
        mutex.lock();
        mutex.unlock();

        assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(mutex::unlock)
                .withMessageContaining("name=m")
                .withMessageContaining(segment.name());
        assertThat(mutex.tryLock()).isTrue();
        assertThat(mutex.tryLock()).isFalse();
    }

    @Test
    void shouldUnlockOnceWhenAGuardIsClosedTwice() throws Exception {
        Guard twice = mutex.guard();
        assertThat(other.isLocked()).isTrue();
        twice.close();
        assertThat(other.isLocked()).isFalse();
        other.lock();
        twice.close();
        assertThat(other.isLocked()).isTrue();
        other.unlock();
        try (Guard guard = mutex.tryGuard()) {
            assertThat(guard).isNotNull();
        }
        try (Guard guard = mutex.tryGuard(Duration.ofDays(1))) {
            assertThat(guard).isNotNull();
        }
        assertThat(mutex.isLocked()).isFalse();
    }

    @Test
    void shouldTakeTurnsWhenOneWaits() throws Exception {
        mutex.lock();
        try (Waiter<Boolean> waiter = Waiter.running(other::lock)) {
            await().until(() -> mutex.waiting() == 1);
            mutex.unlock();
            assertThat(waiter.get()).isTrue();
        }
        assertThat(mutex.isLocked()).isTrue();
        assertThat(mutex.waiting()).isZero();
    }

    @Test
    void shouldLeaveTheLockAloneWhenInterruptedOrClosedWhileWaiting() throws Exception {
        Segment closing = segments.open(segment);
        SharedMutex third = SharedMutex.open(closing, "m");
        mutex.lock();
        try (Waiter<Boolean> interrupted = Waiter.running(other::lock);
                Waiter<Boolean> closed = Waiter.of(() -> third.tryLock(Duration.ofDays(1)))) {
            await().until(() -> mutex.waiting() == 2);
            interrupted.interrupt();
            assertThat(interrupted.failure()).isInstanceOf(InterruptedException.class);
            assertThat(mutex.waiting()).isEqualTo(1);
            closing.close();
            assertThat(mutex.waiting()).isZero();
            assertThat(closed.failure()).isInstanceOf(IllegalStateException.class);
        }
        assertThat(mutex.isLocked()).isTrue();
        mutex.unlock();
        assertThat(mutex.isLocked()).isFalse();
    }

    /** As rows of a foreign table may have it; what a JVM keeps of a block is the queue's at first. */
    @Test
    void shouldBeAMutexWhenItsBytesAreThoseOfAQueueThatIsOpen() throws Exception {
        Segment both = segments.create(builder -> builder.size(1 << 14).catalogue(false));
        SharedQueue<Long> queue = SharedQueue.create(both, "it", Codecs.int64(), 2);
        MutexDescriptor.format(both.blocks("it").require("").memory());
        try (FileChannel file = FileChannel.open(both.path(), StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(0, MutexDescriptor.SIZE),
                    SegmentDescriptor.entryOffset(0) + SegmentDescriptor.NAME_SIZE + Long.BYTES);
        }
        SharedMutex mutex = SharedMutex.open(segments.open(both), "it");

        assertThat(mutex.tryLock()).isTrue();
        assertThat(mutex.isLocked()).isTrue();
        mutex.unlock();
        assertThat(queue.segment()).isSameAs(both);
    }

    @Test
    void shouldBeRefusedWhenTheBytesAreASemaphore() {
        Segment foreign = segments.create(builder -> builder.size(4096).catalogue(false));
        foreign.create("s", SharedSemaphore.spec(2, 4));

        assertThatExceptionOfType(StructureMismatchException.class).isThrownBy(() -> SharedMutex.open(foreign, "s"))
                .withMessageContaining("max_count=4 (expected: 1)");
    }

    @Test
    void shouldLoseNoUpdateWhenManyThreadsIncrementUnderIt() throws Exception {
        SharedArray<Long> array = SharedArray.create(segment, "a", Codecs.int64(), 2);
        List<Waiter<Boolean>> workers = new ArrayList<>();
        try {
            for (int i = 0; i < 4; i++) {
                SharedMutex mine = i % 2 == 0 ? mutex : other;
                workers.add(Waiter.running(() -> {
                    for (int round = 0; round < 5000; round++) {
                        try (Guard _ = mine.guard()) {
                            array.set(0, array.get(0) + 1);
                            array.set(1, array.get(1) + 1);
                        }
                    }
                }));
            }
            for (Waiter<Boolean> worker : workers) {
                assertThat(worker.get()).isTrue();
            }
        } finally {
            for (Waiter<Boolean> worker : workers) {
                worker.close();
            }
        }
        assertThat(List.of(array.get(0), array.get(1))).containsExactly(20_000L, 20_000L);
        assertThat(mutex.isLocked()).isFalse();
        assertThat(mutex.waiting()).isZero();
    }
}
