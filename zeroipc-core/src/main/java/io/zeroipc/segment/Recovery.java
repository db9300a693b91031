package io.zeroipc.segment;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongPredicate;

import org.jspecify.annotations.Nullable;

import io.zeroipc.format.ClaimWord;
import io.zeroipc.format.ParticipantsDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.os.FileIdentity;
import io.zeroipc.os.FileLocks;
import io.zeroipc.os.FileMappers;
import io.zeroipc.os.PidNamespace;
import io.zeroipc.os.ProcessIdentity;
import io.zeroipc.segment.Remains.DeadClaim;

import static io.zeroipc.format.ParticipantsDescriptor.CELLS_PER_RECORD;
import static io.zeroipc.format.ParticipantsDescriptor.CELL_BLOCK;
import static io.zeroipc.format.ParticipantsDescriptor.CELL_CLAIM;
import static io.zeroipc.format.ParticipantsDescriptor.DEAD;
import static io.zeroipc.format.ParticipantsDescriptor.FREE;
import static io.zeroipc.format.ParticipantsDescriptor.PARTICIPANT_STATE;
import static io.zeroipc.format.ParticipantsDescriptor.RECORD_OWNER;
import static io.zeroipc.format.ParticipantsDescriptor.cell;
import static io.zeroipc.format.ParticipantsDescriptor.epochOf;
import static io.zeroipc.format.ParticipantsDescriptor.participant;
import static io.zeroipc.format.ParticipantsDescriptor.record;
import static io.zeroipc.format.ParticipantsDescriptor.stateOf;

/**
 * Notices the death of participants of a segment, and has the structures mended that they have left in the middle of something.
 * One for all segments of this JVM that map the file. Thread-safe.
 *
 * <p>
 * Dead is whose user lock the kernel has freed, and nobody else: no time-out, and no number of a process alone. Where the lock
 * belongs to a process and not to a file description, it can get lost; then the process must be gone as well.
 *
 * <p>
 * One recoverer at a time, by a lock that the kernel frees when it dies. It may die between any two steps: what the dead have
 * announced stays in its cells until it is settled, and is found by the next one.
 */
final class Recovery {

    /** Waiting threads look no more often than this. */
    private static final long LOOK_INTERVAL_NANOS = 1_000_000;
    private static final long EXAMINE_INTERVAL_NANOS = 1_000_000_000;
    /** So long after somebody has opened the file he has mapped it, or will not. */
    private static final long SETTLED_NANOS = 1_000_000_000;
    /** So long, at least, somebody who announces nothing is believed to be there who was; some look so only because they are just coming. */
    private static final long FOREIGN_NANOS = 20_000_000;
    /** Asking that again and again takes at most this part of a processor's time. */
    private static final int FOREIGN_LOOKS_SHARE = 50;
    /** Looking for programs that wake nobody takes at most this part of a processor's time. */
    private static final long SILENT_LOOKS_SHARE = 500;

    private final Participants participants;
    private final MemorySegment memory;
    private final LiveView view;
    private final FileLocks locks;
    private final FileIdentity identity;
    private final List<Attachment> attachments = new CopyOnWriteArrayList<>();
    private final ReentrantLock looking = new ReentrantLock();
    private final Map<RecoveryOutcome, Long> outcomes = new EnumMap<>(RecoveryOutcome.class);
    private boolean undecided;
    /** Whether the memory may be gone: under the lock. */
    private boolean ended;
    /** When it was last looked whether the file is still where others find it: under the lock. */
    private long examinedAtNanos = System.nanoTime();
    private volatile @Nullable String problem;
    private volatile boolean allWake;
    /** Racy on purpose: two threads that both ask do no harm. */
    private volatile long foreignUntilNanos = System.nanoTime();
    private volatile boolean declinedHere;
    private volatile long openedAtNanos = System.nanoTime();
    /** These two are the watching thread's. */
    private long lookedForSilentAtNanos = System.nanoTime();
    private long silentInterval = SETTLED_NANOS;
    /** Racy on purpose: two threads that both look do no harm. */
    private long lookedAtNanos = System.nanoTime();

    Recovery(Participants participants, FileLocks locks, FileIdentity identity) {
        this.participants = participants;
        this.memory = participants.memory();
        this.view = new LiveView(memory, locks);
        this.locks = locks;
        this.identity = identity;
    }

