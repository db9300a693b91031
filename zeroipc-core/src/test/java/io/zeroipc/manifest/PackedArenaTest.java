package io.zeroipc.manifest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.zeroipc.SegmentDetachedException;
import io.zeroipc.SegmentFormatException;
import io.zeroipc.SegmentNotFoundException;
import io.zeroipc.Shape;
import io.zeroipc.StructureMismatchException;
import io.zeroipc.StructureNotFoundException;
import io.zeroipc.codec.Codecs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** Files made byte by byte, as another program would. */
class PackedArenaTest {

    private static final String HEAD = "{\"format\":\"zeroipc-manifest\",\"version\":1,\"file\":\"arena.bin\",\"structures\":";

    @TempDir
    Path directory;

    private Path manifest;

    @BeforeEach
    void makeArena() throws IOException {
        manifest = directory.resolve("arena.json");
        // Nothing aligned: a byte, six doubles, two records of a text and an int.
        ByteBuffer bytes = ByteBuffer.allocate(1 + 48 + 2 * 12).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put((byte) 7);
        for (int i = 0; i < 6; i++) {
            bytes.putDouble(i + 0.5);
        }
        bytes.put("ACME\0\0\0\0".getBytes(java.nio.charset.StandardCharsets.UTF_8)).putInt(-1);
        bytes.put("Zürich\0".getBytes(java.nio.charset.StandardCharsets.UTF_8)).putInt(2_000_000_000);
        Files.write(directory.resolve("arena.bin"), bytes.array());
        write(HEAD + """
                {"flag": {"kind": "array", "offset": 0, "shape": [], "dtype": "|u1"},
                 "grid": {"kind": "array", "offset": 1, "shape": [2, 3], "strides": [24, 8], "dtype": "<f8"},
                 "names": {"offset": 49, "shape": [2],
                           "dtype": {"names": ["name", "count"], "formats": ["|S8", "<i4"], "offsets": [0, 8],
                                     "itemsize": 12}}}}""");
    }

