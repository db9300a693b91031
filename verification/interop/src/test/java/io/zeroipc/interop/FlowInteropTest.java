package io.zeroipc.interop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeoutException;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
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
import io.zeroipc.flow.StreamEmitter;
import io.zeroipc.flow.StreamSubscription;
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
class FlowInteropTest extends BesidePeer {

    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration SHORT = Duration.ofMillis(30);

    /** That the other side is met at work. */
    private static final int TIMES = 2_000;

    private <T> SharedSignal<T> signal(Language language, boolean javaCreates, Kind<T> kind, T first) throws Exception {
        begin(language, javaCreates, "signal-create", "s", kind.name(), first);
        return SharedSignal.openOrCreate(segment, "s", kind.codec(), first);
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
        SharedSignal<Long> signal = signal(Language.CPP, javaCreates, Kind.INT64, 0L);
        Teamwork team = new Teamwork(segment, 1);
        team.begin(peer, "signal-work", "s");
        List<Long> rounds = team.work(TIMES, _ -> {
            signal.update(value -> value + 1);
            SharedSignal.Snapshot<Long> snapshot = signal.snapshot();
            return snapshot.value() == snapshot.version();
        });
        long all = rounds.get(0) + rounds.get(1);
        assertThat(signal.snapshot()).isEqualTo(new SharedSignal.Snapshot<>(all, all));
    }

