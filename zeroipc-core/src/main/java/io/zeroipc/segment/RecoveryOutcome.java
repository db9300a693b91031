package io.zeroipc.segment;

/** What a recovery did with something that a dead process had claimed. */
public enum RecoveryOutcome {
    /** A position that was claimed to write, and not published, was stepped over: nothing that was published is lost. */
    SKIPPED,
    /** An element that was taken, and not released, is lost with its consumer. */
    DROPPED,
    /** An element that was taken, and not released, was handed to another consumer. */
    REDELIVERED,
    /** What was as good as done, or only looked at, was ended as its owner would have ended it: nothing is lost. */
    COMPLETED,
    /** A node of a pool that had not reached its caller, or had left it, is free again; or a chunk, or a subscriber's entry, of a topic. */
    RETURNED,
    /** A lock was unlocked, whose next owner is told. */
    UNLOCKED,
    /** What would be an answer cannot be proved: it stays as it is. */
    UNDECIDED
}
