package io.zeroipc.segment;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.SegmentExistsException;
import io.zeroipc.SegmentNotFoundException;
import io.zeroipc.SegmentSizeMismatchException;
import io.zeroipc.SegmentSpaceException;
import io.zeroipc.ZeroIpcException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class SegmentCreationTest {

    private static final int SIZE = 16 * 1024;

    @TempDir
    Path directory;
    private Path path;

    @BeforeEach
    void choosePath() {
        path = directory.resolve("seg");
    }

    private SegmentBuilder builder() {
        return Segment.at(path).size(SIZE);
    }

    @Test
    void shouldHoldAnEmptyTableWhenCreated() throws IOException {
        try (Segment segment = builder().create()) {
            assertThat(segment.isCreated()).isTrue();
            assertThat(segment.byteSize()).isEqualTo(SIZE);
            assertThat(segment.occupancy().used()).isEqualTo(3104);
            assertThat(segment.entryOccupancy().capacity()).isEqualTo(64);
            assertThat(segment.entries()).isEmpty();
        }
        assertThat(Files.size(path)).isEqualTo(SIZE);
        assertThat(Files.readAllBytes(path)).startsWith(0x4D, 0x50, 0x49, 0x5A, 2, 0, 0, 0, 0, 0, 0, 0, 64, 0, 0, 0, 0,
                0x40, 0, 0, 0, 0, 0, 0, 0x20, 0x0C, 0, 0, 0, 0, 0, 0);
        assertThat(files()).containsExactly("seg");
    }

    @Test
    void shouldChangeNothingWhenThePathIsTaken() throws IOException {
        Files.writeString(path, "somebody's file");

        assertThatExceptionOfType(SegmentExistsException.class).isThrownBy(() -> builder().create())
                .withMessageContaining("segment=seg")
                .withMessageContaining(path.toString())
                .withMessageContaining("nothing was changed")
                .satisfies(e -> assertThat(e.path()).isEqualTo(path));
        assertThat(Files.readString(path)).isEqualTo("somebody's file");
        assertThat(files()).containsExactly("seg");
    }

    @Test
    void shouldOpenWhenOpenOrCreateFindsASegment() {
        try (Segment first = builder().openOrCreate(); Segment second = builder().openOrCreate()) {
            assertThat(first.isCreated()).isTrue();
            assertThat(second.isCreated()).isFalse();
            first.create("cell", Cell.spec(8)).set(42);
            assertThat(second.open("cell", Cell.spec(8)).get()).isEqualTo(42);
        }
    }

    @Test
    void shouldNotCreateWhenOpenOrCreateHasNoSize() {
        assertThatExceptionOfType(SegmentNotFoundException.class).isThrownBy(() -> Segment.at(path).openOrCreate());
    }

    @Test
    void shouldRefuseAnotherSizeWhenStrict() {
        builder().create().close();

        assertThatExceptionOfType(SegmentSizeMismatchException.class)
                .isThrownBy(() -> Segment.at(path).size(2 * SIZE).openOrCreate())
                .withMessageContaining("bytes=16384 (expected: 32768");
        try (Segment segment = Segment.at(path).size(2 * SIZE).strictSize(false).openOrCreate()) {
            assertThat(segment.byteSize()).isEqualTo(SIZE);
        }
    }

    @Test
    void shouldRefuseASmallerSizeThanThereIsWhenStrict() {
        builder().create().close();

        for (SegmentBuilder smaller : List.of(Segment.at(path).size(SIZE / 2), Segment.at(path).size(SIZE - 1))) {
            assertThatExceptionOfType(SegmentSizeMismatchException.class).isThrownBy(smaller::openOrCreate)
                    .withMessageContaining("bytes=16384 (expected: ")
                    .satisfies(e -> assertThat(e.actualBytes()).isEqualTo(SIZE));
            assertThatExceptionOfType(SegmentSizeMismatchException.class).isThrownBy(smaller::open);
            try (Segment segment = smaller.strictSize(false).open()) {
                assertThat(segment.byteSize()).isEqualTo(SIZE);
            }
        }
    }

    @Test
    void shouldLeaveTheOldBytesToTheirUsersWhenRecreated() {
        try (Segment old = builder().create()) {
            Cell cell = old.create("cell", Cell.spec(8));
            cell.set(1);
            try (Segment replacement = builder().recreate()) {
                assertThat(replacement.isCreated()).isTrue();
                assertThat(replacement.entries()).isEmpty();
                assertThat(cell.get()).isEqualTo(1);
            }
        }
    }

    @Test
    void shouldCreateWhenRecreateFindsNothing() {
        try (Segment segment = builder().recreate()) {
            assertThat(segment.isCreated()).isTrue();
        }
    }

    @Test
    void shouldNameTheMinimumWhenTooSmallForTheTable() throws IOException {
        assertThatIllegalArgumentException().isThrownBy(() -> Segment.at(path).size(3103).create())
                .withMessageContaining("size=3103")
                .withMessageContaining("at least 3104 bytes");
        assertThatIllegalArgumentException().isThrownBy(() -> Segment.at(path).create())
                .withMessageContaining("segment size is missing");
        assertThat(files()).isEmpty();
    }

    @Test
    void shouldNameTheDirectoryWhenItDoesNotExist() {
        assertThatExceptionOfType(ZeroIpcException.class)
                .isThrownBy(() -> Segment.at(directory.resolve("no/seg")).size(SIZE).create())
                .withMessageContaining("directory of the segment does not exist")
                .withMessageContaining(directory.resolve("no/seg").toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "a/b", "/a/b", ".", "..", "/.."})
    void shouldRefuseANameWhenItIsNotOneFile(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> Segment.named(name).size(SIZE).create())
                .withMessageContaining("name=" + name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "\u001b[2J", "a\u2028b", "\ud800"})
    void shouldRefuseANameWhenItHoldsControlCharacters(String name) throws IOException {
        String shown = io.zeroipc.PrintableText.of(name);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Segment.named(name).baseDirectory(directory).size(SIZE).create())
                .withMessageContaining("name=" + shown);
        assertThatIllegalArgumentException().isThrownBy(() -> builder().label(name))
                .withMessageContaining("label=" + shown);
        if (!shown.contains("d800")) {
            // No path has half of a surrogate pair.
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Segment.at(directory.resolve(name)).size(SIZE).create())
                    .withMessageContaining(shown);
        }
        assertThat(files()).isEmpty();
    }

    @Test
    void shouldTakeNamesWithAndWithoutSlashForTheSameFile() {
        try (Segment created = Segment.named("/seg").baseDirectory(directory).size(SIZE).create();
                Segment opened = Segment.named("seg").baseDirectory(directory).open()) {
            assertThat(opened.path()).isEqualTo(created.path()).isEqualTo(path);
        }
    }

    @Test
    void shouldCreateWhenTheFileNameIsAsLongAsItMayBe() throws IOException {
        String name = "n".repeat(255);
        try (Segment segment = Segment.named(name).baseDirectory(directory).size(SIZE).create()) {
            assertThat(segment.path()).exists();
        }
        assertThat(files()).containsExactly(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-rw-rw-", "0666"})
    void shouldIgnoreTheUmaskWhenPermissionsAreGiven(String permissions) throws IOException {
        builder().permissions(permissions).create().close();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path))).isEqualTo("rw-rw-rw-");
        // Its own user may have let everybody write to it.
        Segment.at(path).open().close();
    }

    @Test
    void shouldBeForTheOwnerAloneWhenPermissionsAreNotGiven() throws IOException {
        builder().create().close();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path))).isEqualTo("rw-------");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "rw", "999", "rwxrwxrwxr", "7777"})
    void shouldRefusePermissionsWhenTheyCannotBeRead(String permissions) {
        assertThatIllegalArgumentException().isThrownBy(() -> builder().permissions(permissions))
                .withMessageContaining("permissions=" + permissions);
    }

    @ParameterizedTest
    @EnumSource(OnClose.class)
    void shouldTreatTheFileAsToldWhenItsCreatorCloses(OnClose policy) {
        builder().onClose(policy).create().close();

        assertThat(Files.exists(path)).isEqualTo(policy == OnClose.KEEP);
    }

    @ParameterizedTest
    @EnumSource(OnClose.class)
    void shouldTreatTheFileAsToldWhenAnotherUserRemains(OnClose policy) {
        try (Segment other = builder().create()) {
            Segment.at(path).onClose(policy).open().close();

            assertThat(Files.exists(path)).isEqualTo(policy != OnClose.DELETE);
            assertThat(other.entries()).isEmpty();
        }
    }

    @Test
    void shouldNotDeleteTheSuccessorWhenItsOwnFileWasReplaced() {
        Segment old = builder().onClose(OnClose.DELETE).create();
        builder().recreate().close();

        old.close();

        assertThat(path).exists();
    }

    @Test
    void shouldNameTheSegmentWhenUsedAfterClose() {
        Segment segment = builder().create();
        Cell cell = segment.create("cell", Cell.spec(8));
        segment.close();
        segment.close();

        assertThatIllegalStateException().isThrownBy(segment::entries).withMessage("segment is closed: segment=seg");
        assertThatIllegalStateException().isThrownBy(cell::get).withMessage("segment is closed: segment=seg");
        assertThatIllegalStateException().isThrownBy(() -> segment.open("cell", Cell.spec(8)))
                .withMessage("segment is closed: segment=seg");
        assertThatIllegalStateException().isThrownBy(segment::verify).withMessage("segment is closed: segment=seg");
    }

    @Test
    void shouldRemoveWhatADeadBuilderLeft() throws IOException {
        // No process has this number: the kernel's limit is 2^22.
        Path stale = Files.createFile(directory.resolve(".seg.99999999.abcdef.zipc-tmp"));
        Path alive = Files.createFile(directory.resolve(".seg." + ProcessHandle.current().pid() + ".abcdef.zipc-tmp"));
        Path other = Files.createFile(directory.resolve(".seg2.99999999.abcdef.zipc-tmp"));
        // A segment called seg.99999999; a number that is none; and something that is no file.
        Path longer = Files.createFile(directory.resolve(".seg.99999999." + ProcessHandle.current().pid()
                + ".abcdef.zipc-tmp"));
        Path nonsense = Files.createFile(directory.resolve(".seg.99999999999999999999.abcdef.zipc-tmp"));
        Path link = Files.createSymbolicLink(directory.resolve(".seg.99999998.abcdef.zipc-tmp"), alive);

        builder().create().close();

        assertThat(stale).doesNotExist();
        assertThat(List.of(alive, other, longer, nonsense, link)).allSatisfy(path -> assertThat(path).exists());
    }

    @Test
    void shouldTakeTheNameWhenThereAreNoHardLinks() throws IOException {
        Path finished = Files.writeString(directory.resolve("finished"), "all of it");
        SegmentFiles.linkless(path, finished);
        assertThat(files()).containsExactly("seg");
        assertThat(path).hasContent("all of it");

        Path late = Files.writeString(directory.resolve("late"), "another");
        assertThatExceptionOfType(FileAlreadyExistsException.class)
                .isThrownBy(() -> SegmentFiles.linkless(path, late));
        assertThat(path).hasContent("all of it");
        assertThat(late).exists();
    }

    /** Such as when somebody tidies the directory up: the empty file would stop every creator and every opener. */
    @Test
    void shouldLeaveNoEmptyFileWhenTheFinishedOneIsGone() throws IOException {
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> SegmentFiles.link(path, directory.resolve("gone")));
        assertThat(files()).isEmpty();
    }

    @Test
    void shouldNameBytesAndLimitsWhenNobodyCanMapSoMany() throws IOException {
        assertThatExceptionOfType(ZeroIpcException.class)
                .isThrownBy(() -> Segment.at(path).size(Long.MAX_VALUE).preallocate(false).create())
                .withMessageContaining("cannot create segment: segment=seg, path=" + path + ", bytes=" + Long.MAX_VALUE)
                .withMessageContaining("expected: no more than");
        assertThat(files()).isEmpty();
    }

    @Test
    void shouldComputeTheSizeThatIsEnough() {
        List<Spec<Cell>> specs = List.of(Cell.spec(13), Cell.spec(8), Cell.composite(9));
        long size = Segment.requiredSize(64, specs);

        try (Segment segment = Segment.at(path).size(size).create()) {
            segment.create("a", specs.get(0));
            segment.create("b", specs.get(1));
            segment.create("c", specs.get(2));
            assertThat(segment.occupancy().used()).isEqualTo(size);
        }
    }

    @Test
    void shouldWorkAtItsFarEndWhenLargerThanEightGibibytes() {
        long filler = 8L << 30;
        try (Segment segment = Segment.at(path).size(filler + SIZE).preallocate(false).onClose(OnClose.DELETE).create();
                Segment second = Segment.at(path).open()) {
            segment.create("filler", Cell.spec(filler));
            Cell far = segment.create("far", Cell.spec(8));
            far.set(-4711);

            assertThat(second.open("far", Cell.spec(8)).get()).isEqualTo(-4711);
            assertThat(second.entries().getLast().offset()).isGreaterThan(filler);
            far.claim().close();
        }
    }

    @Test
    void shouldHaveOneWinnerWhenThreadsCreateOnePath() throws Exception {
        for (int round = 0; round < 50; round++) {
            Path contested = directory.resolve("race" + round);
            List<Optional<Segment>> outcomes = together(() -> {
                try {
                    return Optional.of(Segment.at(contested).size(SIZE).create());
                } catch (SegmentExistsException e) {
                    return Optional.empty();
                }
            });
            List<Segment> created = outcomes.stream().flatMap(Optional::stream).toList();
            created.forEach(Segment::close);
            assertThat(created).hasSize(1);
        }
        assertThat(files()).hasSize(50).noneMatch(name -> name.endsWith("zipc-tmp"));
    }

    @Test
    void shouldShareOneFileWhenThreadsOpenOrCreateOnePath() throws Exception {
        for (int round = 0; round < 50; round++) {
            Path contested = directory.resolve("race" + round);
            List<Segment> segments = together(() -> Segment.at(contested).size(SIZE).openOrCreate());
            try {
                assertThat(segments.stream().filter(Segment::isCreated)).hasSize(1);
                long value = round + 1L;
                segments.getFirst().openOrCreate("cell", Cell.spec(8)).set(value);
                assertThat(segments).allSatisfy(
                        segment -> assertThat(segment.open("cell", Cell.spec(8)).get()).isEqualTo(value));
            } finally {
                segments.forEach(Segment::close);
            }
        }
        assertThat(files().stream().filter(name -> !name.endsWith(".zipc"))).hasSize(50);
    }

    @Test
    void shouldHaveOneWinnerWhenThreadsTakeANameWithoutHardLinks() throws Exception {
        for (int round = 0; round < 50; round++) {
            Path contested = directory.resolve("race" + round);
            AtomicInteger number = new AtomicInteger();
            List<Optional<String>> outcomes = together(() -> {
                String content = "content " + number.incrementAndGet();
                Path finished = Files.writeString(contested.resolveSibling(content), content);
                try {
                    SegmentFiles.linkless(contested, finished);
                    return Optional.of(content);
                } catch (FileAlreadyExistsException e) {
                    Files.delete(finished);
                    return Optional.empty();
                }
            });
            assertThat(outcomes.stream().flatMap(Optional::stream)).singleElement()
                    .satisfies(winner -> assertThat(contested).hasContent(winner));
        }
        assertThat(files()).hasSize(50);
    }

    /** What four threads get that begin at one moment. */
    private static <T> List<T> together(Callable<T> work) throws Exception {
        int threads = 4;
        CyclicBarrier start = new CyclicBarrier(threads);
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            List<Future<T>> futures = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                futures.add(executor.submit(() -> {
                    start.await();
                    return work.call();
                }));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> each : futures) {
                results.add(each.get());
            }
            return results;
        }
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            // Without that of the participants, which is there as soon as somebody has the segment open.
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.endsWith(".zipc-live"))
                    .toList();
        }
    }

    @Test
    void shouldKeepNoDescriptorWhenThereIsNoRoom() throws IOException {
        assertThatExceptionOfType(SegmentSpaceException.class)
                .isThrownBy(() -> Segment.at(directory.resolve("huge")).size(1L << 50).create());
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            assertThat(descriptors.map(SegmentCreationTest::target))
                    .noneMatch(it -> it.startsWith(directory.toString()));
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            // Closed since it was listed.
            return "";
        }
    }
}
