package io.zeroipc.interop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.FutureTask;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import io.zeroipc.InvalidStructureNameException;
import io.zeroipc.SegmentFormatException;
import io.zeroipc.SegmentFullException;
import io.zeroipc.StructureExistsException;
import io.zeroipc.StructureMismatchException;
import io.zeroipc.StructureNotFoundException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.inspect.Inspector;
import io.zeroipc.inspect.SegmentReport;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.TableEntry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Tag("process")
class TableInteropTest {

    @RegisterExtension
    final Workbench bench = new Workbench();

    @ParameterizedTest
    @EnumSource
    void shouldReadTheTableWhenAPeerCreatedTheSegment(Language language) throws Exception {
        Peer peer = bench.creator(language);
        peer.ask("array-create", "numbers", "int64", 10);
        peer.ask("queue-create", "orders", "int32", 5);
        Segment segment = bench.open();

        assertThat(peer.numbers("header"))
                .containsExactly(2L, 64L, segment.byteSize(), segment.occupancy().used());
        assertThat(segment.entryOccupancy().used()).isEqualTo(2);
        assertThat(segment.entryOccupancy().capacity()).isEqualTo(64);
        assertThat(segment.entries())
                .containsExactly(new TableEntry("numbers", 3104, 88, true), new TableEntry("orders", 3192, 80, true));
    }

    @ParameterizedTest
    @EnumSource
    void shouldShowTheSameTableWhenJavaAndAPeerAddInTurn(Language language) throws Exception {
        Segment segment = bench.create();
        Peer peer = bench.attach(language);
        for (int i = 0; i < 10; i++) {
            SharedArray.create(segment, "java-" + i, Codecs.int8(), 3 + i);
            peer.ask("array-create", "peer-" + i, "int8", 4 + i);
        }
        List<String> expected = segment.entries()
                .stream()
                .map(entry -> entry.name() + ":" + entry.offset() + ":" + entry.byteSize())
                .toList();

        assertThat(expected).hasSize(20).startsWith("java-0:3104:11", "peer-0:3120:12", "java-1:3136:12");
        assertThat(peer.list("entries")).isEqualTo(expected);
        assertThat(peer.numbers("header").get(3)).isEqualTo(segment.occupancy().used());
    }

    @ParameterizedTest
    @CsvSource({"CPP, 2000", "PYTHON, 200"})
    void shouldLoseNothingWhenJavaAndAPeerAddAtTheSameTime(Language language, int each) throws Exception {
        Segment segment = bench.keep(Segment.named(bench.segment()).size(Workbench.SIZE).maxEntries(2 * each).create());
        Peer peer = bench.attach(language);
        peer.begin("array-create-many", "peer-", each);
        for (int i = 0; i < each; i++) {
            SharedArray.create(segment, "java-" + i, Codecs.int32(), 3).set(2, i);
        }
        peer.answer();

        List<TableEntry> entries = new ArrayList<>(segment.entries());
        assertThat(entries.stream().map(TableEntry::name).distinct()).hasSize(2 * each);
        entries.sort(Comparator.comparingLong(TableEntry::offset));
        for (int i = 1; i < entries.size(); i++) {
            TableEntry before = entries.get(i - 1);
            assertThat(entries.get(i).offset()).isGreaterThanOrEqualTo(before.offset() + before.byteSize());
        }
        for (int i = 0; i < each; i++) {
            assertThat(SharedArray.open(segment, "peer-" + i, Codecs.int32()).get(2)).isEqualTo(-i);
            assertThat(peer.ask("array-get", "java-" + i, "int32", 2, 1)).isEqualTo("" + i);
        }
    }

