package io.zeroipc.manifest;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.SegmentFormatException;
import io.zeroipc.SegmentNotFoundException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.testing.Repository;
import io.zeroipc.testing.Requirements;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Manifests that people write by hand: each row of the tables in docs/format/manifest.md. */
class ForeignManifestTest {

    private static final String PAGE = "docs/format/manifest.md";
    private static final String GRID = "{\"grid\": {\"offset\": 0, \"shape\": [10, 10], \"dtype\": \"float64\"}}";
    private static final int BYTES = 80_000;
    private static final long SIDE = 20_000;

    @TempDir
    Path directory;

    private Path manifest(String text) throws IOException {
        Files.write(directory.resolve("grid.bin"), new byte[BYTES]);
        return Files.writeString(directory.resolve("grid.json"), text);
    }

    /** The rows of a table, each as the cells between its bars. */
    private static List<List<String>> rows(String header) {
        String page = Repository.read(PAGE);
        String table = page.substring(page.indexOf("\n" + header + "\n") + header.length() + 2);
        return table.lines()
                .skip(1)
                .takeWhile(line -> line.startsWith("|"))
                .map(line -> Stream.of(line.substring(1, line.length() - 1).split("(?<!\\\\)\\|"))
                        .map(cell -> cell.strip().replace("\\|", "|"))
                        .toList())
                .toList();
    }

    private static List<String> code(String cell) {
        List<String> code = new ArrayList<>();
        Matcher matcher = Pattern.compile("`([^`]+)`").matcher(cell);
        while (matcher.find()) {
            code.add(matcher.group(1));
        }
        return code;
    }

    private static String shown(PackedArena arena) {
        return arena.places()
                .entrySet()
                .stream()
                .map(each -> "`" + each.getKey() + "`: `" + each.getValue().element().typeName() + "` `"
                        + each.getValue().shape() + "` at " + each.getValue().offset())
                .collect(Collectors.joining("; "));
    }

    @TestFactory
    Stream<DynamicTest> shouldOpenWhatThePageAccepts() {
        List<List<String>> rows = rows("| manifest | arrays |");
        assertThat(rows).hasSizeGreaterThan(10);
        return rows.stream().map(row -> DynamicTest.dynamicTest(row.getFirst(), () -> {
            Path manifest = manifest(code(row.getFirst()).getFirst());
            try (PackedArena arena = PackedArena.open(manifest)) {
                assertThat(shown(arena)).isEqualTo(row.getLast());
                for (String name : arena.names()) {
                    PackedArray<?> array = arena.array(name);
                    assertThat(array.get(array.length() - 1)).isNotNull();
                }
            }
        }));
    }

    @TestFactory
    Stream<DynamicTest> shouldRefuseWhatThePageRefuses() {
        List<List<String>> rows = rows("| manifest | with |");
        assertThat(rows).hasSizeGreaterThan(30);
        return rows.stream().map(row -> DynamicTest.dynamicTest(row.getFirst(), () -> {
            Path manifest = manifest(code(row.getFirst()).getFirst());
            assertThatExceptionOfType(SegmentFormatException.class).isThrownBy(() -> PackedArena.open(manifest))
                    .withMessageContaining("path=" + manifest)
                    .withMessageContaining(row.getLast());
        }));
    }

    @TestFactory
    Stream<DynamicTest> shouldKnowATypeByEachOfItsNames() {
        return rows("| type | names |").stream().map(row -> DynamicTest.dynamicTest(row.getFirst(), () -> {
            String type = code(row.getFirst()).getFirst();
            for (String name : code(row.getLast())) {
                assertThat(NumpyTypes.toSchema(name, "dtype")).as(name).isEqualTo(Codecs.forType(type, null).schema());
            }
        }));
    }

