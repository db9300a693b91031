package io.zeroipc.format;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

import org.jspecify.annotations.Nullable;

import io.zeroipc.memory.Alignment;
import io.zeroipc.memory.Atomics;

import static io.zeroipc.format.FieldLayouts.U32;
import static io.zeroipc.format.FieldLayouts.offset;

/**
 * The block of a map: {@code docs/format/map.md}. Pure functions over bytes; offsets count from the start of the block.
 *
 * <pre>
 *   0        16        16 + entrySize
 *   +--------+---------+---------+---+
 *   | header | entry 0 | entry 1 |...|     entry: | state | pad | key | pad | value | pad |
 *   +--------+---------+---------+---+
 * </pre>
 */
public final class MapDescriptor {

    public static final StructLayout HEADER = MemoryLayout
            .structLayout(
                    U32.withName("size"),
                    U32.withName("capacity"),
                    U32.withName("key_size"),
                    U32.withName("value_size"))
            .withName("header");

    public static final long SIZE_OFFSET = offset(HEADER, "size");
    public static final long CAPACITY_OFFSET = offset(HEADER, "capacity");
    public static final long KEY_SIZE_OFFSET = offset(HEADER, "key_size");
    public static final long VALUE_SIZE_OFFSET = offset(HEADER, "value_size");
    public static final long ENTRIES_OFFSET = HEADER.byteSize();

    public static final int CAPACITY_MAX = 1 << 30;
    /** The C++ implementation knows no longer ones. */
    public static final int VALUE_SIZE_MAX = 8;

    private static final int STATE_SIZE = Integer.BYTES;
    private static final long BYTE_SIZE_MIN = ENTRIES_OFFSET + new EntryLayout(1, 1, 1, 1).size();

    private MapDescriptor() {
    }

    /** An entry: the C++ struct of a 32-bit state, a key and a value. */
    public record EntryLayout(int keySize, int keyAlignment, int valueSize, int valueAlignment) {

        public long keyOffset() {
            return Alignment.up(STATE_SIZE, keyAlignment);
        }

        public long valueOffset() {
            return Alignment.up(keyOffset() + keySize, valueAlignment);
        }

        /** Bytes of an entry. */
        public long size() {
            return Alignment.up(valueOffset() + valueSize,
                    Math.max(STATE_SIZE, Math.max(keyAlignment, valueAlignment)));
        }
    }

    /** Bytes of the whole block, as its table entry records them. */
    public static long byteSize(int capacity, EntryLayout entry) {
        return Math.addExact(ENTRIES_OFFSET, Math.multiplyExact(entry.size(), (long) capacity));
    }

    /** Writes an empty set with plain stores; keys and values are left as they are. */
    public static void format(MemorySegment block, int capacity, EntryLayout entry) {
        Atomics.putInt(block, SIZE_OFFSET, 0);
        Atomics.putInt(block, CAPACITY_OFFSET, capacity);
        Atomics.putInt(block, KEY_SIZE_OFFSET, entry.keySize());
        Atomics.putInt(block, VALUE_SIZE_OFFSET, entry.valueSize());
        HashBlocks.formatStates(block, ENTRIES_OFFSET, capacity, entry.size());
    }

    /** The stored capacity; an unsigned number in foreign blocks, so it may come out negative. 0 where there is no room for it. */
    public static int capacity(MemorySegment block) {
        return block.byteSize() < ENTRIES_OFFSET ? 0 : Atomics.getIntAcquire(block, CAPACITY_OFFSET);
    }

    /** The stored size of a key; as {@link #capacity}. */
    public static int keySize(MemorySegment block) {
        return Atomics.getIntAcquire(block, KEY_SIZE_OFFSET);
    }

    /** The stored size of a value; as {@link #capacity}. */
    public static int valueSize(MemorySegment block) {
        return Atomics.getIntAcquire(block, VALUE_SIZE_OFFSET);
    }

    /**
     * Compares a block with what a map of such keys and values must look like.
     *
     * @param capacity as it was read, once: whoever checked it goes on with this number, whatever is stored meanwhile
     * @return what is wrong, or null when nothing is or the block is {@link #isReady not ready}
     */
    public static @Nullable String check(MemorySegment block, int capacity, EntryLayout entry) {
        if (block.byteSize() < BYTE_SIZE_MIN) {
            return "block is too small for a map: bytes=" + block.byteSize() + " (expected: at least " + BYTE_SIZE_MIN
                    + ")";
        }
        if (capacity == 0) {
            return null;
        }
        if (capacity < 0 || capacity > CAPACITY_MAX) {
            return "map capacity is out of range: capacity=" + Integer.toUnsignedString(capacity) + " (expected: 1 to "
                    + CAPACITY_MAX + "; not a map, or written by a defective program)";
        }
        int keySize = keySize(block);
        if (keySize != 0 && keySize != entry.keySize()) {
            return "key size differs: stored=" + Integer.toUnsignedString(keySize) + ", asked for=" + entry.keySize()
                    + " (expected: the same type on both sides)";
        }
        int valueSize = valueSize(block);
        if (valueSize != 0 && valueSize != entry.valueSize()) {
            return "value size differs: stored=" + Integer.toUnsignedString(valueSize) + ", asked for="
                    + entry.valueSize() + " (expected: the same type on both sides)";
        }
        long expected = byteSize(capacity, entry);
        if (block.byteSize() != expected) {
            return "block has the wrong size for a map: bytes=" + block.byteSize() + ", capacity=" + capacity
                    + ", entry=" + entry + " (expected: " + expected + " bytes; alignments count)";
        }
        return null;
    }

    /** Whether a creator that publishes before it formats has finished, for a block that {@link #check} found right. */
    public static boolean isReady(MemorySegment block, int capacity) {
        return capacity != 0 && keySize(block) != 0 && valueSize(block) != 0;
    }

    /** Whether the bytes may be a map of keys and values of whatever size: for probes. Never throws for any bytes. */
    public static boolean fits(MemorySegment block) {
        if (block.byteSize() < BYTE_SIZE_MIN) {
            return false;
        }
        int capacity = capacity(block);
        int keySize = keySize(block);
        int valueSize = valueSize(block);
        if (keySize <= 0 || valueSize <= 0 || valueSize > VALUE_SIZE_MAX || capacity == 0) {
            return false;
        }
        for (int key = 1; key <= 8 && keySize % key == 0; key *= 2) {
            for (int value = 1; value <= 8 && valueSize % value == 0; value *= 2) {
                if (check(block, capacity, new EntryLayout(keySize, key, valueSize, value)) == null) {
                    return HashBlocks.areStatesKnown(block, ENTRIES_OFFSET, capacity);
                }
            }
        }
        return false;
    }

    /**
     * Whether the number of keys is the one that the states tell: for probes of blocks that {@link #fits fit}. A map
     * in use may say no for a moment.
     */
    public static boolean isAtRest(MemorySegment block) {
        return HashBlocks.isAtRest(block, ENTRIES_OFFSET, capacity(block), Atomics.getIntAcquire(block, SIZE_OFFSET));
    }

    /** Entries that were used and are not any more, among the first ones of a large set: a detail for reports. */
    public static int deleted(MemorySegment block) {
        return HashBlocks.count(block, ENTRIES_OFFSET, capacity(block), EntryState.DELETED);
    }
}
