package io.zeroipc.interop;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeoutException;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.StructureMismatchException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.flow.SharedEventStream;
import io.zeroipc.flow.SharedFuture;
import io.zeroipc.flow.SharedLazy;
import io.zeroipc.flow.SharedSignal;
import io.zeroipc.flow.SharedStream;
import io.zeroipc.flow.SharedStream.Mode;
import io.zeroipc.flow.StreamSubscription;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Source.Start;
import io.zeroipc.segment.TableEntry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

/**
 * Signal, future, lazy value and stream. Python takes turns at the first two: it has no atomic operations, and other bytes for
 * the rest.
 */
@Tag("process")
class FlowInteropTest {

    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration SHORT = Duration.ofMillis(30);

    @RegisterExtension
    final Workbench bench = new Workbench();

    private Peer peer;
    private Segment segment;

    /** A segment that one side has made, and both have open. */
    private void begin(Language language, boolean javaCreates) throws Exception {
        if (javaCreates) {
            segment = bench.create();
            peer = bench.attach(language);
        } else {
            peer = bench.creator(language);
            segment = bench.open();
        }
    }

    private <T> SharedSignal<T> signal(Language language, boolean javaCreates, Kind<T> kind, T first) throws Exception {
        begin(language, javaCreates);
        if (javaCreates) {
            return SharedSignal.create(segment, "s", kind.codec(), first);
        }
        peer.ask("signal-create", "s", kind.name(), first);
        return SharedSignal.open(segment, "s", kind.codec());
    }

    @ParameterizedTest(name = "{0}, Java creates: {1}, {2}")
    @MethodSource("io.zeroipc.interop.Kind#ofEitherSideInEveryLanguage")
    <T> void shouldShareASignalWhenEitherSideCreatedIt(Language language, boolean javaCreates, Kind<T> kind)
            throws Exception {
        List<T> values = kind.values();
        SharedSignal<T> signal = signal(language, javaCreates, kind, values.get(0));
        assertThat(signal.snapshot()).isEqualTo(new SharedSignal.Snapshot<>(values.get(0), 0));
        assertThat(told(kind)).isEqualTo(new SharedSignal.Snapshot<>(values.get(0), 0));
        signal.set(values.get(1));
        assertThat(told(kind)).isEqualTo(new SharedSignal.Snapshot<>(values.get(1), 1));
        peer.ask("signal-set", "s", kind.name(), values.get(7));
        assertThat(signal.snapshot()).isEqualTo(new SharedSignal.Snapshot<>(values.get(7), 2));
    }

    /** What the peer says the signal is. */
    private <T> SharedSignal.Snapshot<T> told(Kind<T> kind) throws Exception {
        List<String> answer = peer.list("signal-get", "s", kind.name());
        return new SharedSignal.Snapshot<>(kind.parser().apply(answer.get(1)), Long.parseLong(answer.get(0)));
    }

    @ParameterizedTest
    @EnumSource
    void shouldWakeEachOtherWhenTheSignalChanges(Language language) throws Exception {
        SharedSignal<Long> signal = signal(language, true, Kind.INT64, 5L);
        peer.begin("signal-await", "s", "int64", 0);
        signal.set(6L);
        assertThat(peer.answer()).isEqualTo("1 6");
        FutureTask<SharedSignal.Snapshot<Long>> change = bench.beside(() -> signal.awaitChange(1));
        peer.ask("signal-set", "s", "int64", 7);
        assertThat(change.get()).isEqualTo(new SharedSignal.Snapshot<>(7L, 2));
    }

