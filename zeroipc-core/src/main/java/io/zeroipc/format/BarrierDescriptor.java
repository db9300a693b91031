package io.zeroipc.format;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

import org.jspecify.annotations.Nullable;

import io.zeroipc.memory.Atomics;

import static io.zeroipc.format.FieldLayouts.U32;
import static io.zeroipc.format.FieldLayouts.offset;

/** The bytes of a barrier: {@code docs/format/barrier.md}. Pure functions over bytes. */
public final class BarrierDescriptor {

    public static final StructLayout HEADER = MemoryLayout
            .structLayout(U32.withName("arrived"), U32.withName("generation"), U32.withName("num_participants"),
                    MemoryLayout.paddingLayout(4))
            .withName("header");

    public static final long SIZE = HEADER.byteSize();
    public static final long ARRIVED_OFFSET = offset(HEADER, "arrived");
    public static final long GENERATION_OFFSET = offset(HEADER, "generation");
    public static final long NUM_PARTICIPANTS_OFFSET = offset(HEADER, "num_participants");
    /** What every implementation clears and none uses. */
    private static final long PADDING_OFFSET = NUM_PARTICIPANTS_OFFSET + Integer.BYTES;
    /** Arrived and generation together, for compare-and-set. */
    public static final long PHASE_OFFSET = ARRIVED_OFFSET;

    private BarrierDescriptor() {
    }

    /** Writes a barrier at which nobody has arrived, with plain stores. */
    public static void format(MemorySegment block, int parties) {
        Atomics.putLong(block, PHASE_OFFSET, 0);
        Atomics.putInt(block, NUM_PARTICIPANTS_OFFSET, parties);
    }

    /** How many meet, unchecked. */
    public static int parties(MemorySegment block) {
        return Atomics.getIntAcquire(block, NUM_PARTICIPANTS_OFFSET);
    }

    /** The word at {@link #PHASE_OFFSET} for these numbers. */
    public static long phase(int arrived, int generation) {
        return Integer.toUnsignedLong(arrived) | (long) generation << 32;
    }

    public static int arrived(long phase) {
        return (int) phase;
    }

    public static int generation(long phase) {
        return (int) (phase >>> 32);
    }

    /** Whether a peer published the entry and has not formatted the block. */
    public static boolean isUnfinished(MemorySegment block) {
        return block.byteSize() == SIZE && parties(block) == 0;
    }

    /** What contradicts a barrier, or null. */
    public static @Nullable String check(MemorySegment block) {
        if (block.byteSize() != SIZE) {
            return "block has the wrong size for a barrier: bytes=" + block.byteSize() + " (expected: " + SIZE + ")";
        }
        int parties = parties(block);
        int arrived = Atomics.getIntAcquire(block, ARRIVED_OFFSET);
        // Peers that give up late can leave a negative number behind.
        if (parties <= 0 || arrived > parties || arrived < -parties) {
            return "numbers are not those of a barrier: arrived=" + arrived + ", num_participants=" + parties
                    + " (expected: at least 1 participant, and no more arrived than those)";
        }
        return null;
    }

    /** Whether the bytes may be a barrier: for probes. Other programs keep something where it has nothing. */
    public static boolean fits(MemorySegment block) {
        return check(block) == null && Atomics.getInt(block, PADDING_OFFSET) == 0;
    }
}
