package io.zeroipc.segment;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedStack;
import io.zeroipc.format.ParticipantsDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Source.Start;
import io.zeroipc.testing.EnabledWithNativeAccess;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.wait.Deadline;
import io.zeroipc.wait.WaitStrategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/** Few threads that sleep for many: nobody else looks for these where all wake, neither once a millisecond nor once a second. */
class PollersTest {

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private final Pollers pollers = new Pollers(2, "test-pollers");
    private final List<Receiver> receivers = new ArrayList<>();

    @AfterEach
    void end() throws InterruptedException {
        for (Receiver each : receivers) {
            each.thread.interrupt();
            each.thread.join();
        }
        if (pollers.running() > 0) {
            pollers.leave();
        }
    }

    /** A virtual thread that takes one element after the other. */
    private final class Receiver {

        private final Intake<Long> intake;
        private final List<Long> received = new ArrayList<>();
        private volatile int count;
        private final AtomicReference<Throwable> failure = new AtomicReference<>();
        private final Thread thread;

        Receiver(Source<Long> source) {
            intake = source.intake(Start.EARLIEST);
            thread = Thread.ofVirtual().start(this::run);
            receivers.add(this);
        }

        private void run() {
            int attempts = 0;
            try {
                while (true) {
                    Long element = intake.poll();
                    if (element == null) {
                        attempts = intake.arrivals()
                                .pause(WaitStrategy.block(), Deadline.FOREVER_NANOS, attempts, pollers);
                    } else {
                        attempts = 0;
                        add(element);
                    }
                }
            } catch (InterruptedException | RuntimeException | Error e) {
                failure.set(e);
            }
        }

        private synchronized void add(Long element) {
            received.add(element);
            count = received.size();
        }

        synchronized List<Long> received() {
            return List.copyOf(received);
        }

        void awaitRest() {
            await().atMost(Duration.ofMinutes(1)).until(this::rests);
        }

        boolean rests() {
            return thread.getState() == Thread.State.WAITING;
        }
    }

    /** All at once: to look at each for itself takes a tenth of a second each. */
    private void awaitRestOfAll() {
        await().atMost(Duration.ofMinutes(1)).until(() -> receivers.stream().allMatch(Receiver::rests));
    }

    private Segment sleepingSegment(int entries) {
        Segment segment = segments
                .track(Segment.at(segments.path()).size(1 << 18).maxEntries(Math.max(entries, 1)).create());
        segment.attachment().sleepFor(Deadline.FOREVER_NANOS, Deadline.FOREVER_NANOS);
        await().atMost(Duration.ofMinutes(2)).until(segment.attachment()::doAllWake);
        return segment;
    }

    @Test
    void shouldRefuseNumbersThatCannotWork() {
        for (int threads : new int[] {-1, 0, Pollers.THREADS_MAX + 1}) {
            assertThatIllegalArgumentException().isThrownBy(() -> new Pollers(threads, "pollers"))
                    .withMessageContaining("threads=" + threads)
                    .withMessageContaining("1 to 64");
        }
    }

