package io.zeroipc.sync;

import java.lang.foreign.MemorySegment;

import io.zeroipc.format.MutexDescriptor;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.wait.Deadline;

/**
 * A mutex in sixteen bytes, alone or as a part of something: a {@link PermitCell} of one permit that keeps the mapping through
 * which it was taken until it is given back. Thread-safe. All but {@link #forgive} is to be called in a lane.
 */
final class MutexCell {

    private final MemorySegment memory;
    private final Attachment attachment;
    private final PermitCell permit;
    private final Holder holder;
    private final Holder.Hold hold;

    private MutexCell(Blocks blocks, Block block) {
        this.memory = block.memory();
        this.attachment = blocks.attachment();
        this.permit = new PermitCell(memory, attachment);
        this.holder = blocks.shared(Holder.class, block, Holder::new);
        this.hold = attachment.keeper(Holder.Hold.class, block, () -> holder.new Hold(memory));
    }

    /** The mutex in the block of this suffix, checked. */
    static MutexCell of(Blocks blocks, String suffix) {
        Block block = blocks.require(suffix);
        MemorySegment memory = block.memory();
        if (MutexDescriptor.isUnfinished(memory)) {
            throw blocks.notReady("mutex is not formatted: entry=" + block.entryName());
        }
        blocks.requireSound(MutexDescriptor.check(memory), ", entry=" + block.entryName());
        return new MutexCell(blocks, block);
    }

    /** Takes it if nobody has it. */
    boolean tryTake() {
        if (!PermitCell.tryTake(memory)) {
            return false;
        }
        holder.begin(hold);
        return true;
    }

    /** Takes it, waiting for it until the deadline; false when somebody had it all the time. */
    boolean take(Deadline deadline) throws InterruptedException {
        if (tryTake()) {
            return true;
        }
        if (!permit.take(deadline)) {
            return false;
        }
        holder.begin(hold);
        return true;
    }

    /** Gives it back, whoever took it; false when nobody has it. */
    boolean give() {
        // First: from the next step on it is another's, who writes there, too.
        holder.end();
        if (!PermitCell.give(memory, 1)) {
            return false;
        }
        attachment.tellLingering();
        return true;
    }

    /** Takes it and gives it back in one step; false when somebody has it. */
    boolean pass() {
        return permit.pass();
    }

    /** See {@link Holder.Hold#lose}. */
    void lose() {
        hold.lose();
    }

    /** See {@link Holder.Hold#hasLost}. */
    boolean hasLost() {
        return hold.hasLost();
    }

    /** See {@link Holder.Hold#forgive}. */
    boolean forgive() {
        return hold.forgive();
    }

    boolean isTaken() {
        return MutexDescriptor.isLocked(memory);
    }

    /** How many wait, those of killed processes included. */
    int waiting() {
        return permit.waiting();
    }
}
