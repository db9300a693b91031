package io.zeroipc.segment;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.RoleTakenException;
import io.zeroipc.SegmentNotFoundException;
import io.zeroipc.os.FileFacts;
import io.zeroipc.os.FileLocks;
import io.zeroipc.testing.EnabledWithNativeAccess;
import io.zeroipc.testing.Waiter;
import io.zeroipc.wait.WaitStrategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

class OpenFileTest {

    @TempDir
    Path directory;

    /**
     * Between the look at a path and its opening another file takes it, one that this JVM has open under another name: the
     * new descriptor may not be closed before the old one, which would drop the locks.
     */
    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldKeepTheLocksOfAnOpenFileWhenItTakesThePathOfAnother() throws IOException {
        Path path = directory.resolve("path");
        Path other = directory.resolve("other");
        Files.writeString(path, "examined");
        FileFacts examined = FileFacts.of(path);
        try (Segment segment = Segment.at(other).size(8192).create()) {
            Cell cell = segment.create("cell", Cell.spec(8));
            Role role = cell.claim();
            Files.createLink(directory.resolve("link"), other);
            Files.move(directory.resolve("link"), path, StandardCopyOption.ATOMIC_MOVE);
            long before = descriptorsOf(other);

            assertThatIOException().isThrownBy(() -> OpenFile.open(path, examined, true))
                    .withMessageContaining("replaced while it was being opened");
            assertThat(descriptorsOf(other)).isEqualTo(before + 1);
            try (Segment again = Segment.at(other).open()) {
                Cell same = again.open("cell", Cell.spec(8));
                assertThatExceptionOfType(RoleTakenException.class).isThrownBy(same::claim);
            }
            assertThat(segment.isReadOnly()).isFalse();
            role.close();
        }
        assertThat(descriptorsOf(other)).isZero();
    }

    @Test
    void shouldRefuseAFileWhenAnotherOneWasExamined() throws IOException {
        Path path = directory.resolve("path");
        Files.writeString(path, "examined");
        FileFacts examined = FileFacts.of(path);
        Files.writeString(directory.resolve("new"), "another");
        Files.move(directory.resolve("new"), path, StandardCopyOption.ATOMIC_MOVE);

        assertThatIOException().isThrownBy(() -> OpenFile.open(path, examined, true))
                .withMessageContaining("replaced while it was being opened");
        assertThat(descriptorsOf(path)).isZero();
    }

    /** Somebody who takes part gets the lock of his row, and gives the other one back: while the locks are looked at, too. */
    @Test
    @EnabledWithNativeAccess
    void shouldBeNoLastUseWhileAnotherOneChangesTheLastUserLockForThatOfARow() throws Exception {
        Path path = Files.write(directory.resolve("file"), new byte[8]);
        OpenFile file = OpenFile.open(path, FileFacts.of(path), true);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
                FileLocks others = FileLocks.of(channel, path, false)) {
            FileLocks.Held without = others.tryLock(LockPositions.user(LockPositions.USERS_MAX - 2));
            List<Integer> wrong = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                FileLocks.Held before = without;
                CompletableFuture<FileLocks.Held> row = new CompletableFuture<>();
                int turns = i * 50;
                Thread joining = Thread.ofPlatform().start(() -> {
                    for (int turn = 0; turn < turns; turn++) {
                        Thread.onSpinWait();
                    }
                    row.complete(others.tryLock(LockPositions.user(0)));
                    before.close();
                });
                if (file.isLastUse()) {
                    wrong.add(i);
                }
                joining.join();
                without = others.tryLock(LockPositions.user(LockPositions.USERS_MAX - 2));
                row.join().close();
            }
            assertThat(wrong).isEmpty();
        } finally {
            file.release();
        }
    }

    /** Of this process, under whatever name it was opened. */
    private static long descriptorsOf(Path file) throws IOException {
        Path descriptors = Path.of("/proc/self/fd");
        if (!Files.isDirectory(descriptors)) {
            return 0;
        }
        try (Stream<Path> all = Files.list(descriptors)) {
            return all.filter(each -> {
                try {
                    return Files.isSameFile(each, file);
                } catch (IOException e) {
                    // The descriptor of this very listing, or a pipe.
                    return false;
                }
            }).count();
        }
    }

    @Test
    void shouldSayThatThereIsNoSegmentWhenItIsRemovedWhileItIsOpened() throws IOException {
        Path path = directory.resolve("path");
        Files.writeString(path, "there");
        OpenFile file = OpenFile.open(path, FileFacts.of(path), true);
        try {
            Files.delete(path);
            assertThatExceptionOfType(SegmentNotFoundException.class)
                    .isThrownBy(() -> SegmentFiles.sizeOf(options(path), file))
                    .withMessageContaining("removed just now");
        } finally {
            file.release();
        }
    }

    private static SegmentOptions options(Path path) {
        return new SegmentOptions("path", path, 0, 0, Set.of(), false, true, OnClose.KEEP, OwnerRule.ANY,
                Duration.ZERO, WaitStrategy.backoff(), false, false, "test", PageOptions.NONE);
    }

    /** Whoever opens meets each moment of a replacement now and then, and gets one or the other. */
    @Test
    void shouldOpenOneOrTheOtherWhenItIsReplacedAgainAndAgain() throws Exception {
        SegmentBuilder segment = Segment.at(directory.resolve("replaced")).size(8192).catalogue(false);
        segment.create().close();
        try (Waiter<Long> replacing = Waiter.repeating(() -> segment.recreate().close())) {
            for (int i = 0; i < 500; i++) {
                segment.open().close();
            }
            assertThat(replacing.stop()).isPositive();
        }
    }

    @Test
    void shouldOpenOrCreateWhenItIsRemovedAgainAndAgain() throws Exception {
        SegmentBuilder segment = Segment.at(directory.resolve("removed"))
                .size(8192)
                .catalogue(false)
                .onClose(OnClose.DELETE);
        try (Waiter<Long> other = Waiter.repeating(() -> segment.openOrCreate().close())) {
            for (int i = 0; i < 500; i++) {
                segment.openOrCreate().close();
            }
            assertThat(other.stop()).isPositive();
        }
    }
}
