package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

import org.jspecify.annotations.Nullable;

import io.zeroipc.OwnerDiedException;
import io.zeroipc.StructureBusyException;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.format.ClaimWord;
import io.zeroipc.format.EntryState;
import io.zeroipc.format.KeyHash;
import io.zeroipc.memory.Atomics;
import io.zeroipc.memory.StopPoint;
import io.zeroipc.os.Words;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.Claims;
import io.zeroipc.segment.Lane;

import static io.zeroipc.format.EntryState.DELETED;
import static io.zeroipc.format.EntryState.EMPTY;
import static io.zeroipc.format.EntryState.INSERTING;
import static io.zeroipc.format.EntryState.OCCUPIED;

/**
 * The entries of a set or map: which key is where. Knows keys and values as bytes only. Thread-safe but for
 * {@link #compact}. Its operations stand in the thread's lane, and run no code of others there.
 *
 * <p>
 * Overview: an open-addressing hash table with linear probing and a state word in each entry, on the bytes of
 * {@code docs/format/set.md} and {@code map.md}. A key's chain is the sequence of entries from its hash on, up to the first
 * EMPTY one. Changed from the original: whoever changes or removes an entry owns it first (INSERTING) and compares the key
 * again; whoever adds a key publishes it only after a look at the whole chain, so that nobody ever sees a second copy;
 * whoever copies a value owns the entry as well, once it has seen that keys leave this map.
 *
 * <p>
 * Invariants. I1: an entry in state INSERTING has one owner, the thread that made it so; only that thread changes its
 * state, key and value. I2: the key of an OCCUPIED entry does not change, neither while somebody owns it to copy or replace
 * the value or to remove it. I3: an entry that is not EMPTY never becomes EMPTY again, so a chain only gets longer. I4: a
 * key is OCCUPIED in its chain at most once, if all who add are of this library.
 *
 * <p>
 * Ordering. S1: the release-store of OCCUPIED in {@link #publish} pairs with the acquire-load in {@link #state} and with the
 * compare-and-set in {@link #own}: key and value are visible to who sees it, and what a former owner has read was read before
 * the next one writes. S2: between the store of a key into an owned entry and the search for others lies a full fence: of two
 * threads that add one key, at least one sees the other's entry, INSERTING with this key or already OCCUPIED. S3: the
 * load-load fences in {@link #isStill} and {@link #isSame} keep each look at an entry that is not owned behind the one before.
 *
 * <p>
 * Why values are copied in two ways: the bytes have no version. That an entry holds the key before and after the copy does
 * not say that it did in between, when the key was removed, another one put there and removed, and the first one put back.
 * However often one looks, each word may be what it was. Only an owned entry stays what it is (I1), for C++ as well. But an
 * owned entry makes others wait, lets C++ lose patience and say <em>not there</em>, and stays so for a while when its owner is killed. So a
 * value is copied as its entry's owner only where such a turn has to be feared: once this object has met a DELETED entry, or
 * one whose key had changed under it. Before that, a lookup looks twice, and both half turns would have to fall into it, of a
 * kind of which none has fallen into any look before. That is no argument for the first looks of all, which are slow besides
 * while their code is not compiled: as long as this object is new, and where the mapping may not be written, it looks several
 * times more, and each time takes two half turns more to be deceived.
 * Elements of sets are never owned to be found, as C++ passes those that are: they have no value that could be another's.
 *
 * <p>
 * Why an INSERTING entry with the bytes of another key is nobody's concern: if it was OCCUPIED before, it has that other
 * key (I2); if it is being filled, whatever it will hold is not there yet. With the bytes of our key nobody can tell, so it
 * is waited for. An entry in no state that exists is the same, but that nobody will ever finish it.
 *
 * <p>
 * Why I4 holds: of two owners that add one key, let A be one that sees B's entry in its search (S2). If that is OCCUPIED, A
 * withdraws. If it is INSERTING and earlier in the chain, A withdraws; if it is later, A waits for what becomes of it, and
 * withdraws if that is OCCUPIED. So A publishes only after B has withdrawn. Waits go down the chain only, and those who
 * copy, replace or remove wait for nobody as owners: no two wait for each other.
 *
 * <p>
 * Progress: nobody waits but for an entry in state INSERTING with the key in question, or because another thread was faster
 * there, about a second at most; then the operation says by exception that it cannot tell. Lookups of maps whose keys stay,
 * and of sets, write nothing.
 *
 * <p>
 * If a process dies as owner of an entry: these bytes do not name it, the claim cells do, so that {@link HashRecoverer} ends it. What
 * is said of an entry: <em>write intent</em>, perhaps has it, and nothing in it counts, neither yet nor any more; <em>writing</em>,
 * has it, and nothing in it counts yet; <em>read intent</em>, perhaps has it, and what is in it is whole; <em>replacing</em>, has it,
 * and the value is half changed. One of the intents stands when it is owned and when it is given back. Until it is ended, who asks
 * for the key in it waits, and all other keys go on past it. For a program that takes no part, nobody can end it but
 * {@link #compact}.
 */
