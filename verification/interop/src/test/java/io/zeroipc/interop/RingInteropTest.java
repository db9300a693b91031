package io.zeroipc.interop;

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
import org.junit.jupiter.params.provider.MethodSource;

import io.zeroipc.RoleTakenException;
import io.zeroipc.StructureMismatchException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.RingCursor;
import io.zeroipc.collection.RingReader;
import io.zeroipc.collection.RingWriter;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Source.Start;
import io.zeroipc.segment.TableEntry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Tag("process")
class RingInteropTest {

    /** "Locks" in segment.md. */
    private static final long FIRST_ROLE = (1L << 62) + (1L << 56);

    private static final Sample END = Sample.of(Parcel.END.producer());

    @RegisterExtension
    final Workbench bench = new Workbench();

    @ParameterizedTest
    @MethodSource("io.zeroipc.interop.Kind#inEveryLanguage")
    <T> void shouldPassElementsBothWaysWhenAPeerCreatedTheRing(Language language, Kind<T> kind) throws Exception {
        Peer peer = bench.creator(language);
        peer.ask("ring-create", "r", kind.name(), 7);

        passBothWays(peer, kind, SharedRing.open(bench.open(), "r", kind.codec()));
    }

    @ParameterizedTest
    @MethodSource("io.zeroipc.interop.Kind#inEveryLanguage")
    <T> void shouldPassElementsBothWaysWhenJavaCreatedTheRing(Language language, Kind<T> kind) throws Exception {
        SharedRing<T> ring = SharedRing.create(bench.create(), "r", kind.codec(), 7);

        passBothWays(bench.attach(language), kind, ring);
    }

    /** Seven elements, no power of two; sides change hands between languages, so each begins at stored positions. */
    private static <T> void passBothWays(Peer peer, Kind<T> kind, SharedRing<T> ring) throws Exception {
        List<T> values = kind.values();
        assertThat(ring.capacity()).isEqualTo(7);
        for (int lap = 0; lap < 3; lap++) {
            assertThat(peer.ask("ring-write", kind.with(values, "r", kind.name()))).isEqualTo("7");
            assertThat(ring.size()).isEqualTo(7);
            try (RingReader<T> reader = ring.reader()) {
                for (int i = 0; i < 7; i++) {
                    assertThat(reader.poll()).isEqualTo(values.get(i));
                }
                assertThat(reader.poll()).isNull();
            }
            try (RingWriter<T> writer = ring.writer()) {
                assertThat(writer.offer(values.get(7))).isTrue();
                assertThat(writer.offerAll(values)).isEqualTo(6);
                assertThat(writer.offer(values.get(0))).isFalse();
            }
            assertThat(peer.ask("ring-write", "r", kind.name(), values.get(0))).isEqualTo("0");
            assertThat(kind.parse(peer.list("ring-read", "r", kind.name(), 5)))
                    .containsExactly(values.get(7), values.get(0), values.get(1), values.get(2), values.get(3));
            List<T> drained = new ArrayList<>();
            try (RingReader<T> reader = ring.reader()) {
                assertThat(reader.drainTo(drained::add, 10)).isEqualTo(2);
            }
            assertThat(drained).containsExactly(values.get(4), values.get(5));
            assertThat(peer.list("ring-read", "r", kind.name(), 1)).isEmpty();
        }
    }

    @ParameterizedTest(name = "{0} reads {1}, written in batches of {2}")
    @CsvSource({"CPP, 300000, 1", "CPP, 300000, 20", "PYTHON, 20000, 1", "PYTHON, 20000, 20"})
    void shouldKeepEveryElementWhenAPeerReadsWhatJavaWrites(Language language, long count, int batch) throws Exception {
        SharedRing<Parcel> ring = SharedRing.create(bench.create(), "r", Parcel.CODEC, 50);
        Peer peer = bench.attach(language);
        peer.begin("ring-consume", "r");
        try (RingWriter<Parcel> writer = ring.writer()) {
            for (long i = 0; i < count; i += batch) {
                List<Parcel> parcels = new ArrayList<>();
                for (long j = i; j < Math.min(count, i + batch); j++) {
                    parcels.add(Parcel.of(0, j));
                }
                for (Parcel parcel : parcels.subList(writer.offerAll(parcels), parcels.size())) {
                    writer.put(parcel);
                }
            }
            writer.put(Parcel.END);
        }

        assertThat(peer.numbers()).as("received, disordered, damaged").containsExactly(count, 0L, 0L);
    }

