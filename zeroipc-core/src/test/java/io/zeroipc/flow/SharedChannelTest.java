package io.zeroipc.flow;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.ChannelClosedException;
import io.zeroipc.Occupancy;
import io.zeroipc.StructureMismatchException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.format.ChannelDescriptor;
import io.zeroipc.format.QueueDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Intake;
import io.zeroipc.segment.Probe.Match;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Source.Start;
import io.zeroipc.testing.GoldenSegment;
import io.zeroipc.testing.StructureContract;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class SharedChannelTest {

    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Duration SHORT = Duration.ofMillis(2);

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private Segment segment;

    @BeforeEach
    void createSegment() {
        segment = segments.create(builder -> builder.size(1 << 16).openTimeout(Duration.ofMillis(1)));
    }

    private SharedChannel<Integer> channel(int capacity) {
        return SharedChannel.create(segment, "channel", Codecs.int32(), capacity);
    }

    /** As one that is killed there is: its position is closed for it, and what is behind it comes then. */
    @Test
    void shouldNotEndWhenASenderIsStillAtItsElement() throws Exception {
        SharedChannel<Integer> channel = channel(4);
        SharedQueue<Integer> buffer = SharedQueue.open(segment, "channel_buffer", Codecs.int32());
        long claim = buffer.tryClaim();
        channel.send(2);
        channel.close();
        // Who waits is interrupted, and who sees an end is not.
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(InterruptedException.class).isThrownBy(channel::receive);
        buffer.slots().set(ValueLayout.JAVA_INT_UNALIGNED, buffer.slotOffset(claim), 1);
        buffer.publish(claim);
        assertThat(channel.receive()).isEqualTo(1);
        assertThat(channel.receive()).isEqualTo(2);
        assertThat(channel.receive()).isNull();
    }

    @Test
    void shouldDeliverInOrderWhenBuffered() throws Exception {
        SharedChannel<Integer> channel = channel(3);
        assertThat(channel.capacity()).isEqualTo(4);
        assertThat(channel.isBuffered()).isTrue();
        assertThat(channel.isSingleConsumer()).isFalse();
        channel.send(1);
        assertThat(channel.trySend(2)).isTrue();
        assertThat(channel.trySend(3, SHORT)).isTrue();
        assertThat(channel.trySendAll(List.of(4, 5, 6))).isEqualTo(1);
        assertThat(channel.trySend(5)).isFalse();
        assertThat(channel.trySend(5, SHORT)).isFalse();
        assertThat(channel.occupancy()).isEqualTo(Occupancy.ofElements(4, 4));

        assertThat(channel.receive()).isEqualTo(1);
        assertThat(channel.tryReceive()).isEqualTo(2);
        assertThat(channel.tryReceive(SHORT)).isEqualTo(3);
        assertThat(
                channel.tryReceive((memory, offset) -> assertThat(Codecs.int32().decode(memory, offset)).isEqualTo(4)))
                .isTrue();
        assertThat(channel.tryReceive()).isNull();
        assertThat(channel.tryReceive(SHORT)).isNull();
        assertThat(channel.tryReceive((memory, offset) -> {})).isFalse();
    }

    @Test
    void shouldDrainAndEndWhenClosed() throws Exception {
        SharedChannel<Integer> channel = channel(4);
        SharedChannel<Integer> there = SharedChannel.open(segments.open(segment), "channel", Codecs.int32());
        channel.trySendAll(List.of(1, 2, 3, 4));
        assertThat(there.isClosed()).isFalse();
        channel.close();
        channel.close();

        assertThat(there.isClosed()).isTrue();
        assertThat(there.trySend(5)).isFalse();
        assertThat(there.trySend(5, LONG)).isFalse();
        assertThat(there.trySendAll(List.of(5))).isZero();
        assertThatExceptionOfType(ChannelClosedException.class).isThrownBy(() -> there.send(5))
                .withMessageContaining("channel")
                .withMessageContaining(segment.name())
                .satisfies(e -> assertThat(e.structure()).isEqualTo("channel"));
        List<Integer> drained = new ArrayList<>();
        assertThat(there.drainTo(drained::add, 2)).isEqualTo(2);
        drained.add(there.receive());
        drained.add(there.tryReceive(LONG));
        assertThat(drained).containsExactly(1, 2, 3, 4);
        assertThat(there.receive()).isNull();
        assertThat(there.tryReceive(LONG)).isNull();
    }

    @Test
    void shouldWakeWhoWaitsWhenClosed() throws Exception {
        SharedChannel<Integer> full = channel(2);
        full.trySendAll(List.of(1, 2));
        SharedChannel<Integer> empty = SharedChannel.create(segment, "empty", Codecs.int32(), 2);
        FutureTask<Void> sender = new FutureTask<>(() -> {
            full.send(3);
            return null;
        });
        FutureTask<Integer> receiver = new FutureTask<>(empty::receive);
        FutureTask<Integer> timedReceiver = new FutureTask<>(() -> empty.tryReceive(LONG));
        FutureTask<Boolean> timedSender = new FutureTask<>(() -> full.trySend(3, LONG));
        List<Thread> threads = List.of(started(sender), started(receiver), started(timedReceiver),
                started(timedSender));
        full.close();
        empty.close();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThatExceptionOfType(ExecutionException.class).isThrownBy(sender::get)
                .withCauseInstanceOf(ChannelClosedException.class);
        assertThat(receiver.get()).isNull();
        assertThat(timedReceiver.get()).isNull();
        assertThat(timedSender.get()).isFalse();
        assertThat(full.size()).isEqualTo(2);
    }

    @Test
    void shouldWaitForRoomWhenFull() throws Exception {
        SharedChannel<Integer> channel = channel(2);
        FutureTask<Boolean> sender = new FutureTask<>(() -> {
            for (int i = 0; i < 100; i++) {
                channel.send(i);
            }
            return channel.trySend(100, LONG);
        });
        Thread thread = started(sender);
        for (int i = 0; i < 100; i++) {
            assertThat(channel.receive()).isEqualTo(i);
        }
        assertThat(channel.tryReceive(LONG)).isEqualTo(100);
        assertThat(sender.get(5, TimeUnit.MINUTES)).isTrue();
        thread.join();
    }

    @Test
    void shouldEndTheIntakeWhenClosedAndDrained() {
        SharedChannel<Integer> channel = channel(4);
        channel.outlet().offer(1);
        try (Intake<Integer> intake = channel.intake(Start.EARLIEST)) {
            assertThat(intake.isExhausted()).isFalse();
            channel.close();
            assertThat(channel.outlet().isClosed()).isTrue();
            assertThat(channel.outlet().offer(2)).isFalse();
            assertThat(intake.isExhausted()).isFalse();
            assertThat(intake.poll()).isEqualTo(1);
            assertThat(intake.isExhausted()).isTrue();
            assertThat(intake.pollSlot((memory, offset) -> {})).isFalse();
            assertThat(intake.drainTo(each -> {}, 1)).isZero();
            assertThat(intake.position()).isEqualTo(-1);
            assertThat(intake.lost()).isZero();
        }
        Intake<Integer> closed = channel.intake(Start.EARLIEST);
        closed.close();
        assertThatIllegalStateException().isThrownBy(closed::poll);
    }

    @Test
    void shouldSendNothingWhenTheCodecRefusesTheElement() throws Exception {
        SharedChannel<String> channel = SharedChannel.create(segment, "texts", Codecs.string(2), 2);
        assertThatIllegalArgumentException().isThrownBy(() -> channel.trySend("123"));
        assertThatIllegalArgumentException().isThrownBy(() -> channel.send("123"));
        channel.send("12");
        assertThat(channel.receive()).isEqualTo("12");
    }

    // opening

    @Test
    void shouldBeRefusedWhenItIsNotWhatWasAskedFor() {
        channel(4);
        segment.create("meeting", SharedChannel.unbuffered(Codecs.int32()));
        assertRefused("channel", () -> segment.open("channel", SharedChannel.spec(Codecs.int32(), 8)), "asked for=8");
        assertRefused("channel", () -> segment.open("channel", SharedChannel.unbuffered(Codecs.int32())), "capacity=4");
        assertRefused("meeting", () -> segment.open("meeting", SharedChannel.spec(Codecs.int32(), 0)), "unbuffered");
        assertRefused("meeting", () -> segment.open("meeting", SharedChannel.spec(Codecs.int32(), 8)), "capacity=8");
        assertRefused("meeting", () -> SharedChannel.open(segment, "meeting", Codecs.bytes(12)), "element size=12");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> segment.create("either", SharedChannel.openSpec(Codecs.int32())));
        assertThatIllegalArgumentException().isThrownBy(() -> SharedChannel.spec(Codecs.int32(), -1));
    }

    /** As some C++ versions store it: as requested, beside a queue of the next power of two. */
    @Test
    void shouldBeAcceptedWhenTheStoredCapacityIsNotRounded() {
        channel(4);
        Atomics.putInt(header("channel"), ChannelDescriptor.CAPACITY_OFFSET, 3);
        assertThat(SharedChannel.open(segment, "channel", Codecs.int32()).capacity()).isEqualTo(4);
        assertThat(SharedChannel.PROBE.match(segment.blocks("channel"))).isEqualTo(Match.CERTAIN);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 5, 1 << 30, -1})
    void shouldBeRefusedWhenChannelAndQueueContradictEachOther(int capacity) {
        channel(4);
        Atomics.putInt(header("channel"), ChannelDescriptor.CAPACITY_OFFSET, capacity);
        assertRefused("channel", () -> SharedChannel.open(segment, "channel", Codecs.int32()),
                Integer.toUnsignedString(capacity));
    }

    @Test
    void shouldBeRefusedWhenTheQueueIsBroken() {
        channel(4);
        Atomics.putInt(segment.blocks("channel_buffer").require("").memory(), QueueDescriptor.CAPACITY_OFFSET, 12);
        assertRefused("channel_buffer", () -> SharedChannel.open(segment, "channel", Codecs.int32()), "power of two");
    }

    @Test
    void shouldBeNotReadyWhenItsSecondEntryIsMissing() {
        // What a creator that dies after its first entry leaves: here a channel whose header alone exists.
        SharedChannel.create(segment, "made", Codecs.int32(), 4);
        segment.create("halfway_header", SharedArray.spec(Codecs.int64(), 3));
        segment.blocks("halfway_header").require("").memory().fill((byte) 0);
        assertRefused("halfway", () -> SharedChannel.open(segment, "halfway", Codecs.int32()), "halfway_slot");
        Atomics.putInt(header("halfway"), ChannelDescriptor.CAPACITY_OFFSET, 4);
        assertRefused("halfway", () -> SharedChannel.open(segment, "halfway", Codecs.int32()), "halfway_buffer");
        assertThat(SharedChannel.PROBE.match(segment.blocks("halfway"))).isEqualTo(Match.NO);
    }

    // the bytes of C++

    @Test
    void shouldReadAndWriteTheBytesOfCppWhenBuffered() {
        Segment golden = segments.track(Segment.at(GoldenSegment.copyTo(segments.directory())).open());
        SharedChannel<Integer> read = SharedChannel.open(golden, "chb", Codecs.int32());
        assertThat(read.capacity()).isEqualTo(4);
        assertThat(read.isClosed()).isFalse();

        SharedChannel<Integer> written = SharedChannel.create(segment, "chb", Codecs.int32(), 3);
        assertThat(written.trySend(71)).isTrue();
        assertThat(StructureContract.hex(segment, "chb_header")).isEqualTo(StructureContract.hex(golden, "chb_header"));
        assertThat(StructureContract.hex(segment, "chb_buffer")).isEqualTo(StructureContract.hex(golden, "chb_buffer"));
        assertThat(SharedChannel.PROBE.match(golden.blocks("chb"))).isEqualTo(Match.CERTAIN);

        assertThat(read.tryReceive()).isEqualTo(71);
        assertThat(read.tryReceive()).isNull();
        assertThat(read.trySendAll(List.of(1, 2, 3, 4, 5))).isEqualTo(4);
    }

    @Test
    void shouldReadAndWriteTheBytesOfCppWhenUnbuffered() throws Exception {
        Segment golden = segments.track(Segment.at(GoldenSegment.copyTo(segments.directory())).open());
        SharedChannel<Double> read = SharedChannel.open(golden, "chu", Codecs.float64());
        assertThat(read.isBuffered()).isFalse();
        assertThat(read.capacity()).isZero();
        segment.create("chu", SharedChannel.unbuffered(Codecs.float64()));
        assertThat(StructureContract.hex(segment, "chu_header")).isEqualTo(StructureContract.hex(golden, "chu_header"));
        assertThat(StructureContract.hex(segment, "chu_slot")).isEqualTo(StructureContract.hex(golden, "chu_slot"));
        assertThat(SharedChannel.PROBE.match(golden.blocks("chu"))).isEqualTo(Match.CERTAIN);
        assertThat(read.trySend(1.0)).isFalse();
        assertThat(read.trySend(1.0, SHORT)).isFalse();
        assertThat(read.tryReceive()).isNull();
    }

    private MemorySegment header(String name) {
        return segment.blocks(name).require("_header").memory();
    }

    private void assertRefused(String name, ThrowingCallable opening,
            String part) {
        assertThatExceptionOfType(StructureMismatchException.class).isThrownBy(opening)
                .withMessageContaining(name)
                .withMessageContaining(segment.name())
                .withMessageContaining(part);
    }

    private static Thread started(FutureTask<?> task) {
        return Thread.ofPlatform().name("waiter").start(task);
    }
}