final class HashEntries {

    /** What became of a key that was to be added. */
    enum Addition {
        ADDED, PRESENT, FULL
    }

    /** Where an entry, and what is in it, lies. A set has values of 0 bytes. */
    record Layout(long entriesOffset, long entrySize, long keyOffset, int keySize, long valueOffset, int valueSize) {}

    private static final int NONE = -1;
    /** Instead of a cell: the entry is not owned. */
    private static final int NOT_OWNED = -1;
    /** Instead of a state: an entry that is none of the key's business. */
    private static final int OTHER = -1;
    private static final long SIZE_OFFSET = 0;
    /** More looks at a value that may be another key's: each takes two half turns more to be deceived. */
    private static final int LOOKS_IN_DOUBT = 8;
    /** Copies of values after which this object is no longer new: that many have met no key that left. */
    private static final int COPIES_OF_THE_NEW = 4096;
    /** Moves in one access, whatever its alignment: whole, where the alignment is natural. */
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;

    private final Blocks blocks;
    private final Attachment attachment;
    private final MemorySegment block;
    /** The same, for states, which stand where entries begin. */
    private final Words words;
    private final long blockOffset;
    private final Claims claims;
    private final int capacity;
    private final Layout layout;
    private final KeyRules rules;
    /** The size of an entry is an odd number, times two to this power. */
    private final int entryShift;
    /** The inverse of that odd number modulo 2^64: who multiplies by it divides, where nothing remains. */
    private final long entryInverse;
    /** In a thread's private memory: the key, the value to store, the value found. */
    private final long newValue;
    private final long oldValue;
    /** Whether a value is always read as one of those that were written, and not as parts of two. */
    private final boolean valuesAreWhole;
    /** Whether a value of ours is written at once: a death leaves the old one or the new one. */
    private final boolean valuesAreWrittenAtOnce;
    /** Whether an entry may be owned in order to copy it. */
    private final boolean isOwnable;
    /** Whether a key was seen to leave, or to have left. Racy: a thread knows at least what it has seen itself. */
    private boolean keysLeave;
    /** Copies until this object is no longer new; racy, a rough count. */
    private int copiesWhileNew = COPIES_OF_THE_NEW;
    /** An entry that stayed INSERTING for the longest wait, so that the next one is shorter; racy, a hint only. */
    private long stuck = NONE;

    /** @param blocks where this is, for messages */
    HashEntries(Blocks blocks, Block table, int capacity, Layout layout, KeyRules rules) {
        this.blocks = blocks;
        this.attachment = blocks.attachment();
        this.claims = attachment.claims();
        this.block = table.memory();
        this.words = new Words(block);
        this.blockOffset = table.offset();
        this.capacity = capacity;
        this.layout = layout;
        this.rules = rules;
        this.entryShift = Long.numberOfTrailingZeros(layout.entrySize());
        this.entryInverse = inverse(layout.entrySize() >>> entryShift);
        this.newValue = (layout.keySize() + 7L) & -8L;
        this.oldValue = newValue + Long.BYTES;
        int valueSize = layout.valueSize();
        this.valuesAreWhole = valueSize <= 1 || ((valueSize == Integer.BYTES || valueSize == Long.BYTES)
                && layout.valueOffset() % valueSize == 0 && layout.entrySize() % valueSize == 0);
        this.valuesAreWrittenAtOnce = valuesAreWhole;
        this.isOwnable = valueSize > 0 && !attachment.isReadOnly();
        attachment.recoverer(HashRecoverer.class, table, () -> new HashRecoverer(block, capacity, layout));
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
        return Math.clamp(attachment.reading(() -> Atomics.getIntAcquire(block, SIZE_OFFSET)), 0, capacity);
    }

