package io.zeroipc.segment;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.SegmentDetachedException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.format.ParticipantsDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.RecoveryWatch.Pace;
import io.zeroipc.test.PeerProcess;
import io.zeroipc.testing.EnabledWithNativeAccess;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.testing.Waiter;
import io.zeroipc.wait.Deadline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What the one thread of a JVM notices by itself: nobody waits in a structure here. */
@Tag("process")
class RecoveryWatchTest {

    private static final long HOURS = TimeUnit.HOURS.toNanos(10);
    private static final long MILLISECOND = 1_000_000;
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    /** The thread of an earlier test has another pace. */
    @BeforeEach
    void awaitTheEndOfTheThread() {
        await().until(() -> Thread.getAllStackTraces()
                .keySet()
                .stream()
                .noneMatch(each -> each.getName().equals("zeroipc-recovery")));
    }

    @AfterEach
    void setTheUsualPace() {
        RecoveryWatch.pace(Pace.NORMAL);
    }

    /** With one look, at once: the lock of the dead one is free when the kernel says that he is gone. */
    @Test
    @EnabledWithNativeAccess
    void shouldNoticeADeathWithoutLookingForIt() throws Exception {
        RecoveryWatch.pace(new Pace(HOURS, HOURS, HOURS, true));
        Path path = segments.path();
        try (PeerProcess first = peer(path); PeerProcess second = peer(path)) {
            Segment segment = segments.track(Segment.at(path).open());
            await().until(() -> isWatched(first) && isWatched(second));
            first.kill();
            await().until(() -> segment.deaths().size() == 1);
            assertThat(segment.deaths().getFirst().pid()).isEqualTo(first.pid());
            second.kill();
            await().until(() -> segment.deaths().size() == 2);
        }
        await().until(() -> RecoveryWatchTest.descriptors("Pid:\t").isEmpty());
    }

    @Test
    @EnabledWithNativeAccess
    void shouldWatchThoseWhoComeLaterUntilTheyLeave() throws Exception {
        RecoveryWatch.pace(new Pace(MILLISECOND, HOURS, HOURS, true));
        Segment segment = segments.create(1 << 16);
        await().until(() -> !descriptors("inotify wd:").isEmpty());
        try (PeerProcess peer = peer(segment.path())) {
            await().until(() -> isWatched(peer));
            assertThat(peer.join()).as(peer::toString).isZero();
            await().until(() -> !isWatched(peer));
        }
        assertThat(segment.deaths()).isEmpty();
    }

    /** His number says nothing here, and his lock is the only proof. */
    @Test
    @EnabledWithNativeAccess
    void shouldNoticeTheDeathOfOneOfAnotherNamespace() throws Exception {
        Path path = segments.path();
        try (PeerProcess peer = peer(path)) {
            try (FileChannel channel = FileChannel.open(LiveFile.pathOf(path), StandardOpenOption.READ,
                    StandardOpenOption.WRITE); Arena arena = Arena.ofConfined()) {
                MemorySegment live = channel.map(MapMode.READ_WRITE, 0, ParticipantsDescriptor.BYTE_SIZE, arena);
                Atomics.putLong(live, ParticipantsDescriptor.participant(0)
                        + ParticipantsDescriptor.PARTICIPANT_PID_NAMESPACE, 1);
            }
            Segment segment = segments.track(Segment.at(path).open());
            await().until(() -> !descriptors("inotify wd:").isEmpty());
            assertThat(isWatched(peer)).isFalse();
            peer.kill();
            await().until(() -> segment.deaths().size() == 1);
        }
    }

    @Test
    void shouldNoticeADeathWhereTheKernelDoesNotTell() throws Exception {
        RecoveryWatch.pace(new Pace(MILLISECOND, 20 * MILLISECOND, HOURS, false));
        Segment segment = segments.create(1 << 16);
        try (PeerProcess peer = peer(segment.path())) {
            peer.kill();
            await().until(() -> segment.deaths().size() == 1);
            assertThat(isWatched(peer)).isFalse();
        }
    }

