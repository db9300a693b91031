package io.zeroipc.segment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.RoleTakenException;
import io.zeroipc.sync.SharedBarrier;
import io.zeroipc.test.PeerProcess;
import io.zeroipc.testing.EnabledWithNativeAccess;
import io.zeroipc.testing.Requirements;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Tag("process")
class SegmentProcessTest {

    private static final int SIZE = 8 * 1024;
    private static final String NOBODY = "65534";

    @TempDir
    Path directory;

    // The children are the same whichever way this JVM runs: once is enough.
    @ParameterizedTest(name = "processes with native access: {0} of 8")
    @ValueSource(ints = {8, 4})
    @EnabledWithNativeAccess
    void shouldLoseNoStructureWhenEightProcessesCreateAtOnce(int withNativeAccess) throws Exception {
        int each = 100;
        List<PeerProcess> children = new ArrayList<>();
        try (Segment segment = Segment.at(directory.resolve("race")).size(256 * 1024).maxEntries(1024).create()) {
            for (int i = 0; i < 8; i++) {
                children.add(PeerProcess.of(TableRacer.class)
                        .withNativeAccess(i < withNativeAccess)
                        .withArguments(segment.path(), (char) ('a' + i), each)
                        .start());
            }
            for (PeerProcess child : children) {
                child.await("ready");
            }
            for (PeerProcess child : children) {
                child.send("go");
            }
            for (PeerProcess child : children) {
                child.await("done");
            }
            segment.open("common", Cell.spec(8)).set(4711);
            for (PeerProcess child : children) {
                child.send("read");
                child.await("common=4711");
                assertThat(child.join()).as("%s", child).isZero();
            }

            List<TableEntry> entries = new ArrayList<>(segment.entries());
            assertThat(entries).hasSize(8 * each + 1);
            assertThat(entries.stream().map(TableEntry::name).distinct()).hasSize(8 * each + 1);
            entries.sort(Comparator.comparingLong(TableEntry::offset));
            for (int i = 1; i < entries.size(); i++) {
                TableEntry before = entries.get(i - 1);
                assertThat(entries.get(i).offset()).isGreaterThanOrEqualTo(before.offset() + before.byteSize());
            }
            for (TableEntry entry : entries) {
                Cell cell = segment.open(entry.name(), Cell.spec(0));
                assertThat(cell.get()).isEqualTo(entry.name().equals("common") ? 4711 : Cell.READY);
                cell.set(entry.offset());
            }
            for (TableEntry entry : entries) {
                assertThat(segment.open(entry.name(), Cell.spec(0)).get()).isEqualTo(entry.offset());
            }
        } finally {
            children.forEach(PeerProcess::close);
        }
    }

    @ParameterizedTest(name = "processes with native access: {0} of 4")
    @ValueSource(ints = {4, 2})
    @EnabledWithNativeAccess
    void shouldHaveOneCreatorWhenProcessesMakeOnePathAtOnce(int withNativeAccess) throws Exception {
        int rounds = 25;
        List<PeerProcess> children = new ArrayList<>();
        Path meeting = directory.resolve("meeting");
        try (Segment segment = Segment.at(meeting).size(SIZE).create()) {
            SharedBarrier.create(segment, "barrier", 4);
            for (int i = 0; i < 4; i++) {
                children.add(PeerProcess.of(CreationRacer.class)
                        .withNativeAccess(i < withNativeAccess)
                        .withArguments(meeting, rounds, "cell" + i)
                        .start());
            }
            List<String> created = new ArrayList<>();
            for (PeerProcess child : children) {
                assertThat(child.join()).as("%s", child).isZero();
                created.addAll(child.output());
            }
            assertThat(created).containsExactlyInAnyOrderElementsOf(IntStream.range(0, rounds)
                    .boxed()
                    .flatMap(round -> Stream.of("created " + round + " true", "either " + round + " true"))
                    .toList());
            for (int round = 0; round < rounds; round++) {
                try (Segment shared = Segment.at(directory.resolve("either" + round)).open()) {
                    assertThat(shared.entries()).extracting(TableEntry::name)
                            .containsExactlyInAnyOrder("cell0", "cell1", "cell2", "cell3");
                }
            }
        } finally {
            children.forEach(PeerProcess::close);
        }
    }

