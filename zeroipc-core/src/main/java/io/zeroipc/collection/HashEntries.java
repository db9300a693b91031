package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

import io.zeroipc.StructureBusyException;
import io.zeroipc.format.KeyHash;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Blocks;

import static io.zeroipc.format.EntryState.DELETED;
import static io.zeroipc.format.EntryState.EMPTY;
import static io.zeroipc.format.EntryState.INSERTING;
import static io.zeroipc.format.EntryState.OCCUPIED;

/**
 * The entries of a set or map: which key is where. Knows keys and values as bytes only. Thread-safe but for
 * {@link #compact}.
 *
 * <p>
 * Overview: an open-addressing hash table with linear probing and a state word in each entry, on the bytes of
 * {@code docs/format/set.md} and {@code map.md}. A key's chain is the sequence of entries from its hash on, up to the first
 * EMPTY one. Changed from the original: whoever changes or removes an entry owns it first (INSERTING) and compares the key
 * again; whoever adds a key publishes it only after a look at the whole chain, so that nobody ever sees a second copy; a
 * lookup checks the entry again after copying.
 *
 * <p>
 * Invariants. I1: an entry in state INSERTING has one owner, the thread that made it so; only that thread changes its
 * state, key and value. I2: the key of an OCCUPIED entry does not change, neither while somebody owns it to replace the
 * value or to remove it. I3: an entry that is not EMPTY never becomes EMPTY again, so a chain only gets longer. I4: a key
 * is OCCUPIED in its chain at most once, if all who add are of this library.
 *
 * <p>
 * Ordering. S1: the release-store of OCCUPIED in {@link #publish} pairs with the acquire-load in {@link #state}: key and
 * value are visible to who sees it. S2: between the store of a key into an owned entry and the search for others lies a
 * full fence: of two threads that add one key, at least one sees the other's entry, INSERTING with this key or already
 * OCCUPIED. S3: the load-load fence in {@link #isStill} keeps what was copied before the second look at the state.
 *
 * <p>
 * Why an INSERTING entry with the bytes of another key is nobody's concern: if it was OCCUPIED before, it has that other
 * key (I2); if it is being filled, whatever it will hold is not there yet. With the bytes of our key nobody can tell, so it
 * is waited for.
 *
 * <p>
 * Why I4 holds: of two owners that add one key, let A be one that sees B's entry in its search (S2). If that is OCCUPIED, A
 * withdraws. If it is INSERTING and earlier in the chain, A withdraws; if it is later, A waits for what becomes of it, and
 * withdraws if that is OCCUPIED. So A publishes only after B has withdrawn. Waits go down the chain only, and those who
 * replace or remove wait for nobody as owners: no two wait for each other.
 *
 * <p>
 * Progress: lookups write nothing. Nobody waits but for an entry in state INSERTING with the key in question, about a
 * second at most; then the operation says by exception that it cannot tell.
 *
 * <p>
 * If a process dies as owner of an entry: the entry is lost until {@link #compact}, and who asks for the key in it is told
 * so. All other keys go on past it.
 */
final class HashEntries {

    /** What became of a key that was to be added. */
    enum Addition {
        ADDED, PRESENT, FULL
    }

    /** Where an entry, and what is in it, lies. A set has values of 0 bytes. */
    record Layout(long entriesOffset, long entrySize, long keyOffset, int keySize, long valueOffset, int valueSize) {}

    /** Called with an entry copied to private memory. */
    interface Visitor {
        void accept(MemorySegment copy);
    }

    private static final int NONE = -1;
    private static final long SIZE_OFFSET = 0;
    /** Moves in one access, whatever its alignment: whole, where the alignment is natural. */
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;

    private final Blocks blocks;
    private final MemorySegment block;
    private final int capacity;
    private final Layout layout;
    private final KeyRules rules;
    /** In a thread's private memory: the key, the value to store, the value found. */
    private final long newValue;
    private final long oldValue;
    /** Whether a value is always read as one of those that were written, and not as parts of two. */
    private final boolean valuesAreAtomic;
    /** An entry that stayed INSERTING for the longest wait, so that the next one is shorter; racy, a hint only. */
    private int stuck = NONE;

