package io.zeroipc.flow;

import java.lang.foreign.MemorySegment;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

import io.zeroipc.OwnerDiedException;
import io.zeroipc.StructureBusyException;
import io.zeroipc.format.MutexDescriptor;
import io.zeroipc.format.SignalDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.memory.StopPoint;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.Claims;
import io.zeroipc.segment.EventCount;
import io.zeroipc.segment.Lane;
import io.zeroipc.sync.LockRecoverer;
import io.zeroipc.sync.OwnedLock;
import io.zeroipc.wait.Deadline;
import io.zeroipc.wait.Looks;
import io.zeroipc.wait.WaitStrategy;

/**
 * The value of a signal and its version: how they are read as a pair, and written. Thread-safe. The invariants I and
 * orderings S are those of {@link SharedSignal}.
 */
final class SignalCell {

    /** The value could not be read: somebody is changing it. */
    static final long BUSY = -1;

    /** Then the mutex is taken: a writer that never rests leaves hardly a gap that is long enough to read in. */
    private static final int LOOKS_WITHOUT_LOCK = 50;

    /** Whether processors of this kind show the stores of others in the order they were made (x86). */
    private static final boolean STORES_IN_ORDER = switch (System.getProperty("os.arch", "")
            .toLowerCase(Locale.ROOT)) {
        case "amd64", "x86_64" -> true;
        default -> false;
    };

    final int valueSize;

    private final MemorySegment state;
    private final MemorySegment mutexBytes;
    private final OwnedLock mutex;
    private final long mutexOffset;
    private final Attachment attachment;
    private final EventCount changes;
    private final String segment;
    private final String name;

    SignalCell(Blocks blocks, Block state, Block mutexBlock, int valueSize) {
        this.state = state.memory();
        this.mutexBytes = mutexBlock.memory();
        this.mutexOffset = mutexBlock.offset();
        this.attachment = blocks.attachment();
        this.changes = attachment.arrivals(state, this::stamp);
        this.mutex = new OwnedLock(mutexBlock, attachment, false);
        attachment.recoverer(LockRecoverer.class, mutexBlock, () -> LockRecoverer.of(mutexBlock.memory(), () -> {
            // A value that is half written stays so, and is told.
        }));
        this.valueSize = valueSize;
        this.segment = blocks.segment().name();
        this.name = blocks.name();
    }

    /** Whoever found it locked has reason to look again when it is not. */
    private long stamp() {
        return EventCount.mix(version(), isLocked() ? 1 : 0);
    }

    /** Where to wait for another value. */
    EventCount changes() {
        return changes;
    }

    long version() {
        return SignalDescriptor.version(state);
    }

    /**
     * Copies the value to private memory; an interrupt is kept.
     *
     * @return its version
     * @throws StructureBusyException when somebody was changing it during each of many attempts
     */
    long read(MemorySegment copy) {
        int looks = 0;
        long version = tryRead(copy, looks);
        while (version == BUSY) {
            looks = Looks.pause(looks);
            version = tryRead(copy, looks);
        }
        return version;
    }

    /** As {@link #read}, unless it is interrupted. */
    long readInterruptibly(MemorySegment copy) throws InterruptedException {
        int looks = 0;
        long version = tryRead(copy, looks);
        while (version == BUSY) {
            looks = pause(looks);
            version = tryRead(copy, looks);
        }
        return version;
    }

    /**
     * After an attempt in vain, because somebody else has changed the value meanwhile.
     *
     * @param looks how many there were before, as the attempts count
     * @return the value to pass next time
     * @throws StructureBusyException when there were too many
     */
    int pauseAfterChange(int looks) throws InterruptedException {
        if (looks >= Looks.MAX) {
            throw busy("changed", looks);
        }
        return pause(looks);
    }

    private int pause(int looks) throws InterruptedException {
        long begun = System.nanoTime();
        int _ = attachment.pause(WaitStrategy.backoff(), looks);
        return Looks.next(looks, begun);
    }

    private StructureBusyException busy(String what, int looks) {
        return new StructureBusyException("signal cannot be " + what + ", it is being changed all the time: segment="
                + segment
                + ", name=" + name + ", locked=" + isLocked() + ", looks=" + looks
                + " (if it stays locked, the process that was changing it is stopped or dead; once it is known to be "
                + "dead, breakLock() helps)", segment, name);
    }