    // looking

    /**
     * Copies the value of the key in {@code scratch} to its old value; false when there is no such key.
     *
     * @throws StructureBusyException when that cannot be told
     */
    boolean find(MemorySegment scratch) {
        try (Lane lane = attachment.enterToRead()) {
            long hash = rules.hash(scratch, 0);
            int looks = 0;
            for (int step = 0; step < capacity; step++) {
                long entry = entry(hash, step);
                int state = look(entry, scratch);
                while (state == INSERTING || state == OCCUPIED) {
                    if (state == OCCUPIED && copyValueIfStill(lane, entry, scratch)) {
                        return true;
                    }
                    looks = pause(looks, entry);
                    state = look(entry, scratch);
                    keysLeave |= state == OTHER;
                }
                if (state == EMPTY) {
                    return false;
                }
            }
            return false;
        }
    }

    /**
     * Copies each entry that is there when its turn comes, and hands it out: not in a lane, and with nothing owned.
     *
     * @param copy private to this call, as what is called may use the entries
     * @param consumer called with an entry in {@code copy}
     * @throws ZeroIpcException at the end, when it could not be told of an entry whether it has a key
     */
    void forEach(MemorySegment copy, Runnable consumer) {
        int looksMax = SlotWait.LOOKS_OF_THE_PATIENT;
        @Nullable ZeroIpcException untold = null;
        int index = 0;
        while (index < capacity) {
            boolean copied = false;
            try (Lane lane = attachment.enterToRead()) {
                while (!copied && index < capacity) {
                    long entry = entry(index);
                    int state = copy(lane, entry, copy, looksMax);
                    // C++ lets a NaN in, which nobody can find.
                    copied = state == OCCUPIED && rules.isFindable(copy, 0);
                    if (state == INSERTING) {
                        looksMax = 0;
                        untold = untold(entry);
                    } else if (!EntryState.isKnown(state)) {
                        untold = damaged(entry, state);
                    }
                    index++;
                }
            }
            if (copied) {
                consumer.run();
            }
        }
        if (untold != null) {
            throw untold;
        }
    }

    /** Copies an entry as soon as nobody owns it; returns OCCUPIED then, INSERTING when that took too long. */
    private int copy(Lane lane, long entry, MemorySegment copy, int looksMax) {
        int state = seen(entry);
        int looks = 0;
        while (state == INSERTING || (state == OCCUPIED && !copy(lane, entry, copy) && rules.isFindable(copy, 0))) {
            if (looks >= patience(entry, looksMax) || died(entry) != null) {
                stuck = entry;
                return INSERTING;
            }
            attachment.ensureReadable();
            looks = wait(looks);
            state = seen(entry);
        }
        return state;
    }

    private boolean copy(Lane lane, long entry, MemorySegment copy) {
        if (!mustOwn()) {
            copyKey(block, entry + layout.keyOffset(), copy, 0);
            return isStill(entry, copy) && copyAsItIs(entry, copy);
        }
        int cell = own(lane, entry);
        if (cell == NOT_OWNED) {
            return false;
        }
        copyKey(block, entry + layout.keyOffset(), copy, 0);
        copyOwned(entry, copy);
        publish(entry, cell);
        return true;
    }

    /** Copies the value of an entry in which the key was seen. When false it may be there all the same: look again. */
    private boolean copyValueIfStill(Lane lane, long entry, MemorySegment scratch) {
        if (!mustOwn()) {
            return copyAsItIs(entry, scratch);
        }
        int cell = own(lane, entry, scratch);
        if (cell == NOT_OWNED) {
            return false;
        }
        copyOwned(entry, scratch);
        publish(entry, cell);
        return true;
    }

