package io.zeroipc.segment;

import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

import org.jspecify.annotations.Nullable;

import io.zeroipc.format.ParticipantsDescriptor;

/**
 * What one thread is doing in one segment at this moment: how deep it is in operations, in how many of them code of others
 * runs, and how much it holds beyond them. Closing the segment reads all lanes, and so ends operations and never cuts one.
 * Every operation that touches shared memory stands between entering and leaving:
 *
 * <pre>{@code
 * try (Lane _ = attachment.enterToWrite()) {
 *     return slots.offer(element);
 * }
 * }</pre>
 *
 * <p>
 * A lane belongs to a platform thread, to a role that is used by one thread at a time, or, of a few, to all virtual threads
 * together. Operations may be nested.
 *
 * <p>
 * Ordering. O1: entering stores {@code inside} and then loads the attachment's state; closing stores the state and then loads
 * {@code inside}. One of the two must see the other. A full fence here would cost more than the operation it guards, so
 * whoever closes fences for everybody: {@link Attachment#fenceAllThreads}. It stops each thread at a safepoint, where all
 * stores before it are made and no load after it is. Between our store and our load there is none, and the release keeps the
 * load from moving up to an earlier one. O2: the release-store of {@code inside} in {@link #close} pairs with the volatile
 * load in {@link #isOutside}: who sees a thread outside sees all it has done, and may take the memory away.
 */
public final class Lane implements AutoCloseable {

    private static final AtomicIntegerFieldUpdater<Lane> INSIDE = AtomicIntegerFieldUpdater.newUpdater(Lane.class,
            "inside");
    private static final AtomicIntegerFieldUpdater<Lane> CALLING_OUT = AtomicIntegerFieldUpdater
            .newUpdater(Lane.class, "callingOut");
    private static final AtomicIntegerFieldUpdater<
            Lane> HELD = AtomicIntegerFieldUpdater.newUpdater(Lane.class, "held");

    /** No claim was announced in this lane so far. */
    static final int NO_RECORD_YET = 0;
    /** There was none to be had. */
    static final int NO_RECORD = -1;

    /** Keeps the words below two cache lines from those of another lane: nobody else touches them while their owner works. */
    @SuppressWarnings("unused")
    private long pad0, pad1, pad2, pad3, pad4, pad5, pad6, pad7, pad8, pad9, padA, padB, padC, padD, padE, padF;
    private volatile int inside;
    private volatile int callingOut;
    private volatile int held;

    private final Attachment attachment;
    /** The owner's {@link Thread#threadId}; 0 when it is no platform thread. */
    private final long ownerId;
    /** Gone, or ended: the lane may be used for another thread. Null when it is no platform thread's. */
    private final @Nullable WeakReference<Thread> owner;
    private final boolean shared;
    private final boolean role;
    private final Runnable atClose;
    /** Where it announces claims: written by whoever uses the lane, and looked at when nobody does. */
    private int record = NO_RECORD_YET;
    private int firstCell = Claims.NO_CELL;

    private Lane(Attachment attachment, @Nullable Thread owner, boolean shared, boolean role, Runnable atClose) {
        this.attachment = attachment;
        this.ownerId = owner == null ? 0 : owner.threadId();
        this.owner = owner == null ? null : new WeakReference<>(owner);
        this.shared = shared;
        this.role = role;
        this.atClose = atClose;
    }

    static Lane of(Attachment attachment, Thread owner) {
        return new Lane(attachment, owner, false, false, Lane::nothing);
    }

    /** For one thread at a time, whichever it is. */
    static Lane ofRole(Attachment attachment, Runnable atClose) {
        return new Lane(attachment, null, false, true, atClose);
    }

    /** For what any number of threads hold that are in their own lanes meanwhile: nobody enters it. */
    static Lane ofHolders(Attachment attachment, Runnable atClose) {
        return new Lane(attachment, null, true, true, atClose);
    }

    /** For any number of threads at once, at the price of an atomic addition for each step. */
    static Lane ofMany(Attachment attachment) {
        return new Lane(attachment, null, true, false, Lane::nothing);
    }

    /**
     * Begins an operation that writes; {@link #close} ends it, unless this throws.
     *
     * @throws IllegalStateException after close has begun, or when the segment was opened read-only
     * @throws io.zeroipc.SegmentDetachedException when the file behind the mapping is no longer the segment
     */
    public Lane enterToWrite() {
        // O1
        add(INSIDE, 1);
        if (!attachment.isWritable()) {
            throw refused();
        }
        return this;
    }

