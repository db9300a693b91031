package io.zeroipc.spring.cloud.stream.binder.provisioning;

import org.jspecify.annotations.Nullable;

import io.zeroipc.codec.Codec;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.Segment;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.envelope.EnvelopeSlot;

/**
 * An open queue of a destination. Thread-safe.
 *
 * @param channel what listeners and meters call it
 * @param name what its name says
 * @param queue itself
 * @param codec lays out its elements
 * @param slot the room for a message; null where elements are encoded natively, and have no headers
 */
public record GroupQueue(ChannelName channel, QueueName name, SharedQueue<Object> queue, Codec<Object> codec,
        @Nullable EnvelopeSlot slot) {

    /** The one role of an anonymous consumer's queue: whoever consumes it holds it, until it closes or dies. */
    private static final int OWNER = 0;

    @SuppressWarnings("unchecked") // whoever sends compares the type of the codec
    static GroupQueue of(ChannelName channel, QueueName name, SharedQueue<?> queue, Codec<?> codec) {
        return new GroupQueue(channel, name, (SharedQueue<Object>) queue, (Codec<Object>) codec,
                EnvelopeSlot.of(queue.elementType()).filter(slot -> !slot.padded()).orElse(null));
    }

    /** Whether somebody is there who consumes it, or will: groups stay, an anonymous consumer's queue goes with it. */
    public boolean isOwned() {
        return name.kind() != QueueName.Kind.ANONYMOUS || blocks().isRoleHeld(block(), OWNER);
    }

    /**
     * Makes this queue the one of a consumer that has no group.
     *
     * @throws io.zeroipc.RoleTakenException when it is that of another
     */
    AnonymousClaim claim() {
        return new AnonymousClaim(this, blocks().claimRole(block(), OWNER, "consumer"));
    }

    /** Forgets what is in it, and what a consumer that died had taken. */
    void clear() {
        queue.segment().recover();
        queue.drain((_, _) -> {
            // Sent to somebody who is gone.
        }, queue.capacity());
    }

    private Blocks blocks() {
        Segment segment = queue.segment();
        return segment.blocks(name.text());
    }

    private Block block() {
        return blocks().require("");
    }

    @Override
    public String toString() {
        return channel.toString();
    }
}