    private boolean mustOwn() {
        return isOwnable && keysLeave;
    }

    private void copyOwned(long entry, MemorySegment scratch) {
        copyValue(block, entry + layout.valueOffset(), scratch, oldValue);
    }

    /** Copies a value without owning it; whether the key was there still after that. */
    private boolean copyAsItIs(long entry, MemorySegment scratch) {
        copyOwned(entry, scratch);
        return isStill(entry, scratch) && isSame(entry, scratch, looksInDoubt());
    }

    /** How often a value is looked at again that was copied without owning it: it may be another key's, or made of two. */
    private int looksInDoubt() {
        if (layout.valueSize() == 0) {
            return 0;
        }
        if (keysLeave) {
            return LOOKS_IN_DOUBT;
        }
        if (copiesWhileNew > 0) {
            copiesWhileNew--;
            return LOOKS_IN_DOUBT;
        }
        return valuesAreWhole ? 0 : 1;
    }

    /** Whether the value is what was copied, and the key there, at each of so many looks. */
    private boolean isSame(long entry, MemorySegment scratch, int times) {
        long value = entry + layout.valueOffset();
        for (int looks = times; looks > 0; looks--) {
            // S3, as in isStill(). A key that is being put in is there before its value is, and not OCCUPIED yet.
            Atomics.loadLoadFence();
            if (state(entry) != OCCUPIED || MemorySegment.mismatch(block, value, value + layout.valueSize(), scratch,
                    oldValue, oldValue + layout.valueSize()) >= 0 || !isStill(entry, scratch)) {
                return false;
            }
        }
        return true;
    }

    private boolean isStill(long entry, MemorySegment scratch) {
        // S3: what was read before was read before the state and the key are looked at again.
        Atomics.loadLoadFence();
        return state(entry) == OCCUPIED && isKey(entry, scratch);
    }

    // changing

    /**
     * Adds the key in {@code scratch} with its new value.
     *
     * @param replace whether the value of a key that is there becomes the new one
     * @throws IllegalArgumentException when the key does not equal itself: it could be added over and over and never found
     * @throws StructureBusyException when it cannot be told whether the key is there
     */
    Addition add(MemorySegment scratch, boolean replace) {
        if (!rules.isFindable(scratch, 0)) {
            throw new IllegalArgumentException(
                    "NaN equals nothing, not even itself: " + place() + " (expected: a number)");
        }
        try (Lane lane = attachment.enterToWrite()) {
            long hash = rules.hash(scratch, 0);
            boolean waited = false;
            int looks = 0;
            while (true) {
                long found = NONE;
                long target = NONE;
                int targetState = EMPTY;
                for (int step = 0; step < capacity && found == NONE; step++) {
                    long entry = entry(hash, step);
                    int state = look(entry, scratch);
                    while (state == INSERTING) {
                        if (replace && repair(lane, entry, scratch)) {
                            return Addition.PRESENT;
                        }
                        looks = pause(looks, entry);
                        state = look(entry, scratch);
                    }
                    if ((state == EMPTY || state == DELETED) && target == NONE) {
                        target = entry;
                        targetState = state;
                    }
                    if (state == EMPTY) {
                        break;
                    }
                    if (state == OCCUPIED) {
                        found = entry;
                    }
                }
                if (found != NONE) {
                    if (replace ? replaceValue(lane, found, scratch) : copyValueIfStill(lane, found, scratch)) {
                        return Addition.PRESENT;
                    }
                } else if (target != NONE) {
                    if (fill(lane, target, targetState, hash, scratch)) {
                        return Addition.ADDED;
                    }
                } else if (waited) {
                    return Addition.FULL;
                } else {
                    awaitOwners();
                    waited = true;
                    continue;
                }
                // Another thread was faster.
                looks = pause(looks, found == NONE ? target : found);
            }
        }
    }

