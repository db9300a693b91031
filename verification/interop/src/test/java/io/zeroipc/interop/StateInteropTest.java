package io.zeroipc.interop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.stream.LongStream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import io.zeroipc.StructureMismatchException;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.flow.SharedState;
import io.zeroipc.flow.StateSubscription;
import io.zeroipc.flow.StateWriter;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Source.Start;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Tag("process")
class StateInteropTest {

    /** Under load, version v is the sample of number v mod this. */
    private static final int NUMBERS = 1000;

    private static final Duration LONG = Duration.ofMinutes(1);

    @RegisterExtension
    final Workbench bench = new Workbench();

    @ParameterizedTest
    @EnumSource
    void shouldBeReadByAPeerWhenJavaCreatedAndSetIt(Language language) throws Exception {
        SharedState<Sample> state = SharedState.create(bench.create(), "s", Sample.CODEC);
        Peer peer = bench.attach(language);
        assertThat(peer.ask("state-get", "s")).isEqualTo("none");
        try (StateWriter<Sample> writer = state.writer()) {
            // More than the slots, so that each is used again.
            for (int i = 1; i <= 9; i++) {
                writer.set(Sample.of(100 + i));
                assertThat(peer.ask("state-get", "s")).isEqualTo(i + " " + (100 + i) + " whole");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldBeReadByJavaWhenAPeerCreatedAndSetIt(Language language) throws Exception {
        Peer peer = bench.creator(language);
        peer.ask("state-create", "s", 8);
        SharedState<Sample> state = SharedState.open(bench.open(), "s", Sample.CODEC);

        assertThat(state.slots()).isEqualTo(8);
        assertThat(state.get()).isNull();
        for (int i = 1; i <= 9; i++) {
            assertThat(peer.ask("state-set", "s", 100 + i)).isEqualTo("" + i);
            SharedState.Snapshot<Sample> snapshot = requireNonNull(state.snapshot());
            assertThat(snapshot.version()).isEqualTo(i);
            assertThat(snapshot.timestamp()).isEqualTo(1000L * (100 + i));
            assertThat(snapshot.value().number()).isEqualTo(100 + i);
            assertThat(snapshot.value().isWhole()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldWakeWhenAPeerSetsWhatJavaAwaits(Language language) throws Exception {
        SharedState<Sample> state = SharedState.create(bench.create(), "s", Sample.CODEC);
        Peer peer = bench.attach(language);
        FutureTask<SharedState.Snapshot<Sample>> change = bench.beside(() -> state.awaitChange(0, LONG));
        StateSubscription<Sample> changes = state.subscribe(Start.EARLIEST);
        FutureTask<Long> subscriber = bench.beside(() -> {
            long seen = 1;
            while (changes.take().number() != 4) {
                seen++;
            }
            return seen + changes.lost();
        });
        peer.ask("state-set", "s", 1);
        assertThat(change.get().value().number()).isEqualTo(1);
        peer.ask("state-set", "s", 2, 3, 4);
        assertThat(subscriber.get()).as("seen and skipped").isEqualTo(4);
    }

    /** Python needs longer to copy a value than Java to write four of them: more slots, as the page advises. */
    @ParameterizedTest
    @CsvSource({"CPP, 4", "CPP, 16", "PYTHON, 256"})
    void shouldNeverShowATornValueWhenAPeerReadsUnderLoad(Language language, int slots)
            throws Exception {
        long count = 1_000_000;
        // Made before, so that the writer is as fast as it can be.
        Sample[] samples = LongStream.range(0, NUMBERS).mapToObj(Sample::of).toArray(Sample[]::new);
        Segment segment = bench.create();
        SharedState<Sample> state = segment.create("s", SharedState.spec(Sample.CODEC, slots));
        List<Peer> readers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Peer reader = bench.attach(language);
            readers.add(reader);
            reader.begin("state-observe", "s", count);
        }
        try (StateWriter<Sample> writer = state.writer()) {
            for (long i = 1; i <= count; i++) {
                writer.set(samples[(int) (i % NUMBERS)]);
            }
        }

        for (Peer reader : readers) {
            List<Long> findings = reader.numbers();
            assertThat(findings.subList(1, 3)).as("torn and backwards").containsExactly(0L, 0L);
        }
    }

    /** Four slots are too few for a reader that is not compiled yet: it then says so, and never shows half a value. */
    @ParameterizedTest
    @CsvSource({"CPP, 4, 2000000", "CPP, 256, 2000000", "PYTHON, 4, 200000"})
    void shouldNeverSeeATornValueWhenAPeerWritesUnderLoad(Language language, int slots, long count) throws Exception {
        Peer peer = bench.creator(language);
        peer.ask("state-create", "s", slots);
        SharedState<Sample> state = SharedState.open(bench.open(), "s", Sample.CODEC);
        peer.begin("state-produce", "s", count);
        long version = 0;
        while (version < count) {
            SharedState.Snapshot<Sample> snapshot;
            try {
                snapshot = state.snapshot();
            } catch (ZeroIpcException e) {
                assertThat(e).hasMessageContaining("overwritten faster than it can be read");
                continue;
            }
            if (snapshot != null) {
                assertThat(snapshot.version()).isGreaterThanOrEqualTo(version);
                version = snapshot.version();
                assertThat(snapshot.value().number()).isEqualTo(version % NUMBERS);
                assertThat(snapshot.timestamp()).isEqualTo(1000 * version);
                assertThat(snapshot.value().isWhole()).isTrue();
            }
        }
        assertThat(peer.answer()).isEqualTo("" + count);
    }

    @ParameterizedTest
    @EnumSource
    void shouldShowTheValueBeforeToAPeerWhenJavaIsInTheMiddleOfTheNext(Language language) throws Exception {
        SharedState<Sample> state = SharedState.create(bench.create(), "s", Sample.CODEC);
        Peer peer = bench.attach(language);
        Peer cpp = bench.attach(Language.CPP);
        try (StateWriter<Sample> writer = state.writer()) {
            writer.set(Sample.of(1));
            for (long version = 2; version <= 9; version++) {
                long offset = writer.claim();
                Sample.CODEC.encode(Sample.of(version), writer.memory(), offset);
                assertThat(cpp.ask("peek32", "s", 64 + version % 4 * 320)).as("sequence")
                        .isEqualTo("" + (2 * version - 1));
                assertThat(peer.ask("state-get", "s")).isEqualTo(version - 1 + " " + (version - 1) + " whole");
                writer.publish();
                assertThat(cpp.ask("peek32", "s", 64 + version % 4 * 320)).as("sequence").isEqualTo("" + 2 * version);
                assertThat(peer.ask("state-get", "s")).isEqualTo(version + " " + version + " whole");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldShowTheLastCompleteValueWhenAPeerDiesInTheMiddle(Language language) throws Exception {
        SharedState<Sample> state = SharedState.create(bench.create(), "s", Sample.CODEC);
        Peer peer = bench.attach(language);
        peer.ask("state-set", "s", 1, 2, 3, 4, 5);
        peer.ask("state-set-half", "s", 6);
        peer.kill();

        assertThat(requireNonNull(state.snapshot()).version()).isEqualTo(5);
        assertThat(requireNonNull(state.get()).number()).isEqualTo(5);
        try (StateWriter<Sample> writer = state.writer()) {
            writer.set(Sample.of(7));
        }
        assertThat(requireNonNull(state.snapshot()).version()).as("the version is used again").isEqualTo(6);
        assertThat(bench.attach(Language.CPP).ask("state-get", "s")).isEqualTo("6 7 whole");
        assertThat(bench.attach(Language.PYTHON).ask("state-get", "s")).isEqualTo("6 7 whole");
    }

    @Test
    void shouldGoOnWhenACppWriterIsKilledAtWork() throws Exception {
        SharedState<Sample> state = SharedState.create(bench.create(), "s", Sample.CODEC);
        Peer peer = bench.attach(Language.CPP);
        peer.begin("state-produce", "s", Long.MAX_VALUE);
        long version = 0;
        while (version < 1000) {
            version = state.version();
        }
        peer.kill();
        SharedState.Snapshot<Sample> last = requireNonNull(state.snapshot());
        assertThat(last.value().isWhole()).isTrue();
        assertThat(last.value().number()).isEqualTo(last.version() % NUMBERS);
        try (StateWriter<Sample> writer = state.writer()) {
            writer.set(Sample.of(-1));
        }
        assertThat(bench.attach(Language.CPP).ask("state-get", "s")).isEqualTo(last.version() + 1 + " -1 whole");
    }

    @ParameterizedTest
    @CsvSource({"0, 1, 'block is not a state'", "8, 2, 'format_version=2'", "16, 304, 'slots do not fill the block'",
            "16, 255, 'element size differs: payload_size=255'", "24, 3, 'slot_count=3'", "24, 2, 'slot_count=2'",
            "32, 328, 'slots do not fill the block'", "0, 0, 'it was not finished within'"})
    void shouldRefuseWhenAForeignStateCannotWork(long offset, long value, String reason) throws Exception {
        Peer peer = bench.creator(Language.CPP);
        peer.ask("state-create", "s", 4);
        peer.ask("poke64", "s", offset, value);

        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> SharedState.open(bench.openImpatiently(), "s", Sample.CODEC))
                .withMessageContainingAll("name=s", reason);
    }

    @ParameterizedTest
    @EnumSource
    void shouldBeRefusedByAPeerWhenItsValueHasAnotherSize(Language language) throws Exception {
        SharedState.create(bench.create(), "s", Codecs.int64());

        assertThat(bench.attach(language).refusal("state-get", "s")).contains("not a state of such values");
    }
}
