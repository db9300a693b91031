package io.zeroipc.os;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.os.FileLocks.Held;
import io.zeroipc.testing.EnabledWithNativeAccess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

class FileLocksTest {
    private static final long FAR = 1L << 62;
    private static final Duration LONG = Duration.ofMinutes(2);

    private ScratchFile file;
    private FileLocks locks;

    @BeforeEach
    void openFile() throws IOException {
        file = new ScratchFile();
        locks = file.locks();
    }

    @AfterEach
    void closeFile() throws IOException {
        try {
            locks.close();
        } finally {
            file.close();
        }
    }

    @Test
    void shouldUseDescriptionLocksWhenNativeAccessIsAvailable() {
        assertThat(locks.mechanism()).isEqualTo(
                NativeAccess.isAvailable() ? FileLocks.Mechanism.DESCRIPTION : FileLocks.Mechanism.PROCESS);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 4096, FAR, FAR + (1 << 20), Long.MAX_VALUE - 1})
    void shouldRefuseThePositionWhenItIsHeld(long position) {
        Held held = locks.tryLock(position);

        assertThat(held).isNotNull();
        assertThat(held.position()).isEqualTo(position);
        assertThat(locks.tryLock(position)).isNull();
        assertThat(locks.isHeld(position)).isTrue();
        assertThat(locks.isHeldElsewhere(position)).isFalse();

        held.close();

        assertThat(locks.isHeld(position)).isFalse();
        assertThat(locks.tryLock(position)).isNotNull();
    }

    @Test
    void shouldKeepPositionsApartWhenTheyAreNeighbours() {
        List<Held> held = new ArrayList<>();
        for (long position = FAR; position < FAR + 10; position++) {
            held.add(locks.tryLock(position));
        }
        assertThat(held).doesNotContainNull();

        held.get(4).close();

        for (long position = FAR; position < FAR + 10; position++) {
            assertThat(locks.isHeld(position)).as("position %d", position).isEqualTo(position != FAR + 4);
        }
    }

    @Test
    void shouldNotFreeTheNextHolderWhenClosedTwice() {
        Held first = locks.tryLock(FAR);
        first.close();
        Held second = locks.tryLock(FAR);

        first.close();

        assertThat(second).isNotNull();
        assertThat(locks.tryLock(FAR)).isNull();
        assertThat(locks.isHeld(FAR)).isTrue();
    }

    @Test
    void shouldRefuseASecondObjectOfTheSameFileInThisJvm() throws IOException {
        try (FileLocks other = FileLocks.of(file.channel, file.path, false)) {
            Held held = locks.tryLock(FAR);

            assertThat(other.tryLock(FAR)).isNull();
            assertThat(other.isHeldElsewhere(FAR)).isTrue();
            assertThat(other.isHeld(FAR)).isTrue();

            held.close();

            assertThat(other.isHeldElsewhere(FAR)).isFalse();
            assertThat(other.tryLock(FAR)).isNotNull();
            assertThat(locks.tryLock(FAR)).isNull();
        }
        assertThat(locks.tryLock(FAR)).isNotNull();
    }

    @Test
    void shouldFreeEverythingWhenClosed() throws IOException {
        Held held = locks.tryLock(FAR);
        locks.tryLock(FAR + 1);

        locks.close();
        locks.close();
        held.close();

        try (FileLocks other = file.locks()) {
            assertThat(other.tryLock(FAR)).isNotNull();
            assertThat(other.tryLock(FAR + 1)).isNotNull();
        }
    }

    @Test
    void shouldSayThatItIsClosedWhenUsedAfterwards() {
        locks.close();

        assertThatIllegalStateException().isThrownBy(() -> locks.tryLock(7))
                .withMessage("file locks are closed: path=" + file.path + ", position=7");
        assertThatIllegalStateException().isThrownBy(() -> locks.lock(7, Duration.ZERO));
        assertThatIllegalStateException().isThrownBy(() -> locks.isHeldElsewhere(7));
    }

    @Test
    void shouldNotFailWhenTheChannelWasClosedFirst() throws IOException {
        Held held = locks.tryLock(FAR);
        file.channel.close();

        held.close();
        locks.close();

        assertThatIllegalStateException().isThrownBy(() -> locks.isHeld(FAR));
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE})
    void shouldRefuseThePositionWhenOutOfRange(long position) {
        assertThatIllegalArgumentException().isThrownBy(() -> locks.tryLock(position))
                .withMessageContaining("position=" + position);
    }

    @Test
    void shouldWaitUntilThePositionIsFree() throws Exception {
        Held held = locks.tryLock(FAR);
        FutureTask<Held> waiter = new FutureTask<>(() -> locks.lock(FAR, LONG));
        Thread thread = Thread.ofPlatform().start(waiter);
        awaitWaiting(thread);

        assertThat(waiter.isDone()).isFalse();
        held.close();

        assertThat(waiter.get().position()).isEqualTo(FAR);
        thread.join();
    }

    @Test
    void shouldReturnNullWhenTheTimeIsOver() throws InterruptedException {
        locks.tryLock(FAR);
        long start = System.nanoTime();

        assertThat(locks.lock(FAR, Duration.ofMillis(30))).isNull();

        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(30_000_000);
        assertThat(locks.lock(FAR, Duration.ZERO)).isNull();
        assertThat(locks.lock(FAR, Duration.ofSeconds(Long.MIN_VALUE))).isNull();
    }

    @Test
    void shouldLockAFreePositionWhenThereIsNoTimeToWait() throws InterruptedException {
        assertThat(locks.lock(FAR, Duration.ZERO)).isNotNull();
        assertThat(locks.lock(FAR + 1, Duration.ofSeconds(Long.MAX_VALUE))).isNotNull();
    }

    @Test
    void shouldThrowAndLockNothingWhenInterruptedBefore() {
        Thread.currentThread().interrupt();

        assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> locks.lock(FAR, LONG));

        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(locks.isHeld(FAR)).isFalse();
    }

    @Test
    void shouldThrowWhenInterruptedWhileWaiting() throws Exception {
        Held held = locks.tryLock(FAR);
        FutureTask<Throwable> waiter = new FutureTask<>(() -> {
            try {
                return new AssertionError("locked: " + locks.lock(FAR, LONG));
            } catch (InterruptedException e) {
                return e;
            }
        });
        Thread thread = Thread.ofPlatform().start(waiter);
        awaitWaiting(thread);
        thread.interrupt();

        assertThat(waiter.get()).isInstanceOf(InterruptedException.class);
        thread.join();
        held.close();
        assertThat(locks.isHeld(FAR)).isFalse();
    }

    @Test
    void shouldKeepTheChannelOpenWhenAnInterruptedThreadLocks() {
        Thread.currentThread().interrupt();
        try {
            Held held = locks.tryLock(FAR);
            assertThat(held).isNotNull();
            assertThat(locks.isHeldElsewhere(FAR + 1)).isFalse();
            held.close();
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(file.channel.isOpen()).isTrue();
    }

    @Test
    void shouldExcludeThreadsFromEachOther() throws Exception {
        int threads = 4;
        int rounds = 200;
        int[] counter = new int[1]; // plain on purpose: only the lock keeps it right
        CountDownLatch start = new CountDownLatch(1);
        List<FutureTask<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            FutureTask<Void> task = new FutureTask<>(() -> {
                start.await();
                for (int round = 0; round < rounds; round++) {
                    try (Held held = locks.lock(FAR, LONG)) {
                        assertThat(held).isNotNull();
                        int seen = counter[0];
                        Thread.onSpinWait();
                        counter[0] = seen + 1;
                    }
                }
                return null;
            });
            tasks.add(task);
            Thread.ofPlatform().start(task);
        }
        start.countDown();
        for (FutureTask<Void> task : tasks) {
            task.get();
        }

        assertThat(counter[0]).isEqualTo(threads * rounds);
    }

    @Test
    void shouldProbeButNotLockWhenReadOnly() throws IOException {
        // Opened and closed while nothing is held: without native access a closed channel frees the whole file.
        try (FileChannel reading = FileChannel.open(file.path, StandardOpenOption.READ);
                FileLocks readOnly = FileLocks.of(reading, file.path, true)) {
            assertThat(readOnly.isHeldElsewhere(FAR)).isFalse();
            Held held = locks.tryLock(FAR);

            assertThat(readOnly.isHeldElsewhere(FAR)).isTrue();
            assertThatIllegalStateException().isThrownBy(() -> readOnly.tryLock(FAR + 1))
                    .withMessage("file is open read-only and cannot be locked: path=" + file.path + ", position="
                            + (FAR + 1) + " (expected: opened for writing)");

            held.close();
            assertThat(readOnly.isHeldElsewhere(FAR)).isFalse();
        }
    }

    @Test
    @EnabledWithNativeAccess
    void shouldKeepLocksWhenAnotherChannelOfTheFileCloses() throws IOException {
        locks.tryLock(FAR);

        FileChannel.open(file.path, StandardOpenOption.READ).close();

        try (FileLocks other = file.locks()) {
            assertThat(other.isHeldElsewhere(FAR)).isTrue();
        }
    }

    @Test
    @EnabledWithNativeAccess
    void shouldRefuseToOpenWhenThePathIsASymbolicLink(@TempDir Path directory) throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link"), file.path);

        assertThatExceptionOfType(FileSystemException.class)
                .isThrownBy(() -> FileLocks.of(file.channel, link, FileIdentity.of(file.path), false))
                .withMessageContaining(link.toString())
                .withMessageContaining("is a symbolic link");
    }

    @Test
    @EnabledWithNativeAccess
    void shouldRefuseToOpenWhenAnotherFileTookThePath(@TempDir Path directory) throws IOException {
        Path other = Files.createFile(directory.resolve("other"));

        assertThatExceptionOfType(FileSystemException.class)
                .isThrownBy(() -> FileLocks.of(file.channel, other, FileIdentity.of(file.path), false))
                .withMessageContaining("file was replaced while it was being opened")
                .withMessageContaining(
                        FileIdentity.of(other).toString());
    }

    @Test
    @EnabledWithNativeAccess
    void shouldRefuseToOpenWhenThePathIsGone() throws IOException {
        FileIdentity identity = FileIdentity.of(file.path);
        Files.delete(file.path);

        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> FileLocks.of(file.channel, file.path, identity, false));
    }

    private static void awaitWaiting(Thread thread) {
        await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
    }
}
