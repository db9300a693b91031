package io.zeroipc.sync;

import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

import io.zeroipc.memory.Atomics;
import io.zeroipc.os.FileLocks;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.EventCount;
import io.zeroipc.wait.Deadline;

import static io.zeroipc.format.EventDescriptor.PLACES_OFFSET;

/**
 * The threads that wait for an event, counted in a word for all languages. Each of ours takes one of 32 places besides: a lock
 * of the kernel, and a bit that is set as long as the place's thread is counted. A bit whose lock is free was left by a killed
 * thread, which is not counted any more from then on. Thread-safe; to be called in a lane.
 *
 * <p>
 * Invariants. I1: a bit is changed by whoever has the lock of its place only. I2: the counter is not less than the bits that are
 * set: a thread is counted before its bit is set, and until its bit is cleared.
 *
 * <p>
 * If a process dies between the two steps of I2, in either direction, the thread stays counted for ever, as one of another
 * language does that is killed; so does one of a 33rd thread. One thread too many does less harm than one too few, who would miss
 * its signal.
 *
 * @param arrivals where to wait for a signal
 * @param semaphore of the event: has the bits, and identifies the places
 * @param counter has the word that says how many wait, at {@code counterOffset}
 */
record WaitingPlaces(Blocks blocks, Block semaphore, MemorySegment counter, long counterOffset, EventCount arrivals) {

    private static final int PLACES = Integer.SIZE;

    /** Waits as {@link EventCount#await(BooleanSupplier, Deadline)} does, counted for as long as it takes. */
    boolean await(BooleanSupplier condition, Deadline deadline) throws InterruptedException {
        // First those that nobody seems to have, then those that a killed thread may have left.
        FileLocks.Held free = tryTakeAny(~bits());
        try (FileLocks.Held place = free != null ? free : tryTakeAny(bits())) {
            return await(condition, deadline, place == null ? 0 : 1 << place.position() % PLACES);
        }
    }

    private FileLocks.@Nullable Held tryTakeAny(int bits) {
        FileLocks.Held place = null;
        for (int i = 0; i < PLACES && place == null; i++) {
            place = isSet(bits, i) ? tryTake(i) : null;
        }
        return place;
    }

    private boolean await(BooleanSupplier condition, Deadline deadline, int bit) throws InterruptedException {
        if ((bits() & bit) == 0) {
            count(1);
            flip(bit);
        }
        // Otherwise a killed thread has left us its place and its count.
        try {
            return arrivals.await(condition, deadline);
        } finally {
            // The bytes of a detached segment may be gone, and who still sees them is on its own.
            if (!blocks.attachment().isDetached()) {
                flip(bit);
                count(-1);
            }
        }
    }

    /** How many are counted, killed ones included that nobody has settled. */
    int counted() {
        return Math.max(0, Atomics.getIntAcquire(counter, counterOffset));
    }

    /** How many wait: as {@link #counted}, without those that are known to be killed. Changes nothing. */
    int living() {
        int counted = counted();
        int bits = bits();
        for (int i = 0; i < PLACES && counted > 0; i++) {
            if (isSet(bits, i) && !isTaken(i)) {
                counted--;
            }
        }
        return counted;
    }

    /** Counts killed threads out. */
    void settle() {
        int bits = bits();
        for (int i = 0; i < PLACES; i++) {
            FileLocks.Held place = isSet(bits, i) ? tryTake(i) : null;
            if (place != null) {
                // Its thread may have gone by itself meanwhile: from here on nobody but us changes the bit.
                if (isSet(bits(), i)) {
                    flip(1 << i);
                    count(-1);
                }
                place.close();
            }
        }
    }

    private static boolean isSet(int bits, int place) {
        return (bits >>> place & 1) != 0;
    }

    private FileLocks.@Nullable Held tryTake(int place) {
        try {
            return blocks.tryTakePlace(semaphore, place);
        } catch (UncheckedIOException e) {
            // No locks here, or no more: then as in other languages.
            return null;
        }
    }

    private boolean isTaken(int place) {
        try {
            return blocks.isPlaceTaken(semaphore, place);
        } catch (UncheckedIOException e) {
            return true;
        }
    }

    private int bits() {
        return Atomics.getIntAcquire(semaphore.memory(), PLACES_OFFSET);
    }

    private void flip(int bit) {
        // I1: the bit is ours, and the others are not.
        while (bit != 0) {
            int bits = bits();
            if (Atomics.compareAndSetInt(semaphore.memory(), PLACES_OFFSET, bits, bits ^ bit)) {
                return;
            }
        }
    }

    private void count(int delta) {
        Atomics.getAndAddInt(counter, counterOffset, delta);
    }
}