    /**
     * Why others may not see what this process announces, though it takes part: the file was removed, or another one stands in its
     * place; null when all is well.
     */
    @Nullable
    String problem() {
        return problem;
    }

    /** The structures of this segment are mended from now on. */
    void add(Attachment attachment) {
        attachments.add(attachment);
    }

    void remove(Attachment attachment) {
        attachments.remove(attachment);
    }

    /** The file was changed, removed or replaced perhaps: those who wait look at it. Others find out as they always did. */
    void fileChanged() {
        attachments.forEach(Attachment::suspectFile);
    }

    /** Those who wait in this process look again, and whoever waits at the same structures. */
    void rouse() {
        attachments.forEach(Attachment::rouse);
    }

    /** {@link #look}, unless another thread is at it, or somebody has looked within the last millisecond. */
    void lookNowAndThen() {
        long now = System.nanoTime();
        if (now - lookedAtNanos >= LOOK_INTERVAL_NANOS) {
            tryLook();
        }
    }

    /** {@link #look}, unless another thread is at it. */
    void tryLook() {
        if (looking.tryLock()) {
            lookAndUnlock();
        }
    }

    /**
     * Hands over what the dead have left of one block, after waiting for a thread of this process that is at it. Does nothing when
     * another process is, or the file system has stopped to give locks.
     */
    void withRemains(long block, Consumer<Remains> action) {
        looking.lock();
        try {
            FileLocks.Held held = ended ? null : tryRecoveryLock();
            if (held == null) {
                return;
            }
            try {
                action.accept(new Remains(this, block,
                        claimsOfTheDead(block)));
                freeTheSettled();
            } finally {
                held.close();
            }
        } finally {
            looking.unlock();
        }
    }

    /** See {@link Participants#leaveBehind}. */
    boolean leaveBehind(List<Integer> cells) {
        return participants.leaveBehind(locks, cells);
    }

    private FileLocks.@Nullable Held tryRecoveryLock() {
        try {
            return locks.tryLock(LockPositions.RECOVERY);
        } catch (UncheckedIOException e) {
            return null;
        }
    }

    /**
     * Looks who has died, and mends what can be mended. Waits for a thread of this process that is at it, as that may have looked
     * before the death in question; does nothing when another process is.
     */
    void look() {
        looking.lock();
        lookAndUnlock();
    }

    private void lookAndUnlock() {
        try {
            if (ended) {
                return;
            }
            lookedAtNanos = System.nanoTime();
            if (lookedAtNanos - examinedAtNanos >= EXAMINE_INTERVAL_NANOS) {
                examinedAtNanos = lookedAtNanos;
                problem = participants.problem();
            }
            List<Integer> found = newlyDead();
            if (!found.isEmpty() || isAnyDead()) {
                FileLocks.Held held = locks.tryLock(LockPositions.RECOVERY);
                if (held != null) {
                    try {
                        found.forEach(this::declare);
                        noteDeaths();
                        mend();
                        // Whoever waited for what a dead one had.
                        rouse();
                    } finally {
                        held.close();
                    }
                }
            }
        } catch (UncheckedIOException | IllegalStateException e) {
            // The file system has stopped to give locks, or this file was closed meanwhile: without a proof nobody is dead.
        } catch (InternalError e) {
            // The file of participants has lost a page. Who merely looks, or waits, is not to fail by it.
            problem = participants.problem();
        } finally {
            looking.unlock();
        }
    }

    /**
     * Runs something during which nobody recovers, in any process; waits until nobody does. Recovering never waits.
     *
     * @param pause one turn of that wait
     */
    void exclude(Runnable action, Runnable pause) {
        looking.lock();
        try {
            FileLocks.Held held = locks.tryLock(LockPositions.RECOVERY);
            while (held == null) {
                pause.run();
                held = locks.tryLock(LockPositions.RECOVERY);
            }
            try {
                action.run();
            } finally {
                held.close();
            }
        } finally {
            looking.unlock();
        }
    }

    /** Nobody looks from here on. */
    void end() {
        looking.lock();
        try {
            ended = true;
        } finally {
            looking.unlock();
        }
    }

    /** How often what was done by this process. */
    Map<RecoveryOutcome, Long> outcomes() {
        synchronized (outcomes) {
            return Map.copyOf(outcomes);
        }
    }

    List<Participant> participants() {
        return view.participants(participants.index());
    }

    List<ParticipantDeath> deaths() {
        return view.deaths();
    }

    long deathCount() {
        return Atomics.getLongAcquire(memory, ParticipantsDescriptor.DEATHS_OFFSET);
    }

