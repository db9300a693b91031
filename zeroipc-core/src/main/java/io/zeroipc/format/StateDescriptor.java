package io.zeroipc.format;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

import org.jspecify.annotations.Nullable;

import io.zeroipc.memory.Alignment;
import io.zeroipc.memory.Atomics;

import static io.zeroipc.format.FieldLayouts.U64;
import static io.zeroipc.format.FieldLayouts.offset;

/**
 * The latest of a series of values: {@code docs/format/state.md}. Pure functions over bytes.
 *
 * <pre>
 *   0        64       64 + slot_stride
 *   +--------+--------+--------+---+----------------+
 *   | header | slot 0 | slot 1 |...| slot_count - 1 |      slot: sequence, timestamp, length, payload
 *   +--------+--------+--------+---+----------------+
 * </pre>
 */
public final class StateDescriptor {

    public static final StructLayout HEADER = MemoryLayout
            .structLayout(U64.withName("magic"), U64.withName("format_version"), U64.withName("payload_size"),
                    U64.withName("slot_count"), U64.withName("slot_stride"), U64.withName("latest"),
                    U64.withName("reserved0"), U64.withName("reserved1"))
            .withName("header");
    public static final StructLayout SLOT = MemoryLayout
            .structLayout(U64.withName("sequence"), U64.withName("timestamp"), U64.withName("length"))
            .withName("slot");

    /** {@code ZIPCSTAT} in memory. */
    public static final long MAGIC = 0x5441_5453_4350_495AL;
    public static final long FORMAT_VERSION = 1;

    public static final long HEADER_SIZE = HEADER.byteSize();
    public static final long MAGIC_OFFSET = offset(HEADER, "magic");
    public static final long FORMAT_VERSION_OFFSET = offset(HEADER, "format_version");
    public static final long PAYLOAD_SIZE_OFFSET = offset(HEADER, "payload_size");
    public static final long SLOT_COUNT_OFFSET = offset(HEADER, "slot_count");
    public static final long SLOT_STRIDE_OFFSET = offset(HEADER, "slot_stride");
    public static final long LATEST_OFFSET = offset(HEADER, "latest");

    public static final long SLOT_HEADER_SIZE = SLOT.byteSize();
    public static final long SEQUENCE_OFFSET = offset(SLOT, "sequence");
    public static final long TIMESTAMP_OFFSET = offset(SLOT, "timestamp");
    public static final long LENGTH_OFFSET = offset(SLOT, "length");
    public static final long PAYLOAD_OFFSET = SLOT_HEADER_SIZE;

    public static final int SLOT_COUNT_MIN = 4;
    public static final int SLOT_COUNT_MAX = 1 << 16;
    public static final int SLOT_COUNT_DEFAULT = 4;

    /** Slots begin this far apart, or a multiple of it: writer and readers of neighbours share as few lines as can be. */
    private static final long STRIDE_UNIT = 64;

    private StateDescriptor() {
    }

    /** Bytes from one slot to the next in a block that we create. */
    public static long slotStride(int payloadSize) {
        return Alignment.up(SLOT_HEADER_SIZE + payloadSize, STRIDE_UNIT);
    }

    /** Bytes of a block that we create. */
    public static long byteSize(int payloadSize, int slotCount) {
        return HEADER_SIZE + slotCount * slotStride(payloadSize);
    }

    /** The slot of a version, which counts from 1. */
    public static long slotOffset(long version, long slotCount, long slotStride) {
        return HEADER_SIZE + (version & (slotCount - 1)) * slotStride;
    }

    /** What {@code sequence} holds while a version is being written. */
    public static long writing(long version) {
        return 2 * version - 1;
    }

    /** What {@code sequence} holds once a version is complete. */
    public static long complete(long version) {
        return 2 * version;
    }

