package io.zeroipc.sync;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

import io.zeroipc.Occupancy;
import io.zeroipc.StructureKind;
import io.zeroipc.format.ClaimWord;
import io.zeroipc.format.SemaphoreDescriptor;
import io.zeroipc.memory.StopPoint;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Binding;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.Claims;
import io.zeroipc.segment.Description;
import io.zeroipc.segment.Lane;
import io.zeroipc.segment.Part;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Probe.Match;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Spec;
import io.zeroipc.segment.Structure;
import io.zeroipc.segment.Total;
import io.zeroipc.wait.Deadline;

/**
 * A count of permits in shared memory: {@code acquire} takes one and waits while there is none, {@code release} adds one.
 * Thread-safe, and byte-compatible with the semaphore of the C++, Python and Go implementations:
 * {@code docs/format/semaphore.md}, where the algorithm ({@link PermitCell}) and its limits stand, too.
 *
 * <p>
 * What {@code acquire} takes belongs to nobody: any thread of any process may release what another acquired. So closing the segment
 * gives none back, and none can be released through a segment whose close has begun. Those of a process that died are gone;
 * {@link #release} gives them back when somebody knows better.
 *
 * <p>
 * What {@link #hold} takes belongs to the {@link Permit} it returns: the mapping stays until that is closed, and if the process
 * dies, and took part in recovery, the others give it back.
 */
public final class SharedSemaphore implements Structure {

    public static final StructureKind KIND = StructureKind.of("semaphore");
    public static final Probe PROBE = new SyncProbe(KIND, SharedSemaphore::match, SharedSemaphore::describe);

    private static final String UNIT = "permits";

    private final Binding binding;
    private final Attachment attachment;
    private final Claims claims;
    private final MemorySegment memory;
    private final long offset;
    private final PermitCell permits;
    private final Total total;

    private SharedSemaphore(Blocks blocks, Block block) {
        this.binding = blocks.binding(KIND);
        this.attachment = blocks.attachment();
        this.claims = attachment.claims();
        this.memory = block.memory();
        this.offset = block.offset();
        this.total = attachment.total(block);
        this.permits = new PermitCell(block, attachment);
        attachment.recoverer(PermitRecoverer.class, block, () -> new PermitRecoverer(memory, total));
        total.begin(permits::permits);
    }

    /** A semaphore without a limit to create, or one to open; see {@link #spec(int, int)}. */
    public static Spec<SharedSemaphore> spec(int permits) {
        return spec(permits, 0);
    }

    /**
     * A semaphore to create or open.
     *
     * @param permits how many there are at first, 0 or more; of no meaning to open
     * @param permitsMax how many there can ever be; 0 for no limit. To open, 0 accepts what is stored, and anything else
     *        must match it
     * @throws IllegalArgumentException when a number is negative, or there are more permits than there can be
     */
    public static Spec<SharedSemaphore> spec(int permits, int permitsMax) {
        if (permits < 0 || permitsMax < 0 || (permitsMax > 0 && permits > permitsMax)) {
            throw new IllegalArgumentException("semaphore has impossible numbers: permits=" + permits + ", permitsMax="
                    + permitsMax + " (expected: 0 <= permits <= permitsMax, or permitsMax 0 for no limit)");
        }
        return new SyncSpec<>(KIND,
                () -> List.of(new Part("", SemaphoreDescriptor.SIZE,
                        block -> SemaphoreDescriptor.format(block.memory(), permits, permitsMax))),
                blocks -> bind(blocks, permitsMax));
    }

    /** Creates a semaphore without a limit; see {@link Segment#create}. */
    public static SharedSemaphore create(Segment segment, String name, int permits) {
        return segment.create(name, spec(permits));
    }

    /** Opens a semaphore; see {@link Segment#open}. */
    public static SharedSemaphore open(Segment segment, String name) {
        return segment.open(name, spec(0));
    }

    /** Opens a semaphore, or creates it without a limit; see {@link Segment#openOrCreate}. */
    public static SharedSemaphore openOrCreate(Segment segment, String name, int permits) {
        return segment.openOrCreate(name, spec(permits));
    }

    private static SharedSemaphore bind(Blocks blocks, int permitsMax) {
        Block block = blocks.require("");
        blocks.requireSound(SemaphoreDescriptor.check(block.memory()));
        int stored = SemaphoreDescriptor.permitsMax(block.memory());
        blocks.requireStored("most permits differ", stored, permitsMax);
        return new SharedSemaphore(blocks, block);
    }

    // permits

    /** Takes a permit, waiting for one. */
    public void acquire() throws InterruptedException {
        try (Lane _ = attachment.enterToWrite()) {
            total.forget();
            permits.take(Deadline.never());
        }
    }

    /** Takes a permit; false when there is none. */
    public boolean tryAcquire() {
        try (Lane _ = attachment.enterToWrite()) {
            total.forget();
            return permits.tryTake();
        }
    }

    /** Takes a permit, waiting at most so long; false when none came. */
    public boolean tryAcquire(Duration timeout) throws InterruptedException {
        try (Lane _ = attachment.enterToWrite()) {
            total.forget();
            return permits.take(Deadline.after(timeout));
        }
    }

