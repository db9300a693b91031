package io.zeroipc.inspect;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import io.zeroipc.Occupancy;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.collection.SharedMap;
import io.zeroipc.collection.SharedPool;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.collection.SharedSet;
import io.zeroipc.collection.SharedStack;
import io.zeroipc.flow.SharedChannel;
import io.zeroipc.flow.SharedState;
import io.zeroipc.flow.SharedStream;
import io.zeroipc.json.Json;
import io.zeroipc.manifest.Manifest;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Spec;
import io.zeroipc.segment.Structure;
import io.zeroipc.segment.TableEntry;
import io.zeroipc.segment.View;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;

/** Nothing is allocated, indexed or counted by a number that somebody else stores, unless the mapping bounds it. */
class BoundedNumbersTest {

    /** Far beyond the heap of any test; negative; beyond every block here; and just a little off. */
    private static final int[] FOREIGN = {0x7FFF_FFF0, 0x8E00_0001, -1, 0, 1 << 20, 3, 5};

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    static List<Spec<?>> specs() {
        return List.of(SharedArray.spec(Codecs.int32(), 8), SharedQueue.spec(Codecs.int32(), 8),
                SharedStack.spec(Codecs.int32(), 8), SharedPool.spec(Codecs.int32(), 8),
                SharedSet.spec(Codecs.int32(), 8), SharedMap.spec(Codecs.int32(), Codecs.int32(), 8),
                SharedRing.spec(Codecs.int32(), 8), SharedState.spec(Codecs.int32()),
                SharedChannel.spec(Codecs.int32(), 8),
                SharedStream.spec(Codecs.int32(), 8, SharedStream.Mode.BROADCAST));
    }

    /** What this process has opened is believed to be what it was, whatever its numbers have become. */
    @ParameterizedTest
    @MethodSource("specs")
    void shouldShowNothingOutsideWhenNumbersOfAnOpenStructureChange(Spec<?> spec) {
        Segment segment = segments.create(builder -> builder.size(1 << 14).catalogue(false));
        segment.create("it", spec);
        int shown = 0;
        for (TableEntry row : segment.entries()) {
            MemorySegment memory = segment.blocks(row.name()).require("").memory();
            for (long at = 0; at + Integer.BYTES <= Math.min(64, memory.byteSize()); at += Integer.BYTES) {
                int before = Atomics.getInt(memory, at);
                for (int number : FOREIGN) {
                    Atomics.putInt(memory, at, number);
                    shown += look(segment, row.name() + " at " + at + ": " + number);
                }
                Atomics.putInt(memory, at, before);
            }
        }
        assertThat(look(segment, "nothing is changed")).isEqualTo(1);
        assertThat(shown).as("looks that showed something").isPositive();
    }

    /** 1 when something was to be seen. */
    private static int look(Segment segment, String when) {
        StructureReport report = Inspector.report(segment, "it").orElseThrow();
        assertThat(report.trust()).as(when).isEqualTo(Trust.DECLARED);
        List<TableEntry> rows = segment.entries();
        for (View view : report.views()) {
            assertThat(rows).as(when + ", " + view)
                    .anySatisfy(row -> assertThat(view.isWithin(row.offset(), row.offset() + row.byteSize(),
                            report.elementSize())).isTrue());
        }
        assertThat(report.elementSize()).as(when).isBetween(0L, report.bytes());
        assertThat(report.occupancy().used()).as(when).isBetween(0L, report.occupancy().capacity());
        Preview.of(segment, report, 10)
                .ifPresent(preview -> assertThat(preview.total()).as(when).isBetween(0L, report.bytes()));
        assertThat(Json.parse(Manifest.of(segment))).as(when).isInstanceOf(Map.class);
        return report.occupancy().capacity() > 0 ? 1 : 0;
    }

    /** A report that was true, of a structure whose bytes are others by now; or one that was never true. */
    @ParameterizedTest
    @CsvSource({"2147483632, 0, 4, 8", "1000000, 0, 4, 8", "4, 1000000, 4, 8", "4, 0, 4611686018427387904, 8",
            "4, 9223372036854775807, 9223372036854775807, 9223372036854775807", "-1, 0, 4, 8", "0, 0, 4, 8",
            "4, -9223372036854775808, 4, 8"})
    void shouldBeEmptyWhenAReportSpeaksOfBytesThatAreNotThere(long elementSize, long offset, long stride, long count) {
        Segment segment = segments.create(1 << 14);
        for (Spec<?> spec : specs().subList(0, 9)) {
            String name = spec.kind().label();
            segment.create(name, spec);
            StructureReport report = Inspector.report(segment, name).orElseThrow();
            List<View> views = report.views()
                    .stream()
                    .map(view -> new View(view.name(), view.offset() + offset, view.count() == 0 ? 0 : count,
                            view.count() == 0 ? 0 : stride, view.type()))
                    .toList();
            StructureReport other = new StructureReport(name, report.kind(), Trust.DECLARED, List.of(),
                    report.entryNames(), report.offset(), report.bytes(), elementSize, "", null,
                    Occupancy.ofElements(0, 0), Map.of(), views);
            Preview.of(segment, other, 3)
                    .ifPresent(preview -> assertThat(preview.elements()).as(name)
                            .allSatisfy(element -> assertThat((byte[]) element.value())
                                    .hasSizeLessThanOrEqualTo((int) report.bytes())));
        }
    }

