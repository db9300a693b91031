package io.zeroipc.inspect;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.Occupancy;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.RingReader;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.segment.OnClose;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.TableEntry;
import io.zeroipc.testing.GoldenSegment;

import static org.assertj.core.api.Assertions.assertThat;

/** Reads what the C++ implementation wrote, and writes what it wrote. */
class GoldenSegmentTest {

    /** The table as the C++ program left it: name, offset, size. */
    private static final String TABLE = """
            arr 6176 28, q 6208 80, q5 6288 56, stk 6344 52, ring 6400 40, map_ii 6440 100, map_id 6544 128,
            map_ll 6672 184, map_si 6856 240, set_i 7096 56, set_d 7152 96, pool_d 7248 72, pool_5 7320 60, sem 7384 16,
            mtx 7400 16, rw_state 7416 8, rw_rmtx 7424 16, rw_wmtx 7440 16, rw 7456 1, mon_mtx 7464 16, mon_cond 7480 16,
            mon_count 7496 4, mon 7504 1, bar 7512 16, lat 7528 16, once 7544 4, ev_a 7552 12, ev_a_sem 7568 16,
            ev_m 7584 12, ev_m_sem 7600 16, sig_i_state 7616 16, sig_i_mtx 7632 16, sig_i 7648 1, sig_d_state 7656 16,
            sig_d_mtx 7672 16, sig_d 7688 1, fut_i 7696 280, fut_e 7976 280, lazy_i 8256 280, lazy_c 8536 304,
            lazy_c2 8840 304, lazy_add 9144 304, lazy_b 9448 16, str_header 9464 56, str_buffer 9520 40, strv 9560 16,
            chb_header 9576 32, chb_buffer 9608 48, chu_header 9656 32, chu_slot 9688 16""";

    @TempDir
    Path directory;

    @Test
    void shouldReadTheWholeTableWhenWrittenByCpp() {
        try (Segment segment = Segment.at(GoldenSegment.copyTo(directory)).open()) {
            List<TableEntry> expected = new ArrayList<>();
            for (String row : TABLE.split(",\\s+")) {
                String[] cells = row.strip().split(" ");
                expected.add(new TableEntry(cells[0], Long.parseLong(cells[1]), Long.parseLong(cells[2]), true));
            }
            assertThat(segment.entries()).isEqualTo(expected).hasSize(50);
            assertThat(segment.byteSize()).isEqualTo(GoldenSegment.SIZE);
            assertThat(segment.entryOccupancy()).isEqualTo(new Occupancy(50, GoldenSegment.MAX_ENTRIES, "entries"));
            assertThat(segment.occupancy().used()).isEqualTo(9704);
        }
    }

    @Test
    void shouldWriteTheSameBytesWhenTakingTheSameSteps() throws IOException {
        Path path = directory.resolve("java");
        try (Segment segment = Segment.at(path)
                .size(GoldenSegment.SIZE)
                .maxEntries(GoldenSegment.MAX_ENTRIES)
                .onClose(OnClose.KEEP)
                .create()) {
            SharedArray<Integer> array = SharedArray.create(segment, "arr", Codecs.int32(), 5);
            for (int i = 0; i < 5; i++) {
                array.set(i, i + 1);
            }
            SharedQueue<Integer> queue = SharedQueue.create(segment, "q", Codecs.int32(), 5);
            assertThat(queue.offer(11) && queue.offer(22) && queue.offer(33)).isTrue();
            assertThat(queue.poll()).isEqualTo(11);
            SharedQueue.create(segment, "q5", Codecs.string(5), 3).offer("hello");
        }
        byte[] written = Files.readAllBytes(path);

        // Three rows, and the blocks of all three; the rest of the golden header speaks of 50 rows.
        assertThat(Arrays.copyOfRange(written, 32, 32 + 3 * 48))
                .isEqualTo(GoldenSegment.bytes(32, 32 + 3 * 48));
        assertThat(Arrays.copyOfRange(written, 6176, 6344)).isEqualTo(GoldenSegment.bytes(6176, 6344));
        assertThat(Arrays.copyOfRange(written, 0, 8)).isEqualTo(GoldenSegment.bytes(0, 8));
        assertThat(Arrays.copyOfRange(written, 12, 24)).isEqualTo(GoldenSegment.bytes(12, 24));
    }

