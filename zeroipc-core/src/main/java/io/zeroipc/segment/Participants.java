package io.zeroipc.segment;

import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.LongUnaryOperator;

import org.jspecify.annotations.Nullable;

import io.zeroipc.PrintableText;
import io.zeroipc.format.ClaimWord;
import io.zeroipc.format.ParticipantsDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.memory.StopPoint;
import io.zeroipc.os.FileLocks;
import io.zeroipc.os.MemoryBarrier;
import io.zeroipc.os.PidNamespace;
import io.zeroipc.os.ProcessIdentity;
import io.zeroipc.os.Words;

import static io.zeroipc.format.ParticipantsDescriptor.CELLS_PER_RECORD;
import static io.zeroipc.format.ParticipantsDescriptor.CELL_CLAIM;
import static io.zeroipc.format.ParticipantsDescriptor.RECORD_OWNER;
import static io.zeroipc.format.ParticipantsDescriptor.cell;
import static io.zeroipc.format.ParticipantsDescriptor.isOwner;
import static io.zeroipc.format.ParticipantsDescriptor.owner;
import static io.zeroipc.format.ParticipantsDescriptor.participant;
import static io.zeroipc.format.ParticipantsDescriptor.record;

/**
 * This process among the participants of a segment: its row in the file beside the segment, and the records of its threads. One
 * for all segments of this JVM that map the file. Thread-safe.
 *
 * <p>
 * What proves that a participant lives is the user lock with the number of its row, which the kernel holds for it. So the lock is
 * taken before the row is written, and given back after it is free.
 */
final class Participants {

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final MemorySegment memory;
    private final Words words;
    private final LiveFile file;
    private final int index;
    private final int epoch;
    private final boolean wakes;
    /** Records that no lane uses any more. */
    private final Deque<Integer> free = new ArrayDeque<>();
    /** Records for claims beyond those that find room in their lane's. */
    private final List<Integer> beyond = new ArrayList<>(0);
    private int nextRecord = 1;
    private volatile boolean unannounced;

    private Participants(LiveFile file, int index, int epoch, boolean unannounced, boolean wakes) {
        this.file = file;
        this.wakes = wakes;
        this.memory = file.memory();
        this.words = new Words(memory);
        this.index = index;
        this.epoch = epoch;
        this.unannounced = unannounced;
    }

    /**
     * Takes part: the process holds the user lock of the row already, and the row is free.
     *
     * @param name of the application, for people
     * @param unannounced whether there are claims of this process that stand in no cell
     */
    static Participants join(LiveFile file, int index, FileLocks.Mechanism mechanism, String name,
            boolean unannounced) {
        MemorySegment memory = file.memory();
        long row = participant(index);
        int epoch = Atomics.getAndAddInt(memory, ParticipantsDescriptor.EPOCH_OFFSET, 1) + 1;
        ProcessIdentity self = ProcessIdentity.current();
        Atomics.putLong(memory, row + ParticipantsDescriptor.PARTICIPANT_PID, self.pid());
        Atomics.putLong(memory, row + ParticipantsDescriptor.PARTICIPANT_START_TIME, self.startTime());
        Atomics.putLong(memory, row + ParticipantsDescriptor.PARTICIPANT_PID_NAMESPACE, PidNamespace.current());
        Atomics.putLong(memory, row + ParticipantsDescriptor.PARTICIPANT_JOINED, nanosOf(Instant.now()));
        ParticipantsDescriptor.putName(memory, row + ParticipantsDescriptor.PARTICIPANT_NAME, name);
        ParticipantsDescriptor.raise(memory, ParticipantsDescriptor.PARTICIPANTS_TOP_OFFSET, index + 1);
        boolean wakes = MemoryBarrier.isRegistered();
        long flags = (mechanism == FileLocks.Mechanism.PROCESS ? ParticipantsDescriptor.PROCESS_LOCK : 0)
                | (unannounced ? ParticipantsDescriptor.UNANNOUNCED : 0)
                | (wakes && !unannounced ? ParticipantsDescriptor.WAKES : 0);
        // Last: whoever sees it sees the row.
        Atomics.setLongRelease(memory, row + ParticipantsDescriptor.PARTICIPANT_STATE,
                ParticipantsDescriptor.state(epoch, ParticipantsDescriptor.PRESENT, flags));
        return new Participants(file, index, epoch, unannounced, wakes);
    }

