package io.zeroipc.manifest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.SegmentExistsException;
import io.zeroipc.Shape;
import io.zeroipc.StructureMismatchException;
import io.zeroipc.StructureNotFoundException;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.testing.Waiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class PackedArenaBuilderTest {

    record Point(double x, int tag) {}

    @TempDir
    Path directory;

    private PackedArenaBuilder weather() {
        return PackedArena.at(directory.resolve("weather.json"))
                .array("flags", Codecs.bool(), Shape.of(3))
                .array("grid", Codecs.float64(), Shape.of(4, 5))
                .array("points", Codecs.record(Point.class), Shape.of(2));
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void shouldMakeBothFilesWhenCreated() throws IOException {
        try (PackedArena arena = weather().permissions("rw-r-----").create()) {
            PackedArray<Double> grid = arena.array("grid", Codecs.float64());
            assertThat(grid.at(3, 4)).isZero();
            grid.set(grid.index(3, 4), 2.5);
            arena.array("points", Codecs.record(Point.class)).set(1, new Point(1.5, 7));
        }
        assertThat(files()).containsExactly("weather.bin", "weather.json");
        for (String name : files()) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(name))))
                    .isEqualTo("rw-r-----");
        }
        try (PackedArena arena = PackedArena.openReadOnly(directory.resolve("weather.json"))) {
            assertThat(arena.places().values()).extracting(ArrayPlace::offset).containsExactly(0L, 64L, 256L);
            assertThat(arena.array("grid", Codecs.float64()).at(3, 4)).isEqualTo(2.5);
            assertThat(arena.array("points", Codecs.record(Point.class)).get(1)).isEqualTo(new Point(1.5, 7));
        }
        assertThat(PackedArena.read(directory.resolve("weather.json"))).containsOnlyKeys("flags", "grid", "points");
    }

    @Test
    void shouldRefuseToCreateOverWhatIsThere() throws IOException {
        weather().create().close();
        assertThatExceptionOfType(SegmentExistsException.class).isThrownBy(() -> weather().create())
                .withMessageContaining("manifest=" + directory.resolve("weather.json"));
        Files.delete(directory.resolve("weather.json"));
        assertThatExceptionOfType(SegmentExistsException.class).isThrownBy(() -> weather().openOrCreate())
                .withMessageContaining("path=" + directory.resolve("weather.bin"));
        assertThat(files()).containsExactly("weather.bin");
        assertThatIllegalArgumentException().isThrownBy(() -> weather().array("grid", Codecs.int8(), Shape.of(1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PackedArena.at(directory.resolve("none.json")).create())
                .withMessageContaining("arena has no arrays");
        assertThatExceptionOfType(ZeroIpcException.class).as("more than any file has")
                .isThrownBy(() -> PackedArena.at(directory.resolve("all.json"))
                        .array("all", Codecs.int8(), Shape.of(Long.MAX_VALUE))
                        .create())
                .withMessageContainingAll("arena cannot be created", "all.bin");
        assertThatExceptionOfType(ZeroIpcException.class)
                .isThrownBy(() -> PackedArena.at(directory.resolve("no/where.json"))
                        .array("a", Codecs.int8(), Shape.of(1))
                        .create())
                .withMessageContaining("a directory that exists");
    }

    @Test
    void shouldOpenWhatIsThereWhenItIsWhatIsWanted() throws IOException {
        try (PackedArena first = weather().openOrCreate(); PackedArena second = weather().openOrCreate()) {
            first.array("grid", Codecs.float64()).set(7, 1.5);
            assertThat(second.array("grid", Codecs.float64()).get(7)).isEqualTo(1.5);
        }
        Path manifest = directory.resolve("weather.json");
        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(
                        () -> PackedArena.at(manifest).array("grid", Codecs.float64(), Shape.of(5, 4)).openOrCreate())
                .withMessageContaining("shape=[4, 5] (expected: [5, 4])");
        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> PackedArena.at(manifest).array("grid", Codecs.int64(), Shape.of(4, 5)).openOrCreate())
                .withMessageContaining("type=float64, dtype=\"<f8\" (expected: \"<i8\", for int64)");
        assertThatExceptionOfType(StructureNotFoundException.class)
                .isThrownBy(
                        () -> PackedArena.at(manifest).array("gird", Codecs.int64(), Shape.of(4, 5)).openOrCreate());
        assertThat(files()).containsExactly("weather.bin", "weather.json");
    }

    @Test
    void shouldMakeItOnceWhenSeveralWantIt() throws Exception {
        int threads = 4;
        for (int round = 0; round < 50; round++) {
            Path manifest = directory.resolve("m" + round + ".json");
            CountDownLatch ready = new CountDownLatch(threads);
            List<Waiter<Long>> makers = IntStream.range(0, threads).mapToObj(number -> Waiter.of(() -> {
                ready.countDown();
                ready.await();
                try (PackedArena arena = PackedArena.at(manifest)
                        .array("counts", Codecs.int64(), Shape.of(threads))
                        .openOrCreate()) {
                    arena.array("counts", Codecs.int64()).set(number, 1L);
                    return 1L;
                }
            })).toList();
            for (Waiter<Long> maker : makers) {
                assertThat(maker.get()).isEqualTo(1);
                maker.close();
            }
            try (PackedArena arena = PackedArena.open(manifest)) {
                long[] counts = new long[threads];
                arena.array("counts", Codecs.int64()).copyTo(0, counts, 0, threads);
                assertThat(counts).containsOnly(1);
            }
        }
    }

    @Test
    void shouldRefuseNumbersOfAnotherKindWhenTheyHaveTheSameSize() {
        try (PackedArena arena = weather().create()) {
            assertThatExceptionOfType(StructureMismatchException.class)
                    .isThrownBy(() -> arena.array("grid", Codecs.uint64()))
                    .withMessageContainingAll("name=grid", "type=float64", "for uint64");
            assertThat(arena.array("grid", Codecs.bytes(8)).get(0)).hasSize(8);
            assertThat(arena.array("points", Codecs.bytes(16)).get(0)).hasSize(16);
        }
    }
}
