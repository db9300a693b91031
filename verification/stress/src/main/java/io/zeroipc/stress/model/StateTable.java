package io.zeroipc.stress.model;

import java.util.ArrayList;
import java.util.List;

/**
 * States, each a few words, numbered in the order in which they were added. Words lie one behind the other, and an open-addressed
 * table has their numbers: some 20 bytes for a state of two words. For one thread.
 */
final class StateTable {

    /** So many states at most: the bits of an entry above its number tell most states apart without a look at their words. */
    static final int MAX_SIZE = (1 << 27) - 1;

    private static final int CHUNK_BITS = 14;
    private static final int CHUNK = 1 << CHUNK_BITS;
    private static final int NUMBER = MAX_SIZE;

    private final int words;
    private final List<long[]> chunks = new ArrayList<>();
    /** The number plus one in the low bits, and bits of the hash above; 0 is free. */
    private int[] table = new int[1 << 12];
    private int size;

    StateTable(int words) {
        this.words = words;
    }

    int size() {
        return size;
    }

    /** Copies the words of a state. */
    void get(int number, long[] into) {
        System.arraycopy(chunks.get(number >>> CHUNK_BITS), (number & CHUNK - 1) * words, into, 0, words);
    }

    /** The number of a state; -1 if it was not added. */
    int find(long[] state) {
        int found = table[entry(state, hash(state))];
        return found == 0 ? -1 : (found & NUMBER) - 1;
    }

    /** Adds a state; false if it is there already. */
    boolean add(long[] state) {
        int hash = hash(state);
        int entry = entry(state, hash);
        if (table[entry] != 0) {
            return false;
        }
        if (size == MAX_SIZE) {
            throw new IllegalStateException("too many states: " + size);
        }
        if ((size & CHUNK - 1) == 0) {
            chunks.add(new long[CHUNK * words]);
        }
        System.arraycopy(state, 0, chunks.get(size >>> CHUNK_BITS), (size & CHUNK - 1) * words, words);
        size++;
        table[entry] = size | (hash & ~NUMBER);
        if (size > table.length / 4 * 3) {
            grow();
        }
        return true;
    }

    /** Where a state stands in the table, or would. */
    private int entry(long[] state, int hash) {
        int mask = table.length - 1;
        int i = hash & mask;
        while (true) {
            int entry = table[i];
            if (entry == 0 || (((entry ^ hash) & ~NUMBER) == 0 && isAt((entry & NUMBER) - 1, state))) {
                return i;
            }
            i = i + 1 & mask;
        }
    }

    private boolean isAt(int number, long[] state) {
        long[] chunk = chunks.get(number >>> CHUNK_BITS);
        int offset = (number & CHUNK - 1) * words;
        for (int i = 0; i < words; i++) {
            if (chunk[offset + i] != state[i]) {
                return false;
            }
        }
        return true;
    }

    private void grow() {
        int[] larger = new int[table.length * 2];
        int mask = larger.length - 1;
        long[] state = new long[words];
        for (int number = 0; number < size; number++) {
            get(number, state);
            int hash = hash(state);
            int i = hash & mask;
            while (larger[i] != 0) {
                i = i + 1 & mask;
            }
            larger[i] = (number + 1) | (hash & ~NUMBER);
        }
        table = larger;
    }

    private int hash(long[] state) {
        long h = 0;
        for (int i = 0; i < words; i++) {
            h = (h ^ state[i]) * 0x9E37_79B9_7F4A_7C15L;
            h ^= h >>> 29;
        }
        h *= 0xBF58_476D_1CE4_E5B9L;
        return (int) (h ^ h >>> 32);
    }
}
