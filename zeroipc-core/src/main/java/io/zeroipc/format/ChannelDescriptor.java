package io.zeroipc.format;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

import org.jspecify.annotations.Nullable;

import io.zeroipc.memory.Alignment;
import io.zeroipc.memory.Atomics;

import static io.zeroipc.format.FieldLayouts.U32;
import static io.zeroipc.format.FieldLayouts.U64;
import static io.zeroipc.format.FieldLayouts.U8;
import static io.zeroipc.format.FieldLayouts.offset;

/**
 * The blocks of a channel beside its queue: {@code docs/format/channel.md}. Pure functions over bytes; offsets count
 * from the start of the block.
 */
public final class ChannelDescriptor {

    public static final StructLayout HEADER = MemoryLayout
            .structLayout(
                    U32.withName("capacity"),
                    U32.withName("senders"),
                    U32.withName("receivers"),
                    U8.withName("closed"),
                    MemoryLayout.paddingLayout(3),
                    U64.withName("send_seq"),
                    U64.withName("recv_seq"))
            .withName("header");

    /** The flags in front of the one element of an unbuffered channel; where that begins depends on its alignment. */
    public static final StructLayout SLOT = MemoryLayout.structLayout(U8.withName("ready"), U8.withName("consumed"))
            .withName("slot");

    public static final String HEADER_SUFFIX = "_header";
    public static final String BUFFER_SUFFIX = "_buffer";
    public static final String SLOT_SUFFIX = "_slot";

    public static final long HEADER_SIZE = HEADER.byteSize();
    public static final long CAPACITY_OFFSET = offset(HEADER, "capacity");
    public static final long SENDERS_OFFSET = offset(HEADER, "senders");
    public static final long RECEIVERS_OFFSET = offset(HEADER, "receivers");
    public static final long CLOSED_OFFSET = offset(HEADER, "closed");

    public static final long READY_OFFSET = offset(SLOT, "ready");
    public static final long CONSUMED_OFFSET = offset(SLOT, "consumed");
    /** Both flags and two bytes behind them, for compare-and-set. */
    public static final long FLAGS_OFFSET = READY_OFFSET;
    /** The bits of the flags word that are flags. */
    public static final int FLAGS_MASK = 0xFFFF;
    /** The flags word of an element that was offered and not taken, without the bytes behind. */
    public static final int OFFERED = 1;
    /** The flags word of an element that a receiver is busy with, without the bytes behind. */
    public static final int TAKEN = 1 | 1 << 8;

    private ChannelDescriptor() {
    }

    /** Where the element begins in the slot. */
    public static long dataOffset(int alignment) {
        return Alignment.up(SLOT.byteSize(), alignment);
    }

    /** Bytes of the slot as its table entry records them. */
    public static long slotSize(int elementSize, int alignment) {
        return Alignment.up(dataOffset(alignment) + elementSize, alignment);
    }

    /** Bytes to set aside for the slot: the flags word must lie inside. */
    public static long reservedSlotSize(int elementSize, int alignment) {
        return Math.max(slotSize(elementSize, alignment), U32.byteSize());
    }

    /**
     * Writes the header of an open channel with plain stores.
     *
     * @param capacity of the queue; 0 for an unbuffered channel
     */
    public static void format(MemorySegment header, int capacity) {
        Atomics.putInt(header, CAPACITY_OFFSET, capacity);
        Atomics.putInt(header, SENDERS_OFFSET, 0);
        Atomics.putInt(header, RECEIVERS_OFFSET, 0);
        Atomics.putByte(header, CLOSED_OFFSET, (byte) 0);
    }

    /** The stored capacity; an unsigned number, so it may come out negative. 0 where there is no room for it. */
    public static int capacity(MemorySegment header) {
        return header.byteSize() < HEADER_SIZE ? 0 : Atomics.getIntAcquire(header, CAPACITY_OFFSET);
    }

    /**
     * Compares a header with what one must look like.
     *
     * @param capacity as it was read, once: whoever checked it goes on with this number, whatever is stored meanwhile
     * @return what is wrong, or null
     */
    public static @Nullable String check(MemorySegment header, int capacity) {
        if (header.byteSize() != HEADER_SIZE) {
            return "block has the wrong size for the header of a channel: bytes=" + header.byteSize() + " (expected: "
                    + HEADER_SIZE + ")";
        }
        byte closed = Atomics.getByte(header, CLOSED_OFFSET);
        if (closed != 0 && closed != 1) {
            return "flag is neither 0 nor 1: closed=" + Byte.toUnsignedInt(closed) + " (expected: a channel)";
        }
        if (capacity < 0 || capacity > QueueDescriptor.CAPACITY_MAX) {
            return "channel capacity is out of range: capacity=" + Integer.toUnsignedString(capacity)
                    + " (expected: 0 to " + QueueDescriptor.CAPACITY_MAX + ")";
        }
        return null;
    }
}
