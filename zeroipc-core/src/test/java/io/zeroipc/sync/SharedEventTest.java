package io.zeroipc.sync;

import java.lang.foreign.MemorySegment;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.StructureMismatchException;
import io.zeroipc.format.EventDescriptor;
import io.zeroipc.format.SemaphoreDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.os.FileLocks;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Segment;
import io.zeroipc.sync.SharedEvent.Mode;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.testing.Waiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

class SharedEventTest {

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private Segment segment;
    private Segment second;

    @BeforeEach
    void create() {
        segment = segments.create(1 << 14);
        second = segments.open(segment);
    }

    @Test
    void shouldLetEverybodyGoUntilResetWhenManual() throws Exception {
        SharedEvent event = SharedEvent.create(segment, "e", Mode.MANUAL);
        SharedEvent other = SharedEvent.open(second, "e");
        try (Waiter<Boolean> first = Waiter.running(event::await);
                Waiter<Boolean> timed = Waiter.of(() -> other.await(Duration.ofDays(1)))) {
            await().until(() -> event.waiting() == 2);
            event.signal();
            assertThat(first.get()).isTrue();
            assertThat(timed.get()).isTrue();
        }
        assertThat(event.waiting()).isZero();
        assertThat(other.isSignaled()).isTrue();
        other.await();
        other.reset();
        assertThat(event.isSignaled()).isFalse();
        assertThat(event.await(Duration.ofMillis(2))).isFalse();
        assertThat(event.await(Duration.ZERO)).isFalse();
        assertThat(event.waiting()).isZero();
    }

    /** The flaw of the original: signals added up, and a reset left them. */
    @Test
    void shouldKeepOneSignalWhenNobodyWaits() throws Exception {
        SharedEvent event = SharedEvent.create(segment, "e", Mode.AUTO);
        event.signal();
        event.signal();
        event.signal();

        assertThat(event.isSignaled()).isTrue();
        assertThat(event.await(Duration.ZERO)).isTrue();
        assertThat(event.isSignaled()).isFalse();
        assertThat(event.await(Duration.ZERO)).isFalse();
        event.signal();
        event.reset();
        assertThat(event.isSignaled()).isFalse();
        assertThat(event.await(Duration.ZERO)).isFalse();
    }

