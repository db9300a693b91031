package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.StructureBusyException;
import io.zeroipc.StructureMismatchException;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.format.EntryState;
import io.zeroipc.format.KeyHash;
import io.zeroipc.format.SetDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.Probe.Match;
import io.zeroipc.segment.Segment;
import io.zeroipc.testing.Seeds;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class SharedSetTest {

    private static final int CAPACITY = 7;
    private static final int ENTRY_SIZE = 8;

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private Segment segment;
    private SharedSet<Integer> set;
    private MemorySegment block;

    @BeforeEach
    void createSet() {
        segment = segments.create(1 << 14);
        set = SharedSet.create(segment, "set", Codecs.int32(), CAPACITY);
        block = segment.blocks("set").require("").memory();
    }

    @Test
    void shouldHoldEachElementOnceWhenAdded() {
        assertThat(set.add(42)).isTrue();
        assertThat(set.add(42)).isFalse();
        assertThat(set.add(-42)).isTrue();

        assertThat(set.contains(42)).isTrue();
        assertThat(set.contains(43)).isFalse();
        assertThat(set.size()).isEqualTo(2);
        assertThat(set.remove(42)).isTrue();
        assertThat(set.remove(42)).isFalse();
        assertThat(set.contains(42)).isFalse();
        assertThat(elements()).containsExactly(-42);
    }

    @Test
    void shouldSayFalseWhenNoEntryIsLeft() {
        for (int i = 0; i < CAPACITY; i++) {
            assertThat(set.add(i)).isTrue();
        }
        assertThat(set.add(99)).isFalse();
        assertThat(set.contains(99)).isFalse();
        assertThat(set.add(3)).isFalse();
        assertThat(set.remove(99)).isFalse();
        assertThat(set.remove(3)).isTrue();
        assertThat(set.add(99)).isTrue();
        assertThat(elements()).containsExactlyInAnyOrder(0, 1, 2, 4, 5, 6, 99);
    }

    @Test
    void shouldAgreeWithAHashSetWhenUsedAtRandom() {
        Random random = Seeds.of(Seeds.next(), 0);
        Set<Integer> expected = new HashSet<>();
        for (int round = 0; round < 20_000; round++) {
            int element = random.nextInt(10) - 5;
            switch (random.nextInt(3)) {
                case 0 -> {
                    boolean room = expected.size() < CAPACITY;
                    assertThat(set.add(element)).isEqualTo(room && expected.add(element));
                }
                case 1 -> assertThat(set.remove(element)).isEqualTo(expected.remove(element));
                default -> assertThat(set.contains(element)).isEqualTo(expected.contains(element));
            }
            if (random.nextInt(500) == 0) {
                set.compact();
                assertThat(SetDescriptor.deleted(block)).isZero();
            }
            assertThat(set.size()).isEqualTo(expected.size());
        }
        assertThat(elements()).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void shouldCompareAsCppWhenElementsAreNoIntegers() {
        SharedSet<Double> doubles = SharedSet.create(segment, "doubles", Codecs.float64(), 1);
        assertThatIllegalArgumentException().isThrownBy(() -> doubles.add(Double.NaN)).withMessageContaining("NaN");
        assertThat(doubles.contains(Double.NaN)).isFalse();
        assertThat(doubles.add(0.0)).isTrue();
        // With one entry all chains are the same, so the equality shows that the hashes hide elsewhere.
        assertThat(doubles.contains(-0.0)).isTrue();
        // C++ takes a NaN.
        Atomics.putLong(segment.blocks("doubles").require("").memory(), SetDescriptor.ENTRIES_OFFSET + 8,
                Double.doubleToRawLongBits(Double.NaN));
        assertThat(doubles.contains(Double.NaN)).isFalse();
        assertThat(doubles.remove(Double.NaN)).isFalse();
        doubles.forEach(element -> assertThat(element).as("what nobody can find").isNull());

        SharedSet<String> texts = SharedSet.create(segment, "texts", Codecs.string(5), 3);
        assertThat(texts.add("ab") && texts.add("abc") && texts.add("")).isTrue();
        assertThat(texts.add("ab")).isFalse();
        assertThat(texts.contains("abc") && texts.contains("") && !texts.contains("b")).isTrue();

        record Point(byte kind, int x) {}
        SharedSet<Point> points = SharedSet.create(segment, "points", Codecs.record(Point.class), 4);
        assertThat(points.add(new Point((byte) 1, 2)) && points.add(new Point((byte) 2, 1))).isTrue();
        assertThat(points.add(new Point((byte) 1, 2))).isFalse();
        assertThat(points.remove(new Point((byte) 2, 1))).isTrue();

        SharedSet<Long> unsigned = SharedSet.create(segment, "unsigned", Codecs.uint32(), 4);
        assertThat(unsigned.add(4294967295L)).isTrue();
        assertThat(unsigned.contains(4294967295L)).isTrue();
    }

    @Test
    void shouldRemoveAllCopiesWhenCppLeftTwo() {
        entry(chain(1, 0), EntryState.OCCUPIED, 1);
        entry(chain(1, 1), EntryState.OCCUPIED, 1);
        Atomics.putInt(block, SetDescriptor.SIZE_OFFSET, 2);

        assertThat(set.remove(1)).isTrue();
        assertThat(set.contains(1)).isFalse();
        assertThat(set.remove(1)).isFalse();
        assertThat(set.size()).isZero();
    }

    @Test
    void shouldTellOnlyWhoAsksForItWhenADeadProcessLeftAnElementUnfinished() {
        entry(chain(1, 0), EntryState.INSERTING, 1);

        for (ThrowingCallable each : List.<ThrowingCallable>of(() -> set.contains(1), () -> set.add(1),
                () -> set.remove(1))) {
            assertThatExceptionOfType(StructureBusyException.class).isThrownBy(each)
                    .withMessageContaining("segment=" + segment.name() + ", name=set, entry=");
        }
        assertThat(state(chain(1, 0))).isEqualTo(EntryState.INSERTING);
        int next = 1 + CAPACITY;
        assertThat(chain(next, 0)).isEqualTo(chain(1, 0));
        assertThat(set.contains(next)).isFalse();
        assertThat(set.add(next)).isTrue();
        assertThat(set.contains(next)).isTrue();
        assertThat(set.remove(next)).isTrue();

        set.add(8);
        set.compact();
        assertThat(state(chain(1, 0))).isNotEqualTo(EntryState.INSERTING);
        assertThat(elements()).containsExactly(8);
        assertThat(set.size()).isEqualTo(1);
        for (int i = 0; i < CAPACITY - 1; i++) {
            assertThat(set.add(100 + i)).isTrue();
        }
    }

    @Test
    void shouldSayThatTheEntryIsDamagedWhenItsStateIsNone() {
        entry(chain(1, 0), 7, 1);

        for (ThrowingCallable each : List.<ThrowingCallable>of(() -> set.contains(1), () -> set.add(1),
                () -> set.remove(1), () -> set.forEach(_ -> {}))) {
            assertThatExceptionOfType(ZeroIpcException.class).isThrownBy(each)
                    .withMessageStartingWith("entry is damaged")
                    .withMessageContaining("segment=" + segment.name() + ", name=set, entry=")
                    .withMessageContaining("state=7");
        }
        assertThat(set.add(1 + CAPACITY)).isTrue();
        assertThat(set.contains(1 + CAPACITY)).isTrue();
    }

    /** As a process leaves it that is killed before any of the stores. */
    @Test
    void shouldFindAllElementsWhenCompactingStopsAnywhere() {
        // Once, since it waits for the entry that looks as if somebody worked on it.
        List<Integer> expected = elements(fragmented("whole"));
        int stops = 0;
        boolean stopped = true;
        for (; stopped; stops++) {
            SharedSet<Integer> compacted = fragmented("set" + stops);
            HashEntries entries = entries("set" + stops);
            AtomicInteger left = new AtomicInteger(stops);
            Runnable killer = () -> {
                if (left.getAndDecrement() == 0) {
                    throw new IllegalStateException("killed");
                }
            };
            try {
                entries.compact(killer);
                stopped = false;
            } catch (IllegalStateException e) {
                assertThat(e).hasMessage("killed");
            }

            SharedSet<Integer> opened = SharedSet.open(segments.open(segment), "set" + stops, Codecs.int32());
            assertThat(expected).as("stops=%s", stops).hasSize(9).allMatch(opened::contains);
            assertThat(Set.copyOf(elements(opened))).isEqualTo(Set.copyOf(expected));
            compacted.compact();
            MemorySegment bytes = segment.blocks("set" + stops).require("").memory();
            assertThat(SetDescriptor.deleted(bytes)).isZero();
            assertThat(elements(opened)).containsExactlyInAnyOrderElementsOf(expected).allMatch(opened::contains);
            assertThat(opened.size()).isEqualTo(9);
        }
        // More than the stores that make the gaps, and the last one, of the size.
        assertThat(stops).isGreaterThan(10);
    }

    /** Elements far from their hash, some behind those of others, and entries in all states. */
    private SharedSet<Integer> fragmented(String name) {
        SharedSet<Integer> made = SharedSet.create(segment, name, Codecs.int32(), 16);
        for (int i = 0; i < 16; i++) {
            assertThat(made.add(i % 4 + 16 * i)).isTrue();
        }
        for (int i : List.of(0, 1, 4, 7, 8, 10)) {
            assertThat(made.remove(i % 4 + 16 * i)).isTrue();
        }
        MemorySegment bytes = segment.blocks(name).require("").memory();
        long last = SetDescriptor.ENTRIES_OFFSET + 15L * ENTRY_SIZE;
        assertThat(Atomics.getInt(bytes, last)).isEqualTo(EntryState.OCCUPIED);
        Atomics.putInt(bytes, last, EntryState.INSERTING);
        return made;
    }

    private HashEntries entries(String name) {
        Blocks blocks = segment.blocks(name);
        return new HashEntries(blocks, blocks.require(""), 16,
                new HashEntries.Layout(SetDescriptor.ENTRIES_OFFSET, ENTRY_SIZE, SetDescriptor.valueOffset(4), 4,
                        ENTRY_SIZE, 0),
                new KeyRules(Codecs.int32()));
    }

    private static List<Integer> elements(SharedSet<Integer> set) {
        List<Integer> found = new ArrayList<>();
        try {
            set.forEach(found::add);
        } catch (StructureBusyException e) {
            // Told at the end: one entry is nobody's.
        }
        return found;
    }

    @Test
    void shouldFindTheElementsWhenCompactedAfterAllEntriesWereUsed() {
        for (int i = 0; i < 200; i++) {
            assertThat(set.add(i)).isTrue();
            if (i >= 3) {
                assertThat(set.remove(i - 3)).isTrue();
            }
        }
        set.compact();

        assertThat(SetDescriptor.deleted(block)).isZero();
        assertThat(set.contains(197) && set.contains(198) && set.contains(199)).isTrue();
        assertThat(elements()).containsExactlyInAnyOrder(197, 198, 199);
        assertThat(set.size()).isEqualTo(3);
    }

    @Test
    void shouldClampTheSizeWhenAPeerCountsLate() {
        Atomics.putInt(block, SetDescriptor.SIZE_OFFSET, -1);
        assertThat(set.size()).isZero();
        assertThat(set.add(5)).isTrue();
        assertThat(set.size()).isZero();
        Atomics.putInt(block, SetDescriptor.SIZE_OFFSET, 1000);
        assertThat(set.size()).isEqualTo(CAPACITY);
    }

    @Test
    void shouldBeRefusedWhenItIsOfAnotherShape() {
        record Pair(short a, short b) {}
        SharedSet.create(segment, "long", Codecs.int64(), 4);
        record Halves(int a, int b) {}
        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> SharedSet.open(segment, "long", Codecs.record(Halves.class)))
                .withMessageContaining("alignment=4");
        // The same bytes and another hash: the catalogue tells, and nothing else.
        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> SharedSet.open(segment, "set", Codecs.record(Pair.class)))
                .withMessageContaining("created as something else");
        Segment without = segments.track(Segment.at(segment.path()).catalogue(false).open());
        assertThat(SharedSet.open(without, "set", Codecs.record(Pair.class)).capacity()).isEqualTo(CAPACITY);
        Atomics.putInt(block, SetDescriptor.RESERVED_OFFSET, 1);
        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> SharedSet.open(segment, "set", Codecs.int32()))
                .withMessageContaining("Python");
        assertThatIllegalArgumentException().isThrownBy(() -> SharedSet.create(segment, "none", Codecs.int32(), 0))
                .withMessageContaining("capacity=0");
        assertThatIllegalArgumentException().isThrownBy(() -> SharedSet.spec(Codecs.int32(), -1));
    }

    @Test
    void shouldBeCertainAtRestAndUnsettledInMotionWhenProbed() {
        set.add(1);
        assertThat(SharedSet.PROBE.match(segment.blocks("set"))).isEqualTo(Match.CERTAIN);
        assertThat(SharedStack.PROBE.match(segment.blocks("set"))).isNotEqualTo(Match.CERTAIN);
        entry(chain(2, 0), EntryState.OCCUPIED, 2);
        assertThat(SharedSet.PROBE.match(segment.blocks("set"))).isEqualTo(Match.UNSETTLED);
        entry(chain(3, 0), 4, 3);
        assertThat(SharedSet.PROBE.match(segment.blocks("set"))).isEqualTo(Match.NO);
    }

    private List<Integer> elements() {
        List<Integer> elements = new ArrayList<>();
        set.forEach(elements::add);
        return elements;
    }

    private static long chain(int element, int step) {
        return SetDescriptor.ENTRIES_OFFSET
                + (long) ENTRY_SIZE * KeyHash.index(KeyHash.ofIntegral(element), step, CAPACITY);
    }

    private void entry(long offset, int state, int element) {
        Atomics.putInt(block, offset + 4, element);
        Atomics.putInt(block, offset, state);
    }

    private int state(long offset) {
        return Atomics.getInt(block, offset);
    }
}
