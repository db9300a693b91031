package io.zeroipc.interop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import io.zeroipc.StructureMismatchException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.segment.Segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Tag("process")
class QueueInteropTest {

    private static final int EACH = 200_000;

    @RegisterExtension
    final Workbench bench = new Workbench();

    @ParameterizedTest
    @MethodSource("io.zeroipc.interop.Kind#inEveryLanguage")
    <T> void shouldPassElementsBothWaysWhenAPeerCreatedTheQueue(Language language, Kind<T> kind) throws Exception {
        Peer peer = bench.creator(language);
        peer.ask("queue-create", "q", kind.name(), 5);
        SharedQueue<T> queue = SharedQueue.open(bench.open(), "q", kind.codec());

        passBothWays(peer, kind, queue);
    }

    @ParameterizedTest
    @MethodSource("io.zeroipc.interop.Kind#inEveryLanguage")
    <T> void shouldPassElementsBothWaysWhenJavaCreatedTheQueue(Language language, Kind<T> kind) throws Exception {
        SharedQueue<T> queue = SharedQueue.create(bench.create(), "q", kind.codec(), 5);

        passBothWays(bench.attach(language), kind, queue);
    }

    /** Capacity 5 is stored as 8, by whoever creates; three laps of it. */
    private static <T> void passBothWays(Peer peer, Kind<T> kind, SharedQueue<T> queue) throws Exception {
        List<T> values = kind.values();
        assertThat(queue.capacity()).isEqualTo(8);
        for (int lap = 0; lap < 3; lap++) {
            assertThat(peer.ask("queue-push", kind.with(values, "q", kind.name()))).isEqualTo("8");
            assertThat(peer.ask("queue-push", "q", kind.name(), values.get(0))).isEqualTo("0");
            assertThat(queue.offer(values.get(0))).isFalse();
            assertThat(queue.size()).isEqualTo(8);
            for (T value : values) {
                assertThat(queue.poll()).isEqualTo(value);
            }
            assertThat(queue.poll()).isNull();

            // Java gives four in one batch, and takes three in one: at other positions on each lap.
            assertThat(queue.offer(values.get(7))).isTrue();
            assertThat(queue.offerAll(values.subList(0, 4))).isEqualTo(4);
            assertThat(kind.parse(peer.list("queue-pop", "q", kind.name(), 2)))
                    .containsExactly(values.get(7), values.get(0));
            List<T> drained = new ArrayList<>();
            assertThat(queue.drainTo(drained::add, 10)).isEqualTo(3);
            assertThat(drained).isEqualTo(values.subList(1, 4));
            assertThat(peer.list("queue-pop", "q", kind.name(), 1)).isEmpty();
        }
    }

    @ParameterizedTest(name = "{0} producers, {1} consumers in each language, batches: {2}")
    @CsvSource({"1, 0, 0, 1, 1", "1, 0, 0, 1, 16", "0, 1, 1, 0, 1", "0, 1, 1, 0, 16", "1, 1, 1, 1, 1",
            "1, 1, 1, 1, 16"})
    void shouldDeliverEachElementOnceWhenJavaAndCppProduceAndConsumeTogether(int javaProducers, int javaConsumers,
            int cppProducers, int cppConsumers, int batch) throws Exception {
        int producers = javaProducers + cppProducers;
        Segment segment = bench.keep(Segment.named(bench.segment()).size(4 * Workbench.SIZE).create());
        SharedQueue<Parcel> queue = SharedQueue.create(segment, "q", Parcel.CODEC, 64);
        SharedArray<Integer> marks = SharedArray.create(segment, "marks", Codecs.int32(), (long) producers * EACH);
        List<FutureTask<Findings>> consumers = new ArrayList<>();
        List<FutureTask<Void>> producing = new ArrayList<>();
        List<Peer> consumingPeers = new ArrayList<>();
        List<Peer> producingPeers = new ArrayList<>();
        for (int i = 0; i < cppConsumers; i++) {
            Peer peer = bench.attach(Language.CPP);
            peer.begin("queue-consume", "q", "marks", EACH);
            consumingPeers.add(peer);
        }
        for (int i = 0; i < cppProducers; i++) {
            Peer peer = bench.attach(Language.CPP);
            producingPeers.add(peer);
        }
        for (int i = 0; i < javaConsumers; i++) {
            consumers.add(bench.beside(() -> consume(queue, marks, batch)));
        }
        for (int i = 0; i < cppProducers; i++) {
            producingPeers.get(i).begin("queue-produce", "q", javaProducers + i, EACH);
        }
        for (int i = 0; i < javaProducers; i++) {
            int producer = i;
            producing.add(bench.beside(() -> produce(queue, producer, batch)));
        }

        for (FutureTask<Void> each : producing) {
            each.get();
        }
        for (Peer each : producingPeers) {
            each.answer();
        }
        for (int i = 0; i < javaConsumers + cppConsumers; i++) {
            queue.put(Parcel.END);
        }
        long received = 0;
        for (FutureTask<Findings> consumer : consumers) {
            Findings findings = consumer.get();
            received += findings.received();
            assertThat(findings.numbers()).containsExactly(findings.received(), 0L, 0L);
        }
        for (Peer consumer : consumingPeers) {
            List<Long> findings = consumer.numbers();
            received += findings.get(0);
            assertThat(findings.subList(1, 3)).as("disordered and damaged").containsExactly(0L, 0L);
        }
        assertThat(received).isEqualTo((long) producers * EACH);
        for (long i = 0; i < marks.capacity(); i++) {
            assertThat(marks.getInt(i)).as("deliveries of %d", i).isEqualTo(1);
        }
        assertThat(queue.size()).isZero();
    }

