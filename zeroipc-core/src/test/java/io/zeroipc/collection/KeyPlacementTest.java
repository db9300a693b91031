package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.StructureMismatchException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.format.EntryState;
import io.zeroipc.format.MapDescriptor;
import io.zeroipc.format.SetDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Segment;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Maps and sets whose keys were put by another hash. */
class KeyPlacementTest {

    private static final int CAPACITY = 128;

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    /** A segment in which nobody has written down what it is, as Python leaves it. */
    private Segment segment() {
        return segments.create(builder -> builder.size(1 << 18).catalogue(false));
    }

    /** What the original's Python makes of the bytes of a number. */
    private static int pythonIndex(byte[] key, int capacity) {
        long hash = 0;
        for (byte each : key) {
            hash = hash * 31 + Byte.toUnsignedLong(each);
        }
        return (int) Long.remainderUnsigned(hash * 2_654_435_761L, capacity);
    }

    /** Adds a key as Python does: a map of int64 and int64 has the same entries there. */
    private static void addAsPython(MemorySegment map, long key, long value) {
        byte[] bytes = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(key).array();
        int index = pythonIndex(bytes, CAPACITY);
        while (Atomics.getInt(map, entry(index)) == EntryState.OCCUPIED) {
            index = (index + 1) % CAPACITY;
        }
        Atomics.putLong(map, entry(index) + 8, key);
        Atomics.putLong(map, entry(index) + 16, value);
        Atomics.setIntRelease(map, entry(index), EntryState.OCCUPIED);
        Atomics.getAndAddInt(map, MapDescriptor.SIZE_OFFSET, 1);
    }

    private static long entry(int index) {
        return MapDescriptor.ENTRIES_OFFSET + 24L * index;
    }

    private MemorySegment emptyMap(Segment segment) {
        SharedMap.create(segment, "m", Codecs.int64(), Codecs.int64(), CAPACITY);
        return segment.blocks("m").require("").memory();
    }

    private SharedMap<Long, Long> open(Segment segment) {
        return SharedMap.open(segments.open(segment), "m", Codecs.int64(), Codecs.int64());
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 10, 50, 100})
    void shouldRefuseAMapWhenItsKeysWerePutByAnotherHash(int keys) {
        Segment segment = segment();
        MemorySegment map = emptyMap(segment);
        IntStream.range(1, keys + 1).forEach(key -> addAsPython(map, 100L * key, key));

        assertThatExceptionOfType(StructureMismatchException.class).isThrownBy(() -> open(segment))
                .withMessageContaining("name=m, keys are not where their hash says: keys examined="
                        + Math.min(keys, 64) + ", elsewhere=")
                .withMessageContaining("Python")
                .withMessageContaining("key type=int64");
    }

    @Test
    void shouldRefuseASetWhenItsElementsWerePutByAnotherHash() {
        Segment segment = segment();
        SharedSet.create(segment, "s", Codecs.int32(), CAPACITY);
        MemorySegment set = segment.blocks("s").require("").memory();
        for (int i = 0; i < 20; i++) {
            // Every sixth entry: nobody's hash, and no chain leads there.
            long entry = SetDescriptor.ENTRIES_OFFSET + 8L * 6 * i;
            Atomics.putInt(set, entry + 4, i);
            Atomics.setIntRelease(set, entry, EntryState.OCCUPIED);
        }
        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> SharedSet.open(segment, "s", Codecs.int32()))
                .withMessageContaining("keys examined=20")
                .withMessageContaining("element type=int32");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 50, 127, 128})
    void shouldOpenWhenKeysWerePutAndRemovedByOurs(int keys) {
        Segment segment = segment();
        SharedMap<Long, Long> map = SharedMap.create(segment, "m", Codecs.int64(), Codecs.int64(), CAPACITY);
        // Twice as many as there is room for at once, so that chains lead over deleted entries and around the end.
        for (long key = 0; key < 2L * keys; key++) {
            if (key >= keys) {
                map.remove(key - keys);
            }
            assertThat(map.put(key * 7919, key)).isTrue();
            map.remove(key * 7919);
            assertThat(map.put(key, key)).isTrue();
        }
        SharedMap<Long, Long> opened = open(segment);
        for (long key = keys; key < 2L * keys; key++) {
            assertThat(opened.get(key)).isEqualTo(key);
        }
    }

    /** Their hash leads all of them to one entry, in which nobody is any more. */
    @Test
    void shouldOpenWhenChainsLeadOverDeletedEntries() {
        Segment segment = segment();
        SharedMap<Long, Long> map = SharedMap.create(segment, "m", Codecs.int64(), Codecs.int64(), CAPACITY);
        for (long key = 0; key < 5; key++) {
            map.put(key * CAPACITY, key);
        }
        map.remove(0L);
        assertThat(open(segment).get(3L * CAPACITY)).isEqualTo(3);
    }

    @Test
    void shouldOpenWhenFewKeysAreLost() {
        Segment segment = segment();
        SharedMap<Long, Long> map = SharedMap.create(segment, "m", Codecs.int64(), Codecs.int64(), CAPACITY);
        for (long key = 0; key < 10; key++) {
            map.put(key, key);
        }
        MemorySegment memory = segment.blocks("m").require("").memory();
        for (long key = 1000; key < 1003; key++) {
            addAsPython(memory, key, key);
        }
        assertThat(open(segment).get(3L)).isEqualTo(3L);
    }

    @Test
    void shouldRefuseWhenTheTypeOfKeysHashesInAnotherWay() {
        Segment segment = segment();
        SharedMap<Integer, Integer> map = SharedMap.create(segment, "m", Codecs.int32(), Codecs.int32(), CAPACITY);
        for (int key = 1; key < 40; key++) {
            map.put(-key, key);
        }
        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> SharedMap.open(segments.open(segment), "m", Codecs.float32(), Codecs.int32()))
                .withMessageContaining("key type=float32");
    }

    /** Far more entries than are looked at, and a chain that is longer than it is followed. */
    @Test
    void shouldOpenWhenAMapIsLarge() {
        Segment segment = segments.create(builder -> builder.size(8 << 20).catalogue(false));
        int capacity = 100_000;
        SharedSet<Integer> set = SharedSet.create(segment, "s", Codecs.int32(), capacity);
        for (int key = 0; key < capacity; key++) {
            assertThat(set.add(key)).isTrue();
        }
        assertThat(SharedSet.open(segments.open(segment), "s", Codecs.int32()).contains(4711)).isTrue();
    }

    @Test
    void shouldOpenWhenKeysComeAndGoMeanwhile() throws InterruptedException {
        Segment segment = segment();
        SharedMap<Long, Long> map = SharedMap.create(segment, "m", Codecs.int64(), Codecs.int64(), 16);
        Segment stranger = segments.open(segment);
        AtomicBoolean stop = new AtomicBoolean();
        Thread changing = Thread.ofPlatform().start(() -> {
            for (long key = 0; !stop.get(); key++) {
                map.put(key, key);
                map.remove(key - 3);
            }
        });
        try {
            for (int i = 0; i < 5_000; i++) {
                assertThat(SharedMap.open(stranger, "m", Codecs.int64(), Codecs.int64()).capacity()).isEqualTo(16);
            }
        } finally {
            stop.set(true);
            changing.join();
        }
    }
}