    /** The main class, without its package. */
    static String defaultName() {
        String command = System.getProperty("sun.java.command", "").strip();
        String main = command.split(" ", 2)[0];
        String name = main
                .substring(Math.max(main.lastIndexOf('/'), main.endsWith(".jar") ? -1 : main.lastIndexOf('.')) + 1);
        return name.isBlank() || !PrintableText.isName(name) ? "java" : name;
    }

    static boolean isFree(MemorySegment memory, int index) {
        return ParticipantsDescriptor
                .stateOf(Atomics.getLongAcquire(memory, participant(index)
                        + ParticipantsDescriptor.PARTICIPANT_STATE)) == ParticipantsDescriptor.FREE;
    }

    static long nanosOf(Instant instant) {
        return instant.getEpochSecond() * NANOS_PER_SECOND + instant.getNano();
    }

    static Instant instantOf(long nanos) {
        return Instant.ofEpochSecond(Math.floorDiv(nanos, NANOS_PER_SECOND), Math.floorMod(nanos, NANOS_PER_SECOND));
    }

    MemorySegment memory() {
        return memory;
    }

    Words words() {
        return words;
    }

    /** See {@link LiveFile#problem}. */
    @Nullable
    String problem() {
        return file.problem();
    }

    /** See {@link LiveFile#loss}. */
    @Nullable
    String loss() {
        return file.loss();
    }

    /** The row of this process. */
    int index() {
        return index;
    }

    int epoch() {
        return epoch;
    }

    /** Whether this process wakes who sleeps at an event count, and passes the fences that this takes. */
    boolean wakes() {
        return wakes;
    }

    /** Whether there are claims of this process that stand in no cell, or were: there was no room for them. */
    boolean isUnannounced() {
        return unannounced;
    }

    /** Whether a record is one of this process. */
    boolean owns(int record) {
        return isOwner(Atomics.getLongAcquire(memory, record(record) + RECORD_OWNER), index, epoch);
    }

    /** The lane's record, allocated when it has none yet; {@link Lane#NO_RECORD} when there is none to be had. */
    synchronized int recordOf(Lane lane) {
        if (lane.record() == Lane.NO_RECORD_YET) {
            lane.record(allocate(lane.threadId()));
        }
        return lane.record();
    }

    /** Announces a claim in a record of no lane. */
    synchronized int announceBeyond(long block, long claim) {
        for (int number : beyond) {
            for (int i = 1; i < CELLS_PER_RECORD; i++) {
                int cell = number * CELLS_PER_RECORD + i;
                if (Atomics.getLongAcquire(memory, cell(cell) + CELL_CLAIM) == ClaimWord.NONE) {
                    Claims.fill(words, cell, block, claim);
                    return cell;
                }
            }
        }
        int number = allocate(0);
        if (number == Lane.NO_RECORD) {
            return Claims.NO_CELL;
        }
        beyond.add(number);
        int cell = number * CELLS_PER_RECORD + 1;
        Claims.fill(words, cell, block, claim);
        return cell;
    }

    /**
     * Records of lanes that are gone: for others. What still stands in them is over, as the mapping is; but for elements that are to
     * be redelivered, which were kept and given back.
     */
    synchronized void giveBack(int[] records) {
        for (int number : records) {
            try {
                boolean _ = clear(number);
                free.add(number);
            } catch (InternalError e) {
                // The file has lost the page, and no record of it can be used any more.
            }
        }
    }

    /**
     * Ends the part of this process, which has no mapping of the segment any more. The user lock is to be given back after that.
     * Elements that it has kept and given back are for whoever recovers: as one that is dead, and needs not be told as such.
     */
    synchronized void leave() {
        try {
            boolean leavesElements = false;
            for (int number = 1; number < ParticipantsDescriptor.recordsTop(memory); number++) {
                if (isOwner(Atomics.getLongAcquire(memory, record(number) + RECORD_OWNER), index, epoch)) {
                    if (clear(number)) {
                        Atomics.setLongRelease(memory, record(number) + RECORD_OWNER, 0);
                    } else {
                        leavesElements = true;
                    }
                }
            }
            Atomics.setLongRelease(memory, participant(index) + ParticipantsDescriptor.PARTICIPANT_STATE,
                    leavesElements
                            ? ParticipantsDescriptor.state(epoch, ParticipantsDescriptor.DEAD,
                                    ParticipantsDescriptor.NOTED)
                            : ParticipantsDescriptor.state(epoch, ParticipantsDescriptor.FREE, 0));
        } catch (InternalError e) {
            // The file has lost the page, and nobody reads it any more.
        } finally {
            file.arena().close();
        }
    }