    private void write(String text) throws IOException {
        Path fresh = Files.writeString(directory.resolve("fresh"), text);
        Files.move(fresh, manifest, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void shouldReadAndWriteWhereTheManifestSaysWhenThereIsNoTable() throws IOException {
        try (PackedArena arena = PackedArena.open(manifest)) {
            assertThat(arena.names()).containsExactly("flag", "grid", "names");
            assertThat(arena.array("flag").get(0).toString()).isEqualTo("7");
            PackedArray<Double> grid = arena.array("grid", Codecs.float64());
            assertThat(grid.shape()).isEqualTo(Shape.of(2, 3));
            assertThat(grid.get(grid.index(1, 2))).isEqualTo(5.5);
            assertThat(grid.getDouble(1)).isEqualTo(1.5);
            assertThat(arena.array("names").get(0)).isEqualTo(Map.of("name", "ACME", "count", -1));

            grid.setDouble(0, -2.25);
            grid.set(5, 8.0);
        }
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(directory.resolve("arena.bin")))
                .order(ByteOrder.LITTLE_ENDIAN);
        assertThat(List.of(bytes.getDouble(1), bytes.getDouble(41))).containsExactly(-2.25, 8.0);
        assertThat(bytes.get(0)).isEqualTo((byte) 7);
    }

    @Test
    void shouldGiveRowsWithoutACopyWhenThereAreRowsAndColumns() {
        try (PackedArena arena = PackedArena.open(manifest)) {
            PackedArray<Double> grid = arena.array("grid", Codecs.float64());
            assertThat(grid.at(1, 2)).isEqualTo(5.5);
            PackedArray<Double> second = grid.row(1);
            assertThat(second.shape()).isEqualTo(Shape.of(3));
            assertThat(second.get(0)).isEqualTo(3.5);
            assertThat(second.row(2).get(0)).as("a single element").isEqualTo(5.5);

            second.copyFrom(new double[] {0, 10, 20, 30}, 1, 0, 3);
            double[] all = new double[7];
            grid.copyTo(0, all, 1, 6);
            assertThat(all).containsExactly(0, 0.5, 1.5, 2.5, 10, 20, 30);
            assertThat(second.isCurrent()).isTrue();

            assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> grid.row(2))
                    .withMessage("row out of range: row=2, shape=[2, 3]");
            assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> second.row(0).row(0));
            assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> second.copyTo(1, all, 0, 3))
                    .withMessageContaining("from=1, count=3, length=3");
            assertThatExceptionOfType(UnsupportedOperationException.class)
                    .isThrownBy(() -> grid.copyTo(0, new float[6], 0, 6))
                    .withMessageContaining("element size=8 (expected: 4 bytes)");
        }
    }

    @Test
    void shouldRefuseToWriteWhenOpenedReadOnly() {
        try (PackedArena arena = PackedArena.openReadOnly(manifest)) {
            PackedArray<Double> grid = arena.array("grid", Codecs.float64());
            assertThat(grid.get(0)).isEqualTo(0.5);
            assertThatIllegalStateException().isThrownBy(() -> grid.set(0, 1.0));
            assertThat(grid.span().isReadOnly()).isTrue();
        }
    }

    /** A name of another version, or a slip: the array is there all the same. */
    @Test
    void shouldNameTheArrayWhenItsElementsAreOfNoType() throws IOException {
        write(HEAD
                + "{\"grid\":{\"offset\":1,\"shape\":[6],\"dtype\":\"<f8\",\"element\":{\"type\":\"}float64\",\"size\":8}}}}");
        try (PackedArena arena = PackedArena.open(manifest)) {
            assertThatExceptionOfType(SegmentFormatException.class).isThrownBy(() -> arena.array("grid"))
                    .withMessageContainingAll(manifest.toString(), "name=grid", "}float64");
            assertThat(arena.array("grid", Codecs.float64()).get(1)).isEqualTo(1.5);
        }
    }

    @Test
    void shouldReadTheManifestAgainWhenItChanges() throws IOException {
        try (PackedArena arena = PackedArena.open(manifest)) {
            PackedArray<Double> grid = arena.array("grid", Codecs.float64());
            assertThat(arena.refresh()).isFalse();

            write(HEAD + "{\"grid\":{\"offset\":9,\"shape\":[5],\"dtype\":\"<f8\"}}}");

            assertThat(grid.isCurrent()).isTrue();
            PackedArray<Double> moved = arena.array("grid", Codecs.float64());
            assertThat(moved.get(0)).isEqualTo(1.5);
            assertThat(moved.length()).isEqualTo(5);
            assertThat(grid.isCurrent()).isFalse();
            assertThat(grid.get(0)).as("where it was").isEqualTo(0.5);
            assertThat(arena.names()).containsExactly("grid");
        }
    }

    /** As a program does that knows nothing of renaming: same file, same number of characters. */
    @Test
    void shouldReadTheManifestAgainWhenItWasWrittenInPlace() throws IOException {
        try (PackedArena arena = PackedArena.open(manifest)) {
            String before = Files.readString(manifest);
            Files.writeString(manifest, before.replace("49, \"shape\": [2]", "49, \"shape\": [1]"));
            Files.setLastModifiedTime(manifest, FileTime.fromMillis(1));

            assertThat(arena.refresh()).isTrue();
            assertThat(arena.array("names").span().byteSize()).isEqualTo(12);
        }
    }

    @Test
    void shouldMapMoreWhenTheFileHasGrownForTheNewManifest() throws IOException {
        try (PackedArena arena = PackedArena.open(manifest)) {
            Files.write(directory.resolve("arena.bin"), new byte[80], StandardOpenOption.APPEND);
            write(HEAD + "{\"grid\":{\"offset\":1,\"shape\":[19],\"dtype\":\"<f8\"}}}");
            PackedArray<Double> grid = arena.array("grid", Codecs.float64());
            assertThat(grid.get(5)).isEqualTo(5.5);
            assertThat(grid.get(18)).isZero();
        }
    }

    @Test
    void shouldSayThatThereIsAnotherFileAndKeepTheOldOneUntilTheRefresh() throws IOException {
        try (PackedArena arena = PackedArena.open(manifest)) {
            PackedArray<Double> grid = arena.array("grid", Codecs.float64());
            assertThat(arena.isBehind()).isFalse();

            Path other = Files.write(directory.resolve("other.bin"), new byte[73]);
            Files.move(other, directory.resolve("arena.bin"), StandardCopyOption.REPLACE_EXISTING);
            assertThat(arena.isBehind()).isTrue();
            assertThat(grid.getDouble(0)).as("a look ends nothing").isEqualTo(0.5);
            assertThat(arena.isBehind()).isTrue();

            assertThat(arena.refresh()).isTrue();
            assertThat(arena.isBehind()).isFalse();
            assertThat(arena.array("grid", Codecs.float64()).getDouble(0)).isZero();
        }
    }

    @Test
    void shouldMapTheNewFileWhenTheArenaWasReplaced() throws IOException {
        try (PackedArena arena = PackedArena.open(manifest)) {
            PackedArray<Double> grid = arena.array("grid", Codecs.float64());
            byte[] bytes = Files.readAllBytes(directory.resolve("arena.bin"));
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putDouble(1, 99);
            Files.write(directory.resolve("other"), bytes);
            Files.move(directory.resolve("other"), directory.resolve("arena.bin"), StandardCopyOption.REPLACE_EXISTING);

            assertThat(arena.refresh()).isTrue();
            assertThat(arena.array("grid", Codecs.float64()).get(0)).isEqualTo(99);
            assertThatExceptionOfType(SegmentDetachedException.class).isThrownBy(() -> grid.get(0));
            assertThat(grid.isCurrent()).isFalse();
        }
    }

    @Test
    void shouldKeepWhatItHasWhenTheNewManifestIsUnusable() throws IOException {
        try (PackedArena arena = PackedArena.open(manifest)) {
            PackedArray<Double> grid = arena.array("grid", Codecs.float64());
            write(HEAD + "{\"grid\":{\"offset\":70,\"shape\":[2],\"dtype\":\"<f8\"}}}");
            assertThatExceptionOfType(SegmentFormatException.class).isThrownBy(arena::refresh)
                    .withMessageContaining("name=grid, offset=70, bytes=16")
                    .withMessageContaining("file bytes=73");
            assertThat(grid.get(0)).isEqualTo(0.5);
            assertThat(grid.isCurrent()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "no json|not JSON",
            "{\"format\":\"else\"}|member=format, value=\"else\"",
            "{\"format\":\"zeroipc-manifest\",\"version\":2}|member=version, value=2",
            "{\"format\":\"zeroipc-manifest\",\"version\":1,\"byteOrder\":\"big\"}|member=byteOrder",
            "{\"format\":\"zeroipc-manifest\",\"version\":1,\"file\":\"arena.bin\"}|member=structures",
            "H{\"a\":{\"shape\":[1],\"dtype\":\"<f8\"}}}|member=a.offset",
            "H{\"a\":{\"offset\":-1,\"shape\":[1],\"dtype\":\"<f8\"}}}|member=a.offset, value=-1",
            "H{\"a\":{\"offset\":0,\"shape\":[1],\"dtype\":\">f8\"}}}|little-endian",
            "H{\"a\":{\"offset\":0,\"shape\":[1],\"dtype\":\"<c16\"}}}|member=a.dtype, value=\"<c16\"",
            "H{\"a\":{\"offset\":0,\"shape\":[2],\"strides\":[16],\"dtype\":\"<f8\"}}}|without gaps",
            "H{\"a\":{\"offset\":0,\"shape\":[2],\"strides\":[8,8],\"dtype\":\"<f8\"}}}|one for each dimension",
            "H{\"a\":{\"offset\":0,\"shape\":[2],\"dtype\":\"<S0\"}}}|member=a.dtype, value=\"<S0\"",
            "H{\"a\":{\"offset\":9,\"shape\":[1099511627776,1048575],\"dtype\":\"<f8\"}}}|array lies outside",
            "H{\"a\":{\"offset\":0,\"shape\":[],\"dtype\":{\"names\":[\"x\"],\"formats\":[\"(999999999,)<f8\"],"
                    + "\"offsets\":[0],\"itemsize\":8}}}}|less than 2^31 bytes",
            "H{\"a\":{\"offset\":0,\"shape\":[],\"dtype\":{\"names\":[\"x\",\"x\"],\"formats\":[\"<f4\",\"<f4\"],"
                    + "\"offsets\":[0,4],\"itemsize\":8}}}}|two fields of one name",
            "H{\"a\":{\"offset\":0,\"shape\":[1099511627776,1099511627776],\"dtype\":\"<f8\"}}}|member=a.shape",
            "H{\"a\":{\"offset\":0,\"shape\":[1000],\"dtype\":\"<f8\"}}}|array lies outside of the file: name=a"})
    void shouldNameTheMemberWhenTheManifestIsUnusable(String text, String expected) throws IOException {
        write(text.startsWith("H") ? HEAD + text.substring(1) : text);
        assertThatExceptionOfType(SegmentFormatException.class).isThrownBy(() -> PackedArena.open(manifest))
                .withMessageContaining("path=" + manifest)
                .withMessageContaining(expected);
    }

    @Test
    void shouldSayWhatIsMissingWhenFilesOrNamesAre() throws IOException {
        assertThatExceptionOfType(SegmentNotFoundException.class)
                .isThrownBy(() -> PackedArena.open(directory.resolve("none.json")))
                .withMessageContaining("manifest not found: path=" + directory.resolve("none.json"));
        try (PackedArena arena = PackedArena.open(manifest)) {
            assertThatExceptionOfType(StructureNotFoundException.class)
                    .isThrownBy(() -> arena.array("gird", Codecs.float64()))
                    .withMessageContaining("name=gird (present: flag, grid, names)");
            assertThatExceptionOfType(StructureMismatchException.class)
                    .isThrownBy(() -> arena.array("grid", Codecs.float32()))
                    .withMessageContaining("element size=8, type=float64 (expected: 4 bytes, for float32)");
            assertThatExceptionOfType(IndexOutOfBoundsException.class)
                    .isThrownBy(() -> arena.array("grid").index(2, 0));
            assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> arena.array("grid").get(6))
                    .withMessageContaining("position=6, length=6");
        }
        Files.delete(directory.resolve("arena.bin"));
        assertThatExceptionOfType(SegmentNotFoundException.class).isThrownBy(() -> PackedArena.open(manifest))
                .withMessageContaining("path=" + directory.resolve("arena.bin"));
    }

    @Test
    void shouldFailEveryCallWhenClosed() {
        PackedArena arena = PackedArena.open(manifest);
        PackedArray<Double> grid = arena.array("grid", Codecs.float64());
        arena.close();
        arena.close();
        assertThatIllegalStateException().isThrownBy(() -> grid.get(0));
        assertThatIllegalStateException().isThrownBy(arena::refresh).withMessageContaining("arena is closed");
        assertThat(grid.isCurrent()).isFalse();
    }
}