    @ParameterizedTest(name = "{0} writes {1}, the reader is lazy: {2}")
    @CsvSource({"CPP, 300000, false", "CPP, 300000, true", "PYTHON, 20000, false", "PYTHON, 20000, true"})
    void shouldKeepEveryElementWhenJavaReadsWhatAPeerWrites(Language language, long count, boolean lazy)
            throws Exception {
        SharedRing<Parcel> ring = SharedRing.create(bench.create(), "r", Parcel.CODEC, 50);
        Peer peer = bench.attach(language);
        Findings findings = new Findings();
        try (RingReader<Parcel> reader = lazy ? ring.lazyReader() : ring.reader()) {
            peer.begin("ring-produce", "r", count);
            while (findings.see(reader.take())) {
                // The findings are what is wanted.
            }
        }

        assertThat(findings.numbers()).as("received, disordered, damaged").containsExactly(count, 0L, 0L);
        peer.answer();
    }

    @ParameterizedTest(name = "{0}, written in batches of {1}")
    @CsvSource({"CPP, 1", "CPP, 5", "PYTHON, 1"})
    void shouldCountWhatIsLostWhenPeersFollowAJavaWriterThatOverwrites(Language language, int batch) throws Exception {
        long count = 1_000_000;
        SharedRing<Sample> ring = bench.create().create("r", SharedRing.spec(Sample.CODEC, 20, true));
        Peer peer = bench.attach(language);
        peer.begin("ring-observe", "r");
        RingCursor<Sample> cursor = ring.cursor(Start.EARLIEST);
        FutureTask<List<Long>> observer = bench.beside(() -> follow(cursor));
        try (RingWriter<Sample> writer = ring.writer()) {
            for (long i = 0; i < count; i += batch) {
                List<Sample> samples = new ArrayList<>(batch);
                for (long j = i; j < i + batch; j++) {
                    samples.add(Sample.of(j));
                }
                assertThat(writer.offerAll(samples)).isEqualTo(batch);
            }
            assertThat(writer.offer(END)).isTrue();
        }

        requireNothingUnnoticed(peer.numbers(), count);
        requireNothingUnnoticed(observer.get(), count);
    }

    @ParameterizedTest(name = "{0}, capacity {1}")
    @CsvSource({"CPP, 20, 1000000", "CPP, 400, 1000000", "PYTHON, 20, 50000"})
    void shouldCountWhatIsLostWhenJavaFollowsAPeerThatOverwrites(Language language, int capacity, long count)
            throws Exception {
        Peer peer = bench.creator(language);
        peer.ask("ring-create", "r", "sample", capacity);
        SharedRing<Sample> ring = SharedRing.open(bench.open(), "r", Sample.CODEC);
        RingCursor<Sample> cursor = ring.cursor(Start.EARLIEST);
        peer.begin("ring-overwrite", "r", count);

        requireNothingUnnoticed(follow(cursor), count);
        peer.answer();
        assertThat(ring.totalWritten()).isEqualTo(count + 1);
    }

    private static List<Long> follow(RingCursor<Sample> cursor) throws InterruptedException {
        Findings findings = new Findings();
        while (findings.see(cursor.take().parcel())) {
            // The findings are what is wanted.
        }
        return findings.numbers(cursor.lost());
    }

    private static void requireNothingUnnoticed(List<Long> findings, long count) {
        assertThat(findings.subList(1, 3)).as("disordered and damaged").containsExactly(0L, 0L);
        assertThat(findings.get(0) + findings.get(3)).as("received and lost").isEqualTo(count);
    }

    @ParameterizedTest
    @EnumSource
    void shouldShowTheSameHistoryWhenJavaHasOverwritten(Language language) throws Exception {
        SharedRing<Integer> ring = bench.create().create("r", SharedRing.spec(Codecs.int32(), 6, true));
        try (RingWriter<Integer> writer = ring.writer()) {
            for (int i = 0; i < 20; i++) {
                assertThat(writer.offer(i)).isTrue();
            }
        }
        Peer peer = bench.attach(language);

        assertThat(peer.list("ring-history", "r", "int32", 10)).containsExactly("14", "15", "16", "17", "18", "19");
        assertThat(peer.list("ring-history", "r", "int32", 10)).as("nothing is removed").hasSize(6);
    }

    @ParameterizedTest
    @EnumSource
    void shouldKeepAPeerFromTheOldestSlotWhenJavaIsInTheMiddleOfIt(Language language) throws Exception {
        SharedRing<Sample> ring = bench.create().create("r", SharedRing.spec(Sample.CODEC, 4, true));
        Peer peer = bench.attach(language);
        try (RingWriter<Sample> writer = ring.writer()) {
            for (long i = 0; i < 4; i++) {
                assertThat(writer.offer(Sample.of(i))).isTrue();
            }
            long slot = writer.tryClaim();
            writer.memory().asSlice(slot, 100).fill((byte) 0xFF);
            assertThat(peer.list("ring-history", "r", "sample", 10)).containsExactly("1", "2", "3");
            Sample.CODEC.encode(Sample.of(4), writer.memory(), slot);
            writer.publish();
            assertThat(peer.list("ring-history", "r", "sample", 10)).containsExactly("1", "2", "3", "4");
        }
    }

