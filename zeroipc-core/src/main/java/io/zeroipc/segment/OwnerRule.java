package io.zeroipc.segment;

/** Whose files may be opened. */
public enum OwnerRule {
    /** Anybody's, world-writable ones included. */
    ANY,
    /** Only those of the user this process runs as. */
    SAME,
    /** Those of the user this process runs as, and root's. */
    SAME_OR_ROOT
}
