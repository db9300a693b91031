package io.zeroipc.segment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.RoleTakenException;
import io.zeroipc.SegmentDetachedException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.format.ParticipantsDescriptor;
import io.zeroipc.os.FileFacts;
import io.zeroipc.os.FileIdentity;
import io.zeroipc.os.FileLocks;
import io.zeroipc.test.PeerProcess;
import io.zeroipc.testing.EnabledWithNativeAccess;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/** Who takes part in a segment, as the file beside it says. */
class ParticipantsTest {

    private static final int SIZE = 1 << 18;

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private static Path live(Segment segment) {
        return segment.path().resolveSibling(segment.path().getFileName() + ".zipc-live");
    }

    @Test
    void shouldSayWhoHasTheSegmentOpen() {
        Segment segment = segments.create(builder -> builder.size(SIZE).participant("trading äöü"));
        assertThat(segment.participation()).isEqualTo("on");
        Participant self = segment.participants().getFirst();
        assertThat(segment.participants()).hasSize(1);
        assertThat(self.self()).isTrue();
        assertThat(self.dead()).isFalse();
        assertThat(self.announcing()).isTrue();
        assertThat(self.pid()).isEqualTo(ProcessHandle.current().pid());
        assertThat(self.name()).isEqualTo("trading äöü");
        assertThat(self.claims()).isEmpty();
        assertThat(segment.deaths()).isEmpty();
        assertThat(segment.recoveries()).isEmpty();
    }

    /** Each segment object of a JVM maps the file, and the process has one row. */
    @Test
    void shouldCountAProcessOnceHoweverOftenItHasTheSegmentOpen() {
        Segment segment = segments.create(SIZE);
        Segment second = segments.open(segment);
        assertThat(segment.participants()).hasSize(1);
        second.close();
        assertThat(segment.participants()).hasSize(1);
    }

    @Test
    void shouldCutALongNameBetweenTwoCharacters() {
        Segment segment = segments.create(builder -> builder.size(SIZE).participant("x".repeat(23) + "ä"));
        assertThat(segment.participants().getFirst().name()).isEqualTo("x".repeat(23));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a\nb"})
    void shouldRefuseANameThatIsNone(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> Segment.named("any").participant(name))
                .withMessageContaining("expected: the name of the application");
    }

    @Test
    void shouldHaveThePermissionsOfTheSegment() throws IOException {
        Segment segment = segments.create(builder -> builder.size(SIZE).permissions("0640"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(live(segment)))).isEqualTo("rw-r-----");
        assertThat(Files.size(live(segment))).isEqualTo(ParticipantsDescriptor.BYTE_SIZE);
    }

    @Test
    void shouldBeRemovedWithTheSegment() {
        Segment segment = segments.create(builder -> builder.size(SIZE).onClose(OnClose.DELETE));
        assertThat(live(segment)).exists();
        segment.close();
        assertThat(live(segment)).doesNotExist();
    }

    @Test
    void shouldBeMadeAnewWhenItBelongsToAnotherSegment() throws IOException {
        Segment first = segments.create(SIZE);
        Path path = first.path();
        byte[] old = Files.readAllBytes(live(first));
        first.close();
        Files.delete(path);
        Files.write(live(first), old);
        Segment second = segments.track(Segment.at(path).size(SIZE).create());
        assertThat(second.participation()).isEqualTo("on");
        assertThat(second.participants()).hasSize(1);
    }

    @Test
    void shouldBeDetachedWhenTheFileWasTruncatedAndGoOnWithoutWhenItIsOpenedAgain() throws IOException {
        Segment segment = segments.create(SIZE);
        SharedQueue.create(segment, "queue", Codecs.int64(), 4);
        try (FileChannel file = FileChannel.open(live(segment), StandardOpenOption.WRITE)) {
            file.truncate(0);
        }
        assertThatExceptionOfType(SegmentDetachedException.class).isThrownBy(segment::verify)
                .withMessageContaining("file of participants is lost, it was truncated: path=" + live(segment)
                        + ", mapped bytes=233472, file size=0");
        // While the first one is open, as whoever attaches again does.
        Segment again = segments.open(segment);
        assertThat(again.participation()).contains("not a file to be trusted", "bytes=0");
        SharedQueue<Long> queue = SharedQueue.open(again, "queue", Codecs.int64());
        queue.offer(1L);
        assertThat(queue.poll()).isEqualTo(1);
        segment.close();
        queue.offer(2L);
        assertThat(queue.poll()).isEqualTo(2);
    }

