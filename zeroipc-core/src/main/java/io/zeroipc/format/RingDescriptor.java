package io.zeroipc.format;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

import org.jspecify.annotations.Nullable;

import io.zeroipc.memory.Atomics;

import static io.zeroipc.format.FieldLayouts.U32;
import static io.zeroipc.format.FieldLayouts.U64;
import static io.zeroipc.format.FieldLayouts.offset;

/**
 * A ring between one writer and one reader: {@code docs/format/ring.md}. Pure functions over bytes.
 *
 * <pre>
 *   0           8          16         20          24       24 + elem_size
 *   +-----------+----------+----------+-----------+--------+--------+---+
 *   | write_pos | read_pos | capacity | elem_size | slot 0 | slot 1 |...|
 *   +-----------+----------+----------+-----------+--------+--------+---+
 * </pre>
 *
 * Positions count bytes and never fall; the slot of a position begins at {@code 24 + position mod capacity}. Positions
 * are unsigned 64-bit numbers and are compared by their difference only.
 */
public final class RingDescriptor {

    public static final StructLayout HEADER = MemoryLayout
            .structLayout(U64.withName("write_pos"), U64.withName("read_pos"), U32.withName("capacity"),
                    U32.withName("elem_size"))
            .withName("header");

    public static final long HEADER_SIZE = HEADER.byteSize();
    public static final long WRITE_POS_OFFSET = offset(HEADER, "write_pos");
    public static final long READ_POS_OFFSET = offset(HEADER, "read_pos");
    public static final long CAPACITY_OFFSET = offset(HEADER, "capacity");
    public static final long ELEM_SIZE_OFFSET = offset(HEADER, "elem_size");
    public static final long DATA_OFFSET = HEADER_SIZE;

    /** The header keeps the capacity in 32 bits, in bytes. */
    public static final long CAPACITY_BYTES_MAX = 0xFFFF_FFFFL;

    /** How often a pair of positions is read again because the peer moved between the two loads. */
    private static final int SNAPSHOT_ATTEMPTS = 16;

    private RingDescriptor() {
    }

    /** Most elements of this size that a ring can have. */
    public static long capacityMax(int elementSize) {
        return CAPACITY_BYTES_MAX / elementSize;
    }

    /** Bytes of the block. */
    public static long byteSize(long capacityBytes) {
        return HEADER_SIZE + capacityBytes;
    }

    /** Writes the header of an empty ring. */
    public static void format(MemorySegment block, long capacityBytes, int elementSize) {
        Atomics.putLong(block, WRITE_POS_OFFSET, 0);
        Atomics.putLong(block, READ_POS_OFFSET, 0);
        Atomics.putInt(block, CAPACITY_OFFSET, (int) capacityBytes);
        Atomics.putInt(block, ELEM_SIZE_OFFSET, elementSize);
    }

    /** Whether a peer published the entry and has not yet written both sizes, which are never 0. */
    public static boolean isUnfinished(MemorySegment block) {
        return block.byteSize() > HEADER_SIZE
                && (Atomics.getIntAcquire(block, CAPACITY_OFFSET) == 0
                        || Atomics.getIntAcquire(block, ELEM_SIZE_OFFSET) == 0);
    }

    /** The stored capacity in bytes, unchecked. */
    public static long capacityBytes(MemorySegment block) {
        return Integer.toUnsignedLong(Atomics.getInt(block, CAPACITY_OFFSET));
    }

    /** The stored element size, unchecked. */
    public static long elementSize(MemorySegment block) {
        return Integer.toUnsignedLong(Atomics.getInt(block, ELEM_SIZE_OFFSET));
    }

    /** Where the slot of a position begins. */
    public static long slotOffset(long position, long capacityBytes) {
        return DATA_OFFSET + Long.remainderUnsigned(position, capacityBytes);
    }

    /** Bytes between the two positions: an estimate, within 0 to the capacity. */
    public static long usedBytes(MemorySegment block, long capacityBytes) {
        long used = 0;
        for (int i = 0; i < SNAPSHOT_ATTEMPTS; i++) {
            long before = Atomics.getLongAcquire(block, READ_POS_OFFSET);
            used = Atomics.getLongAcquire(block, WRITE_POS_OFFSET) - before;
            if (Atomics.getLongAcquire(block, READ_POS_OFFSET) == before) {
                break;
            }
        }
        return Math.clamp(used, 0, capacityBytes);
    }

    /** What contradicts a ring of elements of this size, or null; 0 accepts any size. */
    public static @Nullable String check(MemorySegment block, int elementSize) {
        if (block.byteSize() <= HEADER_SIZE) {
            return "block is too small for a ring: bytes=" + block.byteSize() + " (expected: more than "
                    + HEADER_SIZE + ")";
        }
        long capacity = capacityBytes(block);
        long stored = elementSize(block);
        if (byteSize(capacity) != block.byteSize()) {
            return "block is not a ring: bytes=" + block.byteSize() + ", capacity in bytes=" + capacity
                    + " (expected: " + HEADER_SIZE + " + capacity bytes)";
        }
        if (stored == 0 || capacity % stored != 0) {
            return "ring capacity is no multiple of its element size: capacity in bytes=" + capacity
                    + ", element size=" + stored;
        }
        if (elementSize != 0 && stored != elementSize) {
            return "element size differs: element size=" + stored + " (expected: " + elementSize + ")";
        }
        return checkPositions(block, capacity, stored);
    }

    private static @Nullable String checkPositions(MemorySegment block, long capacity, long elementSize) {
        for (int i = 0; i < SNAPSHOT_ATTEMPTS; i++) {
            long read = Atomics.getLongAcquire(block, READ_POS_OFFSET);
            long write = Atomics.getLongAcquire(block, WRITE_POS_OFFSET);
            boolean whole = Long.remainderUnsigned(read, elementSize) == 0
                    && Long.remainderUnsigned(write, elementSize) == 0;
            if (whole && Long.compareUnsigned(write - read, capacity) <= 0) {
                return null;
            }
            if (Atomics.getLongAcquire(block, READ_POS_OFFSET) == read) {
                return "ring positions are inconsistent: write_pos=" + Long.toUnsignedString(write) + ", read_pos="
                        + Long.toUnsignedString(read) + ", capacity in bytes=" + capacity + ", element size="
                        + elementSize + " (expected: whole elements, and at most a capacity between them)";
            }
        }
        return null; // The reader is moving all the time, so somebody takes this for a ring.
    }
}
