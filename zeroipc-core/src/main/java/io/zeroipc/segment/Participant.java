package io.zeroipc.segment;

import java.time.Instant;
import java.util.List;

/**
 * A process that has a segment open and takes part in recovery, as another one sees it.
 *
 * @param index of its user lock and its row; used again when it has left
 * @param pid as the process sees itself, in its own namespace of processes
 * @param name of the application; cut after 24 bytes
 * @param joined when it opened the segment
 * @param dead whether it was found dead, and still has claims that nobody has ended; to a process that takes no part, whether it is
 *        dead
 * @param self whether it is this process
 * @param announcing whether all its claims are announced; false when there was no room for some of them, or when it has opened
 *        the segment once more without recovery
 * @param claims what its threads are about to take and what they hold, a moment ago
 */
public record Participant(int index, long pid, String name, Instant joined, boolean dead, boolean self,
        boolean announcing, List<ParticipantClaim> claims) {

    public Participant {
        claims = List.copyOf(claims);
    }
}
