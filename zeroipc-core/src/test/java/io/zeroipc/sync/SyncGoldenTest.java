package io.zeroipc.sync;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.segment.Segment;
import io.zeroipc.testing.GoldenSegment;
import io.zeroipc.testing.TemporarySegments;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

/** Reads what the C++ implementation wrote, and writes what it wrote. */
class SyncGoldenTest {

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private Segment golden;
    private Segment java;

    @BeforeEach
    void open() {
        Path copy = GoldenSegment.copyTo(segments.directory());
        golden = segments.track(Segment.at(copy).open());
        java = segments.create(1 << 16);
    }

    @Test
    void shouldBeTheSameSemaphoreWhenWrittenByCpp() {
        SharedSemaphore mine = java.create("sem", SharedSemaphore.spec(3, 10));
        assertThat(mine.tryAcquire()).isTrue();
        assertSameBytes("sem");

        SharedSemaphore theirs = golden.open("sem", SharedSemaphore.spec(0, 10));
        assertThat(theirs.drainPermits()).isEqualTo(2);
    }

    @Test
    void shouldBeTheSameMutexWhenWrittenByCpp() throws Exception {
        SharedMutex mine = SharedMutex.create(java, "mtx");
        mine.lock();
        assertSameBytes("mtx");

        SharedMutex theirs = SharedMutex.open(golden, "mtx");
        assertThat(theirs.tryLock()).isFalse();
        theirs.unlock();
        assertThat(theirs.tryLock()).isTrue();
    }

    @Test
    void shouldBeTheSameBarrierWhenWrittenByCpp() throws Exception {
        SharedBarrier.create(java, "bar", 4);
        assertSameBytes("bar");

        SharedBarrier theirs = SharedBarrier.open(golden, "bar");
        assertThat(theirs.parties()).isEqualTo(4);
        assertThat(theirs.await(Duration.ZERO)).isFalse();
        assertSameBytes("bar");
    }

    @Test
    void shouldBeTheSameLatchWhenWrittenByCpp() throws Exception {
        SharedLatch mine = SharedLatch.create(java, "lat", 9);
        mine.countDown(2);
        assertSameBytes("lat");

        SharedLatch theirs = golden.open("lat", SharedLatch.spec(9));
        theirs.countDown(7);
        theirs.await();
    }

    @Test
    void shouldBeTheSameOnceWhenWrittenByCpp() throws Exception {
        SharedOnce mine = SharedOnce.create(java, "once");
        assertThat(mine.run(() -> {})).isTrue();
        assertSameBytes("once");

        assertThat(SharedOnce.open(golden, "once").isDone()).isTrue();
    }

    @Test
    void shouldBeTheSameEventWhenWrittenByCpp() throws Exception {
        SharedEvent.create(java, "ev_a", SharedEvent.Mode.AUTO).signal();
        SharedEvent.create(java, "ev_m", SharedEvent.Mode.MANUAL).signal();
        assertSameBytes("ev_a", "ev_a_sem", "ev_m", "ev_m_sem");

        SharedEvent auto = SharedEvent.open(golden, "ev_a");
        assertThat(auto.mode()).isEqualTo(SharedEvent.Mode.AUTO);
        assertThat(auto.await(Duration.ZERO)).isTrue();
        assertThat(auto.isSignaled()).isFalse();
        SharedEvent manual = golden.open("ev_m", SharedEvent.spec(SharedEvent.Mode.MANUAL));
        assertThat(manual.await(Duration.ZERO)).isTrue();
        assertThat(manual.isSignaled()).isTrue();
    }

    @Test
    void shouldBeTheSameReadWriteLockWhenWrittenByCpp() throws Exception {
        SharedRwLock mine = SharedRwLock.create(java, "rw");
        mine.readLock().lock();
        assertSameBytes("rw_state", "rw_rmtx", "rw_wmtx", "rw");

        SharedRwLock theirs = SharedRwLock.open(golden, "rw");
        assertThat(theirs.writeLock().tryLock()).isFalse();
        theirs.readLock().unlock();
        assertThat(theirs.writeLock().tryLock()).isTrue();
    }

    @Test
    void shouldBeTheSameMonitorWhenWrittenByCpp() throws Exception {
        SharedMonitor mine = SharedMonitor.create(java, "mon");
        mine.lock();
        assertSameBytes("mon_mtx", "mon_cond", "mon_count", "mon");

        SharedMonitor theirs = SharedMonitor.open(golden, "mon");
        assertThat(theirs.tryLock()).isFalse();
        theirs.unlock();
        assertThat(theirs.tryLock()).isTrue();
    }

    private void assertSameBytes(String... entries) {
        for (String entry : entries) {
            assertThat(hex(java, entry)).as(entry).isEqualTo(hex(golden, entry));
        }
    }

    private static String hex(Segment segment, String entry) {
        return HexFormat.of().formatHex(segment.blocks(entry).require("").memory().toArray(JAVA_BYTE));
    }
}
