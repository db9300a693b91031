package io.zeroipc;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.RingReader;
import io.zeroipc.collection.RingWriter;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.collection.SharedMap;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.collection.SharedSet;
import io.zeroipc.collection.SharedStack;
import io.zeroipc.flow.SharedChannel;
import io.zeroipc.flow.SharedFuture;
import io.zeroipc.flow.SharedLazy;
import io.zeroipc.flow.SharedSignal;
import io.zeroipc.flow.SharedState;
import io.zeroipc.flow.SharedStream;
import io.zeroipc.flow.StateWriter;
import io.zeroipc.segment.Intake;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Source.Start;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.testing.Waiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * A codec that, in the middle of an element, uses the structure that it works for: as one of a tree may, whose nodes are in one
 * map. Each half of an element has the same number, so whoever mixes two of them is seen.
 */
class ReentrantCodecTest {

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private final Halves codec = new Halves();
    private Segment segment;

    @BeforeEach
    void createSegment() {
        segment = segments.create(1 << 16);
    }

    // whoever may come back: each element is whole

    @Test
    void shouldKeepElementsWholeWhenAQueueIsUsedWithinItsCodec() {
        SharedQueue<Integer> queue = SharedQueue.create(segment, "q", codec, 8);
        codec.within(() -> queue.offer(2));
        assertThat(queue.offer(1)).isTrue();
        List<Integer> seen = new ArrayList<>();
        codec.within(() -> seen.add(queue.poll()));
        seen.add(queue.poll());
        assertThat(seen).containsExactlyInAnyOrder(1, 2);
    }

    @Test
    void shouldKeepElementsWholeWhenAStackIsUsedWithinItsCodec() {
        SharedStack<Integer> stack = SharedStack.create(segment, "s", codec, 8);
        codec.within(() -> stack.push(2));
        assertThat(stack.push(1)).isTrue();
        List<Integer> seen = new ArrayList<>();
        codec.within(() -> seen.add(stack.pop()));
        seen.add(stack.pop());
        assertThat(seen).containsExactlyInAnyOrder(1, 2);
    }

    @Test
    void shouldKeepKeysAndValuesWholeWhenAMapIsUsedWithinItsCodecs() {
        SharedMap<Integer, Integer> map = SharedMap.create(segment, "m", codec, codec, 8);
        codec.within(() -> map.put(2, 20));
        assertThat(map.put(1, 10)).isTrue();
        assertThat(map.get(1)).isEqualTo(10);
        assertThat(map.get(2)).isEqualTo(20);
        codec.within(() -> assertThat(map.get(2)).isEqualTo(20));
        assertThat(map.get(1)).isEqualTo(10);
        codec.within(() -> assertThat(map.containsKey(2)).isTrue());
        assertThat(map.containsKey(1)).isTrue();
        codec.withinDecoding(() -> assertThat(map.get(2)).isEqualTo(20));
        assertThat(map.get(1)).isEqualTo(10);
        codec.within(() -> assertThat(map.remove(2)).isEqualTo(20));
        assertThat(map.remove(1)).isEqualTo(10);
    }

    @Test
    void shouldKeepElementsWholeWhenASetIsUsedWithinItsCodec() {
        SharedSet<Integer> set = SharedSet.create(segment, "s", codec, 8);
        codec.within(() -> set.add(2));
        assertThat(set.add(1)).isTrue();
        List<Integer> seen = new ArrayList<>();
        set.forEach(seen::add);
        assertThat(seen).containsExactlyInAnyOrder(1, 2);
    }

    @Test
    void shouldKeepElementsWholeWhenAnArrayIsUsedWithinItsCodec() {
        SharedArray<Integer> array = SharedArray.create(segment, "a", codec, 2);
        codec.within(() -> array.set(1, 2));
        array.set(0, 1);
        assertThat(array.get(0)).isEqualTo(1);
        assertThat(array.get(1)).isEqualTo(2);
    }

    @Test
    void shouldKeepValuesWholeWhenASignalIsUsedWithinItsCodec() throws InterruptedException {
        SharedSignal<Integer> signal = SharedSignal.create(segment, "s", codec, 0);
        codec.within(() -> signal.set(2));
        signal.set(1);
        assertThat(signal.get()).isEqualTo(1);
        codec.within(() -> {
            signal.set(3);
            assertThat(signal.get()).isEqualTo(3);
        });
        assertThat(signal.get()).isEqualTo(1);
    }

