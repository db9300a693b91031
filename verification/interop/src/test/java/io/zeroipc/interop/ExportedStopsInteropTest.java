package io.zeroipc.interop;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import io.zeroipc.export.Language;
import io.zeroipc.segment.Participant;
import io.zeroipc.segment.Segment;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Programs with an exported file that are killed between two certain steps: whatever they were about to do, Java goes on, and
 * everything else is there, in order, and once.
 */
@Tag("process")
class ExportedStopsInteropTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    /** The capacity of queues and channels of the stage. */
    private static final int CAPACITY = 64;
    /** Elements that are through before the one that is stopped at. */
    private static final int BEFORE = 100;

    @RegisterExtension
    final Workbench bench = new Workbench();

    static Stream<Arguments> stopsOfProducers() {
        return stops("QUEUE_CLAIM_ANNOUNCED", "QUEUE_CLAIMED", "QUEUE_CLAIM_CONFIRMED", "QUEUE_WRITTEN",
                "QUEUE_PUBLISHED");
    }

    static Stream<Arguments> stopsOfConsumers() {
        return stops("QUEUE_TAKE_ANNOUNCED", "QUEUE_TAKEN", "QUEUE_TAKE_CONFIRMED", "QUEUE_READ", "QUEUE_RELEASED");
    }

    static Stream<Arguments> stopsOfThoseWhoLeave() {
        return stops("LEAVING", "LEFT");
    }

    static Stream<Arguments> stopsOfTheFirst() {
        return stops("LIVE_MADE", "JOINED");
    }

    static Stream<Arguments> stopsOfThoseWhoCome() {
        return stops("JOIN_LOCKED", "JOIN_ROW_FILLED", "JOINED", "RECORD_TOP_RAISED", "RECORD_TAKEN");
    }

    private static Stream<Arguments> stops(String... steps) {
        return Stream.of(Language.RUST)
                .flatMap(language -> Stream.of(steps).map(step -> Arguments.of(language, step)));
    }

    @ParameterizedTest
    @MethodSource("stopsOfProducers")
    void shouldGoOnBehindAProducerOfAQueue(Language language, String step) throws Exception {
        Stage stage = Stage.in(bench.create());
        Peer producer = bench.start(ExportedPeers.stopping(language, step + ":" + (BEFORE + 1)));
        producer.ask("open", bench.path());
        producer.begin("queue-push", "jobs", 1, 0, 1L << 40);
        List<Parcel> found = new ArrayList<>();
        while (found.size() < BEFORE) {
            found.add(stage.jobs().take());
        }
        producer.awaitLine("stopped " + step);
        producer.kill();
        requireUse(stage, step, found);
    }

    /** All slots are used again, so that none is held up. */
    private void requireUse(Stage stage, String step, List<Parcel> found) throws InterruptedException {
        for (int i = 0; i < 2 * CAPACITY; i++) {
            assertThat(stage.jobs().offer(Parcel.of(2, i), PATIENCE)).isTrue();
            Parcel next = requireNonNull(stage.jobs().poll(PATIENCE), "behind the dead one's position");
            found.add(next);
            if (next.producer() == 1) {
                // What the dead one has published; ours is behind it.
                found.add(requireNonNull(stage.jobs().poll(PATIENCE), "behind what the dead one has published"));
            }
        }
        requireAll(found, step.equals("QUEUE_PUBLISHED") ? BEFORE + 1 : BEFORE, 2 * CAPACITY);
        assertThat(stage.jobs().size()).isZero();
        fill(stage);
    }

    private static void fill(Stage stage) {
        for (int i = 0; i < CAPACITY; i++) {
            assertThat(stage.jobs().offer(Parcel.of(2, i))).isTrue();
        }
        assertThat(stage.jobs().offer(Parcel.END)).isFalse();
    }

    private static void requireAll(List<Parcel> found, long theirs, long ours) {
        assertThat(found).allMatch(Parcel::isWhole);
        assertThat(found.stream().filter(each -> each.producer() == 1).map(Parcel::sequence))
                .containsExactlyElementsOf(LongStream.range(0, theirs).boxed().toList());
        assertThat(found.stream().filter(each -> each.producer() == 2).map(Parcel::sequence))
                .containsExactlyElementsOf(LongStream.range(0, ours).boxed().toList());
    }

    @ParameterizedTest
    @MethodSource("stopsOfConsumers")
    void shouldGoOnBehindAConsumerOfAQueue(Language language, String step) throws Exception {
        Stage stage = Stage.in(bench.create());
        Peer consumer = bench.start(ExportedPeers.stopping(language, step + ":" + (BEFORE + 1)));
        consumer.ask("open", bench.path());
        consumer.begin("queue-take", "jobs");
        for (int i = 0; i < BEFORE + 2; i++) {
            stage.jobs().put(Parcel.of(1, i));
        }
        consumer.awaitLine("stopped " + step);
        consumer.kill();
        // Its element is lost if it had it, and the next one is there in any case.
        Parcel next = requireNonNull(stage.jobs().poll(PATIENCE), "behind the dead one's position");
        boolean had = !step.equals("QUEUE_TAKE_ANNOUNCED");
        assertThat(next).isEqualTo(Parcel.of(1, had ? BEFORE + 1 : BEFORE));
        if (!had) {
            assertThat(stage.jobs().poll()).isEqualTo(Parcel.of(1, BEFORE + 1));
        }
        for (int i = 0; i < 2 * CAPACITY; i++) {
            assertThat(stage.jobs().offer(Parcel.of(2, i), PATIENCE)).isTrue();
            assertThat(stage.jobs().poll()).isEqualTo(Parcel.of(2, i));
        }
        fill(stage);
    }

    @ParameterizedTest
    @MethodSource("stopsOfProducers")
    void shouldGoOnBehindASenderOfAChannel(Language language, String step) throws Exception {
        Stage stage = Stage.in(bench.create());
        Peer sender = bench.start(ExportedPeers.stopping(language, step + ":" + (BEFORE + 1)));
        sender.ask("open", bench.path());
        sender.begin("channel-send", 1, 0, 1L << 40);
        List<Parcel> found = new ArrayList<>();
        while (found.size() < BEFORE) {
            found.add(requireNonNull(stage.events().receive()));
        }
        sender.awaitLine("stopped " + step);
        sender.kill();
        for (int i = 0; i < CAPACITY - 1; i++) {
            assertThat(stage.events().trySend(Parcel.of(2, i), PATIENCE)).isTrue();
        }
        int theirs = step.equals("QUEUE_PUBLISHED") ? BEFORE + 1 : BEFORE;
        while (found.size() < theirs + CAPACITY - 1) {
            found.add(requireNonNull(stage.events().tryReceive(PATIENCE), "behind the dead one's position"));
        }
        stage.events().close();
        assertThat(stage.events().receive()).isNull();
        requireAll(found, theirs, CAPACITY - 1);
    }

    @ParameterizedTest
    @MethodSource("stopsOfConsumers")
    void shouldGoOnBehindAReceiverOfAChannel(Language language, String step) throws Exception {
        Stage stage = Stage.in(bench.create());
        Peer receiver = bench.start(ExportedPeers.stopping(language, step + ":" + (BEFORE + 1)));
        receiver.ask("open", bench.path());
        receiver.begin("channel-receive");
        for (int i = 0; i < BEFORE + 2; i++) {
            stage.events().send(Parcel.of(1, i));
        }
        receiver.awaitLine("stopped " + step);
        receiver.kill();
        boolean had = !step.equals("QUEUE_TAKE_ANNOUNCED");
        assertThat(stage.events().receive()).isEqualTo(Parcel.of(1, had ? BEFORE + 1 : BEFORE));
        if (!had) {
            assertThat(stage.events().receive()).isEqualTo(Parcel.of(1, BEFORE + 1));
        }
        for (int i = 0; i < 2 * CAPACITY; i++) {
            assertThat(stage.events().trySend(Parcel.of(2, i), PATIENCE)).isTrue();
            assertThat(stage.events().tryReceive()).isEqualTo(Parcel.of(2, i));
        }
        stage.events().close();
        assertThat(stage.events().receive()).isNull();
    }

    /** Rows and records that are half made are nobody's, and the next one takes part. */
    @ParameterizedTest
    @MethodSource("stopsOfThoseWhoCome")
    void shouldGoOnBehindWhoWasAboutToTakePart(Language language, String step) throws Exception {
        Segment segment = bench.create();
        Stage stage = Stage.in(segment);
        Peer peer = bench.start(ExportedPeers.stopping(language, step));
        peer.send("open", bench.path());
        if (step.startsWith("RECORD")) {
            peer.answer();
            peer.begin("queue-push", "jobs", 1, 0, 1);
        }
        peer.awaitLine("stopped " + step);
        peer.kill();
        requireParts(language, segment, stage);
    }

    /** The next ones take part, and nobody but those who live is there. */
    private void requireParts(Language language, Segment segment, Stage stage) throws Exception {
        for (int life = 0; life < 3; life++) {
            Peer next = bench.start(ExportedPeers.command(language));
            next.ask("open", bench.path());
            next.begin("queue-push", "jobs", 1, 0, 10);
            next.answer();
            for (int i = 0; i < 10; i++) {
                assertThat(stage.jobs().poll(PATIENCE)).isEqualTo(Parcel.of(1, i));
            }
            // This JVM and the program, as soon as the dead are noticed.
            Workbench.await(segment, () -> living(segment).size() == 2);
            assertThat(living(segment)).allMatch(Participant::announcing);
            next.kill();
        }
    }

    @ParameterizedTest
    @MethodSource("stopsOfThoseWhoLeave")
    void shouldGoOnBehindWhoWasAboutToLeave(Language language, String step) throws Exception {
        Segment segment = bench.create();
        Stage stage = Stage.in(segment);
        Peer peer = bench.start(ExportedPeers.stopping(language, step));
        peer.ask("open", bench.path());
        peer.begin("queue-push", "jobs", 1, 0, 1);
        peer.answer();
        assertThat(stage.jobs().take()).isEqualTo(Parcel.of(1, 0));
        peer.closeInput();
        peer.awaitLine("stopped " + step);
        peer.kill();
        requireParts(language, segment, stage);
    }

    /** Whoever comes first makes the file of participants. */
    @ParameterizedTest
    @MethodSource("stopsOfTheFirst")
    void shouldTakePartBehindTheFirst(Language language, String step) throws Exception {
        try (Segment segment = Segment.named(bench.segment()).size(Workbench.SIZE).create()) {
            Stage.in(segment);
        }
        Path live = Path.of(bench.path() + ".zipc-live");
        Files.delete(live);
        Peer peer = bench.start(ExportedPeers.stopping(language, step));
        peer.send("open", bench.path());
        peer.awaitLine("stopped " + step);
        assertThat(live.toFile().exists()).isEqualTo(step.equals("JOINED"));
        peer.kill();
        Peer next = bench.start(ExportedPeers.command(language));
        next.ask("open", bench.path());
        assertThat(live).hasSize(233_472);
        Segment segment = bench.open();
        Workbench.await(segment, () -> living(segment).size() == 2);
        next.kill();
        requireParts(language, segment, Stage.of(segment));
    }

    private static List<Participant> living(Segment segment) {
        return segment.participants().stream().filter(each -> !each.dead()).toList();
    }
}