    @Test
    void shouldTakeTheTableForWhatItsHeaderSaysWhenAPeerChoseAnotherSize() throws Exception {
        Peer peer = bench.start(Language.CPP);
        peer.ask("create", bench.segment(), Workbench.SIZE, 1000);
        Segment segment = bench.open();

        assertThat(segment.entryOccupancy().capacity()).isEqualTo(1000);
        for (int i = 0; i < 70; i++) {
            SharedArray.create(segment, "a" + i, Codecs.int32(), 1).set(0, i);
        }
        assertThat(peer.ask("array-get", "a69", "int32", 0, 1)).isEqualTo("69");
    }

    @Test
    void shouldRefuseToAddWhenTheTableOfAPeerIsFull() throws Exception {
        Peer peer = bench.start(Language.CPP);
        peer.ask("create", bench.segment(), Workbench.SIZE, 4);
        peer.ask("array-create", "first", "int64", 1);
        peer.ask("array-set", "first", "int64", 0, 4711);
        Segment segment = bench.open();
        for (int i = 0; i < 3; i++) {
            SharedArray.create(segment, "a" + i, Codecs.int64(), 1);
        }
        List<Long> header = peer.numbers("header");

        assertThatExceptionOfType(SegmentFullException.class)
                .isThrownBy(() -> SharedArray.create(segment, "a3", Codecs.int64(), 1))
                .withMessageContainingAll("name=a3", "entries free=0", "max_entries=4");
        assertThat(peer.numbers("header")).as("nothing was changed").isEqualTo(header);
        assertThat(peer.ask("array-get", "first", "int64", 0, 1)).isEqualTo("4711");
    }

    @Test
    void shouldTakeZeroMaxEntriesFor64() throws Exception {
        Peer peer = bench.start(Language.CPP);
        peer.ask("create", bench.segment(), Workbench.SIZE, 0);
        Segment segment = bench.open();

        assertThat(segment.entryOccupancy().capacity()).isEqualTo(64);
        SharedArray.create(segment, "a", Codecs.int64(), 1);
        assertThat(peer.ask("entries")).isEqualTo("a:3104:16");
    }

    @ParameterizedTest
    @EnumSource
    void shouldAgreeOnNamesWhenTheyAreLongOrNotAscii(Language language) throws Exception {
        String longest = "n".repeat(29) + "µ";
        Segment segment = bench.create();
        Peer peer = bench.attach(language);
        SharedArray.create(segment, longest, Codecs.int32(), 1).set(0, 7);

        assertThat(peer.ask("array-get", longest, "int32", 0, 1)).isEqualTo("7");
        assertThat(peer.refusal("array-create", longest, "int32", 1)).contains("too long or taken");
        assertThat(peer.refusal("array-create", longest + "m", "int32", 1)).contains("too long or taken");
        assertThatExceptionOfType(InvalidStructureNameException.class)
                .isThrownBy(() -> SharedArray.create(segment, longest + "m", Codecs.int32(), 1));
        peer.ask("array-create", "peer", "int32", 1);
        assertThatExceptionOfType(StructureExistsException.class)
                .isThrownBy(() -> SharedArray.create(segment, "peer", Codecs.int32(), 1));
        assertThatExceptionOfType(StructureNotFoundException.class)
                .isThrownBy(() -> SharedArray.open(segment, "pee", Codecs.int32()))
                .withMessageContainingAll("present: " + longest + ", peer");
    }

    @ParameterizedTest(name = "{2}")
    @CsvSource({"0, 1, 'wrong magic: magic=0x00000001'", "4, 1, 'unsupported format version: version=1'",
            "4, 3, 'unsupported format version: version=3'", "8, 65, 'table is corrupt: entry_count=65'",
            "12, 100000, 'table does not fit into the segment: max_entries=100000'",
            "16, 1048577, 'file is shorter than its header says: memory_size=1048577'",
            "24, 3103, 'table is corrupt: next_offset=3103'", "24, 1048577, 'table is corrupt: next_offset=1048577'"})
    void shouldRefuseWhenTheHeaderOfAForeignSegmentIsImpossible(long offset, long value, String reason)
            throws Exception {
        Peer peer = bench.creator(Language.CPP);
        peer.ask("poke32", "-", offset, value);

        assertThatExceptionOfType(SegmentFormatException.class).isThrownBy(bench::openImpatiently)
                .withMessageContaining(reason);
    }

