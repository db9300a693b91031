package io.zeroipc.sync;

import java.time.Duration;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.zeroipc.LockLostException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.segment.Segment;
import io.zeroipc.test.PeerProcess;
import io.zeroipc.testing.EnabledWithNativeAccess;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.testing.Waiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What a killed process leaves, as the pages of docs/format tell it. */
@Tag("process")
// The children are the same whichever way this JVM runs: once is enough.
@EnabledWithNativeAccess
class SyncKillTest {

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private Segment segment;

    @BeforeEach
    void create() {
        segment = segments.create(1 << 14);
    }

    @Test
    void shouldGetThePermitBackWhenSomebodyReleasesItForAKilledProcess() throws Exception {
        SharedSemaphore semaphore = segment.create("semaphore", SharedSemaphore.spec(1, 1));
        try (PeerProcess holder = start("acquire")) {
            holder.await("holding");
            try (Waiter<Boolean> waiter = Waiter.running(semaphore::acquire)) {
                await().until(() -> semaphore.waiting() == 1);
                holder.kill();
                assertThat(semaphore.tryAcquire()).isFalse();
                semaphore.release();
                assertThat(waiter.get()).isTrue();
            }
        }
        assertThat(semaphore.waiting()).isZero();
    }

    @Test
    void shouldMeetWithoutItWhenAProcessIsKilledAfterItArrived() throws Exception {
        SharedBarrier barrier = SharedBarrier.create(segment, "barrier", 2);
        SharedArray.create(segment, "array", Codecs.int64(), 1);
        try (PeerProcess child = start("meet|0|1")) {
            await().until(() -> barrier.arrived() == 1);
            child.kill();
        }
        barrier.await();
        assertThat(barrier.generation()).isEqualTo(1);
    }

    @Test
    void shouldWaitUntilResetWhenAProcessIsKilledRunningItsTask() throws Exception {
        SharedOnce once = SharedOnce.create(segment, "once");
        try (PeerProcess child = start("die running")) {
            child.await("holding");
            child.kill();
        }
        assertThat(once.isRunning()).isTrue();
        assertThat(once.await(Duration.ofMillis(2))).isFalse();
        once.reset();
        assertThat(once.tryRun(() -> {})).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void shouldForgetTheWaitingThreadsOfAKilledProcess(SharedEvent.Mode mode) throws Exception {
        SharedEvent event = SharedEvent.create(segment, "event", mode);
        SharedCounter.create(segment, "counter");
        for (int i = 0; i < 2; i++) {
            try (PeerProcess child = start("await event")) {
                await().until(() -> event.waiting() == 1);
                child.kill();
            }
            assertThat(event.waiting()).isZero();
        }
        assertThat(event.pulse(Duration.ZERO)).isTrue();
        event.signal();
        event.signal();
        assertThat(event.await(Duration.ZERO)).isTrue();
        assertThat(event.await(Duration.ZERO)).isEqualTo(mode == SharedEvent.Mode.MANUAL);
    }

    @Test
    void shouldSayThatTheLockIsLostWhenItsHolderIsKilledDuringAWait() throws Exception {
        SharedMonitor monitor = SharedMonitor.create(segment, "monitor");
        try (PeerProcess holder = start("lock monitor");
                Waiter<Boolean> waiter = Waiter.running(() -> {
                    try (Guard _ = monitor.guard()) {
                        monitor.awaitUntil(() -> false);
                    }
                })) {
            holder.await("holding");
            holder.kill();
            waiter.interrupt();
            assertThat(waiter.failure()).isInstanceOf(LockLostException.class);
        }
        assertThat(monitor.isLocked()).isTrue();
        monitor.unlock();
        assertThat(monitor.tryLock()).isTrue();
    }

    private PeerProcess start(String what) {
        PeerProcess child = PeerProcess.of(SyncChild.class).start();
        child.send(segment.path() + "|" + what);
        return child;
    }
}