    /** Writes the header of a state that has no value yet; the magic last, for whoever looks early. */
    public static void format(MemorySegment block, int payloadSize, int slotCount) {
        Atomics.putLong(block, FORMAT_VERSION_OFFSET, FORMAT_VERSION);
        Atomics.putLong(block, PAYLOAD_SIZE_OFFSET, payloadSize);
        Atomics.putLong(block, SLOT_COUNT_OFFSET, slotCount);
        Atomics.putLong(block, SLOT_STRIDE_OFFSET, slotStride(payloadSize));
        Atomics.putLong(block, LATEST_OFFSET, 0);
        Atomics.setLongRelease(block, MAGIC_OFFSET, MAGIC);
    }

    /** Whether a peer published the entry and has not yet written the magic. */
    public static boolean isUnfinished(MemorySegment block) {
        return block.byteSize() > HEADER_SIZE && Atomics.getLongAcquire(block, MAGIC_OFFSET) == 0;
    }

    /** The stored payload size, unchecked. */
    public static long payloadSize(MemorySegment block) {
        return Atomics.getLong(block, PAYLOAD_SIZE_OFFSET);
    }

    /** The stored number of slots, unchecked; 0 where there is no room for it. */
    public static long slotCount(MemorySegment block) {
        return block.byteSize() < HEADER_SIZE ? 0 : Atomics.getLong(block, SLOT_COUNT_OFFSET);
    }

    /** The stored distance of slots, unchecked. */
    public static long slotStride(MemorySegment block) {
        return Atomics.getLong(block, SLOT_STRIDE_OFFSET);
    }

    /** The distance of slots that so many have in a block of this size: what is stored, where {@link #check} finds nothing. */
    public static long slotStride(MemorySegment block, long slotCount) {
        return (block.byteSize() - HEADER_SIZE) / slotCount;
    }

    /**
     * What contradicts a state, or null.
     *
     * @param slots as it was read, once: whoever checked it goes on with this number, whatever is stored meanwhile
     * @param payloadSize 0 accepts any size
     */
    public static @Nullable String check(MemorySegment block, long slots, int payloadSize) {
        if (block.byteSize() <= HEADER_SIZE) {
            return "block is too small for a state: bytes=" + block.byteSize() + " (expected: more than "
                    + HEADER_SIZE + ")";
        }
        long magic = Atomics.getLongAcquire(block, MAGIC_OFFSET);
        if (magic != MAGIC) {
            return "block is not a state: magic=0x%016X (expected: 0x%016X)".formatted(magic, MAGIC);
        }
        long version = Atomics.getLong(block, FORMAT_VERSION_OFFSET);
        if (version != FORMAT_VERSION) {
            return "state has another format version: format_version=" + Long.toUnsignedString(version)
                    + " (expected: " + FORMAT_VERSION + ")";
        }
        long payload = payloadSize(block);
        long stride = slotStride(block);
        if (slots < SLOT_COUNT_MIN || slots > SLOT_COUNT_MAX || !Alignment.isPowerOfTwo(slots)) {
            return "number of slots is impossible: slot_count=" + Long.toUnsignedString(slots)
                    + " (expected: a power of two, " + SLOT_COUNT_MIN + " to " + SLOT_COUNT_MAX + ")";
        }
        if (stride <= 0 || stride % 8 != 0 || payload <= 0 || payload > stride - SLOT_HEADER_SIZE
                || stride != slotStride(block, slots)
                || (block.byteSize() - HEADER_SIZE) % slots != 0) {
            return "slots do not fill the block: bytes=" + block.byteSize() + ", slot_count=" + slots
                    + ", slot_stride=" + Long.toUnsignedString(stride) + ", payload_size="
                    + Long.toUnsignedString(payload) + " (expected: " + HEADER_SIZE
                    + " + slot_count * slot_stride bytes, a stride that is a multiple of 8 and at least "
                    + SLOT_HEADER_SIZE + " + payload_size)";
        }
        if (payloadSize != 0 && payload != payloadSize) {
            return "element size differs: payload_size=" + payload + " (expected: " + payloadSize + ")";
        }
        return null;
    }
}
