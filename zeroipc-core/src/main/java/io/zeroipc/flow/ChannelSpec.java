package io.zeroipc.flow;

import java.util.List;

import io.zeroipc.StructureKind;
import io.zeroipc.codec.Codec;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.format.ChannelDescriptor;
import io.zeroipc.format.QueueDescriptor;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.OnConsumerDeath;
import io.zeroipc.segment.Part;
import io.zeroipc.segment.Spec;

import static io.zeroipc.format.ChannelDescriptor.BUFFER_SUFFIX;
import static io.zeroipc.format.ChannelDescriptor.HEADER_SIZE;
import static io.zeroipc.format.ChannelDescriptor.HEADER_SUFFIX;
import static io.zeroipc.format.ChannelDescriptor.SLOT_SUFFIX;

/**
 * A channel to create or to open.
 *
 * @param capacity of a buffered channel, as it is stored; 0 to take what is stored, and for the other modes
 * @param policy of the receivers of the object that this opens, of a buffered channel
 */
record ChannelSpec<T>(Codec<T> codec, Mode mode, int capacity, OnConsumerDeath policy)
        implements Spec<SharedChannel<T>> {

    /** What the caller expects. */
    enum Mode {
        BUFFERED, UNBUFFERED, EITHER
    }

    /** The capacity that is stored when this one is asked for; 0 for 0. */
    static int stored(int capacity) {
        return capacity == 0 ? 0 : QueueDescriptor.roundedCapacity(capacity);
    }

    @Override
    public StructureKind kind() {
        return SharedChannel.KIND;
    }

    @Override
    public List<Part> parts() {
        return switch (mode) {
            case BUFFERED -> List.of(header(), buffer());
            case UNBUFFERED -> List.of(header(), slot());
            case EITHER -> throw new IllegalArgumentException(
                    "channel cannot be created without saying whether it is buffered (expected: a capacity, or"
                            + " unbuffered)");
        };
    }

    private Part header() {
        return new Part(HEADER_SUFFIX, HEADER_SIZE, block -> ChannelDescriptor.format(block.memory(), capacity));
    }

    private Part buffer() {
        Part queue = SharedQueue.spec(codec, capacity).parts().getFirst();
        return new Part(BUFFER_SUFFIX, queue.byteSize(), queue.reservedBytes(), queue.format());
    }

    private Part slot() {
        return new Part(SLOT_SUFFIX, ChannelDescriptor.slotSize(codec.byteSize(), codec.alignment()),
                ChannelDescriptor.reservedSlotSize(codec.byteSize(), codec.alignment()), block -> {
                    // Zero is free.
                });
    }

    @Override
    public SharedChannel<T> bind(Blocks blocks) {
        Block header = blocks.require(HEADER_SUFFIX);
        int stored = ChannelDescriptor.capacity(header.memory());
        blocks.requireSound(ChannelDescriptor.check(header.memory(), stored));
        // A header of zeroes is an unbuffered channel, or one whose creator has not stored the capacity yet: in that case
        // there is no slot either.
        return stored == 0 ? bindSlot(blocks, header) : bindBuffer(blocks, header, stored);
    }

    private SharedChannel<T> bindBuffer(Blocks blocks, Block header, int stored) {
        if (mode == Mode.UNBUFFERED) {
            throw blocks.mismatch("channel is buffered: capacity=" + stored + " (expected: unbuffered)");
        }
        String name = blocks.requireFollowing(BUFFER_SUFFIX).entryName();
        SharedQueue<T> queue = SharedQueue.spec(codec, capacity, policy).bind(blocks.segment().blocks(name));
        if (queue.capacity() != QueueDescriptor.roundedCapacity(stored)) {
            throw blocks.mismatch("channel and its queue have different capacities: channel=" + stored + ", queue="
                    + queue.capacity());
        }
        return new SharedChannel<>(blocks, header, codec, queue, null);
    }

    private SharedChannel<T> bindSlot(Blocks blocks, Block header) {
        Block slot = blocks.requireFollowing(SLOT_SUFFIX);
        if (mode == Mode.BUFFERED) {
            throw blocks.mismatch("channel is unbuffered: capacity=0 (expected: buffered"
                    + (capacity == 0 ? "" : ", capacity=" + capacity) + ")");
        }
        long expected = ChannelDescriptor.slotSize(codec.byteSize(), codec.alignment());
        if (slot.byteSize() != expected) {
            throw blocks.mismatch("slot has the wrong size: bytes=" + slot.byteSize() + ", element type="
                    + codec.typeName() + ", element size=" + codec.byteSize() + " (expected: " + expected
                    + " bytes; the same type on both sides)");
        }
        if (blocks.padded(slot).byteSize() < Integer.BYTES) {
            throw blocks.mismatch("slot ends with the segment: bytes=" + slot.byteSize()
                    + " (expected: a segment that ends at a multiple of 8 bytes)");
        }
        return new SharedChannel<>(blocks, header, codec, null, new Rendezvous<>(blocks, header, slot, codec));
    }
}