    /** What the table promises is for NumPy to say, not for us. */
    @Test
    @Tag("process")
    void shouldTakeNamesForWhatNumpyTakesThemFor() throws Exception {
        StringBuilder program = new StringBuilder("import numpy as np\n");
        for (List<String> row : rows("| type | names |")) {
            String type = code(row.getFirst()).getFirst();
            Object ours = NumpyTypes.ofName(type, Codecs.forType(type, null).byteSize());
            for (String name : code(row.getLast())) {
                program.append("assert np.dtype('%s').str == '%s', '%s'%n".formatted(name, ours, name));
            }
        }
        program.append("print('agreed')");
        Process python = new ProcessBuilder(Requirements.python("numpy").toString(), "-c", program.toString())
                .redirectErrorStream(true)
                .start();
        try (var output = python.inputReader()) {
            assertThat(output.readAllAsString()).isEqualTo("agreed\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"grid", "grid.bin", "grid.dat", "grid.data", "grid.raw", "grid.mem", "grid.arena"})
    void shouldFindTheFileBesideTheManifestWhenItHasItsName(String name) throws IOException {
        Files.write(directory.resolve(name), new byte[BYTES]);
        for (String manifest : List.of("grid.json", "grid.manifest.json")) {
            Files.writeString(directory.resolve(manifest), GRID);
            try (PackedArena arena = PackedArena.open(directory.resolve(manifest))) {
                assertThat(arena.file()).isEqualTo(directory.resolve(name));
            }
        }
    }

    @Test
    void shouldNameTheCandidatesWhenNoneOrSeveralFilesMayBeMeant() throws IOException {
        Path manifest = Files.writeString(directory.resolve("grid.json"), GRID);
        assertThatExceptionOfType(SegmentNotFoundException.class).isThrownBy(() -> PackedArena.open(manifest))
                .withMessageContainingAll("manifest=" + manifest, "grid, grid.bin, grid.dat", "\"file\": \"...\"");

        Files.write(directory.resolve("grid.dat"), new byte[BYTES]);
        Files.write(directory.resolve("grid.bin"), new byte[BYTES]);
        Files.write(directory.resolve("other"), new byte[BYTES]);
        assertThatExceptionOfType(SegmentFormatException.class).isThrownBy(() -> PackedArena.open(manifest))
                .withMessageContainingAll("path=" + manifest, "candidates=grid.bin, grid.dat (give the file");

        try (PackedArena arena = PackedArena.open(manifest, directory.resolve("grid.dat"))) {
            assertThat(arena.file()).isEqualTo(directory.resolve("grid.dat"));
        }
        Files.writeString(manifest, GRID.replaceFirst("\\{", "{\"file\": \"other\", "));
        try (PackedArena arena = PackedArena.openReadOnly(manifest)) {
            assertThat(arena.file()).isEqualTo(directory.resolve("other"));
        }
        try (PackedArena arena = PackedArena.openReadOnly(manifest, directory.resolve("grid.bin"))) {
            assertThat(arena.file()).as("what is given, not what is named").isEqualTo(directory.resolve("grid.bin"));
        }
    }

    /** 3.2 GB, of which the file system keeps the pages that were written. */
    @Test
    void shouldReachEveryElementWhenTheGridIsLongerThanTwoGigabytes() throws IOException {
        Path file = directory.resolve("grid.raw");
        long bytes = SIDE * SIDE * Double.BYTES;
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(bytes);
        }
        Path manifest = Files.writeString(directory.resolve("grid.json"),
                "{\"grid\": {\"offset\": 0, \"shape\": [20000, 20000], \"dtype\": \"float64\"}}");
        try (PackedArena arena = PackedArena.open(manifest)) {
            PackedArray<Double> grid = arena.array("grid", Codecs.float64());
            assertThat(grid.length()).isEqualTo(400_000_000);
            grid.setDouble(grid.index(SIDE - 1, SIDE - 1), 1.5);
            grid.row(15_000).setDouble(7, 2.5);
            double[] row = new double[(int) SIDE];
            row[3] = 3.5;
            grid.row(19_998).copyFrom(row, 0, 0, row.length);
            assertThat(grid.at(19_998, 3)).isEqualTo(3.5);
            double[] read = new double[(int) SIDE];
            grid.row(SIDE - 1).copyTo(0, read, 0, read.length);
            assertThat(read[(int) SIDE - 1]).isEqualTo(1.5);
            assertThat(grid.span().byteSize()).isEqualTo(bytes);
        }
        try (FileChannel channel = FileChannel.open(file)) {
            assertThat(channel.size()).isEqualTo(bytes);
            assertThat(doubleAt(channel, bytes - Double.BYTES)).isEqualTo(1.5);
            assertThat(doubleAt(channel, (15_000 * SIDE + 7) * Double.BYTES)).isEqualTo(2.5);
            assertThat(doubleAt(channel, (19_998 * SIDE + 3) * Double.BYTES)).isEqualTo(3.5);
        }
    }

    private static double doubleAt(FileChannel channel, long offset) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(channel.read(bytes, offset)).isEqualTo(Double.BYTES);
        return bytes.getDouble(0);
    }
}
