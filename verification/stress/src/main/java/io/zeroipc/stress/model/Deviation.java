package io.zeroipc.stress.model;

/** A rule of the protocol that is broken on purpose: the checker must find what comes of it. */
enum Deviation {

    /** The recoverer skips an unpublished position at the head without evidence, as after a time-out. */
    SKIP_WITHOUT_EVIDENCE,
    /** An announcement that was not confirmed counts, although foreign producers exist. */
    TRUST_WEAK_EVIDENCE,
    /** The same on the consumers' side. */
    TRUST_WEAK_EVIDENCE_OF_CONSUMERS,
    /** The recoverer does not look at the cells of the living. */
    IGNORE_LIVE_PRODUCERS,
    /** It does not look at the cells of live consumers before it drops an element. */
    IGNORE_LIVE_CONSUMERS,
    /** It does not look again at the head's sequence after the scan. */
    NO_SECOND_LOOK,
    /** It clears the cells of the dead before their positions are settled. */
    CLEAR_UNSETTLED_CELLS,
    /** It does not finish skips of those who died in the middle of one. */
    NO_HOLES_FILLED,
    /** It fills a hole by a look and a plain store. */
    FILL_HOLES_BY_STORE,
    /** It changes the sequence first and moves head then. */
    SEQUENCE_BEFORE_HEAD,
    /** Who gave a position up frees it by a plain store after moving head. */
    SKIP_BY_STORE,
    /** A producer gives its claim back by moving tail back if nobody has claimed behind it. */
    MOVE_TAIL_BACK,
    /** With {@link #MOVE_TAIL_BACK}: the recoverer looks at tail again after the scan, too. */
    SECOND_LOOK_AT_TAIL,
    /** A producer clears its cell before it publishes. */
    CLEAR_BEFORE_PUBLISHING,
    /** A consumer clears its cell before it releases. */
    CLEAR_BEFORE_RELEASING,
    /** A cell stands when its owner failed to claim, and does something else. */
    KEEP_FAILED_ANNOUNCEMENT,
    /** Nobody announces before the claim; the cell is written after it. */
    NO_ANNOUNCEMENT,
    /** Claims are confirmed before they are made. */
    CONFIRM_BEFORE_CLAIM,
    /** Claims are announced, and not confirmed. */
    NO_CONFIRMATION,
    /** The cell tells the first position of a batch only. */
    ANNOUNCE_FIRST_ONLY,
    /** Who takes a dead consumer's element over does not hold the recovery lock. */
    TAKE_OVER_WITHOUT_LOCK,
    /** It clears the dead one's cell before it writes its own. */
    TAKE_OVER_CLEARING_FIRST,
    /** It clears the dead one's cell although that covers more positions than the one taken over. */
    TAKE_OVER_CLEARING_ALL,
    /** It does not look at the cells of other live consumers. */
    TAKE_OVER_IGNORING_LIVE,
    /** It does not look at the sequence again after the scan. */
    TAKE_OVER_WITHOUT_SECOND_LOOK,
    /** Positions are compared as plain unsigned numbers. */
    COMPARE_UNSIGNED
}