    /**
     * Leaves claims of this process to whoever recovers, though it lives: in a row of their own, as those of one that is dead, and
     * needs not be told as such. Never waits. If this process dies meanwhile, each claim is one of its own row or of that one, or both.
     *
     * @param cells where they stand, and which say nothing from then on
     * @return false, and nothing has changed, when there is no room for that
     */
    synchronized boolean leaveBehind(FileLocks locks, List<Integer> cells) {
        // Where the number of this process says nothing, a row whose lock is free is taken for a dead one's too early.
        FileLocks.Held lock = PidNamespace.current() == 0 ? null : takeRow(memory, locks);
        if (lock == null) {
            return false;
        }
        int row = LockPositions.userIndex(lock.position());
        List<Integer> records = recordsFor(cells);
        if (records.isEmpty()) {
            lock.close();
            return false;
        }
        StopPoint.LEAVING_COPIED.reach();
        int left = Atomics.getAndAddInt(memory, ParticipantsDescriptor.EPOCH_OFFSET, 1) + 1;
        MemorySegment.copy(memory, participant(index) + ParticipantsDescriptor.PARTICIPANT_PID, memory,
                participant(row) + ParticipantsDescriptor.PARTICIPANT_PID,
                ParticipantsDescriptor.PARTICIPANT_NAME + ParticipantsDescriptor.NAME_SIZE
                        - ParticipantsDescriptor.PARTICIPANT_PID);
        ParticipantsDescriptor.raise(memory, ParticipantsDescriptor.PARTICIPANTS_TOP_OFFSET, row + 1);
        long own = Atomics.getLongAcquire(memory, participant(index) + ParticipantsDescriptor.PARTICIPANT_STATE);
        long present = ParticipantsDescriptor.state(left, ParticipantsDescriptor.PRESENT,
                ParticipantsDescriptor.NOTED | (own & (ParticipantsDescriptor.PROCESS_LOCK
                        | ParticipantsDescriptor.UNANNOUNCED | ParticipantsDescriptor.WAKES)));
        Atomics.setLongRelease(memory, participant(row) + ParticipantsDescriptor.PARTICIPANT_STATE, present);
        StopPoint.LEAVING_ROW_TAKEN.reach();
        for (int number : records) {
            Atomics.setLongRelease(memory, record(number) + RECORD_OWNER, owner(row, left, 0));
            StopPoint.LEAVING_RECORD_PASSED.reach();
        }
        StopPoint.LEAVING_RECORDS_PASSED.reach();
        for (int number : cells) {
            Atomics.setLongRelease(memory, cell(number) + CELL_CLAIM, ClaimWord.NONE);
        }
        StopPoint.LEAVING_CELLS_CLEARED.reach();
        // First, as nobody who announces nothing is to be seen there. The row is that of this process, which lives.
        lock.close();
        StopPoint.LEAVING_UNLOCKED.reach();
        boolean _ = Atomics.compareAndSetLong(memory, participant(row) + ParticipantsDescriptor.PARTICIPANT_STATE,
                present, ParticipantsDescriptor.withState(present, ParticipantsDescriptor.DEAD));
        StopPoint.LEAVING_ENDED.reach();
        return true;
    }

    /** The user lock of the first row that is free; null when there is none. */
    static FileLocks.@Nullable Held takeRow(MemorySegment memory, FileLocks locks) {
        try {
            for (int row = 0; row < ParticipantsDescriptor.PARTICIPANTS; row++) {
                FileLocks.Held lock = isFree(memory, row) ? locks.tryLock(LockPositions.user(row)) : null;
                if (lock != null && isFree(memory, row)) {
                    return lock;
                }
                if (lock != null) {
                    lock.close();
                }
            }
        } catch (UncheckedIOException e) {
            // The file system has stopped to give locks.
        }
        return null;
    }

