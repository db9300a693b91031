package io.zeroipc.interop;

import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.stream.LongStream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.zeroipc.RoleTakenException;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.RingCursor;
import io.zeroipc.collection.RingReader;
import io.zeroipc.collection.RingWriter;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.export.Language;
import io.zeroipc.flow.SharedState;
import io.zeroipc.flow.StateWriter;
import io.zeroipc.segment.OnClose;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Source.Start;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Programs that consist of an exported file and what a user would write, beside Java on one segment. Each test is a cell of the table of
 * the page of compatibility. A program is told on its standard input, one command a line, and answers {@code ok}, a space and what
 * it found, or {@code error} and why, with a line {@code ready} in front where it takes its time:
 * <ul>
 * <li>{@code open PATH}: opens the segment and all structures that it knows
 * <li>{@code array-get I}, {@code array-set I VALUE}, of {@code numbers}
 * <li>{@code state-get}: version, producer and number, or {@code none}; {@code state-set PRODUCER FROM COUNT}: takes the writer's role,
 * for good, and sets that many; {@code state-watch LAST}: reads until it sees that number; looks that saw another one, damaged and
 * backwards
 * <li>{@code ring-write NAME PRODUCER FROM COUNT}, {@code ring-read NAME COUNT}: takes the role, for good; waits for room and elements;
 * received, disordered and damaged; {@code ring-follow NAME}: a cursor from the oldest on to the end parcel, then the same and how many
 * were lost
 * <li>{@code queue-push NAME PRODUCER FROM COUNT}, {@code queue-take NAME}: until the end parcel; received, disordered, damaged
 * <li>{@code channel-send PRODUCER FROM COUNT}, {@code channel-receive}: until it is closed; {@code channel-close}
 * <li>{@code counter-add COUNT}: adds 1 so often; {@code counter-get}
 * <li>{@code map-get KEY}: producer and number, or {@code none}; {@code map-watch COUNT}: looks for keys 0 to 63 in turn, so often; found
 * and damaged, of which those count that belong to another key; {@code set-contains VALUE}: {@code true} or {@code false}
 * </ul>
 */
@Tag("process")
class ExportedPeersInteropTest {

    @RegisterExtension
    final Workbench bench = new Workbench();

    /** What a language does in a second or so. */
    private static long many(Language language) {
        return switch (language) {
            case PYTHON -> 20_000;
            case TYPESCRIPT -> 200_000;
            default -> 300_000;
        };
    }

    private Peer open(Language language) throws Exception {
        Peer peer = bench.start(ExportedPeers.command(language));
        peer.ask("open", bench.path());
        return peer;
    }

    @ParameterizedTest
    @EnumSource(names = {"CPP", "RUST", "PYTHON", "TYPESCRIPT"})
    void shouldShareAnArray(Language language) throws Exception {
        Stage stage = Stage.in(bench.create());
        Peer peer = open(language);
        for (long i : new long[] {0, 1, 999}) {
            stage.numbers().set(i, i * 1_000_000_007 - 5);
            assertThat(peer.ask("array-get", i)).isEqualTo("" + (i * 1_000_000_007 - 5));
            peer.ask("array-set", i, -i);
            assertThat(stage.numbers().get(i)).isEqualTo(-i);
        }
        assertThat(peer.refusal("array-get", 1000)).contains("1000");
        assertThat(peer.refusal("array-get", -1)).contains("-1");
    }