    private static Void produce(SharedQueue<Parcel> queue, int producer, int batch) throws InterruptedException {
        int sequence = 0;
        while (sequence < EACH) {
            if (batch == 1) {
                queue.put(Parcel.of(producer, sequence++));
                continue;
            }
            List<Parcel> parcels = new ArrayList<>();
            for (int i = sequence; i < Math.min(EACH, sequence + batch); i++) {
                parcels.add(Parcel.of(producer, i));
            }
            int offered = queue.offerAll(parcels);
            sequence += offered;
            if (offered == 0) {
                queue.put(Parcel.of(producer, sequence++));
            }
        }
        return null;
    }

    private static Findings consume(SharedQueue<Parcel> queue, SharedArray<Integer> marks, int batch)
            throws InterruptedException {
        Findings findings = new Findings();
        boolean[] more = {true};
        while (more[0]) {
            accept(queue.take(), queue, findings, marks, more);
            if (batch > 1 && more[0]) {
                queue.drainTo(parcel -> accept(parcel, queue, findings, marks, more), batch - 1);
            }
        }
        return findings;
    }

    private static void accept(Parcel parcel, SharedQueue<Parcel> queue, Findings findings, SharedArray<Integer> marks,
            boolean[] more) {
        if (!findings.see(parcel)) {
            // A batch may hold the end that another consumer waits for.
            if (!more[0]) {
                assertThat(queue.offer(parcel)).isTrue();
            }
            more[0] = false;
        } else if (parcel.isWhole()) {
            marks.getAndAddInt(parcel.producer() * (long) EACH + parcel.sequence(), 1);
        }
    }

    @Test
    void shouldKeepEveryElementWhenPythonIsTheOnlyConsumer() throws Exception {
        SharedQueue<Parcel> queue = SharedQueue.create(bench.create(), "q", Parcel.CODEC, 64);
        Peer peer = bench.attach(Language.PYTHON);
        peer.begin("queue-consume", "q");
        produce(queue, 0, 16);
        queue.put(Parcel.END);

        assertThat(peer.numbers()).as("received, disordered, damaged").containsExactly((long) EACH, 0L, 0L);
        assertThat(queue.size()).isZero();
    }

