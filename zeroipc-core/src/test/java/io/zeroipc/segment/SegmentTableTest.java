package io.zeroipc.segment;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.InvalidStructureNameException;
import io.zeroipc.RoleTakenException;
import io.zeroipc.SegmentDetachedException;
import io.zeroipc.SegmentFullException;
import io.zeroipc.StructureBusyException;
import io.zeroipc.StructureExistsException;
import io.zeroipc.StructureKind;
import io.zeroipc.StructureMismatchException;
import io.zeroipc.StructureNotFoundException;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.format.SegmentDescriptor;
import io.zeroipc.testing.ForeignBlock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class SegmentTableTest {

    @TempDir
    Path directory;

    private SegmentBuilder builder() {
        return Segment.at(directory.resolve("seg")).size(8 * 1024).maxEntries(8);
    }

    @Test
    void shouldPlaceBlocksOneAfterTheOtherWhenCreated() {
        try (Segment segment = builder().create()) {
            segment.create("a", Cell.spec(13));
            segment.create("b", Cell.composite(8));

            assertThat(segment.entries()).containsExactly(new TableEntry("a", 416, 13, true),
                    new TableEntry("b_a", 432, 8, true), new TableEntry("b_b", 440, 8, true));
            assertThat(segment.occupancy().used()).isEqualTo(448);
            assertThat(segment.opened()).containsOnlyKeys("a", "b");
        }
    }

    @Test
    void shouldChangeNothingWhenTheNameIsTaken() {
        try (Segment segment = builder().create()) {
            segment.create("a", Cell.spec(8));
            long used = segment.occupancy().used();

            assertThatExceptionOfType(StructureExistsException.class)
                    .isThrownBy(() -> segment.create("a", Cell.spec(8)))
                    .withMessageContaining("segment=seg, name=a");
            assertThat(segment.occupancy().used()).isEqualTo(used);
            assertThat(segment.entries()).hasSize(1);
        }
    }

    @Test
    void shouldChangeNothingWhenOnePartOfACompositeIsTaken() {
        try (Segment segment = builder().create()) {
            segment.create("x_a", Cell.spec(8));

            assertThatExceptionOfType(StructureExistsException.class)
                    .isThrownBy(() -> segment.create("x", Cell.composite(8)))
                    .withMessageContaining("entry=x_a");
            assertThatExceptionOfType(StructureExistsException.class)
                    .isThrownBy(() -> segment.openOrCreate("x", Cell.composite(8)));
            assertThat(segment.entries()).hasSize(1);
        }
    }

    @Test
    void shouldChangeNothingWhenTheLastPartOfACompositeIsTaken() throws IOException {
        try (Segment segment = builder().catalogue(false).create()) {
            segment.create("x_b", Cell.spec(8)).set(5);
            byte[] before = Files.readAllBytes(segment.path());

            assertThatExceptionOfType(StructureExistsException.class)
                    .isThrownBy(() -> segment.create("x", Cell.composite(8)))
                    .withMessageContaining("name=x, entry=x_b");
            assertThat(Files.readAllBytes(segment.path())).isEqualTo(before);
        }
    }

    @Test
    void shouldChangeNothingWhenTheTableIsFull() {
        try (Segment segment = builder().create()) {
            for (int i = 0; i < 7; i++) {
                segment.create("c" + i, Cell.spec(8));
            }
            long used = segment.occupancy().used();

            assertThatExceptionOfType(SegmentFullException.class)
                    .isThrownBy(() -> segment.create("pair", Cell.composite(8)))
                    .withMessageContaining("entries needed=2, entries free=1, max_entries=8");
            assertThat(segment.entries()).hasSize(7);
            assertThat(segment.occupancy().used()).isEqualTo(used);
        }
    }

    @Test
    void shouldNameTheMinimumWhenBytesAreExhausted() {
        try (Segment segment = builder().create()) {
            segment.create("a", Cell.spec(4000));

            assertThatExceptionOfType(SegmentFullException.class).isThrownBy(() -> segment.create("b", Cell.spec(4000)))
                    .withMessageContaining("bytes needed=4000, bytes free=3776")
                    .withMessageContaining("at least 8416 bytes")
                    .satisfies(e -> {
                        assertThat(e.minimumSegmentBytes()).isEqualTo(8416);
                        assertThat(e.freeBytes()).isEqualTo(3776);
                    });
            assertThat(segment.entries()).hasSize(1);
            assertThat(segment.occupancy().used()).isEqualTo(4416);
            assertThatExceptionOfType(ArithmeticException.class)
                    .isThrownBy(() -> segment.create("c", Cell.spec(Long.MAX_VALUE)));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 32, -100, Long.MAX_VALUE - 3, 1L << 40})
    void shouldAddNothingWhenAnotherProgramHasOverwrittenTheTable(long nextOffset) throws IOException {
        try (Segment segment = builder().create()) {
            segment.create("a", Cell.spec(8));
            try (FileChannel file = FileChannel.open(segment.path(), StandardOpenOption.WRITE)) {
                file.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, nextOffset), 24);
            }
            byte[] before = Files.readAllBytes(segment.path());
            assertThatExceptionOfType(ZeroIpcException.class).isThrownBy(() -> segment.create("b", Cell.spec(8)))
                    .withMessageContaining("table is corrupt: segment=" + segment.name() + ", name=b, next_offset="
                            + Long.toUnsignedString(nextOffset) + " (expected: ");
            assertThat(Files.readAllBytes(segment.path())).isEqualTo(before);
            assertThat(segment.entries()).hasSize(1);
        }
    }

    @Test
    void shouldAddNothingWhenAnotherProgramHasStoredANegativeNumberOfRows() throws IOException {
        try (Segment segment = builder().catalogue(false).create()) {
            segment.create("a", Cell.spec(8));
            poke(segment, SegmentDescriptor.ENTRY_COUNT_OFFSET, -1);
            byte[] before = Files.readAllBytes(segment.path());

            assertThatExceptionOfType(SegmentFullException.class).isThrownBy(() -> segment.create("b", Cell.spec(8)))
                    .withMessageContaining("table is full: segment=seg, name=b");
            assertThat(Files.readAllBytes(segment.path())).isEqualTo(before);
            assertThat(segment.entries()).isEmpty();
        }
    }

    /** All of the bytes that are set aside, behind those that the table records too, whoever wrote there before. */
    @Test
    void shouldBeginWithZeroesWhenTheBytesWereUsedBefore() throws IOException {
        try (Segment segment = builder().catalogue(false).create()) {
            long next = segment.occupancy().used();
            byte[] dirt = new byte[256];
            Arrays.fill(dirt, (byte) 0x5A);
            try (FileChannel file = FileChannel.open(segment.path(), StandardOpenOption.WRITE)) {
                file.write(ByteBuffer.wrap(dirt), next);
            }
            segment.create("a", new Parts(new Part("", 24, 40, block -> {})));

            byte[] bytes = Files.readAllBytes(segment.path());
            assertThat(Arrays.copyOfRange(bytes, (int) next, (int) next + 40)).containsOnly(0);
            assertThat(bytes[(int) next + 40]).isEqualTo((byte) 0x5A);
        }
    }

    /** While the second part is written, somebody without a lock writes the row of the first one. */
    @ParameterizedTest
    @CsvSource({"0, 0x7A", "32, 0x400"})
    void shouldSayThatItWasDisturbedWhenAnotherProgramAddsAtTheSameTime(long field, String value) {
        try (Segment segment = builder().catalogue(false).create()) {
            segment.create("a", Cell.spec(8));
            Part first = new Part("_a", 8, block -> {});
            Part second = new Part("_b", 8, block -> poke(segment, SegmentDescriptor.entryOffset(1) + field,
                    Long.decode(value)));

            assertThatExceptionOfType(ZeroIpcException.class)
                    .isThrownBy(() -> segment.create("x", new Parts(first, second)))
                    .withMessageContaining("another program added to the table at the same time: segment=seg, name=x");
        }
    }

    @Test
    void shouldAddNothingToAFileThatIsNotThereAnyMore() throws IOException {
        try (Segment segment = builder().create()) {
            Files.delete(segment.path());
            assertThatExceptionOfType(SegmentDetachedException.class)
                    .isThrownBy(() -> segment.create("a", Cell.spec(8)))
                    .withMessageContaining("removed");
        }
    }

    @Test
    void shouldCountTheRestWhenThereAreManyNames() {
        try (Segment segment = Segment.at(directory.resolve("seg")).size(8 * 1024).create()) {
            for (int i = 0; i < 14; i++) {
                segment.create("c" + i, Cell.spec(8));
            }
            assertThatExceptionOfType(StructureNotFoundException.class)
                    .isThrownBy(() -> segment.open("other", Cell.spec(8)))
                    .withMessageContaining("(present: c0, c1, ")
                    .withMessageContaining(", c11, and 2 more)");
        }
    }

    private static void poke(Segment segment, long offset, long value) {
        try (FileChannel file = FileChannel.open(segment.path(), StandardOpenOption.WRITE)) {
            int width = offset == SegmentDescriptor.ENTRY_COUNT_OFFSET ? Integer.BYTES : Long.BYTES;
            ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(0, value);
            file.write(bytes.limit(width), offset);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A structure of any parts. */
    private record Parts(List<Part> parts) implements Spec<Structure> {

        private static final StructureKind KIND = StructureKind.composite("parts", "", "", "_a", "_b");

        Parts(Part... parts) {
            this(List.of(parts));
        }

        @Override
        public StructureKind kind() {
            return KIND;
        }

        @Override
        public Structure bind(Blocks blocks) {
            return new ForeignBlock(blocks.binding(kind()));
        }
    }

    @Test
    void shouldCountBytesWhenANameIsTooLong() {
        try (Segment segment = builder().create()) {
            String longest = "é".repeat(15) + "x";
            segment.create(longest, Cell.spec(8));
            assertThat(segment.entries().getFirst().name()).isEqualTo(longest);

            assertThatExceptionOfType(InvalidStructureNameException.class)
                    .isThrownBy(() -> segment.create("é".repeat(16), Cell.spec(8)))
                    .withMessageContaining("bytes=32 (expected: 1 to 31 bytes");
            assertThatExceptionOfType(InvalidStructureNameException.class)
                    .isThrownBy(() -> segment.create("n".repeat(30), Cell.composite(8)))
                    .withMessageContaining("kind=pair")
                    .withMessageContaining("bytes=30 (expected: 1 to 29 bytes");
            assertThatExceptionOfType(InvalidStructureNameException.class)
                    .isThrownBy(() -> segment.create("", Cell.spec(8)));
            assertThat(segment.entries()).hasSize(1);
        }
    }

    @Test
    void shouldOpenWhatAnotherProgramCalledByControlCharactersAndCreateNoneItself() throws IOException {
        try (Segment segment = builder().create()) {
            segment.create("a1b", Cell.spec(8)).set(42);
            assertThatExceptionOfType(InvalidStructureNameException.class)
                    .isThrownBy(() -> segment.create("a\nc", Cell.spec(8)))
                    .withMessageContaining("name=a\\nc, bytes=3");
            assertThatExceptionOfType(InvalidStructureNameException.class)
                    .isThrownBy(() -> segment.openOrCreate("a\nc", Cell.spec(8)));
            assertThat(segment.entries()).hasSize(1);
            try (FileChannel file = FileChannel.open(segment.path(), StandardOpenOption.WRITE)) {
                file.write(ByteBuffer.wrap(new byte[] {'\n'}), SegmentDescriptor.entryOffset(0) + 1);
            }

            assertThat(segment.open("a\nb", Cell.spec(8)).get()).isEqualTo(42);
            assertThat(segment.openOrCreate("a\nb", Cell.spec(8)).get()).isEqualTo(42);
            assertThatExceptionOfType(StructureNotFoundException.class)
                    .isThrownBy(() -> segment.open("other", Cell.spec(8)))
                    .withMessageContaining("present: a\\nb");
        }
    }

    @Test
    void shouldListWhatIsThereWhenAStructureIsNotFound() {
        try (Segment segment = builder().create()) {
            segment.create("orders", Cell.spec(8));

            assertThatExceptionOfType(StructureNotFoundException.class)
                    .isThrownBy(() -> segment.open("order", Cell.spec(8)))
                    .withMessageContaining("name=order")
                    .withMessageContaining("present: orders");
        }
    }

    @Test
    void shouldNameBothSizesWhenTheStructureIsAnother() {
        try (Segment segment = builder().create()) {
            segment.create("a", Cell.spec(8));

            assertThatExceptionOfType(StructureMismatchException.class)
                    .isThrownBy(() -> segment.open("a", Cell.spec(16)))
                    .withMessageContaining("bytes=8 (expected: 16)");
        }
    }

    @Test
    void shouldGiveARoleOnceWhenClaimedTwice() {
        try (Segment one = builder().create(); Segment two = builder().open()) {
            Cell first = one.create("a", Cell.spec(8));
            Cell second = two.open("a", Cell.spec(8));
            Cell neighbour = one.create("b", Cell.spec(8));
            Role role = first.claim();

            assertThatExceptionOfType(RoleTakenException.class).isThrownBy(second::claim)
                    .withMessageContaining("segment=seg, name=a, role=writer");
            assertThatExceptionOfType(RoleTakenException.class).isThrownBy(first::claim);
            neighbour.claim().close();
            role.close();
            role.close();
            second.claim().close();
        }
    }

    @Test
    void shouldGiveRolesBackWhenTheSegmentIsClosed() {
        Segment one = builder().create();
        one.create("a", Cell.spec(8)).claim();
        try (Segment two = builder().open()) {
            one.close();
            two.open("a", Cell.spec(8)).claim();
        }
    }

    @Test
    void shouldKeepTheLocksOfTheOthersWhenOneSegmentOfTheFileIsClosed() {
        try (Segment one = builder().create()) {
            Cell cell = one.create("a", Cell.spec(8));
            Role role = cell.claim();
            builder().open().close();

            assertThatExceptionOfType(RoleTakenException.class).isThrownBy(cell::claim);
            role.close();
        }
    }

    @Test
    void shouldKeepTheLocksOfTheOthersWhenAnInterruptedThreadOpens() {
        try (Segment one = builder().create()) {
            Cell cell = one.create("a", Cell.spec(8));
            Role role = cell.claim();
            Thread.currentThread().interrupt();
            builder().open().close();
            assertThat(Thread.interrupted()).isTrue();

            assertThatExceptionOfType(RoleTakenException.class).isThrownBy(cell::claim);
            role.close();
            cell.claim().close();
        }
    }

    @Test
    void shouldAddNothingAndSaySoWhenAnInterruptedThreadCreates() {
        try (Segment segment = builder().create()) {
            Thread.currentThread().interrupt();
            assertThatExceptionOfType(StructureBusyException.class).isThrownBy(() -> segment.create("a", Cell.spec(8)))
                    .withMessageContaining("interrupted")
                    .withMessageContaining("name=a")
                    .withCauseInstanceOf(InterruptedException.class);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(segment.entries()).isEmpty();
        }
    }

    @Test
    void shouldCreateEachNameOnceWhenThreadsRace() throws Exception {
        int names = 100;
        try (Segment segment = Segment.at(directory.resolve("race")).size(64 * 1024).maxEntries(names).create();
                ExecutorService executor = Executors.newFixedThreadPool(4)) {
            List<Future<?>> tasks = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                tasks.add(executor.submit(() -> {
                    try (Segment mine = Segment.at(segment.path()).open()) {
                        for (int i = 0; i < names; i++) {
                            mine.openOrCreate("c" + i, Cell.spec(8));
                        }
                    }
                }));
            }
            for (Future<?> task : tasks) {
                task.get();
            }
            assertThat(segment.entries()).hasSize(names);
            assertThat(segment.entries().stream().map(TableEntry::name).distinct()).hasSize(names);
            assertThat(segment.entries().stream().map(TableEntry::offset).distinct()).hasSize(names);
        }
    }

    @Test
    void shouldEndWithTheSegmentWhenABlockIsPadded() {
        try (Segment segment = builder().size(8 * 1024 + 3).create()) {
            MemorySegment three = MemorySegment.ofArray(new byte[3]);
            assertThat(segment.padded(new Block("last", three, 8 * 1024)).byteSize()).isEqualTo(3);
            assertThat(segment.padded(new Block("before", three, 8 * 1024 - 8)).byteSize()).isEqualTo(8);
        }
    }
}