    @ParameterizedTest
    @EnumSource(names = {"CPP", "RUST", "PYTHON", "TYPESCRIPT"})
    void shouldReadAState(Language language) throws Exception {
        Stage stage = Stage.in(bench.create());
        Peer peer = open(language);
        assertThat(peer.ask("state-get")).isEqualTo("none");
        try (StateWriter<Parcel> writer = stage.newest().writer()) {
            writer.set(Parcel.of(7, 1));
            assertThat(peer.ask("state-get")).isEqualTo("1 7 1");
            assertThat(peer.refusal("state-set", 1, 1, 1)).contains("newest", "role");
            long last = many(language);
            peer.begin("state-watch", last);
            // Slots are many enough for a reader that is not stopped; the last one stays.
            LongStream.rangeClosed(2, last).forEach(i -> writer.set(Parcel.of(7, i)));
            assertThat(peer.numbers().subList(1, 3)).as("damaged, backwards").containsExactly(0L, 0L);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CPP", "RUST", "PYTHON", "TYPESCRIPT"})
    void shouldWriteAState(Language language) throws Exception {
        Stage stage = Stage.in(bench.create());
        Peer peer = open(language);
        long count = many(language);
        peer.begin("state-set", 3, 1, count);
        long seen = 0;
        while (seen < count) {
            SharedState.Snapshot<Parcel> newest;
            try {
                newest = stage.newest().snapshot();
            } catch (ZeroIpcException e) {
                assertThat(e).hasMessageContaining("overwritten faster than it can be read");
                continue;
            }
            if (newest != null) {
                assertThat(newest.value().isWhole()).isTrue();
                assertThat(newest.value().sequence()).isEqualTo(newest.version()).isGreaterThanOrEqualTo(seen);
                seen = newest.version();
            }
        }
        assertThat(peer.answer()).isEqualTo("" + count);
        assertThatExceptionOfType(RoleTakenException.class).isThrownBy(() -> stage.newest().writer());
        peer.kill();
        try (StateWriter<Parcel> writer = stage.newest().writer()) {
            writer.set(Parcel.of(4, 1));
        }
        assertThat(requireNonNull(stage.newest().snapshot()).version()).isEqualTo(count + 1);
        assertThat(open(language).ask("state-get")).isEqualTo(count + 1 + " 4 1");
    }

    @ParameterizedTest
    @EnumSource(names = {"CPP", "RUST", "PYTHON", "TYPESCRIPT"})
    void shouldReadARing(Language language) throws Exception {
        Stage stage = Stage.in(bench.create());
        Peer peer = open(language);
        long count = many(language);
        peer.begin("ring-read", "feed", count);
        try (RingWriter<Parcel> writer = stage.feed().writer()) {
            for (long i = 0; i < count; i++) {
                writer.put(Parcel.of(1, i));
            }
        }
        assertThat(peer.numbers()).as("received, disordered, damaged").containsExactly(count, 0L, 0L);
        assertThatExceptionOfType(RoleTakenException.class).isThrownBy(() -> stage.feed().reader());
    }

    @ParameterizedTest
    @EnumSource(names = {"CPP", "RUST", "PYTHON", "TYPESCRIPT"})
    void shouldWriteARing(Language language) throws Exception {
        Stage stage = Stage.in(bench.create());
        Peer peer = open(language);
        long count = many(language);
        Findings findings = new Findings();
        try (RingReader<Parcel> reader = stage.feed().reader()) {
            peer.begin("ring-write", "feed", 1, 0, count);
            while (findings.received() < count) {
                findings.see(reader.take());
            }
            assertThat(reader.poll()).isNull();
        }
        assertThat(findings.numbers()).containsExactly(count, 0L, 0L);
        peer.answer();
        assertThatExceptionOfType(RoleTakenException.class).isThrownBy(() -> stage.feed().writer());
    }

    @ParameterizedTest
    @EnumSource(names = {"CPP", "RUST", "PYTHON", "TYPESCRIPT"})
    void shouldFollowARingThatIsOverwritten(Language language) throws Exception {
        Stage stage = Stage.in(bench.create());
        Peer peer = open(language);
        long count = 10 * many(language);
        peer.begin("ring-follow", "history");
        try (RingWriter<Parcel> writer = stage.history().writer()) {
            for (long i = 0; i < count; i++) {
                assertThat(writer.offer(Parcel.of(1, i))).isTrue();
            }
            assertThat(writer.offer(Parcel.END)).isTrue();
        }
        requireNothingUnnoticed(peer.numbers(), count);
    }

    @ParameterizedTest
    @EnumSource(names = {"CPP", "RUST", "PYTHON", "TYPESCRIPT"})
    void shouldOverwriteARing(Language language) throws Exception {
        Stage stage = Stage.in(bench.create());
        Peer peer = open(language);
        long count = many(language);
        RingCursor<Parcel> cursor = stage.history().cursor(Start.EARLIEST);
        FutureTask<List<Long>> observer = bench.beside(() -> {
            Findings findings = new Findings();
            while (findings.see(cursor.take())) {
                // The findings are what is wanted.
            }
            return findings.numbers(cursor.lost());
        });
        peer.ask("ring-write", "history", 1, 0, count);
        peer.ask("ring-write", "history", Parcel.END.producer(), 0, 1);
        requireNothingUnnoticed(observer.get(), count);
        assertThat(stage.history().totalWritten()).isEqualTo(count + 1);
    }

    private static void requireNothingUnnoticed(List<Long> findings, long count) {
        assertThat(findings.subList(1, 3)).as("disordered and damaged").containsExactly(0L, 0L);
        assertThat(findings.get(0) + findings.get(3)).as("received and lost").isEqualTo(count);
    }

    @ParameterizedTest
    @EnumSource(names = {"CPP", "RUST", "PYTHON", "TYPESCRIPT"})
    void shouldGoOnWithARingWhoseWriterWasKilled(Language language) throws Exception {
        Stage stage = Stage.in(bench.create());
        Findings findings = new Findings();
        try (RingReader<Parcel> reader = stage.feed().reader()) {
            for (int life = 1; life <= 3; life++) {
                Peer peer = open(language);
                peer.begin("ring-write", "feed", 0, stage.feed().totalWritten(), 1L << 40);
                while (findings.received() < life * 3000L) {
                    findings.see(reader.take());
                }
                peer.kill();
                for (Parcel parcel = reader.poll(); parcel != null; parcel = reader.poll()) {
                    findings.see(parcel);
                }
                assertThat(findings.numbers()).containsExactly(stage.feed().totalWritten(), 0L, 0L);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CPP", "RUST", "PYTHON", "TYPESCRIPT"})
    void shouldPushToAQueue(Language language) throws Exception {
        Stage stage = Stage.in(bench.create());
        Peer peer = open(language);
        long count = many(language);
        peer.begin("queue-push", "jobs", 1, 0, count);
        Findings findings = new Findings();
        while (findings.received() < count) {
            findings.see(stage.jobs().take());
        }
        assertThat(findings.numbers()).containsExactly(count, 0L, 0L);
        assertThat(stage.jobs().poll()).isNull();
        peer.answer();
    }

    @ParameterizedTest
    @EnumSource(names = {"CPP", "RUST", "PYTHON", "TYPESCRIPT"})
    void shouldTakeFromAQueue(Language language) throws Exception {
        Stage stage = Stage.in(bench.create());
        Peer peer = open(language);
        long count = many(language);
        peer.begin("queue-take", "jobs");
        for (long i = 0; i < count; i++) {
            stage.jobs().put(Parcel.of(1, i));
        }
        stage.jobs().put(Parcel.END);
        assertThat(peer.numbers()).containsExactly(count, 0L, 0L);
        assertThat(stage.jobs().size()).isZero();
    }

    /** Python is alone on its side. */
    @ParameterizedTest
    @EnumSource(names = {"CPP", "RUST", "TYPESCRIPT"})
    void shouldCompeteAtAQueue(Language language) throws Exception {
        Stage stage = Stage.in(bench.create());
        long each = many(language) / 2;
        Peer consumer = open(language);
        Peer producer = open(language);
        consumer.begin("queue-take", "jobs");
        FutureTask<Findings> javaConsumer = bench.beside(() -> {
            Findings findings = new Findings();
            while (findings.see(stage.jobs().take())) {
                // The findings are what is wanted.
            }
            return findings;
        });
        producer.begin("queue-push", "jobs", 1, 0, each);
        FutureTask<Void> javaProducer = bench.beside(() -> {
            for (long i = 0; i < each; i++) {
                stage.jobs().put(Parcel.of(2, i));
            }
            return null;
        });
        javaProducer.get();
        producer.answer();
        stage.jobs().put(Parcel.END);
        stage.jobs().put(Parcel.END);
        List<Long> theirs = consumer.numbers();
        List<Long> ours = javaConsumer.get().numbers();
        assertThat(theirs.subList(1, 3)).containsExactly(0L, 0L);
        assertThat(ours.subList(1, 3)).containsExactly(0L, 0L);
        assertThat(theirs.get(0) + ours.get(0)).isEqualTo(2 * each);
    }

    @ParameterizedTest
    @EnumSource(names = {"CPP", "RUST", "TYPESCRIPT"})
    void shouldSendThroughAChannel(Language language) throws Exception {
        Stage stage = Stage.in(bench.create());
        Peer peer = open(language);
        long count = many(language);
        peer.begin("channel-send", 1, 0, count);
        Findings findings = new Findings();
        while (findings.received() < count) {
            findings.see(requireNonNull(stage.events().receive()));
        }
        assertThat(findings.numbers()).containsExactly(count, 0L, 0L);
        peer.answer();
        peer.ask("channel-close");
        assertThat(stage.events().receive()).isNull();
        assertThat(peer.refusal("channel-send", 1, 0, 1)).contains("events", "closed");
    }

    @ParameterizedTest
    @EnumSource(names = {"CPP", "RUST", "TYPESCRIPT"})
    void shouldReceiveFromAChannel(Language language) throws Exception {
        Stage stage = Stage.in(bench.create());
        Peer peer = open(language);
        long count = many(language);
        peer.begin("channel-receive");
        for (long i = 0; i < count; i++) {
            stage.events().send(Parcel.of(1, i));
        }
        stage.events().close();
        assertThat(peer.numbers()).containsExactly(count, 0L, 0L);
    }

    @ParameterizedTest
    @EnumSource(names = {"CPP", "RUST", "PYTHON", "TYPESCRIPT"})
    void shouldReadACounter(Language language) throws Exception {
        Stage stage = Stage.in(bench.create());
        Peer peer = open(language);
        stage.total().set(-5);
        assertThat(peer.ask("counter-get")).isEqualTo("-5");
        peer.ask("counter-add", 10);
        assertThat(stage.total().get()).isEqualTo(5);
    }

    /** Python has no atomic operations. */
    @ParameterizedTest
    @EnumSource(names = {"CPP", "RUST", "TYPESCRIPT"})
    void shouldCountTogether(Language language) throws Exception {
        Stage stage = Stage.in(bench.create());
        Peer peer = open(language);
        long count = many(language);
        peer.begin("counter-add", count);
        LongStream.range(0, count).forEach(_ -> stage.total().incrementAndGet());
        peer.answer();
        assertThat(stage.total().get()).isEqualTo(2 * count);
    }

    @ParameterizedTest
    @EnumSource(names = {"CPP", "RUST"})
    void shouldLookUpInMapAndSet(Language language) throws Exception {
        Stage stage = Stage.in(bench.create());
        Peer peer = open(language);
        assertThat(peer.ask("map-get", 5)).isEqualTo("none");
        assertThat(peer.ask("set-contains", -9)).isEqualTo("false");
        stage.places().put(5L, new Place(5, 50));
        stage.members().add(-9L);
        assertThat(peer.ask("map-get", 5)).isEqualTo("5 50");
        assertThat(peer.ask("set-contains", -9)).isEqualTo("true");
        stage.places().remove(5L);
        stage.members().remove(-9L);
        assertThat(peer.ask("map-get", 5)).isEqualTo("none");
        assertThat(peer.ask("set-contains", -9)).isEqualTo("false");

        for (long key = 0; key < 32; key++) {
            stage.places().put(key, new Place((int) key, 0));
        }
        long looks = many(language);
        peer.begin("map-watch", looks);
        for (long turn = 0; !peer.hasAnswered(); turn++) {
            long key = turn % 32;
            if (turn % 3 == 0) {
                stage.places().remove(key);
            }
            stage.places().put(key, new Place((int) key, (int) turn));
        }
        List<Long> findings = peer.numbers();
        assertThat(findings.get(0)).as("found").isPositive();
        assertThat(findings.get(1)).as("damaged").isZero();
    }

    /** The same size and place, and other fields: only the fingerprint tells. */
    @ParameterizedTest
    @EnumSource(names = {"CPP", "RUST", "PYTHON", "TYPESCRIPT"})
    void shouldRefuseOtherElementsOfTheSameSize(Language language) throws Exception {
        record Other(double a, double b, double c) {}
        SharedRing.create(bench.create(), "feed", Codecs.record(Other.class), 64);
        Peer peer = bench.start(ExportedPeers.command(language));
        assertThat(peer.refusal("open", bench.path())).contains("feed", "ZIPC01_", "zeroipc export");
    }

    @ParameterizedTest
    @EnumSource(names = {"CPP", "RUST", "PYTHON", "TYPESCRIPT"})
    void shouldSayWhatIsMissing(Language language) throws Exception {
        Peer peer = bench.start(ExportedPeers.command(language));
        assertThat(peer.refusal("open", bench.path())).contains(bench.path().toString());
        try (Segment segment = bench.create()) {
            SharedRing.create(segment, "other", Codecs.int64(), 64);
        }
        assertThat(peer.refusal("open", bench.path())).contains("not found", "other");
    }

    /** Others offer to the file that is there now, and never again to this one. */
    @ParameterizedTest
    @EnumSource(names = {"CPP", "RUST", "PYTHON", "TYPESCRIPT"})
    void shouldNoticeThatTheFileWasRemovedWhileItWaits(Language language) throws Exception {
        Stage.in(bench.create());
        Peer peer = bench.start(ExportedPeers.command(language));
        peer.ask("open", bench.path());
        peer.begin("queue-take", "jobs");
        Files.delete(bench.path());
        assertThat(peer.refusal()).contains(bench.path().toString());
    }

    /** Where Java removes the file with its last user, a program that uses it is one. */
    @ParameterizedTest
    @EnumSource(names = {"CPP", "RUST", "PYTHON", "TYPESCRIPT"})
    void shouldBeCountedAsAUser(Language language) throws Exception {
        Peer peer;
        try (Segment segment = Segment.named(bench.segment())
                .size(Workbench.SIZE)
                .onClose(OnClose.DELETE_IF_LAST)
                .create()) {
            Stage.in(segment);
            peer = open(language);
        }
        assertThat(bench.path()).exists();
        assertThat(peer.ask("array-get", 0)).isEqualTo("0");
        peer.kill();
        Segment.named(bench.segment()).onClose(OnClose.DELETE_IF_LAST).open().close();
        assertThat(bench.path()).doesNotExist();
    }

    /** Nothing that a dead program was about to take or give holds up the others: it takes part as a JVM does. */
    @ParameterizedTest
    @EnumSource(names = {"CPP", "RUST"})
    void shouldLeaveNoHoleInAQueueWhenKilled(Language language) throws Exception {
        Stage stage = Stage.in(bench.create());
        for (int life = 0; life < 10; life++) {
            Peer producer = open(language);
            Peer consumer = open(language);
            producer.begin("queue-push", "jobs", life, 0, 1L << 40);
            consumer.begin("queue-take", "results");
            FutureTask<Void> javaProducer = bench.beside(() -> {
                for (int i = 0; i < 5_000; i++) {
                    stage.results().put(Parcel.of(1, i));
                }
                return null;
            });
            Findings findings = new Findings();
            while (findings.received() < 3_000) {
                findings.see(stage.jobs().take());
            }
            javaProducer.get();
            producer.kill();
            consumer.kill();
            // Whatever is behind a hole comes only when that is closed. The end waits for room, as the queue is full perhaps.
            FutureTask<Boolean> jobsEnd = bench.beside(() -> stage.jobs().offer(Parcel.END, Duration.ofMinutes(1)));
            while (findings.see(stage.jobs().take())) {
                // Up to the end.
            }
            assertThat(jobsEnd.get()).isTrue();
            assertThat(findings.numbers().subList(1, 3)).containsExactly(0L, 0L);
            FutureTask<Boolean> resultsEnd = bench
                    .beside(() -> stage.results().offer(Parcel.END, Duration.ofMinutes(1)));
            Parcel parcel = stage.results().take();
            while (!parcel.isEnd()) {
                parcel = stage.results().take();
            }
            assertThat(resultsEnd.get()).isTrue();
        }
    }
}
