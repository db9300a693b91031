package io.zeroipc.format;

/**
 * What stands in a claim cell: {@code docs/format/participants.md}. Pure functions.
 */
public final class ClaimWord {

    /** Nothing. */
    public static final long NONE = 0;

    public static final int WRITE_INTENT = 1;
    public static final int WRITING = 2;
    public static final int READ_INTENT = 3;
    public static final int READING = 4;
    public static final int GIVEN_UP = 5;
    public static final int LOCK_INTENT = 6;
    public static final int LOCKED = 7;
    public static final int UNLOCKING = 8;
    /** Of a dead one: it was locked, what it protects may be half changed, and nobody has said that it is whole again. */
    public static final int DIED = 9;
    /** As {@link #DIED}, and it is perhaps still locked. */
    public static final int DYING = 10;
    /** Has this position, and what is in it is half changed. */
    public static final int REPLACING = 11;
    /** Has done what there was to do at this position, and perhaps not counted it. */
    public static final int COUNTING = 12;
    /** Is about to take a position from one who has {@link #DIED} with it, half changed; perhaps has it. */
    public static final int REPLACE_INTENT = 13;
    /** The cell is being filled, by one of several threads that share it. */
    public static final int RESERVED = 15;

    /** In place of a position: what a lock protects may be half changed if its holder dies now. */
    public static final int CHANGING = 1;

    /** With the kinds that read: whoever recovers hands the elements to another consumer. */
    public static final long REDELIVER = 1L << 32;

    private static final int KIND_SHIFT = 60;
    private static final int COUNT_SHIFT = 48;
    private static final int COUNT_MASK = 0xFFF;
    /** No claim has more positions. */
    public static final int COUNT_MAX = COUNT_MASK + 1;

    private ClaimWord() {
    }

    /** A claim without positions. */
    public static long of(int kind) {
        return (long) kind << KIND_SHIFT;
    }

    /** A claim of one position. */
    public static long of(int kind, int position) {
        return (long) kind << KIND_SHIFT | Integer.toUnsignedLong(position);
    }

    /**
     * A claim of several positions.
     *
     * @param count 1 to {@link #COUNT_MAX}
     */
    public static long of(int kind, int position, int count) {
        return (long) kind << KIND_SHIFT | (long) (count - 1) << COUNT_SHIFT | Integer.toUnsignedLong(position);
    }

    public static int kind(long claim) {
        return (int) (claim >>> KIND_SHIFT);
    }

    /** For people. */
    public static String kindName(long claim) {
        return switch (kind(claim)) {
            case WRITE_INTENT -> "about to write";
            case WRITING -> "writing";
            case READ_INTENT -> "about to read";
            case READING -> "reading";
            case GIVEN_UP -> "given up";
            case LOCK_INTENT -> "about to lock";
            case LOCKED -> "locked";
            case UNLOCKING -> "unlocking";
            case DIED, DYING -> "died with";
            case REPLACING -> "replacing";
            case REPLACE_INTENT -> "about to replace";
            case COUNTING -> "counting";
            default -> "kind " + kind(claim);
        };
    }

    public static int position(long claim) {
        return (int) claim;
    }

    public static int count(long claim) {
        return ((int) (claim >>> COUNT_SHIFT) & COUNT_MASK) + 1;
    }

    /** Whether a position is among those of a claim, whatever it is. */
    public static boolean covers(long claim, int position) {
        int behind = position - position(claim);
        return behind >= 0 && behind < count(claim);
    }
}