    /** Value and version grow together: a pair that does not fit was read in the middle of a change. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldReadPairsAndLoseNoChangeWhenBothSidesUpdateTheSignal(boolean javaCreates) throws Exception {
        long count = 50_000;
        SharedSignal<Long> signal = signal(Language.CPP, javaCreates, Kind.INT64, 0L);
        peer.begin("signal-add", "s", count);
        FutureTask<Long> here = bench.beside(() -> {
            for (long i = 0; i < count; i++) {
                signal.update(value -> value + 1);
            }
            return count;
        });
        SharedSignal.Snapshot<Long> snapshot = signal.snapshot();
        while (snapshot.version() < 2 * count) {
            snapshot = signal.snapshot();
            assertThat(snapshot.value()).isEqualTo(snapshot.version());
        }
        assertThat(here.get()).isEqualTo(count);
        assertThat(peer.answer()).isEmpty();
    }

    private <T> SharedFuture<T> future(Language language, boolean javaCreates, Kind<T> kind) throws Exception {
        begin(language, javaCreates);
        if (javaCreates) {
            return SharedFuture.create(segment, "f", kind.codec());
        }
        peer.ask("future-create", "f", kind.name());
        return SharedFuture.open(segment, "f", kind.codec());
    }

    @ParameterizedTest(name = "{0}, Java creates: {1}, {2}")
    @MethodSource("io.zeroipc.interop.Kind#ofEitherSideInEveryLanguage")
    <T> void shouldBeGivenToAPeerWhenJavaCompletesTheFuture(Language language, boolean javaCreates, Kind<T> kind)
            throws Exception {
        SharedFuture<T> future = future(language, javaCreates, kind);
        peer.begin("future-get", "f", kind.name());
        Workbench.await(segment, () -> future.waiting() == 1);
        assertThat(future.complete(kind.values().get(1))).isTrue();
        assertThat(kind.parser().apply(peer.answer())).isEqualTo(kind.values().get(1));
        assertThat(peer.ask("future-complete", "f", kind.name(), kind.values().get(2))).isEqualTo("0");
        assertThat(future.waiting()).isZero();
    }

    @ParameterizedTest(name = "{0}, Java creates: {1}, {2}")
    @MethodSource("io.zeroipc.interop.Kind#ofEitherSideInEveryLanguage")
    <T> void shouldBeGivenToJavaWhenAPeerCompletesTheFuture(Language language, boolean javaCreates, Kind<T> kind)
            throws Exception {
        SharedFuture<T> future = future(language, javaCreates, kind);
        FutureTask<T> waiting = bench.beside(future::get);
        Workbench.await(segment, () -> future.waiting() == 1);
        assertThat(peer.ask("future-complete", "f", kind.name(), kind.values().get(1))).isEqualTo("1");
        assertThat(waiting.get()).isEqualTo(kind.values().get(1));
        assertThat(future.complete(kind.values().get(2))).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void shouldTellTheErrorWhenTheOtherSideFailsTheFuture(Language language) throws Exception {
        SharedFuture<Double> future = future(language, false, Kind.FLOAT64);
        assertThat(peer.ask("future-fail", "f", "float64", "boom")).isEqualTo("1");
        assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> future.get(LONG))
                .havingCause()
                .withMessage("boom");
        SharedFuture<Double> other = SharedFuture.create(segment, "g", Codecs.float64());
        other.completeExceptionally("java says no");
        assertThat(peer.refusal("future-peek", "g", "float64")).endsWith("java says no");
    }

    @ParameterizedTest
    @EnumSource
    void shouldNotBeTakenForDeadWhenAPeerIsSlowToCompleteTheFuture(Language language) throws Exception {
        SharedFuture<Double> future = future(language, false, Kind.FLOAT64);
        assertThat(peer.ask("future-claim", "f", "float64")).isEqualTo("1");
        assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> future.get(SHORT))
                .withMessageContaining("COMPUTING");
        assertThat(future.tryClaim()).isNull();
    }

    /** The sizes recorded by peers are those of C++ and Python programs; for values of eight bytes they are the same. */
    @ParameterizedTest
    @CsvSource({"CPP, 16, 280", "PYTHON, 12, 276"})
    void shouldOpenWhatAPeerRecordsWhenItIsNotTheSizeThatJavaRecords(Language language, long signalSize,
            long futureSize)
            throws Exception {
        begin(language, false);
        peer.ask("signal-create", "s", "int32", 5);
        peer.ask("future-create", "f", "int32");
        assertThat(segment.entries()).extracting(TableEntry::name, TableEntry::byteSize)
                .contains(tuple("s_state", signalSize), tuple("f", futureSize));
        assertThat(SharedSignal.open(segment, "s", Codecs.int32()).get()).isEqualTo(5);
        assertThat(SharedFuture.open(segment, "f", Codecs.int32()).state()).isEqualTo(SharedFuture.State.PENDING);
    }

