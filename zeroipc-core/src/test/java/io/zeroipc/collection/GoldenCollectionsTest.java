package io.zeroipc.collection;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.codec.Codecs;
import io.zeroipc.inspect.Inspector;
import io.zeroipc.inspect.StructureReport;
import io.zeroipc.inspect.Trust;
import io.zeroipc.segment.OnClose;
import io.zeroipc.segment.Segment;
import io.zeroipc.testing.GoldenSegment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** The collections of the golden segment: read as C++ wrote them, and written as C++ wrote them. */
class GoldenCollectionsTest {

    private static final int ROWS_OFFSET = 32;
    private static final int ROW_SIZE = 48;
    private static final int BLOCKS_OFFSET = 6176;

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
    void shouldWriteTheSameBytesWhenTakingTheSameSteps() throws IOException {
        Path path = directory.resolve("java");
        int rows;
        int end;
        try (Segment segment = Segment.at(path)
                .size(GoldenSegment.SIZE)
                .maxEntries(GoldenSegment.MAX_ENTRIES)
                .onClose(OnClose.KEEP)
                .create()) {
            takeTheStepsOfCpp(segment);
            rows = (int) segment.entryOccupancy().used();
            end = Math.toIntExact(segment.occupancy().used());
        }
        byte[] written = Files.readAllBytes(path);

        assertThat(Arrays.copyOfRange(written, ROWS_OFFSET, ROWS_OFFSET + rows * ROW_SIZE))
                .isEqualTo(GoldenSegment.bytes(ROWS_OFFSET, ROWS_OFFSET + rows * ROW_SIZE));
        assertThat(Arrays.copyOfRange(written, BLOCKS_OFFSET, end))
                .isEqualTo(GoldenSegment.bytes(BLOCKS_OFFSET, end));
    }

    private static void takeTheStepsOfCpp(Segment segment) {
        SharedArray<Integer> array = SharedArray.create(segment, "arr", Codecs.int32(), 5);
        for (int i = 0; i < 5; i++) {
            array.set(i, i + 1);
        }
        SharedQueue<Integer> queue = SharedQueue.create(segment, "q", Codecs.int32(), 5);
        assertThat(queue.offer(11) && queue.offer(22) && queue.offer(33)).isTrue();
        assertThat(queue.poll()).isEqualTo(11);
        SharedQueue.create(segment, "q5", Codecs.string(5), 3).offer("hello");
        SharedStack<Double> stack = SharedStack.create(segment, "stk", Codecs.float64(), 3);
        assertThat(stack.push(1.5) && stack.push(2.5)).isTrue();
        assertThat(stack.pop()).isEqualTo(2.5);
        SharedRing<Integer> ring = SharedRing.create(segment, "ring", Codecs.int32(), 4);
        try (RingWriter<Integer> writer = ring.writer(); RingReader<Integer> reader = ring.reader()) {
            assertThat(writer.offer(7) && writer.offer(8)).isTrue();
            assertThat(reader.poll()).isEqualTo(7);
        }
        SharedMap<Integer, Integer> map = SharedMap.create(segment, "map_ii", Codecs.int32(), Codecs.int32(), 7);
        assertThat(map.put(1, 100) && map.put(-1, 200) && map.put(8, 300)).isTrue();
        assertThat(map.remove(8)).isEqualTo(300);
        SharedMap.create(segment, "map_id", Codecs.int32(), Codecs.float64(), 7).put(5, 2.5);
        SharedMap.create(segment, "map_ll", Codecs.int64(), Codecs.int64(), 7).put(-3L, 9L);
        SharedMap.create(segment, "map_si", Codecs.record(S16.class), Codecs.int32(), 7).put(new S16(1, 2), 77);
        SharedSet<Integer> set = SharedSet.create(segment, "set_i", Codecs.int32(), 5);
        assertThat(set.add(42) && set.add(43) && set.remove(43)).isTrue();
        SharedSet.create(segment, "set_d", Codecs.float64(), 5).add(1.25);
    }

    /**
     * All bytes but the link of a node that is handed out: C++ leaves the old one, which nobody reads, and we write the
     * node's own index, see docs/format/pool.md.
     */
    @Test
    void shouldWriteTheSamePoolsButForTheLinksOfAllocatedNodesWhenTakingTheSameSteps() {
        try (Segment segment = Segment.at(directory.resolve("pools")).size(1 << 14).onClose(OnClose.DELETE).create()) {
            SharedPool<Double> doubles = SharedPool.create(segment, "pool_d", Codecs.float64(), 3);
            int x = doubles.allocate();
            doubles.set(x, 6.5);
            doubles.set(doubles.allocate(), 7.5);
            doubles.free(x);
            SharedPool<String> texts = SharedPool.create(segment, "pool_5", Codecs.string(5), 3);
            texts.set(texts.allocate(), "hello");

            assertPool(segment, "pool_d", 7248, 7320, 24 + 16 + 8, 1);
            assertPool(segment, "pool_5", 7320, 7380, 24 + 8, 0);
        }
    }

    private static void assertPool(Segment segment, String name, int from, int to, int link, int handle) {
        byte[] expected = GoldenSegment.bytes(from, to);
        ByteBuffer.wrap(expected).order(ByteOrder.LITTLE_ENDIAN).putInt(link, handle);
        assertThat(segment.blocks(name).require("").memory().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(expected);
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
