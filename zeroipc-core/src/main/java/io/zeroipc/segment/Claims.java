package io.zeroipc.segment;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongPredicate;

import org.jspecify.annotations.Nullable;

import io.zeroipc.format.ClaimWord;
import io.zeroipc.format.ParticipantsDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.os.Words;

import static io.zeroipc.format.ParticipantsDescriptor.CELLS_PER_RECORD;
import static io.zeroipc.format.ParticipantsDescriptor.CELL_BLOCK;
import static io.zeroipc.format.ParticipantsDescriptor.CELL_CLAIM;
import static io.zeroipc.format.ParticipantsDescriptor.cell;

/**
 * Where the threads of this process announce what they are about to take in a segment, and say what they hold, so that others can
 * end it if this process dies: {@code docs/format/participants.md}. Thread-safe.
 *
 * <p>
 * The order of a claim: {@link #announce}, the compare-and-set that makes it (which releases), {@link #set} to what says that it
 * was made, and {@link #clear} after the store that ends it. A cell may be cleared by another thread than its owner's.
 *
 * <p>
 * Where this process takes no part, every cell is {@link #NO_CELL}, and nothing is announced.
 */
public final class Claims {

    /** Of a claim that is not announced. */
    public static final int NO_CELL = 0;
    /** Cells have numbers of so many bits. */
    public static final int CELL_BITS = 13;
    private static final int CELL_MASK = (1 << CELL_BITS) - 1;

    /** Of the file with the cells; without bytes where there is none. */
    private final MemorySegment memory;
    private final @Nullable Participants participants;
    /** The same: it stays mapped as long as this JVM uses the segment, so it is there in every operation. */
    private final Words words;

    Claims(@Nullable Participants participants) {
        this.participants = participants;
        this.memory = participants == null ? MemorySegment.NULL : participants.memory();
        this.words = participants == null ? new Words(memory) : participants.words();
    }

    /**
     * Announces a claim in a free cell of the lane's record.
     *
     * @param lane the one of the running operation
     * @param block offset of the structure's block in the segment
     * @param claim a {@link ClaimWord} that says what is about to be done
     * @return the cell; {@link #NO_CELL} when there is none
     */
    public int announce(Lane lane, long block, long claim) {
        int first = lane.firstCell();
        // Nobody else takes cells of this record; others only free them.
        if (first != NO_CELL && isFree(first)) {
            fill(first, block, claim);
            return first;
        }
        return participants == null ? NO_CELL : announce(participants, lane, block, claim);
    }

    /**
     * As {@link #announce}, of something that is held for long, and not by one thread: in no lane's record, so that these stay free.
     */
    public int announceForLong(long block, long claim) {
        return participants == null ? NO_CELL : participants.announceBeyond(block, claim);
    }

    /** As {@link #announce}, for a lock; see {@link Remains#proof}. */
    public int announceLock(Lane lane, long block, long claim) {
        return announce(lane, NO_CELL, block, claim, ParticipantsDescriptor.lockBit(block));
    }

    /**
     * As {@link #announceLock(Lane, long, long)}, of one of many parts of a structure, each of which passes from one to the other
     * and back.
     *
     * @param cell that this operation has already, which says nothing else from now on; else {@link #NO_CELL}
     * @param claim of this one position
     */
    public int announcePart(Lane lane, int cell, long block, long claim) {
        return announce(lane, cell, block, claim,
                ParticipantsDescriptor.lockBit(block, ClaimWord.position(claim)));
    }

    private int announce(Lane lane, int known, long block, long claim, long bit) {
        int first = lane.firstCell();
        // Small, so that it becomes a part of its callers.
        if (first != NO_CELL && (known == first || (known == NO_CELL && isFree(first)))) {
            fill(first, block, claim);
            addLockBit(first, bit);
            return first;
        }
        return participants == null ? NO_CELL : announceElsewhere(participants, lane, known, block, claim, bit);
    }

    private int announceElsewhere(Participants present, Lane lane, int known, long block, long claim, long bit) {
        int cell = known;
        if (cell == NO_CELL) {
            cell = announce(present, lane, block, claim);
        } else {
            set(cell, claim);
        }
        if (cell == NO_CELL) {
            return NO_CELL;
        }
        if (lane.record() == cell / CELLS_PER_RECORD && !lane.isShared()) {
            addLockBit(cell, bit);
        } else {
            Atomics.getAndOrLong(memory, ParticipantsDescriptor.record(cell / CELLS_PER_RECORD)
                    + ParticipantsDescriptor.RECORD_LOCKS, bit);
        }
        return cell;
    }

    /** In a record of ours alone. After the claim, and before what it is about is taken. */
    private void addLockBit(int cell, long bit) {
        long locks = ParticipantsDescriptor.record(cell / CELLS_PER_RECORD) + ParticipantsDescriptor.RECORD_LOCKS;
        // Stored also when it is set already: whoever recovers may be clearing it, and the load could come before that and before
        // the claim.
        words.setLongRelease(locks, words.getLong(locks) | bit);
    }