    @Test
    void shouldWaitWhenAPeerHasNotYetWrittenTheMagic() throws Exception {
        Peer peer = bench.creator(Language.CPP);
        peer.ask("poke32", "-", 0, 0);
        FutureTask<Segment> opening = bench.beside(
                () -> bench.keep(Segment.named(bench.segment()).openTimeout(Duration.ofMinutes(1)).open()));
        peer.ask("array-create", "a", "int32", 1);
        assertThat(opening.isDone()).isFalse();
        peer.ask("poke32", "-", 0, 0x5A49504D);

        assertThat(opening.get().entries()).hasSize(1);
    }

    @ParameterizedTest(name = "offset {0}, size {1}")
    @CsvSource({"3103, 16", "3108, 16", "1048576, 16", "3104, 1048576", "-8, 16", "3104, -1", "3104, 0"})
    void shouldRefuseOneStructureWhenItsRowPointsOutsideAndOpenTheOthers(long offset, long size) throws Exception {
        Peer peer = bench.creator(Language.CPP);
        peer.ask("array-create", "bad", "int64", 1);
        peer.ask("array-create", "good", "int64", 1);
        // Row 0 begins at 32; its block's offset and size stand behind 32 bytes of name.
        peer.ask("poke64", "-", 32 + 32, Long.toUnsignedString(offset));
        peer.ask("poke64", "-", 32 + 40, Long.toUnsignedString(size));
        Segment segment = bench.openImpatiently();

        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> SharedArray.open(segment, "bad", Codecs.int64()))
                .withMessageContainingAll("entry=bad", "offset=" + offset, "size=" + size);
        assertThat(SharedArray.open(segment, "good", Codecs.int64()).get(0)).isZero();
        assertThat(segment.entries()).extracting(TableEntry::name).containsExactly("bad", "good");
    }

    @Test
    void shouldNameTheKindsWhenAPeerCreatedTheStructures() throws Exception {
        Peer peer = bench.creator(Language.CPP);
        peer.ask("array-create", "array", "int64", 3);
        peer.ask("queue-create", "queue", "parcel", 5);
        peer.ask("ring-create", "ring", "reading", 6);
        peer.ask("channel-create", "buffered", "int32", 4);
        peer.ask("channel-create", "unbuffered", "int32", 0);
        peer.ask("state-create", "state", 4);
        peer.ask("allocate", "unknown", 12);
        peer.ask("queue-push", "queue", "parcel", "0/1", "0/2");
        peer.ask("state-set", "state", 1);

        SegmentReport report = Inspector.report(bench.open());
        assertThat(report.structures().keySet())
                .containsExactly("array", "queue", "ring", "buffered", "unbuffered", "state", "unknown");
        assertThat(report.structures().values())
                .extracting(structure -> structure.name() + ": " + structure.kind() + ", " + structure.trust())
                .containsExactly("array: array, POSSIBLE", "queue: queue, RECOGNISED", "ring: ring, RECOGNISED",
                        "buffered: channel, RECOGNISED", "unbuffered: channel, RECOGNISED", "state: state, RECOGNISED",
                        "unknown: opaque, OPAQUE");
        assertThat(report.structures().get("queue").occupancy().used()).isEqualTo(2);
        assertThat(report.structures().get("queue").elementSize()).isEqualTo(24);
    }

    @Test
    void shouldEndAPeerAtWorkWhenItsInputEnds() throws Exception {
        Peer peer = bench.creator(Language.CPP);
        peer.ask("ring-create", "r", "parcel", 4);
        peer.begin("ring-consume", "r");
        Peer python = bench.attach(Language.PYTHON);
        python.begin("ring-consume", "r");

        assertThat(peer.end()).isZero();
        assertThat(python.end()).isZero();
    }
}
