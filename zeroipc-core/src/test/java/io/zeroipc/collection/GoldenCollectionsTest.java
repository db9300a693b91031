package io.zeroipc.collection;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.codec.Codecs;
import io.zeroipc.inspect.Inspector;
import io.zeroipc.inspect.StructureReport;
import io.zeroipc.inspect.Trust;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Source.Start;
import io.zeroipc.testing.GoldenSegment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** The collections of the golden segment, as C++ wrote them. */
class GoldenCollectionsTest {

    record S16(long a, long b) {}

    @TempDir
    Path directory;

    @Test
    void shouldReadTheElementsWhenWrittenByCpp() {
        try (Segment segment = Segment.at(GoldenSegment.copyTo(directory)).open()) {
            SharedStack<Double> stack = SharedStack.open(segment, "stk", Codecs.float64());
            assertThat(stack.capacity()).isEqualTo(3);
            assertThat(stack.peek()).isEqualTo(1.5);
            assertThat(stack.pop()).isEqualTo(1.5);
            assertThat(stack.pop()).isNull();
            SharedMap<Integer, Integer> map = SharedMap.open(segment, "map_ii", Codecs.int32(), Codecs.int32());
            assertThat(map.get(1)).isEqualTo(100);
            assertThat(map.get(-1)).isEqualTo(200);
            assertThat(map.get(8)).isNull();
            assertThat(SharedMap.open(segment, "map_id", Codecs.int32(), Codecs.float64()).get(5)).isEqualTo(2.5);
            assertThat(SharedMap.open(segment, "map_ll", Codecs.int64(), Codecs.int64()).get(-3L)).isEqualTo(9);
            assertThat(SharedMap.open(segment, "map_si", Codecs.record(S16.class), Codecs.int32()).get(new S16(1, 2)))
                    .isEqualTo(77);
            SharedSet<Integer> set = SharedSet.open(segment, "set_i", Codecs.int32());
            assertThat(set.contains(42)).isTrue();
            assertThat(set.contains(43)).isFalse();
            assertThat(SharedSet.open(segment, "set_d", Codecs.float64()).contains(1.25)).isTrue();
            SharedPool<Double> pool = SharedPool.open(segment, "pool_d", Codecs.float64());
            assertThat(pool.allocated()).isEqualTo(1);
            assertThat(pool.get(1)).isEqualTo(7.5);
            // C++ allocated node 1: freeing it once is right.
            pool.free(1);
            assertThatIllegalStateException().isThrownBy(() -> pool.free(1));
            assertThat(pool.allocate()).isEqualTo(1);
            assertThat(SharedPool.open(segment, "pool_5", Codecs.string(5)).get(0)).isEqualTo("hello");
        }
    }

    @Test
    void shouldGoOnWhereCppLeftTheRing() {
        try (Segment segment = Segment.at(GoldenSegment.copyTo(directory)).open()) {
            SharedRing<Integer> ring = SharedRing.open(segment, "ring", Codecs.int32());
            assertThat(ring.capacity()).isEqualTo(4);
            assertThat(ring.size()).isEqualTo(1);
            assertThat(ring.totalWritten()).isEqualTo(2);
            assertThat(ring.cursor(Start.EARLIEST).poll()).isEqualTo(8);
            assertThat(ring.writer().offerAll(List.of(9, 10, 11, 12))).isEqualTo(3);
            List<Integer> read = new ArrayList<>();
            ring.reader().drainTo(read::add, 9);
            assertThat(read).containsExactly(8, 9, 10, 11);
        }
    }

    @Test
    void shouldBeRecognisedWhenInspected() {
        try (Segment segment = Segment.at(GoldenSegment.copyTo(directory)).openReadOnly()) {
            assertRecognised(segment, "stk", "stack", 8, 1, 3);
            assertRecognised(segment, "map_ii", "map", 4, 2, 7);
            assertRecognised(segment, "map_id", "map", 8, 1, 7);
            assertRecognised(segment, "map_ll", "map", 8, 1, 7);
            assertRecognised(segment, "map_si", "map", 4, 1, 7);
            assertRecognised(segment, "set_i", "set", 4, 1, 5);
            assertRecognised(segment, "set_d", "set", 8, 1, 5);
            assertRecognised(segment, "pool_d", "pool", 8, 1, 3);
            assertRecognised(segment, "pool_5", "pool", 5, 1, 3);
        }
    }

    private static void assertRecognised(Segment segment, String name, String kind, long elementSize, long used,
            long capacity) {
        StructureReport report = Inspector.report(segment, name).orElseThrow();
        assertThat(report.kind()).as("%s", report).isEqualTo(kind);
        assertThat(report.trust()).as("%s", report).isEqualTo(Trust.RECOGNISED);
        assertThat(report.elementSize()).as("%s", report).isEqualTo(elementSize);
        assertThat(report.occupancy().used()).as("%s", report).isEqualTo(used);
        assertThat(report.occupancy().capacity()).as("%s", report).isEqualTo(capacity);
    }
}