    /** As {@link #enterToWrite}, for an operation that only reads: also when the segment was opened read-only. */
    public Lane enterToRead() {
        // O1
        add(INSIDE, 1);
        if (!attachment.isReadable()) {
            throw refused();
        }
        return this;
    }

    /**
     * As {@link #enterToWrite}, for the end of something that an earlier operation has begun and {@linkplain #hold holds}: also
     * after close has begun, as long as the memory is there.
     */
    public Lane enterToEnd() {
        if (!tryEnterToEnd()) {
            throw attachment.failure();
        }
        return this;
    }

    /** As {@link #enterToEnd}; false, and nothing has begun, when the memory is gone. */
    public boolean tryEnterToEnd() {
        // O1
        add(INSIDE, 1);
        if (!attachment.isEndableIn(this)) {
            close();
            return false;
        }
        return true;
    }

    /** Leaves: ends an operation. The last one out after the segment's close has begun frees the mapping. */
    @Override
    public void close() {
        // O2
        add(INSIDE, -1);
        if (attachment.isClosing()) {
            attachment.left();
        }
    }

    /** From here on code of others runs inside the operation: for as long as it likes, so that closing does not wait for it. */
    public void callOut() {
        add(CALLING_OUT, 1);
    }

    /** The end of {@link #callOut}. */
    public void callIn() {
        add(CALLING_OUT, -1);
    }

    /**
     * Something is held beyond the operation, a claim or a lock, which another operation ends: the mapping stays until then.
     * To be called inside an operation.
     */
    public void hold() {
        add(HELD, 1);
    }

    /** The end of {@link #hold}, perhaps in another lane. To be called inside an operation. */
    public void release() {
        add(HELD, -1);
    }

    /** A role ends: nobody will enter its lane again. Idempotent. */
    public void retire() {
        attachment.retire(this);
    }

    /**
     * As {@link #retire}, with what the segment's close does for an open role: by whoever comes first, and once. Without effect
     * on the bytes when they are gone.
     */
    public void settleAndRetire() {
        attachment.settleAndRetire(this);
    }

    /** Its record for claims, {@link #NO_RECORD_YET} or {@link #NO_RECORD}. */
    int record() {
        return record;
    }

    void record(int number) {
        record = number;
        if (number > 0 && !shared) {
            firstCell = number * ParticipantsDescriptor.CELLS_PER_RECORD + 1;
        }
    }

    /** Goes on with the record of a lane whose thread has ended, and with what is said there. */
    void takeRecordOf(Lane ended) {
        record = ended.record;
        firstCell = ended.firstCell;
    }

    /** The first cell of its record, where nobody else announces; {@link Claims#NO_CELL} when it has no such record. */
    int firstCell() {
        return firstCell;
    }

    /** Whether several threads may be in it at once. */
    boolean isShared() {
        return shared;
    }

    /** The owner's {@link Thread#threadId}; 0 when it is no platform thread's. */
    long threadId() {
        return ownerId;
    }

    /** Whether it is a role's, and no thread's. */
    boolean isRole() {
        return role;
    }

    boolean belongsTo(long threadId) {
        return ownerId == threadId;
    }

    /** Where it stands among so many places, a power of two. */
    int place(int places) {
        return (int) ownerId & places - 1;
    }

    /** Whether the lane's thread has ended, outside, so that nobody enters it any more. */
    boolean isAbandoned() {
        if (owner == null) {
            return false;
        }
        Thread thread = owner.get();
        return (thread == null || !thread.isAlive()) && isOutside();
    }

    /** What the segment's close does for a role that is open, idle, and holds nothing. */
    void settle() {
        atClose.run();
    }

    /** Whether no thread is in an operation. */
    boolean isOutside() {
        // O2, pairs with close().
        return inside == 0;
    }

    /** Whether a thread is in an operation in which no code of others runs. */
    boolean isBusy() {
        return inside > callingOut;
    }

    /** Whether nobody is in an operation, and nothing is held beyond it. */
    boolean isAtRest() {
        return isOutside() && held == 0;
    }

    int held() {
        return held;
    }

    private RuntimeException refused() {
        RuntimeException failure = attachment.failure();
        close();
        return failure;
    }

    private static void nothing() {
        // A thread's lane: there is nothing to give back that its operations do not.
    }

    private void add(AtomicIntegerFieldUpdater<Lane> word, int delta) {
        if (shared) {
            word.getAndAdd(this, delta);
        } else {
            // Nobody else writes here. A release-store, as close() needs it; on the way in it is as good as opaque.
            word.lazySet(this, word.get(this) + delta);
        }
    }
}
