package io.zeroipc.segment;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.RingReader;
import io.zeroipc.collection.RingWriter;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.collection.SharedStack;
import io.zeroipc.flow.Sample;
import io.zeroipc.flow.SharedChannel;
import io.zeroipc.flow.SharedEventStream;
import io.zeroipc.flow.SharedFuture;
import io.zeroipc.flow.SharedLazy;
import io.zeroipc.flow.SharedSignal;
import io.zeroipc.flow.SharedState;
import io.zeroipc.flow.SharedStream;
import io.zeroipc.flow.SharedTopic;
import io.zeroipc.flow.SourceSelector;
import io.zeroipc.flow.StateWriter;
import io.zeroipc.flow.StreamEmitter;
import io.zeroipc.flow.TopicPublisher;
import io.zeroipc.flow.TopicSubscriber;
import io.zeroipc.format.ParticipantsDescriptor;
import io.zeroipc.format.RwLockDescriptor;
import io.zeroipc.format.SemaphoreDescriptor;
import io.zeroipc.format.SignalDescriptor;
import io.zeroipc.format.StackDescriptor;
import io.zeroipc.format.TopicDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.os.Futex;
import io.zeroipc.segment.Source.Start;
import io.zeroipc.sync.SharedBarrier;
import io.zeroipc.sync.SharedEvent;
import io.zeroipc.sync.SharedLatch;
import io.zeroipc.sync.SharedMonitor;
import io.zeroipc.sync.SharedMutex;
import io.zeroipc.sync.SharedOnce;
import io.zeroipc.sync.SharedRwLock;
import io.zeroipc.sync.SharedSemaphore;
import io.zeroipc.test.PeerProcess;
import io.zeroipc.testing.EnabledWithNativeAccess;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.testing.Waiter;
import io.zeroipc.wait.Deadline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Whoever lets something arrive, or leave, wakes who sleeps for it, in each structure: nobody looks for the sleeper, neither the one
 * thread nor he himself after some time.
 */
@EnabledWithNativeAccess
class WakesTest {

    private static final Codec<Long> LONGS = Codecs.int64();
    private static final Duration DAY = Duration.ofDays(1);

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private Segment here;
    private Segment there;
    private long wakesBefore;
    private boolean relied = true;

    @BeforeEach
    void sleepForGood() {
        here = segments.create(1 << 16);
        there = segments.open(here);
        here.attachment().sleepFor(Deadline.FOREVER_NANOS, Deadline.FOREVER_NANOS);
        there.attachment().sleepFor(Deadline.FOREVER_NANOS, Deadline.FOREVER_NANOS);
        // Found out as ever, and not assumed: a look that came later would take it back.
        await().atMost(Duration.ofMinutes(2)).until(here.attachment()::doAllWake);
        wakesBefore = IdlePoller.wakes();
    }

    @AfterEach
    void nobodyWasLookedFor() {
        assertThat(here.attachment().doAllWake()).as("all wake").isEqualTo(relied);
        assertThat(IdlePoller.wakes()).as("wakes by the thread that looks").isEqualTo(wakesBefore);
    }

    private static void wakes(Callable<?> waiting, Waiter.Action release) throws Exception {
        try (Waiter<?> waiter = Waiter.of(waiting)) {
            await().until(waiter::isSleeping);
            release.run();
            Object _ = waiter.get();
        }
    }

