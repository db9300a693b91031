package io.zeroipc.sync;

import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.zeroipc.Occupancy;
import io.zeroipc.StructureKind;
import io.zeroipc.format.CounterDescriptor;
import io.zeroipc.memory.Atomics;
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

import static io.zeroipc.format.CounterDescriptor.NARROW_SIZE;
import static io.zeroipc.format.CounterDescriptor.SIZE;
import static io.zeroipc.format.CounterDescriptor.VALUE_OFFSET;

/*
 * Overview
 *   One word, and the processor's atomic operations on it.
 *
 * Invariants
 *   I1  the width never changes; it is the size of the block.
 *
 * Ordering
 *   S1  every change here is a full-strength atomic operation or a release-store, and pairs with the acquire-load in get():
 *       what was done before a change is visible to who sees its value.
 *
 * Progress
 *   Wait-free, but for updates that compare: lock-free.
 *
 * If a process dies here
 *   Nothing: a change has happened or has not.
 */

/**
 * A number in shared memory that threads of all processes change atomically. Thread-safe. Two's complement, of 8 bytes, or
 * of 4; it wraps. This project's own: {@code docs/format/counter.md}. The operations are those of
 * {@link java.util.concurrent.atomic.AtomicLong}, and allocate nothing.
 */
public final class SharedCounter implements Structure {

    public static final StructureKind KIND = StructureKind.of("counter");
    public static final Probe PROBE = new SyncProbe(KIND, SharedCounter::match, SharedCounter::describe);

    private final Binding binding;
    private final Attachment attachment;
    private final MemorySegment memory;
    private final boolean wide;

    private SharedCounter(Blocks blocks, MemorySegment memory) {
        this.binding = blocks.binding(KIND);
        this.attachment = blocks.attachment();
        this.memory = memory;
        this.wide = memory.byteSize() == SIZE;
    }

    /** A counter to create, of 8 bytes then, or to open whatever width it has. */
    public static Spec<SharedCounter> spec() {
        return spec(0);
    }

    /**
     * A counter to create or open.
     *
     * @param width bytes, 4 or 8; 0 for 8 to create, and for what is stored to open
     * @throws IllegalArgumentException for another width
     */
    public static Spec<SharedCounter> spec(int width) {
        if (width != 0 && width != NARROW_SIZE && width != SIZE) {
            throw new IllegalArgumentException("counter has an impossible width: width=" + width + " (expected: "
                    + NARROW_SIZE + " or " + SIZE + " bytes)");
        }
        return new SyncSpec<>(KIND, () -> List.of(new Part("", width == 0 ? SIZE : width, _ -> {
            // Zero is zero.
        })), blocks -> bind(blocks, width));
    }

    /** Creates a counter of 8 bytes; see {@link Segment#create}. */
    public static SharedCounter create(Segment segment, String name) {
        return segment.create(name, spec());
    }

    /** Opens a counter of either width; see {@link Segment#open}. */
    public static SharedCounter open(Segment segment, String name) {
        return segment.open(name, spec());
    }

    /** Opens a counter, or creates it; see {@link Segment#openOrCreate}. */
    public static SharedCounter openOrCreate(Segment segment, String name) {
        return segment.openOrCreate(name, spec());
    }

    private static SharedCounter bind(Blocks blocks, int width) {
        MemorySegment memory = blocks.require("").memory();
        blocks.requireSound(CounterDescriptor.check(memory));
        blocks.requireStored("width differs", memory.byteSize(), width);
        return new SharedCounter(blocks, memory);
    }

    /** The value. */
    public long get() {
        try (Lane _ = attachment.enterToRead()) {
            return value(memory);
        }
    }

    /**
     * Stores a value.
     *
     * @throws IllegalArgumentException when it has no room in 4 bytes
     */
    public void set(long value) {
        try (Lane _ = attachment.enterToWrite()) {
            if (wide) {
                Atomics.setLongRelease(memory, VALUE_OFFSET, value);
            } else {
                Atomics.setIntRelease(memory, VALUE_OFFSET, narrow(value));
            }
        }
    }

    /** Adds one; the new value. */
    public long incrementAndGet() {
        return addAndGet(1);
    }

    /** Subtracts one; the new value. */
    public long decrementAndGet() {
        return addAndGet(-1);
    }

    /** Adds; the new value. Wraps at the counter's width. */
    public long addAndGet(long delta) {
        long before = getAndAdd(delta);
        return wide ? before + delta : (int) (before + delta);
    }

    /** Adds; the value before. Wraps at the counter's width. */
    public long getAndAdd(long delta) {
        try (Lane _ = attachment.enterToWrite()) {
            return wide
                    ? Atomics.getAndAddLong(memory, VALUE_OFFSET, delta)
                    : Atomics.getAndAddInt(memory, VALUE_OFFSET, (int) delta);
        }
    }

    /**
     * Stores a value; the one before.
     *
     * @throws IllegalArgumentException when it has no room in 4 bytes
     */
    public long getAndSet(long value) {
        try (Lane _ = attachment.enterToWrite()) {
            return wide
                    ? Atomics.getAndSetLong(memory, VALUE_OFFSET, value)
                    : Atomics.getAndSetInt(memory, VALUE_OFFSET, narrow(value));
        }
    }

    /**
     * Stores a value if the present one is as expected; false if it is not.
     *
     * @throws IllegalArgumentException when the value has no room in 4 bytes
     */
    public boolean compareAndSet(long expected, long value) {
        try (Lane _ = attachment.enterToWrite()) {
            if (wide) {
                return Atomics.compareAndSetLong(memory, VALUE_OFFSET, expected, value);
            }
            int narrow = narrow(value);
            return expected == (int) expected && Atomics.compareAndSetInt(memory, VALUE_OFFSET, (int) expected, narrow);
        }
    }

    /**
     * Raises the value to this one if it is less; the new value.
     *
     * @throws IllegalArgumentException when it has no room in 4 bytes
     */
    public long maxAndGet(long value) {
        try (Lane _ = attachment.enterToWrite()) {
            while (true) {
                long present = value(memory);
                if (present >= value) {
                    return present;
                }
                if (compareAndSet(present, value)) {
                    return value;
                }
            }
        }
    }

    /** Bytes: 4 or 8. */
    public int width() {
        return wide ? (int) SIZE : (int) NARROW_SIZE;
    }

    @Override
    public Binding binding() {
        return binding;
    }

    /** A counter is not full or empty: 0 of 0. */
    @Override
    public Occupancy occupancy() {
        return attachment.reading(() -> Occupancy.ofElements(0, 0));
    }

    private int narrow(long value) {
        if (value != (int) value) {
            throw new IllegalArgumentException("value has no room in the counter: " + binding.describe() + ", value="
                    + value + ", width=" + NARROW_SIZE);
        }
        return (int) value;
    }

    private static long value(MemorySegment memory) {
        // S1: what was done before this value was stored is visible from here on.
        return memory.byteSize() == SIZE
                ? Atomics.getLongAcquire(memory, VALUE_OFFSET)
                : Atomics.getIntAcquire(memory, VALUE_OFFSET);
    }

    private static Match match(Blocks blocks) {
        Block block = blocks.find("");
        return block != null && CounterDescriptor.check(block.memory()) == null ? Match.POSSIBLE : Match.NO;
    }

    private static Description describe(Blocks blocks) {
        MemorySegment memory = blocks.require("").memory();
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("value", value(memory));
        details.put("width", memory.byteSize());
        return new Description(0, Occupancy.ofElements(0, 0), details);
    }
}
