package io.zeroipc.flow;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import io.zeroipc.memory.Atomics;
import io.zeroipc.os.ProcessIdentity;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.EventCount;
import io.zeroipc.segment.Lane;
import io.zeroipc.segment.Role;
import io.zeroipc.wait.Deadline;
import io.zeroipc.wait.Pauses;
import io.zeroipc.wait.WaitStrategy;

/**
 * The word that says whether something is not computed, being computed, done or failed, in a future and in a lazy value; who
 * is computing; and what becomes of it when that process dies. Thread-safe. Callers are inside a lane.
 *
 * <p>
 * Overview: the word is changed from not computed to computing by compare-and-set, as in C++. A process of this library takes
 * role 0 of the block and leaves a mark in bytes that nobody else uses, both before that.
 *
 * <p>
 * Invariants. I1: only who made it computing changes it further, or, by compare-and-set and with the role, somebody who found
 * that process dead. I2: the mark is only ever set by the holder of the role, before the word changes, and taken away after the
 * word has changed again; the role is given back last. So computing, the mark, and a free role together mean that a process of
 * this library died. C++ sets no mark, so a slow C++ process is not taken for a dead one.
 *
 * <p>
 * Windows. A process that dies between the mark and the word leaves a mark without a computation: the next claimant, or whoever
 * waits, takes it away. If C++ makes the word computing before that, and is stopped between its own two stores while somebody
 * looks, it is taken for dead; that is the price of finding out all others. Computing without a mark is a process of another
 * language: whether it lives, these bytes do not tell, and {@link #abandon} is for people who know.
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
    /**
     * How long a claimant tries to take the role while nobody is computing: without native access whoever looks whether the role
     * is free has it for that moment. Others who claim have made the word computing by then.
     */
    private static final long ROLE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Blocks blocks;
    private final Block block;
    private final MemorySegment memory;
    private final Attachment attachment;
    private final EventCount changes;
    private final Mark mark;

    Computation(Blocks blocks, Block block, Mark mark) {
        this.blocks = blocks;
        this.block = block;
        this.memory = block.memory();
        this.attachment = blocks.attachment();
        this.changes = attachment.arrivals(block, this::state);
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

    /** Where to wait for its end. */
    EventCount changes() {
        return changes;
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
        long deadline = 0;
        int attempts = 0;
        while (true) {
            int before = state();
            if (before == COMPUTING && settleTheDead()) {
                before = state();
            }
            if (before != NOT_COMPUTED && !(again && before == FAILED)) {
                return null;
            }
            Role role = blocks.tryClaimRole(block, ROLE);
            if (role != null) {
                return begin(role, before);
            }
            if (deadline == 0) {
                deadline = Deadline.nanosAfter(ROLE_NANOS);
            } else if (Deadline.isPast(deadline)) {
                return null;
            }
            attempts = Pauses.keepingInterrupt(WaitStrategy.backoff(), attempts);
        }
    }

    private @Nullable Claim begin(Role role, int before) {
        boolean taken = false;
        try {
            // Whoever reads the text of a failure is not to read into the mark: see ErrorText.
            mark.set(ProcessIdentity.current().pid());
            // S2, pairs with giveBack() and settleTheDead().
            taken = Atomics.compareAndSetInt(memory, STATE_OFFSET, before, COMPUTING);
            if (!taken) {
                mark.clear();
                return null;
            }
            // Whoever copies a result while we write another one sees that the word has changed: see SharedLazy.
            Atomics.storeStoreFence();
            return new Claim(role);
        } finally {
            if (!taken) {
                role.close();
            }
        }
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
            attempts = strategy == null
                    ? changes.pause(deadline, attempts)
                    : changes.pause(strategy, deadline.remainingNanos(), attempts);
        }
    }

    /** Whether the process that was computing is dead; if so, the word says it from now on. */
    boolean settleTheDead() {
        return mark.isSet() && settle(false);
    }

    /**
     * Declares the process that is computing dead, which the bytes do not tell; false when nobody is computing, or a living
     * process of this library is.
     */
    boolean abandon() {
        return settle(true);
    }

    private boolean settle(boolean withoutMark) {
        int seen = state();
        if (attachment.isReadOnly() || (seen != COMPUTING && seen != NOT_COMPUTED) || blocks.isRoleHeld(block, ROLE)) {
            return false;
        }
        Role role = blocks.tryClaimRole(block, ROLE);
        if (role == null) {
            return false;
        }
        try (role) {
            // I2: we hold the role, so nobody of this library is computing now.
            if (state() != COMPUTING) {
                if (state() == NOT_COMPUTED && mark.isSet()) {
                    // Died before the word changed.
                    mark.clear();
                }
                return false;
            }
            if (!withoutMark && !mark.isSet()) {
                return false;
            }
            // S1: what died() wrote is visible to who sees the word. A compare-and-set, as C++ may be faster after all.
            boolean settled = Atomics.compareAndSetInt(memory, STATE_OFFSET, COMPUTING, mark.died());
            mark.afterDeath();
            changes.advance();
            return settled;
        }
    }

    /** The right to compute. Thread-safe; it ends once, whoever ends it, also when the segment is being closed. */
    final class Claim {

        private final Role role;
        private boolean over;

        private Claim(Role role) {
            this.role = role;
        }

        /**
         * Writes the result and says that it is there.
         *
         * @param state what the word becomes
         * @throws IllegalStateException when the claim has ended before
         */
        synchronized void finish(int state, Runnable result) {
            if (over) {
                throw new IllegalStateException(
                        "claim has ended: " + blocks.describe() + " (it ends with the first value, failure or close)");
            }
            // The role's lane is for one thread at a time, and this monitor sees to that.
            try (Lane _ = role.lane().enterToEnd()) {
                result.run();
                // S1, pairs with state().
                Atomics.setIntRelease(memory, STATE_OFFSET, state);
                changes.advance();
                end();
            }
            role.close();
        }

        /** Gives the right back: it is as if nobody had claimed it. Without effect when the claim has ended. */
        synchronized void giveBack() {
            if (over) {
                return;
            }
            if (attachment.isDetached()) {
                // The bytes may be gone; who still sees them is on his own.
                over = true;
            } else {
                try (Lane _ = role.lane().enterToEnd()) {
                    // S2, pairs with begin().
                    Atomics.compareAndSetInt(memory, STATE_OFFSET, COMPUTING, NOT_COMPUTED);
                    changes.advance();
                    end();
                }
            }
            role.close();
        }

        private void end() {
            over = true;
            mark.clear();
        }
    }
}
