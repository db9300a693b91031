package io.zeroipc.segment;

/** What a recovery did with something that a dead process had claimed. */
public enum RecoveryOutcome {
    /** A position that was claimed to write, and not published, was stepped over: nothing that was published is lost. */
    SKIPPED,
    /** An element that was taken, and not released, is lost with its consumer. */
    DROPPED,
    /** An element that was taken, and not released, was handed to another consumer. */
    REDELIVERED,
    /** A lock was unlocked, whose next owner is told. */
    UNLOCKED,
    /** What would be an answer cannot be proved: it stays as it is. */
    UNDECIDED
}