    @Test
    void shouldReadAllThatWasWrittenWhenACppWriterIsKilledAtWork() throws Exception {
        SharedRing<Parcel> ring = SharedRing.create(bench.create(), "r", Parcel.CODEC, 50);
        Peer first = bench.attach(Language.CPP);
        Findings findings = new Findings();
        try (RingReader<Parcel> reader = ring.reader()) {
            first.begin("ring-produce", "r", Long.MAX_VALUE);
            while (findings.received() < 10_000) {
                findings.see(reader.take());
            }
            first.kill();
            for (Parcel parcel = reader.poll(); parcel != null; parcel = reader.poll()) {
                findings.see(parcel);
            }
            long written = ring.totalWritten();
            assertThat(findings.numbers()).containsExactly(written, 0L, 0L);
            Peer second = bench.attach(Language.CPP);
            second.ask("ring-write", "r", "parcel", "0/" + written);
            assertThat(reader.take()).isEqualTo(Parcel.of(0, written));
        }
    }

    @Test
    void shouldGoOnWhenACppWriterThatOverwritesIsKilledAtWork() throws Exception {
        SharedRing<Sample> ring = bench.create().create("r", SharedRing.spec(Sample.CODEC, 50, true));
        Peer peer = bench.attach(Language.CPP);
        RingCursor<Sample> cursor = ring.cursor(Start.EARLIEST);
        Findings findings = new Findings();
        peer.begin("ring-overwrite", "r", Long.MAX_VALUE);
        while (findings.received() < 1000) {
            findings.see(cursor.take().parcel());
        }
        peer.kill();
        for (Sample sample = cursor.poll(); sample != null; sample = cursor.poll()) {
            findings.see(sample.parcel());
        }
        long written = ring.totalWritten();
        assertThat(findings.numbers()).containsExactly(written - cursor.lost(), 0L, 0L);
        try (RingWriter<Sample> writer = ring.writer()) {
            assertThat(writer.offer(Sample.of(written))).isTrue();
        }
        assertThat(cursor.take().number()).isEqualTo(written);
        List<String> history = LongStream.rangeClosed(written - 49, written).mapToObj(Long::toString).toList();
        assertThat(bench.attach(Language.CPP).list("ring-history", "r", "sample", 100)).isEqualTo(history);
        assertThat(bench.attach(Language.PYTHON).list("ring-history", "r", "sample", 100)).isEqualTo(history);
    }

    @Test
    void shouldRefuseTheWritersRoleWhileAPeerHoldsItsLock() throws Exception {
        Segment segment = bench.create();
        SharedRing<Integer> ring = SharedRing.create(segment, "r", Codecs.int32(), 8);
        TableEntry entry = segment.entries().get(0);
        long writerLock = FIRST_ROLE + entry.offset();
        Peer peer = bench.attach(Language.CPP);
        try (RingWriter<Integer> writer = ring.writer()) {
            assertThat(writer.offer(1)).isTrue();
            assertThat(peer.ask("lock", writerLock)).isEqualTo("busy");
            assertThat(peer.ask("lock", writerLock + 1)).isEqualTo("held");
        }
        assertThat(peer.ask("lock", writerLock)).isEqualTo("held");

        assertThatExceptionOfType(RoleTakenException.class).isThrownBy(ring::writer).withMessageContaining("writer");
        assertThatExceptionOfType(RoleTakenException.class).isThrownBy(ring::reader).withMessageContaining("reader");
        peer.kill();
        try (RingWriter<Integer> writer = ring.writer(); RingReader<Integer> reader = ring.reader()) {
            assertThat(writer.offer(2)).isTrue();
            assertThat(reader.poll()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"16, 30, 'block is not a ring'", "20, 8, 'element size differs: element size=8'",
            "20, 7, 'no multiple of its element size'", "0, 36, 'positions are inconsistent'",
            "8, 4, 'positions are inconsistent'", "0, 6, 'positions are inconsistent'",
            "20, 0, 'it was not finished within'"})
    void shouldRefuseWhenAForeignRingCannotWork(long offset, long value, String reason) throws Exception {
        Peer peer = bench.creator(Language.CPP);
        peer.ask("ring-create", "r", "int32", 8);
        peer.ask("poke32", "r", offset, value);

        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> SharedRing.open(bench.openImpatiently(), "r", Codecs.int32()))
                .withMessageContainingAll("name=r", reason);
    }

    @ParameterizedTest
    @EnumSource
    void shouldBeRefusedByAPeerWhenItsElementsHaveAnotherSize(Language language) throws Exception {
        SharedRing.create(bench.create(), "r", Codecs.int64(), 8);

        assertThat(bench.attach(language).refusal("ring-read", "r", "int32", 1))
                .contains("not a ring of such elements");
    }
}
