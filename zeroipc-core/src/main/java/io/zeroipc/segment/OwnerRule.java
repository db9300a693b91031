package io.zeroipc.segment;

import org.jspecify.annotations.Nullable;

import io.zeroipc.os.ProcessIdentity;

/** Whose files may be opened. */
public enum OwnerRule {
    /** Anybody's, world-writable ones included. */
    ANY,
    /** Only those of the user this process runs as. */
    SAME,
    /** Those of the user this process runs as, and root's. */
    SAME_OR_ROOT;

    /** Whether a file of this user may be opened; null where files have no users. */
    boolean allows(@Nullable Integer owner) {
        return this == ANY || owner == null || owner == ProcessIdentity.currentUid()
                || (owner == 0 && this == SAME_OR_ROOT);
    }
}
