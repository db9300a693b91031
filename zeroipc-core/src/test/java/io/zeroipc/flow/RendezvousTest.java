package io.zeroipc.flow;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.ChannelClosedException;
import io.zeroipc.RoleTakenException;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.format.ChannelDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Intake;
import io.zeroipc.segment.Outlet;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Source.Start;
import io.zeroipc.testing.StructureContract;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.testing.Waiter;
import io.zeroipc.wait.WaitStrategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.awaitility.Awaitility.await;

class RendezvousTest {

    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Duration SHORT = Duration.ofMillis(2);
    private static final int LIMIT_MINUTES = 5;

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private Segment segment;
    private SharedChannel<Integer> channel;

    @BeforeEach
    void createChannel() {
        segment = segments.create(1 << 16);
        channel = segment.create("meeting", SharedChannel.unbuffered(Codecs.int32()));
    }

    private SharedChannel<Integer> elsewhere() {
        return SharedChannel.open(segments.open(segment), "meeting", Codecs.int32());
    }

    @Test
    void shouldMeetWhenBothSidesWait() throws Exception {
        SharedChannel<Integer> there = elsewhere();
        FutureTask<List<Integer>> receiver = new FutureTask<>(() -> {
            List<Integer> received = new ArrayList<>();
            for (Integer each = there.receive(); each != null; each = there.receive()) {
                received.add(each);
            }
            return received;
        });
        Thread thread = started(receiver);
        List<Integer> sent = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            channel.send(i);
            assertThat(channel.trySend(-i, LONG)).isTrue();
            sent.add(i);
            sent.add(-i);
        }
        channel.close();
        assertThat(receiver.get(LIMIT_MINUTES, TimeUnit.MINUTES)).isEqualTo(sent);
        thread.join();
        assertFree();
    }

    @Test
    void shouldSendNothingWhenNobodyReceives() throws Exception {
        assertThat(channel.trySend(1)).isFalse();
        assertThat(channel.outlet().offer(1)).isFalse();
        assertThat(channel.trySendAll(List.of(1, 2))).isZero();
        assertThat(channel.trySend(2, Duration.ZERO)).isFalse();
        assertThat(channel.trySend(3, SHORT)).isFalse();
        assertThat(channel.size()).isZero();
        assertFree();
        assertThat(channel.tryReceive()).isNull();
        assertThat(channel.tryReceive(Duration.ZERO)).isNull();
        assertThat(channel.tryReceive(SHORT)).isNull();
        assertThat(channel.tryReceive((memory, offset) -> {})).isFalse();
        assertThat(channel.drainTo(each -> {}, 2)).isZero();
        assertFree();
    }

    @Test
    void shouldHandOverWithoutWaitingWhenAReceiverPolls() {
        assertThat(channel.isSingleConsumer()).isTrue();
        try (Intake<Integer> intake = elsewhere().intake(Start.EARLIEST)) {
            assertThat(channel.trySend(1)).isFalse();
            assertThat(intake.poll()).isNull();
            assertThat(channel.trySend(1)).isTrue();
            assertThat(channel.size()).isEqualTo(1);
            assertThat(channel.trySend(2)).isFalse();
            assertThat(intake.poll()).isEqualTo(1);
            // The receiver is busy with the element it got.
            assertThat(channel.trySend(2)).isFalse();
            assertThat(intake.drainTo(each -> {}, 3)).isZero();
            assertThat(channel.trySend(2)).isTrue();
            assertThat(intake.pollSlot(
                    (memory, offset) -> assertThat(Codecs.int32().decode(memory, offset)).isEqualTo(2))).isTrue();
            assertThat(intake.pollSlot((memory, offset) -> {})).isFalse();
            assertThat(channel.trySend(3)).isTrue();
            List<Integer> drained = new ArrayList<>();
            assertThat(intake.drainTo(drained::add, 3)).isEqualTo(1);
            assertThat(drained).containsExactly(3);
            assertThat(intake.position()).isEqualTo(-1);
            assertThat(intake.lost()).isZero();
        }
        assertFree();
    }

    @Test
    void shouldKeepTheElementForTheNextReceiverWhenOneLeaves() {
        try (Intake<Integer> intake = channel.intake(Start.EARLIEST)) {
            assertThat(intake.poll()).isNull();
            assertThat(channel.trySend(1)).isTrue();
        }
        channel.close();
        SharedChannel<Integer> there = elsewhere();
        try (Intake<Integer> next = there.intake(Start.EARLIEST)) {
            assertThat(next.isExhausted()).isFalse();
            assertThat(next.poll()).isEqualTo(1);
            assertThat(next.isExhausted()).isTrue();
        }
        assertFree();
    }

    @Test
    void shouldFailWhenTheChannelIsClosed() throws Exception {
        channel.close();
        assertThatExceptionOfType(ChannelClosedException.class).isThrownBy(() -> channel.send(1));
        assertThat(channel.trySend(1)).isFalse();
        assertThat(channel.trySend(1, LONG)).isFalse();
        assertThat(channel.receive()).isNull();
        assertThat(channel.tryReceive(LONG)).isNull();
        assertFree();
    }

    @Test
    void shouldTakeTheElementBackWhenClosedWhileWaiting() throws Exception {
        FutureTask<Void> sender = new FutureTask<>(() -> {
            channel.send(1);
            return null;
        });
        Thread thread = started(sender);
        await().atMost(LONG).until(() -> channel.size() == 1);
        channel.close();
        thread.join();
        assertThatExceptionOfType(ExecutionException.class).isThrownBy(sender::get)
                .withCauseInstanceOf(ChannelClosedException.class);
        assertThat(channel.tryReceive()).isNull();
        assertFree();
    }

    @Test
    void shouldTakeTheElementBackWhenInterrupted() throws Exception {
        FutureTask<Void> sender = new FutureTask<>(() -> {
            channel.send(1);
            return null;
        });
        Thread thread = started(sender);
        await().atMost(LONG).until(() -> channel.size() == 1);
        thread.interrupt();
        thread.join();
        assertThatExceptionOfType(ExecutionException.class).isThrownBy(sender::get)
                .withCauseInstanceOf(InterruptedException.class);
        assertThat(channel.tryReceive()).isNull();
        assertFree();
    }

    @Test
    void shouldStopReceivingWhenInterrupted() throws Exception {
        FutureTask<Integer> receiver = new FutureTask<>(channel::receive);
        Thread thread = started(receiver);
        await().atMost(LONG).until(() -> count(ChannelDescriptor.RECEIVERS_OFFSET) == 1);
        thread.interrupt();
        thread.join();
        assertThatExceptionOfType(ExecutionException.class).isThrownBy(receiver::get)
                .withCauseInstanceOf(InterruptedException.class);
        assertFree();
    }

    @Test
    void shouldStopWaitingWhenTheSegmentIsClosed() throws Exception {
        FutureTask<Integer> receiver = new FutureTask<>(channel::receive);
        SharedChannel<Integer> there = SharedChannel.open(segments.open(segment), "meeting", Codecs.int32());
        FutureTask<Integer> waiting = new FutureTask<>(() -> there.tryReceive(LONG));
        Thread thread = started(receiver);
        await().atMost(LONG).until(() -> count(ChannelDescriptor.RECEIVERS_OFFSET) == 1);
        segment.close();
        thread.join();
        assertThatExceptionOfType(ExecutionException.class).isThrownBy(receiver::get)
                .withCauseInstanceOf(IllegalStateException.class);
        Thread other = started(waiting);
        await().atMost(LONG).until(() -> there.trySend(5) || !other.isAlive());
        assertThat(waiting.get(LIMIT_MINUTES, TimeUnit.MINUTES)).isEqualTo(5);
        other.join();
    }

    // roles

    @Test
    void shouldBeRefusedWhenASideIsTaken() throws Exception {
        SharedChannel<Integer> there = elsewhere();
        channel.trySend(1);
        assertThatExceptionOfType(RoleTakenException.class).isThrownBy(() -> there.trySend(1))
                .withMessageContaining("sender");
        assertThatExceptionOfType(RoleTakenException.class).isThrownBy(() -> there.send(1));
        assertThatExceptionOfType(RoleTakenException.class).isThrownBy(there::outlet);
        there.tryReceive();
        assertThatExceptionOfType(RoleTakenException.class).isThrownBy(channel::tryReceive)
                .withMessageContaining("receiver");
        assertThatExceptionOfType(RoleTakenException.class).isThrownBy(() -> channel.intake(Start.EARLIEST));

        channel.releaseRoles();
        there.releaseRoles();
        assertThat(there.trySend(1)).isFalse();
        assertThat(channel.tryReceive()).isNull();
    }

    @Test
    void shouldBeRefusedWhenThereIsAnIntakeAlready() {
        try (Intake<Integer> intake = channel.intake(Start.EARLIEST)) {
            assertThatExceptionOfType(RoleTakenException.class).isThrownBy(() -> channel.intake(Start.EARLIEST))
                    .withMessageContaining("receiver")
                    .withMessageContaining("meeting");
            channel.releaseRoles();
            assertThatExceptionOfType(RoleTakenException.class).isThrownBy(() -> elsewhere().tryReceive());
            assertThat(intake.poll()).isNull();
        }
        Intake<Integer> next = elsewhere().intake(Start.EARLIEST);
        next.close();
        next.close();
        assertThatIllegalStateException().isThrownBy(next::poll).withMessageContaining("intake is closed");
        assertThat(channel.tryReceive()).isNull();
        assertFree();
    }

    @Test
    void shouldClearTheTracesOfTheDeadWhenTheNextReceiverComes() {
        MemorySegment header = segment.blocks("meeting_header").require("").memory();
        MemorySegment slot = segment.blocks("meeting_slot").require("").memory();
        Atomics.putInt(header, ChannelDescriptor.RECEIVERS_OFFSET, 3);
        Atomics.putInt(header, ChannelDescriptor.SENDERS_OFFSET, 2);
        Atomics.putByte(slot, ChannelDescriptor.READY_OFFSET, (byte) 1);
        Atomics.putByte(slot, ChannelDescriptor.CONSUMED_OFFSET, (byte) 1);
        assertThat(channel.tryReceive()).isNull();
        assertThat(channel.trySend(1)).isFalse();
        assertFree();
    }

    /** All that both sides may have left behind, whatever step of theirs was the last one. */
    @ParameterizedTest
    @CsvSource({"0,0", "0,1", "1,0", "1,1"})
    void shouldGoOnWhenPredecessorsWereKilledAtAnyStep(byte ready, byte consumed) throws Exception {
        MemorySegment header = segment.blocks("meeting_header").require("").memory();
        MemorySegment slot = segment.blocks("meeting_slot").require("").memory();
        for (int senders = 0; senders < 2; senders++) {
            for (int receivers = 0; receivers < 2; receivers++) {
                Atomics.putInt(slot, ChannelDescriptor.dataOffset(Integer.BYTES), 9);
                Atomics.putInt(header, ChannelDescriptor.SENDERS_OFFSET, senders);
                Atomics.putInt(header, ChannelDescriptor.RECEIVERS_OFFSET, receivers);
                Atomics.putByte(slot, ChannelDescriptor.CONSUMED_OFFSET, consumed);
                Atomics.putByte(slot, ChannelDescriptor.READY_OFFSET, ready);
                try (Intake<Integer> intake = elsewhere().intake(Start.EARLIEST)) {
                    // What was offered and not taken is delivered, what was taken is not.
                    assertThat(intake.poll()).isEqualTo(ready == 1 && consumed == 0 ? 9 : null);
                    assertThat(intake.poll()).isNull();
                    assertThat(channel.trySend(1)).isTrue();
                    assertThat(intake.poll()).isEqualTo(1);
                }
                assertFree();
                channel.releaseRoles();
            }
        }
    }

    @Test
    void shouldSayThatTheSlotIsDamagedWhenTheFlagsAreNone() throws Exception {
        MemorySegment slot = segment.blocks("meeting_slot").require("").memory();
        Atomics.putByte(slot, ChannelDescriptor.READY_OFFSET, (byte) 7);
        assertDamaged(() -> channel.tryReceive());
        assertDamaged(() -> channel.receive());
        assertDamaged(() -> channel.tryReceive(LONG));
        assertDamaged(() -> channel.trySend(1));
        assertDamaged(() -> channel.send(1));
        assertDamaged(() -> channel.trySend(1, LONG));
        assertThat(channel.size()).isZero();
        Atomics.putByte(slot, ChannelDescriptor.READY_OFFSET, (byte) 0);
        assertFree();
    }

    private static void assertDamaged(ThrowingCallable operation) {
        assertThatExceptionOfType(ZeroIpcException.class).isThrownBy(operation)
                .withMessageContaining("is damaged")
                .withMessageContaining("name=meeting, ready=7, consumed=0");
    }

    @Test
    void shouldHandOutTheOutletWhenAnotherThreadWaitsForAReceiver() throws Exception {
        try (Waiter<Boolean> sender = Waiter.running(() -> channel.send(1))) {
            await().until(() -> channel.size() == 1);
            Outlet<Integer> outlet = channel.outlet();
            assertThat(outlet.offer(2)).isFalse();
            assertThat(elsewhere().receive()).isEqualTo(1);
            assertThat(sender.get()).isTrue();
        }
        assertFree();
    }

    @Test
    void shouldRefuseToWaitWhenAReceiverWaitsWithinItsOwnConsumer() {
        try (Intake<Integer> intake = channel.intake(Start.EARLIEST)) {
            assertThat(intake.poll()).isNull();
            assertThat(channel.trySend(1)).isTrue();
            assertThat(intake.pollSlot((memory, offset) -> {
                assertThatIllegalStateException().isThrownBy(() -> channel.tryReceive(LONG))
                        .withMessageContaining("receiver is busy")
                        .withMessageContaining("name=meeting");
                assertThat(channel.tryReceive()).isNull();
            })).isTrue();
        }
        assertFree();
    }

    @Test
    void shouldEndAWaitForTheTurnWhenItIsInterruptedOrItsTimeIsOver() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (Waiter<Boolean> consumer = Waiter.of(() -> {
            await().until(() -> channel.size() == 1);
            return channel.tryReceive((memory, offset) -> {
                inside.countDown();
                awaitQuietly(goOn);
            });
        }); Waiter<Boolean> sender = Waiter.running(() -> channel.send(1))) {
            inside.await();
            assertThat(sender.get()).isTrue();
            assertThat(channel.tryReceive()).isNull();
            assertThat(channel.tryReceive((memory, offset) -> {})).isFalse();
            assertThat(channel.tryReceive(SHORT)).isNull();
            assertThat(channel.tryReceive(Duration.ZERO)).isNull();
            try (Waiter<Integer> waiter = Waiter.of(channel::receive)) {
                waiter.interrupt();
                assertThat(waiter.failure()).isInstanceOf(InterruptedException.class);
            }
            goOn.countDown();
            assertThat(consumer.get()).isTrue();
        }
        assertFree();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void shouldSayThatItIsUnknownWhenAReceiverNeitherTakesNorLeaves() throws Exception {
        MemorySegment header = segment.blocks("meeting_header").require("").memory();
        Atomics.putInt(header, ChannelDescriptor.RECEIVERS_OFFSET, 1);
        assertThatExceptionOfType(ZeroIpcException.class).isThrownBy(() -> channel.trySend(1, Duration.ZERO))
                .withMessageContaining("unknown")
                .withMessageContaining("meeting");
        assertThat(channel.trySend(2, Duration.ZERO)).isFalse();
        assertThat(elsewhere().tryReceive()).isEqualTo(1);
        assertFree();
    }

    @Test
    void shouldGoOnWhenTheSenderItselfWasStoppedForLong() throws Exception {
        MemorySegment header = segment.blocks("meeting_header").require("").memory();
        MemorySegment slot = segment.blocks("meeting_slot").require("").memory();
        Atomics.putInt(header, ChannelDescriptor.RECEIVERS_OFFSET, 1);
        WaitStrategy stopping = attempts -> {
            if (attempts == 0) {
                LockSupport.parkNanos(Duration.ofSeconds(2).toNanos());
            } else {
                // The receiver, which had no more time than the sender.
                Atomics.setByteRelease(slot, ChannelDescriptor.CONSUMED_OFFSET, (byte) 1);
                Atomics.setByteRelease(slot, ChannelDescriptor.READY_OFFSET, (byte) 0);
            }
            return attempts + 1;
        };
        Segment there = segments.track(Segment.at(segment.path()).waitStrategy(stopping).open());
        assertThat(SharedChannel.open(there, "meeting", Codecs.int32()).trySend(1, Duration.ZERO)).isTrue();
        Atomics.putInt(header, ChannelDescriptor.RECEIVERS_OFFSET, 0);
        assertFree();
    }

    @Test
    void shouldOfferAgainWhenTheStoreOfAPredecessorsReceiverComesLate() throws Exception {
        MemorySegment header = segment.blocks("meeting_header").require("").memory();
        MemorySegment slot = segment.blocks("meeting_slot").require("").memory();
        // A C++ receiver is inside a receive, and has yet to store ready 0. Whoever sent that element was killed.
        Atomics.putInt(header, ChannelDescriptor.RECEIVERS_OFFSET, 1);
        WaitStrategy late = attempts -> {
            if (attempts == 0) {
                Atomics.setByteRelease(slot, ChannelDescriptor.READY_OFFSET, (byte) 0);
            } else if (Atomics.getByteAcquire(slot, ChannelDescriptor.READY_OFFSET) == 1) {
                // It receives again.
                Atomics.setByteRelease(slot, ChannelDescriptor.CONSUMED_OFFSET, (byte) 1);
                Atomics.setByteRelease(slot, ChannelDescriptor.READY_OFFSET, (byte) 0);
            }
            return attempts + 1;
        };
        Segment there = segments.track(Segment.at(segment.path()).waitStrategy(late).open());
        assertThat(SharedChannel.open(there, "meeting", Codecs.int32()).trySend(1, LONG)).isTrue();
        Atomics.putInt(header, ChannelDescriptor.RECEIVERS_OFFSET, 0);
        assertFree();
    }

    // what user code throws

    @Test
    void shouldFreeTheSlotWhenAConsumerThrows() {
        try (Intake<Integer> intake = channel.intake(Start.EARLIEST)) {
            assertThat(intake.poll()).isNull();
            assertThat(channel.trySend(1)).isTrue();
            assertThatIllegalStateException().isThrownBy(() -> intake.pollSlot((memory, offset) -> {
                throw new IllegalStateException("mine");
            })).withMessage("mine");
            assertThat(intake.poll()).isNull();
            assertThat(channel.trySend(2)).isTrue();
            assertThat(channel.tryReceive((memory, offset) -> {})).isTrue();
        }
        assertFree();
    }

    @Test
    void shouldOfferNothingWhenTheCodecRefusesTheElement() throws Exception {
        SharedChannel<String> texts = segment.create("texts", SharedChannel.unbuffered(Codecs.string(2)));
        try (Intake<String> intake = texts.intake(Start.EARLIEST)) {
            assertThat(intake.poll()).isNull();
            assertThatIllegalArgumentException().isThrownBy(() -> texts.trySend("123"));
            assertThatIllegalArgumentException().isThrownBy(() -> texts.send("123"));
            assertThatNullPointerException().isThrownBy(() -> texts.trySend(null));
            assertThat(intake.poll()).isNull();
            assertThat(texts.trySend("12")).isTrue();
            assertThat(intake.poll()).isEqualTo("12");
        }
    }

    /** Of up to two bytes, the data lies in the word of the flags, or the word ends behind the slot. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 6})
    void shouldKeepTheDataWhenFlagsShareAWordWithIt(int elementSize) throws Exception {
        SharedChannel<byte[]> bytes = segment.create("bytes", SharedChannel.unbuffered(Codecs.bytes(elementSize)));
        assertThat(StructureContract.hex(segment, "bytes_slot")).hasSize(2 * (2 + elementSize));
        byte[] element = new byte[elementSize];
        for (int i = 0; i < elementSize; i++) {
            element[i] = (byte) (0xF0 + i);
        }
        try (Intake<byte[]> intake = bytes.intake(Start.EARLIEST)) {
            assertThat(intake.poll()).isNull();
            assertThat(bytes.trySend(element)).isTrue();
            assertThat(intake.poll()).isEqualTo(element);
        }
        assertThat(bytes.trySend(element, Duration.ZERO)).isFalse();
        assertThat(bytes.tryReceive()).isNull();
    }

    /** Nobody waits, nothing is offered. */
    private void assertFree() {
        String slot = StructureContract.hex(segment.attachment().isReadable() ? segment : segments.open(segment),
                "meeting_slot");
        assertThat(slot).startsWith("00");
        assertThat(count(ChannelDescriptor.SENDERS_OFFSET)).isZero();
        assertThat(count(ChannelDescriptor.RECEIVERS_OFFSET)).isZero();
    }

    private int count(long offset) {
        return Atomics.getIntAcquire(segment.blocks("meeting_header").require("").memory(), offset);
    }

    private static Thread started(FutureTask<?> task) {
        return Thread.ofPlatform().name("waiter").start(task);
    }
}