    @Test
    void shouldLeaveAnotherFileOfThatNameAloneAndTakeNoPart() throws IOException {
        Path path = segments.path();
        Path live = path.resolveSibling(path.getFileName() + ".zipc-live");
        Files.writeString(live, "somebody's");
        Segment segment = segments.track(Segment.at(path).size(SIZE).onClose(OnClose.DELETE).create());
        assertThat(segment.participation()).contains(live.toString(), "bytes=10", "expected: 233472");
        assertThat(segment.participants()).isEmpty();
        SharedQueue<Long> queue = SharedQueue.create(segment, "queue", Codecs.int64(), 4);
        queue.offer(1L);
        queue.publish(queue.tryClaim());
        assertThat(queue.poll()).isEqualTo(1);
        segment.close();
        assertThat(live).hasContent("somebody's");
    }

    @Test
    void shouldSaySoWhenItsFileIsRemovedOrReplaced() throws IOException {
        Segment segment = segments.create(SIZE);
        Files.delete(live(segment));
        await().until(() -> segment.participation().contains("it was removed: path=" + live(segment)));
        Files.writeString(live(segment), "somebody's");
        await().until(() -> segment.participation().contains("it was replaced: path=" + live(segment)));
    }

    @Test
    void shouldTakeNoPartWhereThatWasDeclinedOrNothingCanBeWritten() {
        Segment segment = segments.create(builder -> builder.size(SIZE).recovery(false));
        assertThat(segment.participation()).isEqualTo("off");
        assertThat(live(segment)).doesNotExist();
        assertThat(segments.openReadOnly(segment).participation()).isEqualTo("off");
        segment.recover();
        assertThat(segment.recoveries()).isEmpty();
    }

    /** Holding the lock of a dead one's row would keep that alive, and nobody would end what it has begun. */
    @Test
    void shouldHoldTheLastUserLockWithoutARowAndThatOfItsRowWithOne() throws IOException {
        Segment segment = segments.create(builder -> builder.size(SIZE).recovery(false));
        assertThat(userLocks(segment.path())).containsExactly(LockPositions.USERS_MAX - 1);
        Segment taking = segments.open(segment);
        assertThat(taking.participants()).singleElement().extracting(Participant::index).isEqualTo(0);
        assertThat(userLocks(segment.path())).containsExactly(0);
        taking.close();
        assertThat(userLocks(segment.path())).as("the row is that of the process").containsExactly(0);
    }

    @Test
    void shouldHoldTheLastUserLockWhereItsRowsFileIsNone() throws IOException {
        Segment segment = segments.create(builder -> builder.size(SIZE).recovery(false));
        Path path = segment.path();
        segment.close();
        Files.writeString(live(segment), "somebody's");
        Segment other = segments.track(Segment.at(path).open());
        assertThat(other.participation()).contains("not a file to be trusted");
        assertThat(userLocks(path)).containsExactly(LockPositions.USERS_MAX - 1);
    }

