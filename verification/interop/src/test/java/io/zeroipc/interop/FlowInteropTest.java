package io.zeroipc.interop;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeoutException;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
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

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Signal, future, lazy value and stream beside C++; other languages have other formats for these, or none. */
@Tag("process")
class FlowInteropTest {

    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration SHORT = Duration.ofMillis(30);

    @RegisterExtension
    final Workbench bench = new Workbench();

    private Peer peer;
    private Segment segment;

    /** A segment that one side has made, and both have open. */
    private void begin(boolean javaCreates) throws Exception {
        if (javaCreates) {
            segment = bench.create();
            peer = bench.attach(Language.CPP);
        } else {
            peer = bench.creator(Language.CPP);
            segment = bench.open();
        }
    }

    private SharedSignal<Long> signal(boolean javaCreates, long first) throws Exception {
        begin(javaCreates);
        if (javaCreates) {
            return SharedSignal.create(segment, "s", Codecs.int64(), first);
        }
        peer.ask("signal-create", "s", first);
        return SharedSignal.open(segment, "s", Codecs.int64());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldShareASignalWhenEitherSideCreatedIt(boolean javaCreates) throws Exception {
        SharedSignal<Long> signal = signal(javaCreates, 5);
        assertThat(peer.ask("signal-get", "s")).isEqualTo("0 5");
        signal.set(-6L);
        assertThat(peer.ask("signal-get", "s")).isEqualTo("1 -6");
        peer.ask("signal-set", "s", 7);
        assertThat(signal.snapshot()).isEqualTo(new SharedSignal.Snapshot<>(7L, 2));
    }

    @Test
    void shouldWakeEachOtherWhenTheSignalChanges() throws Exception {
        SharedSignal<Long> signal = signal(true, 5);
        peer.begin("signal-await", "s", 0);
        signal.set(6L);
        assertThat(peer.answer()).isEqualTo("1 6");
        FutureTask<SharedSignal.Snapshot<Long>> change = bench.beside(() -> signal.awaitChange(1));
        peer.ask("signal-set", "s", 7);
        assertThat(change.get()).isEqualTo(new SharedSignal.Snapshot<>(7L, 2));
    }

    /** Value and version grow together: a pair that does not fit was read in the middle of a change. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldReadPairsAndLoseNoChangeWhenBothSidesUpdateTheSignal(boolean javaCreates) throws Exception {
        long count = 50_000;
        SharedSignal<Long> signal = signal(javaCreates, 0);
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

    private SharedFuture<Double> future(boolean javaCreates) throws Exception {
        begin(javaCreates);
        if (javaCreates) {
            return SharedFuture.create(segment, "f", Codecs.float64());
        }
        peer.ask("future-create", "f");
        return SharedFuture.open(segment, "f", Codecs.float64());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldBeGivenToCppWhenJavaCompletesTheFuture(boolean javaCreates) throws Exception {
        SharedFuture<Double> future = future(javaCreates);
        peer.begin("future-get", "f");
        Workbench.await(segment, () -> future.waiting() == 1);
        assertThat(future.complete(2.5)).isTrue();
        assertThat(peer.answer()).isEqualTo("2.5");
        assertThat(peer.ask("future-complete", "f", 3.5)).isEqualTo("0");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldBeGivenToJavaWhenCppCompletesTheFuture(boolean javaCreates) throws Exception {
        SharedFuture<Double> future = future(javaCreates);
        FutureTask<Double> waiting = bench.beside(future::get);
        assertThat(peer.ask("future-complete", "f", 2.5)).isEqualTo("1");
        assertThat(waiting.get()).isEqualTo(2.5);
        assertThat(future.complete(3.5)).isFalse();
    }

    @Test
    void shouldTellTheErrorWhenTheOtherSideFailsTheFuture() throws Exception {
        SharedFuture<Double> future = future(true);
        assertThat(peer.ask("future-fail", "f", "boom")).isEqualTo("1");
        assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> future.get(LONG))
                .havingCause()
                .withMessage("boom");
        SharedFuture<Double> other = SharedFuture.create(segment, "g", Codecs.float64());
        other.completeExceptionally("java says no");
        assertThat(peer.refusal("future-peek", "g")).isEqualTo("java says no");
    }

    @Test
    void shouldNotBeTakenForDeadWhenCppIsSlowToCompleteTheFuture() throws Exception {
        SharedFuture<Double> future = future(false);
        assertThat(peer.ask("future-claim", "f")).isEqualTo("1");
        assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> future.get(SHORT))
                .withMessageContaining("COMPUTING");
        assertThat(future.tryClaim()).isNull();
    }

    private SharedLazy<Double> lazy(boolean javaCreates) throws Exception {
        begin(javaCreates);
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
        begin(true);
        SharedLazy<Double> lazy = SharedLazy.create(segment, "l", Codecs.float64());
        assertThat(peer.refusal("lazy-force", "l")).isEqualTo("not for C++");
        assertThat(lazy.failure()).isEqualTo("not for C++");
        assertThat(lazy.get(() -> 4.25)).isEqualTo(4.25);
        assertThat(peer.ask("lazy-force", "l")).isEqualTo("4.25");
    }

    private SharedStream<Integer> stream(boolean javaCreates) throws Exception {
        begin(javaCreates);
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
        begin(true);
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
        begin(javaCreates);
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
