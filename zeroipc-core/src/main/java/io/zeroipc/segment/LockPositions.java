package io.zeroipc.segment;

/**
 * Which byte of a segment's own file stands for which lock. The bytes lie far beyond any content: the kernel locks
 * ranges of numbers, not of data. They are part of the agreement between processes: {@code docs/format/segment.md}.
 */
final class LockPositions {

    private static final long BASE = 1L << 62;

    /** Held while somebody mends what the dead have left, or makes the file of participants. */
    static final long RECOVERY = BASE + (1L << 20);
    /** Held while a table entry is added. */
    static final long TABLE = BASE + (1L << 20) + 1;
    static final int USERS_MAX = 1024;

    private static final long ROLES = BASE + (1L << 56);
    private static final int ROLES_PER_BLOCK = 8;
    private static final long PLACES = BASE + (1L << 57);
    /** How many places each block has. */
    static final int PLACES_PER_BLOCK = 32;

    private LockPositions() {
    }

    /** One of these is held by each process that has the file open for writing: proof that it is in use. */
    static long user(int index) {
        return BASE + index;
    }

    /** Which user a position is. */
    static int userIndex(long position) {
        return Math.toIntExact(position - BASE);
    }

    /** The lock of a role: blocks are 8-aligned, so eight roles of each block have numbers of their own. */
    static long role(long blockOffset, int index) {
        if (index < 0 || index >= ROLES_PER_BLOCK) {
            throw new IllegalArgumentException("role index out of range: index=" + index + " (expected: 0 to 7)");
        }
        return ROLES + blockOffset + index;
    }

    /** The lock of a place: blocks are 8-aligned, so 32 places of each block have numbers of their own. */
    static long place(long blockOffset, int index) {
        if (index < 0 || index >= PLACES_PER_BLOCK) {
            throw new IllegalArgumentException("place index out of range: index=" + index + " (expected: 0 to 31)");
        }
        return PLACES + blockOffset * (PLACES_PER_BLOCK / 8) + index;
    }
}
