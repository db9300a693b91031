package io.zeroipc.segment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.zeroipc.SegmentAccessDeniedException;
import io.zeroipc.SegmentDetachedException;
import io.zeroipc.SegmentFormatException;
import io.zeroipc.SegmentNotFoundException;
import io.zeroipc.StructureMismatchException;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.format.SegmentDescriptor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class SegmentOpeningTest {

    private static final int SIZE = 8 * 1024;

    @TempDir
    Path directory;
    private Path path;

    @BeforeEach
    void createSegment() {
        path = directory.resolve("seg");
        try (Segment segment = Segment.at(path).size(SIZE).create()) {
            segment.create("cell", Cell.spec(8));
        }
    }

    private SegmentBuilder builder() {
        return Segment.at(path).openTimeout(Duration.ZERO);
    }

    @Test
    void shouldNameThePathWhenThereIsNoFile() throws IOException {
        Files.delete(path);

        assertThatExceptionOfType(SegmentNotFoundException.class).isThrownBy(() -> builder().open())
                .withMessageContaining("path=" + path);
        assertThat(path).doesNotExist();
    }

    // At which offset how many bytes get which value, and what the message says of it.
    @ParameterizedTest(name = "{3}")
    @CsvSource({
            "0, 4, 0x12345678, magic=0x12345678 (expected: 0x5A49504D)",
            "4, 4, 1, version=1 (expected: 2",
            "4, 4, 3, version=3 (expected: 2",
            "12, 4, 0x7fffffff, max_entries=2147483647",
            "12, 4, 0xffffffff, max_entries=4294967295",
            "12, 4, 1000, table does not fit",
            "8, 4, 65, 'entry_count=65, max_entries=64'",
            "8, 4, 0xffffffff, entry_count=4294967295",
            "16, 8, 8193, 'file is shorter than its header says: memory_size=8193, file size=8192'",
            "16, 8, -1, memory_size=18446744073709551615",
            "16, 8, 40, table does not fit",
            "24, 8, 100, next_offset=100 (expected: 3104 to 8192)",
            "24, 8, 8193, next_offset=8193",
            "24, 8, -8, next_offset=18446744073709551608"})
    void shouldSayWhatIsWrongWhenTheHeaderIsForeign(long offset, int width, String value, String message)
            throws IOException {
        poke(offset, width, Long.decode(value));

        assertThatExceptionOfType(SegmentFormatException.class).isThrownBy(() -> builder().open())
                .withMessageContaining("segment=seg")
                .withMessageContaining("path=" + path)
                .withMessageContaining(message);
        assertThatExceptionOfType(SegmentFormatException.class).isThrownBy(() -> builder().openReadOnly())
                .withMessageContaining(message);
    }

    @Test
    void shouldTakeZeroMaxEntriesForTheDefault() throws IOException {
        poke(12, 4, 0);

        try (Segment segment = builder().open()) {
            assertThat(segment.entryOccupancy().capacity()).isEqualTo(64);
            assertThat(segment.open("cell", Cell.spec(8)).get()).isEqualTo(Cell.READY);
        }
    }

    @Test
    void shouldSayTooShortWhenTheFileIsNoSegment() throws IOException {
        Files.writeString(path, "hello");

        assertThatExceptionOfType(SegmentFormatException.class).isThrownBy(() -> builder().open())
                .withMessageContaining("file size=5 (expected: at least 32)");
        assertThat(Files.readString(path)).isEqualTo("hello");
    }

    @Test
    void shouldSayTooShortWhenTheFileStaysEmpty() throws IOException {
        Files.write(path, new byte[0]);

        assertThatExceptionOfType(SegmentFormatException.class).isThrownBy(() -> builder().open())
                .withMessageContaining("file size=0");
    }

    @Test
    void shouldWaitWhenTheCreatorHasNotFinished() throws Exception {
        byte[] complete = Files.readAllBytes(path);
        Files.write(path, new byte[SIZE]);

        CompletableFuture<Segment> opening = CompletableFuture
                .supplyAsync(() -> Segment.at(path).openTimeout(Duration.ofMinutes(2)).open());
        write(0, complete);
        try (Segment segment = opening.get()) {
            assertThat(segment.open("cell", Cell.spec(8)).get()).isEqualTo(Cell.READY);
        }
    }

    @Test
    void shouldWaitWhenAStructureIsNotFormattedYet() throws Exception {
        long block = blockOffset();
        poke(block, 8, 0);

        try (Segment segment = Segment.at(path).openTimeout(Duration.ofMinutes(2)).open()) {
            CompletableFuture<Cell> cell = CompletableFuture.supplyAsync(() -> segment.open("cell", Cell.spec(8)));
            poke(block, 8, 77);
            assertThat(cell.get().get()).isEqualTo(77);
        }
    }

    @Test
    void shouldSayUnfinishedWhenAStructureIsNeverFormatted() throws IOException {
        poke(blockOffset(), 8, 0);

        try (Segment segment = builder().open()) {
            assertThatExceptionOfType(StructureMismatchException.class)
                    .isThrownBy(() -> segment.open("cell", Cell.spec(8)))
                    .withMessageContaining("not finished within 0 ms");
        }
    }

    @ParameterizedTest
    @CsvSource({"32, 3096", "32, 8192", "32, 3105", "32, -8", "40, 0", "40, 8192", "40, 9223372036854775807", "40, -1"})
    void shouldNotUseABlockWhenItsRowPointsOutside(int field, long value) throws IOException {
        poke(SegmentDescriptor.HEADER_SIZE + field, 8, value);

        try (Segment segment = builder().open()) {
            assertThat(segment.entries()).singleElement().satisfies(entry -> assertThat(entry.valid()).isFalse());
            assertThatExceptionOfType(ZeroIpcException.class).isThrownBy(() -> segment.open("cell", Cell.spec(0)))
                    .withMessageContaining("points outside the segment");
        }
    }

    @Test
    void shouldRefuseWhenThePathIsASymbolicLink() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link"), path);

        assertThatExceptionOfType(SegmentAccessDeniedException.class).isThrownBy(() -> Segment.at(link).open())
                .withMessageContaining("symbolic link")
                .withMessageContaining(link.toString());
        assertThatExceptionOfType(SegmentAccessDeniedException.class)
                .isThrownBy(() -> Segment.at(link).size(SIZE).openOrCreate());
        assertThatExceptionOfType(SegmentAccessDeniedException.class)
                .isThrownBy(() -> Segment.at(link).size(SIZE).recreate());
        assertThat(link).isSymbolicLink();
    }

    @Test
    void shouldRefuseWhenThePathIsADirectory() {
        assertThatExceptionOfType(SegmentFormatException.class).isThrownBy(() -> Segment.at(directory).open())
                .withMessageContaining("not a file");
    }

    @Test
    void shouldRefuseToWriteWhenOpenedReadOnly() {
        try (Segment segment = builder().openReadOnly()) {
            Cell cell = segment.open("cell", Cell.spec(8));
            assertThat(cell.get()).isEqualTo(Cell.READY);
            assertThat(segment.isReadOnly()).isTrue();
            assertThatIllegalStateException().isThrownBy(() -> cell.set(1))
                    .withMessage("segment is open read-only: segment=seg");
            assertThatIllegalStateException().isThrownBy(() -> segment.create("more", Cell.spec(8)));
            assertThatIllegalStateException().isThrownBy(cell::claim);
        }
    }

    @Test
    void shouldDetachForEverWhenTheFileIsReplaced() {
        try (Segment segment = builder().open()) {
            Cell cell = segment.open("cell", Cell.spec(8));
            Segment.at(path).size(SIZE).recreate().close();

            assertDetached(segment, cell, "replaced");
        }
    }

    @Test
    void shouldDetachForEverWhenTheFileIsRemoved() throws IOException {
        try (Segment segment = builder().open()) {
            Cell cell = segment.open("cell", Cell.spec(8));
            Files.delete(path);

            assertDetached(segment, cell, "removed");
        }
    }

    @Test
    void shouldDetachForEverWhenTheFileIsTruncated() throws IOException {
        try (Segment segment = builder().open()) {
            Cell cell = segment.open("cell", Cell.spec(8));
            run(new byte[0], "truncate", "-s", "4096", path.toString());

            assertDetached(segment, cell, "truncated: mapped bytes=8192, file size=4096");
        }
    }

    @Test
    void shouldNoticeWhileWaitingWhenTheFileIsReplaced() throws Exception {
        try (Segment segment = builder().open()) {
            Path replacement = directory.resolve("replacement");
            Segment.at(replacement).size(SIZE).create().close();
            Files.move(replacement, path, StandardCopyOption.ATOMIC_MOVE);

            assertThatExceptionOfType(SegmentDetachedException.class).isThrownBy(() -> {
                int attempts = 0;
                while (true) {
                    attempts = segment.attachment().pause(attempts);
                }
            });
        }
    }

    @Test
    void shouldThrowInterruptedWhenInterruptedWhileWaiting() {
        try (Segment segment = builder().open()) {
            Thread.currentThread().interrupt();
            assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> segment.attachment().pause(0));
            assertThat(Thread.interrupted()).isFalse();
        }
    }

    private static void assertDetached(Segment segment, Cell cell, String reason) {
        assertThatExceptionOfType(SegmentDetachedException.class).isThrownBy(segment::verify)
                .withMessageContaining(reason)
                .withMessageContaining(segment.path().toString());
        assertThatExceptionOfType(SegmentDetachedException.class).isThrownBy(cell::get).withMessageContaining(reason);
        assertThatExceptionOfType(SegmentDetachedException.class).isThrownBy(() -> cell.set(1));
        assertThatExceptionOfType(SegmentDetachedException.class).isThrownBy(segment::entries);
        assertThatExceptionOfType(SegmentDetachedException.class)
                .isThrownBy(() -> segment.create("more", Cell.spec(8)));

        segment.close();
        assertThat(segment.attachment().isDetached()).isTrue();
        assertThatExceptionOfType(SegmentDetachedException.class).isThrownBy(cell::get).withMessageContaining(reason);
        assertThatExceptionOfType(SegmentDetachedException.class).isThrownBy(segment::verify);
    }

    private long blockOffset() {
        try (Segment segment = builder().open()) {
            return segment.entries().getFirst().offset();
        }
    }

    private void poke(long offset, int width, long value) throws IOException {
        byte[] bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, value).array();
        write(offset, java.util.Arrays.copyOf(bytes, width));
    }

    /** As a foreign program: closing a descriptor of the file in this process could drop the locks of open segments. */
    private void write(long offset, byte[] bytes) throws IOException {
        run(bytes, "dd", "of=" + path, "bs=65536", "seek=" + offset, "oflag=seek_bytes", "conv=notrunc", "status=none");
    }

    private static void run(byte[] input, String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (var stream = process.getOutputStream()) {
            stream.write(input);
        }
        process.onExit().join();
        assertThat(process.exitValue()).isZero();
    }
}
