package io.zeroipc.flow;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import io.zeroipc.memory.Atomics;
import io.zeroipc.os.ProcessIdentity;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.Pending;
import io.zeroipc.segment.Role;
import io.zeroipc.wait.Deadline;
import io.zeroipc.wait.WaitStrategy;

/**
 * The word that says whether something is not computed, being computed, done or failed, in a future and in a lazy value; who
 * is computing; and what becomes of it when that process dies. Thread-safe.
 *
 * <p>
 * Overview: the word is changed from not computed to computing by compare-and-set, as in C++. A process of this library takes
 * role 0 of the block before that, and leaves a mark in bytes that nobody else uses after it.
 *
 * <p>
 * Invariants. I1: only who made it computing changes it further, or, by compare-and-set and with the role, somebody who found
 * that process dead. I2: computing, the mark, and a free role together mean that the process died: the mark is only ever set
 * by who made it computing, and the role is given back after the word has changed and the mark is gone. C++ sets no mark, so a
 * slow C++ process is never taken for a dead one.
 *
 * <p>
 * Ordering. S1: the release-store of done or failed pairs with the acquire-load of the word: who sees it sees the result. S2:
 * the compare-and-set back to not computed pairs with the next one to computing.
 */
final class Computation {

    static final int NOT_COMPUTED = 0;
    static final int COMPUTING = 1;
    static final int DONE = 2;
    static final int FAILED = 3;

    private static final int ROLE = 0;
    private static final long STATE_OFFSET = 0;
    /** How often a waiting thread asks the kernel whether the process that computes is alive. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Blocks blocks;
    private final Block block;
    private final MemorySegment memory;
    private final Attachment attachment;
    private final Mark mark;

    Computation(Blocks blocks, Block block, Mark mark) {
        this.blocks = blocks;
        this.block = block;
        this.memory = block.memory();
        this.attachment = blocks.attachment();
        this.mark = mark;
    }

    /** Where a structure says who is computing, and what it does when that process died. */
    interface Mark {

        void set(long pid);

        void clear();

        boolean isSet();

        /** Writes down that the process died, and stays set. What the word is to be from now on. */
        int died();

        /** The word says that the process died. */
        void afterDeath();
    }

    int state() {
        // S1, pairs with finish(): the result is visible to who sees that it is there.
        return Atomics.getIntAcquire(memory, STATE_OFFSET);
    }

    /**
     * Claims the right to compute; null when it is not free.
     *
     * @param again whether a failed computation may be tried again
     */
    @Nullable
    Claim tryClaim(boolean again) {
        attachment.ensureWritable();
        int before = state();
        if (before != NOT_COMPUTED && !(again && before == FAILED)) {
            return null;
        }
        Role role = blocks.tryClaimRole(block, ROLE);
        if (role == null) {
            return null;
        }
        Claim claim = new Claim(role, before);
        return claim.begin() ? claim : null;
    }

    /**
     * Waits until it is done or failed, or the deadline comes; finds out meanwhile whether the process that computes died.
     *
     * @return the word; it may be not computed again
     */
    int await(Deadline deadline, @Nullable WaitStrategy strategy) throws InterruptedException {
        long look = Deadline.nanosAfter(LOOK_NANOS);
        int attempts = 0;
        while (true) {
            int now = state();
            if (now == DONE || now == FAILED) {
                return now;
            }
            boolean expired = deadline.expired();
            if (expired || Deadline.isPast(look)) {
                look = Deadline.nanosAfter(LOOK_NANOS);
                if (settleTheDead()) {
                    return state();
                }
            }
            if (expired) {
                return state();
            }
            attempts = strategy == null ? attachment.pause(attempts) : attachment.pause(strategy, attempts);
        }
    }

    /** Whether the process that was computing is dead; if so, the word says it from now on. */
    boolean settleTheDead() {
        if (state() != COMPUTING || !mark.isSet() || attachment.isReadOnly()
                || blocks.isRoleHeld(block, ROLE)) {
            return false;
        }
        Role role = blocks.tryClaimRole(block, ROLE);
        if (role == null) {
            return false;
        }
        try (role) {
            // I2: we hold the role, so nobody of this library is computing now.
            if (state() != COMPUTING || !mark.isSet()) {
                return false;
            }
            // S1: what died() wrote is visible to who sees the word.
            Atomics.setIntRelease(memory, STATE_OFFSET, mark.died());
            mark.afterDeath();
            return true;
        }
    }

    /** The right to compute. Thread-safe; it ends once, whoever ends it. */
    final class Claim {

        private final Role role;
        private final int before;
        private boolean taken;
        private @Nullable Pending pending;

        Claim(Role role, int before) {
            this.role = role;
            this.before = before;
        }

        private boolean begin() {
            pending = Pending.begin(attachment, this::take, this::undo);
            if (!taken) {
                pending.settle();
                role.close();
            }
            return taken;
        }

        private void take() {
            // S2, pairs with undo() and settleTheDead().
            taken = Atomics.compareAndSetInt(memory, STATE_OFFSET, before, COMPUTING);
            if (taken) {
                // Whoever copies a result while we write another one sees that the word has changed: see SharedLazy.
                Atomics.storeStoreFence();
                mark.set(ProcessIdentity.current().pid());
            }
        }

        private void undo() {
            if (taken) {
                Atomics.compareAndSetInt(memory, STATE_OFFSET, COMPUTING, NOT_COMPUTED);
                mark.clear();
            }
        }

        /**
         * Writes the result and says that it is there.
         *
         * @param state what the word becomes
         * @throws IllegalStateException when the segment was closed meanwhile, or the claim has ended before
         */
        void finish(int state, Runnable result) {
            attachment.ensureWritable();
            Pending mine = pending;
            boolean settled = mine != null && mine.settle(() -> {
                result.run();
                // S1, pairs with state().
                Atomics.setIntRelease(memory, STATE_OFFSET, state);
                mark.clear();
            });
            if (!settled) {
                attachment.ensureWritable();
                throw new IllegalStateException("claim has ended: segment=" + blocks.segment().name() + ", name="
                        + blocks.name() + " (it ends with the first value, failure or close)");
            }
            role.close();
        }

        /** Gives the right back: it is as if nobody had claimed it. Without effect when the claim has ended. */
        void giveBack() {
            Pending mine = pending;
            if (mine != null) {
                mine.close();
            }
            role.close();
        }
    }
}
