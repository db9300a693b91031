package io.zeroipc.sync;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.segment.Segment;
import io.zeroipc.testing.ChildJvm;
import io.zeroipc.testing.EnabledWithNativeAccess;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Several processes on one structure, and what a killed one leaves. */
@Tag("process")
// The children are the same whichever way this JVM runs: once is enough.
@EnabledWithNativeAccess
class SyncProcessTest {

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private final List<ChildJvm> children = new ArrayList<>();
    private Segment segment;

    @BeforeEach
    void create() {
        segment = segments.create(1 << 14);
    }

    @AfterEach
    void endChildren() {
        children.forEach(ChildJvm::close);
    }

    @Test
    void shouldLoseNoUpdateWhenProcessesIncrementUnderAMutex() throws Exception {
        SharedMutex.create(segment, "mutex");
        SharedArray<Long> array = SharedArray.create(segment, "array", Codecs.int64(), 1);
        start("increment under mutex", 20_000);
        start("increment under mutex", 20_000);

        goAndFinish();
        assertThat(array.get(0)).isEqualTo(40_000);
    }

    @Test
    void shouldGetThePermitOfAKilledProcessBackWhenSomebodyReleasesIt() throws Exception {
        SharedSemaphore semaphore = segment.create("semaphore", SharedSemaphore.spec(1, 1));
        ChildJvm holder = start("acquire");
        go(holder);
        holder.await("holding");
        ChildJvm waiting = start("acquire");
        go(waiting);
        await().until(() -> semaphore.waiting() == 1);
        holder.kill();

        assertThat(semaphore.tryAcquire()).isFalse();
        semaphore.release();
        waiting.await("holding");
        assertThat(semaphore.waiting()).isZero();
    }

    @Test
    void shouldStayInStepWhenProcessesMeet() throws Exception {
        SharedBarrier barrier = SharedBarrier.create(segment, "barrier", 2);
        SharedArray.create(segment, "array", Codecs.int64(), 2);
        start("meet", 0, 200);
        start("meet", 1, 200);

        goAndFinish();
        assertThat(barrier.generation()).isEqualTo(400);
        assertThat(barrier.arrived()).isZero();
    }

    @Test
    void shouldMeetWithoutItWhenAProcessIsKilledAfterItArrived() throws Exception {
        SharedBarrier barrier = SharedBarrier.create(segment, "barrier", 2);
        SharedArray.create(segment, "array", Codecs.int64(), 1);
        ChildJvm child = start("meet", 0, 1);
        go(child);
        await().until(() -> barrier.arrived() == 1);
        child.kill();

        barrier.await();
        assertThat(barrier.generation()).isEqualTo(1);
    }

    @Test
    void shouldOpenWhenProcessesCountDown() throws Exception {
        SharedLatch latch = SharedLatch.create(segment, "latch", 2);
        start("count down");
        start("count down");

        goAndFinish();
        latch.await();
        assertThat(latch.getCount()).isZero();
    }

    @Test
    void shouldRunOneTaskWhenProcessesBringOneEach() throws Exception {
        SharedOnce once = SharedOnce.create(segment, "once");
        SharedCounter counter = SharedCounter.create(segment, "counter");
        start("run once");
        start("run once");

        goAndFinish();
        assertThat(counter.get()).isEqualTo(1);
        assertThat(once.isDone()).isTrue();
    }

    @Test
    void shouldWaitUntilResetWhenAProcessIsKilledRunningItsTask() throws Exception {
        SharedOnce once = SharedOnce.create(segment, "once");
        ChildJvm child = start("die running");
        go(child);
        child.await("holding");
        child.kill();

        assertThat(once.isRunning()).isTrue();
        assertThat(once.await(Duration.ofMillis(2))).isFalse();
        once.reset();
        assertThat(once.tryRun(() -> {})).isTrue();
    }

    @Test
    void shouldLetProcessesGoWhenAnEventIsSignalled() throws Exception {
        SharedEvent event = SharedEvent.create(segment, "event", SharedEvent.Mode.AUTO);
        SharedCounter counter = SharedCounter.create(segment, "counter");
        go(start("await event"));
        go(start("await event"));
        await().until(() -> event.waiting() == 2);
        event.signal();
        await().until(() -> counter.get() == 1);
        event.signal();
        for (ChildJvm child : children) {
            child.await("done");
        }
        assertThat(counter.get()).isEqualTo(2);
        assertThat(event.isSignaled()).isFalse();
    }

    @Test
    void shouldLoseNothingWhenProcessesCount() throws Exception {
        SharedCounter counter = SharedCounter.create(segment, "counter");
        start("count", 50_000);
        start("count", 50_000);

        goAndFinish();
        assertThat(counter.get()).isEqualTo(100_000);
    }

    private ChildJvm start(Object... arguments) {
        ChildJvm child = ChildJvm.of(SyncChild.class).withArguments(segment.path()).withArguments(arguments).start();
        children.add(child);
        return child;
    }

    private static void go(ChildJvm child) throws InterruptedException {
        child.await("ready");
        child.send("go");
    }

    /** Lets all children begin at about the same time, and waits for all. */
    private void goAndFinish() throws InterruptedException {
        for (ChildJvm child : children) {
            child.await("ready");
        }
        for (ChildJvm child : children) {
            child.send("go");
        }
        for (ChildJvm child : children) {
            child.await("done");
            assertThat(child.join()).as("%s", child).isZero();
        }
    }
}
