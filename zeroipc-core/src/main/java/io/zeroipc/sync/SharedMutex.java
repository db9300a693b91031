package io.zeroipc.sync;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.zeroipc.Occupancy;
import io.zeroipc.StructureKind;
import io.zeroipc.format.MutexDescriptor;
import io.zeroipc.format.SemaphoreDescriptor;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.Description;
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
 * If a process dies while it holds the mutex, the mutex stays locked: nothing in its bytes tells a dead holder from a slow
 * one. Take the form with a time limit where that matters.
 */
public final class SharedMutex implements Structure, GuardedLock {

    public static final StructureKind KIND = StructureKind.of("mutex");
    public static final Probe PROBE = new SyncProbe(KIND, SharedMutex::match, SharedMutex::describe);

    private final String name;
    private final Segment segment;
    private final Attachment attachment;
    private final MemorySegment memory;
    private final PermitCell permit;

    private SharedMutex(Blocks blocks, MemorySegment memory) {
        this.name = blocks.name();
        this.segment = blocks.segment();
        this.attachment = blocks.attachment();
        this.memory = memory;
        this.permit = new PermitCell(memory, attachment);
    }

    /** A mutex to create or open. */
    public static Spec<SharedMutex> spec() {
        return new SyncSpec<>(KIND, () -> List.of(part("")), blocks -> new SharedMutex(blocks, checked(blocks, "")));
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

    /** The bytes of a mutex, which may be a part of something. */
    static MemorySegment checked(Blocks blocks, String suffix) {
        MemorySegment memory = blocks.require(suffix).memory();
        if (MutexDescriptor.isUnfinished(memory)) {
            throw blocks.notReady("mutex is not formatted: entry=" + blocks.name() + suffix);
        }
        blocks.requireSound(MutexDescriptor.check(memory), ", entry=" + blocks.name() + suffix);
        return memory;
    }

    @Override
    public void lock() throws InterruptedException {
        attachment.ensureWritable();
        permit.take(Deadline.never());
    }

    @Override
    public boolean tryLock() {
        attachment.ensureWritable();
        return permit.tryTake();
    }

    @Override
    public boolean tryLock(Duration timeout) throws InterruptedException {
        attachment.ensureWritable();
        return permit.take(Deadline.after(timeout));
    }

    @Override
    public void unlock() {
        attachment.ensureWritable();
        if (!permit.give(1)) {
            throw new IllegalMonitorStateException("mutex is not locked: segment=" + segment.name() + ", name=" + name
                    + " (unlock once for each lock)");
        }
    }

    /** Whether somebody holds it: true a moment ago. */
    public boolean isLocked() {
        attachment.ensureReadable();
        return MutexDescriptor.isLocked(memory);
    }

    /** Threads that wait for it, in all processes: an estimate, in which those of killed processes stay. */
    public int waiting() {
        attachment.ensureReadable();
        return permit.waiting();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public StructureKind kind() {
        return KIND;
    }

    @Override
    public Segment segment() {
        return segment;
    }

    /** One holder or none, of one. */
    @Override
    public Occupancy occupancy() {
        attachment.ensureReadable();
        return occupancy(memory);
    }

    private static Occupancy occupancy(MemorySegment memory) {
        return new Occupancy(MutexDescriptor.isLocked(memory) ? 1 : 0, 1, "holders");
    }

    private static Match match(Blocks blocks) {
        Block block = blocks.find("");
        return block != null && MutexDescriptor.fits(block.memory()) ? Match.POSSIBLE : Match.NO;
    }

    private static Description describe(Blocks blocks) {
        MemorySegment memory = blocks.require("").memory();
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("locked", MutexDescriptor.isLocked(memory));
        details.put("waiting", SemaphoreDescriptor.waiting(memory));
        return new Description(0, occupancy(memory), details);
    }
}