    @Nullable
    Participant participantOf(long owner) {
        int row = ParticipantsDescriptor.participantOf(owner);
        return isRow(row) && epochOf(stateWord(row)) == epochOf(owner)
                ? participants().stream().filter(each -> each.index() == row).findFirst().orElse(null)
                : null;
    }

    /** Whether what a structure names as its owner is dead, or has left. Unless it is no participant at all. */
    boolean isGone(long owner) {
        int row = ParticipantsDescriptor.participantOf(owner);
        if (!isRow(row)) {
            return false;
        }
        long word = stateWord(row);
        int state = stateOf(word);
        if (epochOf(word) == epochOf(owner)) {
            return state == DEAD || state == FREE;
        }
        // Whoever has the row now has taken its lock after the owner. If nobody has it, the file of participants may be a later one
        // than the owner's, which still has the lock then.
        return state != FREE || row == participants.index() || !locks.isHeldElsewhere(LockPositions.user(row));
    }

    private static boolean isRow(int row) {
        return row >= 0 && row < ParticipantsDescriptor.PARTICIPANTS;
    }

    void count(RecoveryOutcome outcome, int times) {
        if (outcome == RecoveryOutcome.UNDECIDED && undecided) {
            // Once, and not with every look.
            return;
        }
        undecided |= outcome == RecoveryOutcome.UNDECIDED;
        synchronized (outcomes) {
            outcomes.merge(outcome, (long) times, Long::sum);
        }
    }

    // who is dead

    private List<Integer> newlyDead() {
        List<Integer> dead = new ArrayList<>(0);
        for (int row = 0; row < ParticipantsDescriptor.participantsTop(memory); row++) {
            long word = stateWord(row);
            int state = stateOf(word);
            if (row != participants.index() && state != FREE && state != DEAD && view.isDead(row, word)) {
                dead.add(row);
            }
        }
        return dead;
    }

    private boolean isAnyDead() {
        for (int row = 0; row < ParticipantsDescriptor.participantsTop(memory); row++) {
            if (stateOf(stateWord(row)) == DEAD) {
                return true;
            }
        }
        return false;
    }

    /** Says of a participant that it is dead, unless it has left, or somebody else has said so, since it was looked at. */
    private void declare(int row) {
        long word = stateWord(row);
        int state = stateOf(word);
        if (state != FREE && state != DEAD && view.isDead(row, word)) {
            Atomics.compareAndSetLong(memory, participant(row) + PARTICIPANT_STATE, word,
                    ParticipantsDescriptor.withState(word, DEAD));
        }
    }

    /** Notes the deaths that were declared, and not noted: by us, or by somebody who has died himself in between. */
    private void noteDeaths() {
        for (int row = 0; row < ParticipantsDescriptor.participantsTop(memory); row++) {
            long word = stateWord(row);
            if (stateOf(word) == DEAD && (word & ParticipantsDescriptor.NOTED) == 0) {
                if (!isNoted(epochOf(word))) {
                    note(row, epochOf(word));
                }
                Atomics.setLongRelease(memory, participant(row) + PARTICIPANT_STATE,
                        word | ParticipantsDescriptor.NOTED);
            }
        }
    }

    private boolean isNoted(int epoch) {
        long last = deathCount();
        return ParticipantsDescriptor.latestDeaths(last)
                .anyMatch(number -> Atomics.getInt(memory,
                        ParticipantsDescriptor.death(number) + ParticipantsDescriptor.DEATH_EPOCH) == epoch);
    }

    private void note(int row, int epoch) {
        long number = deathCount() + 1;
        long to = ParticipantsDescriptor.death(number);
        long from = participant(row);
        Atomics.setLongRelease(memory, to + ParticipantsDescriptor.DEATH_NUMBER, 0);
        Atomics.storeStoreFence();
        Atomics.putLong(memory, to + ParticipantsDescriptor.DEATH_PID,
                Atomics.getLong(memory, from + ParticipantsDescriptor.PARTICIPANT_PID));
        Atomics.putLong(memory, to + ParticipantsDescriptor.DEATH_NOTICED, Participants.nanosOf(Instant.now()));
        Atomics.putLong(memory, to + ParticipantsDescriptor.DEATH_JOINED,
                Atomics.getLong(memory, from + ParticipantsDescriptor.PARTICIPANT_JOINED));
        Atomics.putInt(memory, to + ParticipantsDescriptor.DEATH_EPOCH, epoch);
        MemorySegment.copy(memory, from + ParticipantsDescriptor.PARTICIPANT_NAME, memory,
                to + ParticipantsDescriptor.DEATH_NAME, ParticipantsDescriptor.NAME_SIZE);
        Atomics.setLongRelease(memory, to + ParticipantsDescriptor.DEATH_NUMBER, number);
        Atomics.setLongRelease(memory, ParticipantsDescriptor.DEATHS_OFFSET, number);
    }