    /**
     * Says something else in one cell of this process that says something of this kind: of this lane's record if there is one, else
     * of another one's, since a thread may end what another one has begun.
     *
     * @return the cell; {@link #NO_CELL} when there is none
     */
    public int change(Lane lane, long block, int kind, long changed) {
        int record = lane.record();
        for (int i = 1; record > 0 && i < CELLS_PER_RECORD; i++) {
            int cell = record * CELLS_PER_RECORD + i;
            if (holdsKind(cell, block, kind)
                    && changeFrom(cell, Atomics.getLongAcquire(memory, cell(cell) + CELL_CLAIM), kind, changed)) {
                return cell;
            }
        }
        int[] found = {NO_CELL};
        forEachCell(block, (cell, claim) -> {
            if (found[0] == NO_CELL && participants != null && participants.owns(cell / CELLS_PER_RECORD)
                    && changeFrom(cell, claim, kind, changed)) {
                found[0] = cell;
            }
        });
        return found[0];
    }

    /** By compare-and-set, as several threads may look for one, and each must find its own. */
    private boolean changeFrom(int cell, long claim, int kind, long changed) {
        return ClaimWord.kind(claim) == kind
                && Atomics.compareAndSetLong(memory, cell(cell) + CELL_CLAIM, claim, changed);
    }

    /** Whether a cell, which may be any number, says something of this kind. */
    public boolean holdsKind(int cell, long block, int kind) {
        return isCell(cell) && ClaimWord.kind(words.getLongAcquire(at(cell) + CELL_CLAIM)) == kind
                && words.getLong(at(cell) + CELL_BLOCK) == block;
    }

    /**
     * Clears what says that somebody has a lock, whoever that is. For who is about to unlock what another one has locked, in this or
     * another process: if that dies, nobody must take the lock for his.
     */
    public void revoke(long block) {
        revoke(block, Integer.MAX_VALUE);
    }

    /** As {@link #revoke(long)}, of at most so many: for a lock that several hold together. */
    public void revoke(long block, int most) {
        if (participants == null) {
            return;
        }
        int[] left = {most};
        forEachCell(block, (cell, claim) -> {
            // By compare-and-set, as its owner may be unlocking himself at this moment.
            if (left[0] > 0 && ClaimWord.kind(claim) == ClaimWord.LOCKED
                    && Atomics.compareAndSetLong(memory, cell(cell) + CELL_CLAIM, claim, ClaimWord.NONE)) {
                left[0]--;
            }
        });
    }

    /** Whether a participant has died with some lock, and nobody has said that what it protects is whole: one load. */
    public boolean isAnyDied() {
        return participants != null && words.getIntAcquire(ParticipantsDescriptor.DIED_OFFSET) > 0;
    }

    /** Who died with the lock of this block, for people; null when nobody has, or somebody has said that all is whole again. */
    public @Nullable String died(long block) {
        return diedWith(block, _ -> true);
    }

    /** Who died while he changed a part of this block, for people; null when nobody has. */
    public @Nullable String died(long block, int part) {
        return isAnyDied() ? diedWith(block, claim -> ClaimWord.position(claim) == part) : null;
    }

    private @Nullable String diedWith(long block, LongPredicate part) {
        AtomicReference<@Nullable String> found = new AtomicReference<>();
        forEachCell(block, (cell, claim) -> {
            if (isDied(claim) && part.test(claim)) {
                found.set(ownerOf(cell));
            }
        });
        return found.get();
    }

    /**
     * What a dead one had of a part, and has left half changed, is the caller's, who has announced it and will make it whole.
     *
     * @return false when it is not there any more: another one was faster
     */
    public boolean takeOver(long block, int part) {
        boolean[] taken = {false};
        forEachCell(block, (cell, claim) -> {
            if (!taken[0] && ClaimWord.kind(claim) == ClaimWord.DIED && ClaimWord.position(claim) == part
                    && Atomics.compareAndSetLong(memory, cell(cell) + CELL_CLAIM, claim, ClaimWord.NONE)) {
                Atomics.getAndAddInt(memory, ParticipantsDescriptor.DIED_OFFSET, -1);
                taken[0] = true;
            }
        });
        return taken[0];
    }

    /**
     * Forgets what anybody has said of this block. For who makes it anew while nobody uses it: within
     * {@link Attachment#withoutRecovery}.
     */
    public void forget(long block) {
        forEachCell(block, (cell, claim) -> {
            if (Atomics.compareAndSetLong(memory, cell(cell) + CELL_CLAIM, claim, ClaimWord.NONE) && isDied(claim)) {
                Atomics.getAndAddInt(memory, ParticipantsDescriptor.DIED_OFFSET, -1);
            }
        });
    }

    /** What the lock of this block protects is whole again. To be called by its holder. */
    public void makeWhole(long block) {
        forEachCell(block, (cell, claim) -> {
            if (isDied(claim)
                    && Atomics.compareAndSetLong(memory, cell(cell) + CELL_CLAIM, claim, ClaimWord.NONE)) {
                Atomics.getAndAddInt(memory, ParticipantsDescriptor.DIED_OFFSET, -1);
            }
        });
    }

