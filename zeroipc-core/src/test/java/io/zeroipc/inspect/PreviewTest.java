package io.zeroipc.inspect;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.RingWriter;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.collection.SharedStack;
import io.zeroipc.flow.SharedChannel;
import io.zeroipc.flow.SharedState;
import io.zeroipc.flow.StateWriter;
import io.zeroipc.format.RingDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Segment;
import io.zeroipc.sync.SharedMutex;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;

class PreviewTest {

    record Pair(long first, long second) {}

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private static Preview preview(Segment segment, String name, int max) {
        return Preview.of(segment, Inspector.report(segment, name).orElseThrow(), max).orElseThrow();
    }

    private static List<Object> values(Preview preview) {
        return preview.elements().stream().map(Preview.Element::value).toList();
    }

    @Test
    void shouldShowWhatComesNextAndTakeNothingWhenElementsWait() throws InterruptedException {
        Segment segment = segments.create(1 << 16);
        SharedQueue<Integer> queue = SharedQueue.create(segment, "queue", Codecs.int32(), 4);
        SharedStack<Integer> stack = SharedStack.create(segment, "stack", Codecs.int32(), 4);
        SharedChannel<Integer> channel = SharedChannel.create(segment, "channel", Codecs.int32(), 4);
        for (int i = 1; i <= 7; i++) {
            queue.offer(i);
            if (i <= 4) {
                queue.poll();
            }
            if (i <= 3) {
                stack.push(i);
                channel.send(i);
            }
        }
        Segment stranger = segments.openReadOnly(segment);

        assertThat(preview(stranger, "queue", 2).total()).isEqualTo(3);
        assertThat(preview(stranger, "queue", 2).elements()).containsExactly(new Preview.Element(4, 5),
                new Preview.Element(5, 6));
        assertThat(values(preview(stranger, "stack", 9))).containsExactly(3, 2, 1);
        assertThat(values(preview(stranger, "channel", 9))).containsExactly(1, 2, 3);
        assertThat(preview(stranger, "channel", 0).total()).isEqualTo(3);
        assertThat(queue.poll()).isEqualTo(5);
    }

    @Test
    void shouldShowTheNewestWhenAStructureKeepsItsElements() {
        Segment segment = segments.create(1 << 16);
        SharedRing<Long> ring = segment.create("ring", SharedRing.spec(Codecs.int64(), 4, true));
        SharedState<Pair> state = SharedState.create(segment, "state", Codecs.record(Pair.class));
        SharedArray<Double> array = SharedArray.create(segment, "array", Codecs.float64(), 3);
        assertThat(preview(segment, "state", 1).total()).isZero();
        RingWriter<Long> writer = ring.writer();
        StateWriter<Pair> setter = state.writer();
        for (long i = 1; i <= 9; i++) {
            writer.offer(i);
            setter.set(new Pair(i, -i));
        }
        array.set(1, 0.5);

        assertThat(preview(segment, "ring", 2).elements()).containsExactly(new Preview.Element(7, 8L),
                new Preview.Element(8, 9L));
        assertThat(preview(segments.open(segment), "state", 1).elements())
                .containsExactly(new Preview.Element(9, Map.of("first", 9L, "second", -9L)));
        assertThat(values(preview(segment, "array", 2))).containsExactly(0.0, 0.5);
    }

    @Test
    void shouldShowBytesWhenTheTypeIsNotKnown() {
        Segment segment = segments.create(builder -> builder.size(1 << 16).catalogue(false));
        SharedQueue.create(segment, "queue", Codecs.int32(), 4).offer(0x01020304);

        List<Object> values = values(preview(segments.open(segment), "queue", 1));

        assertThat(values).singleElement().isEqualTo(new byte[] {4, 3, 2, 1});
    }

    @Test
    void shouldBeEmptyWhenThereAreNoElementsOrTheKindIsNotCertain() {
        Segment segment = segments.create(builder -> builder.size(1 << 16).catalogue(false));
        SharedMutex.create(segment, "mutex");
        SharedArray.create(segment, "array", Codecs.int64(), 3);
        Segment stranger = segments.open(segment);
        for (StructureReport report : Inspector.report(stranger).structures().values()) {
            assertThat(Preview.of(stranger, report, 5)).as(report.name()).isEmpty();
        }
        assertThat(Preview.of(segment, Inspector.report(segment, "mutex").orElseThrow(), 5)).isEmpty();
    }

    @Test
    void shouldShowNoTornElementWhenAWriterIsAtWork() throws InterruptedException {
        Segment segment = segments.create(1 << 16);
        SharedRing<Pair> ring = segment.create("ring", SharedRing.spec(Codecs.record(Pair.class), 8, true));
        SharedState<Pair> state = SharedState.create(segment, "state", Codecs.record(Pair.class));
        RingWriter<Pair> writer = ring.writer();
        StateWriter<Pair> setter = state.writer();
        AtomicBoolean stop = new AtomicBoolean();
        Thread writing = Thread.ofPlatform()
                .start(() -> LongStream.iterate(1, i -> !stop.get(), i -> i + 1)
                        .forEach(i -> {
                            writer.offer(new Pair(i, -i));
                            setter.set(new Pair(i, -i));
                        }));
        try {
            long seen = 0;
            for (int round = 0; round < 2_000 || seen == 0; round++) {
                for (String name : List.of("ring", "state")) {
                    for (Object value : values(preview(segment, name, 8))) {
                        assertThat(value).isInstanceOfSatisfying(Map.class,
                                map -> assertThat(map.get("first")).isEqualTo(-(Long) map.get("second")));
                        seen++;
                    }
                }
            }
        } finally {
            stop.set(true);
            writing.join();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE - 7, -32})
    void shouldShowARingWhenItsPositionsAreBeyondTheRangeOfSignedNumbers(long start) {
        Segment segment = segments.create(1 << 14);
        segment.create("ring", SharedRing.spec(Codecs.int64(), 4));
        MemorySegment memory = segment.blocks("ring").require("").memory();
        Atomics.putLong(memory, RingDescriptor.WRITE_POS_OFFSET, start);
        Atomics.putLong(memory, RingDescriptor.READ_POS_OFFSET, start);
        SharedRing<Long> ring = SharedRing.open(segment, "ring", Codecs.int64());
        try (RingWriter<Long> writer = ring.writer()) {
            writer.offerAll(List.of(1L, 2L, 3L));
        }
        Preview preview = preview(segment, "ring", 4);
        assertThat(preview.total()).isEqualTo(3);
        assertThat(preview.elements()).extracting(Preview.Element::value).containsExactly(1L, 2L, 3L);
        assertThat(preview.elements().getFirst().position()).isEqualTo(Long.divideUnsigned(start, 8));
    }
}