    @Test
    void shouldKeepTheResultWholeWhenAFutureIsUsedWithinItsCodec() throws Exception {
        SharedFuture<Integer> future = SharedFuture.create(segment, "f", codec);
        codec.within(() -> future.complete(2));
        assertThat(future.complete(1)).isFalse();
        assertThat(future.get()).isEqualTo(2);
    }

    @Test
    void shouldKeepTheValueWholeWhenALazyIsUsedWithinItsCodec() throws InterruptedException {
        SharedLazy<Integer> lazy = SharedLazy.create(segment, "l", codec);
        assertThat(lazy.get(() -> 1)).isEqualTo(1);
        codec.within(() -> {
            lazy.reset();
            assertThat(lazy.get(() -> 2)).isEqualTo(2);
        });
        assertThat(lazy.get(() -> 3)).isEqualTo(1);
        assertThat(lazy.get(() -> 3)).isEqualTo(2);
    }

    // whoever has a side for himself: told so

    @Test
    void shouldRefuseWhenAWriterOfARingIsUsedWithinItsCodec() {
        SharedRing<Integer> ring = SharedRing.create(segment, "r", codec, 8);
        try (RingWriter<Integer> writer = ring.writer(); RingReader<Integer> reader = ring.reader()) {
            codec.within(() -> assertThatIllegalStateException().isThrownBy(() -> writer.offer(2))
                    .withMessageStartingWith("ring writer is busy: "));
            assertThat(writer.offer(1)).isTrue();
            codec.within(() -> assertThatIllegalStateException().isThrownBy(writer::tryClaim)
                    .withMessageStartingWith("ring writer is busy: "));
            writer.put(3);
            assertThat(writer.offer(4)).isTrue();
            assertThat(reader.poll()).isEqualTo(1);
            assertThat(reader.poll()).isEqualTo(3);
            assertThat(reader.poll()).isEqualTo(4);
            assertThat(reader.poll()).isNull();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldKeepTheRoleUntilTheCodecIsOutWhenAWriterOfARingIsClosedWithinIt() {
        SharedRing<Integer> ring = SharedRing.create(segment, "r", codec, 8);
        RingWriter<Integer> closed = ring.writer();
        codec.within(() -> {
            closed.close();
            assertThatExceptionOfType(RoleTakenException.class).isThrownBy(ring::writer);
        });
        assertThatIllegalStateException().isThrownBy(() -> closed.offer(1))
                .withMessageStartingWith("ring writer is closed: ");
        RingWriter<Integer> again = ring.writer();
        codec.within(() -> {
            again.close();
            assertThatExceptionOfType(RoleTakenException.class).isThrownBy(ring::writer);
        });
        assertThat(again.offerAll(List.of(1, 2))).isZero();
        ring.writer().close();
        assertThat(ring.size()).isZero();
    }

    @Test
    void shouldRefuseWhenAReaderOfARingIsUsedWithinItsCodec() {
        SharedRing<Integer> ring = SharedRing.create(segment, "r", codec, 2);
        try (RingWriter<Integer> writer = ring.writer(); RingReader<Integer> reader = ring.reader()) {
            writer.offerAll(List.of(1, 2));
            codec.within(() -> assertThatIllegalStateException().isThrownBy(reader::poll)
                    .withMessageStartingWith("ring reader is busy: "));
            assertThat(reader.poll()).isEqualTo(1);
            assertThat(reader.poll()).isEqualTo(2);
        }
    }

    @Test
    void shouldRefuseWhenACursorIsUsedWithinItsCodec() {
        SharedRing<Integer> ring = SharedRing.create(segment, "r", codec, 8);
        try (RingWriter<Integer> writer = ring.writer(); Intake<Integer> cursor = ring.cursor(Start.EARLIEST)) {
            writer.offerAll(List.of(1, 2));
            codec.within(() -> assertThatIllegalStateException().isThrownBy(cursor::poll)
                    .withMessageStartingWith("ring cursor is busy: "));
            assertThat(cursor.poll()).isEqualTo(1);
            assertThat(cursor.poll()).isEqualTo(2);
        }
    }

    @Test
    void shouldRefuseWhenAWriterOfAStateIsUsedWithinItsCodec() {
        SharedState<Integer> state = SharedState.create(segment, "s", codec);
        try (StateWriter<Integer> writer = state.writer()) {
            codec.within(() -> assertThatIllegalStateException().isThrownBy(() -> writer.set(2))
                    .withMessageStartingWith("state writer is busy: "));
            writer.set(1);
            assertThat(state.get()).isEqualTo(1);
            assertThat(state.version()).isEqualTo(1);
        }
    }

    @Test
    void shouldKeepTheRoleUntilTheCodecIsOutWhenAWriterOfAStateIsClosedWithinIt() {
        SharedState<Integer> state = SharedState.create(segment, "s", codec);
        StateWriter<Integer> closed = state.writer();
        closed.set(1);
        codec.within(() -> {
            closed.close();
            assertThatExceptionOfType(RoleTakenException.class).isThrownBy(state::writer);
        });
        assertThatIllegalStateException().isThrownBy(() -> closed.set(2))
                .withMessageStartingWith("state writer is closed: ");
        try (StateWriter<Integer> next = state.writer()) {
            assertThat(state.get()).isEqualTo(1);
            next.set(3);
            assertThat(state.get()).isEqualTo(3);
        }
    }

    @Test
    void shouldRefuseWhenASenderWithoutABufferIsUsedWithinItsCodec() throws Exception {
        SharedChannel<Integer> channel = segment.create("c", SharedChannel.unbuffered(codec));
        try (Waiter<Integer> receiver = Waiter.of(channel::receive)) {
            codec.within(() -> assertThatIllegalStateException().isThrownBy(() -> channel.trySend(2))
                    .withMessageStartingWith("sender is busy: "));
            assertThat(channel.trySend(1, Duration.ofSeconds(60))).isTrue();
            assertThat(receiver.get()).isEqualTo(1);
        }
    }

    @Test
    void shouldKeepElementsWholeWhenASubscriptionIsUsedWithinItsCodec() throws InterruptedException {
        SharedStream<Integer> stream = SharedStream.create(segment, "t", codec, 8, SharedStream.Mode.COMPETING);
        try (Intake<Integer> elements = stream.subscribe(Start.LATEST)) {
            stream.emit(1);
            stream.emit(2);
            assertWholeWithin(elements);
        }
        SharedSignal<Integer> signal = SharedSignal.create(segment, "s", codec, 0);
        try (Intake<Integer> values = signal.subscribe(Start.LATEST)) {
            signal.set(1);
            codec.withinDecoding(() -> {
                signal.set(2);
                assertThat(values.poll()).isEqualTo(2);
            });
            assertThat(values.poll()).isEqualTo(1);
        }
        SharedState<Integer> state = SharedState.create(segment, "v", codec);
        try (StateWriter<Integer> writer = state.writer(); Intake<Integer> values = state.subscribe(Start.LATEST)) {
            writer.set(1);
            codec.withinDecoding(() -> {
                writer.set(2);
                assertThat(values.poll()).isEqualTo(2);
                assertThat(state.get()).isEqualTo(2);
            });
            assertThat(values.poll()).isEqualTo(1);
        }
    }

    private void assertWholeWithin(Intake<Integer> elements) {
        codec.withinDecoding(() -> assertThat(elements.poll()).isEqualTo(2));
        assertThat(elements.poll()).isEqualTo(1);
    }

    /** A number, stored twice; what is to be done comes once, between the two. */
    private static final class Halves implements Codec<Integer> {

        private Waiter.Action decoding;
        private Waiter.Action any;

        void within(Waiter.Action action) {
            any = action;
        }

        void withinDecoding(Waiter.Action action) {
            decoding = action;
        }

        @Override
        public Class<Integer> type() {
            return Integer.class;
        }

        @Override
        public String typeName() {
            return "halves";
        }

        @Override
        public int byteSize() {
            return 8;
        }

        @Override
        public int alignment() {
            return 4;
        }

        @Override
        public void encode(Integer value, MemorySegment memory, long offset) {
            Codecs.int32().encode(value, memory, offset);
            runAny();
            Codecs.int32().encode(value, memory, offset + 4);
        }

        @Override
        public Integer decode(MemorySegment memory, long offset) {
            int first = Codecs.int32().decode(memory, offset);
            runAny();
            Waiter.Action action = decoding;
            decoding = null;
            run(action);
            assertThat(Codecs.int32().decode(memory, offset + 4)).as("second half").isEqualTo(first);
            return first;
        }

        private void runAny() {
            Waiter.Action action = any;
            any = null;
            run(action);
        }

        private static void run(Waiter.Action action) {
            if (action != null) {
                try {
                    action.run();
                } catch (RuntimeException e) {
                    throw e;
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            }
        }
    }
}