    @ParameterizedTest(name = "holder with native access: {0}")
    @ValueSource(booleans = {true, false})
    void shouldGiveARoleBackWhenItsProcessIsKilled(boolean nativeAccess) throws Exception {
        Path path = directory.resolve("roles");
        try (Segment segment = Segment.at(path).size(SIZE).create()) {
            Cell cell = segment.create("cell", Cell.spec(8));
            try (PeerProcess child = PeerProcess.of(RoleHolder.class)
                    .withNativeAccess(nativeAccess)
                    .withArguments(path)
                    .start()) {
                child.await("held");
                assertThatExceptionOfType(RoleTakenException.class).isThrownBy(cell::claim);
                child.kill();
            }
            // The kernel gives locks back a moment after the process is gone.
            org.awaitility.Awaitility.await().ignoreException(RoleTakenException.class).until(() -> {
                cell.claim().close();
                return true;
            });
        }
    }

    @Test
    void shouldNameSizesAndCreateNothingWhenTheFileSystemIsFull() throws Exception {
        String unshare = privateMounts();
        Path mount = Files.createDirectory(directory.resolve("small"));
        try (PeerProcess child = PeerProcess.of(SegmentCommand.class)
                .startedBy(unshare, "-rm", "sh", "-c",
                        "mount -t tmpfs -o size=1m none \"$0\" && \"$@\" && ls -A \"$0\" | wc -l", mount.toString())
                .withArguments("create", mount.resolve("seg"), 4 << 20)
                .start()) {
            assertThat(child.join()).isZero();
            assertThat(child.output()).hasSize(2);
            assertThat(child.output().get(0)).startsWith("SegmentSpaceException: file system has no room")
                    .contains("segment=seg", "path=" + mount.resolve("seg"), "bytes needed=4194304",
                            "bytes available=1048576", "--shm-size");
            assertThat(child.output().get(1)).isEqualTo("0");
        }
    }

    @ParameterizedTest(name = "native access: {0}")
    @ValueSource(booleans = {true, false})
    @EnabledWithNativeAccess
    void shouldReadAndSayWhatIsForbiddenWhenTheFileSystemIsReadOnly(boolean nativeAccess) throws Exception {
        Path mount = Files.createDirectory(directory.resolve("mounted"));
        Path path = mount.resolve("seg");
        try (Segment segment = Segment.at(path).size(SIZE).create()) {
            segment.create("cell", Cell.spec(8));
        }
        assertThat(onReadOnlyMount(mount, nativeAccess, "read", path, "SAME_OR_ROOT")).isEqualTo("ok seg");
        assertThat(onReadOnlyMount(mount, nativeAccess, "open", path, "SAME_OR_ROOT"))
                .startsWith("SegmentAccessDeniedException: segment may not be opened")
                .contains("access=read and write", "reason=", "open it read-only");
        assertThat(onReadOnlyMount(mount, nativeAccess, "readThenOpen", path))
                .startsWith("SegmentAccessDeniedException: segment may not be opened");
        assertThat(onReadOnlyMount(mount, nativeAccess, "openOrCreate", path, SIZE))
                .startsWith("SegmentAccessDeniedException: segment may not be opened");
        for (String verb : List.of("create", "recreate")) {
            assertThat(onReadOnlyMount(mount, nativeAccess, verb, mount.resolve(verb), SIZE)).as(verb)
                    .startsWith("SegmentAccessDeniedException: cannot create segment")
                    .contains("reason=", "read-only");
        }
        assertThat(mount).isDirectoryContaining(file -> file.equals(path)).isDirectoryNotContaining("glob:**zipc-tmp");
    }

    /** Runs a {@link SegmentCommand} where a directory is a read-only mount. */
    private static String onReadOnlyMount(Path mount, boolean nativeAccess, Object... arguments) throws Exception {
        try (PeerProcess child = PeerProcess.of(SegmentCommand.class)
                .withNativeAccess(nativeAccess)
                .startedBy(privateMounts(), "-rm", "sh", "-c",
                        "mount --bind \"$0\" \"$0\" && mount -o remount,ro,bind \"$0\" && \"$@\"", mount.toString())
                .withArguments(arguments)
                .start()) {
            assertThat(child.join()).as("%s", child).isZero();
            return String.join("\n", child.output());
        }
    }

    private static String privateMounts() {
        String unshare = Requirements.program("unshare").toString();
        Requirements.require(Requirements.succeeds(List.of(unshare, "-rm", "true")),
                "private mounts are not allowed here: command=unshare -rm");
        return unshare;
    }

    @Test
    void shouldNamePermissionsAndUserWhenAccessIsDenied() throws Exception {
        assertThat(asNobody("open", privateSegment(), "ANY"))
                .startsWith("SegmentAccessDeniedException: segment may not be opened")
                .contains("permissions=0600", "owner id=0", "user id=" + NOBODY, "access=read and write");
        assertThat(asNobody("read", privateSegment(), "ANY")).contains("access=read ");
        assertThat(asNobody("create", directory.resolve("new"), "8192"))
                .startsWith("SegmentAccessDeniedException: cannot create segment")
                .contains("user id=" + NOBODY);
        assertThat(directory.resolve("new")).doesNotExist();
    }

