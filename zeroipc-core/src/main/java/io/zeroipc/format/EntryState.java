package io.zeroipc.format;

/** The first word of an entry of a set or map: {@code docs/format/set.md}. */
public final class EntryState {

    public static final int EMPTY = 0;
    public static final int OCCUPIED = 1;
    public static final int DELETED = 2;
    /** One thread owns the entry and changes it. */
    public static final int INSERTING = 3;

    private EntryState() {
    }

    /** Whether a word is one of the four. */
    public static boolean isKnown(int state) {
        return state >= EMPTY && state <= INSERTING;
    }
}
