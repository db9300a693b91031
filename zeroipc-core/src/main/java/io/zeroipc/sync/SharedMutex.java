package io.zeroipc.sync;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.zeroipc.Occupancy;
import io.zeroipc.StructureKind;
import io.zeroipc.format.MutexDescriptor;
import io.zeroipc.format.SemaphoreDescriptor;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Binding;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.Description;
import io.zeroipc.segment.Lane;
import io.zeroipc.segment.Part;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Probe.Match;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Spec;
import io.zeroipc.segment.Structure;
import io.zeroipc.wait.Deadline;

/**
 * Mutual exclusion among the threads of all processes, in shared memory. Thread-safe, not reentrant, and byte-compatible
 * with the mutex of the C++, Python and Go implementations: {@code docs/format/mutex.md}. It is a semaphore of one permit;
 * the algorithm stands in {@link PermitCell}.
 *
 * <p>
 * If a participant of the segment dies while it holds the mutex, the others unlock it, and whoever locks it next is told by an
 * {@link io.zeroipc.OwnerDiedException} until somebody has called {@link #repair}. What a program that takes no part locks stays
 * locked when it dies: nothing in the bytes tells a dead holder from a slow one. Take the form with a time limit where that matters.
 */
public final class SharedMutex implements Structure, GuardedLock {

    public static final StructureKind KIND = StructureKind.of("mutex");
    public static final Probe PROBE = new SyncProbe(KIND, SharedMutex::match, SharedMutex::describe);

    private final Binding binding;
    private final Attachment attachment;
    private final MutexCell cell;

    private SharedMutex(Blocks blocks) {
        this.binding = blocks.binding(KIND);
        this.attachment = blocks.attachment();
        this.cell = MutexCell.of(blocks, "");
    }

    /** A mutex to create or open. */
    public static Spec<SharedMutex> spec() {
        return new SyncSpec<>(KIND, () -> List.of(part("")), SharedMutex::new);
    }

    /** Creates a mutex; see {@link Segment#create}. */
    public static SharedMutex create(Segment segment, String name) {
        return segment.create(name, spec());
    }

    /** Opens a mutex; see {@link Segment#open}. */
    public static SharedMutex open(Segment segment, String name) {
        return segment.open(name, spec());
    }

    /** Opens a mutex, or creates it; see {@link Segment#openOrCreate}. */
    public static SharedMutex openOrCreate(Segment segment, String name) {
        return segment.openOrCreate(name, spec());
    }

    /** A mutex as a part of something. */
    static Part part(String suffix) {
        return new Part(suffix, MutexDescriptor.SIZE, block -> MutexDescriptor.format(block.memory()));
    }

    @Override
    public void lock() throws InterruptedException {
        try (Lane lane = attachment.enterToWrite()) {
            cell.take(lane, Deadline.never());
        }
    }

    @Override
    public boolean tryLock() {
        try (Lane lane = attachment.enterToWrite()) {
            return cell.tryTake(lane);
        }
    }

    @Override
    public boolean tryLock(Duration timeout) throws InterruptedException {
        try (Lane lane = attachment.enterToWrite()) {
            return cell.take(lane, Deadline.after(timeout));
        }
    }

    @Override
    public void unlock() {
        try (Lane lane = attachment.enterToEnd()) {
            if (!cell.give(lane)) {
                throw new IllegalMonitorStateException(
                        "mutex is not locked: " + binding.describe() + " (unlock once for each lock)");
            }
        }
    }

    /**
     * Unlocks it for a holder of whom the caller knows, as the bytes do not, that he is dead: a program that takes no part. What the
     * lock protects may be half changed then, which is the caller's to see to. If the holder lives after all, he and the next one hold
     * it both. Participants of the segment need this for nobody.
     *
     * @return whether it was unlocked here; false when it was not locked
     * @throws io.zeroipc.StructureBusyException when a live participant says that he holds it, or this process takes no part and
     *             cannot see that
     */
    public boolean breakLock() {
        try (Lane lane = attachment.enterToWrite()) {
            return cell.breakLock(lane);
        }
    }

    @Override
    public boolean isOwnerDead() {
        return attachment.reading(() -> cell.died() != null);
    }

    @Override
    public void repair(Runnable repair) throws InterruptedException {
        Objects.requireNonNull(repair, "repair");
        try (Lane lane = attachment.enterToWrite()) {
            cell.takeAnyhow(lane, Deadline.never());
        }
        cell.repair(repair, this::unlock);
    }

    /** Whether somebody holds it: true a moment ago. */
    public boolean isLocked() {
        return attachment.reading(cell::isTaken);
    }

    /** Threads that wait for it, in all processes: an estimate, in which those of killed processes stay. */
    public int waiting() {
        return attachment.reading(cell::waiting);
    }

    @Override
    public Binding binding() {
        return binding;
    }

    /** One holder or none, of one. */
    @Override
    public Occupancy occupancy() {
        return occupancy(isLocked());
    }

    static Occupancy occupancy(boolean locked) {
        return new Occupancy(locked ? 1 : 0, 1, "holders");
    }

    private static Match match(Blocks blocks) {
        Block block = blocks.find("");
        return block != null && MutexDescriptor.fits(block.memory()) ? Match.POSSIBLE : Match.NO;
    }

    private static Description describe(Blocks blocks) {
        MemorySegment memory = blocks.require("").memory();
        Map<String, Object> details = new LinkedHashMap<>();
        boolean locked = MutexDescriptor.isLocked(memory);
        details.put("locked", locked);
        details.put("waiting", SemaphoreDescriptor.waiting(memory));
        return new Description(0, occupancy(locked), details);
    }
}