    private long tryRead(MemorySegment copy, int looks) {
        long version = looks < LOOKS_WITHOUT_LOCK || attachment.isReadOnly()
                ? tryRead(copy)
                : tryReadLocked(copy);
        if (version == BUSY && looks >= Looks.MAX) {
            throw busy("read", looks);
        }
        return version;
    }

    /**
     * One attempt of {@link #read}; {@link #BUSY} when it failed.
     *
     * @throws OwnerDiedException when a writer has died while it wrote, and nobody has written since
     */
    long tryRead(MemorySegment copy) {
        return STORES_IN_ORDER || attachment.isReadOnly() ? tryReadUnlocked(copy) : tryReadLocked(copy);
    }

    private long tryReadUnlocked(MemorySegment copy) {
        // S1, pairs with write(): what is read behind this load is at least as new as the version.
        long version = version();
        if (isLocked()) {
            return BUSY;
        }
        MemorySegment.copy(state, SignalDescriptor.VALUE_OFFSET, copy, 0, valueSize);
        // S2, pairs with the fence in write(): if one byte copied above is newer than the version, then the mutex is seen
        // locked below, or free again and the version, which is loaded behind it, changed.
        Atomics.loadLoadFence();
        if (isLocked()) {
            return BUSY;
        }
        // S3, pairs with LockRecoverer and write(): a dead writer is told before it is unlocked for him, so behind the look at
        // the mutex; and until the next version, so before that is looked at again.
        String died = died();
        StopPoint.SIGNAL_READ.reach();
        if (version() != version) {
            return BUSY;
        }
        requireWhole(died);
        return version;
    }

    private long tryReadLocked(MemorySegment copy) {
        Lane lane = attachment.lane();
        if (!mutex.tryTake(lane)) {
            return BUSY;
        }
        try {
            MemorySegment.copy(state, SignalDescriptor.VALUE_OFFSET, copy, 0, valueSize);
            requireWhole(died());
            return version();
        } finally {
            unlock(lane);
        }
    }

    boolean tryLock(Lane lane) {
        return mutex.tryTake(lane);
    }

    /** Takes the mutex, waiting for it until the deadline; false when somebody else had it all the time. */
    boolean lock(Lane lane, Deadline deadline) throws InterruptedException {
        return mutex.take(lane, deadline);
    }

    /** Who has died while he wrote the value, for people, when nobody has written one since; else null. */
    private @Nullable String died() {
        Claims claims = attachment.claims();
        return claims.isAnyDied() ? claims.died(mutexOffset) : null;
    }

    private void requireWhole(@Nullable String died) {
        if (died != null) {
            throw new OwnerDiedException("a process died while it wrote the value, which may be half written: segment="
                    + segment + ", name=" + name + ", died=" + died + " (set(...) writes a whole one)", segment, name);
        }
    }

    /** Gives the mutex back, whatever has become of the segment meanwhile; false when nobody had it. */
    boolean unlock(Lane lane) {
        boolean locked = mutex.give(lane);
        // Behind the unlocking, and not the version: who looks in between finds the signal locked, and would sleep again.
        changes.advance();
        return locked;
    }

    boolean isLocked() {
        return MutexDescriptor.isLocked(mutexBytes);
    }

    /** Stores a value and counts its version up; the caller holds the mutex. */
    void write(MemorySegment value) {
        mutex.change();
        StopPoint.SIGNAL_CHANGE_ANNOUNCED.reach();
        // S2, pairs with tryReadUnlocked(): whoever sees a byte stored from here on sees the mutex locked, or the version.
        Atomics.storeStoreFence();
        MemorySegment.copy(value, 0, state, SignalDescriptor.VALUE_OFFSET, valueSize);
        // S1, pairs with version(): who sees the version sees the value. An addition and not a store, as in C++.
        Atomics.getAndAddLong(state, SignalDescriptor.VERSION_OFFSET, 1);
        // S3, behind the version.
        Claims claims = attachment.claims();
        if (claims.isAnyDied()) {
            claims.makeWhole(mutexOffset);
        }
    }
}
