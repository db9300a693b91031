package io.zeroipc.interop;

import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import io.zeroipc.export.Language;
import io.zeroipc.memory.StopPoint;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Programs of exported files that are killed just between two steps of an operation: Java goes on, and what was complete is there, once
 * and in order. Another such program looks on, which dies of nothing and has claimed nothing.
 */
@Tag("process")
class ExportedStopsInteropTest {

    /** The operation in which it is killed: the slots have been used before, and not all of them equally often. */
    private static final int NTH = 100;
    /** Elements that Java puts in afterwards: several laps. */
    private static final int LATER = 300;

    @RegisterExtension
    final Workbench bench = new Workbench();

    static Stream<Arguments> producers() {
        return steps(StopPoint.QUEUE_CLAIM_ANNOUNCED, StopPoint.QUEUE_CLAIMED, StopPoint.QUEUE_CLAIM_CONFIRMED,
                StopPoint.QUEUE_WRITTEN, StopPoint.QUEUE_PUBLISHED);
    }

    static Stream<Arguments> consumers() {
        return steps(StopPoint.QUEUE_TAKE_ANNOUNCED, StopPoint.QUEUE_TAKEN, StopPoint.QUEUE_TAKE_CONFIRMED,
                StopPoint.QUEUE_READ, StopPoint.QUEUE_RELEASED);
    }

    private static Stream<Arguments> steps(StopPoint... steps) {
        return Stream.of(Language.CPP, Language.RUST)
                .flatMap(language -> Stream.of(steps).map(step -> Arguments.of(language, step)));
    }

    private Peer killedAt(StopPoint step, Language language, String command, Object... arguments) throws Exception {
        Peer onlooker = bench.start(ExportedPeers.command(language));
        onlooker.ask("open", bench.path());
        Peer peer = bench.start(ExportedPeers.stoppable(language, step.name(), NTH));
        peer.ask("open", bench.path());
        peer.begin(command, arguments);
        peer.awaitStop(step.name());
        peer.kill();
        return onlooker;
    }

    /** As many as were published before. */
    private static long published(StopPoint step) {
        return step == StopPoint.QUEUE_PUBLISHED ? NTH : NTH - 1;
    }

    /** As many as had left before, or were lost with who took them. */
    private static long gone(StopPoint step) {
        return step == StopPoint.QUEUE_TAKE_ANNOUNCED ? NTH - 1 : NTH;
    }

    @ParameterizedTest
    @MethodSource("producers")
    void shouldGoOnWithAQueueWhoseProducerWasKilled(Language language, StopPoint step) throws Exception {
        Stage stage = Stage.in(bench.create());
        FutureTask<List<Long>> consumer = bench.beside(() -> {
            Findings findings = new Findings();
            while (findings.see(stage.jobs().take())) {
                // The findings are what is wanted.
            }
            return findings.numbers();
        });
        Peer onlooker = killedAt(step, language, "queue-push", "jobs", 1, 0, 1L << 40);
        for (int i = 0; i < LATER; i++) {
            stage.jobs().put(Parcel.of(2, i));
        }
        onlooker.ask("queue-push", "jobs", 3, 0, LATER);
        stage.jobs().put(Parcel.END);
        assertThat(consumer.get()).containsExactly(published(step) + 2 * LATER, 0L, 0L);
        assertThat(stage.jobs().stall()).isNull();
        assertThat(stage.jobs().size()).isZero();
    }

    @ParameterizedTest
    @MethodSource("consumers")
    void shouldGoOnWithAQueueWhoseConsumerWasKilled(Language language, StopPoint step) throws Exception {
        Stage stage = Stage.in(bench.create());
        FutureTask<Void> producer = bench.beside(() -> {
            for (int i = 0; i < NTH + LATER; i++) {
                stage.jobs().put(Parcel.of(2, i));
            }
            stage.jobs().put(Parcel.END);
            return null;
        });
        Peer onlooker = killedAt(step, language, "queue-take", "jobs");
        Findings findings = new Findings();
        while (findings.see(stage.jobs().take())) {
            // The findings are what is wanted.
        }
        producer.get();
        assertThat(findings.numbers()).containsExactly(NTH + LATER - gone(step), 0L, 0L);
        onlooker.begin("queue-take", "jobs");
        for (int i = 0; i < LATER; i++) {
            stage.jobs().put(Parcel.of(3, i));
        }
        stage.jobs().put(Parcel.END);
        assertThat(onlooker.numbers()).containsExactly((long) LATER, 0L, 0L);
        assertThat(stage.jobs().stall()).isNull();
    }

    @ParameterizedTest
    @MethodSource("producers")
    void shouldGoOnWithAChannelWhoseSenderWasKilled(Language language, StopPoint step) throws Exception {
        Stage stage = Stage.in(bench.create());
        FutureTask<List<Long>> receiver = bench.beside(() -> {
            Findings findings = new Findings();
            for (Parcel parcel = stage.events().receive(); parcel != null; parcel = stage.events().receive()) {
                assertThat(findings.see(parcel)).isTrue();
            }
            return findings.numbers();
        });
        Peer onlooker = killedAt(step, language, "channel-send", 1, 0, 1L << 40);
        for (int i = 0; i < LATER; i++) {
            stage.events().send(Parcel.of(2, i));
        }
        onlooker.ask("channel-send", 3, 0, LATER);
        onlooker.ask("channel-close");
        assertThat(receiver.get()).containsExactly(published(step) + 2 * LATER, 0L, 0L);
        assertThat(stage.events().stall()).isNull();
    }

    @ParameterizedTest
    @MethodSource("consumers")
    void shouldGoOnWithAChannelWhoseReceiverWasKilled(Language language, StopPoint step) throws Exception {
        Stage stage = Stage.in(bench.create());
        FutureTask<Void> sender = bench.beside(() -> {
            for (int i = 0; i < NTH + LATER; i++) {
                stage.events().send(Parcel.of(2, i));
            }
            return null;
        });
        Peer onlooker = killedAt(step, language, "channel-receive");
        Findings findings = new Findings();
        long left = NTH + LATER - gone(step);
        while (findings.received() < left) {
            findings.see(requireNonNull(stage.events().receive()));
        }
        sender.get();
        assertThat(findings.numbers()).containsExactly(left, 0L, 0L);
        onlooker.begin("channel-receive");
        for (int i = 0; i < LATER; i++) {
            stage.events().send(Parcel.of(3, i));
        }
        stage.events().close();
        assertThat(onlooker.numbers()).containsExactly((long) LATER, 0L, 0L);
        assertThat(stage.events().stall()).isNull();
    }
}