    /** Not the dead, whose locks went with them, and those who take no part as well: to end another one would not help. */
    @Test
    @EnabledWithNativeAccess
    void shouldNameWhoMayHaveARoleAndNobodyElse() throws Exception {
        Segment segment = segments.create(1 << 16);
        Cell cell = segment.create("cell", Cell.spec(8));
        try (Role _ = cell.claim()) {
            assertThatExceptionOfType(RoleTakenException.class).isThrownBy(cell::claim)
                    .satisfies(e -> assertThat(e.holder()).isEqualTo("this process"));
        }
        try (PeerProcess peer = PeerProcess.of(WatchedPeer.class).withArguments(segment.path()).start();
                FileChannel channel = FileChannel.open(segment.path(), StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
                FileLocks foreign = FileLocks.of(channel, segment.path(), false)) {
            peer.await("open");
            assertThat(foreign.tryLock(LockPositions.user(LockPositions.USERS_MAX - 1))).isNotNull();
            assertThat(foreign.tryLock(LockPositions.role(segment.blocks("cell").require("").offset(), 0))).isNotNull();
            assertThatExceptionOfType(RoleTakenException.class).isThrownBy(cell::claim)
                    .satisfies(e -> assertThat(e.holder())
                            .isEqualTo("process " + peer.pid() + " (peer) or a process that takes no part"));
            peer.kill();
            assertThatExceptionOfType(RoleTakenException.class).isThrownBy(cell::claim)
                    .satisfies(e -> assertThat(e.holder()).isEqualTo("a process that takes no part"));
        }
    }

    private static List<Integer> userLocks(Path path) throws IOException {
        OpenFile file = OpenFile.open(path, FileFacts.of(path), true);
        try {
            return IntStream.range(0, LockPositions.USERS_MAX)
                    .filter(user -> file.locks().isHeld(LockPositions.user(user)))
                    .boxed()
                    .toList();
        } finally {
            file.release();
        }
    }

    /** A process that cannot say everything says so, and goes on. */
    @Test
    void shouldGoOnAndSaySoWhenThereAreMoreClaimsThanCells() {
        Segment segment = segments.create(SIZE);
        SharedQueue<Long> queue = SharedQueue.create(segment, "queue", Codecs.int64(), 1 << 13);
        List<Long> claims = new ArrayList<>();
        for (int i = 0; i < queue.capacity(); i++) {
            claims.add(queue.tryClaim());
        }
        assertThat(claims).doesNotContain(SharedQueue.NO_CLAIM);
        Participant self = segment.participants().getFirst();
        assertThat(self.announcing()).isFalse();
        assertThat(self.claims()).hasSize((ParticipantsDescriptor.RECORDS - 1) * 7);
        claims.forEach(queue::publish);
        assertThat(segment.participants().getFirst().claims()).isEmpty();
    }

    /** What a segment without recovery has in hand is not announced, and its process must not count as one that announces all. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldSayThatASegmentOfItsJvmTakesNoPart(boolean before) {
        Segment segment = segments.create(builder -> builder.size(SIZE).recovery(!before));
        Segment other = segments.track(Segment.at(segment.path()).recovery(before).open());
        assertThat(other.participation()).isEqualTo(before ? "on" : "off");
        assertThat(segment.participants()).singleElement()
                .satisfies(self -> assertThat(self.announcing()).isFalse());
    }

    @Test
    void shouldGoOnWhereSomebodyHasWrittenAnImpossibleNumberOfDeaths() throws Exception {
        Segment segment = segments.create(SIZE);
        for (long number : new long[] {Long.MAX_VALUE, Long.MIN_VALUE, -1}) {
            writeLong(live(segment), ParticipantsDescriptor.DEATHS_OFFSET, number);
            assertThat(segment.deaths()).isEmpty();
        }
    }

    private static void writeLong(Path file, long offset, long value) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(0, value);
            assertThat(channel.write(bytes, offset)).isEqualTo(Long.BYTES);
        }
    }

    @Test
    void shouldNotBeRemovedWithASegmentThatItDoesNotBelongTo() throws IOException {
        Segment segment = segments.create(SIZE);
        FileIdentity own = FileIdentity.of(segment.path());
        LiveFile.remove(segment.path(), FileIdentity.of(live(segment)));
        assertThat(live(segment)).exists();
        LiveFile.remove(segment.path(), own);
        assertThat(live(segment)).doesNotExist();
    }

    /** Threads come and go; what they announce in is used again. */
    @Test
    void shouldUseTheRecordsOfEndedThreadsAgain() throws Exception {
        Segment segment = segments.create(SIZE);
        SharedQueue<Long> queue = SharedQueue.create(segment, "queue", Codecs.int64(), 4);
        for (int i = 0; i < 3 * ParticipantsDescriptor.RECORDS; i++) {
            Thread thread = Thread.ofPlatform().start(() -> {
                queue.offer(1L);
                queue.poll();
            });
            thread.join();
        }
        assertThat(segment.participants().getFirst().announcing()).isTrue();
    }

    @Test
    void shouldGiveTheRecordsOfClosedSegmentsBack() {
        Segment segment = segments.create(SIZE);
        SharedQueue.create(segment, "queue", Codecs.int64(), 4);
        for (int i = 0; i < 2 * ParticipantsDescriptor.RECORDS; i++) {
            try (Segment again = Segment.at(segment.path()).open()) {
                SharedQueue.open(again, "queue", Codecs.int64()).poll();
                SharedQueue.open(again, "queue", Codecs.int64()).offer(1L);
            }
        }
        assertThat(segment.participants().getFirst().announcing()).isTrue();
    }
}