    /** @param blocks where this is, for messages */
    HashEntries(Blocks blocks, MemorySegment block, int capacity, Layout layout, KeyRules rules) {
        this.blocks = blocks;
        this.block = block;
        this.capacity = capacity;
        this.layout = layout;
        this.rules = rules;
        this.newValue = (layout.keySize() + 7L) & -8L;
        this.oldValue = newValue + Long.BYTES;
        int valueSize = layout.valueSize();
        this.valuesAreAtomic = valueSize <= 1 || ((valueSize == Integer.BYTES || valueSize == Long.BYTES)
                && layout.valueOffset() % valueSize == 0 && layout.entrySize() % valueSize == 0);
    }

    /** Bytes of private memory that each operation takes: key at 0, then the values. */
    long scratchSize() {
        return oldValue + Long.BYTES;
    }

    long newValueOffset() {
        return newValue;
    }

    long oldValueOffset() {
        return oldValue;
    }

    int capacity() {
        return capacity;
    }

    /** Keys: an estimate within 0 and the capacity. A peer that counts after it publishes may let it fall below zero. */
    int size() {
        return Math.clamp(Atomics.getIntAcquire(block, SIZE_OFFSET), 0, capacity);
    }

    // looking

    /**
     * Copies the value of the key in {@code scratch} to its old value; false when there is no such key.
     *
     * @throws StructureBusyException when that cannot be told
     */
    boolean find(MemorySegment scratch) {
        long hash = rules.hash(scratch, 0);
        for (int step = 0; step < capacity; step++) {
            int index = KeyHash.index(hash, step, capacity);
            int state = settled(index, scratch);
            if (state == EMPTY) {
                return false;
            }
            if (state == OCCUPIED && isKey(index, scratch) && copyValue(index, scratch)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Copies each entry that is there when its turn comes.
     *
     * @throws StructureBusyException at the end, when that could not be told of an entry
     */
    void forEach(MemorySegment scratch, Visitor visitor) {
        int busy = NONE;
        for (int index = 0; index < capacity; index++) {
            int state = settled(index, SlotWait.LOOKS_OF_THE_PATIENT);
            if (state == OCCUPIED) {
                MemorySegment.copy(block, keyOffset(index), scratch, 0, layout.keySize());
                if (isStill(index, scratch) && copyValue(index, scratch)) {
                    visitor.accept(scratch);
                }
            } else if (state == INSERTING) {
                busy = index;
            }
        }
        if (busy != NONE) {
            throw busy(busy);
        }
    }

    /** Whether the value was copied whole while the entry held the key; tried again while it is just being replaced. */
    private boolean copyValue(int index, MemorySegment scratch) {
        do {
            copyValue(block, valueOffset(index), scratch, oldValue);
            if (isStill(index, scratch) && (valuesAreAtomic || isValue(index, scratch))) {
                return true;
            }
            // Each further turn is one that another thread replaced the value in.
        } while (settled(index, scratch) == OCCUPIED && isKey(index, scratch));
        return false;
    }

    private boolean isStill(int index, MemorySegment scratch) {
        // S3: what was copied before was copied before the state and the key are looked at again.
        Atomics.loadLoadFence();
        return state(index) == OCCUPIED && isKey(index, scratch);
    }

    private boolean isValue(int index, MemorySegment scratch) {
        return MemorySegment.mismatch(block, valueOffset(index), valueOffset(index) + layout.valueSize(), scratch,
                oldValue,
                oldValue + layout.valueSize()) < 0;
    }

    // changing

    /**
     * Adds the key in {@code scratch} with its new value.
     *
     * @param replace whether the value of a key that is there becomes the new one; the old value is copied then
     * @throws StructureBusyException when it cannot be told whether the key is there
     */
    Addition add(MemorySegment scratch, boolean replace) {
        long hash = rules.hash(scratch, 0);
        boolean waited = false;
        while (true) {
            int found = NONE;
            int target = NONE;
            int targetState = EMPTY;
            for (int step = 0; step < capacity && found == NONE; step++) {
                int index = KeyHash.index(hash, step, capacity);
                int state = settled(index, scratch);
                if ((state == EMPTY || state == DELETED) && target == NONE) {
                    target = index;
                    targetState = state;
                }
                if (state == EMPTY) {
                    break;
                }
                if (state == OCCUPIED && isKey(index, scratch) && isStill(index, scratch)) {
                    found = index;
                }
            }
            if (found != NONE) {
                if (!replace || replaceValue(found, scratch)) {
                    return Addition.PRESENT;
                }
            } else if (target == NONE) {
                if (waited) {
                    return Addition.FULL;
                }
                awaitOwners();
                waited = true;
            } else if (Atomics.compareAndSetInt(block, stateOffset(target), targetState, INSERTING)) {
                MemorySegment.copy(scratch, 0, block, keyOffset(target), layout.keySize());
                copyValue(scratch, newValue, block, valueOffset(target));
                // S2, pairs with the same fence of whoever adds this key at the same time.
                Atomics.fullFence();
                if (isOnlyOne(target, hash, scratch)) {
                    // Counted before it is there, so that nobody can remove, and uncount, it first.
                    Atomics.getAndAddInt(block, SIZE_OFFSET, 1);
                    publish(target);
                    return Addition.ADDED;
                }
                withdraw(target);
            }
        }
    }

    /**
     * Waits for entries that others own: one that is just being filled may be about to hold the very key in question, or to
     * become free again. The time is enough for all of them together.
     */
    private void awaitOwners() {
        int looksMax = SlotWait.LOOKS_OF_THE_PATIENT;
        for (int index = 0; index < capacity; index++) {
            if (settled(index, looksMax) == INSERTING) {
                looksMax = 0;
            }
        }
    }

    /**
     * Whether nobody else has the key that was just stored in an entry of ours, or will have it before we publish. When
     * two are at it, the entry that comes first in the chain goes first.
     */
    private boolean isOnlyOne(int ours, long hash, MemorySegment scratch) {
        boolean passed = false;
        for (int step = 0; step < capacity; step++) {
            int index = KeyHash.index(hash, step, capacity);
            if (index == ours) {
                passed = true;
                continue;
            }
            int state = state(index);
            if (state == EMPTY) {
                break;
            }
            if (state == INSERTING && passed && isKey(index, scratch)) {
                state = settled(index, SlotWait.LOOKS_OF_THE_PATIENT);
            }
            if (state != DELETED && isKey(index, scratch)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Removes the key in {@code scratch}, all copies of it, and copies its value; false when there is no such key.
     *
     * @throws StructureBusyException when that cannot be told
     */
    boolean remove(MemorySegment scratch) {
        long hash = rules.hash(scratch, 0);
        while (true) {
            int first = NONE;
            for (int step = 0; step < capacity; step++) {
                int index = KeyHash.index(hash, step, capacity);
                int state = settled(index, scratch);
                if (state == EMPTY) {
                    break;
                }
                if (state == OCCUPIED && index != first && isKey(index, scratch)) {
                    if (first == NONE) {
                        first = index;
                    } else {
                        removeCopy(index, first, scratch);
                    }
                }
            }
            if (first == NONE) {
                return false;
            }
            if (own(first, scratch)) {
                copyValue(block, valueOffset(first), scratch, oldValue);
                delete(first);
                return true;
            }
        }
    }

    private boolean replaceValue(int index, MemorySegment scratch) {
        if (!own(index, scratch)) {
            return false;
        }
        copyValue(block, valueOffset(index), scratch, oldValue);
        copyValue(scratch, newValue, block, valueOffset(index));
        publish(index);
        return true;
    }

    /** Removes a copy that a program in another language left, for certain that there is another at this moment. */
    private void removeCopy(int later, int earlier, MemorySegment scratch) {
        if (!own(later, scratch)) {
            return;
        }
        // The later copy cannot change now. Whoever removes the earlier one from here on does so after us.
        if (state(earlier) == OCCUPIED && isKey(earlier, scratch) && isStill(earlier, scratch)) {
            delete(later);
        } else {
            publish(later);
        }
    }

    /** Owns an entry if it holds the key: between a look at it and now it may have been given to another one. */
    private boolean own(int index, MemorySegment scratch) {
        if (!Atomics.compareAndSetInt(block, stateOffset(index), OCCUPIED, INSERTING)) {
            return false;
        }
        if (isKey(index, scratch)) {
            return true;
        }
        publish(index);
        return false;
    }

    private void publish(int index) {
        // S1, pairs with the acquire-load in state().
        Atomics.setIntRelease(block, stateOffset(index), OCCUPIED);
    }

    private void delete(int index) {
        Atomics.getAndAddInt(block, SIZE_OFFSET, -1);
        withdraw(index);
    }

    private void withdraw(int index) {
        // S1: what was read from the entry was read before the next owner writes to it.
        Atomics.setIntRelease(block, stateOffset(index), DELETED);
    }

    // making room

    /**
     * Turns deleted entries, and those a dead process left INSERTING, into empty ones, and moves the others as close to
     * their hash as they can get. Nobody may change or look at the entries meanwhile, in any process. If this process dies
     * in between, doing it again completes it: no entry is ever gone, one may be there twice.
     */
    void compact() {
        int size = 0;
        for (int index = 0; index < capacity; index++) {
            if (state(index) == OCCUPIED) {
                size++;
            } else {
                Atomics.setIntRelease(block, stateOffset(index), EMPTY);
            }
        }
        boolean moved = true;
        while (moved) {
            moved = false;
            for (int index = 0; index < capacity; index++) {
                if (state(index) == OCCUPIED) {
                    int better = firstFreeBefore(index);
                    if (better != NONE) {
                        MemorySegment.copy(block, keyOffset(index), block, keyOffset(better), layout.keySize());
                        copyValue(block, valueOffset(index), block, valueOffset(better));
                        publish(better);
                        Atomics.setIntRelease(block, stateOffset(index), EMPTY);
                        moved = true;
                    }
                }
            }
        }
        Atomics.setIntRelease(block, SIZE_OFFSET, size);
    }

    private int firstFreeBefore(int index) {
        long hash = rules.hash(block, keyOffset(index));
        for (int step = 0; step < capacity; step++) {
            int each = KeyHash.index(hash, step, capacity);
            if (each == index) {
                return NONE;
            }
            if (state(each) == EMPTY) {
                return each;
            }
        }
        return NONE;
    }

    // one entry

    private boolean isKey(int index, MemorySegment scratch) {
        return rules.equal(block, keyOffset(index), scratch, 0);
    }

    private int state(int index) {
        // S1, pairs with the release-stores in publish() and withdraw().
        return Atomics.getIntAcquire(block, stateOffset(index));
    }

    /**
     * The state of an entry; when somebody is at this very key, as soon as that is over. INSERTING is the state of an entry
     * that others need not care about.
     *
     * @throws StructureBusyException when it is not over in time
     */
    private int settled(int index, MemorySegment scratch) {
        int state = state(index);
        if (state != INSERTING) {
            if (index == stuck) {
                stuck = NONE;
            }
            return state;
        }
        if (!isKey(index, scratch)) {
            return INSERTING;
        }
        state = settled(index, SlotWait.LOOKS_OF_THE_PATIENT);
        if (state == INSERTING && isKey(index, scratch)) {
            throw busy(index);
        }
        return state;
    }

    /** The state of an entry as soon as nobody owns it; INSERTING only when that took too long. */
    private int settled(int index, int looksMax) {
        int max = index == stuck ? Math.min(looksMax, SlotWait.LOOKS_MAX) : looksMax;
        int state = state(index);
        for (int looks = 0; state == INSERTING && looks < max; state = state(index)) {
            looks = SlotWait.pause(looks);
        }
        if (state == INSERTING && looksMax == SlotWait.LOOKS_OF_THE_PATIENT) {
            stuck = index;
        }
        return state;
    }

    private StructureBusyException busy(int index) {
        return SlotWait.busy(blocks, "entry=" + index + ", state=inserting",
                "compact() frees the entry while nobody uses the structure");
    }

    private void copyValue(MemorySegment from, long fromOffset, MemorySegment to, long toOffset) {
        switch (layout.valueSize()) {
            case Long.BYTES -> to.set(LONG, toOffset, from.get(LONG, fromOffset));
            case Integer.BYTES -> to.set(INT, toOffset, from.get(INT, fromOffset));
            default -> MemorySegment.copy(from, fromOffset, to, toOffset, layout.valueSize());
        }
    }

    private long stateOffset(int index) {
        return layout.entriesOffset() + layout.entrySize() * index;
    }

    private long keyOffset(int index) {
        return stateOffset(index) + layout.keyOffset();
    }

    private long valueOffset(int index) {
        return stateOffset(index) + layout.valueOffset();
    }
}