    /** Records of this process, and no lane's, in which stands what these cells say; none when there is no room. */
    private List<Integer> recordsFor(List<Integer> cells) {
        List<Integer> records = new ArrayList<>();
        for (int i = 0; i < cells.size(); i++) {
            int place = i % (CELLS_PER_RECORD - 1);
            int number = place == 0 ? allocateNew(0) : records.getLast();
            if (number == Lane.NO_RECORD) {
                records.forEach(this::takeBack);
                return List.of();
            }
            if (place == 0) {
                records.add(number);
            }
            long from = cell(cells.get(i));
            Claims.fill(words, number * CELLS_PER_RECORD + 1 + place,
                    Atomics.getLong(memory, from + ParticipantsDescriptor.CELL_BLOCK),
                    Atomics.getLongAcquire(memory, from + CELL_CLAIM));
        }
        return records;
    }

    /** A record in which stands what is said elsewhere, too. */
    private void takeBack(int number) {
        for (int i = 1; i < CELLS_PER_RECORD; i++) {
            Atomics.setLongRelease(memory, cell(number * CELLS_PER_RECORD + i) + CELL_CLAIM, ClaimWord.NONE);
        }
        free.add(number);
    }

    /**
     * From here on this process counts as nobody who uses the file, and is still alive to those who recover.
     */
    void beginLeaving() {
        changeState(word -> ParticipantsDescriptor.withState(word, ParticipantsDescriptor.LEAVING));
    }

    /** Whether the process of a row counts as nobody who uses the file. */
    boolean isLeaving(int row) {
        return ParticipantsDescriptor.stateOf(Atomics.getLongAcquire(memory,
                participant(row) + ParticipantsDescriptor.PARTICIPANT_STATE)) == ParticipantsDescriptor.LEAVING;
    }

    private int allocate(long thread) {
        Integer known = free.poll();
        if (known != null) {
            Atomics.setLongRelease(memory, record(known) + RECORD_OWNER, owner(index, epoch, thread));
            return known;
        }
        int number = allocateNew(thread);
        if (number == Lane.NO_RECORD) {
            sayUnannounced();
        }
        return number;
    }

    /** One in which nothing stands; {@link Lane#NO_RECORD} when there is none. */
    private int allocateNew(long thread) {
        for (int tried = 0; tried < ParticipantsDescriptor.RECORDS - 1; tried++) {
            int number = nextRecord;
            nextRecord = number + 1 == ParticipantsDescriptor.RECORDS ? 1 : number + 1;
            // First, as whoever recovers looks at no record from there on.
            ParticipantsDescriptor.raise(memory, ParticipantsDescriptor.RECORDS_TOP_OFFSET, number + 1);
            if (Atomics.compareAndSetLong(memory, record(number) + RECORD_OWNER, 0, owner(index, epoch, thread))) {
                return number;
            }
        }
        return Lane.NO_RECORD;
    }

    /** Before the first claim that is not announced: nobody goes by the cells of this process alone any more. */
    void sayUnannounced() {
        unannounced = true;
        changeState(word -> word | ParticipantsDescriptor.UNANNOUNCED);
    }

    /** A segment of this process takes no part: not all that it lets arrive wakes who waits for it. */
    void sayDeclined() {
        unannounced = true;
        changeState(word -> (word | ParticipantsDescriptor.UNANNOUNCED) & ~ParticipantsDescriptor.WAKES);
    }

    private void changeState(LongUnaryOperator change) {
        long offset = participant(index) + ParticipantsDescriptor.PARTICIPANT_STATE;
        while (true) {
            long present = Atomics.getLongAcquire(memory, offset);
            if (Atomics.compareAndSetLong(memory, offset, present, change.applyAsLong(present))) {
                return;
            }
        }
    }

    /** Whether nothing stands in the record any more: all but elements that are to be redelivered is cleared. */
    private boolean clear(int number) {
        boolean empty = true;
        for (int i = 1; i < CELLS_PER_RECORD; i++) {
            long offset = cell(number * CELLS_PER_RECORD + i) + CELL_CLAIM;
            long claim = Atomics.getLongAcquire(memory, offset);
            if (ClaimWord.kind(claim) == ClaimWord.READING && (claim & ClaimWord.REDELIVER) != 0) {
                empty = false;
            } else {
                Atomics.setLongRelease(memory, offset, ClaimWord.NONE);
            }
        }
        return empty;
    }
}