    @ParameterizedTest
    @EnumSource
    void shouldBeRefusedByBothSidesWhenValuesHaveAnotherSize(Language language) throws Exception {
        begin(language, true);
        SharedSignal.create(segment, "s", Kind.READING.codec(), Kind.READING.values().get(0));
        SharedFuture.create(segment, "f", Kind.READING.codec());
        assertThat(peer.refusal("signal-get", "s", "int32")).contains("not a signal of such a value");
        assertThat(peer.refusal("future-peek", "f", "int32")).contains("not a future of such a value");
        peer.ask("signal-create", "t", "int32", 5);
        peer.ask("future-create", "g", "int32");
        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> SharedSignal.open(segment, "t", Kind.READING.codec()))
                .withMessageContainingAll("name=t", "element size=24");
        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> SharedFuture.open(segment, "g", Kind.READING.codec()))
                .withMessageContaining("name=g");
    }

    private SharedLazy<Double> lazy(boolean javaCreates) throws Exception {
        begin(Language.CPP, javaCreates);
        if (javaCreates) {
            return segment.create("l", SharedLazy.sum(Codecs.float64(), 1.5, 2.0));
        }
        peer.ask("lazy-create", "l", 1, 1.5, 2.0);
        return SharedLazy.open(segment, "l", Codecs.float64());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldComputeTheSameOnceWhenEitherSideWantsTheLazyValue(boolean javaCreates) throws Exception {
        SharedLazy<Double> lazy = lazy(javaCreates);
        if (javaCreates) {
            assertThat(peer.ask("lazy-force", "l")).isEqualTo("3.5");
            assertThat(lazy.get()).isEqualTo(3.5);
        } else {
            assertThat(lazy.get()).isEqualTo(3.5);
            assertThat(peer.ask("lazy-force", "l")).isEqualTo("3.5");
        }
        assertThat(lazy.computations()).isEqualTo(1);
        assertThat(peer.ask("lazy-count", "l")).isEqualTo("1");
    }

    @Test
    void shouldComputeAfterCppMadeAnErrorOfAFunctionOfJava() throws Exception {
        begin(Language.CPP, true);
        SharedLazy<Double> lazy = SharedLazy.create(segment, "l", Codecs.float64());
        assertThat(peer.refusal("lazy-force", "l")).isEqualTo("not for C++");
        assertThat(lazy.failure()).isEqualTo("not for C++");
        assertThat(lazy.get(() -> 4.25)).isEqualTo(4.25);
        assertThat(peer.ask("lazy-force", "l")).isEqualTo("4.25");
    }

    private SharedStream<Integer> stream(boolean javaCreates) throws Exception {
        begin(Language.CPP, javaCreates);
        if (javaCreates) {
            return SharedStream.create(segment, "s", Codecs.int32(), 4, Mode.COMPETING);
        }
        peer.ask("stream-create", "s", 4);
        return SharedStream.open(segment, "s", Codecs.int32());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldTakeWhatCppEmitsUntilItClosesTheStream(boolean javaCreates) throws Exception {
        SharedStream<Integer> stream = stream(javaCreates);
        assertThat(peer.ask("stream-emit", "s", 1, 2, 3, 4, 5)).as("the stream is full").isEqualTo("4");
        assertThat(stream.sequence()).isEqualTo(4);
        try (StreamSubscription<Integer> one = stream.subscribe(Start.EARLIEST);
                StreamSubscription<Integer> two = stream.subscribe(Start.EARLIEST)) {
            assertThat(one.poll()).isEqualTo(1);
            assertThat(two.poll()).isEqualTo(2);
            FutureTask<Integer> last = bench.beside(() -> {
                int sum = 0;
                for (Integer next = one.take(); next != null; next = one.take()) {
                    sum += next;
                }
                return sum;
            });
            peer.ask("stream-emit", "s", 6);
            peer.ask("stream-close", "s");
            assertThat(last.get()).isEqualTo(3 + 4 + 6);
        }
        assertThat(stream.emit(7)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldBeTakenByCppWhenJavaEmits(boolean javaCreates) throws Exception {
        SharedStream<Integer> stream = stream(javaCreates);
        for (int i = 1; i <= 4; i++) {
            assertThat(stream.emit(i)).isTrue();
        }
        assertThat(stream.emit(5)).isFalse();
        assertThat(peer.ask("stream-next", "s", 3)).isEqualTo("1 2 3");
        assertThat(stream.emit(5)).isTrue();
        assertThat(peer.ask("stream-next", "s", 10)).isEqualTo("4 5");
        assertThat(peer.ask("stream-next", "s", 10)).isEqualTo("none");
        stream.close();
        assertThat(peer.ask("stream-emit", "s", 6)).isEqualTo("0");
    }

    @Test
    void shouldNotMixWhenAStreamBroadcasts() throws Exception {
        begin(Language.CPP, true);
        SharedStream<Integer> stream = SharedStream.create(segment, "s", Codecs.int32(), 4, Mode.BROADCAST);
        for (int i = 1; i <= 6; i++) {
            assertThat(stream.emit(i)).isTrue();
        }
        assertThat(peer.refusal("stream-next", "s", 1)).isEqualTo("stream broadcasts");
        assertThat(peer.ask("ring-history", "s_buffer", "int32", 10)).as("read as the page of the ring tells")
                .isEqualTo("3 4 5 6");
        peer.ask("stream-create", "t", 4);
        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> segment.open("t", SharedStream.spec(Codecs.int32(), 0, Mode.BROADCAST)));
        assertThat(SharedStream.open(segment, "t", Codecs.int32()).mode()).isEqualTo(Mode.COMPETING);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldCountEventsOfBothSidesWhenEitherCreatedTheEventStream(boolean javaCreates) throws Exception {
        begin(Language.CPP, javaCreates);
        if (!javaCreates) {
            peer.ask("eventstream-create", "e");
        }
        SharedEventStream events = SharedEventStream.openOrCreate(segment, "e");
        peer.begin("eventstream-await", "e", 0);
        assertThat(events.emit()).isTrue();
        assertThat(peer.answer()).isEqualTo("1");
        FutureTask<Long> here = bench.beside(() -> events.awaitMore(1, LONG));
        assertThat(peer.ask("eventstream-emit", "e")).isEqualTo("1");
        assertThat(here.get()).isEqualTo(2);
        peer.ask("eventstream-close", "e");
        assertThat(events.emit()).isFalse();
        assertThat(peer.ask("eventstream-emit", "e")).isEqualTo("0");
    }
}