    /** Adds the key in a free entry, unless somebody takes the entry, or adds the key elsewhere. */
    private boolean fill(Lane lane, long target, int targetState, long hash, MemorySegment scratch) {
        int cell = announce(lane, target, ClaimWord.WRITE_INTENT);
        StopPoint.MAP_FILL_ANNOUNCED.reach();
        if (!words.compareAndSetInt(target, targetState, INSERTING)) {
            claims.clear(cell);
            return false;
        }
        StopPoint.MAP_FILL_OWNED.reach();
        claims.set(cell, claim(target, ClaimWord.WRITING));
        StopPoint.MAP_FILL_CONFIRMED.reach();
        copyKey(scratch, 0, block, target + layout.keyOffset());
        copyValue(scratch, newValue, block, target + layout.valueOffset());
        StopPoint.MAP_FILL_WRITTEN.reach();
        // S2, pairs with the same fence of whoever adds this key at the same time.
        Atomics.fullFence();
        if (!isOnlyOne(target, hash, scratch)) {
            claims.set(cell, claim(target, ClaimWord.WRITE_INTENT));
            withdraw(target, cell);
            return false;
        }
        // Counted before it is there, so that nobody can remove, and uncount, it first.
        Atomics.getAndAddInt(block, SIZE_OFFSET, 1);
        StopPoint.MAP_FILL_COUNTED.reach();
        // Directly behind the count: who dies in between is counted and not there.
        claims.set(cell, claim(target, ClaimWord.READ_INTENT));
        StopPoint.MAP_FILL_WHOLE.reach();
        publish(target, cell);
        return true;
    }

    /**
     * Waits for entries that others own: one that is just being filled may be about to hold the very key in question, or to
     * become free again. The time is enough for all of them together.
     */
    private void awaitOwners() {
        int looksMax = SlotWait.LOOKS_OF_THE_PATIENT;
        for (int index = 0; index < capacity; index++) {
            if (settled(entry(index), looksMax) == INSERTING) {
                attachment.ensureReadable();
                looksMax = 0;
            }
        }
    }