    /**
     * One that was killed between the store and the wake, and whom another process has settled before this one looked: nothing of
     * him is left to be seen.
     */
    @Test
    @Tag("process")
    @Tag("slow")
    void shouldLookAgainWhenAParticipantIsGone() throws Exception {
        SharedQueue<Long> queue = SharedQueue.create(here, "queue", LONGS, 4);
        try (PeerProcess peer = PeerProcess.of(WatchedPeer.class).withArguments(here.path()).start()) {
            peer.await("open");
            await().until(() -> here.participants().size() == 2);
            await().atMost(Duration.ofMinutes(2)).until(here.attachment()::doAllWake);
            wakesBefore = IdlePoller.wakes();
            try (Waiter<Long> taking = Waiter.of(queue::take)) {
                await().until(taking::isSleeping);
                MemorySegment word = recovery().eventCount(here.blocks("queue").require("").offset(), false);
                Atomics.setIntRelease(word, 0, Atomics.getIntAcquire(word, 0) + ParticipantsDescriptor.WAITING);
                SharedQueue.open(there, "queue", LONGS).offer(4L);
                assertThat(taking.isDone()).isFalse();
                MemorySegment rows = membership().participants().memory();
                for (int row = 0; row < 2; row++) {
                    long offset = ParticipantsDescriptor.participant(row);
                    if (Atomics.getLong(rows, offset + ParticipantsDescriptor.PARTICIPANT_PID) == peer.pid()) {
                        Atomics.setLongRelease(rows, offset + ParticipantsDescriptor.PARTICIPANT_STATE, 0);
                    }
                }
                peer.kill();
                assertThat(taking.get()).isEqualTo(4);
            }
        }
    }

    /** More threads than there is room for announce nothing, and wake all the same. */
    @Test
    @Tag("slow")
    void shouldRelyOnThoseWhoAnnounceNothing() {
        membership().participants().sayUnannounced();
        recovery().opened();
        assertThat(here.attachment().doAllWake()).isFalse();
        segments.open(here);
        await().atMost(Duration.ofMinutes(2)).until(here.attachment()::doAllWake);
        assertThat(recovery().mayBeForeign()).isTrue();
    }

    @Test
    void shouldNotRelyOnAProcessOfWhichASegmentTakesNoPart() {
        Segment declining = segments.track(Segment.at(here.path()).recovery(false).open());
        MemorySegment rows = membership().participants().memory();
        long state = Atomics.getLongAcquire(rows,
                ParticipantsDescriptor.participant(membership().participants().index())
                        + ParticipantsDescriptor.PARTICIPANT_STATE);
        assertThat(state & ParticipantsDescriptor.WAKES).isZero();
        assertThat(here.attachment().doAllWake()).isFalse();
        recovery().assumeThatAllWake();
        assertThat(here.attachment().doAllWake()).as("also when that was looked for at the same time").isFalse();
        declining.close();
        relied = false;
    }

