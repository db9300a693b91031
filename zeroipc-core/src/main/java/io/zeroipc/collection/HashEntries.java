package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

import io.zeroipc.format.KeyHash;
import io.zeroipc.memory.Atomics;

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
 * again; whoever has added a key looks for a second copy of it; a lookup checks the entry again after copying.
 *
 * <p>
 * Invariants. I1: an entry in state INSERTING has one owner, the thread that made it so; only that thread changes its
 * state, key and value. I2: the key of an OCCUPIED entry does not change. I3: an entry that is not EMPTY never becomes
 * EMPTY again, so a chain only gets longer. I4: at rest a key is in its chain at most once, if all who add are of this
 * library.
 *
 * <p>
 * Ordering. S1: the release-store of OCCUPIED in {@link #publish} pairs with the acquire-load in {@link #state}: key and
 * value are visible to who sees it. S2: between the store of OCCUPIED and the search for a second copy lies a full fence:
 * of two threads that add one key, at least one sees the other's copy. S3: the load-load fence in {@link #isStill} keeps
 * what was copied before the second look at the state.
 *
 * <p>
 * Progress: lookups write nothing. Nobody waits but for an entry in state INSERTING, {@link SlotWait#LOOKS_MAX} looks at
 * most; then the entry is skipped, and for as long as it stays as it is nobody waits for it through this object again.
 *
 * <p>
 * If a process dies as owner of an entry: the entry, and a key that was in it, is lost until {@link #compact}; others skip
 * it.
 */
final class HashEntries {

    /** What became of a key that was to be added. */
    enum Addition {
        ADDED, PRESENT, FULL,
        /** Another copy came before it in the chain and stayed instead: try again. */
        DISPLACED
    }

    /** Where an entry, and what is in it, lies. A set has values of 0 bytes. */
    record Layout(long entriesOffset, long entrySize, long keyOffset, int keySize, long valueOffset, int valueSize) {}

    /** Called with an entry copied to private memory. */
    interface Visitor {
        void accept(MemorySegment copy);
    }

    private static final int NONE = -1;
    private static final long SIZE_OFFSET = 0;
    /** Looks at an entry that was found stuck before. */
    private static final int LOOKS_AT_STUCK = 16;
    /** Moves in one access, whatever its alignment: whole, where the alignment is natural. */
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;

    private final MemorySegment block;
    private final int capacity;
    private final Layout layout;
    private final KeyRules rules;
    /** In a thread's private memory: the key, the value to store, the value found. */
    private final long newValue;
    private final long oldValue;
    /** Whether a value is always read as one of those that were written, and not as parts of two. */
    private final boolean valuesAreAtomic;
    /** An entry that stayed INSERTING for the longest wait; racy, a hint only. */
    private int stuck = NONE;

    HashEntries(MemorySegment block, int capacity, Layout layout, KeyRules rules) {
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

    /** Copies the value of the key in {@code scratch} to its old value; false when there is no such key. */
    boolean find(MemorySegment scratch) {
        long hash = rules.hash(scratch, 0);
        for (int step = 0; step < capacity; step++) {
            int index = KeyHash.index(hash, step, capacity);
            int state = settled(index);
            if (state == EMPTY) {
                return false;
            }
            if (state == OCCUPIED && isKey(index, scratch) && copyValue(index, scratch)) {
                return true;
            }
        }
        return false;
    }

    /** Copies each entry that is there when its turn comes. */
    void forEach(MemorySegment scratch, Visitor visitor) {
        for (int index = 0; index < capacity; index++) {
            if (settled(index) == OCCUPIED) {
                MemorySegment.copy(block, keyOffset(index), scratch, 0, layout.keySize());
                if (isStill(index, scratch) && copyValue(index, scratch)) {
                    visitor.accept(scratch);
                }
            }
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
        } while (settled(index) == OCCUPIED && isKey(index, scratch));
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
     */
    Addition add(MemorySegment scratch, boolean replace) {
        long hash = rules.hash(scratch, 0);
        while (true) {
            int found = NONE;
            int target = NONE;
            int targetState = EMPTY;
            for (int step = 0; step < capacity && found == NONE; step++) {
                int index = KeyHash.index(hash, step, capacity);
                int state = settled(index);
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
                return Addition.FULL;
            } else if (Atomics.compareAndSetInt(block, stateOffset(target), targetState, INSERTING)) {
                MemorySegment.copy(scratch, 0, block, keyOffset(target), layout.keySize());
                copyValue(scratch, newValue, block, valueOffset(target));
                // Counted before it is there, so that nobody can remove, and uncount, it first.
                Atomics.getAndAddInt(block, SIZE_OFFSET, 1);
                publish(target);
                // S2, pairs with the same fence of whoever adds this key at the same time.
                Atomics.fullFence();
                Addition addition = removeCopies(target, hash, scratch, replace);
                if (addition != Addition.DISPLACED) {
                    return addition;
                }
            }
        }
    }

    /** Removes the key in {@code scratch}, all copies of it, and copies its value; false when there is no such key. */
    boolean remove(MemorySegment scratch) {
        long hash = rules.hash(scratch, 0);
        while (true) {
            int first = NONE;
            for (int step = 0; step < capacity; step++) {
                int index = KeyHash.index(hash, step, capacity);
                int state = settled(index);
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

    /**
     * Looks through the chain for other copies of a key that was just added. The one that comes first in the chain stays,
     * as it is the one that lookups find.
     *
     * @return ADDED; PRESENT when another copy was removed, or ours and there is nothing left to do; DISPLACED when ours was
     *         removed and the value is still to be stored in the one that stayed
     */
    private Addition removeCopies(int ours, long hash, MemorySegment scratch, boolean replace) {
        Addition addition = Addition.ADDED;
        boolean passed = false;
        for (int step = 0; step < capacity; step++) {
            int index = KeyHash.index(hash, step, capacity);
            if (index == ours) {
                passed = true;
                continue;
            }
            if (state(index) == EMPTY) {
                break;
            }
            // Again and again, as either may be owned for a moment by a thread that leaves it as it was.
            while (isSettledOn(index, scratch) && isSettledOn(ours, scratch)) {
                if (!passed && removeCopy(ours, index, scratch)) {
                    return replace ? Addition.DISPLACED : Addition.PRESENT;
                }
                if (passed && removeCopy(index, ours, scratch)) {
                    addition = Addition.PRESENT;
                }
            }
        }
        return addition;
    }

    /** Removes one copy of a key for certain that there is another at this moment. */
    private boolean removeCopy(int later, int earlier, MemorySegment scratch) {
        if (!own(later, scratch)) {
            return false;
        }
        // The later copy cannot change now. Whoever removes the earlier one from here on does so after us.
        if (state(earlier) == OCCUPIED && isKey(earlier, scratch) && isStill(earlier, scratch)) {
            copyValue(block, valueOffset(later), scratch, oldValue);
            delete(later);
            return true;
        }
        publish(later);
        return false;
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

    private boolean isSettledOn(int index, MemorySegment scratch) {
        return settled(index) == OCCUPIED && isKey(index, scratch);
    }

    private int state(int index) {
        // S1, pairs with the release-stores in publish() and delete().
        return Atomics.getIntAcquire(block, stateOffset(index));
    }

    /** The state of an entry as soon as nobody owns it; INSERTING only when that took too long. */
    private int settled(int index) {
        int state = state(index);
        if (state != INSERTING) {
            return state;
        }
        int looks = index == stuck ? SlotWait.LOOKS_MAX - LOOKS_AT_STUCK : 0;
        while (looks < SlotWait.LOOKS_MAX) {
            looks = SlotWait.pause(looks);
            state = state(index);
            if (state != INSERTING) {
                if (index == stuck) {
                    stuck = NONE;
                }
                return state;
            }
        }
        stuck = index;
        return INSERTING;
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
