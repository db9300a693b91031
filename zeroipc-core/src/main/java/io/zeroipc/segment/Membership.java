package io.zeroipc.segment;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

import io.zeroipc.os.FileIdentity;
import io.zeroipc.os.FileLocks;

/**
 * Whether and how this process takes part in a segment.
 *
 * @param participants null when it does not
 * @param recovery null when it does not
 * @param problem why it does not; null when it does
 */
record Membership(@Nullable Participants participants, @Nullable Recovery recovery, @Nullable String problem) {

    static Membership none(String problem) {
        return new Membership(null, null, problem);
    }

    static Membership of(Participants participants, FileLocks locks, FileIdentity identity, Path path) {
        Recovery recovery = new Recovery(participants, locks, identity);
        RecoveryWatch.add(recovery, participants, path);
        return new Membership(participants, recovery, null);
    }

    /** {@code on}, or why not, for people. */
    String state() {
        String wrong = problem != null ? problem : recovery == null ? null : recovery.problem();
        return wrong == null ? "on" : wrong;
    }

    /** Why what this process announces can no longer be written, for people; null when it can. */
    @Nullable
    String loss() {
        return participants == null ? null : participants.loss();
    }

    /** Before the locks of the file are given back. */
    void end() {
        if (participants != null && recovery != null) {
            RecoveryWatch.remove(recovery);
            recovery.end();
            participants.leave();
        }
    }
}