    @ParameterizedTest
    @EnabledWithNativeAccess
    @ValueSource(strings = {"removed", "truncated", "replaced", "moved"})
    void shouldNoticeWhenTheFileIsNoLongerTheSegment(String how) throws Exception {
        RecoveryWatch.pace(new Pace(HOURS, HOURS, HOURS, true));
        Segment segment = segments.create(1 << 16);
        segment.attachment().sleepFor(Deadline.FOREVER_NANOS, Deadline.FOREVER_NANOS);
        SharedQueue<Long> queue = SharedQueue.create(segment, "queue", Codecs.int64(), 4);
        await().until(() -> !descriptors("inotify wd:").isEmpty());
        Path other = segments.path();
        try (Waiter<Long> waiting = Waiter.of(queue::take)) {
            await().until(waiting::isSleeping);
            change(segment, how, other);
            // Where the thread looks at the page that is gone before it is told, that says so.
            assertThat(waiting.failure()).isInstanceOfAny(SegmentDetachedException.class, InternalError.class);
        }
    }

    private static void change(Segment segment, String how, Path other) throws IOException {
        switch (how) {
            case "removed" -> Files.delete(segment.path());
            case "truncated" -> Files.newByteChannel(segment.path(), StandardOpenOption.WRITE).truncate(0).close();
            case "replaced" -> Files.move(Files.createFile(other), segment.path(), StandardCopyOption.REPLACE_EXISTING);
            default -> Files.move(segment.path(), other);
        }
    }

    @Test
    void shouldGiveEverythingBackWithTheLastSegment() throws IOException {
        Segment first = segments.create(1 << 16);
        first.close();
        awaitTheEndOfTheThread();
        long before = count();
        for (int i = 0; i < 1000; i++) {
            Segment.at(first.path()).open().close();
        }
        await().until(() -> count() <= before);
    }

    /** Turns are counted in the time that has passed, however long that was. */
    @Test
    void shouldSleepWhileNothingHappens() throws Exception {
        Segment segment = segments.create(1 << 16);
        try (PeerProcess peer = peer(segment.path())) {
            long begun = System.nanoTime();
            long before = RecoveryWatch.turns();
            peer.await("open");
            await().pollDelay(Duration.ofSeconds(2)).until(() -> true);
            assertThat(RecoveryWatch.turns() - before).isLessThan(40 + milliseconds(begun) / 40);
        }
    }

    @Test
    @EnabledWithNativeAccess
    void shouldNotBeKeptBusyByProgramsThatComeAndGo() throws Exception {
        Segment segment = segments.create(1 << 16);
        await().until(() -> !descriptors("inotify wd:").isEmpty());
        long begun = System.nanoTime();
        long before = RecoveryWatch.turns();
        for (int i = 0; i < 20_000; i++) {
            FileChannel.open(segment.path(), StandardOpenOption.READ).close();
        }
        // With each of the readings come the looks at 0, 1, 2, 4, 8 and 16 ms.
        assertThat(RecoveryWatch.turns() - before).isLessThan(40 + milliseconds(begun) / 20 * 8);
    }

    private PeerProcess peer(Path path) throws InterruptedException {
        PeerProcess peer = PeerProcess.of(WatchedPeer.class).withArguments(path).start();
        peer.await("open");
        return peer;
    }

    private static long milliseconds(long begun) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    }

    private static boolean isWatched(PeerProcess peer) {
        return !descriptors("Pid:\t" + peer.pid() + "\n").isEmpty();
    }

    /** What the system says of the descriptors of this process, of those that it says this of. */
    private static List<String> descriptors(String text) {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fdinfo"))) {
            return all.map(RecoveryWatchTest::read).filter(each -> each.contains(text)).toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private static String read(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            // Closed meanwhile.
            return "";
        }
    }

    private static long count() throws IOException {
        try (Stream<Path> all = Files.list(DESCRIPTORS)) {
            return all.count();
        }
    }
}