    private static boolean isDied(long claim) {
        return ClaimWord.kind(claim) == ClaimWord.DIED || ClaimWord.kind(claim) == ClaimWord.DYING;
    }

    private String ownerOf(int cell) {
        int row = ParticipantsDescriptor.participantOf(Atomics.getLongAcquire(memory,
                ParticipantsDescriptor.record(cell / CELLS_PER_RECORD) + ParticipantsDescriptor.RECORD_OWNER));
        if (row < 0 || row >= ParticipantsDescriptor.PARTICIPANTS) {
            return "unknown";
        }
        long offset = ParticipantsDescriptor.participant(row);
        return "pid=" + Atomics.getLong(memory, offset + ParticipantsDescriptor.PARTICIPANT_PID) + ", name="
                + ParticipantsDescriptor.name(memory, offset + ParticipantsDescriptor.PARTICIPANT_NAME);
    }

    /** Whether a cell says something like this, of whomever, alive or dead; false where this process cannot see that. */
    public boolean isSaid(long block, LongPredicate condition) {
        boolean[] found = {false};
        forEachCell(block, (_, claim) -> found[0] |= condition.test(claim));
        return found[0];
    }

    private interface CellVisitor {

        void visit(int cell, long claim);
    }

    private void forEachCell(long block, CellVisitor visitor) {
        if (participants == null) {
            return;
        }
        int end = ParticipantsDescriptor.recordsTop(memory) * CELLS_PER_RECORD;
        for (int cell = CELLS_PER_RECORD; cell < end; cell++) {
            if (cell % CELLS_PER_RECORD != 0) {
                long claim = Atomics.getLongAcquire(memory, cell(cell) + CELL_CLAIM);
                // The block of a later claim, perhaps: then the one that was read is over, which is seen from here on.
                if (claim != ClaimWord.NONE && Atomics.getLongAcquire(memory, cell(cell) + CELL_BLOCK) == block) {
                    visitor.visit(cell, claim);
                }
            }
        }
    }

    /** The cell says something else from now on; what was done before is visible to whoever sees that. */
    public void set(int cell, long claim) {
        if (cell != NO_CELL) {
            // Pairs with the acquire-load of whoever recovers.
            words.setLongRelease(at(cell) + CELL_CLAIM, claim);
        }
    }

    /** The cell says nothing from now on, and may be used for the next claim. */
    public void clear(int cell) {
        set(cell, ClaimWord.NONE);
    }

    /** Whether a cell, which may be any number, says just this. */
    public boolean holds(int cell, long block, long claim) {
        return isCell(cell) && words.getLongAcquire(at(cell) + CELL_CLAIM) == claim
                && words.getLong(at(cell) + CELL_BLOCK) == block;
    }

    private boolean isCell(int cell) {
        return cell > 0 && cell < ParticipantsDescriptor.RECORDS * CELLS_PER_RECORD && participants != null;
    }

    /** Not the first cell of the record, or no record yet, or one that several threads share. */
    private int announce(Participants present, Lane lane, long block, long claim) {
        int record = lane.record() == Lane.NO_RECORD_YET ? present.recordOf(lane) : lane.record();
        if (record > 0) {
            for (int i = 1; i < CELLS_PER_RECORD; i++) {
                int number = record * CELLS_PER_RECORD + i;
                if (lane.isShared()
                        ? Atomics.compareAndSetLong(memory, cell(number) + CELL_CLAIM, ClaimWord.NONE,
                                ClaimWord.of(ClaimWord.RESERVED))
                        : Atomics.getLong(memory, cell(number) + CELL_CLAIM) == ClaimWord.NONE) {
                    fill(number, block, claim);
                    return number;
                }
            }
        }
        return present.announceBeyond(block, claim);
    }

    private boolean isFree(int cell) {
        return words.getLong(at(cell) + CELL_CLAIM) == ClaimWord.NONE;
    }

    private void fill(int cell, long block, long claim) {
        fill(words, cell, block, claim);
    }

    /** Says a claim in a cell that is ours. */
    static void fill(Words words, int cell, long block, long claim) {
        // The line is ours: a load of it costs less than another store, and a thread stays with a structure for a while.
        if (words.getLong(at(cell) + CELL_BLOCK) != block) {
            // After what ended the claim that stood here, and the store that cleared it: whoever recovers, reads that one still and
            // finds this block, sees it ended. Pairs with the acquire-load of the block there.
            words.setLongRelease(at(cell) + CELL_BLOCK, block);
        }
        // After the block, and before the claim itself is made, which releases: whoever finds the claim made finds this.
        words.setLongRelease(at(cell) + CELL_CLAIM, claim);
    }

    /** Where a cell begins: in the file, whatever the number is, which users hand in as a part of their claims. */
    private static long at(int cell) {
        return cell(cell & CELL_MASK);
    }
}
