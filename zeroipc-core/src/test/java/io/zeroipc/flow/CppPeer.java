package io.zeroipc.flow;

import java.lang.foreign.MemorySegment;

import org.jspecify.annotations.Nullable;

import io.zeroipc.format.ChannelDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Segment;

/**
 * The steps of the C++ implementation at an unbuffered channel of longs, one by one, with a pause between any two of
 * them. It takes no role, and a receiver copies before it marks, as C++ does.
 */
final class CppPeer {

    private static final long DATA_OFFSET = 8;

    private final MemorySegment header;
    private final MemorySegment slot;
    private final Runnable pause;

    CppPeer(Segment segment, String name, Runnable pause) {
        this.header = segment.blocks(name).require(ChannelDescriptor.HEADER_SUFFIX).memory();
        this.slot = segment.blocks(name).require(ChannelDescriptor.SLOT_SUFFIX).memory();
        this.pause = pause;
    }

    /** Waits for an element; null when the channel is closed. */
    @Nullable
    Long receive() {
        Atomics.getAndAddInt(header, ChannelDescriptor.RECEIVERS_OFFSET, 1);
        pause.run();
        while (!flag(slot, ChannelDescriptor.READY_OFFSET)) {
            if (flag(header, ChannelDescriptor.CLOSED_OFFSET)) {
                Atomics.getAndAddInt(header, ChannelDescriptor.RECEIVERS_OFFSET, -1);
                return null;
            }
            pause.run();
        }
        pause.run();
        long value = Atomics.getLong(slot, DATA_OFFSET);
        pause.run();
        Atomics.setByteRelease(slot, ChannelDescriptor.CONSUMED_OFFSET, (byte) 1);
        pause.run();
        Atomics.setByteRelease(slot, ChannelDescriptor.READY_OFFSET, (byte) 0);
        pause.run();
        Atomics.getAndAddInt(header, ChannelDescriptor.RECEIVERS_OFFSET, -1);
        return value;
    }

    /** Sends an element and waits until it is taken; false when the channel is closed. */
    boolean send(long value) {
        Atomics.getAndAddInt(header, ChannelDescriptor.SENDERS_OFFSET, 1);
        try {
            while (flag(slot, ChannelDescriptor.READY_OFFSET)) {
                if (flag(header, ChannelDescriptor.CLOSED_OFFSET)) {
                    return false;
                }
                pause.run();
            }
            Atomics.putLong(slot, DATA_OFFSET, value);
            pause.run();
            Atomics.setByteRelease(slot, ChannelDescriptor.CONSUMED_OFFSET, (byte) 0);
            pause.run();
            Atomics.setByteRelease(slot, ChannelDescriptor.READY_OFFSET, (byte) 1);
            while (!flag(slot, ChannelDescriptor.CONSUMED_OFFSET)) {
                if (flag(header, ChannelDescriptor.CLOSED_OFFSET)) {
                    return false;
                }
                pause.run();
            }
            return true;
        } finally {
            Atomics.getAndAddInt(header, ChannelDescriptor.SENDERS_OFFSET, -1);
        }
    }

    private static boolean flag(MemorySegment memory, long offset) {
        return Atomics.getByteAcquire(memory, offset) != 0;
    }
}
