package io.zeroipc.os;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.os.FileLocks.Mechanism;
import io.zeroipc.test.PeerProcess;
import io.zeroipc.testing.EnabledWithNativeAccess;
import io.zeroipc.testing.Requirements;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class PreallocationTest {
    private ScratchFile file;

    @BeforeEach
    void openFile() throws IOException {
        file = new ScratchFile();
    }

    @AfterEach
    void closeFile() throws IOException {
        file.close();
    }

    @ParameterizedTest
    @Tag("process")
    @ValueSource(longs = {1, 4096, 1_000_001})
    void shouldPutRealStorageBehindEveryByte(long byteSize) throws Exception {
        Preallocation.reserve(file.channel, file.path, byteSize, Mechanism.DESCRIPTION);

        assertThat(Files.size(file.path)).isEqualTo(byteSize);
        assertThat(Files.readAllBytes(file.path)).containsOnly(0);
        assertThat(allocatedBytes(file.path)).isGreaterThanOrEqualTo(byteSize);
    }

    @Test
    void shouldKeepWhatIsThereWhenTheFileGrows() throws IOException {
        byte[] content = {1, 2, 3};
        file.channel.write(ByteBuffer.wrap(content));

        Preallocation.reserve(file.channel, file.path, 6, Mechanism.DESCRIPTION);

        assertThat(Files.readAllBytes(file.path)).containsExactly(1, 2, 3, 0, 0, 0);
        assertThat(file.channel.position()).isEqualTo(3);
    }

    @Test
    void shouldChangeNothingWhenTheFileIsLongEnough() throws IOException {
        file.channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));

        Preallocation.reserve(file.channel, file.path, 3, Mechanism.DESCRIPTION);
        Preallocation.reserve(file.channel, file.path, 0, Mechanism.DESCRIPTION);

        assertThat(Files.readAllBytes(file.path)).containsExactly(1, 2, 3);
    }

    @Test
    void shouldSayHowMuchIsMissingWhenTheFileSystemIsTooSmall() throws IOException {
        long available = file.path.toFile().getUsableSpace();

        assertThatExceptionOfType(NoSpaceException.class)
                .isThrownBy(() -> Preallocation.reserve(file.channel, file.path, 1L << 60, Mechanism.DESCRIPTION))
                .withMessageStartingWith(file.path + ": file system has no room: required=" + (1L << 60)
                        + " bytes, available=")
                .satisfies(e -> {
                    assertThat(e.required()).isEqualTo(1L << 60);
                    assertThat(e.available()).isPositive().isLessThan(1L << 60);
                });

        assertThat(available).isPositive();
        assertThat(Files.size(file.path)).isZero();
    }

    @Test
    @EnabledWithNativeAccess
    void shouldRefuseToFollowASymbolicLink(@TempDir Path directory) throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link"), file.path);

        assertThatExceptionOfType(FileSystemException.class)
                .isThrownBy(() -> Preallocation.reserve(file.channel, link, 4096, Mechanism.DESCRIPTION))
                .withMessageContaining("is a symbolic link");
        assertThat(Files.size(file.path)).isZero();
    }

    /** A sandbox may allow native calls and know no locks of descriptions: then the process holds its locks itself. */
    @Test
    @EnabledWithNativeAccess
    void shouldKeepTheLocksOfTheProcessWhenThoseAreTheOnesItHas() throws IOException {
        long position = 1L << 62;
        FileLock lock = file.channel.tryLock(position, 1, false);
        assertThat(lock).isNotNull();

        Preallocation.reserve(file.channel, file.path, 4096, Mechanism.PROCESS);

        try (NativeFile other = NativeFile.open(file.path, true, FileIdentity.of(file.path))) {
            assertThat(Libc.getLock(other.fd(), Libc.F_RDLCK, position)).isEqualTo(Libc.F_WRLCK);
        }
        assertThat(Files.size(file.path)).isEqualTo(4096);
    }

    @Test
    void shouldEndWithAnExceptionWhenInterrupted() {
        Thread.currentThread().interrupt();

        assertThatExceptionOfType(ClosedByInterruptException.class)
                .isThrownBy(() -> Preallocation.reserve(file.channel, file.path, 1 << 20, Mechanism.DESCRIPTION));

        assertThat(Thread.interrupted()).isTrue();
    }

    /**
     * On a file system of one mebibyte that only the child sees. "asked" is the usual way, where the room is looked at
     * first; "found out" goes past that look, as when another process takes the room in between.
     */
    @ParameterizedTest
    @Tag("process")
    @CsvSource({"true, asked", "false, asked", "true, found out", "false, found out"})
    void shouldReportAFullFileSystemAndLeaveNothingBehind(boolean nativeAccess, String way, @TempDir Path mountPoint)
            throws Exception {
        String unshare = Requirements.program("unshare").toString();
        Requirements.require(Requirements.succeeds(List.of(unshare, "-rm", "true")),
                "private mounts are not allowed here: command=unshare -rm");

        try (PeerProcess child = PeerProcess.of(FullFileSystem.class)
                .withNativeAccess(nativeAccess)
                .startedBy(unshare, "-rm", "sh", "-c", "mount -t tmpfs -o size=1m none \"$0\" && exec \"$@\"",
                        mountPoint.toString())
                .withArguments(mountPoint, way)
                .start()) {
            assertThat(child.join()).as(child::toString).isZero();
            assertThat(child.output()).containsExactly(
                    "reserved 524288",
                    "io.zeroipc.os.NoSpaceException: " + mountPoint.resolve("second")
                            + ": file system has no room: required=786432 bytes, available=524288 bytes",
                    "size 0, usable 524288",
                    "reserved 524288",
                    "usable 0");
            assertThat(child.errors()).isEmpty();
        }
    }

    /** Takes half of a mebibyte, asks for three quarters, and takes the other half. */
    static final class FullFileSystem {
        private FullFileSystem() {
        }

        public static void main(String[] arguments) throws IOException {
            Path directory = Path.of(arguments[0]);
            boolean asked = arguments[1].equals("asked");
            Path firstPath = directory.resolve("first");
            Path secondPath = directory.resolve("second");
            try (FileChannel first = create(firstPath); FileChannel second = create(secondPath)) {
                Preallocation.reserve(first, firstPath, 1 << 19, Mechanism.DESCRIPTION);
                System.out.println("reserved " + Files.size(firstPath));
                try {
                    int threeQuarters = 3 << 18;
                    if (asked) {
                        Preallocation.reserve(second, secondPath, threeQuarters, Mechanism.DESCRIPTION);
                    } else {
                        Preallocation.reserveBlocks(second, secondPath, 0, threeQuarters, Mechanism.DESCRIPTION);
                    }
                } catch (NoSpaceException e) {
                    System.out.println(e);
                }
                System.out.println("size " + Files.size(secondPath) + ", usable "
                        + directory.toFile().getUsableSpace());
                Preallocation.reserve(second, secondPath, 1 << 19, Mechanism.DESCRIPTION);
                System.out.println("reserved " + Files.size(secondPath));
                System.out.println("usable " + directory.toFile().getUsableSpace());
            }
        }

        private static FileChannel create(Path path) throws IOException {
            return FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ,
                    StandardOpenOption.WRITE);
        }
    }

    private static long allocatedBytes(Path path) throws Exception {
        Process stat = new ProcessBuilder("stat", "-c", "%b %B", path.toString()).start();
        String[] words = new String(stat.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip().split(" ");
        assertThat(stat.waitFor()).isZero();
        return Long.parseLong(words[0]) * Long.parseLong(words[1]);
    }
}