    @Test
    void shouldReadTheElementsWhenWrittenByCpp() {
        try (Segment segment = Segment.at(GoldenSegment.copyTo(directory)).open()) {
            SharedArray<Integer> array = SharedArray.open(segment, "arr", Codecs.int32());
            assertThat(List.of(array.get(0), array.get(1), array.get(2), array.get(3), array.get(4)))
                    .containsExactly(1, 2, 3, 4, 5);
            SharedQueue<Integer> queue = SharedQueue.open(segment, "q", Codecs.int32());
            assertThat(List.of(queue.poll(), queue.poll())).containsExactly(22, 33);
            assertThat(queue.poll()).isNull();
            SharedQueue<String> strings = SharedQueue.open(segment, "q5", Codecs.string(5));
            assertThat(strings.poll()).isEqualTo("hello");
            try (RingReader<Integer> ring = SharedRing.open(segment, "ring", Codecs.int32()).reader()) {
                assertThat(ring.poll()).isEqualTo(8);
                assertThat(ring.poll()).isNull();
            }
        }
    }

    @Test
    void shouldGuessNothingWrongWhenInspectingTheWorkOfCpp() {
        try (Segment segment = Segment.at(GoldenSegment.copyTo(directory)).openReadOnly()) {
            SegmentReport report = Inspector.report(segment);

            assertReported(report, "q", "queue", 4, Occupancy.ofElements(2, 8));
            assertReported(report, "q5", "queue", 5, Occupancy.ofElements(1, 4));
            // Eight bytes written: so has an array of eight elements of four bytes, the same number first. What is signalled
            // can be an array of one element, and a stream of two elements two arrays.
            assertPossible(report, "ring", "array", "ring");
            assertPossible(report, "ev_a", "event", "array");
            assertPossible(report, "str", "stream", "array");
            assertThat(report.structures().get("str").entryNames()).containsExactly("str_header", "str_buffer");
            assertReported(report, "sig_i", "signal", 0, Occupancy.ofElements(1, 1));
            assertReported(report, "rw", "rwlock", 0, new Occupancy(1, 1, "holders"));
            assertReported(report, "mon", "monitor", 0, new Occupancy(1, 1, "holders"));
            assertReported(report, "ev_m", "event", 0, new Occupancy(1, 1, "signals"));
            for (StructureReport structure : report.structures().values()) {
                if (structure.trust() == Trust.RECOGNISED) {
                    String owner = structure.name().replaceFirst("_buffer$", "");
                    assertThat(owner).as("%s", structure)
                            .isIn("q", "q5", "stk", "map_ii", "map_id", "map_ll", "map_si", "set_i", "set_d", "pool_d",
                                    "pool_5", "chb", "chu", "ev_m", "rw", "mon", "sig_i", "sig_d");
                }
            }
        }
    }

    private static void assertPossible(SegmentReport report, String name, String... candidates) {
        StructureReport structure = report.structures().get(name);
        assertThat(structure).as(name).isNotNull();
        assertThat(structure.trust()).as("%s", structure).isEqualTo(Trust.POSSIBLE);
        assertThat(structure.kind()).as("%s", structure).isEqualTo(StructureReport.POSSIBLE);
        assertThat(structure.candidates()).as("%s", structure).containsExactly(candidates);
    }

    private static void assertReported(SegmentReport report, String name, String kind, long elementSize,
            Occupancy occupancy) {
        StructureReport structure = report.structures().get(name);
        assertThat(structure).as(name).isNotNull();
        assertThat(structure.kind()).as("%s", structure).isEqualTo(kind);
        assertThat(structure.trust()).as("%s", structure).isEqualTo(Trust.RECOGNISED);
        assertThat(structure.elementSize()).as("%s", structure).isEqualTo(elementSize);
        assertThat(structure.occupancy()).as("%s", structure).isEqualTo(occupancy);
    }
}
