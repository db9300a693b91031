package io.zeroipc.flow;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import io.zeroipc.ChannelClosedException;
import io.zeroipc.RoleTakenException;
import io.zeroipc.StructureMismatchException;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.flow.SharedStream.Mode;
import io.zeroipc.format.RingDescriptor;
import io.zeroipc.inspect.Inspector;
import io.zeroipc.inspect.StructureReport;
import io.zeroipc.inspect.Trust;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Intake;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Source.Start;
import io.zeroipc.test.PeerProcess;
import io.zeroipc.testing.Checked;
import io.zeroipc.testing.EnabledWithNativeAccess;
import io.zeroipc.testing.GoldenSegment;
import io.zeroipc.testing.Seeds;
import io.zeroipc.testing.StructureContract;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.testing.Waiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class SharedStreamTest {

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private Segment segment;

    @BeforeEach
    void create() {
        segment = segments.create(1 << 16);
    }

    @Test
    void shouldGiveEachElementToOneReaderWhenTheyCompete() {
        SharedStream<Integer> stream = competing(4);
        for (int i = 1; i <= 4; i++) {
            assertThat(stream.emit(i)).isTrue();
        }
        assertThat(stream.emit(5)).isFalse();
        assertThat(stream.sequence()).isEqualTo(4);
        try (StreamSubscription<Integer> one = stream.subscribe(Start.LATEST);
                StreamSubscription<Integer> two = stream.subscribe(Start.LATEST)) {
            assertThat(stream.subscribers()).isEqualTo(2);
            assertThat(one.poll()).isEqualTo(1);
            assertThat(two.poll()).isEqualTo(2);
            assertThat(two.position()).isEqualTo(1);
            List<Integer> drained = new ArrayList<>();
            assertThat(one.drainTo(drained::add, 10)).isEqualTo(2);
            assertThat(drained).containsExactly(3, 4);
            assertThat(two.poll()).isNull();
            assertThat(one.lost()).isZero();
        }
        assertThat(stream.subscribers()).isZero();
        assertThat(stream.emit(5)).isTrue();
    }

    @Test
    void shouldGiveAllElementsToAllReadersWhenItBroadcasts() {
        SharedStream<Integer> stream = broadcast(4);
        try (StreamSubscription<Integer> early = stream.subscribe(Start.LATEST)) {
            for (int i = 1; i <= 6; i++) {
                assertThat(stream.emit(i)).isTrue();
            }
            // The late one begins at the oldest element that is left, and the slow one is told what it lost.
            try (StreamSubscription<Integer> late = stream.subscribe(Start.EARLIEST);
                    StreamSubscription<Integer> next = stream.subscribe(Start.LATEST)) {
                assertThat(drain(late)).containsExactly(3, 4, 5, 6);
                assertThat(late.lost()).isZero();
                assertThat(drain(next)).isEmpty();
            }
            assertThat(drain(early)).containsExactly(3, 4, 5, 6);
            assertThat(early.lost()).isEqualTo(2);
        }
        assertThat(stream.size()).isEqualTo(4);
    }

    @Test
    void shouldGoOnBehindAPositionWhenItBroadcasts() {
        SharedStream<Integer> stream = broadcast(4);
        for (int i = 0; i < 6; i++) {
            stream.emit(i);
        }

        assertThat(stream.canContinue()).isTrue();
        try (Intake<Integer> behind = stream.intakeBehind(3)) {
            assertThat(behind.poll()).isEqualTo(4);
            assertThat(behind.position()).isEqualTo(4);
            assertThat(behind.lost()).isZero();
            assertThat(stream.subscribers()).isEqualTo(1);
        }
        try (Intake<Integer> overtaken = stream.intakeBehind(0)) {
            assertThat(overtaken.poll()).isEqualTo(2);
            assertThat(overtaken.lost()).isEqualTo(1);
        }
        SharedStream<Integer> competing = SharedStream.create(segment, "competing", Codecs.int32(), 4, Mode.COMPETING);
        assertThat(competing.canContinue()).isFalse();
        assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> competing.intakeBehind(0));
    }

    @Test
    void shouldRefuseToMixWhenOpenedInTheOtherMode() {
        competing(4);
        SharedStream.create(segment, "broadcast", Codecs.int32(), 4, Mode.BROADCAST);

        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> segment.open("stream", SharedStream.spec(Codecs.int32(), 0, Mode.BROADCAST)))
                .withMessageContaining("mode=COMPETING");
        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> segment.open("broadcast", SharedStream.spec(Codecs.int32(), 4, Mode.COMPETING)));
        assertThat(SharedStream.open(segment, "broadcast", Codecs.int32()).mode()).isEqualTo(Mode.BROADCAST);
        assertThat(segment.open("stream", SharedStream.spec(Codecs.int32(), 4, Mode.COMPETING)).mode())
                .isEqualTo(Mode.COMPETING);
    }

    @Test
    void shouldHaveOneEmitterWhenAnotherIsWanted() {
        SharedStream<Integer> here = broadcast(4);
        SharedStream<Integer> there = SharedStream.open(segments.open(segment), "stream", Codecs.int32());
        try (StreamEmitter<Integer> emitter = here.emitter()) {
            assertThatExceptionOfType(RoleTakenException.class).isThrownBy(() -> there.emit(1));
            assertThat(emitter.emit(1)).isTrue();
        }
        assertThat(there.emit(2)).isTrue();
        assertThat(there.outlet().isClosed()).isFalse();
    }

    @Test
    void shouldDeliverWhatIsLeftAndThenEndWhenItIsClosed() throws Exception {
        for (SharedStream<Integer> stream : List.of(competing(4),
                SharedStream.create(segment, "broadcast", Codecs.int32(), 4, Mode.BROADCAST))) {
            try (StreamSubscription<Integer> subscription = stream.subscribe(Start.EARLIEST)) {
                assertThat(stream.emit(1)).isTrue();
                stream.close();
                assertThat(stream.emit(2)).isFalse();
                assertThat(stream.outlet().isClosed()).isTrue();
                assertThat(subscription.isExhausted()).isFalse();
                assertThat(subscription.take()).isEqualTo(1);
                assertThat(subscription.isExhausted()).isTrue();
                assertThat(subscription.take()).isNull();
                assertThat(subscription.poll(Duration.ofMinutes(1))).isNull();
            }
        }
    }

    @Test
    void shouldLetReadersGoWhenItIsClosed() throws Exception {
        SharedStream<Integer> stream = broadcast(4);
        try (StreamSubscription<Integer> subscription = stream.subscribe(Start.EARLIEST);
                Waiter<Integer> waiter = Waiter.of(subscription::take)) {
            stream.close();
            assertThat(waiter.get()).isNull();
        }
    }

    @Test
    void shouldWaitForReadersWhenACompetingStreamIsFull() throws Exception {
        SharedStream<Integer> stream = competing(2);
        try (StreamEmitter<Integer> emitter = stream.emitter();
                StreamSubscription<Integer> subscription = stream.subscribe(Start.EARLIEST)) {
            assertThat(emitter.emitAll(List.of(1, 2, 3))).isEqualTo(2);
            assertThat(stream.sequence()).isEqualTo(2);
            assertThat(emitter.emit(3, Duration.ofMillis(1))).isFalse();
            try (Waiter<Boolean> waiter = Waiter.running(() -> emitter.put(3))) {
                assertThat(subscription.take()).isEqualTo(1);
                assertThat(waiter.get()).isTrue();
            }
            assertThat(drain(subscription)).containsExactly(2, 3);
            stream.close();
            assertThatExceptionOfType(ChannelClosedException.class).isThrownBy(() -> emitter.put(4));
            assertThat(emitter.emitAll(List.of(4))).isZero();
        }
    }

    @Test
    void shouldBeReadWhenTheSegmentOfABroadcastIsReadOnly() {
        SharedStream<Integer> stream = broadcast(4);
        assertThat(stream.emit(7)).isTrue();
        SharedStream<Integer> readOnly = SharedStream.open(segments.openReadOnly(segment), "stream", Codecs.int32());
        try (StreamSubscription<Integer> subscription = readOnly.subscribe(Start.EARLIEST)) {
            assertThat(subscription.poll()).isEqualTo(7);
        }
        assertThat(stream.subscribers()).isZero();
    }

    @Test
    void shouldCountNoLongerWhenTheSegmentOfASubscriberIsClosed() {
        SharedStream<Integer> stream = broadcast(4);
        Segment other = segments.open(segment);
        StreamSubscription<Integer> subscription = SharedStream.open(other, "stream", Codecs.int32())
                .subscribe(Start.LATEST);
        assertThat(stream.subscribers()).isEqualTo(1);
        other.close();

        assertThat(stream.subscribers()).isZero();
        assertThatIllegalStateException().isThrownBy(subscription::poll);
        subscription.close();
        assertThat(stream.subscribers()).isZero();
    }

    @Test
    void shouldDeliverEveryElementOnceWhenSeveralCompete() throws Exception {
        int count = 30_000;
        SharedStream<Checked> here = SharedStream.create(segment, "many", Checked.CODEC, 64, Mode.COMPETING);
        SharedStream<Checked> there = SharedStream.open(segments.open(segment), "many", Checked.CODEC);
        try (Waiter<List<Long>> one = Waiter.of(() -> collect(here));
                Waiter<List<Long>> two = Waiter.of(() -> collect(there));
                Waiter<List<Long>> three = Waiter.of(() -> collect(there));
                StreamEmitter<Checked> emitter = here.emitter()) {
            for (int i = 0; i < count; i++) {
                emitter.put(Checked.of(i));
            }
            here.close();
            List<Long> all = new ArrayList<>();
            for (Waiter<List<Long>> waiter : List.of(one, two, three)) {
                List<Long> part = waiter.get();
                assertThat(part).isSorted();
                all.addAll(part);
            }
            Collections.sort(all);
            assertThat(all).isEqualTo(IntStream.range(0, count).mapToObj(i -> (long) i).toList());
        }
    }

    private static List<Long> collect(SharedStream<Checked> stream) throws InterruptedException {
        List<Long> numbers = new ArrayList<>();
        try (StreamSubscription<Checked> subscription = stream.subscribe(Start.EARLIEST)) {
            for (Checked next = subscription.take(); next != null; next = subscription.take()) {
                assertThat(next.isWhole()).isTrue();
                numbers.add(next.number());
            }
        }
        return numbers;
    }

    @Test
    void shouldNeverDeliverATornElementWhenItBroadcastsFasterThanItIsRead() throws Exception {
        int count = 100_000;
        SharedStream<Checked> stream = SharedStream.create(segment, "fast", Checked.CODEC, 16, Mode.BROADCAST);
        // A subscriber counts before it knows where it begins: what is overwritten in between it has not lost.
        try (StreamSubscription<Checked> first = stream.subscribe(Start.EARLIEST);
                StreamSubscription<Checked> second = stream.subscribe(Start.EARLIEST);
                Waiter<Long> one = Waiter.of(() -> watch(first));
                Waiter<Long> two = Waiter.of(() -> watch(second));
                StreamEmitter<Checked> emitter = stream.emitter()) {
            for (int i = 0; i < count; i++) {
                assertThat(emitter.emit(Checked.of(i))).isTrue();
            }
            stream.close();
            assertThat(one.get()).isEqualTo(count);
            assertThat(two.get()).isEqualTo(count);
        }
    }

    /** Elements seen and lost. */
    private static long watch(StreamSubscription<Checked> subscription) throws InterruptedException {
        long seen = 0;
        long last = -1;
        for (Checked next = subscription.take(); next != null; next = subscription.take()) {
            assertThat(next.isWhole()).isTrue();
            assertThat(next.number()).isGreaterThan(last);
            last = next.number();
            seen++;
        }
        return seen + subscription.lost();
    }

    @Test
    @Tag("process")
    @EnabledWithNativeAccess
    void shouldReachThreeProcessesWhenOneIsLateAndOneIsSlow() throws Exception {
        SharedStream<Checked> stream = SharedStream.create(segment, "news", Checked.CODEC, 8, Mode.BROADCAST);
        try (PeerProcess prompt = PeerProcess.of(FlowChild.class).start();
                PeerProcess slow = PeerProcess.of(FlowChild.class).start();
                PeerProcess late = PeerProcess.of(FlowChild.class).start()) {
            prompt.send(segment.path() + "|follow");
            slow.send(segment.path() + "|follow slowly");
            prompt.await("following");
            slow.await("following");
            for (int i = 0; i < 4; i++) {
                assertThat(stream.emit(Checked.of(i))).isTrue();
            }
            prompt.await("seen 3");
            for (int i = 4; i < 12; i++) {
                assertThat(stream.emit(Checked.of(i))).isTrue();
            }
            prompt.await("seen 11");
            slow.send("go on");
            slow.await("seen 11");
            late.send(segment.path() + "|follow");
            late.await("seen 11");
            stream.close();
            prompt.await("ended with 12 seen, 0 lost, first 0");
            slow.await("ended with 8 seen, 4 lost, first 4");
            late.await("ended with 8 seen, 0 lost, first 4");
        }
    }

    @Test
    @Tag("process")
    @EnabledWithNativeAccess
    void shouldGoOnWithAnotherEmitterWhenTheEmittingProcessIsKilled() throws Exception {
        SharedStream<Checked> stream = SharedStream.create(segment, "news", Checked.CODEC, 8, Mode.BROADCAST);
        try (StreamSubscription<Checked> subscription = stream.subscribe(Start.EARLIEST);
                PeerProcess child = PeerProcess.of(FlowChild.class).start()) {
            child.send(segment.path() + "|hold emitter");
            child.await("holding");
            assertThatExceptionOfType(RoleTakenException.class).isThrownBy(stream::emitter);
            child.kill();
            Checked last = subscription.take();
            assertThat(last).isEqualTo(Checked.of(0));
            assertThat(stream.emit(Checked.of(1))).isTrue();
            assertThat(subscription.take()).isEqualTo(Checked.of(1));
        }
    }

    @Test
    void shouldBeTheSameStreamWhenWrittenByCpp() {
        Segment golden = segments.track(Segment.at(GoldenSegment.copyTo(segments.directory())).open());
        SharedStream<Integer> mine = SharedStream.create(segment, "str", Codecs.int32(), 4, Mode.COMPETING);
        assertThat(mine.emit(5) && mine.emit(6)).isTrue();
        for (String entry : List.of("str_header", "str_buffer")) {
            assertThat(StructureContract.hex(segment, entry)).as(entry).isEqualTo(StructureContract.hex(golden, entry));
        }

        SharedStream<Integer> theirs = SharedStream.open(golden, "str", Codecs.int32());
        assertThat(theirs.mode()).isEqualTo(Mode.COMPETING);
        assertThat(theirs.sequence()).isEqualTo(2);
        try (StreamSubscription<Integer> subscription = theirs.subscribe(Start.EARLIEST)) {
            assertThat(drain(subscription)).containsExactly(5, 6);
        }
        assertThat(theirs.emit(7)).isTrue();
        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> golden.open("str", SharedStream.spec(Codecs.int32(), 0, Mode.BROADCAST)));
    }

    @Test
    void shouldBeRecognisedWhenAStrangerLooks() {
        broadcast(4).emit(1);

        StructureReport report = Inspector.report(segments.openReadOnly(segment), "stream").orElseThrow();

        assertThat(report.kind()).isEqualTo("stream");
        assertThat(report.trust()).isIn(Trust.RECOGNISED, Trust.DECLARED);
        assertThat(report.elementSize()).isEqualTo(4);
        assertThat(report.details()).containsEntry("mode", "broadcast").containsEntry("sequence", 1L);
    }

    private SharedStream<Integer> competing(int capacity) {
        return SharedStream.create(segment, "stream", Codecs.int32(), capacity, Mode.COMPETING);
    }

    private SharedStream<Integer> broadcast(int capacity) {
        return SharedStream.create(segment, "stream", Codecs.int32(), capacity, Mode.BROADCAST);
    }

    private static List<Integer> drain(StreamSubscription<Integer> subscription) {
        List<Integer> elements = new ArrayList<>();
        subscription.drainTo(elements::add, Integer.MAX_VALUE);
        return elements;
    }

    @Test
    void shouldSayWhatIsWrongWhenAReaderOfAnotherLanguageWentBeyondTheEnd() {
        SharedStream<Integer> competing = SharedStream.create(segment, "stolen", Codecs.int32(), 4, Mode.COMPETING);
        assertThat(competing.emit(1)).isTrue();
        Atomics.putLong(segment.blocks("stolen").require("_buffer").memory(), RingDescriptor.READ_POS_OFFSET, 8);

        try (StreamSubscription<Integer> subscription = competing.subscribe(Start.EARLIEST)) {
            assertThatExceptionOfType(ZeroIpcException.class).isThrownBy(subscription::poll)
                    .withMessageContaining("name=stolen, write_pos=4, read_pos=8");
        }
    }

    @ParameterizedTest
    @CsvSource({"4, 8", "24, 4", "6, 2", "18, 14", "-4, -8", "9, 1"})
    void shouldSayThatPositionsAreDamagedWhenTheyCannotBe(long written, long read) {
        SharedStream<Integer> competing = SharedStream.create(segment, "damaged", Codecs.int32(), 4, Mode.COMPETING);
        MemorySegment ring = segment.blocks("damaged").require("_buffer").memory();
        try (StreamSubscription<Integer> subscription = competing.subscribe(Start.EARLIEST)) {
            Atomics.putLong(ring, RingDescriptor.WRITE_POS_OFFSET, written);
            Atomics.putLong(ring, RingDescriptor.READ_POS_OFFSET, read);
            if (written == -4) {
                // Whole, and a capacity apart at most, wherever they are.
                assertThat(subscription.poll()).isZero();
                return;
            }
            String positions = "name=damaged, write_pos=" + written + ", read_pos=" + read;
            assertThatExceptionOfType(ZeroIpcException.class).isThrownBy(subscription::poll)
                    .withMessageContaining("are damaged")
                    .withMessageContaining(positions);
            assertThatExceptionOfType(ZeroIpcException.class).isThrownBy(() -> subscription.drainTo(_ -> {}, 2))
                    .withMessageContaining(positions);
            assertThatExceptionOfType(ZeroIpcException.class).isThrownBy(() -> subscription.pollSlot((_, _) -> {}))
                    .withMessageContaining(positions);
            assertThatExceptionOfType(ZeroIpcException.class).isThrownBy(subscription::take)
                    .withMessageContaining(positions);
        }
    }

    @Test
    void shouldStayWithinTheRingWhenItsHeaderIsOverwrittenLater() {
        SharedStream<Integer> competing = SharedStream.create(segment, "header", Codecs.int32(), 4, Mode.COMPETING);
        assertThat(competing.emit(1) && competing.emit(2)).isTrue();
        Atomics.putInt(segment.blocks("header").require("_buffer").memory(), RingDescriptor.CAPACITY_OFFSET, 1 << 20);
        try (StreamSubscription<Integer> subscription = competing.subscribe(Start.EARLIEST)) {
            for (int i = 3; i < 20; i++) {
                assertThat(subscription.poll()).isEqualTo(i - 2);
                assertThat(competing.emit(i)).isTrue();
            }
        }
    }

    /** Any bytes at any moment: elements, nothing, or an exception that says so. */
    @Test
    void shouldThrowNothingUntypedWhenAnotherProgramScribbles() throws Exception {
        long seed = Seeds.next();
        SharedStream<Integer> competing = SharedStream.create(segment, "scribbled", Codecs.int32(), 4, Mode.COMPETING);
        MemorySegment ring = segment.blocks("scribbled").require("_buffer").memory();
        Random random = Seeds.of(seed, 0);
        try (StreamSubscription<Integer> subscription = competing.subscribe(Start.EARLIEST);
                Waiter<Long> scribbler = Waiter.repeating(() -> Atomics.putLong(ring, random.nextBoolean()
                        ? RingDescriptor.READ_POS_OFFSET
                        : RingDescriptor.WRITE_POS_OFFSET, random.nextInt(64)))) {
            int damaged = 0;
            for (int i = 0; i < 200_000; i++) {
                try {
                    subscription.poll();
                } catch (ZeroIpcException e) {
                    damaged++;
                }
            }
            assertThat(scribbler.stop()).isPositive();
            assertThat(damaged).isPositive();
        }
    }

    @Test
    void shouldEmitInOrderAndCountThemWhenTheOutletTakesSeveral() {
        SharedStream<Integer> few = SharedStream.create(segment, "outlet", Codecs.int32(), 4, Mode.COMPETING);
        assertThat(few.outlet().offerAll(List.of(1, 2, 3, 4, 5))).isEqualTo(4);
        assertThat(few.sequence()).isEqualTo(4);
        few.close();
        assertThat(few.outlet().offerAll(List.of(6))).isZero();
        try (StreamSubscription<Integer> subscription = few.subscribe(Start.EARLIEST)) {
            List<Integer> seen = new ArrayList<>();
            subscription.drainTo(seen::add, 9);
            assertThat(seen).containsExactly(1, 2, 3, 4);
        }
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void shouldCountNobodyWhenASubscriptionIsRefused(Mode mode) {
        SharedStream<Integer> stream = SharedStream.create(segment, "refused", Codecs.int32(), 4, mode);
        Atomics.putLong(segment.blocks("refused").require("_buffer").memory(), RingDescriptor.WRITE_POS_OFFSET, 3);
        if (mode == Mode.BROADCAST) {
            assertThatExceptionOfType(ZeroIpcException.class).isThrownBy(() -> stream.subscribe(Start.LATEST));
        } else {
            stream.subscribe(Start.LATEST).close();
        }
        assertThat(stream.subscribers()).isZero();
    }
}
