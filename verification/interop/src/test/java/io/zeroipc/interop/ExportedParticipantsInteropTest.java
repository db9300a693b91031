package io.zeroipc.interop;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import io.zeroipc.export.Language;
import io.zeroipc.segment.Participant;
import io.zeroipc.segment.Segment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Programs of exported files that are killed while they come or leave: between any two steps of becoming a participant, or of ceasing to
 * be one. What they leave is nobody's, and the next ones take part.
 */
@Tag("process")
class ExportedParticipantsInteropTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @RegisterExtension
    final Workbench bench = new Workbench();

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
        return Stream.of(Language.CPP, Language.RUST)
                .flatMap(language -> Stream.of(steps).map(step -> Arguments.of(language, step)));
    }

    /** Rows and records that are half made are nobody's, and the next one takes part. */
    @ParameterizedTest
    @MethodSource("stopsOfThoseWhoCome")
    void shouldGoOnBehindWhoWasAboutToTakePart(Language language, String step) throws Exception {
        Segment segment = bench.create();
        Stage stage = Stage.in(segment);
        Peer peer = bench.start(ExportedPeers.stoppable(language, step, 1));
        peer.send("open", bench.path());
        if (step.startsWith("RECORD")) {
            peer.answer();
            peer.begin("queue-push", "jobs", 1, 0, 1);
        }
        peer.awaitStop(step);
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
        Peer peer = bench.start(ExportedPeers.stoppable(language, step, 1));
        peer.ask("open", bench.path());
        peer.begin("queue-push", "jobs", 1, 0, 1);
        peer.answer();
        assertThat(stage.jobs().take()).isEqualTo(Parcel.of(1, 0));
        peer.closeInput();
        peer.awaitStop(step);
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
        Peer peer = bench.start(ExportedPeers.stoppable(language, step, 1));
        peer.send("open", bench.path());
        peer.awaitStop(step);
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