    /** Whoever is interrupted takes nothing, and whoever takes after that is woken. */
    @Test
    void shouldMissNoWakeWhenThreadsAreInterruptedAllTheTime() throws Exception {
        SharedQueue<Long> queue = SharedQueue.create(here, "queue", LONGS, 2);
        SharedQueue<Long> other = SharedQueue.open(there, "queue", LONGS);
        AtomicLong interrupts = new AtomicLong();
        List<Waiter<Long>> taking = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            taking.add(Waiter.of(() -> {
                long sum = 0;
                while (sum < 3_000) {
                    try {
                        sum += other.take();
                    } catch (InterruptedException e) {
                        interrupts.incrementAndGet();
                    }
                }
                return sum;
            }));
        }
        try (Waiter<Boolean> putting = Waiter.running(() -> {
            for (int i = 0; i < 6_000; i++) {
                queue.put(1L);
            }
        })) {
            while (!putting.isDone() && interrupts.get() < 1_000) {
                taking.forEach(Waiter::interrupt);
                Thread.onSpinWait();
            }
            assertThat(putting.get()).isTrue();
            for (Waiter<Long> each : taking) {
                assertThat(each.get()).isEqualTo(3_000);
            }
        } finally {
            taking.forEach(Waiter::close);
        }
        assertThat(interrupts.get()).isPositive();
    }

    /** With a time that is over there is one look, and with one that never ends there is none of the clock's limits. */
    @Test
    void shouldWaitForTimesOfAllSizes() throws Exception {
        SharedQueue<Long> queue = SharedQueue.create(here, "queue", LONGS, 2);
        SharedQueue<Long> other = SharedQueue.open(there, "queue", LONGS);
        Duration longest = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);
        try (SourceSelector selector = new SourceSelector().on(other, _ -> {})
                .on(SharedStack.create(here, "stack", LONGS, 2), _ -> {})) {
            for (Duration none : List.of(Duration.ZERO, Duration.ofNanos(-1), longest.negated())) {
                assertThat(other.poll(none)).isNull();
                assertThat(selector.select(none)).isEqualTo(SourceSelector.Outcome.NOTHING);
            }
            wakes(() -> other.poll(longest), () -> queue.put(1L));
            wakes(() -> selector.select(longest), () -> queue.put(1L));
        }
    }

    private Recovery recovery() {
        return here.attachment().recovery(found -> found, () -> {
            throw new AssertionError("takes no part: " + here.participation());
        });
    }

    private Membership membership() {
        return Objects.requireNonNull(here.attachment().membership());
    }

    @Test
    void shouldWakeAtAQueue() throws Exception {
        SharedQueue<Long> queue = SharedQueue.create(here, "queue", LONGS, 4);
        SharedQueue<Long> other = SharedQueue.open(there, "queue", LONGS);
        wakes(other::take, () -> queue.offer(1L));
        wakes(() -> other.poll(DAY), () -> queue.put(1L));
        wakes(() -> other.asLongs().take(), () -> queue.offerAll(List.of(1L)));
        wakes(() -> other.asLongs().poll(DAY, 0), () -> queue.asLongs().offer(1));
        wakes(other::take, () -> queue.asLongs().offerAll(new long[] {1}, 0, 1));
        wakes(other::take, () -> queue.publish(queue.tryClaim()));
        long aborted = queue.tryClaim();
        queue.put(2L);
        wakes(other::take, () -> queue.abort(aborted));
        try (Intake<Long> intake = other.intake(Start.EARLIEST)) {
            wakes(intake::take, () -> queue.outlet().offer(1L));
        }
    }

    @Test
    void shouldWakeAtAFullQueue() throws Exception {
        SharedQueue<Long> queue = SharedQueue.create(here, "queue", LONGS, 2);
        SharedQueue<Long> other = SharedQueue.open(there, "queue", LONGS);
        queue.offerAll(List.of(1L, 2L));
        Waiter.Action putting = () -> other.put(3L);
        List<Waiter.Action> taking = List.of(queue::poll, queue::take, () -> queue.poll((_, _) -> {}),
                () -> queue.drainTo(_ -> {}, 1), () -> queue.drain((_, _) -> {}, 1), () -> queue.asLongs().poll(0),
                () -> queue.asLongs().drainTo(new long[1], 0, 1), () -> queue.release(queue.tryClaimNext()));
        for (Waiter.Action each : taking) {
            wakes(calling(putting), each);
        }
    }

    private static Callable<Boolean> calling(Waiter.Action action) {
        return () -> {
            action.run();
            return true;
        };
    }

    /** A batch goes on for as long as its consumer takes: those for whom there is room already do not wait for that. */
    @Test
    void shouldWakeAtAFullQueueInTheMiddleOfABatch() throws Exception {
        SharedQueue<Long> queue = SharedQueue.create(here, "queue", LONGS, 2);
        SharedQueue<Long> other = SharedQueue.open(there, "queue", LONGS);
        queue.offerAll(List.of(1L, 2L));
        try (Waiter<Boolean> putting = Waiter.running(() -> other.put(3L))) {
            await().until(putting::isSleeping);
            int[] seen = {0};
            queue.drain((_, _) -> {
                if (++seen[0] == 2) {
                    await().until(putting::isDone);
                }
            }, 2);
            assertThat(putting.get()).isTrue();
        }
    }

    @Test
    void shouldWakeAtARing() throws Exception {
        SharedRing<Long> ring = SharedRing.create(here, "ring", LONGS, 4);
        SharedRing<Long> other = SharedRing.open(there, "ring", LONGS);
        try (RingWriter<Long> writer = ring.writer();
                RingReader<Long> reader = other.reader();
                Intake<Long> cursor = ring.cursor(Start.LATEST)) {
            wakes(reader::take, () -> writer.offer(1L));
            wakes(() -> reader.poll(DAY), () -> writer.offerAll(List.of(1L)));
            wakes(() -> reader.asLongs().take(), () -> {
                assertThat(writer.tryClaim()).isNotNegative();
                writer.publish();
            });
            wakes(() -> reader.asLongs().poll(DAY, 0), () -> writer.asLongs().offer(1));
            while (cursor.poll() != null) {
                // Up to the end.
            }
            wakes(cursor::take, () -> writer.put(5L));
            assertThat(writer.offerAll(List.of(1L, 2L, 3L))).isEqualTo(3);
            List<Waiter.Action> taking = List.of(reader::poll, () -> reader.pollSlot((_, _) -> {}),
                    () -> reader.drainTo(_ -> {}, 1), () -> reader.asLongs().poll(0));
            for (Waiter.Action each : taking) {
                wakes(calling(() -> writer.put(3L)), each);
            }
        }
        try (RingWriter<Long> writer = ring.writer(); CommittingIntake<Long> intake = other.committingIntake()) {
            assertThat(intake.poll()).isEqualTo(3);
            wakes(calling(() -> writer.put(3L)), () -> intake.commit(intake.position()));
        }
    }

    @Test
    void shouldWakeAtAStack() throws Exception {
        SharedStack<Long> stack = SharedStack.create(here, "stack", LONGS, 2);
        SharedStack<Long> other = SharedStack.open(there, "stack", LONGS);
        wakes(() -> other.pop(DAY), () -> stack.push(1L));
        stack.push(1L);
        stack.push(2L);
        for (Waiter.Action each : List.<Waiter.Action>of(stack::pop, () -> stack.pop((_, _) -> {}),
                () -> stack.drainTo(_ -> {}, 1))) {
            wakes(() -> other.push(3L, DAY), each);
        }
    }

    /** There is room above the slot that another push has in hand, as soon as that one is done. */
    @Test
    void shouldWakeAPushThatWaitedForTheSlotOfAnother() throws Exception {
        SharedStack<Long> stack = SharedStack.create(here, "stack", LONGS, 4);
        SharedStack<Long> other = SharedStack.open(there, "stack", LONGS);
        MemorySegment block = here.blocks("stack").require("").memory();
        long state = StackDescriptor.statesOffset(4, Long.BYTES);
        Atomics.setIntRelease(block, state, StackDescriptor.WRITING);
        try (Waiter<Boolean> pushing = Waiter.of(() -> other.push(1L, DAY))) {
            await().until(pushing::isSleeping);
            Atomics.setIntRelease(block, state, StackDescriptor.EMPTY);
            assertThat(stack.push(2L)).isTrue();
            assertThat(pushing.get()).isTrue();
        }
    }

    @Test
    void shouldWakeAtAChannel() throws Exception {
        SharedChannel<Long> channel = SharedChannel.create(here, "channel", LONGS, 2);
        SharedChannel<Long> other = SharedChannel.open(there, "channel", LONGS);
        wakes(other::receive, () -> channel.trySend(1L));
        wakes(() -> other.tryReceive(DAY), () -> channel.trySendAll(List.of(1L)));
        channel.trySendAll(List.of(1L, 2L));
        wakes(calling(() -> other.send(1L)), channel::tryReceive);
        wakes(() -> other.trySend(1L, DAY), () -> channel.tryReceive((_, _) -> {}));
        wakes(() -> other.trySend(1L, DAY), () -> channel.drainTo(_ -> {}, 1));
        wakes(() -> other.trySend(1L, DAY), () -> {
            channel.close();
            channel.drainTo(_ -> {}, 1);
        });
        channel.drainTo(_ -> {}, 9);
    }

    @Test
    void shouldWakeWhereSenderAndReceiverMeet() throws Exception {
        SharedChannel<Long> channel = here.create("meet", SharedChannel.unbuffered(LONGS));
        SharedChannel<Long> other = SharedChannel.open(there, "meet", LONGS);
        wakes(other::receive, () -> channel.send(1L));
        wakes(() -> other.tryReceive(DAY), () -> channel.trySend(1L, DAY));
        wakes(calling(() -> channel.send(1L)), other::receive);
        wakes(() -> channel.trySend(1L, DAY), () -> other.tryReceive(DAY));
        wakes(() -> channel.trySend(1L, DAY), channel::close);
    }

    @Test
    void shouldWakeAtAStream() throws Exception {
        SharedStream<Long> stream = SharedStream.create(here, "stream", LONGS, 2, SharedStream.Mode.COMPETING);
        SharedStream<Long> other = SharedStream.open(there, "stream", LONGS);
        try (StreamEmitter<Long> emitter = stream.emitter(); Intake<Long> intake = other.intake(Start.EARLIEST)) {
            wakes(intake::take, () -> emitter.emit(1L));
            wakes(intake::take, () -> emitter.emitAll(List.of(1L)));
            emitter.emitAll(List.of(1L, 2L));
            wakes(calling(() -> emitter.put(1L)), intake::poll);
            wakes(calling(() -> emitter.put(1L)), () -> intake.pollSlot((_, _) -> {}));
            wakes(() -> emitter.emit(1L, DAY), () -> intake.drainTo(_ -> {}, 1));
            wakes(() -> emitter.emit(1L, DAY), other::close);
        }
        SharedStream<Long> broadcast = SharedStream.create(here, "broadcast", LONGS, 2, SharedStream.Mode.BROADCAST);
        try (Intake<Long> intake = SharedStream.open(there, "broadcast", LONGS).intake(Start.EARLIEST)) {
            wakes(intake::take, () -> broadcast.emit(1L));
            wakes(intake::take, broadcast::close);
        }
    }

    @Test
    void shouldWakeAtAValue() throws Exception {
        SharedState<Long> state = SharedState.create(here, "state", LONGS);
        SharedState<Long> otherState = SharedState.open(there, "state", LONGS);
        try (StateWriter<Long> writer = state.writer(); Intake<Long> intake = otherState.intake(Start.LATEST)) {
            wakes(() -> otherState.awaitChange(0, DAY), () -> writer.set(1L));
            wakes(() -> otherState.awaitChange(1, DAY), () -> writer.setLong(1L));
            wakes(() -> otherState.awaitChange(2, DAY), () -> {
                assertThat(writer.claim()).isNotNegative();
                writer.publish();
            });
            while (intake.poll() != null) {
                // Up to the last.
            }
            wakes(intake::take, () -> writer.set(4L));
        }
        SharedSignal<Long> signal = SharedSignal.create(here, "signal", LONGS, 0L);
        SharedSignal<Long> other = SharedSignal.open(there, "signal", LONGS);
        try (Intake<Long> intake = other.intake(Start.LATEST)) {
            while (intake.poll() != null) {
                // Up to the last.
            }
            wakes(() -> other.awaitChange(other.version()), () -> signal.set(1L));
            wakes(() -> other.awaitChange(other.version(), DAY), () -> signal.trySet(1L));
            wakes(() -> other.awaitChange(other.version()), () -> signal.update(before -> before + 1));
            wakes(() -> other.awaitChange(other.version()), () -> signal.setIfVersion(signal.version(), 7L));
            while (intake.poll() != null) {
                // Up to the last.
            }
            wakes(intake::take, () -> signal.outlet().offer(9L));
        }
        SharedEventStream events = SharedEventStream.create(here, "events");
        SharedEventStream otherEvents = SharedEventStream.open(there, "events");
        wakes(() -> otherEvents.awaitMore(0, DAY), events::emit);
        wakes(() -> otherEvents.awaitMore(1, DAY), events::close);
    }

    /** As between a new version and the end of the change, if the processor is taken from the writer there. */
    @Test
    void shouldWakeWhoHasFoundASignalLocked() throws Exception {
        SharedSignal<Long> signal = SharedSignal.create(here, "signal", LONGS, 0L);
        try (Intake<Long> intake = SharedSignal.open(there, "signal", LONGS).intake(Start.LATEST)) {
            SharedMutex mutex = SharedMutex.open(here, "signal" + SignalDescriptor.MUTEX_SUFFIX);
            mutex.lock();
            Atomics.getAndAddLong(here.blocks("signal").require(SignalDescriptor.STATE_SUFFIX).memory(),
                    SignalDescriptor.VERSION_OFFSET, 1);
            wakes(intake::take, signal::breakLock);
        }
    }

    @Test
    void shouldWakeAtAComputation() throws Exception {
        SharedFuture<Long> future = SharedFuture.create(here, "future", LONGS);
        wakes(SharedFuture.open(there, "future", LONGS)::get, () -> future.complete(1L));
        SharedFuture<Long> failing = SharedFuture.create(here, "failing", LONGS);
        SharedFuture<Long> otherFailing = SharedFuture.open(there, "failing", LONGS);
        wakes(() -> assertThatExceptionOfType(ExecutionException.class).isThrownBy(otherFailing::get),
                () -> failing.completeExceptionally("no"));
        SharedLazy<Long> lazy = SharedLazy.create(here, "lazy", LONGS);
        SharedLazy<Long> otherLazy = SharedLazy.open(there, "lazy", LONGS);
        SharedLatch gate = SharedLatch.create(here, "gate", 2);
        try (Waiter<Long> computing = Waiter.of(() -> lazy.get(() -> {
            gate.countDown();
            await().until(gate::isOpen);
            return 3L;
        }))) {
            await().until(() -> gate.getCount() == 1);
            wakes(() -> otherLazy.get(() -> 5L), gate::countDown);
            assertThat(computing.get()).isEqualTo(3);
        }
        SharedOnce once = SharedOnce.create(here, "once");
        SharedOnce otherOnce = SharedOnce.open(there, "once");
        wakes(calling(otherOnce::await), () -> once.run(() -> {}));
        once.reset();
        SharedLatch hold = SharedLatch.create(here, "hold", 1);
        try (Waiter<Boolean> running = Waiter.of(() -> once.run(() -> await().until(hold::isOpen)))) {
            await().until(once::isRunning);
            wakes(() -> otherOnce.run(() -> {}), hold::countDown);
            assertThat(running.get()).isTrue();
        }
    }

    @Test
    void shouldWakeWhoSelectsFromSeveral() throws Exception {
        assertThat(Futex.canAwaitAny()).isTrue();
        SharedQueue<Long> queue = SharedQueue.create(here, "queue", LONGS, 4);
        SharedStack<Long> stack = SharedStack.create(here, "stack", LONGS, 4);
        SharedChannel<Long> channel = SharedChannel.create(there, "channel", LONGS, 4);
        List<Long> seen = new ArrayList<>();
        try (SourceSelector selector = new SourceSelector().on(SharedQueue.open(there, "queue", LONGS), seen::add)
                .on(SharedStack.open(there, "stack", LONGS), seen::add)
                .on(SharedChannel.open(here, "channel", LONGS), seen::add)) {
            wakes(selector::select, () -> queue.put(1L));
            wakes(selector::select, () -> stack.push(2L));
            wakes(() -> selector.select(DAY), () -> channel.send(3L));
            assertThat(seen).containsExactly(1L, 2L, 3L);
            assertThat(selector.select(Duration.ofMillis(3))).isEqualTo(SourceSelector.Outcome.NOTHING);
            try (Waiter<?> selecting = Waiter.of(selector::select)) {
                await().until(selecting::isSleeping);
                selecting.interrupt();
                assertThat(selecting.failure()).isInstanceOf(InterruptedException.class);
            }
            wakes(selector::select, () -> queue.put(4L));
            try (Waiter<?> selecting = Waiter.of(selector::select)) {
                await().until(selecting::isSleeping);
                there.close();
                assertThat(selecting.failure()).hasMessageStartingWith("segment is closed");
            }
        }
    }

    /** Each waits for the other one after each element, at two places: a wake that goes missing ends the test. */
    @Test
    void shouldMissNoWakeOfSeveral() throws Exception {
        List<SharedQueue<Long>> queues = new ArrayList<>();
        SharedQueue<Long> back = SharedQueue.create(here, "back", LONGS, 1);
        long[] sum = {0};
        try (SourceSelector selector = new SourceSelector()) {
            for (String name : List.of("one", "other")) {
                queues.add(SharedQueue.create(here, name, LONGS, 2));
                selector.on(SharedQueue.open(there, name, LONGS), element -> sum[0] += element);
            }
            try (Waiter<Boolean> selecting = Waiter.running(() -> {
                for (int i = 0; i < 5_000; i++) {
                    assertThat(selector.select()).isEqualTo(SourceSelector.Outcome.SELECTED);
                    back.put(1L);
                }
            })) {
                for (int i = 0; i < 5_000; i++) {
                    queues.get(i % 2).put(2L);
                    assertThat(back.take()).isEqualTo(1);
                }
                assertThat(selecting.get()).isTrue();
            }
        }
        assertThat(sum[0]).isEqualTo(10_000);
    }

    @Test
    void shouldWakeAtALock() throws Exception {
        SharedMutex mutex = SharedMutex.create(here, "mutex");
        SharedMutex otherMutex = SharedMutex.open(there, "mutex");
        mutex.lock();
        wakes(calling(otherMutex::lock), mutex::unlock);
        assertThat(otherMutex.isLocked()).isTrue();
    }

    @Test
    void shouldWakeAtAReadWriteLock() throws Exception {
        SharedRwLock lock = SharedRwLock.create(here, "lock");
        SharedRwLock other = SharedRwLock.open(there, "lock");
        lock.writeLock().lock();
        wakes(calling(other.readLock()::lock), lock.writeLock()::unlock);
        wakes(calling(lock.writeLock()::lock), other.readLock()::unlock);
        wakes(calling(other.writeLock()::lock), lock.writeLock()::unlock);
        wakes(calling(lock.readLock()::lock), lock::reset);
        other.readLock().unlock();
        // One that gives up lets the readers in for which it waited.
        lock.readLock().lock();
        try (Waiter<Boolean> writing = Waiter.running(other.writeLock()::lock)) {
            await().until(other::isWriteLocked);
            await().until(writing::isSleeping);
            wakes(calling(lock.readLock()::lock), writing::interrupt);
            assertThat(writing.failure()).isInstanceOf(InterruptedException.class);
        }
    }

    /** As a reader of another language leaves it that is killed on its way. */
    @Test
    void shouldWakeAtAReadWriteLockWhenTheMutexOfReadersIsGivenBack() throws Exception {
        SharedRwLock lock = SharedRwLock.create(here, "lock");
        SharedRwLock other = SharedRwLock.open(there, "lock");
        MemorySegment mutex = here.blocks("lock").require(RwLockDescriptor.READER_MUTEX_SUFFIX).memory();
        Atomics.setIntRelease(mutex, SemaphoreDescriptor.COUNT_OFFSET, 0);
        wakes(calling(other.writeLock()::lock), lock.readLock()::unlock);
        other.writeLock().unlock();
        Atomics.setIntRelease(mutex, SemaphoreDescriptor.COUNT_OFFSET, 0);
        wakes(calling(other.readLock()::lock), lock.readLock()::unlock);
    }

    @Test
    void shouldWakeAtATopic() throws Exception {
        SharedTopic topic = SharedTopic.create(here, "topic", 1, 64);
        TopicPublisher publisher = topic.publisher();
        try (TopicSubscriber subscriber = SharedTopic.open(there, "topic").subscribe()) {
            wakes(calling(() -> subscriber.receive().close()), () -> publisher.requireLoan(1).send());
            wakes(calling(() -> Objects.requireNonNull(subscriber.tryReceive(DAY)).close()),
                    () -> publisher.requireLoan(1).send());
        }
        Callable<?> loaning = calling(() -> SharedTopic.open(there, "topic").publisher().loan(1).close());
        wakes(loaning, publisher.requireLoan(1)::close);
        wakes(loaning, publisher.requireLoan(1)::send);
        TopicSubscriber reader = topic.subscribe();
        publisher.requireLoan(1).send();
        wakes(loaning, Objects.requireNonNull(reader.tryReceive())::close);
        publisher.requireLoan(1).send();
        MemorySegment block = here.blocks("topic").require("").memory();
        Atomics.putLong(block, TopicDescriptor.layout(block).chunk(0) + TopicDescriptor.SIZE, -1);
        wakes(loaning, () -> assertThatExceptionOfType(ZeroIpcException.class).isThrownBy(reader::tryReceive));
        publisher.requireLoan(1).send();
        wakes(loaning, reader::close);
        TopicSubscriber waiting = topic.subscribe();
        wakes(() -> assertThatExceptionOfType(IllegalStateException.class).isThrownBy(waiting::receive),
                waiting::close);
    }

    @Test
    void shouldWakeAtATopicWhenASubscriberStopsThatReads() throws Exception {
        SharedTopic topic = SharedTopic.create(here, "topic", 2, 64);
        Callable<?> loaning = calling(() -> SharedTopic.open(there, "topic").publisher().loan(1).close());
        TopicSubscriber reader = topic.subscribe();
        topic.publisher().requireLoan(1).send();
        topic.publisher().requireLoan(1).send();
        try (Sample _ = Objects.requireNonNull(reader.tryReceive())) {
            wakes(loaning, reader::close);
        }
        Segment closing = segments.open(here);
        SharedTopic.open(closing, "topic").subscribe();
        topic.publisher().requireLoan(1).send();
        topic.publisher().requireLoan(1).send();
        wakes(loaning, closing::close);
    }

    @Test
    void shouldWakeAtAMeeting() throws Exception {
        SharedSemaphore semaphore = SharedSemaphore.create(here, "semaphore", 0);
        SharedSemaphore otherSemaphore = SharedSemaphore.open(there, "semaphore");
        wakes(calling(otherSemaphore::acquire), semaphore::release);
        wakes(() -> otherSemaphore.tryAcquire(DAY), () -> semaphore.release(1));
        wakes(otherSemaphore::hold, semaphore::release);
        SharedLatch latch = SharedLatch.create(here, "latch", 2);
        wakes(calling(SharedLatch.open(there, "latch")::await), () -> latch.countDown(2));
        SharedBarrier barrier = SharedBarrier.create(here, "barrier", 2);
        SharedBarrier otherBarrier = SharedBarrier.open(there, "barrier");
        wakes(calling(otherBarrier::await), barrier::await);
        wakes(() -> otherBarrier.await(DAY), barrier::await);
    }

    @Test
    void shouldWakeAtAnEvent() throws Exception {
        for (SharedEvent.Mode mode : SharedEvent.Mode.values()) {
            SharedEvent event = SharedEvent.create(here, "event-" + mode, mode);
            SharedEvent other = SharedEvent.open(there, "event-" + mode);
            wakes(calling(other::await), event::signal);
            event.reset();
            wakes(calling(other::await), event::pulse);
            event.reset();
            List<Waiter<Boolean>> waiters = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                waiters.add(Waiter.running(other::await));
            }
            await().until(() -> waiters.stream().allMatch(Waiter::isSleeping));
            for (int i = 0; i < 3; i++) {
                event.signal();
            }
            for (Waiter<Boolean> each : waiters) {
                assertThat(each.get()).isTrue();
            }
        }
    }

    @Test
    void shouldWakeAtAMonitor() throws Exception {
        SharedMonitor monitor = SharedMonitor.create(here, "monitor");
        SharedMonitor other = SharedMonitor.open(there, "monitor");
        Waiter.Action waiting = () -> {
            other.lock();
            try {
                other.await();
            } finally {
                other.unlock();
            }
        };
        for (Waiter.Action signal : List.<Waiter.Action>of(monitor::signal, monitor::signalAll)) {
            wakes(calling(waiting), () -> {
                await().until(() -> monitor.waiting() == 1);
                monitor.lock();
                signal.run();
                monitor.unlock();
            });
        }
        monitor.lock();
        wakes(calling(other::lock), monitor::unlock);
    }
}
