package io.zeroipc.interop;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.zeroipc.collection.RingCursor;
import io.zeroipc.collection.RingReader;
import io.zeroipc.export.Language;
import io.zeroipc.flow.SharedState;
import io.zeroipc.flow.StateWriter;
import io.zeroipc.segment.Source.Start;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Programs of exported files with several threads on each side, killed at any moment, again and again on the same structures. As many
 * kills as the property {@code zeroipc.exported.kills} says.
 */
@Tag("process")
class ExportedKillsInteropTest {

    private static final int KILLS = Integer.getInteger("zeroipc.exported.kills", 10);
    private static final int THREADS = 3;
    private static final long LONGEST_LIFE_NANOS = 20_000_000;

    @RegisterExtension
    final Workbench bench = new Workbench();

    private Peer open(Language language) throws Exception {
        Peer peer = bench.start(ExportedPeers.command(language));
        peer.ask("open", bench.path());
        return peer;
    }

    private static void live() {
        long end = System.nanoTime() + ThreadLocalRandom.current().nextLong(LONGEST_LIFE_NANOS);
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /** What one life of the producers has left: of each thread all from the first one on, and nothing else. */
    private static final class Life {

        private final long first;
        private final Map<Integer, Long> next = new HashMap<>();

        Life(int number) {
            first = (long) number << 32;
        }

        void see(Parcel parcel) {
            assertThat(parcel.isWhole()).as("%s", parcel).isTrue();
            assertThat(parcel.sequence()).as("%s", parcel)
                    .isEqualTo(next.getOrDefault(parcel.producer(), first));
            next.put(parcel.producer(), parcel.sequence() + 1);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CPP", "RUST"})
    void shouldGoOnWithAQueueWhoseProducersAreKilled(Language language) throws Exception {
        Stage stage = Stage.in(bench.create());
        for (int kill = 0; kill < KILLS; kill++) {
            Peer producers = open(language);
            Life life = new Life(kill);
            producers.begin("push-together", "jobs", THREADS, (long) kill << 32, 1L << 31);
            FutureTask<Void> killer = bench.beside(() -> {
                live();
                producers.kill();
                assertThat(stage.jobs().offer(Parcel.END, Duration.ofMinutes(1))).isTrue();
                return null;
            });
            for (Parcel parcel = stage.jobs().take(); !parcel.isEnd(); parcel = stage.jobs().take()) {
                life.see(parcel);
            }
            killer.get();
            assertThat(stage.jobs().size()).isZero();
        }
        assertThat(stage.jobs().stall()).isNull();
    }

    @ParameterizedTest
    @EnumSource(names = {"CPP", "RUST"})
    void shouldGoOnWithAQueueWhoseConsumersAreKilled(Language language) throws Exception {
        Stage stage = Stage.in(bench.create());
        for (int kill = 0; kill < KILLS; kill++) {
            Peer consumers = open(language);
            consumers.begin("take-together", "jobs", THREADS);
            AtomicBoolean over = new AtomicBoolean();
            FutureTask<Long> producer = bench.beside(() -> {
                long put = 0;
                while (!over.get()) {
                    if (stage.jobs().offer(Parcel.of(1, put), Duration.ofMinutes(1))) {
                        put++;
                    }
                }
                return put;
            });
            live();
            consumers.kill();
            long expected = -1;
            for (int i = 0; i < 4 * stage.jobs().capacity(); i++) {
                Parcel parcel = stage.jobs().take();
                assertThat(parcel.isWhole()).isTrue();
                assertThat(parcel.sequence()).isGreaterThan(expected);
                expected = parcel.sequence();
            }
            over.set(true);
            while (!producer.isDone() || stage.jobs().size() > 0) {
                stage.jobs().poll(Duration.ofNanos(TimeUnit.MILLISECONDS.toNanos(1)));
            }
            assertThat(producer.get()).isGreaterThan(expected);
        }
        assertThat(stage.jobs().stall()).isNull();
    }

    @ParameterizedTest
    @EnumSource(names = {"CPP", "RUST"})
    void shouldGoOnWithAChannelWhoseSendersAndReceiversAreKilled(Language language) throws Exception {
        Stage stage = Stage.in(bench.create());
        for (int kill = 0; kill < KILLS; kill++) {
            Peer senders = open(language);
            Peer receivers = open(language);
            receivers.begin("take-together", "events", THREADS);
            senders.begin("push-together", "events", THREADS, (long) kill << 32, 1L << 31);
            live();
            if (kill % 2 == 0) {
                senders.kill();
                receivers.kill();
            } else {
                receivers.kill();
                senders.kill();
            }
            FutureTask<Boolean> end = bench
                    .beside(() -> stage.events().trySend(Parcel.END, Duration.ofMinutes(1)));
            Findings findings = new Findings();
            Parcel parcel = stage.events().tryReceive(Duration.ofMinutes(1));
            while (parcel != null && findings.see(parcel)) {
                parcel = stage.events().tryReceive(Duration.ofMinutes(1));
            }
            assertThat(parcel).as("the end").isEqualTo(Parcel.END);
            assertThat(end.get()).isTrue();
            assertThat(findings.numbers().subList(1, 3)).containsExactly(0L, 0L);
            assertThat(stage.events().size()).isZero();
        }
        assertThat(stage.events().stall()).isNull();
    }

    @ParameterizedTest
    @EnumSource(names = {"CPP", "RUST"})
    void shouldGoOnWithARingWhoseSidesAreKilled(Language language) throws Exception {
        Stage stage = Stage.in(bench.create());
        for (int kill = 0; kill < KILLS; kill++) {
            long before = stage.feed().totalWritten();
            Peer writer = open(language);
            Peer reader = open(language);
            reader.begin("ring-read", "feed", 1L << 40);
            writer.begin("ring-write", "feed", 1, before, 1L << 40);
            live();
            reader.kill();
            live();
            writer.kill();
            // Each element that was not given back is there: at most one that the reader had begun, and those behind it.
            long next = stage.feed().totalWritten() - stage.feed().size();
            assertThat(next).isGreaterThanOrEqualTo(before);
            try (RingReader<Parcel> rest = stage.feed().reader()) {
                for (Parcel parcel = rest.poll(); parcel != null; parcel = rest.poll()) {
                    assertThat(parcel).isEqualTo(Parcel.of(1, next++));
                }
            }
            assertThat(next).isEqualTo(stage.feed().totalWritten());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CPP", "RUST"})
    void shouldGoOnWithARingWhoseOverwriterIsKilled(Language language) throws Exception {
        Stage stage = Stage.in(bench.create());
        RingCursor<Parcel> cursor = stage.history().cursor(Start.EARLIEST);
        Findings findings = new Findings();
        for (int kill = 0; kill < KILLS; kill++) {
            Peer writer = open(language);
            writer.begin("ring-write", "history", 1, stage.history().totalWritten(), 1L << 40);
            live();
            writer.kill();
            cursor.drainTo(findings::see, Integer.MAX_VALUE);
        }
        assertThat(findings.numbers().subList(1, 3)).containsExactly(0L, 0L);
        assertThat(findings.received() + cursor.lost() + cursor.lag()).isEqualTo(stage.history().totalWritten());
    }

    @ParameterizedTest
    @EnumSource(names = {"CPP", "RUST"})
    void shouldGoOnWithAStateWhoseWriterIsKilled(Language language) throws Exception {
        Stage stage = Stage.in(bench.create());
        try (StateWriter<Parcel> first = stage.newest().writer()) {
            first.set(Parcel.of(1, 1));
        }
        for (int kill = 0; kill < KILLS; kill++) {
            long before = requireNonNull(stage.newest().snapshot()).version();
            Peer writer = open(language);
            writer.begin("state-set", 1, before + 1, 1L << 40);
            live();
            writer.kill();
            SharedState.Snapshot<Parcel> newest = requireNonNull(stage.newest().snapshot());
            assertThat(newest.version()).isGreaterThanOrEqualTo(before);
            assertThat(newest.value()).isEqualTo(Parcel.of(1, newest.version()));
            try (StateWriter<Parcel> next = stage.newest().writer()) {
                next.set(Parcel.of(1, newest.version() + 1));
            }
            assertThat(requireNonNull(stage.newest().get()).sequence()).isEqualTo(newest.version() + 1);
        }
    }
}
