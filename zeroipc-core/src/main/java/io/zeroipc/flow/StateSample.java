package io.zeroipc.flow;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

import io.zeroipc.format.StateDescriptor;
import io.zeroipc.memory.Atomics;

/**
 * One reader's private copy of a sample. Codecs and slot consumers work on the copy only, so that none of them ever sees
 * a sample that is half old and half new. For one thread at a time.
 */
final class StateSample {

    private final StateSlots slots;
    private final MemorySegment payload;
    private long version;
    private long timestamp;

    StateSample(StateSlots slots) {
        this.slots = slots;
        // Native like the segment, so that codecs see one kind of memory; freed when no longer reachable.
        this.payload = Arena.ofAuto().allocate(slots.payloadSize, Long.BYTES);
    }

    /** Copies the newest sample; false when there is none. */
    boolean copyLatest() {
        MemorySegment memory = slots.memory;
        int looks = 0;
        while (true) {
            long latest = slots.latest();
            if (latest == 0) {
                return false;
            }
            long slot = slots.find(latest);
            if (slot != StateSlots.OVERTAKEN) {
                long time = Atomics.getLong(memory, slot + StateDescriptor.TIMESTAMP_OFFSET);
                MemorySegment.copy(memory, slot + StateDescriptor.PAYLOAD_OFFSET, payload, 0, slots.payloadSize);
                if (slots.isWhole(slot, latest)) {
                    version = latest;
                    timestamp = time;
                    return true;
                }
            }
            looks = slots.pause(looks, latest);
        }
    }

    /** The bytes of the last sample, from offset 0. */
    MemorySegment payload() {
        return payload;
    }

    long version() {
        return version;
    }

    long timestamp() {
        return timestamp;
    }
}
