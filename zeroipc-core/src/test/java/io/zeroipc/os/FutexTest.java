package io.zeroipc.os;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import io.zeroipc.os.Futex.Outcome;
import io.zeroipc.test.PeerProcess;
import io.zeroipc.testing.EnabledWithNativeAccess;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

@EnabledWithNativeAccess
class FutexTest {
    private static final Duration LONG = Duration.ofMinutes(2);

    private ScratchFile file;
    private Arena arena;
    private MemorySegment word;

    @BeforeEach
    void mapFile() throws IOException {
        file = new ScratchFile();
        arena = Arena.ofShared();
        word = file.channel.map(MapMode.READ_WRITE, 0, 4096, arena);
    }

    @AfterEach
    void deleteFile() throws IOException {
        try {
            if (arena.scope().isAlive()) {
                arena.close();
            }
        } finally {
            file.close();
        }
    }

    @Test
    void shouldNotSleepWhenTheWordHasChanged() {
        word.set(JAVA_INT, 0, 7);

        assertThat(Futex.await(word, 6, LONG)).isEqualTo(Outcome.CHANGED);
    }

    @Test
    void shouldTimeOutNotBeforeItsTime() {
        long start = System.nanoTime();

        assertThat(Futex.await(word, 0, Duration.ofMillis(30))).isEqualTo(Outcome.TIMED_OUT);

        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(30_000_000);
    }

    @Test
    void shouldReturnAtOnceWhenThereIsNoTimeToWait() {
        assertThat(Futex.await(word, 0, Duration.ZERO)).isEqualTo(Outcome.TIMED_OUT);
        assertThat(Futex.await(word, 0, Long.MIN_VALUE)).isEqualTo(Outcome.TIMED_OUT);
    }

    @Test
    void shouldWakeNobodyWhenNobodyWaits() {
        assertThat(Futex.wakeAll(word)).isZero();
    }

    @Test
    void shouldWakeTheWaiterOfAnotherMapping() throws Exception {
        FutureTask<Outcome> waiter = new FutureTask<>(() -> Futex.await(word, 0, LONG));
        Thread thread = Thread.ofPlatform().start(waiter);
        try (Arena second = Arena.ofShared()) {
            MemorySegment other = file.channel.map(MapMode.READ_WRITE, 0, 4096, second);
            assertThat(other.address()).isNotEqualTo(word.address());

            await().until(() -> Futex.wake(other, 1) == 1);
        }

        assertThat(waiter.get()).isEqualTo(Outcome.WOKEN);
        thread.join();
    }

    @Test
    void shouldWakeOnlyTheWaitersOfThatWord() throws Exception {
        MemorySegment neighbour = word.asSlice(4, 4);
        FutureTask<Outcome> waiter = new FutureTask<>(() -> Futex.await(word, 0, LONG));
        Thread thread = Thread.ofPlatform().start(waiter);

        await().until(() -> Futex.wakeAll(neighbour) == 0 && Futex.wakeAll(word) == 1);

        assertThat(waiter.get()).isEqualTo(Outcome.WOKEN);
        thread.join();
    }

    @Test
    @Tag("process")
    void shouldWakeTheWaiterOfAnotherProcess() throws Exception {
        try (PeerProcess child = PeerProcess.of(WaitingChild.class)
                .withNativeAccess(true)
                .withArguments(file.path)
                .start()) {
            child.await("waiting");
            await().until(() -> Futex.wakeAll(word) == 1);
            child.await(Outcome.WOKEN.toString());
            assertThat(child.join()).as(child::toString).isZero();
        }
    }

    @Test
    void shouldLetTheSegmentCloseWhenSomebodyWaits() throws Exception {
        FutureTask<Outcome> waiter = new FutureTask<>(() -> Futex.await(word, 0, LONG));
        Thread thread = Thread.ofPlatform().start(waiter);
        await().until(() -> sleepsInKernel(word.address()));
        try (Arena second = Arena.ofShared()) {
            MemorySegment other = file.channel.map(MapMode.READ_WRITE, 0, 4096, second);

            arena.close();

            assertThat(Futex.wake(other, 1)).isEqualTo(1);
        }
        assertThat(waiter.get()).isEqualTo(Outcome.WOKEN);
        thread.join();
    }

    @Test
    void shouldRefuseTheWordWhenItIsNotOne() {
        assertThatIllegalArgumentException().isThrownBy(() -> Futex.await(MemorySegment.ofArray(new int[1]), 0, LONG))
                .withMessageContaining("native=false");
        assertThatIllegalArgumentException().isThrownBy(() -> Futex.await(word.asSlice(2, 4), 0, LONG))
                .withMessageContaining("aligned to 4");
        assertThatIllegalArgumentException().isThrownBy(() -> Futex.wakeAll(word.asSlice(0, 3)))
                .withMessageContaining("byteSize=3");
    }

    @Test
    void shouldRefuseTheWordWhenTheSegmentIsClosed() {
        arena.close();

        assertThatIllegalStateException().isThrownBy(() -> Futex.await(word, 0, LONG))
                .withMessageContaining("closed segment");
        assertThatIllegalStateException().isThrownBy(() -> Futex.wakeAll(word));
    }

    /** Whether a thread of this JVM is inside a system call with this first argument. */
    private static boolean sleepsInKernel(long address) throws IOException {
        String argument = " 0x" + Long.toHexString(address) + " ";
        try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
            return threads.anyMatch(thread -> {
                try {
                    return Files.readString(thread.resolve("syscall")).contains(argument);
                } catch (IOException e) {
                    return false; // it ended meanwhile
                }
            });
        }
    }

    /** Sleeps on the first word of a file. */
    static final class WaitingChild {
        private WaitingChild() {
        }

        public static void main(String[] arguments) throws IOException {
            try (Arena arena = Arena.ofConfined();
                    FileChannel channel = FileChannel.open(Path.of(arguments[0]), StandardOpenOption.READ,
                            StandardOpenOption.WRITE)) {
                MemorySegment word = channel.map(MapMode.READ_WRITE, 0, 4096, arena);
                System.out.println("waiting");
                System.out.println(Futex.await(word, 0, LONG));
            }
        }
    }
}
