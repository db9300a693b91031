package io.zeroipc.segment;

import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.SegmentDetachedException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.RingReader;
import io.zeroipc.collection.RingWriter;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.flow.SharedChannel;
import io.zeroipc.flow.SharedSignal;
import io.zeroipc.format.ParticipantsDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.sync.SharedEvent;
import io.zeroipc.sync.SharedLatch;
import io.zeroipc.sync.SharedMutex;
import io.zeroipc.sync.SharedSemaphore;
import io.zeroipc.testing.EnabledWithNativeAccess;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.testing.Waiter;
import io.zeroipc.wait.Deadline;
import io.zeroipc.wait.WaitStrategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/** Threads that sleep until they are woken: for good, if a wake goes missing. */
@EnabledWithNativeAccess
class EventCountTest {

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private Segment here;
    private Segment there;

    @BeforeEach
    void sleepForGood() {
        here = segments.create(1 << 16);
        there = segments.open(here);
        for (Segment each : List.of(here, there)) {
            each.attachment().sleepFor(Deadline.FOREVER_NANOS, Deadline.FOREVER_NANOS);
        }
        recovery(here).assumeThatAllWake();
    }

    private static Recovery recovery(Segment segment) {
        return segment.attachment().recovery(found -> found, () -> {
            throw new AssertionError("takes no part: " + segment.participation());
        });
    }

    @Test
    void shouldWakeWhoSleepsAndLeaveNothingBehind() throws Exception {
        SharedQueue<Long> queue = SharedQueue.create(here, "queue", Codecs.int64(), 4);
        SharedQueue<Long> other = SharedQueue.open(there, "queue", Codecs.int64());
        assertThat(isWaitedFor()).isFalse();
        try (Waiter<Long> taking = Waiter.of(other::take)) {
            await().until(() -> taking.isSleeping() && isWaitedFor());
            queue.put(7L);
            assertThat(taking.get()).isEqualTo(7);
        }
        assertThat(isWaitedFor()).isFalse();
        // More than once, as the thread that looks for those who open the file may count as well.
        await().until(() -> {
            int before = word();
            queue.put(8L);
            boolean untouched = word() == before;
            queue.take();
            return untouched;
        });
    }

