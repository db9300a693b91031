package io.zeroipc.flow;

import java.util.concurrent.atomic.AtomicReferenceArray;

import org.jspecify.annotations.Nullable;

import io.zeroipc.memory.Alignment;

/**
 * Spare {@link StateSample}s, so that reading a state allocates nothing once as many exist as there are threads that read
 * at the same time. Thread-safe, never waits.
 */
final class StateSamples {

    private static final int PROBES = 4;

    private final StateSlots slots;
    private final AtomicReferenceArray<@Nullable StateSample> spares;
    private final int mask;

    StateSamples(StateSlots slots) {
        this.slots = slots;
        int size = Alignment.nextPowerOfTwo(Math.max(PROBES, 2 * Runtime.getRuntime().availableProcessors()));
        this.spares = new AtomicReferenceArray<>(size);
        this.mask = size - 1;
    }

    /** A sample that nobody else uses until it is given back. */
    StateSample take() {
        int start = home();
        for (int i = 0; i < PROBES; i++) {
            int index = (start + i) & mask;
            if (spares.getPlain(index) != null) {
                StateSample spare = spares.getAndSet(index, null);
                if (spare != null) {
                    return spare;
                }
            }
        }
        return new StateSample(slots);
    }

    /** Gives a sample back; one too many is left to the garbage collector. */
    void giveBack(StateSample sample) {
        int start = home();
        for (int i = 0; i < PROBES; i++) {
            int index = (start + i) & mask;
            if (spares.getPlain(index) == null && spares.compareAndSet(index, null, sample)) {
                return;
            }
        }
    }

    /** Where a thread looks first. */
    private int home() {
        return (int) Thread.currentThread().threadId() & mask;
    }
}