    @Test
    @EnabledWithNativeAccess
    void shouldWakeAtOneOfMany() {
        pollers.sleepForLong();
        pollers.join();
        int count = 300;
        Segment segment = sleepingSegment(count);
        long looks = IdlePoller.wakes();
        List<SharedQueue<Long>> queues = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            queues.add(SharedQueue.create(segment, "q" + i, Codecs.int64(), 4));
            Receiver _ = new Receiver(queues.getLast());
        }
        awaitRestOfAll();
        assertThat(pollers.running()).as("a call of the kernel takes 128 words").isGreaterThan(1).isLessThan(5);
        for (long turn = 0; turn < 3; turn++) {
            long element = turn;
            queues.forEach(queue -> queue.offer(element));
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> receivers.stream().allMatch(each -> each.received().size() == element + 1));
            awaitRestOfAll();
        }
        assertThat(receivers).allSatisfy(each -> assertThat(each.received()).containsExactly(0L, 1L, 2L));
        assertThat(IdlePoller.wakes()).isEqualTo(looks);
    }

    @Test
    @EnabledWithNativeAccess
    @Tag("slow")
    void shouldMissNothingThatComesWhileSomebodyFallsAsleep() {
        pollers.sleepForLong();
        pollers.join();
        Segment segment = sleepingSegment(2);
        SharedQueue<Long> there = SharedQueue.create(segment, "there", Codecs.int64(), 2);
        Receiver receiver = new Receiver(there);
        int count = 2_000;
        for (long i = 0; i < count; i++) {
            assertThat(there.offer(i)).isTrue();
            while (receiver.count <= i) {
                LockSupport.parkNanos(1_000);
            }
            // From before it looks for the last time to when it sleeps.
            for (long spin = 0; spin < i % 64 * 50; spin++) {
                Thread.onSpinWait();
            }
        }
        assertThat(receiver.received()).hasSize(count).isSorted();
    }

    /** Whatever nobody tells of. */
    @Test
    @EnabledWithNativeAccess
    void shouldFindOnceASecondWhatNobodyHasTold() {
        pollers.join();
        Segment segment = sleepingSegment(4);
        SharedQueue<Long> queue = SharedQueue.create(segment, "queue", Codecs.int64(), 4);
        Receiver receiver = new Receiver(queue);
        receiver.awaitRest();
        long looks = IdlePoller.wakes();
        MemorySegment word = segment.attachment().recovery(found -> found, () -> {
            throw new AssertionError("takes no part");
        }).eventCount(segment.blocks("queue").require("").offset(), false);
        // As if somebody had woken who sleeps there, and was killed before he could.
        Atomics.setIntRelease(word, 0, Atomics.getIntAcquire(word, 0) + ParticipantsDescriptor.WAITING);
        assertThat(queue.offer(7L)).isTrue();
        await().atMost(Duration.ofMinutes(1)).until(() -> receiver.received().equals(List.of(7L)));
        assertThat(IdlePoller.wakes()).isEqualTo(looks);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldServeWithWhateverThereIs(boolean joined) {
        if (joined) {
            pollers.join();
        }
        Segment segment = segments.track(Segment.at(segments.path()).size(1 << 16).create());
        SharedQueue<Long> queue = SharedQueue.create(segment, "queue", Codecs.int64(), 4);
        SharedStack<Long> stack = SharedStack.create(segment, "stack", Codecs.int64(), 4);
        Receiver ofQueue = new Receiver(queue);
        Receiver ofStack = new Receiver(stack);
        for (long i = 0; i < 5; i++) {
            int size = (int) i + 1;
            assertThat(queue.offer(i)).isTrue();
            assertThat(stack.push(i)).isTrue();
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> ofQueue.received().size() == size && ofStack.received().size() == size);
            await().pollDelay(Duration.ofMillis(20)).until(() -> true);
        }
    }

    @Test
    void shouldEndWaitsWithTheSegment() throws InterruptedException {
        pollers.join();
        Segment segment = segments.track(Segment.at(segments.path()).size(1 << 16).create());
        Receiver receiver = new Receiver(SharedQueue.create(segment, "queue", Codecs.int64(), 4));
        await().until(() -> receiver.thread.getState() != Thread.State.RUNNABLE);
        segment.close();
        receiver.thread.join();
        assertThat(receiver.failure.get()).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        // The place of the mapping that is gone does no harm.
        Segment next = segments.track(Segment.at(segments.path()).size(1 << 16).create());
        SharedQueue<Long> queue = SharedQueue.create(next, "queue", Codecs.int64(), 4);
        Receiver another = new Receiver(queue);
        assertThat(queue.offer(1L)).isTrue();
        await().until(() -> another.received().equals(List.of(1L)));
    }

    /** A file is often mapped where the one was that it replaces: who sleeps there does so at words of another one. */
    @Test
    @EnabledWithNativeAccess
    void shouldWakeWhereAnotherFileIsMappedThanBefore() throws InterruptedException {
        pollers.sleepForLong();
        pollers.join();
        for (long i = 0; i < 3; i++) {
            long element = i;
            Segment segment = sleepingSegment(4);
            SharedQueue<Long> queue = SharedQueue.create(segment, "queue", Codecs.int64(), 4);
            Receiver receiver = new Receiver(queue);
            receiver.awaitRest();
            assertThat(queue.offer(element)).isTrue();
            await().atMost(Duration.ofMinutes(1)).until(() -> receiver.received().equals(List.of(element)));
            receiver.awaitRest();
            segment.close();
            assertThat(receiver.thread.join(Duration.ofMinutes(1))).isTrue();
        }
    }

    @Test
    void shouldGoOnWithoutThoseWhoHaveLeft() {
        pollers.join();
        Segment segment = segments.track(Segment.at(segments.path()).size(1 << 16).create());
        SharedQueue<Long> queue = SharedQueue.create(segment, "queue", Codecs.int64(), 4);
        Receiver receiver = new Receiver(queue);
        await().until(() -> receiver.thread.getState() != Thread.State.RUNNABLE);
        pollers.leave();
        assertThat(pollers.running()).isZero();
        assertThat(queue.offer(1L)).isTrue();
        await().until(() -> receiver.received().equals(List.of(1L)));
        pollers.join();
        assertThat(queue.offer(2L)).isTrue();
        await().until(() -> receiver.received().equals(List.of(1L, 2L)));
    }

    /** Its threads are there from the first who joins to the last who leaves. */
    @Test
    void shouldRunWhileSomebodyHasJoined() {
        Pollers group = new Pollers(3, "counted-pollers");
        assertThat(threadsOf("counted-pollers")).isZero();
        group.join();
        group.join();
        assertThat(threadsOf("counted-pollers")).isEqualTo(3);
        group.leave();
        assertThat(threadsOf("counted-pollers")).isEqualTo(3);
        group.leave();
        await().until(() -> threadsOf("counted-pollers") == 0);
    }

    private static long threadsOf(String name) {
        return Thread.getAllStackTraces().keySet().stream().filter(each -> each.getName().startsWith(name)).count();
    }
}
