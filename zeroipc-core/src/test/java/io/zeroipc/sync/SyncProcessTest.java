package io.zeroipc.sync;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.segment.Segment;
import io.zeroipc.test.PeerProcess;
import io.zeroipc.testing.EnabledWithNativeAccess;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Several processes on one structure. The two children serve all tests, one after the other. */
@Tag("process")
// The children are the same whichever way this JVM runs: once is enough.
@EnabledWithNativeAccess
class SyncProcessTest {

    private static final List<PeerProcess> CHILDREN = new ArrayList<>();
    private static int finished;

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private Segment segment;

    @BeforeAll
    static void startChildren() {
        finished = 0;
        for (int i = 0; i < 2; i++) {
            CHILDREN.add(PeerProcess.of(SyncChild.class).start());
        }
    }

    @AfterAll
    static void endChildren() {
        CHILDREN.forEach(PeerProcess::close);
        CHILDREN.clear();
    }

    @BeforeEach
    void create() {
        segment = segments.create(1 << 14);
    }

    @Test
    void shouldLoseNoUpdateWhenProcessesIncrementUnderAMutex() throws Exception {
        SharedMutex.create(segment, "lock");
        SharedArray<Long> array = SharedArray.create(segment, "array", Codecs.int64(), 1);

        both("increment under mutex|20000");
        finish();
        assertThat(array.get(0)).isEqualTo(40_000);
    }

    @Test
    void shouldLoseNoUpdateWhenProcessesIncrementUnderAWriteLock() throws Exception {
        SharedRwLock lock = SharedRwLock.create(segment, "lock");
        SharedArray<Long> array = SharedArray.create(segment, "array", Codecs.int64(), 1);

        both("increment under rwlock|5000");
        finish();
        assertThat(array.get(0)).isEqualTo(10_000);
        assertThat(lock.isWriteLocked()).isFalse();
    }

    @Test
    void shouldTakeTurnsWhenAProcessWaitsInAMonitor() throws Exception {
        SharedMonitor monitor = SharedMonitor.create(segment, "monitor");
        SharedCounter counter = SharedCounter.create(segment, "counter");
        int each = 100;

        both("answer|" + each);
        for (int i = 0; i < 2 * each; i++) {
            try (Guard _ = monitor.guard()) {
                monitor.awaitUntil(() -> counter.get() % 2 == 0);
                counter.incrementAndGet();
                monitor.signalAll();
            }
        }
        finish();
        assertThat(counter.get()).isEqualTo(4L * each);
        assertThat(monitor.waiting()).isZero();
    }

    @Test
    void shouldStayInStepWhenProcessesMeet() throws Exception {
        SharedBarrier barrier = SharedBarrier.create(segment, "barrier", 2);
        SharedArray.create(segment, "array", Codecs.int64(), 2);

        CHILDREN.get(0).send(segment.path() + "|meet|0|200");
        CHILDREN.get(1).send(segment.path() + "|meet|1|200");
        finish();
        assertThat(barrier.generation()).isEqualTo(400);
        assertThat(barrier.arrived()).isZero();
    }

    @Test
    void shouldOpenWhenProcessesCountDown() throws Exception {
        SharedLatch latch = SharedLatch.create(segment, "latch", 2);

        both("count down");
        latch.await();
        finish();
        assertThat(latch.getCount()).isZero();
    }

    @Test
    void shouldRunOneTaskWhenProcessesBringOneEach() throws Exception {
        SharedOnce once = SharedOnce.create(segment, "once");
        SharedCounter counter = SharedCounter.create(segment, "counter");

        both("run once");
        finish();
        assertThat(counter.get()).isEqualTo(1);
        assertThat(once.isDone()).isTrue();
    }

    @Test
    void shouldLetProcessesGoWhenAnEventIsSignalled() throws Exception {
        SharedEvent event = SharedEvent.create(segment, "event", SharedEvent.Mode.AUTO);
        SharedCounter counter = SharedCounter.create(segment, "counter");

        both("await event");
        await().until(() -> event.waiting() == 2);
        event.signal();
        await().until(() -> counter.get() == 1);
        event.signal();
        finish();
        assertThat(counter.get()).isEqualTo(2);
        assertThat(event.isSignaled()).isFalse();
    }

    @Test
    void shouldLoseNothingWhenProcessesCount() throws Exception {
        SharedCounter counter = SharedCounter.create(segment, "counter");

        both("count|50000");
        finish();
        assertThat(counter.get()).isEqualTo(100_000);
    }

    private void both(String what) {
        for (PeerProcess child : CHILDREN) {
            child.send(segment.path() + "|" + what);
        }
    }

    private static void finish() throws InterruptedException {
        finished++;
        for (PeerProcess child : CHILDREN) {
            child.await(finished, "done");
        }
    }
}