    // mending

    private void mend() {
        Map<Long, List<DeadClaim>> left = claimsOfTheDead();
        Set<Long> mended = new TreeSet<>();
        for (Attachment attachment : attachments) {
            attachment.recover((block, recoverer) -> {
                if (mended.add(block)) {
                    recoverer.recover(new Remains(this, block, left.computeIfAbsent(block, _ -> new ArrayList<>())));
                }
            });
        }
        freeTheSettled();
    }

    /** Of one block, without a word about the others: each queue asks at each look. */
    List<DeadClaim> claimsOfTheDead(long block) {
        List<DeadClaim> claims = new ArrayList<>();
        eachClaimOfTheDead((of, cell, claim) -> {
            if (of == block) {
                claims.add(new DeadClaim(cell, claim));
            }
        });
        return claims;
    }

    private Map<Long, List<DeadClaim>> claimsOfTheDead() {
        Map<Long, List<DeadClaim>> claims = new HashMap<>();
        eachClaimOfTheDead((of, cell, claim) -> claims.computeIfAbsent(of, _ -> new ArrayList<>())
                .add(new DeadClaim(cell, claim)));
        return claims;
    }

    private void eachClaimOfTheDead(ClaimOfTheDead action) {
        for (int number = 1; number < ParticipantsDescriptor.recordsTop(memory); number++) {
            if (!isOfTheDead(number)) {
                continue;
            }
            for (int i = 1; i < CELLS_PER_RECORD; i++) {
                int cell = number * CELLS_PER_RECORD + i;
                long claim = Atomics.getLongAcquire(memory, cell(cell) + CELL_CLAIM);
                if (ClaimWord.kind(claim) == ClaimWord.RESERVED) {
                    // It has said nothing, so it has claimed nothing.
                    change(cell, claim, ClaimWord.NONE);
                } else if (claim != ClaimWord.NONE) {
                    action.accept(Atomics.getLong(memory, cell(cell) + CELL_BLOCK), cell, claim);
                }
            }
        }
    }

    /** Told of each claim of somebody who is dead. */
    @FunctionalInterface
    private interface ClaimOfTheDead {

        void accept(long block, int cell, long claim);
    }

    private boolean isOfTheDead(int record) {
        long owner = Atomics.getLongAcquire(memory, record(record) + RECORD_OWNER);
        int row = ParticipantsDescriptor.participantOf(owner);
        if (owner == 0 || row < 0 || row >= ParticipantsDescriptor.PARTICIPANTS) {
            return false;
        }
        long word = stateWord(row);
        return stateOf(word) == DEAD && epochOf(word) == epochOf(owner);
    }