    @Test
    void shouldKeepEveryElementWhenPythonIsTheOnlyProducer() throws Exception {
        SharedQueue<Parcel> queue = SharedQueue.create(bench.create(), "q", Parcel.CODEC, 64);
        Peer peer = bench.attach(Language.PYTHON);
        Findings findings = new Findings();
        peer.begin("queue-produce", "q", 0, EACH);
        while (findings.received() < EACH) {
            findings.see(queue.take());
        }

        assertThat(findings.numbers()).as("received, disordered, damaged").containsExactly((long) EACH, 0L, 0L);
        assertThat(peer.answer()).isEmpty();
        assertThat(queue.poll()).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void shouldGoOnWhenTheCountersPass2To32(Language language) throws Exception {
        Peer peer = bench.creator(Language.CPP);
        peer.ask("queue-create", "q", "int32", 8);
        // As it is after 2^32 - 8 elements: empty, and every slot free for its next lap.
        long base = (1L << 32) - 8;
        peer.ask("poke32", "q", 0, base);
        peer.ask("poke32", "q", 4, base);
        for (int i = 0; i < 8; i++) {
            peer.ask("poke32", "q", 16 + 8 * 4 + 4 * i, base + i);
        }
        SharedQueue<Integer> queue = SharedQueue.open(bench.open(), "q", Codecs.int32());
        Peer other = bench.attach(language);

        for (int i = 0; i < 24; i += 3) {
            assertThat(other.ask("queue-push", "q", "int32", i, i + 1)).isEqualTo("2");
            assertThat(queue.offer(i + 2)).isTrue();
            assertThat(queue.poll()).isEqualTo(i);
            assertThat(other.list("queue-pop", "q", "int32", 5)).containsExactly("" + (i + 1), "" + (i + 2));
        }
        assertThat(peer.ask("peek32", "q", 0)).isEqualTo("16");
    }

    @Test
    void shouldNotStopCppConsumersWhenJavaGivesAClaimBack() throws Exception {
        SharedQueue<Integer> queue = SharedQueue.create(bench.create(), "q", Codecs.int32(), 8);
        Peer peer = bench.attach(Language.CPP);
        assertThat(queue.offer(1)).isTrue();
        long claim = queue.tryClaim();
        assertThat(peer.ask("queue-push", "q", "int32", 2)).isEqualTo("1");
        queue.abort(claim);

        // The aborted position is behind 1 and before 2: nobody can skip it until 1 is taken.
        assertThat(peer.list("queue-pop", "q", "int32", 5)).containsExactly("1");
        assertThat(queue.settle()).isZero();
        assertThat(peer.list("queue-pop", "q", "int32", 5)).containsExactly("2");
        for (int lap = 0; lap < 2; lap++) {
            assertThat(peer.ask("queue-push", Kind.INT32.with(Kind.INT32.values(), "q", "int32"))).isEqualTo("8");
            for (Integer value : Kind.INT32.values()) {
                assertThat(queue.poll()).isEqualTo(value);
            }
        }
    }

    @Test
    void shouldGoOnWhenAPeerIsKilledBetweenOperations() throws Exception {
        Peer first = bench.creator(Language.CPP);
        first.ask("queue-create", "q", "int32", 8);
        first.ask("queue-push", "q", "int32", 1, 2, 3);
        first.ask("queue-pop", "q", "int32", 1);
        SharedQueue<Integer> queue = SharedQueue.open(bench.open(), "q", Codecs.int32());
        first.kill();

        assertThat(queue.poll()).isEqualTo(2);
        assertThat(queue.offer(4)).isTrue();
        Peer second = bench.attach(Language.CPP);
        assertThat(second.list("queue-pop", "q", "int32", 5)).containsExactly("3", "4");
    }

    @ParameterizedTest
    @CsvSource({"12, 4, 'capacity=12 (expected: a power of two'", "1, 4, 'capacity=1 (expected: a power of two'",
            "2147483648, 4, 'capacity=2147483648 (expected: a power of two'",
            "8, 12, 'element size differs: stored=12'",
            "0, 4, 'it was not finished within'"})
    void shouldRefuseWhenAForeignQueueCannotWork(long capacity, long elementSize, String reason) throws Exception {
        Peer peer = bench.creator(Language.CPP);
        peer.ask("allocate", "q", 16 + 12 * 4 + 12 * 4);
        peer.ask("poke32", "q", 8, capacity);
        peer.ask("poke32", "q", 12, elementSize);
        for (int i = 0; i < 12; i++) {
            peer.ask("poke32", "q", 16 + 12 * 4 + 4 * i, i);
        }

        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> SharedQueue.open(bench.openImpatiently(), "q", Codecs.int32()))
                .withMessageContainingAll("name=q", reason);
    }

    @ParameterizedTest
    @EnumSource
    void shouldBeRefusedByAPeerWhenItsElementsHaveAnotherSize(Language language) throws Exception {
        SharedQueue.create(bench.create(), "q", Codecs.int64(), 8);

        assertThat(bench.attach(language).refusal("queue-pop", "q", "int32", 1))
                .contains("not a queue of such elements");
    }

    @Test
    void shouldWaitWhenAPeerFormatsTheQueueAfterItsRow() throws Exception {
        Peer peer = bench.creator(Language.CPP);
        // As programs of other languages do: the row is counted, then filled, and the block is formatted last.
        peer.ask("reserve-row", 16 + 2 * 4 + 2 * 4);
        peer.ask("fill-row", "q");
        Segment segment = bench.keep(Segment.named(bench.segment()).openTimeout(Duration.ofMinutes(1)).open());
        FutureTask<SharedQueue<Integer>> opening = bench.beside(() -> SharedQueue.open(segment, "q", Codecs.int32()));
        peer.ask("poke32", "q", 12, 4);
        peer.ask("poke32", "q", 8, 2);
        assertThat(opening.isDone()).isFalse();
        peer.ask("poke32", "q", 24, 0);
        peer.ask("poke32", "q", 28, 1);

        assertThat(opening.get().capacity()).isEqualTo(2);
        assertThat(peer.ask("queue-push", "q", "int32", 7)).isEqualTo("1");
        assertThat(opening.get().poll()).isEqualTo(7);
    }
}
