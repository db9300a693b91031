package io.zeroipc.sync;

import java.lang.foreign.MemorySegment;

import org.jspecify.annotations.Nullable;

import io.zeroipc.OwnerDiedException;
import io.zeroipc.StructureBusyException;
import io.zeroipc.format.MutexDescriptor;
import io.zeroipc.format.SemaphoreDescriptor;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.Claims;
import io.zeroipc.segment.Lane;
import io.zeroipc.wait.Deadline;

/**
 * A mutex in sixteen bytes, alone or as a part of something: an {@link OwnedLock} that keeps the mapping through which it was taken
 * until it is given back, and tells who takes it after its holder died. Thread-safe. All but {@link #forgive} is to be called in a
 * lane.
 */
final class MutexCell {

    private final MemorySegment memory;
    private final Attachment attachment;
    private final Blocks blocks;
    private final long offset;
    private final OwnedLock lock;
    private final Holder holder;
    private final Holder.Hold hold;

    private MutexCell(Blocks blocks, Block block, Runnable beforeUnlocking) {
        this.memory = block.memory();
        this.attachment = blocks.attachment();
        this.blocks = blocks;
        this.offset = block.offset();
        this.lock = new OwnedLock(block, attachment, true);
        attachment.recoverer(LockRecoverer.class, block, () -> LockRecoverer.of(memory, beforeUnlocking));
        this.holder = blocks.shared(Holder.class, block, Holder::new);
        this.hold = attachment.keeper(Holder.Hold.class, block, () -> holder.new Hold(memory));
    }

    /** The mutex in the block of this suffix, checked. */
    static MutexCell of(Blocks blocks, String suffix) {
        return of(blocks, suffix, () -> {
            // Nothing else belongs to it.
        });
    }

    /**
     * As {@link #of(Blocks, String)}.
     *
     * @param beforeUnlocking what is to be put back before it is unlocked for a dead holder; perhaps more than once
     */
    static MutexCell of(Blocks blocks, String suffix, Runnable beforeUnlocking) {
        return new MutexCell(blocks, require(blocks, suffix), beforeUnlocking);
    }

    /** The block of a mutex, checked. */
    static Block require(Blocks blocks, String suffix) {
        Block block = blocks.require(suffix);
        if (MutexDescriptor.isUnfinished(block.memory())) {
            throw blocks.notReady("mutex is not formatted: entry=" + block.entryName());
        }
        blocks.requireSound(MutexDescriptor.check(block.memory()), ", entry=" + block.entryName());
        return block;
    }

    /**
     * Takes it if nobody has it.
     *
     * @throws OwnerDiedException when a holder has died with it, and nobody has made whole what it protects; it is not taken
     */
    boolean tryTake(Lane lane) {
        if (!lock.tryTake(lane)) {
            return false;
        }
        holder.begin(hold);
        requireWhole(lane);
        return true;
    }

    /**
     * Takes it, waiting for it until the deadline; false when somebody had it all the time.
     *
     * @throws OwnerDiedException as {@link #tryTake}
     */
    boolean take(Lane lane, Deadline deadline) throws InterruptedException {
        if (!takeAnyhow(lane, deadline)) {
            return false;
        }
        requireWhole(lane);
        return true;
    }

    /** As {@link #take}, also when what it protects is not whole. */
    boolean takeAnyhow(Lane lane, Deadline deadline) throws InterruptedException {
        if (!lock.take(lane, deadline)) {
            return false;
        }
        holder.begin(hold);
        return true;
    }

    /** Who died with it, for people, when nobody has made whole what it protects; else null. */
    @Nullable
    String died() {
        Claims claims = attachment.claims();
        return claims.isAnyDied() ? claims.died(offset) : null;
    }

    private void makeWhole() {
        attachment.claims().makeWhole(offset);
    }

    /** Runs a repair of what it protects, which the caller holds, and gives it back by {@code unlock}; in no lane. */
    void repair(Runnable repair, Runnable unlock) {
        try {
            repair.run();
            try (Lane _ = attachment.enterToEnd()) {
                makeWhole();
            }
        } finally {
            unlock.run();
        }
    }

    private void requireWhole(Lane lane) {
        String died = died();
        if (died != null) {
            give(lane);
            throw ownerDied(died);
        }
    }

    /** What to throw when a holder has died. */
    OwnerDiedException ownerDied(String who) {
        return new OwnerDiedException(
                "a process died while it held the lock, and may have left what that protects half changed: "
                        + blocks.describe() + ", died=" + who
                        + " (repair(...) locks it all the same; what it runs makes the data"
                        + " whole, or finds that it is)",
                blocks.segment().name(), blocks.name());
    }

    /** Gives it back, whoever took it; false when nobody has it. */
    boolean give(Lane lane) {
        // First: from the next step on it is another's, who writes there, too.
        holder.end();
        if (!lock.give(lane)) {
            return false;
        }
        attachment.tellLingering();
        return true;
    }

    /** See {@link SharedMutex#breakLock}. */
    boolean breakLock(Lane lane) {
        if (!isTaken()) {
            return false;
        }
        // After the look: whoever held it then had announced that before.
        if (attachment.mayBeAnnounced(offset, LockRecoverer::isHolder)) {
            throw new StructureBusyException("lock may be a live participant's: " + blocks.describe()
                    + " (it unlocks that itself; if this process takes no part, open the segment with recovery)",
                    blocks.segment().name(), blocks.name());
        }
        return give(lane);
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
        return Math.max(0, SemaphoreDescriptor.waiting(memory));
    }
}
