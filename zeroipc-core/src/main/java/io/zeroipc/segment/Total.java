package io.zeroipc.segment;

import java.lang.foreign.MemorySegment;
import java.util.function.IntSupplier;

import org.jspecify.annotations.Nullable;

import io.zeroipc.format.ClaimWord;
import io.zeroipc.memory.Atomics;

import static io.zeroipc.format.ParticipantsDescriptor.EVENT_COUNT_TOTAL;
import static io.zeroipc.format.ParticipantsDescriptor.EVENT_COUNT_TOTAL_BLOCK;
import static io.zeroipc.format.ParticipantsDescriptor.TOTAL_LOST;

/**
 * How many permits a semaphore has, those included that participants hold, as long as all of them are held or there: kept beside its
 * event count, {@code docs/format/semaphore.md}. To be used in operations. Thread-safe.
 */
public final class Total {

    /** Where it is not known. */
    public static final int UNKNOWN = -1;

    /** Null where this process takes no part. */
    private final @Nullable Recovery recovery;
    /** The line of the event count. */
    private final MemorySegment line;
    private final long block;

    Total(@Nullable Recovery recovery, MemorySegment line, long block) {
        this.recovery = recovery;
        this.line = line;
        this.block = block;
    }

    /**
     * Stores what it is, unless somebody has done so, or it cannot be told in this moment, or another semaphore has the line.
     *
     * @param permits how many there are that nobody holds
     */
    public void begin(IntSupplier permits) {
        if (recovery == null) {
            return;
        }
        boolean _ = Atomics.compareAndSetLong(line, EVENT_COUNT_TOTAL_BLOCK, 0, block + 1);
        if (isOurs() && stored() == 0) {
            int free = permits.getAsInt();
            int held = recovery.countLive(block, _ -> true);
            boolean still = held == recovery.countLive(block, claim -> ClaimWord.kind(claim) == ClaimWord.LOCKED)
                    && permits.getAsInt() == free;
            if (still) {
                boolean _ = Atomics.compareAndSetInt(line, EVENT_COUNT_TOTAL, 0, free + held + 1);
            }
        }
    }

    /** Nobody can rely on it from here on. Before the permits are changed in another way than by holding one. */
    public void forget() {
        if (recovery != null && stored() != TOTAL_LOST && isOurs()) {
            // Pairs with the load of get(): who sees the permits changed behind this sees this.
            Atomics.setIntRelease(line, EVENT_COUNT_TOTAL, TOTAL_LOST);
        }
    }

    /** What it is, or {@link #UNKNOWN}. */
    public int get() {
        return recovery != null && isOurs() ? Math.max(UNKNOWN, stored() - 1) : UNKNOWN;
    }

    private boolean isOurs() {
        return Atomics.getLongAcquire(line, EVENT_COUNT_TOTAL_BLOCK) == block + 1;
    }

    private int stored() {
        return Atomics.getIntAcquire(line, EVENT_COUNT_TOTAL);
    }
}
