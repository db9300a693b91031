package io.zeroipc.spring.boot.actuate.endpoint;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.zeroipc.inspect.Inspector;
import io.zeroipc.inspect.SegmentReport;
import io.zeroipc.segment.Participant;
import io.zeroipc.segment.ParticipantClaim;
import io.zeroipc.segment.ParticipantDeath;
import io.zeroipc.segment.RecoveryOutcome;
import io.zeroipc.segment.Segment;

/**
 * Who takes part in a segment, who has died there, and what this application has mended after them.
 *
 * @param participation whether this application takes part: {@code on}, {@code off}, or why it does not
 * @param participants those that take part, this application included
 * @param deaths the latest ones, the oldest first
 * @param mended what this application has done since it opened the segment, and how often
 */
public record RecoveryDescriptor(String participation, List<ParticipantDescriptor> participants,
        List<DeathDescriptor> deaths, Map<RecoveryOutcome, Long> mended) {

    static RecoveryDescriptor of(Segment segment, SegmentReport report) {
        return new RecoveryDescriptor(segment.participation(),
                segment.participants().stream().map(each -> ParticipantDescriptor.of(each, segment, report)).toList(),
                segment.deaths().stream().map(DeathDescriptor::of).toList(), segment.recoveries());
    }

    /**
     * A process that takes part.
     *
     * @param index its row in the file of participants
     * @param pid its number, as it sees itself
     * @param name of its application
     * @param joined when it opened the segment
     * @param self whether it is this application
     * @param dead whether it is dead, and something that it had in hand has not been ended yet
     * @param announcing whether it says of everything what it has in hand
     * @param claims what its threads are about to take and what they hold
     */
    public record ParticipantDescriptor(int index, long pid, String name, Instant joined, boolean self, boolean dead,
            boolean announcing, List<ClaimDescriptor> claims) {

        static ParticipantDescriptor of(Participant participant, Segment segment, SegmentReport report) {
            return new ParticipantDescriptor(participant.index(), participant.pid(), participant.name(),
                    participant.joined(), participant.self(), participant.dead(), participant.announcing(),
                    participant.claims().stream().map(each -> ClaimDescriptor.of(each, segment, report)).toList());
        }
    }

    /**
     * What one thread of a participant is about to take, or holds.
     *
     * @param structure name in the table; missing when no structure has the block
     * @param kind such as {@code writing} or {@code locked}
     * @param position the first position, in structures that have them
     * @param count of positions
     * @param thread number of the thread in its process; missing when it is not one thread's
     */
    public record ClaimDescriptor(@Nullable String structure, String kind, long position, int count,
            @Nullable Long thread) {

        static ClaimDescriptor of(ParticipantClaim claim, Segment segment, SegmentReport report) {
            return new ClaimDescriptor(Inspector.structureAt(segment, report, claim.blockOffset()).orElse(null),
                    claim.kind(), claim.position(), claim.count(), claim.thread() == 0 ? null : claim.thread());
        }
    }

    /**
     * The death of a process that took part.
     *
     * @param number of the death, from 1 on for each file
     * @param pid its number, as it saw itself
     * @param name of its application
     * @param joined when it had opened the segment
     * @param noticed when the first of the others noticed
     */
    public record DeathDescriptor(long number, long pid, String name, Instant joined, Instant noticed) {

        static DeathDescriptor of(ParticipantDeath death) {
            return new DeathDescriptor(death.number(), death.pid(), death.name(), death.joined(), death.noticed());
        }
    }
}
