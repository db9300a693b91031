package io.zeroipc.manifest;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.ElementSchema;
import io.zeroipc.Shape;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.codec.Absent;
import io.zeroipc.codec.Codecs;
import io.zeroipc.codec.Length;
import io.zeroipc.codec.Scale;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.flow.SharedState;
import io.zeroipc.flow.StateWriter;
import io.zeroipc.json.Json;
import io.zeroipc.segment.Segment;
import io.zeroipc.sync.SharedMutex;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@SuppressWarnings("ArrayRecordComponent") // that is what fixed arrays look like
class ManifestTest {

    enum Side {
        BUY, SELL
    }

    record Point(float x, float y) {}

    record Sample(long time, double value, @Length(4) int[] levels, @Length(6) String unit, Side side, Point at,
            @Length(2) Point[] path) {}

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private static Map<String, Object> structure(Segment segment, String name) {
        return Json.object(Json.object(Json.object(Json.parse(Manifest.of(segment)), "manifest").get("structures"),
                "structures").get(name), name);
    }

    private static long number(Map<String, Object> structure, String name) {
        return Json.whole(structure.get(name), name, 0, Long.MAX_VALUE);
    }

    private static ByteBuffer bytes(Segment segment) throws IOException {
        return ByteBuffer.wrap(Files.readAllBytes(segment.path())).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Test
    void shouldLeadToEachElementWhenAnArrayIsReadByOffsetsAlone() throws IOException {
        Segment segment = segments.create(1 << 14);
        SharedArray<Double> array = SharedArray.create(segment, "levels", Codecs.float64(), 5);
        for (int i = 0; i < 5; i++) {
            array.set(i, i * 1.5);
        }

        Map<String, Object> levels = structure(segment, "levels");

        assertThat(levels).containsEntry("kind", "array")
                .containsEntry("shape", List.of(5L))
                .containsEntry("strides", List.of(8L))
                .containsEntry("dtype", "<f8");
        ByteBuffer file = bytes(segment);
        for (int i = 0; i < 5; i++) {
            assertThat(file.getDouble((int) number(levels, "offset") + 8 * i)).isEqualTo(i * 1.5);
        }
    }

    @Test
    void shouldLeadToTheNewestValueWhenAStateIsReadByOffsetsAlone() throws IOException {
        Segment segment = segments.create(1 << 14);
        SharedState<Long> state = SharedState.create(segment, "newest", Codecs.int64());
        StateWriter<Long> writer = state.writer();
        for (long value = 1; value <= 7; value++) {
            writer.set(value * 100);
        }

        Map<String, Object> newest = structure(segment, "newest");
        Map<String, Object> fields = Json.object(newest.get("fields"), "fields");
        ByteBuffer file = bytes(segment);

        long latest = file.getLong((int) number(Json.object(fields.get("latest"), "latest"), "offset"));
        assertThat(latest).isEqualTo(7);
        int slots = (int) (long) (Long) Json.array(newest.get("shape"), "shape").getFirst();
        int stride = (int) (long) (Long) Json.array(newest.get("strides"), "strides").getFirst();
        int slot = (int) (latest % slots) * stride;
        long sequence = file.getLong((int) number(Json.object(fields.get("sequence"), "sequence"), "offset") + slot);
        assertThat(sequence).isEqualTo(2 * latest);
        assertThat(file.getLong((int) number(newest, "offset") + slot)).isEqualTo(700);
    }

    @Test
    void shouldDescribeRecordsAsNumpyDoesWhenElementsHaveFields() {
        Segment segment = segments.create(1 << 14);
        segment.create("history", SharedRing.spec(Codecs.record(Sample.class), 4, true));

        Map<String, Object> history = structure(segments.open(segment), "history");

        assertThat(Json.write(history.get("dtype"))).isEqualTo("""
                {"names":["time","value","levels","unit","side","at","path"],\
                "formats":["<i8","<f8","(4,)<i4","|S6","<i4",\
                {"names":["x","y"],"formats":["<f4","<f4"],"offsets":[0,4],"itemsize":8},"|V16"],\
                "offsets":[0,8,16,32,40,44,52],"itemsize":72}""");
        assertThat(Json.object(history.get("fields"), "fields").keySet()).containsExactly("write_pos", "read_pos");
        assertThat(Json.write(history.get("element"))).contains("\"constants\":[\"BUY\",\"SELL\"]");
    }

    record Deal(UUID id, Instant at, Duration took, @Absent LocalDate due, @Length(2) LocalDateTime[] shown,
            @Scale(2) BigDecimal price, @Absent(Absent.By.FLAG) Instant paid,
            @Absent(Absent.By.FLAG) @Length(2) Integer[] counts) {}

    @Test
    void shouldDescribeTimesAsNumpyDoesWhenElementsHaveThem() {
        Segment segment = segments.create(1 << 14);
        segment.create("deals", SharedRing.spec(Codecs.record(Deal.class), 4, true));

        assertThat(Json.write(structure(segments.open(segment), "deals").get("dtype"))).isEqualTo("""
                {"names":["id","at","took","due","shown","price","paid","counts"],\
                "formats":["|V16","<M8[ns]","<m8[ns]","<M8[D]","(2,)<M8[ns]","<i8",\
                {"names":["value","present"],"formats":["<M8[ns]","|b1"],"offsets":[0,8],"itemsize":16},"|V16"],\
                "offsets":[0,16,24,32,40,56,64,80],"itemsize":96}""");
    }

    /** What dtype says of these is less than what element says, and never something else. */
    @Test
    void shouldOpenWhatItSaysTwiceOfElementsWhateverIsInThem() {
        Path manifest = segments.directory().resolve("arena.json");
        try (PackedArena arena = PackedArena.at(manifest)
                .array("samples", Codecs.record(Sample.class), Shape.of(2))
                .array("deals", Codecs.record(Deal.class), Shape.of(2, 3))
                .array("frames", Codecs.frame(5), Shape.of(2))
                .array("ids", Codecs.uuid(), Shape.of(2))
                .array("prices", Codecs.decimal(2), Shape.of(2))
                .array("times", Codecs.dateTime(), Shape.of(2))
                .array("texts", Codecs.string(3), Shape.of(2))
                .array("flags", Codecs.bool(), Shape.of(2))
                .openOrCreate()) {
            for (String name : arena.names()) {
                assertThat(arena.array(name).get(0)).as(name).isNotNull();
            }
        }
        assertThat(PackedArena.read(manifest).get("deals").element()).isEqualTo(Codecs.record(Deal.class).schema());
    }

    @ParameterizedTest
    @CsvSource({"<M8[ns],instant", "=m8[ns],duration", "M8[D],date"})
    void shouldReadTheTimesOfNumpy(String type, String name) {
        assertThat(NumpyTypes.toSchema(type, "dtype")).isEqualTo(new ElementSchema(name, 8, 8, List.of()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"nullable(", "nullable()", "nullable(nullable(", "nullable(nullable(int64))",
            "nullable(decimal(",
            "optional(", "frame(99999999999999999999)", "string(99999999999999999999)"})
    void shouldBeBytesWhenATypeIsNone(String name) {
        assertThat(NumpyTypes.ofName(name, 8)).isEqualTo("|V8");
        assertThat(NumpyTypes.ofName("nullable(".repeat(100_000) + name, 8)).isEqualTo("|V8");
    }

    @Test
    void shouldHaveTheShapeOfAnArrayWhenItsCreatorDeclaredOne() {
        Segment segment = segments.create(1 << 14);
        SharedArray.create(segment, "grid", Codecs.float64(), Shape.of(3, 4, 5));
        Segment stranger = segments.open(segment);
        assertThat(structure(stranger, "grid")).containsEntry("shape", List.of(3L, 4L, 5L))
                .containsEntry("strides", List.of(160L, 40L, 8L))
                .containsEntry("dtype", "<f8");
    }

    @Test
    void shouldSayNoMoreThanIsKnownWhenAStructureIsNotCertain() throws IOException {
        Segment segment = segments.create(builder -> builder.size(1 << 14).catalogue(false));
        SharedArray.create(segment, "array", Codecs.int64(), 3);
        SharedQueue.create(segment, "queue", Codecs.int32(), 4);
        SharedMutex.create(segment, "mutex");

        Segment stranger = segments.open(segment);

        assertThat(structure(stranger, "array")).containsKey("candidates").doesNotContainKey("dtype");
        assertThat(structure(stranger, "queue")).containsEntry("dtype", "|V4")
                .containsEntry("shape", List.of(4L))
                .doesNotContainKey("element");
        assertThat(structure(segment, "mutex")).containsKey("block").doesNotContainKey("dtype");
    }

    @Test
    void shouldReplaceTheFileInOneStepAndLeaveNothingElseWhenWritten() throws IOException {
        Segment segment = segments.create(builder -> builder.size(1 << 14).permissions("rw-r-----"));
        SharedArray.create(segment, "a", Codecs.int32(), 4);
        Path manifest = segments.path().resolveSibling("manifest.json");

        Manifest.write(segment, manifest);
        Object first = Files.getAttribute(manifest, "unix:ino");
        Manifest.write(segment, manifest);
        assertThat(Files.getAttribute(manifest, "unix:ino")).as("same content, same file").isEqualTo(first);
        // In the same order in every process, or each would replace what the other has written.
        assertThat(Manifest.of(segment)).containsSubsequence("\"kind\"", "\"block\"", "\"offset\"", "\"bytes\"", "}",
                "\"offset\"", "\"shape\"", "\"strides\"", "\"dtype\"");
        SharedArray.create(segment, "b", Codecs.int32(), 4);
        Manifest.write(segment, manifest);

        assertThat(Files.readString(manifest)).contains("\"file\": \"" + segment.path().getFileName() + "\"", "\"b\"");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(manifest))).isEqualTo("rw-r-----");
        try (Stream<Path> files = Files.list(segments.directory())) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactlyInAnyOrder("segment-1",
                    "segment-1.zipc", "segment-1.zipc-live", "manifest.json");
        }
        try (PackedArena arena = PackedArena.open(manifest)) {
            SharedArray.open(segment, "b", Codecs.int32()).set(2, 42);
            assertThat(arena.array("b", Codecs.int32()).get(2)).isEqualTo(42);
        }
    }

    @Test
    void shouldNameTheFileWhenTheManifestCannotBeWritten() {
        Segment segment = segments.create(1 << 14);
        Path nowhere = segments.directory().resolve("missing/manifest.json");
        assertThatExceptionOfType(ZeroIpcException.class).isThrownBy(() -> Manifest.write(segment, nowhere))
                .withMessageContaining("path=" + nowhere)
                .withMessageContaining("(expected: a directory that exists and is writable)");
    }
}
