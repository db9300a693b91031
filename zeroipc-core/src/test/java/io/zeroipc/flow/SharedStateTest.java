package io.zeroipc.flow;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.RoleTakenException;
import io.zeroipc.StructureMismatchException;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.flow.SharedState.Snapshot;
import io.zeroipc.format.StateDescriptor;
import io.zeroipc.inspect.Catalog;
import io.zeroipc.inspect.Declaration;
import io.zeroipc.inspect.StructureType;
import io.zeroipc.segment.Intake;
import io.zeroipc.segment.Outlet;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Source.Start;
import io.zeroipc.testing.ForeignBlock;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class SharedStateTest {

    private static final long SEGMENT_SIZE = 1 << 16;

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    @Test
    void shouldHaveNoValueWhenNew() throws InterruptedException {
        SharedState<Integer> state = state(Codecs.int32());

        assertThat(state.get()).isNull();
        assertThat(state.snapshot()).isNull();
        assertThat(state.getInt(-1)).isEqualTo(-1);
        assertThat(state.version()).isZero();
        assertThat(state.slots()).isEqualTo(4);
        assertThat(state.occupancy().used()).isZero();
        assertThat(state.read((memory, offset) -> {
            throw new AssertionError("there is nothing");
        })).isFalse();
        assertThat(state.awaitChange(0, Duration.ofMillis(2))).isNull();
        assertThat(state.subscribe(Start.EARLIEST).poll()).isNull();
    }

    @Test
    void shouldReturnTheNewestWhenSetManyTimes() {
        SharedState<Integer> state = state(Codecs.int32());
        StateWriter<Integer> writer = state.writer();

        for (int i = 1; i <= 20; i++) {
            writer.set(100 + i);
            assertThat(state.get()).isEqualTo(100 + i);
            assertThat(state.version()).isEqualTo(writer.version()).isEqualTo(i);
        }
        assertThat(state.occupancy().used()).isEqualTo(1);
    }

    @Test
    void shouldGoOnBehindAVersionWhenAnEarlierIntakeHasEnded() {
        SharedState<Integer> state = state(Codecs.int32());
        StateWriter<Integer> writer = state.writer();
        assertThat(state.intakeBehind(-1).poll()).isNull();
        for (int i = 0; i < 5; i++) {
            writer.set(i);
        }

        assertThat(state.canContinue()).isTrue();
        assertThat(state.intakeBehind(4).poll()).isNull();
        Intake<Integer> behind = state.intakeBehind(1);
        assertThat(behind.poll()).isEqualTo(4);
        assertThat(behind.position()).isEqualTo(4);
        assertThat(behind.lost()).isEqualTo(2);
        // Never set: the state has begun anew since then.
        assertThat(state.intakeBehind(5).poll()).isEqualTo(4);
        assertThat(state.intakeBehind(-1).poll()).isEqualTo(4);
    }

    @Test
    void shouldTellVersionAndTimeWhenASnapshotIsTaken() {
        SharedState<Integer> state = state(Codecs.int32());
        StateWriter<Integer> writer = state.writer();
        Instant before = Instant.now();
        writer.set(5);
        Instant after = Instant.now();

        Snapshot<Integer> snapshot = state.snapshot();
        assertThat(snapshot).isNotNull();
        assertThat(snapshot.value()).isEqualTo(5);
        assertThat(snapshot.version()).isEqualTo(1);
        // The clock of the writer is compared with that of the system, which ticks in milliseconds.
        assertThat(snapshot.instant()).isBetween(before.minusMillis(2), after.plusMillis(2));

        writer.set(6, -1);
        assertThat(state.snapshot()).isEqualTo(new Snapshot<>(6, 2, -1));
        assertThat(state.snapshot().instant()).isEqualTo(Instant.EPOCH.minusNanos(1));
    }

    @Test
    void shouldKeepTheOldValueWhenTheCodecRefuses() {
        SharedState<Integer> state = state(Codecs.uint8());
        StateWriter<Integer> writer = state.writer();
        writer.set(1);

        for (int i = 0; i < 9; i++) {
            assertThatIllegalArgumentException().isThrownBy(() -> writer.set(256));
            assertThat(state.snapshot()).isNotNull().extracting(Snapshot::value).isEqualTo(1);
        }
        writer.set(2);
        assertThat(state.get()).isEqualTo(2);
        assertThat(state.version()).isEqualTo(2);
    }

    @Test
    void shouldShowNothingWhenASlotIsClaimedUntilItIsPublished() {
        SharedState<Long> state = state(Codecs.int64());
        StateWriter<Long> writer = state.writer();
        writer.set(1L);

        long claim = writer.claim();
        writer.memory().set(ValueLayout.JAVA_LONG, claim, 2);
        assertThat(state.get()).isEqualTo(1);
        assertThatIllegalStateException().isThrownBy(() -> writer.set(3L)).withMessageContaining("claimed");
        writer.abort();
        assertThat(state.get()).isEqualTo(1);
        assertThatIllegalStateException().isThrownBy(writer::publish).withMessageContaining("no slot is claimed");

        claim = writer.claim();
        writer.memory().set(ValueLayout.JAVA_LONG, claim, 4);
        writer.publish(77);
        assertThat(state.snapshot()).isEqualTo(new Snapshot<>(4L, 2, 77));
        writer.memory().set(ValueLayout.JAVA_LONG, writer.claim(), 5);
        writer.publish();
        assertThat(state.get()).isEqualTo(5);
    }

    @Test
    void shouldMovePrimitivesWithoutObjectsWhenTheWidthFits() {
        Segment segment = segments.create(SEGMENT_SIZE);
        SharedState<Long> longs = SharedState.create(segment, "longs", Codecs.int64());
        longs.writer().setLong(Long.MIN_VALUE);
        assertThat(longs.getLong(0)).isEqualTo(Long.MIN_VALUE).isEqualTo(longs.get());

        SharedState<Double> doubles = SharedState.create(segment, "doubles", Codecs.float64());
        assertThat(doubles.getDouble(Double.NaN)).isNaN();
        doubles.writer().setDouble(-0.0);
        assertThat(doubles.getDouble(1)).isEqualTo(-0.0).isEqualTo(doubles.get());

        SharedState<Integer> ints = SharedState.create(segment, "ints", Codecs.int32());
        StateWriter<Integer> intWriter = ints.writer();
        intWriter.setInt(-7);
        assertThat(ints.getInt(0)).isEqualTo(-7).isEqualTo(ints.get());

        assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> ints.getLong(0))
                .withMessageContaining("name=ints")
                .withMessageContaining("expected: 8 bytes");
        assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> intWriter.setDouble(0));
        assertThat(ints.get()).isEqualTo(-7);
        List<Integer> seen = new ArrayList<>();
        assertThat(ints.read((memory, offset) -> {
            // A consumer may read again: each call has a copy of its own.
            intWriter.setInt(8);
            assertThat(ints.get()).isEqualTo(8);
            seen.add(memory.get(ValueLayout.JAVA_INT, offset));
        })).isTrue();
        assertThat(seen).containsExactly(-7);
    }

    @Test
    void shouldRefuseASecondWriterUntilTheFirstIsClosed() {
        Segment segment = segments.create(SEGMENT_SIZE);
        SharedState<Integer> here = SharedState.create(segment, "state", Codecs.int32());
        SharedState<Integer> there = SharedState.open(segments.open(segment), "state", Codecs.int32());
        StateWriter<Integer> writer = here.writer();
        writer.set(1);

        assertThatExceptionOfType(RoleTakenException.class).isThrownBy(there::writer)
                .satisfies(e -> assertThat(e.role()).isEqualTo("writer"));
        assertThatExceptionOfType(RoleTakenException.class).isThrownBy(here::outlet);
        writer.close();
        writer.close();
        assertThatIllegalStateException().isThrownBy(() -> writer.set(2)).withMessageContaining("writer is closed");

        Outlet<Integer> outlet = there.outlet();
        assertThat(there.outlet()).isSameAs(outlet);
        assertThat(outlet.offer(3)).isTrue();
        assertThat(outlet.isClosed()).isFalse();
        assertThat(here.snapshot()).isNotNull().extracting(Snapshot::version).isEqualTo(2L);
        assertThat(here.get()).isEqualTo(3);
    }

    @Test
    void shouldWakeWhenTheValueChanges() throws InterruptedException {
        SharedState<Integer> state = state(Codecs.int32());
        StateWriter<Integer> writer = state.writer();
        writer.set(1);
        assertThat(state.awaitChange(0, Duration.ZERO)).isNotNull().extracting(Snapshot::value).isEqualTo(1);
        assertThat(state.awaitChange(1, Duration.ofMillis(2))).isNull();

        AtomicReference<Snapshot<Integer>> seen = new AtomicReference<>();
        Thread waiter = Thread.ofPlatform().start(() -> {
            try {
                seen.set(state.awaitChange(1, Duration.ofMinutes(5)));
            } catch (InterruptedException e) {
                seen.set(null);
            }
        });
        writer.set(2);
        waiter.join();

        assertThat(seen.get()).isNotNull();
        assertThat(seen.get().value()).isEqualTo(2);
        assertThat(seen.get().version()).isEqualTo(2);
    }

    @Test
    void shouldCountWhatIsSkippedWhenASubscriptionLooksLate() throws InterruptedException {
        SharedState<Integer> state = state(Codecs.int32());
        StateWriter<Integer> writer = state.writer();
        writer.set(1);
        writer.set(2);
        StateSubscription<Integer> latest = state.subscribe(Start.LATEST);
        StateSubscription<Integer> earliest = state.subscribe(Start.EARLIEST);

        assertThat(latest.poll()).isNull();
        assertThat(latest.position()).isEqualTo(-1);
        assertThat(earliest.poll()).isEqualTo(2);
        assertThat(earliest.position()).isEqualTo(1);
        assertThat(earliest.poll()).isNull();
        assertThat(earliest.lost()).isZero();

        for (int i = 3; i <= 10; i++) {
            writer.set(i);
        }
        List<Integer> drained = new ArrayList<>();
        assertThat(latest.drainTo(drained::add, 0)).isZero();
        assertThat(latest.drainTo(drained::add, 9)).isEqualTo(1);
        assertThat(latest.drainTo(drained::add, 9)).isZero();
        assertThat(drained).containsExactly(10);
        assertThat(latest.lost()).isEqualTo(7);
        assertThat(latest.position()).isEqualTo(9);
        assertThat(latest.isExhausted()).isFalse();

        writer.set(11);
        assertThat(latest.pollSlot((memory, offset) -> drained.add(memory.get(ValueLayout.JAVA_INT, offset)))).isTrue();
        assertThat(latest.pollSlot((memory, offset) -> drained.add(0))).isFalse();
        assertThat(drained).containsExactly(10, 11);
        assertThat(earliest.pollSnapshot()).isNotNull().extracting(Snapshot::version).isEqualTo(11L);
        assertThat(earliest.pollSnapshot()).isNull();
        assertThat(earliest.poll(Duration.ofMillis(2))).isNull();
        writer.set(12);
        assertThat(earliest.poll(Duration.ZERO)).isEqualTo(12);
        writer.set(13);
        assertThat(earliest.take()).isEqualTo(13);
        earliest.close();
        assertThatIllegalStateException().isThrownBy(earliest::poll).withMessageContaining("closed");
    }

    @Test
    void shouldLetEveryIntakeSeeTheValueWhenAskedAsASource() {
        SharedState<Integer> state = state(Codecs.int32());
        state.outlet().offer(1);

        assertThat(state.isSingleConsumer()).isFalse();
        assertThat(state.isBroadcast()).isTrue();
        try (Intake<Integer> one = state.intake(Start.EARLIEST); Intake<Integer> two = state.intake(Start.EARLIEST)) {
            assertThat(one.poll()).isEqualTo(1);
            assertThat(two.poll()).isEqualTo(1);
        }
    }

    /** As a writer leaves it that dies in the middle of a value. */
    @Test
    void shouldKeepTheLastValueWhenAWriterDiedInsideASlot() {
        SharedState<Long> state = state(Codecs.int64());
        try (StateWriter<Long> writer = state.writer()) {
            for (long i = 1; i <= 6; i++) {
                writer.set(i);
            }
            writer.memory().set(ValueLayout.JAVA_LONG, writer.claim(), -1);
        }
        SharedState<Long> there = SharedState.open(segments.open(state.segment()), "state", Codecs.int64());
        StateSubscription<Long> changes = there.subscribe(Start.EARLIEST);
        assertThat(there.get()).isEqualTo(6);
        assertThat(changes.poll()).isEqualTo(6);

        try (StateWriter<Long> next = there.writer()) {
            assertThat(next.version()).isEqualTo(6);
            next.set(7L);
        }
        assertThat(state.snapshot()).isNotNull().extracting(Snapshot::version).isEqualTo(7L);
        assertThat(changes.poll()).isEqualTo(7);
        assertThat(changes.lost()).isZero();
    }

    /** As a writer leaves it that dies when the slot is complete and latest is not yet stored. */
    @Test
    void shouldReuseTheVersionWhenAWriterDiedBeforeItAnnouncedTheValue() {
        SharedState<Long> state = state(Codecs.int64());
        try (StateWriter<Long> writer = state.writer()) {
            writer.set(1L);
            writer.set(2L);
        }
        memory(state).set(ValueLayout.JAVA_LONG, StateDescriptor.LATEST_OFFSET, 1);
        assertThat(state.get()).isEqualTo(1);

        try (StateWriter<Long> next = state.writer()) {
            next.set(3L);
        }
        assertThat(state.snapshot()).isNotNull().extracting(Snapshot::value, Snapshot::version).containsExactly(3L, 2L);
    }

    @Test
    void shouldSayWhatIsWrongWhenTheNewestSlotIsDamaged() {
        SharedState<Long> state = state(Codecs.int64());
        state.writer().set(1L);
        MemorySegment memory = memory(state);
        long slot = StateDescriptor.slotOffset(1, 4, 64);
        memory.set(ValueLayout.JAVA_LONG, slot + StateDescriptor.SEQUENCE_OFFSET, StateDescriptor.writing(5));

        assertThatExceptionOfType(ZeroIpcException.class).isThrownBy(state::get)
                .withMessageContaining("state is damaged, its newest slot holds another version")
                .withMessageContaining("name=state")
                .withMessageContaining("version=1");
        assertThatExceptionOfType(ZeroIpcException.class).isThrownBy(() -> state.getLong(0));
        memory.set(ValueLayout.JAVA_LONG, slot + StateDescriptor.SEQUENCE_OFFSET, StateDescriptor.complete(1));
        assertThat(state.get()).isEqualTo(1);
    }

    @Test
    void shouldGoOnWhenVersionsAreLarge() {
        SharedState<Long> state = state(Codecs.int64());
        for (long seed : new long[] {(1L << 32) - 3, Long.MAX_VALUE / 2 - 3}) {
            memory(state).set(ValueLayout.JAVA_LONG, StateDescriptor.LATEST_OFFSET, seed);
            try (StateWriter<Long> writer = state.writer();
                    StateSubscription<Long> changes = state.subscribe(Start.LATEST)) {
                for (long i = 1; i <= 9; i++) {
                    writer.set(i);
                    assertThat(changes.poll()).isEqualTo(i);
                    assertThat(state.version()).isEqualTo(seed + i);
                    assertThat(changes.position()).isEqualTo(seed + i - 1);
                }
                assertThat(changes.lost()).isZero();
            }
        }
    }

    @Test
    void shouldHaveAsManySlotsAsAskedWhenCreated() {
        Segment segment = segments.create(SEGMENT_SIZE);
        SharedState<Long> wide = segment.create("wide", SharedState.spec(Codecs.int64(), 16));
        assertThat(wide.slots()).isEqualTo(16);
        assertThat(SharedState.open(segment, "wide", Codecs.int64()).slots()).isEqualTo(16);
        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> segment.open("wide", SharedState.spec(Codecs.int64(), 8)))
                .withMessageContaining("slots differs: stored=16, asked for=8");
        try (StateWriter<Long> writer = wide.writer()) {
            for (long i = 1; i <= 40; i++) {
                writer.set(i);
                assertThat(wide.get()).isEqualTo(i);
            }
        }
        for (int slots : new int[] {-4, 1, 2, 3, 5, 12, 1 << 17}) {
            assertThatIllegalArgumentException().isThrownBy(() -> SharedState.spec(Codecs.int64(), slots))
                    .withMessageContaining("slots=" + slots);
        }
    }

    @Test
    void shouldBeRefusedWhenTheBytesAreNoState() {
        Segment segment = segments.create(SEGMENT_SIZE);
        long magic = StateDescriptor.MAGIC;
        foreign(segment, "good", 64 + 4 * 64, magic, 1, 8, 4, 64);
        foreign(segment, "magic", 64 + 4 * 64, magic + 1, 1, 8, 4, 64);
        foreign(segment, "newer", 64 + 4 * 64, magic, 2, 8, 4, 64);
        foreign(segment, "payload", 64 + 4 * 64, magic, 1, 41, 4, 64);
        foreign(segment, "no-payload", 64 + 4 * 64, magic, 1, 0, 4, 64);
        foreign(segment, "slots", 64 + 4 * 64, magic, 1, 8, 3, 64);
        foreign(segment, "few-slots", 64 + 4 * 64, magic, 1, 8, 2, 128);
        foreign(segment, "stride", 64 + 4 * 64, magic, 1, 8, 4, 60);
        foreign(segment, "negative", 64 + 4 * 64, magic, 1, 8, 4, -64);
        foreign(segment, "short", 64 + 4 * 64 - 8, magic, 1, 8, 4, 64);
        foreign(segment, "header", 64, magic, 1, 8, 4, 64);

        assertThat(SharedState.open(segment, "good", Codecs.int64()).get()).isNull();
        assertThat(SharedState.PROBE.match(segment.blocks("good"))).isEqualTo(Probe.Match.CERTAIN);
        for (String name : List.of("magic", "newer", "payload", "no-payload", "slots", "few-slots", "stride",
                "negative",
                "short", "header")) {
            assertThatExceptionOfType(StructureMismatchException.class).as(name)
                    .isThrownBy(() -> SharedState.open(segment, name, Codecs.int64()))
                    .withMessageContaining("name=" + name);
            assertThat(SharedState.PROBE.match(segment.blocks(name))).as(name).isEqualTo(Probe.Match.NO);
        }
    }

    @Test
    void shouldMakeASpecWhenDeclaredInWords() {
        StructureType type = Catalog.find("state").orElseThrow();
        Segment segment = segments.create(SEGMENT_SIZE);

        segment.create("wide", type.spec(new Declaration(Codecs.int32(), 0, Map.of("slots", "8"))));
        assertThat(SharedState.open(segment, "wide", Codecs.int32()).slots()).isEqualTo(8);
        assertThatIllegalArgumentException().isThrownBy(() -> type.spec(new Declaration(Codecs.int32(), 5, Map.of())))
                .withMessageContaining("capacity=5");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> type.spec(new Declaration(Codecs.int32(), 0, Map.of("slots", "7"))))
                .withMessageContaining("slots=7");
    }

    @Test
    void shouldDescribeTheValueWhenAStrangerAsks() {
        SharedState<Integer> state = state(Codecs.int32());
        assertThat(SharedState.PROBE.describe(state.segment().blocks("state")).details())
                .containsEntry("version", 0L)
                .doesNotContainKey("timestamp");
        state.writer().set(3, 123);

        assertThat(SharedState.PROBE.describe(state.segment().blocks("state")).details())
                .containsEntry("version", 1L)
                .containsEntry("timestamp", 123L)
                .containsEntry("slots", 4L);
    }

    private <T> SharedState<T> state(Codec<T> codec) {
        return SharedState.create(segments.create(SEGMENT_SIZE), "state", codec);
    }

    private static MemorySegment memory(SharedState<?> state) {
        return state.segment().blocks(state.name()).require("").memory();
    }

    private static void foreign(Segment segment, String name, long bytes, long... words) {
        ForeignBlock.create(segment, name, bytes, block -> {
            for (int i = 0; i < words.length; i++) {
                block.memory().set(ValueLayout.JAVA_LONG, 8L * i, words[i]);
            }
        });
    }
}