    /** Takes a permit that belongs to what is returned, waiting for one. */
    public Permit hold() throws InterruptedException {
        return Objects.requireNonNull(hold(Deadline.never()));
    }

    /** Takes a permit that belongs to what is returned; null when there is none. */
    public @Nullable Permit tryHold() {
        try (Lane lane = attachment.enterToWrite()) {
            return attemptToHold(lane);
        }
    }

    /** Takes a permit that belongs to what is returned, waiting at most so long; null when none came. */
    public @Nullable Permit tryHold(Duration timeout) throws InterruptedException {
        return hold(Deadline.after(timeout));
    }

    private @Nullable Permit hold(Deadline deadline) throws InterruptedException {
        try (Lane lane = attachment.enterToWrite()) {
            Permit permit = attemptToHold(lane);
            if (permit != null || deadline.expired()) {
                return permit;
            }
            AtomicReference<@Nullable Permit> held = new AtomicReference<>();
            boolean _ = Waits.counted(permits.arrivals(), memory, SemaphoreDescriptor.WAITING_OFFSET, () -> {
                held.set(attemptToHold(lane));
                return held.get() != null;
            }, deadline);
            return held.get();
        }
    }

    private @Nullable Permit attemptToHold(Lane lane) {
        if (permits.permits() == 0) {
            return null;
        }
        int cell = claims.announceLock(lane, offset, ClaimWord.of(ClaimWord.LOCK_INTENT));
        StopPoint.LOCK_ANNOUNCED.reach();
        if (!permits.tryTake()) {
            claims.clear(cell);
            return null;
        }
        StopPoint.LOCK_TAKEN.reach();
        claims.set(cell, ClaimWord.of(ClaimWord.LOCKED));
        StopPoint.LOCK_CONFIRMED.reach();
        lane.hold();
        return new Permit(this, cell);
    }

    /** The end of {@link #hold}. */
    void giveBack(int cell) {
        try (Lane lane = attachment.enterToEnd()) {
            claims.set(cell, ClaimWord.of(ClaimWord.UNLOCKING));
            StopPoint.LOCK_UNLOCK_ANNOUNCED.reach();
            // There is room for it, unless somebody has released more than was acquired.
            boolean _ = permits.give(1);
            StopPoint.LOCK_UNLOCKED.reach();
            claims.clear(cell);
            lane.release();
        }
    }

    /** Takes all permits there are, and says how many. */
    public int drainPermits() {
        try (Lane _ = attachment.enterToWrite()) {
            total.forget();
            return permits.takeAll();
        }
    }

    /**
     * Adds a permit.
     *
     * @throws IllegalStateException when all permits are there already
     */
    public void release() {
        release(1);
    }

    /**
     * Adds permits, all at once.
     *
     * @throws IllegalStateException when there would be more than there can be; none is added
     * @throws IllegalArgumentException when the number is negative
     */
    public void release(int count) {
        if (count < 0) {
            throw new IllegalArgumentException("number of permits is negative: count=" + count);
        }
        try (Lane _ = attachment.enterToWrite()) {
            total.forget();
            if (!permits.give(count)) {
                throw new IllegalStateException("semaphore has no room for more permits: " + binding.describe()
                        + ", released=" + count + ", available=" + permits.permits() + ", most="
                        + (permitsMax() == 0 ? Integer.MAX_VALUE : permitsMax())
                        + " (release what was acquired, once)");
            }
        }
    }

    // facts

    /** Permits there are now: an estimate. */
    public int availablePermits() {
        return attachment.reading(permits::permits);
    }

    /** How many permits there can ever be; 0 for no limit. */
    public int permitsMax() {
        return attachment.reading(() -> SemaphoreDescriptor.permitsMax(memory));
    }

    /** Threads that wait for a permit, in all processes: an estimate, in which those of killed processes stay. */
    public int waiting() {
        return attachment.reading(permits::waiting);
    }

    @Override
    public Binding binding() {
        return binding;
    }

    /** Permits that are taken, of those there can be; 0 of 0 without a limit. */
    @Override
    public Occupancy occupancy() {
        return attachment.reading(() -> occupancy(memory));
    }

    private static Occupancy occupancy(MemorySegment memory) {
        int max = Math.max(0, SemaphoreDescriptor.permitsMax(memory));
        return new Occupancy((long) max - SemaphoreDescriptor.permits(memory), max, UNIT);
    }

    private static Match match(Blocks blocks) {
        Block block = blocks.find("");
        return block != null && SemaphoreDescriptor.fits(block.memory()) ? Match.POSSIBLE : Match.NO;
    }

    private static Description describe(Blocks blocks) {
        MemorySegment memory = blocks.require("").memory();
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("permits", SemaphoreDescriptor.permits(memory));
        details.put("waiting", SemaphoreDescriptor.waiting(memory));
        details.put("permitsMax", SemaphoreDescriptor.permitsMax(memory));
        return new Description(0, occupancy(memory), details);
    }
}
