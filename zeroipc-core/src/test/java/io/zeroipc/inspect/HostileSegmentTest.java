package io.zeroipc.inspect;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.SegmentFormatException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.flow.SharedFuture;
import io.zeroipc.format.SegmentDescriptor;
import io.zeroipc.json.Json;
import io.zeroipc.manifest.Manifest;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Spec;
import io.zeroipc.sync.SharedBarrier;
import io.zeroipc.sync.SharedEvent;
import io.zeroipc.sync.SharedLatch;
import io.zeroipc.sync.SharedMutex;
import io.zeroipc.sync.SharedSemaphore;
import io.zeroipc.testing.GoldenSegment;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Whatever stands in a segment: reports, previews and manifests say what they know, and nothing that is not so. */
class HostileSegmentTest {

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldSayWhatItKnowsWhenAnyBytesAreOverwritten(long seed) throws IOException {
        Random random = new Random(seed);
        for (int round = 0; round < 25; round++) {
            Path path = segments.path();
            Files.write(path, GoldenSegment.bytes());
            Segment segment = segments.track(Segment.at(path).open());
            int end = Math.toIntExact(segment.occupancy().used());
            try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
                for (int i = 0; i <= random.nextInt(40); i++) {
                    // From the table's own numbers on; the magic was looked at when the segment was opened.
                    int at = 8 + random.nextInt(end - 8);
                    int length = Math.min(random.nextInt(9), end - at);
                    byte[] bytes = new byte[length];
                    if (random.nextBoolean()) {
                        random.nextBytes(bytes);
                    } else {
                        Arrays.fill(bytes, (byte) (random.nextBoolean() ? 0 : 0xFF));
                    }
                    file.write(ByteBuffer.wrap(bytes), at);
                }
            }
            assertEverythingIsSaid(segment, "seed=" + seed + ", round=" + round);
            segment.close();
        }
    }

    private static void assertEverythingIsSaid(Segment segment, String when) {
        SegmentReport report = Inspector.report(segment);
        assertThat(report.structures()).as(when).hasSizeLessThanOrEqualTo(segment.entries().size());
        Set<String> rows = new HashSet<>();
        for (StructureReport each : report.structures().values()) {
            rows.addAll(each.entryNames());
            Preview.of(segment, each, 3)
                    .ifPresent(preview -> assertThat(preview.elements()).as(when).hasSizeLessThanOrEqualTo(3));
        }
        assertThat(rows).as(when).hasSize(segment.entries().size());
        Map<String, ?> manifest = Json.object(Json.parse(Manifest.of(segment)), "manifest");
        assertThat(Json.object(manifest.get("structures"), "structures").keySet()).as(when)
                .isEqualTo(report.structures().keySet());
    }

    static List<Spec<?>> sixteenBytes() {
        return List.of(SharedSemaphore.spec(3), SharedSemaphore.spec(3, 10), SharedSemaphore.spec(0),
                SharedMutex.spec(), SharedLatch.spec(9), SharedLatch.spec(1), SharedBarrier.spec(4),
                SharedBarrier.spec(1));
    }

    @ParameterizedTest
    @MethodSource("sixteenBytes")
    void shouldNameTheKindAmongTheCandidatesWhenManyKindsLookLikeThis(Spec<?> spec) {
        Segment segment = segments.create(builder -> builder.size(1 << 14).catalogue(false));
        segment.create("it", spec);

        StructureReport report = Inspector.report(segments.open(segment), "it").orElseThrow();
        assertThat(report.trust()).isIn(Trust.POSSIBLE, Trust.RECOGNISED);
        assertThat(report.trust() == Trust.RECOGNISED ? List.of(report.kind()) : report.candidates())
                .contains(spec.kind().label());
        // What this process has opened, it knows.
        assertThat(Inspector.report(segment, "it").orElseThrow().kind()).isEqualTo(spec.kind().label());
    }

    /** A queue of 2 elements of 4 bytes has 32 bytes; so has an array of 3 longs. */
    @Test
    void shouldNotTakeAnArrayForAQueueWhenItsNumbersLookLikeOne() {
        Segment segment = segments.create(builder -> builder.size(1 << 14).catalogue(false));
        SharedArray<Long> array = SharedArray.create(segment, "a", Codecs.int64(), 3);
        array.set(0, 2 | 4L << 32);
        array.set(2, 1L << 32);
        StructureReport report = Inspector.report(segments.open(segment), "a").orElseThrow();
        assertThat(report.trust()).as("%s", report).isEqualTo(Trust.POSSIBLE);
        assertThat(report.candidates()).contains("array").doesNotContain("queue");
    }

    @Test
    void shouldShowEveryRowWhenNamesAreTakenTwiceOrNobodyCanReadThem() throws IOException {
        Segment segment = segments.create(builder -> builder.size(1 << 14).catalogue(false));
        for (int i = 0; i < 7; i++) {
            SharedQueue.create(segment, "q" + i, Codecs.int64(), 8);
        }
        name(segment, 1, "q0".getBytes(StandardCharsets.US_ASCII));
        name(segment, 2, new byte[] {(byte) 0xFF});
        name(segment, 3, new byte[] {(byte) 0xFE});
        name(segment, 4, "\u001b[2Jx\n".getBytes(StandardCharsets.US_ASCII));
        name(segment, 5, new byte[32]);
        name(segment, 6, "x".repeat(32).getBytes(StandardCharsets.US_ASCII));

        Segment stranger = segments.open(segment);
        SegmentReport report = Inspector.report(stranger);
        assertThat(report.structures().keySet()).containsExactlyInAnyOrder("q0", "q0 (row 1)", "\uFFFD",
                "\uFFFD (row 3)", "\u001b[2Jx\n", "", "x".repeat(32));
        assertThat(report.structures().get("q0").kind()).isEqualTo("queue");
        for (String unreachable : List.of("q0 (row 1)", "\uFFFD", "\uFFFD (row 3)", "x".repeat(32))) {
            assertThat(report.structures().get(unreachable).trust()).as(unreachable).isEqualTo(Trust.OPAQUE);
        }
        assertEverythingIsSaid(stranger, "names");
        assertThat(Manifest.of(stranger)).doesNotContain("\u001b");
    }

    /** What two programs leave that add at the same time without a lock. */
    @Test
    void shouldSayThatStructuresShareBytesWhenTheirRowsDo() throws IOException {
        Segment segment = segments.create(builder -> builder.size(1 << 14).catalogue(false));
        SharedQueue.create(segment, "first", Codecs.int64(), 8);
        SharedQueue.create(segment, "second", Codecs.int64(), 8);
        SharedEvent.create(segment, "apart", SharedEvent.Mode.AUTO);
        row(segment, 1, 32, segment.entries().getFirst().offset());

        SegmentReport report = Inspector.report(segments.open(segment));
        assertThat(report.structures().get("first").details()).containsEntry("overlaps", "second");
        assertThat(report.structures().get("second").details()).containsEntry("overlaps", "first");
        assertThat(report.structures().get("apart").details()).doesNotContainKey("overlaps");
    }

    @Test
    void shouldNameEachPairWhenOneRowCoversOthersThatDoNotTouch() throws IOException {
        Segment segment = segments.create(builder -> builder.size(1 << 14).catalogue(false));
        for (String name : List.of("wide", "early", "late", "next", "cut")) {
            SharedQueue.create(segment, name, Codecs.int64(), 8);
        }
        long start = segment.entries().getFirst().offset();
        long bytes = segment.entries().getFirst().byteSize();
        row(segment, 1, 32, start + 8);
        row(segment, 1, 40, 16);
        row(segment, 2, 32, start + 64);
        row(segment, 2, 40, 8);
        // Begins where the first one ends, and the last one begins with its last eight bytes.
        row(segment, 3, 32, start + bytes);
        row(segment, 3, 40, 32);
        row(segment, 4, 32, start + bytes + 24);
        row(segment, 4, 40, 8);

        Map<String, StructureReport> reports = Inspector.report(segments.open(segment)).structures();
        assertThat(reports.get("wide").details()).containsEntry("overlaps", "early, late");
        assertThat(reports.get("early").details()).containsEntry("overlaps", "wide");
        assertThat(reports.get("late").details()).containsEntry("overlaps", "wide");
        assertThat(reports.get("next").details()).containsEntry("overlaps", "cut");
        assertThat(reports.get("cut").details()).containsEntry("overlaps", "next");
    }

    @Test
    void shouldBeOpaqueWhenAPeerHasOnlyBegunToCreateIt() throws IOException {
        Segment segment = segments.create(builder -> builder.size(1 << 14).catalogue(false));
        SharedQueue.create(segment, "q", Codecs.int64(), 8);
        segment.blocks("q").require("").memory().fill((byte) 0);
        assertThat(Inspector.report(segments.open(segment), "q").orElseThrow().trust()).isEqualTo(Trust.OPAQUE);

        // The row is counted and has a name, and nothing else yet.
        row(segment, 0, 32, 0);
        row(segment, 0, 40, 0);
        StructureReport begun = Inspector.report(segments.open(segment), "q").orElseThrow();
        assertThat(begun.trust()).isEqualTo(Trust.OPAQUE);
        assertThat(begun.bytes()).isZero();
    }

    @Test
    void shouldBelieveTheBytesWhenTheCatalogueContradictsThem() throws IOException {
        Segment segment = segments.create(1 << 14);
        SharedQueue.create(segment, "q", Codecs.int64(), 8);
        SharedFuture.create(segment, "f", Codecs.int64());
        Path catalogue = Path.of(segment.path() + ".zipc");
        String text = Files.readString(catalogue);
        Files.writeString(catalogue, text.replace("\"size\":8", "\"size\":4").replace("int64", "int32"));

        Segment stranger = segments.open(segment);
        StructureReport queue = Inspector.report(stranger, "q").orElseThrow();
        assertThat(queue.trust()).isEqualTo(Trust.RECOGNISED);
        assertThat(queue.schema()).isNull();
        assertThat(queue.elementSize()).isEqualTo(8);
        // Futures of 4 and of 8 bytes have one size: nothing contradicts.
        assertThat(Inspector.report(stranger, "f").orElseThrow().elementType()).isEqualTo("int32");
    }

    @Test
    void shouldReadSchemasOfAnyLengthWhenTheyAreOfThisSegment() throws IOException {
        Segment segment = segments.create(1 << 20);
        SharedArray.create(segment, "wide", Codecs.bytes(1 << 16), 2);
        SharedArray.create(segment, "after", Codecs.int64(), 2);
        Path catalogue = Path.of(segment.path() + ".zipc");
        String fields = IntStream.range(0, 4096)
                .mapToObj(i -> "{\"name\":\"f" + i + "\",\"type\":\"uint8\",\"offset\":" + i + ",\"size\":1}")
                .collect(Collectors.joining(","));
        String line = "{\"name\":\"wide\",\"kind\":\"array\",\"offset\":" + segment.entries().getFirst().offset()
                + ",\"element\":{\"type\":\"Wide\",\"size\":65536,\"fields\":[" + fields + "]}}\n";
        assertThat(line.length()).isGreaterThan(1 << 16);
        // Deeper than anything that is meant; a name that is none; two fields of one name.
        String nonsense = "[".repeat(1 << 16) + "\n{\"name\":7,\"kind\":\"array\",\"offset\":3}\n"
                + line.replace("\"f1\"", "\"f0\"").replace("wide", "after");
        Files.writeString(catalogue, nonsense + line, StandardOpenOption.APPEND);

        Segment stranger = segments.open(segment);
        assertThat(Inspector.report(stranger, "wide").orElseThrow().schema().fields()).hasSize(4096);
        assertThat(Inspector.report(stranger, "after").orElseThrow().elementType()).isEqualTo("int64");
        assertEverythingIsSaid(stranger, "wide");
    }

    @Test
    void shouldBeRefusedWhenTheFileIsCutAnywhere() throws IOException {
        byte[] golden = GoldenSegment.bytes();
        for (int length : List.of(1, 31, 32, 100, 6175, 6176, golden.length - 1)) {
            Path path = segments.path();
            Files.write(path, Arrays.copyOf(golden, length));
            assertThatExceptionOfType(SegmentFormatException.class).as("%s", length)
                    .isThrownBy(() -> segments.track(Segment.at(path).openReadOnly()));
        }
    }

    private static void name(Segment segment, int row, byte[] name) throws IOException {
        write(segment, SegmentDescriptor.entryOffset(row), Arrays.copyOf(name, 32));
    }

    private static void row(Segment segment, int row, int field, long value) throws IOException {
        write(segment, SegmentDescriptor.entryOffset(row) + field,
                ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
    }

    private static void write(Segment segment, long offset, byte[] bytes) throws IOException {
        try (FileChannel file = FileChannel.open(segment.path(), StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(bytes), offset);
        }
    }
}