    @Test
    void shouldRemoveItsOwnLeftoversWhenOthersAreAnotherUsers() throws Exception {
        requireRoot();
        // Whichever of them comes first in the directory.
        List<Path> theirs = new ArrayList<>();
        Path shared = Files.createDirectory(directory.resolve("shared"));
        for (int i = 0; i < 16; i++) {
            Path leftover = Files.createFile(shared.resolve(".seg.9999999" + i + ".abcdef.zipc-tmp"),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            if (i % 2 == 0) {
                Files.setAttribute(leftover, "unix:uid", Integer.parseInt(NOBODY));
            } else {
                theirs.add(leftover.getFileName());
            }
        }
        Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxrwxrwx"));

        assertThat(asNobody("create", shared.resolve("seg"), "8192")).isEqualTo("ok seg");

        try (Stream<Path> files = Files.list(shared)) {
            theirs.add(Path.of("seg"));
            theirs.add(Path.of("seg.zipc-live"));
            assertThat(files.map(Path::getFileName)).containsExactlyInAnyOrderElementsOf(theirs);
        }
    }

    @Test
    void shouldFollowTheOwnerRuleWhenTheSegmentIsAnotherUsers() throws Exception {
        Path readable = segment("readable", "0644");
        assertThat(asNobody("read", readable, "SAME_OR_ROOT")).isEqualTo("ok readable");
        assertThat(asNobody("read", readable, "SAME")).startsWith("SegmentAccessDeniedException: ")
                .contains("belongs to another user", "owner id=0", "owner rule=SAME");
        assertThat(asNobody("open", readable, "SAME_OR_ROOT")).contains("reading alone may be allowed");

        Path writable = segment("writable", "0666");
        assertThat(asNobody("open", writable, "SAME_OR_ROOT")).startsWith("SegmentAccessDeniedException: ")
                .contains("writable by everybody");
        assertThat(asNobody("open", writable, "ANY")).isEqualTo("ok writable");
    }

    @Test
    void shouldRefuseWhenTheSegmentBelongsToAnOrdinaryUser() throws Exception {
        Path path = segment("foreign", "0644");
        requireRoot();
        Files.setAttribute(path, "unix:uid", Integer.parseInt(NOBODY));

        assertThatExceptionOfType(io.zeroipc.SegmentAccessDeniedException.class)
                .isThrownBy(() -> Segment.at(path).open())
                .withMessageContaining("owner id=" + NOBODY)
                .withMessageContaining("allow any owner");
        Segment.at(path).owner(OwnerRule.ANY).open().close();
    }

    private Path privateSegment() {
        Path path = directory.resolve("private");
        return Files.exists(path) ? path : segment("private", "0600");
    }

    private Path segment(String name, String permissions) {
        Path path = directory.resolve(name);
        Segment.at(path).size(SIZE).permissions(permissions).create().close();
        return path;
    }

    /** Runs a {@link SegmentCommand} as a user without rights; root may read anything and proves nothing. */
    private String asNobody(String verb, Path path, String argument) throws Exception {
        requireRoot();
        String setpriv = Requirements.program("setpriv").toString();
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path classes = directory.resolve("classes");
        if (Files.notExists(classes)) {
            copyClasses(Segment.class, classes);
            copyClasses(SegmentCommand.class, classes);
        }
        try (PeerProcess child = PeerProcess.of(SegmentCommand.class)
                .withClassPath(classes.toString())
                .startedBy(setpriv, "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups")
                .withArguments(verb, path, argument)
                .start()) {
            assertThat(child.join()).as("%s", child).isZero();
            return String.join("\n", child.output());
        }
    }

    private static void requireRoot() {
        Requirements.require(io.zeroipc.os.ProcessIdentity.currentUid() == 0,
                "only root can act as another user: user id=" + io.zeroipc.os.ProcessIdentity.currentUid());
    }

    private static void copyClasses(Class<?> member, Path target) throws Exception {
        Path source = Path.of(member.getProtectionDomain().getCodeSource().getLocation().toURI());
        try (Stream<Path> files = Files.walk(source)) {
            for (Path file : files.toList()) {
                Path copy = target.resolve(source.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else {
                    copy(file, copy);
                }
            }
        }
    }

    private static void copy(Path file, Path copy) throws IOException {
        Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Holds the role of the cell until it is killed. Argument: path. */
    static final class RoleHolder {

        private RoleHolder() {
        }

        public static void main(String[] arguments) throws IOException {
            try (Segment segment = Segment.at(Path.of(arguments[0])).open()) {
                segment.open("cell", Cell.spec(8)).claim();
                System.out.println("held");
                System.in.read();
            }
        }
    }
}