    private <T> SharedFuture<T> future(Language language, boolean javaCreates, Kind<T> kind) throws Exception {
        begin(language, javaCreates, "future-create", "f", kind.name());
        return SharedFuture.openOrCreate(segment, "f", kind.codec());
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
        begin(Language.CPP, javaCreates, "lazy-create", "l", 1, 1.5, 2.0);
        return segment.openOrCreate("l", SharedLazy.sum(Codecs.float64(), 1.5, 2.0));
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

    private <T> SharedStream<T> stream(boolean javaCreates, Kind<T> kind, int capacity, Mode mode) throws Exception {
        begin(Language.CPP, javaCreates, "stream-create", "s", kind.name(), capacity, mode);
        return SharedStream.openOrCreate(segment, "s", kind.codec(), capacity, mode);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldTakeWhatCppEmitsUntilItClosesTheStream(boolean javaCreates) throws Exception {
        SharedStream<Integer> stream = stream(javaCreates, Kind.INT32, 4, Mode.COMPETING);
        assertThat(peer.ask("stream-emit", "s", "int32", 1, 2, 3, 4, 5)).as("the stream is full").isEqualTo("4");
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
            peer.ask("stream-emit", "s", "int32", 6);
            peer.ask("stream-close", "s", "int32");
            assertThat(last.get()).isEqualTo(3 + 4 + 6);
        }
        assertThat(stream.emit(7)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldBeTakenByCppWhenJavaEmits(boolean javaCreates) throws Exception {
        SharedStream<Integer> stream = stream(javaCreates, Kind.INT32, 4, Mode.COMPETING);
        for (int i = 1; i <= 4; i++) {
            assertThat(stream.emit(i)).isTrue();
        }
        assertThat(stream.emit(5)).isFalse();
        assertThat(peer.ask("stream-next", "s", "int32", 3)).isEqualTo("1 2 3");
        assertThat(stream.emit(5)).isTrue();
        assertThat(peer.ask("stream-next", "s", "int32", 10)).isEqualTo("4 5");
        assertThat(peer.ask("stream-next", "s", "int32", 10)).isEmpty();
        stream.close();
        assertThat(peer.ask("stream-emit", "s", "int32", 6)).isEqualTo("0");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldGiveAllToEverySubscriberWhenCppBroadcasts(boolean javaCreates) throws Exception {
        SharedStream<Integer> stream = stream(javaCreates, Kind.INT32, 4, Mode.BROADCAST);
        assertThat(SharedStream.open(segment, "s", Codecs.int32()).mode()).isEqualTo(Mode.BROADCAST);
        try (StreamSubscription<Integer> slow = stream.subscribe(Start.EARLIEST)) {
            assertThat(peer.ask("stream-emit", "s", "int32", 1, 2, 3, 4, 5, 6)).as("it is never full").isEqualTo("6");
            assertThat(stream.sequence()).isEqualTo(6);
            try (StreamSubscription<Integer> late = stream.subscribe(Start.EARLIEST);
                    StreamSubscription<Integer> next = stream.subscribe(Start.LATEST)) {
                assertThat(rest(late)).containsExactly(3, 4, 5, 6);
                assertThat(late.lost()).as("a late one begins with what is left").isZero();
                assertThat(next.poll()).isNull();
                List<Integer> seen = rest(slow);
                assertThat(seen).endsWith(6).isSubsetOf(3, 4, 5, 6);
                assertThat(slow.lost()).isEqualTo(6 - seen.size());

                FutureTask<Integer> waiting = bench.beside(next::take);
                peer.ask("stream-emit", "s", "int32", 7);
                assertThat(waiting.get()).isEqualTo(7);
                FutureTask<Integer> end = bench.beside(next::take);
                peer.ask("stream-close", "s", "int32");
                assertThat(end.get()).isNull();
                assertThat(late.take()).as("emitted before the close").isEqualTo(7);
                assertThat(late.take()).isNull();
            }
        }
        assertThat(stream.emit(8)).isFalse();
    }

    private static List<Integer> rest(StreamSubscription<Integer> subscription) {
        List<Integer> elements = new ArrayList<>();
        subscription.drainTo(elements::add, 100);
        return elements;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldGiveAllToEverySubscriberOfCppWhenJavaBroadcasts(boolean javaCreates) throws Exception {
        SharedStream<Integer> stream = stream(javaCreates, Kind.INT32, 4, Mode.BROADCAST);
        Peer late = bench.attach(Language.CPP);
        peer.ask("stream-subscribe", "s");
        for (int i = 1; i <= 6; i++) {
            assertThat(stream.emit(i)).isTrue();
        }
        late.ask("stream-subscribe", "s");
        assertThat(stream.subscribers()).isEqualTo(2);
        for (Peer subscriber : List.of(peer, late)) {
            assertThat(subscriber.list("stream-poll")).containsExactly("3", "4", "5", "6");
            assertThat(subscriber.list("stream-poll")).isEmpty();
            assertThat(subscriber.ask("stream-lost")).isEqualTo(subscriber == late ? "0" : "2");
        }
        peer.begin("stream-drain");
        assertThat(stream.emit(7)).isTrue();
        stream.close();
        assertThat(peer.answer()).isEqualTo("7");
        assertThat(late.list("stream-drain")).containsExactly("7");
        assertThat(peer.ask("stream-emit", "s", "int32", 8)).isEqualTo("0");
    }

    @ParameterizedTest(name = "{0} elements fit")
    @ValueSource(ints = {20, 400})
    void shouldCountWhatIsLostWhenJavaSubscribesToWhatCppBroadcasts(int capacity) throws Exception {
        begin(Language.CPP, false, "stream-create", "s", "sample", capacity, Mode.BROADCAST);
        SharedStream<Sample> stream = SharedStream.open(segment, "s", Sample.CODEC);
        Peer observer = bench.attach(Language.CPP);
        Teamwork team = new Teamwork(segment, 2);
        team.begin(observer, "stream-observe", "s");
        Findings findings = new Findings();
        try (StreamSubscription<Sample> subscription = stream.subscribe(Start.EARLIEST)) {
            team.begin(peer, "stream-work", "s");
            team.meet(TIMES / 4, _ -> findings.see(subscription.take().parcel()));
            team.enough();
            long emitted = Teamwork.requireNothingWrong(peer.numbers());
            peer.ask("stream-close", "s", "sample");
            for (Sample sample = subscription.take(); sample != null; sample = subscription.take()) {
                findings.see(sample.parcel());
            }
            requireNothingUnnoticed(findings.numbers(subscription.lost()), emitted);
            requireNothingUnnoticed(observer.numbers(), emitted);
            assertThat(stream.sequence()).isEqualTo(emitted);
        }
    }

    @ParameterizedTest(name = "{0} elements fit")
    @ValueSource(ints = {20, 400})
    void shouldCountWhatIsLostWhenCppSubscribesToWhatJavaBroadcasts(int capacity) throws Exception {
        begin(Language.CPP, true);
        SharedStream<Sample> stream = SharedStream.create(segment, "s", Sample.CODEC, capacity, Mode.BROADCAST);
        Teamwork team = new Teamwork(segment, 1);
        team.begin(peer, "stream-observe", "s");
        long emitted;
        try (StreamEmitter<Sample> emitter = stream.emitter()) {
            emitted = team.meet(TIMES / 4, i -> emitter.emit(Sample.of(i)));
        }
        stream.close();
        requireNothingUnnoticed(peer.numbers(), emitted);
    }

    private static void requireNothingUnnoticed(List<Long> findings, long emitted) {
        assertThat(findings.subList(1, 3)).as("disordered and damaged").containsExactly(0L, 0L);
        assertThat(findings.get(0) + findings.get(3)).as("received and lost").isEqualTo(emitted);
    }

    @Test
    void shouldGoOnWhenACppEmitterIsKilledAtWork() throws Exception {
        begin(Language.CPP, false, "stream-create", "s", "sample", 50, Mode.BROADCAST);
        SharedStream<Sample> stream = SharedStream.open(segment, "s", Sample.CODEC);
        try (StreamSubscription<Sample> subscription = stream.subscribe(Start.EARLIEST)) {
            Findings findings = new Findings();
            new Teamwork(segment, 1).begin(peer, "stream-work", "s");
            while (findings.received() < 1000) {
                findings.see(subscription.take().parcel());
            }
            peer.kill();
            for (Sample sample = subscription.poll(); sample != null; sample = subscription.poll()) {
                findings.see(sample.parcel());
            }
            long written = findings.received() + subscription.lost();
            requireNothingUnnoticed(findings.numbers(subscription.lost()), written);
            assertThat(written - stream.sequence()).as("what sequence is short").isBetween(0L, 1L);
            assertThat(stream.emit(Sample.of(written))).isTrue();
            assertThat(subscription.take().number()).isEqualTo(written);
        }
    }

    @Test
    void shouldNotMixWhenAStreamBroadcasts() throws Exception {
        begin(Language.CPP, true);
        SharedStream.create(segment, "s", Codecs.int32(), 4, Mode.BROADCAST);
        assertThat(peer.refusal("stream-next", "s", "int32", 1)).isEqualTo("stream broadcasts");
        peer.ask("stream-create", "t", "int32", 4, Mode.COMPETING);
        peer.ask("stream-create", "u", "int32", 4, Mode.BROADCAST);
        assertThat(peer.refusal("stream-subscribe", "t")).isEqualTo("readers of the stream compete");
        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> segment.open("t", SharedStream.spec(Codecs.int32(), 0, Mode.BROADCAST)));
        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> segment.open("u", SharedStream.spec(Codecs.int32(), 0, Mode.COMPETING)));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldCountEventsOfBothSidesWhenEitherCreatedTheEventStream(boolean javaCreates) throws Exception {
        begin(Language.CPP, javaCreates, "eventstream-create", "e");
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
