package io.zeroipc.flow;

import java.lang.foreign.MemorySegment;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

import io.zeroipc.codec.Codec;
import io.zeroipc.format.StateDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Lane;
import io.zeroipc.segment.Role;

/**
 * The writing side of a {@link SharedState}. For one thread at a time.
 *
 * @param <T> the value
 */
public final class StateWriter<T> implements AutoCloseable {

    private static final int IDLE = 0;
    private static final int CLAIMED = 1;
    private static final int CLOSED = 2;
    /** In nanoseconds; the clock that it is measured by ticks in milliseconds. */
    private static final long CLOCK_DIFFERENCE_MAX = 2_000_000;

    private final SharedState<T> state;
    private final Attachment attachment;
    private final StateSlots slots;
    private final MemorySegment memory;
    private final Codec<T> codec;
    private final Role role;
    private final Lane lane;
    private int phase = IDLE;
    private boolean encoding;
    /** Mirrors latest, which nobody else changes. */
    private long version;
    /** What is to be added to {@link System#nanoTime()} for the time of day. */
    private long epochOffset = epochOffset();

    StateWriter(SharedState<T> state, StateSlots slots, Role role) {
        this.state = state;
        this.attachment = state.segment().attachment();
        this.slots = slots;
        this.memory = slots.memory;
        this.codec = state.codec();
        this.role = role;
        this.lane = role.lane();
        this.version = slots.latest();
    }

    /** Sets the value, with the present time. When the codec refuses it the old one stays. */
    public void set(T value) {
        set(value, now());
    }

    /**
     * Sets the value.
     *
     * @param timestamp when it was true: nanoseconds since 1970-01-01T00:00Z
     */
    public void set(T value, long timestamp) {
        try (Lane _ = lane.enterToWrite()) {
            long slot = begin();
            encode(value, slot);
            commit(slot, timestamp);
        }
    }

    /** Sets a value of eight bytes, with the present time, without objects. */
    public void setLong(long value) {
        state.requireWidth(Long.BYTES);
        try (Lane _ = lane.enterToWrite()) {
            long slot = begin();
            Atomics.putLong(memory, slot + StateDescriptor.PAYLOAD_OFFSET, value);
            commit(slot, now());
        }
    }

    /** Sets a value of eight bytes, with the present time, without objects. */
    public void setDouble(double value) {
        setLong(Double.doubleToRawLongBits(value));
    }

    /** Sets a value of four bytes, with the present time, without objects. */
    public void setInt(int value) {
        state.requireWidth(Integer.BYTES);
        try (Lane _ = lane.enterToWrite()) {
            long slot = begin();
            Atomics.putInt(memory, slot + StateDescriptor.PAYLOAD_OFFSET, value);
            commit(slot, now());
        }
    }

    /**
     * Hands out the slot of the next version in {@link #memory()}, to be filled in place and then
     * {@linkplain #publish() published} or {@linkplain #abort() given up}; until then this writer does nothing else.
     * The slot holds old bytes.
     *
     * @return where the value begins
     */
    public long claim() {
        try (Lane _ = lane.enterToWrite()) {
            long slot = begin();
            phase = CLAIMED;
            lane.hold();
            return slot + StateDescriptor.PAYLOAD_OFFSET;
        }
    }

    /** Sets what was written into the claimed slot, with the present time; also when the segment is being closed. */
    public void publish() {
        publish(now());
    }

    /**
     * Sets what was written into the claimed slot.
     *
     * @param timestamp when it was true: nanoseconds since 1970-01-01T00:00Z
     */
    public void publish(long timestamp) {
        try (Lane _ = lane.enterToEnd()) {
            endClaim();
            commit(slots.slot(version + 1), timestamp);
        }
    }

    /** Gives the claimed slot up; the old value stays. */
    public void abort() {
        try (Lane _ = lane.enterToEnd()) {
            endClaim();
        }
    }

    /** The memory that claimed slots lie in. Write to nothing but those. */
    public MemorySegment memory() {
        if (phase != CLAIMED) {
            attachment.ensureWritable();
        }
        return memory;
    }

    /** The version that was set last, in whatever process; 0 for none. */
    public long version() {
        return version;
    }

    /** Gives the role back. A claimed slot is not published. Idempotent. */
    @Override
    public void close() {
        phase = CLOSED;
        if (!encoding) {
            role.close();
        }
    }

    /** The codec must not use this writer, but may close it: the slot is ours until it is out. */
    private void encode(T value, long slot) {
        encoding = true;
        try {
            codec.encode(value, memory, slot + StateDescriptor.PAYLOAD_OFFSET);
        } finally {
            encoding = false;
            if (phase == CLOSED) {
                role.close();
            }
        }
        if (phase == CLOSED) {
            throw misuse();
        }
    }

    private long begin() {
        if (phase != IDLE || encoding) {
            throw misuse();
        }
        long slot = slots.slot(version + 1);
        Atomics.setLongOpaque(memory, slot + StateDescriptor.SEQUENCE_OFFSET, StateDescriptor.writing(version + 1));
        // S3, pairs with the load-load fence in StateSlots.isWhole(): whoever sees a byte stored from here on sees the
        // odd sequence too.
        Atomics.storeStoreFence();
        return slot;
    }

    private void commit(long slot, long timestamp) {
        long next = version + 1;
        Atomics.putLong(memory, slot + StateDescriptor.TIMESTAMP_OFFSET, timestamp);
        Atomics.putLong(memory, slot + StateDescriptor.LENGTH_OFFSET, slots.payloadSize);
        // S1, pairs with the acquire-load in StateSlots.find(): who sees the even sequence sees the bytes.
        Atomics.setLongRelease(memory, slot + StateDescriptor.SEQUENCE_OFFSET, StateDescriptor.complete(next));
        // S2, pairs with the acquire-load in StateSlots.latest(): who sees the version finds its slot complete.
        Atomics.setLongRelease(memory, StateDescriptor.LATEST_OFFSET, next);
        state.changes().advance();
        version = next;
    }

    private void endClaim() {
        if (phase != CLAIMED) {
            throw new IllegalStateException("no slot is claimed: " + state.describe());
        }
        phase = IDLE;
        lane.release();
    }

    private IllegalStateException misuse() {
        return new IllegalStateException(switch (phase) {
            case CLOSED -> "state writer is closed: " + state.describe();
            case CLAIMED -> "a slot is claimed: " + state.describe() + " (publish or abort it first)";
            default -> "state writer is busy: " + state.describe() + " (do not use it within its own codec)";
        });
    }

    /**
     * Nanoseconds since 1970-01-01T00:00Z. Not by {@link Instant} each time: that is an object, which the compiler removes
     * only where it happens to inline all that makes it.
     */
    private long now() {
        long now = System.nanoTime() + epochOffset;
        long ahead = now - TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
        if (Math.abs(ahead) > CLOCK_DIFFERENCE_MAX) {
            // Somebody has set the clock; or we were stopped in between, and it does no harm.
            epochOffset = epochOffset();
            now = System.nanoTime() + epochOffset;
        }
        return now;
    }

    /** The {@link #epochOffset} of now: of some attempts the one in which the two clocks were read closest. */
    private static long epochOffset() {
        long offset = 0;
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            long before = System.nanoTime();
            Instant now = Instant.now();
            long between = System.nanoTime() - before;
            if (between < least) {
                least = between;
                offset = now.getEpochSecond() * SharedState.Snapshot.NANOS_PER_SECOND + now.getNano() - before
                        - between / 2;
            }
        }
        return offset;
    }
}