    /**
     * Whether nobody else has the key that was just stored in an entry of ours, or will have it before we publish. When
     * two are at it, the entry that comes first in the chain goes first.
     */
    private boolean isOnlyOne(long ours, long hash, MemorySegment scratch) {
        boolean passed = false;
        for (int step = 0; step < capacity; step++) {
            long entry = entry(hash, step);
            if (entry == ours) {
                passed = true;
                continue;
            }
            int state = state(entry);
            if (state == EMPTY) {
                break;
            }
            if (state == INSERTING && passed && isKey(entry, scratch)) {
                state = settled(entry, SlotWait.LOOKS_OF_THE_PATIENT);
            }
            if (state != DELETED && isKey(entry, scratch)) {
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
        try (Lane lane = attachment.enterToWrite()) {
            long hash = rules.hash(scratch, 0);
            int looks = 0;
            while (true) {
                long first = NONE;
                boolean alone = true;
                for (int step = 0; step < capacity && alone; step++) {
                    long entry = entry(hash, step);
                    int state = look(entry, scratch);
                    while (state == INSERTING) {
                        looks = pause(looks, entry);
                        state = look(entry, scratch);
                    }
                    if (state == EMPTY) {
                        break;
                    }
                    if (state == OCCUPIED && first == NONE) {
                        first = entry;
                    } else if (state == OCCUPIED && entry != first) {
                        alone = removeCopy(lane, entry, first, scratch);
                    }
                }
                if (first == NONE) {
                    return false;
                }
                int cell = alone ? own(lane, first, scratch) : NOT_OWNED;
                if (cell != NOT_OWNED) {
                    copyOwned(first, scratch);
                    delete(first, cell);
                    return true;
                }
                // Another thread was faster.
                looks = pause(looks, first);
            }
        }
    }

    private boolean replaceValue(Lane lane, long entry, MemorySegment scratch) {
        int cell = own(lane, entry, scratch);
        if (cell == NOT_OWNED) {
            return false;
        }
        storeOwned(entry, cell, scratch);
        publish(entry, cell);
        return true;
    }

    /** Replaces the value of an entry that is owned, for good, or so that a death in between is told. */
    private void storeOwned(long entry, int cell, MemorySegment scratch) {
        long value = entry + layout.valueOffset();
        if (valuesAreWrittenAtOnce) {
            copyValue(scratch, newValue, block, value);
        } else {
            claims.set(cell, claim(entry, ClaimWord.REPLACING));
            // Not before it is said.
            Atomics.storeStoreFence();
            int half = layout.valueSize() / 2;
            MemorySegment.copy(scratch, newValue, block, value, half);
            StopPoint.MAP_VALUE_HALF_WRITTEN.reach();
            MemorySegment.copy(scratch, newValue + half, block, value + half, layout.valueSize() - half);
            claims.set(cell, claim(entry, ClaimWord.READ_INTENT));
        }
        StopPoint.MAP_VALUE_WRITTEN.reach();
    }

    /**
     * Replaces the value of an entry that a dead one has left half changed, and gives it back.
     *
     * @return false when it is no such entry, or another thread was faster
     */
    private boolean repair(Lane lane, long entry, MemorySegment scratch) {
        if (died(entry) == null) {
            return false;
        }
        int cell = announce(lane, entry, ClaimWord.REPLACE_INTENT);
        StopPoint.MAP_REPAIR_ANNOUNCED.reach();
        if (!claims.takeOver(blockOffset, index(entry))) {
            claims.clear(cell);
            return false;
        }
        StopPoint.MAP_REPAIR_TAKEN.reach();
        storeOwned(entry, cell, scratch);
        publish(entry, cell);
        return true;
    }

    /**
     * Removes a copy that a program in another language left, for certain that there is another at this moment. False when
     * that is not certain, or somebody else is at it.
     */
    private boolean removeCopy(Lane lane, long later, long earlier, MemorySegment scratch) {
        int laterCell = own(lane, later, scratch);
        if (laterCell == NOT_OWNED) {
            return false;
        }
        int earlierCell = own(lane, earlier, scratch);
        if (earlierCell == NOT_OWNED) {
            publish(later, laterCell);
            return false;
        }
        delete(later, laterCell);
        publish(earlier, earlierCell);
        return true;
    }

    /** Owns an entry if it holds the key: between a look at it and now it may have been given to another one. */
    private int own(Lane lane, long entry, MemorySegment scratch) {
        int cell = own(lane, entry);
        if (cell == NOT_OWNED || isKey(entry, scratch)) {
            return cell;
        }
        keysLeave = true;
        publish(entry, cell);
        return NOT_OWNED;
    }

    /** Owns an entry that has a key; returns the cell that says so. */
    private int own(Lane lane, long entry) {
        int cell = announce(lane, entry, ClaimWord.READ_INTENT);
        StopPoint.MAP_ENTRY_ANNOUNCED.reach();
        if (!words.compareAndSetInt(entry, OCCUPIED, INSERTING)) {
            claims.clear(cell);
            return NOT_OWNED;
        }
        StopPoint.MAP_ENTRY_OWNED.reach();
        return cell;
    }

    private void publish(long entry, int cell) {
        // S1, pairs with the acquire-load in state(), and with who owns the entry next.
        words.setIntRelease(entry, OCCUPIED);
        StopPoint.MAP_ENTRY_RELEASED.reach();
        claims.clear(cell);
    }

    private void delete(long entry, int cell) {
        Atomics.getAndAddInt(block, SIZE_OFFSET, -1);
        StopPoint.MAP_REMOVE_COUNTED.reach();
        // Directly behind the count: who dies in between is there and not counted.
        claims.set(cell, claim(entry, ClaimWord.WRITE_INTENT));
        StopPoint.MAP_REMOVE_CONFIRMED.reach();
        withdraw(entry, cell);
    }

    private void withdraw(long entry, int cell) {
        // S1: what was read from the entry was read before the next owner writes to it.
        words.setIntRelease(entry, DELETED);
        StopPoint.MAP_ENTRY_RELEASED.reach();
        claims.clear(cell);
        keysLeave = true;
    }

    private int announce(Lane lane, long entry, int kind) {
        return claims.announcePart(lane, Claims.NO_CELL, blockOffset, claim(entry, kind));
    }

    private long claim(long entry, int kind) {
        return ClaimWord.of(kind, index(entry));
    }

    // making room

    /**
     * Turns deleted entries, and those a dead process left INSERTING, into empty ones, and moves the others as close to
     * their hash as they can get. Nobody may change or look at the entries meanwhile, in any process. If this process dies in
     * between, every key is found as before, one of them may be there twice, and doing it again completes it: gaps are made
     * last, when no key has one before it.
     *
     * @throws ZeroIpcException when somebody changes them all the same, so that it does not come to an end
     */
    void compact() {
        compact(() -> {
            // It goes on.
        });
    }

    /** @param between called before each store that others can see; when it throws, that is as if the process died there */
    void compact(Runnable between) {
        try (Lane _ = attachment.enterToWrite()) {
            // Whoever goes on for a dead one must not do so at an entry that is another's by then.
            attachment.withoutRecovery(() -> compactAlone(between));
        }
    }

    private void compactAlone(Runnable between) {
        claims.forget(blockOffset);
        int size = 0;
        for (int index = 0; index < capacity; index++) {
            int state = state(entry(index));
            if (state == OCCUPIED) {
                size++;
            } else if (state != EMPTY && state != DELETED) {
                store(entry(index), DELETED, between);
            }
        }
        // One pass is enough but for chains that wrap around: each further one brings an entry of those home.
        for (int passes = 0; moveAll(between); passes++) {
            if (passes > size) {
                throw new ZeroIpcException("entries change while they are compacted: " + place()
                        + " (expected: nobody uses the structure meanwhile, in any process; then compact again)");
            }
        }
        int left = 0;
        for (int index = 0; index < capacity; index++) {
            int state = state(entry(index));
            if (state == OCCUPIED) {
                left++;
            } else if (state == DELETED) {
                store(entry(index), EMPTY, between);
            }
        }
        between.run();
        Atomics.setIntRelease(block, SIZE_OFFSET, left);
        keysLeave = false;
    }

    private void store(long entry, int state, Runnable between) {
        between.run();
        words.setIntRelease(entry, state);
    }

    /** Moves each entry as close to its hash as it can get at its turn; whether there was one to move, or to drop. */
    private boolean moveAll(Runnable between) {
        boolean moved = false;
        for (int index = 0; index < capacity; index++) {
            long entry = entry(index);
            if (state(entry) == OCCUPIED) {
                long better = betterThan(entry);
                if (better != NONE && state(better) != OCCUPIED) {
                    copyKey(block, entry + layout.keyOffset(), block, better + layout.keyOffset());
                    copyValue(block, entry + layout.valueOffset(), block, better + layout.valueOffset());
                    store(better, OCCUPIED, between);
                }
                if (better != NONE) {
                    store(entry, DELETED, between);
                    moved = true;
                }
            }
        }
        return moved;
    }

    /** The first entry of the chain before this one that is free, or has the same key, which is found first; or NONE. */
    private long betterThan(long entry) {
        long key = entry + layout.keyOffset();
        long hash = rules.hash(block, key);
        for (int step = 0; step < capacity; step++) {
            long each = entry(hash, step);
            if (each == entry) {
                return NONE;
            }
            if (state(each) != OCCUPIED || rules.equal(block, each + layout.keyOffset(), block, key)) {
                return each;
            }
        }
        return NONE;
    }

    // one entry: known by the offset of its state

    private long entry(long hash, int step) {
        return entry(KeyHash.index(hash, step, capacity));
    }

    private long entry(int index) {
        return layout.entriesOffset() + layout.entrySize() * index;
    }

    private boolean isKey(long entry, MemorySegment scratch) {
        return rules.equal(block, entry + layout.keyOffset(), scratch, 0);
    }

    private int state(long entry) {
        // S1, pairs with the release-stores in publish() and withdraw().
        return words.getIntAcquire(entry);
    }

    /** The state of an entry, and what it tells beyond that. */
    private int seen(long entry) {
        int state = state(entry);
        if (state == DELETED) {
            keysLeave = true;
        }
        if (state != INSERTING && entry == stuck) {
            stuck = NONE;
        }
        return state;
    }

    /**
     * The state of an entry as far as a key is concerned: EMPTY, DELETED, OCCUPIED with the key in it, INSERTING with its
     * bytes in it, which is to be waited for, or {@link #OTHER}.
     *
     * @throws ZeroIpcException when it has the bytes of the key in it and no state that exists
     */
    private int look(long entry, MemorySegment scratch) {
        int state = seen(entry);
        if (state == EMPTY || state == DELETED) {
            return state;
        }
        if (!isKey(entry, scratch)) {
            return OTHER;
        }
        if (!EntryState.isKnown(state)) {
            throw damaged(entry, state);
        }
        return state;
    }

    /**
     * One turn of a wait for an entry, in which nothing is owned: an operation passes the number of looks from one to the next,
     * until {@link #patience} is at its end.
     *
     * @throws StructureBusyException when there were enough of them
     * @throws IllegalStateException after close has begun
     */
    private int pause(int looks, long entry) {
        attachment.ensureReadable();
        if (looks >= patience(entry, SlotWait.LOOKS_OF_THE_PATIENT)) {
            stuck = entry;
            throw busy(entry);
        }
        if (died(entry) != null) {
            throw untold(entry);
        }
        return wait(looks);
    }

    /** One turn of a wait: for somebody who has died it is another one who ends it. */
    private int wait(int looks) {
        if (looks >= SlotWait.LOOKS_BEFORE_YIELD) {
            attachment.lookForDead();
        }
        return SlotWait.pause(looks);
    }

    /** Who has left the value of an entry half changed, for people; null when nobody has. */
    private @Nullable String died(long entry) {
        return claims.died(blockOffset, index(entry));
    }

    private ZeroIpcException untold(long entry) {
        String died = died(entry);
        return died == null
                ? busy(entry)
                : new OwnerDiedException(
                        "a process died while it replaced a value, which is half the old one and half the new one: "
                                + place()
                                + ", entry=" + index(entry) + ", died=" + died + " (put(...) stores a new value;"
                                + " compact() drops the key, while nobody uses the structure)",
                        blocks.segment().name(), blocks.name());
    }

    /** The state of an entry as soon as nobody owns it; INSERTING when that took too long, or close has begun. Never throws. */
    private int settled(long entry, int looksMax) {
        int state = seen(entry);
        int looks = 0;
        while (state == INSERTING && attachment.isReadable()) {
            if (looks >= patience(entry, looksMax)) {
                stuck = entry;
                return INSERTING;
            }
            looks = wait(looks);
            state = seen(entry);
        }
        return state;
    }

    /** How many looks an entry is worth. */
    private int patience(long entry, int looksMax) {
        return entry == stuck ? Math.min(looksMax, SlotWait.LOOKS_MAX) : looksMax;
    }

    private StructureBusyException busy(long entry) {
        return SlotWait.busy(blocks, "entry=" + index(entry) + ", state=inserting",
                "compact() frees the entry while nobody uses the structure");
    }

    private ZeroIpcException damaged(long entry, int state) {
        return new ZeroIpcException("entry is damaged, it may hold what was asked for: " + place() + ", entry="
                + index(entry) + ", state=" + Integer.toUnsignedString(state)
                + " (expected: 0 to 3; a program wrote to "
                + "it past all operations; compact() frees the entry while nobody uses the structure)");
    }

    private int index(long entry) {
        return (int) (((entry - layout.entriesOffset()) >>> entryShift) * entryInverse);
    }

    private static long inverse(long odd) {
        // Newton's method: three bits are right at first, as the square of an odd number is 1 modulo 8, and twice as many each time.
        long inverse = odd;
        for (int bits = 3; bits < Long.SIZE; bits *= 2) {
            inverse *= 2 - odd * inverse;
        }
        return inverse;
    }

    private String place() {
        return blocks.describe();
    }

    private void copyKey(MemorySegment from, long fromOffset, MemorySegment to, long toOffset) {
        MemorySegment.copy(from, fromOffset, to, toOffset, layout.keySize());
    }

    private void copyValue(MemorySegment from, long fromOffset, MemorySegment to, long toOffset) {
        switch (layout.valueSize()) {
            case Long.BYTES -> to.set(LONG, toOffset, from.get(LONG, fromOffset));
            case Integer.BYTES -> to.set(INT, toOffset, from.get(INT, fromOffset));
            default -> MemorySegment.copy(from, fromOffset, to, toOffset, layout.valueSize());
        }
    }
}
