package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;

import org.jspecify.annotations.Nullable;

import io.zeroipc.format.EntryState;
import io.zeroipc.format.KeyHash;
import io.zeroipc.memory.Atomics;

/**
 * Whether the keys of a set or map stand where our hash of them says: {@code docs/format/set.md}. Programs with another hash,
 * such as the original's Python, make blocks that look the same, in which nobody here would find a key.
 *
 * @param entriesOffset where the entries begin in the block
 * @param entrySize bytes from one entry to the next
 * @param keyOffset where the key stands in an entry
 * @param keySize bytes of a key
 */
record KeyPlacement(long entriesOffset, long entrySize, long keyOffset, int keySize) {

    /** So many keys leave no doubt. */
    private static final int KEYS_MAX = 64;
    /** An opener looks at this many entries, and steps of a chain, and not at millions. */
    private static final int ENTRIES_MAX = 4096;
    private static final int KEY_BYTES_MAX = 1 << 20;

    /**
     * What is wrong, or null. Judged by most of the keys: one that is in the wrong place may be the work of a program that
     * cleared its map while others added to it, and is lost alone.
     *
     * @param capacity checked against the block
     */
    @Nullable
    String check(MemorySegment block, int capacity, KeyRules rules) {
        MemorySegment key = MemorySegment.ofArray(new byte[keySize]);
        int keysMax = Math.max(1, Math.min(KEYS_MAX, KEY_BYTES_MAX / keySize));
        int examined = 0;
        int elsewhere = 0;
        for (int index = 0; index < Math.min(capacity, ENTRIES_MAX) && examined < keysMax; index++) {
            if (!copyKey(block, index, key)) {
                continue;
            }
            boolean home = isOnChain(block, index, capacity, rules.hash(key, 0));
            // Counted if it was there all the time: a key that moves is judged by nobody.
            if (holds(block, index, key)) {
                examined++;
                elsewhere += home ? 0 : 1;
            }
        }
        return 2 * elsewhere <= examined
                ? null
                : "keys are not where their hash says: keys examined=" + examined + ", elsewhere=" + elsewhere
                        + " (expected: the work of this library, or of C++ with libstdc++, with this type of keys; Python"
                        + " and other C++ libraries hash in another way, and would not find each other's keys)";
    }

    /** Whether an entry is occupied, and its key was copied whole. */
    private boolean copyKey(MemorySegment block, int index, MemorySegment key) {
        if (state(block, index) != EntryState.OCCUPIED) {
            return false;
        }
        MemorySegment.copy(block, entry(index) + keyOffset, key, 0, keySize);
        return holds(block, index, key);
    }

    /** As a lookup finds out, see {@link HashEntries} S3. */
    private boolean holds(MemorySegment block, int index, MemorySegment key) {
        Atomics.loadLoadFence();
        long at = entry(index) + keyOffset;
        return state(block, index) == EntryState.OCCUPIED
                && MemorySegment.mismatch(block, at, at + keySize, key, 0, keySize) < 0;
    }

    /** Whether a lookup comes as far as this entry. Never becomes false while the key is there: no entry becomes EMPTY again. */
    private boolean isOnChain(MemorySegment block, int index, int capacity, long hash) {
        for (int step = 0; step < Math.min(capacity, ENTRIES_MAX); step++) {
            int each = KeyHash.index(hash, step, capacity);
            if (each == index) {
                return true;
            }
            if (state(block, each) == EntryState.EMPTY) {
                return false;
            }
        }
        return true; // Whatever is behind so long a chain, it is not what this looks for.
    }

    private int state(MemorySegment block, int index) {
        // Pairs with the release-store of OCCUPIED by whoever added the key.
        return Atomics.getIntAcquire(block, entry(index));
    }

    private long entry(int index) {
        return entriesOffset + entrySize * index;
    }
}