    @Test
    void shouldLetOneGoForEachSignalWhenSeveralWait() throws Exception {
        SharedEvent event = SharedEvent.create(segment, "e", Mode.AUTO);
        SharedEvent other = SharedEvent.open(second, "e");
        List<Waiter<Boolean>> waiters = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                waiters.add(Waiter.running(other::await));
            }
            await().until(() -> event.waiting() == 3);
            event.signal();
            await().until(() -> event.waiting() == 2);
            assertThat(waiters.stream().filter(Waiter::isDone).count()).isLessThanOrEqualTo(1);
            // As many as wait, however soon they come and whether or not they are taken back.
            event.signal();
            event.signal();
            event.reset();
            for (Waiter<Boolean> waiter : waiters) {
                assertThat(waiter.get()).isTrue();
            }
        } finally {
            waiters.forEach(Waiter::close);
        }
        assertThat(event.isSignaled()).isFalse();
        assertThat(event.waiting()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void shouldNotBeCountedAnyMoreWhenInterruptedOrClosed(Mode mode) throws Exception {
        SharedEvent event = SharedEvent.create(segment, "e", mode);
        SharedEvent other = SharedEvent.open(second, "e");
        try (Waiter<Boolean> interrupted = Waiter.running(event::await);
                Waiter<Boolean> closed = Waiter.running(other::await)) {
            await().until(() -> event.waiting() == 2);
            interrupted.interrupt();
            assertThat(interrupted.failure()).isInstanceOf(InterruptedException.class);
            assertThat(event.waiting()).isEqualTo(1);
            second.close();
            assertThat(event.waiting()).isZero();
            assertThat(closed.failure()).isInstanceOf(IllegalStateException.class);
        }
        assertThat(event.waiting()).isZero();
    }

    @Test
    void shouldLetGoWhoWaitsAndNobodyLaterWhenPulsed() throws Exception {
        SharedEvent event = SharedEvent.create(segment, "e", Mode.MANUAL);
        SharedEvent other = SharedEvent.open(second, "e");
        event.pulse();
        assertThat(event.isSignaled()).isFalse();
        try (Waiter<Boolean> first = Waiter.running(other::await);
                Waiter<Boolean> last = Waiter.running(other::await)) {
            await().until(() -> event.waiting() == 2);
            assertThat(event.pulse(Duration.ofDays(1))).isTrue();
            assertThat(first.get()).isTrue();
            assertThat(last.get()).isTrue();
        }
        assertThat(event.isSignaled()).isFalse();

        // As a killed process of another language leaves it.
        Atomics.putInt(segment.blocks("e").require("").memory(), EventDescriptor.WAITING_OFFSET, 1);
        assertThat(event.pulse(Duration.ofMillis(2))).isFalse();
        assertThat(event.isSignaled()).isFalse();
        try (Waiter<Boolean> pulse = Waiter.running(other::pulse)) {
            await().until(event::isSignaled);
            pulse.interrupt();
            assertThat(pulse.failure()).isInstanceOf(InterruptedException.class);
        }
        assertThat(event.isSignaled()).isFalse();
    }

    @Test
    void shouldLetOneGoWhenAnAutomaticEventIsPulsed() throws Exception {
        SharedEvent event = SharedEvent.create(segment, "e", Mode.AUTO);
        event.pulse();
        assertThat(event.isSignaled()).isFalse();
        try (Waiter<Boolean> waiter = Waiter.running(event::await)) {
            await().until(() -> event.waiting() == 1);
            assertThat(event.pulse(Duration.ZERO)).isTrue();
            assertThat(waiter.get()).isTrue();
        }
        assertThat(event.isSignaled()).isFalse();
    }

    @Test
    void shouldCompareTheModeWhenOpenedWithOne() {
        SharedEvent.create(segment, "e", Mode.MANUAL);

        assertThat(SharedEvent.open(second, "e").mode()).isEqualTo(Mode.MANUAL);
        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> second.open("e", SharedEvent.spec(Mode.AUTO)))
                .withMessageContaining("stored=MANUAL, asked for=AUTO");
        assertThat(segment.create("f", SharedEvent.spec()).mode()).isEqualTo(Mode.AUTO);
        assertThat(Mode.ofName("Manual")).isEqualTo(Mode.MANUAL);
        assertThat(Mode.ofName("auto")).isEqualTo(Mode.AUTO);
        assertThatIllegalArgumentException().isThrownBy(() -> Mode.ofName("both")).withMessageContaining("mode=both");
    }

    @Test
    void shouldLoseNoSignalWhenTwoThreadsAnswerEachOther() throws Exception {
        SharedEvent ping = SharedEvent.create(segment, "ping", Mode.AUTO);
        SharedEvent pong = SharedEvent.create(segment, "pong", Mode.AUTO);
        SharedEvent otherPing = SharedEvent.open(second, "ping");
        SharedEvent otherPong = SharedEvent.open(second, "pong");
        int rounds = 2000;
        try (Waiter<Boolean> answering = Waiter.running(() -> {
            for (int i = 0; i < rounds; i++) {
                otherPing.await();
                otherPong.signal();
            }
        })) {
            for (int i = 0; i < rounds; i++) {
                ping.signal();
                pong.await();
            }
            assertThat(answering.get()).isTrue();
        }
        assertThat(ping.isSignaled() || pong.isSignaled()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MAX_VALUE})
    void shouldWakeAWaitingThreadWhenTheCountOfThemWraps(int seed) throws Exception {
        for (Mode mode : Mode.values()) {
            SharedEvent event = SharedEvent.create(segment, mode.name(), mode);
            boolean manual = mode == Mode.MANUAL;
            MemorySegment memory = segment.blocks(mode.name()).require(manual ? "" : "_sem").memory();
            long waiting = manual ? EventDescriptor.WAITING_OFFSET : SemaphoreDescriptor.WAITING_OFFSET;
            Atomics.putInt(memory, waiting, seed);
            try (Waiter<Boolean> waiter = Waiter.running(event::await)) {
                await().until(() -> Atomics.getIntAcquire(memory, waiting) == seed + 1);
                event.signal();
                assertThat(waiter.get()).isTrue();
            }
            assertThat(Atomics.getIntAcquire(memory, waiting)).isEqualTo(seed);
        }
    }

    /** Counted, with bits whose locks are free: nothing else is left of a thread of ours that is killed. */
    private void leaveKilled(SharedEvent event, int bits) {
        boolean manual = event.mode() == Mode.MANUAL;
        MemorySegment semaphore = segment.blocks(event.name()).require("_sem").memory();
        MemorySegment counter = manual ? segment.blocks(event.name()).require("").memory() : semaphore;
        long offset = manual ? EventDescriptor.WAITING_OFFSET : SemaphoreDescriptor.WAITING_OFFSET;
        Atomics.getAndAddInt(counter, offset, Integer.bitCount(bits));
        Atomics.putInt(semaphore, EventDescriptor.PLACES_OFFSET,
                Atomics.getInt(semaphore, EventDescriptor.PLACES_OFFSET) | bits);
    }

    private int bits(SharedEvent event) {
        return Atomics.getInt(segment.blocks(event.name()).require("_sem").memory(), EventDescriptor.PLACES_OFFSET);
    }

    @ParameterizedTest
    @EnumSource
    void shouldNotCountThreadsOfKilledProcessesWhenAsked(Mode mode) throws Exception {
        SharedEvent event = SharedEvent.create(segment, "e", mode);
        leaveKilled(event, 0b1011);
        SharedEvent readOnly = SharedEvent.open(segments.openReadOnly(segment), "e");
        SharedEvent other = SharedEvent.open(second, "e");
        try (Waiter<Boolean> first = Waiter.running(other::await);
                Waiter<Boolean> last = Waiter.running(event::await)) {
            await().until(() -> event.waiting() == 2);
            assertThat(readOnly.waiting()).isEqualTo(2);
            assertThat(SharedEvent.PROBE.describe(readOnly.segment().blocks("e")).details()).containsEntry("waiting",
                    2);
            // Looking changes nothing.
            assertThat(bits(event) & 0b1011).isEqualTo(0b1011);
            event.signal();
            event.signal();
            first.get();
            last.get();
        }
        assertThat(readOnly.waiting()).isZero();
    }

    @Test
    void shouldKeepOneSignalWhenOnlyKilledThreadsWait() throws Exception {
        SharedEvent event = SharedEvent.create(segment, "e", Mode.AUTO);
        leaveKilled(event, 0b111);
        for (int i = 0; i < 4; i++) {
            event.signal();
        }
        assertThat(event.await(Duration.ZERO)).isTrue();
        assertThat(event.await(Duration.ZERO)).isFalse();
        assertThat(bits(event)).isZero();

        leaveKilled(event, 0b111);
        event.signal();
        event.reset();
        assertThat(event.isSignaled()).isFalse();
        leaveKilled(event, 0b1);
        assertThat(event.pulse(Duration.ZERO)).isTrue();
        assertThat(event.isSignaled()).isFalse();
        assertThat(event.waiting()).isZero();
    }

    @Test
    void shouldLetEveryLivingThreadGoWhenOthersWereKilled() throws Exception {
        SharedEvent event = SharedEvent.create(segment, "e", Mode.AUTO);
        SharedEvent other = SharedEvent.open(second, "e");
        List<Waiter<Boolean>> waiters = new ArrayList<>();
        try {
            waiters.add(Waiter.running(other::await));
            waiters.add(Waiter.running(event::await));
            await().until(() -> event.waiting() == 2);
            leaveKilled(event, 0b11 << 30);
            for (int i = 0; i < 5; i++) {
                event.signal();
            }
            for (Waiter<Boolean> waiter : waiters) {
                assertThat(waiter.get()).isTrue();
            }
        } finally {
            waiters.forEach(Waiter::close);
        }
        // One was kept, at most, however late the two have gone.
        event.await(Duration.ZERO);
        assertThat(event.await(Duration.ZERO)).isFalse();
        assertThat(bits(event)).isZero();
    }

    @Test
    @SuppressWarnings("try") // closed before its time, and then again
    void shouldPulseWhenAThreadIsKilledBeforeOrMeanwhile() throws Exception {
        SharedEvent event = SharedEvent.create(segment, "e", Mode.MANUAL);
        leaveKilled(event, 0b1);
        assertThat(event.pulse(Duration.ZERO)).isTrue();
        assertThat(event.pulse(Duration.ZERO)).isTrue();

        // A thread that waits and does not go: as long as its process lives it is waited for.
        MemorySegment memory = segment.blocks("e").require("").memory();
        Atomics.putInt(memory, EventDescriptor.WAITING_OFFSET, 1);
        Atomics.putInt(segment.blocks("e").require("_sem").memory(), EventDescriptor.PLACES_OFFSET, 1 << 7);
        try (FileLocks.Held living = second.blocks("e").tryTakePlace(second.blocks("e").require("_sem"), 7);
                Waiter<Boolean> pulse = Waiter.running(event::pulse)) {
            assertThat(event.pulse(Duration.ofMillis(2))).isFalse();
            await().until(pulse::isSleeping);
            assertThat(event.waiting()).isEqualTo(1);
            living.close();
            assertThat(pulse.get()).isTrue();
        }
        assertThat(event.waiting()).isZero();
        assertThat(event.isSignaled()).isFalse();
        assertThat(bits(event)).isZero();
    }

    @Test
    void shouldTakeThePlaceOfAKilledThreadWhenNoOtherIsLeft() throws Exception {
        SharedEvent event = SharedEvent.create(segment, "e", Mode.AUTO);
        leaveKilled(event, -1);
        MemorySegment semaphore = segment.blocks("e").require("_sem").memory();
        try (Waiter<Boolean> waiter = Waiter.running(event::await)) {
            await().until(() -> event.waiting() == 1);
            assertThat(SemaphoreDescriptor.waiting(semaphore)).isEqualTo(32);
            event.signal();
            waiter.get();
        }
        assertThat(SemaphoreDescriptor.waiting(semaphore)).isEqualTo(31);
        assertThat(bits(event)).isEqualTo(-2);
    }

    @Test
    void shouldCountEveryThreadWhenMoreWaitThanThereArePlaces() throws Exception {
        SharedEvent event = SharedEvent.create(segment, "e", Mode.MANUAL);
        SharedEvent other = SharedEvent.open(second, "e");
        List<Waiter<Boolean>> waiters = new ArrayList<>();
        try {
            for (int i = 0; i < 35; i++) {
                waiters.add(Waiter.running(i % 2 == 0 ? event::await : other::await));
            }
            await().until(() -> event.waiting() == 35);
            assertThat(bits(event)).isEqualTo(-1);
            assertThat(event.pulse(Duration.ofDays(1))).isTrue();
            for (Waiter<Boolean> waiter : waiters) {
                assertThat(waiter.get()).isTrue();
            }
        } finally {
            waiters.forEach(Waiter::close);
        }
        assertThat(event.waiting()).isZero();
        assertThat(bits(event)).isZero();
    }

    @Test
    void shouldLeaveTheHintUpWhenOneOfTwoSignalsIsTaken() throws Exception {
        SharedEvent event = SharedEvent.create(segment, "e", Mode.AUTO);
        MemorySegment memory = segment.blocks("e").require("").memory();
        event.signal();
        Atomics.putInt(segment.blocks("e").require("_sem").memory(), SemaphoreDescriptor.COUNT_OFFSET, 2);
        event.await();
        assertThat(EventDescriptor.isSignaled(memory)).isTrue();
        event.await();
        assertThat(EventDescriptor.isSignaled(memory)).isFalse();
    }

    @Test
    void shouldCountAThreadOutOnceWhenItGoesByItselfWhileItsPlaceIsLookedAt() throws Exception {
        SharedEvent event = SharedEvent.create(segment, "e", Mode.MANUAL);
        MemorySegment memory = segment.blocks("e").require("").memory();
        Block semaphore = segment.blocks("e").require("_sem");
        Atomics.putInt(memory, EventDescriptor.WAITING_OFFSET, 1);
        Atomics.putInt(semaphore.memory(), EventDescriptor.PLACES_OFFSET, 1 << 7);
        Object locks;
        try (FileLocks.Held another = segment.blocks("e").tryTakePlace(semaphore, 8)) {
            Field outer = another.getClass().getDeclaredField("this$0");
            outer.setAccessible(true);
            locks = outer.get(another);
        }
        Waiter<Boolean> pulse;
        synchronized (locks) {
            // Has seen the bit, and comes to the lock no sooner than we let it.
            pulse = Waiter.of(() -> event.pulse(Duration.ZERO));
            await().until(pulse::isBlocked);
            Atomics.putInt(semaphore.memory(), EventDescriptor.PLACES_OFFSET, 0);
            Atomics.putInt(memory, EventDescriptor.WAITING_OFFSET, 0);
        }
        try (pulse) {
            assertThat(pulse.get()).isTrue();
        }
        assertThat(bits(event)).isZero();
        assertThat(Atomics.getInt(memory, EventDescriptor.WAITING_OFFSET)).isZero();
    }
}