    /** As if both had looked before what the other one stored could be seen. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldLookOnceMoreSoonWhenAWakeGetsLost(boolean atSeveral) throws Exception {
        sleepFor(1);
        EventCount arrivals = SharedQueue.create(here, "queue", Codecs.int64(), 4).arrivals();
        AtomicBoolean arrived = new AtomicBoolean();
        BooleanSupplier attempt = () -> arrived.getAndSet(isWaitedFor());
        EventCounts both = new EventCounts(
                List.of(arrivals, SharedQueue.create(there, "other", Codecs.int64(), 4).arrivals()));
        try (Waiter<Boolean> waiting = Waiter.of(() -> {
            int attempts = 0;
            while (!attempt.getAsBoolean()) {
                attempts = atSeveral
                        ? both.pause(Deadline.never(), attempts)
                        : arrivals.pause(Deadline.never(), attempts);
            }
            return true;
        })) {
            assertThat(waiting.get()).isTrue();
        }
    }

    /** What a number was in an earlier wait says nothing to the next one: it may be the same again, as the permits of a lock. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldNotSleepOnWhatWasPreparedForAnEarlierWait(boolean virtual) throws Exception {
        EventCount released = new EventCount(here.attachment(), null, () -> 1);
        Thread waiting = (virtual ? Thread.ofVirtual() : Thread.ofPlatform()).start(() -> {
            try {
                for (int wait = 0; wait < 2; wait++) {
                    int attempts = 0;
                    int before = -1;
                    // Until it has prepared to sleep. The attempt behind that is no vain one.
                    while (attempts > before) {
                        before = attempts;
                        attempts = released.pause(Deadline.never(), before);
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        boolean ended = waiting.join(Duration.ofMinutes(1));
        waiting.interrupt();
        waiting.join();
        assertThat(ended).isTrue();
    }

    private void sleepFor(long firstNanos) {
        for (Segment each : List.of(here, there)) {
            each.attachment().sleepFor(firstNanos, Deadline.FOREVER_NANOS);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldStayAnnouncedWhenItSleepsAgain(boolean atSeveral) throws Exception {
        sleepFor(1);
        SharedQueue<Long> queue = SharedQueue.create(here, "queue", Codecs.int64(), 4);
        SharedQueue<Long> other = SharedQueue.open(there, "queue", Codecs.int64());
        EventCounts both = new EventCounts(
                List.of(other.arrivals(), SharedQueue.create(there, "other", Codecs.int64(), 4).arrivals()));
        AtomicInteger inVain = new AtomicInteger();
        try (Waiter<Long> taking = Waiter.of(() -> {
            int attempts = 0;
            while (true) {
                Long element = other.poll();
                if (element != null) {
                    return element;
                }
                attempts = atSeveral
                        ? both.pause(Deadline.never(), attempts)
                        : other.arrivals().pause(Deadline.never(), attempts);
                inVain.addAndGet(isWaitedFor() ? 1 : 0);
            }
        })) {
            await().until(() -> inVain.get() > 3);
            int announced = word();
            queue.put(7L);
            assertThat(taking.get()).isEqualTo(7);
            assertThat(word()).isEqualTo((announced | ParticipantsDescriptor.WAITING) + 1);
        }
    }

    private boolean isWaitedFor() {
        return (word() & ParticipantsDescriptor.WAITING) != 0;
    }

    private int word() {
        return Atomics.getIntAcquire(
                recovery(here).eventCount(here.blocks("queue").require("").offset(), false), 0);
    }

    /** Each waits for the other one after each element: a wake that goes missing ends the test. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldMissNoWakeWhenTheyWaitForEachOther(int capacity) throws Exception {
        SharedQueue<Long> queue = SharedQueue.create(here, "there", Codecs.int64(), capacity);
        SharedQueue<Long> back = SharedQueue.create(there, "back", Codecs.int64(), capacity);
        SharedQueue<Long> other = SharedQueue.open(there, "there", Codecs.int64());
        SharedQueue<Long> otherBack = SharedQueue.open(here, "back", Codecs.int64());
        long rounds = 20_000;
        try (Waiter<Boolean> answering = Waiter.running(() -> {
            for (long i = 0; i < rounds; i++) {
                back.put(other.take());
            }
        })) {
            for (long i = 0; i < rounds; i++) {
                queue.put(i);
                assertThat(otherBack.take()).isEqualTo(i);
            }
            assertThat(answering.get()).isTrue();
        }
    }

    @Test
    void shouldWakeProducersWhenThereIsRoom() throws Exception {
        SharedQueue<Long> queue = SharedQueue.create(here, "queue", Codecs.int64(), 2);
        SharedQueue<Long> other = SharedQueue.open(there, "queue", Codecs.int64());
        long each = 5_000;
        List<Waiter<Boolean>> producers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            producers.add(Waiter.running(() -> {
                for (long element = 0; element < each; element++) {
                    other.put(element);
                }
            }));
        }
        long sum = 0;
        for (long i = 0; i < 3 * each; i++) {
            sum += queue.take();
        }
        assertThat(sum).isEqualTo(3 * (each * (each - 1) / 2));
        for (Waiter<Boolean> producer : producers) {
            producer.close();
            assertThat(producer.get()).isTrue();
        }
    }

    @Test
    void shouldWakeBothSidesOfARing() throws Exception {
        SharedRing<Long> ring = here.create("ring", SharedRing.spec(Codecs.int64(), 2));
        SharedRing<Long> other = there.open("ring", SharedRing.spec(Codecs.int64(), 2));
        try (RingWriter<Long> writer = ring.writer();
                RingReader<Long> reader = other.reader();
                Waiter<Boolean> writing = Waiter.running(() -> {
                    for (long i = 0; i < 20_000; i++) {
                        assertThat(writer.offer(i, Duration.ofDays(1))).isTrue();
                    }
                })) {
            for (long i = 0; i < 20_000; i++) {
                assertThat(reader.take()).isEqualTo(i);
            }
            assertThat(writing.get()).isTrue();
        }
    }

    @Test
    void shouldWakeReceiversWhenTheChannelIsClosed() throws Exception {
        for (SharedChannel<Long> channel : List.of(SharedChannel.create(here, "buffered", Codecs.int64(), 2),
                here.create("unbuffered", SharedChannel.unbuffered(Codecs.int64())))) {
            SharedChannel<Long> other = SharedChannel.open(there, channel.name(), Codecs.int64());
            try (Waiter<Long> receiving = Waiter.of(other::receive)) {
                await().until(receiving::isSleeping);
                channel.close();
                assertThat(receiving.get()).isNull();
            }
        }
    }

    @Test
    void shouldMeetThroughAnUnbufferedChannel() throws Exception {
        SharedChannel<Long> channel = here.create("unbuffered", SharedChannel.unbuffered(Codecs.int64()));
        SharedChannel<Long> other = SharedChannel.open(there, "unbuffered", Codecs.int64());
        try (Waiter<Boolean> sending = Waiter.running(() -> {
            for (long i = 0; i < 5_000; i++) {
                channel.send(i);
            }
        })) {
            for (long i = 0; i < 5_000; i++) {
                assertThat(other.receive()).isEqualTo(i);
            }
            assertThat(sending.get()).isTrue();
        }
    }

    @Test
    void shouldPassALockOnToWhoSleeps() throws Exception {
        SharedMutex mutex = SharedMutex.create(here, "mutex");
        SharedMutex other = SharedMutex.open(there, "mutex");
        long[] count = {0};
        List<Waiter<Boolean>> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            SharedMutex each = i % 2 == 0 ? mutex : other;
            threads.add(Waiter.running(() -> {
                for (int round = 0; round < 2_000; round++) {
                    each.lock();
                    count[0]++;
                    each.unlock();
                }
            }));
        }
        for (Waiter<Boolean> thread : threads) {
            assertThat(thread.get()).isTrue();
        }
        assertThat(count[0]).isEqualTo(8_000);
    }

    @Test
    void shouldWakeWhoWaitsForASignalAPermitAnEventOrALatch() throws Exception {
        SharedSemaphore semaphore = SharedSemaphore.create(here, "semaphore", 0);
        SharedEvent manual = here.create("manual", SharedEvent.spec(SharedEvent.Mode.MANUAL));
        SharedEvent auto = here.create("auto", SharedEvent.spec(SharedEvent.Mode.AUTO));
        SharedLatch latch = SharedLatch.create(here, "latch", 1);
        SharedSignal<Long> signal = SharedSignal.create(here, "signal", Codecs.int64(), 0L);
        try (Waiter<Boolean> one = Waiter.running(SharedSemaphore.open(there, "semaphore")::acquire);
                Waiter<Boolean> two = Waiter.running(SharedEvent.open(there, "manual")::await);
                Waiter<Boolean> three = Waiter.running(SharedEvent.open(there, "auto")::await);
                Waiter<Boolean> four = Waiter.running(SharedLatch.open(there, "latch")::await);
                Waiter<Boolean> five = Waiter.running(
                        () -> SharedSignal.open(there, "signal", Codecs.int64()).awaitChange(0))) {
            List<Waiter<Boolean>> all = List.of(one, two, three, four, five);
            await().until(() -> all.stream().allMatch(Waiter::isSleeping));
            semaphore.release();
            manual.signal();
            auto.signal();
            latch.countDown();
            signal.set(1L);
            for (Waiter<Boolean> each : all) {
                assertThat(each.get()).isTrue();
            }
        }
    }

    // what ends a sleep besides

    @Test
    void shouldEndAtAnInterruptAndSleepAgainAfterIt() throws Exception {
        SharedQueue<Long> queue = SharedQueue.create(here, "queue", Codecs.int64(), 4);
        try (Waiter<Long> taking = Waiter.of(() -> {
            try {
                return queue.take();
            } catch (InterruptedException e) {
                return -queue.take();
            }
        })) {
            await().until(taking::isSleeping);
            taking.interrupt();
            queue.departures().advance();
            SharedQueue.open(there, "queue", Codecs.int64()).put(3L);
            assertThat(taking.get()).isIn(3L, -3L);
        }
        try (Waiter<Long> taking = Waiter.of(queue::take)) {
            await().until(taking::isSleeping);
            taking.interrupt();
            assertThat(taking.failure()).isInstanceOf(InterruptedException.class);
        }
    }

    @Test
    void shouldEndWhenTheTimeIsOver() throws Exception {
        SharedQueue<Long> queue = SharedQueue.create(here, "queue", Codecs.int64(), 4);
        assertThat(queue.poll(Duration.ofMillis(3))).isNull();
        assertThat(queue.arrivals().await(() -> false, Deadline.after(Duration.ofMillis(3)))).isFalse();
    }

    @Test
    void shouldEndWhenTheSegmentIsClosed() throws Exception {
        SharedQueue<Long> queue = SharedQueue.create(here, "queue", Codecs.int64(), 4);
        try (Waiter<Long> taking = Waiter.of(queue::take)) {
            await().until(taking::isSleeping);
            here.close();
            assertThat(taking.failure()).hasMessageStartingWith("segment is closed");
        }
    }

    @Test
    void shouldEndWhenTheFileIsRemoved() throws Exception {
        SharedQueue<Long> queue = SharedQueue.create(here, "queue", Codecs.int64(), 4);
        try (Waiter<Long> taking = Waiter.of(queue::take)) {
            await().until(taking::isSleeping);
            Files.delete(here.path());
            assertThatExceptionOfType(SegmentDetachedException.class).isThrownBy(here.attachment()::verify);
            assertThat(taking.failure()).isInstanceOf(SegmentDetachedException.class);
        }
    }

    @Test
    void shouldLookAgainWhenItIsRoused() throws Exception {
        EventCount arrivals = SharedQueue.create(here, "queue", Codecs.int64(), 4).arrivals();
        boolean[] stop = {false};
        try (Waiter<Boolean> waiting = Waiter.of(() -> arrivals.await(() -> {
            synchronized (stop) {
                return stop[0];
            }
        }, Deadline.never()))) {
            await().until(waiting::isSleeping);
            synchronized (stop) {
                stop[0] = true;
            }
            arrivals.rouse();
            assertThat(waiting.get()).isTrue();
        }
    }

    // who wakes nobody

    @Test
    void shouldBeLookedForWhenSomebodyMayBeThereWhoWakesNobody() throws Exception {
        SharedQueue<Long> queue = SharedQueue.create(here, "queue", Codecs.int64(), 4);
        try (Waiter<Long> taking = Waiter.of(queue::take)) {
            await().until(taking::isSleeping);
            assertThat(here.attachment().doAllWake()).isTrue();
            recovery(here).opened();
            assertThat(here.attachment().doAllWake()).isFalse();
            // As a program does that wakes nobody.
            Segment foreign = segments.track(Segment.at(here.path()).recovery(false).open());
            SharedQueue.open(foreign, "queue", Codecs.int64()).put(9L);
            assertThat(taking.get()).isEqualTo(9);
        }
    }

    @Test
    void shouldSleepInNoOtherStrategyAndInNoVirtualThread() throws Exception {
        Segment spinning = segments.track(Segment.at(here.path()).waitStrategy(WaitStrategy.park()).open());
        SharedQueue<Long> queue = SharedQueue.create(here, "queue", Codecs.int64(), 4);
        SharedQueue<Long> other = SharedQueue.open(spinning, "queue", Codecs.int64());
        Thread virtual = Thread.ofVirtual().start(() -> {
            try {
                queue.take();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        try (Waiter<Long> taking = Waiter.of(other::take)) {
            await().until(taking::isSleeping);
            assertThat(isWaitedFor()).isFalse();
            queue.put(1L);
            queue.put(2L);
            assertThat(taking.get()).isIn(1L, 2L);
        }
        virtual.join();
        assertThat(isWaitedFor()).isFalse();
    }
}
