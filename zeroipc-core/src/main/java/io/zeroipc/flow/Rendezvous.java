package io.zeroipc.flow;

import java.lang.foreign.MemorySegment;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.codec.Codec;
import io.zeroipc.format.ChannelDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.EventCount;
import io.zeroipc.segment.Lane;
import io.zeroipc.segment.Role;

import static io.zeroipc.format.ChannelDescriptor.CONSUMED_OFFSET;
import static io.zeroipc.format.ChannelDescriptor.FLAGS_MASK;
import static io.zeroipc.format.ChannelDescriptor.FLAGS_OFFSET;
import static io.zeroipc.format.ChannelDescriptor.OFFERED;
import static io.zeroipc.format.ChannelDescriptor.READY_OFFSET;
import static io.zeroipc.format.ChannelDescriptor.RECEIVERS_OFFSET;
import static io.zeroipc.format.ChannelDescriptor.SENDERS_OFFSET;
import static io.zeroipc.format.ChannelDescriptor.TAKEN;

/**
 * The one slot of an unbuffered channel, where a sender and a receiver meet. This class is the bytes and the steps on
 * them; {@link RendezvousSender} and {@link RendezvousReceiver} are the two sides. Of several processes one has a side, by
 * a role; threads of a process take turns there. All steps are to be called in the lane of the side's role.
 *
 * <p>
 * Overview: the protocol of the C++ implementation, {@code docs/format/channel.md}. Added to it: an element that nobody
 * takes can be withdrawn, a receiver claims an element before it copies it, and what a dead predecessor left behind is
 * finished by the next one.
 *
 * <p>
 * Invariants, with flags written (ready, consumed). I1: only the sender writes the data, and only while ready is 0. I2:
 * only the sender makes (1, 0), and only a receiver makes consumed 1. I3: a receiver that has seen ready 1 and acts on it
 * without claiming (C++ does not claim) is counted in receivers until it has stored both flags.
 *
 * <p>
 * Ordering. S1: the release-store of ready 1 in {@link #write} pairs with the acquire-load in {@link #claim}: the data is
 * complete. S2: the release-store of ready 0 in {@link #finish} pairs with the acquire-load in {@link #isReady} of the
 * sender: the data was copied before it is written again. S3: a sender changes the flags, executes a full fence, and looks
 * at receivers; a receiver changes receivers, which is a full fence, and looks at the flags: they cannot both miss each
 * other. (C++ changes receivers with acquire and release, then loads ready with acquire; that keeps the order on x86-64, and
 * on aarch64 unless it is compiled for RCpc loads.)
 *
 * <p>
 * Progress: blocking by nature; the forms without waiting do not wait.
 *
 * <p>
 * If the sender dies: while it wrote, nothing was offered; later, its element is still delivered. If the receiver dies
 * before it claimed: the element is delivered to the next one, and receivers stays above 0 until a next receiver takes the
 * role; after that: the element is lost, and the next receiver frees the slot.
 */
final class Rendezvous<T> {

    private static final int SENDER = 0;
    private static final int RECEIVER = 1;
    private static final int READY = OFFERED;
    private static final int CONSUMED = TAKEN & ~OFFERED;
    /** The flags change at most a few times while one side looks at them. */
    private static final int CHANGES_MAX = 10_000;

    private final Blocks blocks;
    private final Block headerBlock;
    private final MemorySegment header;
    private final MemorySegment slot;
    private final MemorySegment data;
    private final Codec<T> codec;
    private final Attachment attachment;
    private final EventCount changes;
    private final RendezvousSender<T> sender;
    private final RendezvousReceiver<T> receiver;

    Rendezvous(Blocks blocks, Block headerBlock, Block slotBlock, Codec<T> codec) {
        this.blocks = blocks;
        this.headerBlock = headerBlock;
        this.header = headerBlock.memory();
        this.slot = blocks.padded(slotBlock);
        this.data = slotBlock.memory().asSlice(ChannelDescriptor.dataOffset(codec.alignment()), codec.byteSize());
        this.codec = codec;
        this.attachment = blocks.attachment();
        this.changes = attachment.arrivals(headerBlock, this::stamp);
        this.sender = new RendezvousSender<>(this);
        this.receiver = new RendezvousReceiver<>(this);
    }

    RendezvousSender<T> sender() {
        return sender;
    }

    RendezvousReceiver<T> receiver() {
        return receiver;
    }

    private long stamp() {
        return EventCount.mix(EventCount.mix(Atomics.getIntAcquire(slot, FLAGS_OFFSET) & FLAGS_MASK,
                Atomics.getIntAcquire(header, RECEIVERS_OFFSET)), isClosed() ? 1 : 0);
    }

    Attachment attachment() {
        return attachment;
    }

    /** Where both sides wait for what the other one does. */
    EventCount changes() {
        return changes;
    }

    /** Gives back the roles that this object holds, but for that of an open intake. */
    void releaseRoles() {
        sender.releaseRole();
        receiver.releaseRole();
    }

    // roles and counters

