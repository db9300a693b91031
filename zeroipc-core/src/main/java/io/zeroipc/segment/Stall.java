package io.zeroipc.segment;

/**
 * A position of a structure that everybody behind it waits for: somebody has begun there and not finished. For a moment that is
 * as it should be; for seconds it means that whoever began was stopped or killed, or is in code of its own with the slot.
 *
 * @param position where, in the structure's own count, which may have wrapped around; 0 to 2^32 - 1
 * @param side what was begun there
 */
public record Stall(long position, Side side) {

    /** What was begun and not finished. */
    public enum Side {
        /** A producer has claimed the position; consumers find nothing from there on. */
        CLAIMED_AND_NOT_PUBLISHED,
        /** A consumer has taken the element; producers find no room from there on. */
        TAKEN_AND_NOT_RELEASED
    }

    /** In words: {@code position 17 is claimed and not published}. */
    @Override
    public String toString() {
        return "position " + position + " is " + switch (side) {
            case CLAIMED_AND_NOT_PUBLISHED -> "claimed and not published";
            case TAKEN_AND_NOT_RELEASED -> "taken and not released";
        };
    }
}