    @Test
    void shouldCountAndNotShowElementsWhenTheyAreHuge() {
        Segment segment = segments.create(builder -> builder.size(64 << 20).preallocate(false));
        SharedArray.create(segment, "huge", Codecs.bytes(20 << 20), 2);
        SharedArray.create(segment, "large", Codecs.bytes(6 << 20), 3);

        Preview huge = Preview.of(segment, Inspector.report(segment, "huge").orElseThrow(), 10).orElseThrow();
        assertThat(huge.total()).isEqualTo(2);
        assertThat(huge.elements()).isEmpty();
        Preview large = Preview.of(segment, Inspector.report(segment, "large").orElseThrow(), 10).orElseThrow();
        assertThat(large.total()).isEqualTo(3);
        assertThat(large.elements()).hasSize(2);
    }

    /** The one overwrites a number of the header all the time, the other opens: it goes by the number that it checked. */
    @ParameterizedTest
    @MethodSource("specs")
    void shouldEndInATypedExceptionWhenNumbersChangeWhileItIsOpened(Spec<?> spec) throws InterruptedException {
        Segment segment = segments.create(builder -> builder.size(1 << 14).catalogue(false));
        long capacity = segment.create("it", spec).occupancy().capacity();
        Segment hasty = segments.track(Segment.at(segment.path())
                .catalogue(false)
                .openTimeout(java.time.Duration.ZERO)
                .open());
        List<String> untyped = new ArrayList<>();
        int opened = 0;
        for (TableEntry row : segment.entries()) {
            MemorySegment memory = segment.blocks(row.name()).require("").memory();
            for (long at = 0; at + Integer.BYTES <= Math.min(48, memory.byteSize()); at += Integer.BYTES) {
                long offset = at;
                int before = Atomics.getInt(memory, at);
                if (before == 0) {
                    continue;
                }
                AtomicBoolean stop = new AtomicBoolean();
                Thread scribbler = Thread.ofPlatform().start(() -> {
                    for (int i = 0; !stop.get(); i++) {
                        Atomics.setIntRelease(memory, offset, FOREIGN[i % FOREIGN.length]);
                        Atomics.setIntRelease(memory, offset, before);
                        Thread.onSpinWait();
                    }
                });
                try {
                    for (int i = 0; i < 2_000; i++) {
                        try {
                            Structure structure = hasty.open("it", spec);
                            assertThat(structure.occupancy().capacity()).isEqualTo(capacity);
                            opened++;
                            if (i % 16 == 0) {
                                Inspector.report(segment);
                            }
                        } catch (ZeroIpcException e) {
                            assertThat(e.getMessage()).contains("it");
                        } catch (RuntimeException e) {
                            untyped.add(row.name() + " at " + at + ": " + e);
                        }
                    }
                } finally {
                    stop.set(true);
                    scribbler.join();
                    Atomics.putInt(memory, at, before);
                }
            }
        }
        assertThat(untyped).isEmpty();
        assertThat(opened).as("of the numbers that were right").isPositive();
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            negative width, -1, 0, 1, 4
            far, 4, 1048576, 1, 4
            many, 4, 0, 9223372036854775807, 4
            wide apart, 4, 0, 2, 9223372036854775807
            behind, 4, 61, 1, 4
            last behind, 4, 0, 17, 4
            no stride, 4, 0, 2, 0
            backwards, 4, 0, 2, -4
            negative, 4, 0, -1, 4
            before, 4, -1, 1, 4
            """)
    void shouldNotBeWithinWhenAValueEndsOutside(String which, long width, long offset, long count, long stride) {
        assertThat(View.elements(1000 + offset, count, stride).isWithin(1000, 1064, width)).as(which).isFalse();
    }

    @Test
    void shouldBeWithinWhenTheLastValueEndsWithTheBlock() {
        assertThat(View.elements(1000, 16, 4).isWithin(1000, 1064, 4)).isTrue();
        assertThat(View.elements(1000, 2, 60).isWithin(1000, 1064, 4)).isTrue();
        assertThat(View.field("head", 1060, "uint32").isWithin(1000, 1064, 0)).isTrue();
        assertThat(View.field("head", 1061, "uint32").isWithin(1000, 1064, 0)).isFalse();
        assertThat(View.field("latest", 1057, "uint64").isWithin(1000, 1064, 0)).isFalse();
    }
}