    Role claimSender() {
        return settled(blocks.claimRole(headerBlock, SENDER, "sender"), () -> {
            // A predecessor that was killed is still counted, and there is nobody else to count.
            Atomics.setIntOpaque(header, SENDERS_OFFSET, 0);
        });
    }

    Role claimReceiver() {
        return settled(blocks.claimRole(headerBlock, RECEIVER, "receiver"), () -> {
            // As above; and a predecessor may have died with an element in hand.
            Atomics.setIntOpaque(header, RECEIVERS_OFFSET, 0);
            if ((flags() & FLAGS_MASK) == TAKEN) {
                finish();
            }
        });
    }

    /** Ends what a predecessor was killed in the middle of, as nobody else has the role. */
    private static Role settled(Role role, Runnable traces) {
        boolean kept = false;
        try (Lane _ = role.lane().enterToWrite()) {
            traces.run();
            kept = true;
        } finally {
            if (!kept) {
                role.close();
            }
        }
        return role;
    }

    void enterSend() {
        Atomics.getAndAddInt(header, SENDERS_OFFSET, 1);
    }

    /** Without effect when the segment is detached: the bytes may be gone. */
    void leaveSend() {
        if (!attachment.isDetached()) {
            Atomics.getAndAddInt(header, SENDERS_OFFSET, -1);
        }
    }

    /** S3: a full fence. */
    void enterReceive() {
        Atomics.getAndAddInt(header, RECEIVERS_OFFSET, 1);
        changes.advance();
    }

    /** S3: a full fence. */
    void leaveReceive() {
        Atomics.getAndAddInt(header, RECEIVERS_OFFSET, -1);
        changes.advance();
    }

    boolean hasReceivers() {
        return Atomics.getIntAcquire(header, RECEIVERS_OFFSET) != 0;
    }

    boolean isClosed() {
        return Atomics.getByteAcquire(header, ChannelDescriptor.CLOSED_OFFSET) != 0;
    }

    // the slot

    MemorySegment data() {
        return data;
    }

    /** Puts an element on offer. The slot is free (I1), so an element that the codec refuses leaves no trace. */
    void write(T element) {
        codec.encode(element, data, 0);
        Atomics.putByte(slot, CONSUMED_OFFSET, (byte) 0);
        // S1, pairs with the acquire-load in claim(). Earlier, and a half-written element could be taken.
        Atomics.setByteRelease(slot, READY_OFFSET, (byte) 1);
        changes.advance();
    }

    /** Takes an element that is on offer; false when there is none. */
    boolean claim() {
        // S1, pairs with the release-store in write(): the data is complete.
        return changeFlags(OFFERED, TAKEN);
    }

    /** The claimed element. */
    T read() {
        return codec.decode(data, 0);
    }

    /** Frees the slot of a claimed element. */
    void finish() {
        // S2, pairs with the acquire-load in isReady() of the sender: the element was read before it is overwritten.
        Atomics.setByteRelease(slot, READY_OFFSET, (byte) 0);
        changes.advance();
    }

    /** Whether the sender has to keep off the data. */
    boolean isReady() {
        return (flags() & READY) != 0;
    }

    /** Whether the element that was written last has been taken. */
    boolean isTaken() {
        return (flags() & CONSUMED) != 0;
    }

    /** Whether an element waits to be taken. */
    boolean isOffered() {
        return (Atomics.getIntAcquire(slot, FLAGS_OFFSET) & FLAGS_MASK) == OFFERED;
    }

    /** Changes (1, 0) to (0, 0). */
    boolean takeBack() {
        return changeFlags(OFFERED, 0);
    }

    /** Changes (0, 0) to (1, 0). */
    boolean offerAgain() {
        return changeFlags(0, OFFERED);
    }

    String describe() {
        return blocks.describe();
    }

    String segmentName() {
        return blocks.segment().name();
    }

    String name() {
        return blocks.name();
    }

    /** The word of the flags, which are 0 or 1 each. */
    private int flags() {
        int word = Atomics.getIntAcquire(slot, FLAGS_OFFSET);
        if ((word & FLAGS_MASK & ~TAKEN) != 0) {
            throw damaged(word);
        }
        return word;
    }

    /**
     * Changes both flags at once, if they are as expected. The other two bytes of the word are data or nothing: they are
     * stored back as they are, and do not change meanwhile, as the sender is the only one to change them (I1) and either
     * calls this itself or has offered them.
     */
    private boolean changeFlags(int expected, int changed) {
        for (int i = 0; i < CHANGES_MAX; i++) {
            int word = flags();
            if ((word & FLAGS_MASK) != expected) {
                return false;
            }
            if (Atomics.compareAndSetInt(slot, FLAGS_OFFSET, word, (word & ~FLAGS_MASK) | changed)) {
                changes.advance();
                return true;
            }
        }
        throw damaged(flags());
    }

    private ZeroIpcException damaged(int word) {
        return new ZeroIpcException("slot of an unbuffered channel is damaged: " + describe() + ", ready="
                + (word & 0xFF) + ", consumed=" + (word >>> 8 & 0xFF)
                + " (expected: 0 or 1 each, and one sender and one receiver that change them; another program writes"
                + " here, or there are two on the same side)");
    }
}