    /** Without the lock, so that it can be seen while another process recovers. */
    boolean isLeft(long block, LongPredicate claim) {
        for (int number = 1; number < ParticipantsDescriptor.recordsTop(memory); number++) {
            for (int i = 1; i < CELLS_PER_RECORD; i++) {
                int cell = number * CELLS_PER_RECORD + i;
                long found = Atomics.getLongAcquire(memory, cell(cell) + CELL_CLAIM);
                if (found != ClaimWord.NONE && claim.test(found)
                        && Atomics.getLong(memory, cell(cell) + CELL_BLOCK) == block
                        && (isOfTheDead(number) || isOfOneWhoIsGone(number))) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Of somebody of whom it is not said yet that he is dead. */
    private boolean isOfOneWhoIsGone(int record) {
        long owner = Atomics.getLongAcquire(memory, record(record) + RECORD_OWNER);
        int row = ParticipantsDescriptor.participantOf(owner);
        if (!isRow(row) || row == participants.index()) {
            return false;
        }
        long word = stateWord(row);
        return epochOf(word) == epochOf(owner) && stateOf(word) != FREE && view.isDead(row, word);
    }

    boolean anyLive(long block, LongPredicate claim) {
        // The end of the records is read now: a record that is added later announces what is claimed later.
        return countLive(block, claim) > 0;
    }

    /**
     * Says something else in the place of a dead one; false when somebody has cleared that meanwhile: who locks after him, and makes
     * whole what he left, or unlocks for him, needs no recovery lock for it.
     */
    boolean change(int cell, long claim, long changed) {
        return Atomics.compareAndSetLong(memory, cell(cell) + CELL_CLAIM, claim, changed);
    }

    /** So many more locks whose users are told; when we die before they are, the number is too high, which costs them a look. */
    void countDied(int locks) {
        Atomics.getAndAddInt(memory, ParticipantsDescriptor.DIED_OFFSET, locks);
    }

    /** Forgets which locks the live ones have announced so far. What one of them announces at this moment may be forgotten, too. */
    void forgetLocks() {
        for (int number = 1; number < ParticipantsDescriptor.recordsTop(memory); number++) {
            Atomics.setLongRelease(memory, record(number) + ParticipantsDescriptor.RECORD_LOCKS, 0);
        }
        // The bits are cleared before the cells are looked at: who sets one later has announced, and is seen by its bit.
        Atomics.fullFence();
    }

    /** Whether a live one has announced this lock, or one that has the same bit, since {@link #forgetLocks}. */
    boolean wasLockAnnounced(long block, int part) {
        for (int number = 1; number < ParticipantsDescriptor.recordsTop(memory); number++) {
            if ((Atomics.getLongAcquire(memory, record(number) + ParticipantsDescriptor.RECORD_LOCKS)
                    & ParticipantsDescriptor.lockBit(block, part)) != 0) {
                return true;
            }
        }
        return false;
    }

    int countLive(long block, LongPredicate claim) {
        int count = 0;
        for (int number = 1; number < ParticipantsDescriptor.recordsTop(memory); number++) {
            if (Atomics.getLongAcquire(memory, record(number) + RECORD_OWNER) == 0 || isOfTheDead(number)) {
                continue;
            }
            for (int i = 1; i < CELLS_PER_RECORD; i++) {
                int cell = number * CELLS_PER_RECORD + i;
                long found = Atomics.getLongAcquire(memory, cell(cell) + CELL_CLAIM);
                // Read behind the claim: it may be that of a later claim, and then the one that was read is over. Acquired, so that
                // what ended it is seen by whoever looks at the structure again: pairs with the store in Claims.fill.
                if (found != ClaimWord.NONE && claim.test(found)
                        && Atomics.getLongAcquire(memory, cell(cell) + CELL_BLOCK) == block) {
                    count++;
                }
            }
        }
        return count;
    }

    /** Of which nothing is left in any cell: its records and its row can be used again. */
    private void freeTheSettled() {
        for (int row = 0; row < ParticipantsDescriptor.participantsTop(memory); row++) {
            long word = stateWord(row);
            if (stateOf(word) == DEAD && isSettled(row, epochOf(word))) {
                for (int number = 1; number < ParticipantsDescriptor.recordsTop(memory); number++) {
                    long owner = Atomics.getLongAcquire(memory, record(number) + RECORD_OWNER);
                    if (ParticipantsDescriptor.isOwner(owner, row, epochOf(word))) {
                        Atomics.setLongRelease(memory, record(number) + RECORD_OWNER, 0);
                    }
                }
                Atomics.setLongRelease(memory, participant(row) + PARTICIPANT_STATE,
                        ParticipantsDescriptor.state(epochOf(word), FREE, 0));
            }
        }
    }

    private boolean isSettled(int row, int epoch) {
        for (int number = 1; number < ParticipantsDescriptor.recordsTop(memory); number++) {
            if (ParticipantsDescriptor.isOwner(Atomics.getLongAcquire(memory, record(number) + RECORD_OWNER), row,
                    epoch)) {
                for (int i = 1; i < CELLS_PER_RECORD; i++) {
                    if (Atomics.getLongAcquire(memory,
                            cell(number * CELLS_PER_RECORD + i) + CELL_CLAIM) != ClaimWord.NONE) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    // who else there may be

    /**
     * Asked anew for each decision: that nobody was there before the claim in question was seen says nothing of who has come since.
     * Takes milliseconds, and is asked only when a dead one was killed between two instructions. That somebody was there is believed
     * for some time, as it is asked again with each look for as long as he stays.
     */
    boolean mayBeForeign() {
        long began = System.nanoTime();
        if (began - foreignUntilNanos < 0) {
            return true;
        }
        boolean found = participants.isUnannounced() || isAnybodyElse(ParticipantsDescriptor.UNANNOUNCED);
        if (found) {
            long now = System.nanoTime();
            foreignUntilNanos = now + Math.max(FOREIGN_NANOS, (now - began) * FOREIGN_LOOKS_SHARE);
        }
        return found;
    }

    /** Whether somebody may use the file of whom the rows say nothing, or that. */
    private boolean isAnybodyElse(long flags) {
        Set<Long> known = new HashSet<>();
        known.add(ProcessIdentity.current().pid());
        int top = ParticipantsDescriptor.participantsTop(memory);
        for (int row = 0; row < LockPositions.USERS_MAX; row++) {
            long word = row < top ? stateWord(row) : 0;
            boolean takesPart = stateOf(word) != FREE && stateOf(word) != DEAD;
            if (row == participants.index()) {
                continue;
            }
            if (!takesPart && locks.isHeldElsewhere(LockPositions.user(row))) {
                // A process that holds the lock and announces nothing.
                return true;
            }
            if (takesPart) {
                long offset = participant(row);
                if ((word & flags) != 0
                        || Atomics.getLong(memory, offset
                                + ParticipantsDescriptor.PARTICIPANT_PID_NAMESPACE) != PidNamespace.current()) {
                    // From another namespace others may come that are not seen from here.
                    return true;
                }
                known.add(Atomics.getLong(memory, offset + ParticipantsDescriptor.PARTICIPANT_PID));
            }
        }
        try {
            return !FileMappers.of(identity, known).isEmpty();
        } catch (IOException e) {
            return true;
        }
    }

    // who wakes

    /** The word of an event count; null where this process cannot wake. */
    @Nullable
    MemorySegment eventCount(long block, boolean departures) {
        return participants.wakes() ? eventCountLine(block, departures) : null;
    }

    Total total(long block) {
        return new Total(this, eventCountLine(block, false), block);
    }

    private MemorySegment eventCountLine(long block, boolean departures) {
        return memory.asSlice(ParticipantsDescriptor.eventCount(block, departures),
                ParticipantsDescriptor.EVENT_COUNT.byteSize());
    }

    /** Whether all who use the file wake those who sleep at its event counts, as far as was last looked. */
    boolean doAllWake() {
        return allWake;
    }

    /** A segment of this process does not take part, and wakes nobody. */
    void declinedHere() {
        declinedHere = true;
        setAllWake(false);
    }

    /** Somebody has opened the file: until it is known who, those who sleep do so for short times only. */
    void opened() {
        openedAtNanos = System.nanoTime();
        setAllWake(false);
    }

    /**
     * Looks who uses the file, some time after the last one has opened it: what is opened is mapped a moment later.
     *
     * @param opensAreSeen whether {@link #opened} is called for whoever opens the file from now on
     */
    void lookForSilent(boolean opensAreSeen) {
        if (!opensAreSeen) {
            setAllWake(false);
            return;
        }
        long now = System.nanoTime();
        if (!allWake && now - openedAtNanos >= SETTLED_NANOS && now - lookedForSilentAtNanos >= silentInterval) {
            long opened = openedAtNanos;
            boolean found = !declinedHere && !isAnySilent() && !isAnybodyElse(0);
            lookedForSilentAtNanos = System.nanoTime();
            silentInterval = Math.max(SETTLED_NANOS, (lookedForSilentAtNanos - now) * SILENT_LOOKS_SHARE);
            // Looked first: who opens it meanwhile says so.
            setAllWake(found && opened == openedAtNanos);
        }
    }

    /** For tests, which have all who use the file in their hands. */
    void assumeThatAllWake() {
        setAllWake(true);
    }

    private synchronized void setAllWake(boolean found) {
        boolean before = allWake;
        // Also when that was said while it was looked.
        allWake = found && !declinedHere;
        if (before && !allWake) {
            // From here on they sleep for short times.
            rouse();
        }
    }

    private boolean isAnySilent() {
        for (int row = 0; row < ParticipantsDescriptor.participantsTop(memory); row++) {
            long word = stateWord(row);
            if (stateOf(word) != FREE && stateOf(word) != DEAD && (word & ParticipantsDescriptor.WAKES) == 0) {
                return true;
            }
        }
        return false;
    }

    private long stateWord(int row) {
        return Atomics.getLongAcquire(memory, participant(row) + PARTICIPANT_STATE);
    }
}
