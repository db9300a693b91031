package io.zeroipc.segment;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

import io.zeroipc.format.ClaimWord;
import io.zeroipc.format.ParticipantsDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.os.FileLocks;
import io.zeroipc.os.PidNamespace;
import io.zeroipc.os.ProcessIdentity;

import static io.zeroipc.format.ParticipantsDescriptor.CELLS_PER_RECORD;
import static io.zeroipc.format.ParticipantsDescriptor.CELL_BLOCK;
import static io.zeroipc.format.ParticipantsDescriptor.CELL_CLAIM;
import static io.zeroipc.format.ParticipantsDescriptor.DEAD;
import static io.zeroipc.format.ParticipantsDescriptor.FREE;
import static io.zeroipc.format.ParticipantsDescriptor.PARTICIPANT_STATE;
import static io.zeroipc.format.ParticipantsDescriptor.RECORD_OWNER;
import static io.zeroipc.format.ParticipantsDescriptor.cell;
import static io.zeroipc.format.ParticipantsDescriptor.epochOf;
import static io.zeroipc.format.ParticipantsDescriptor.participant;
import static io.zeroipc.format.ParticipantsDescriptor.record;
import static io.zeroipc.format.ParticipantsDescriptor.stateOf;

/**
 * The file of participants as it is looked at, by those who take part and by those who only want to see it: writes nothing.
 *
 * @param memory of the file; need not be writable
 * @param locks of the segment's file; need not be able to lock
 */
record LiveView(MemorySegment memory, FileLocks locks) {

    /** No row is that of this process. */
    static final int NO_ROW = -1;

    /**
     * Those that are there.
     *
     * @param self the row of this process, which takes part and notices the dead elsewhere; or {@link #NO_ROW}, for one that looks
     *        now whether they are dead
     */
    List<Participant> participants(int self) {
        List<Participant> found = new ArrayList<>();
        for (int row = 0; row < ParticipantsDescriptor.participantsTop(memory); row++) {
            long word = Atomics.getLongAcquire(memory, participant(row) + PARTICIPANT_STATE);
            if (stateOf(word) != FREE) {
                long offset = participant(row);
                found.add(new Participant(row,
                        Atomics.getLong(memory, offset + ParticipantsDescriptor.PARTICIPANT_PID),
                        ParticipantsDescriptor.name(memory, offset + ParticipantsDescriptor.PARTICIPANT_NAME),
                        Participants.instantOf(
                                Atomics.getLong(memory, offset + ParticipantsDescriptor.PARTICIPANT_JOINED)),
                        stateOf(word) == DEAD || (self == NO_ROW && isDead(row, word)), row == self,
                        (word & ParticipantsDescriptor.UNANNOUNCED) == 0,
                        claimsOf(row, epochOf(word))));
            }
        }
        return List.copyOf(found);
    }

    private List<ParticipantClaim> claimsOf(int row, int epoch) {
        List<ParticipantClaim> claims = new ArrayList<>(0);
        for (int number = 1; number < ParticipantsDescriptor.recordsTop(memory); number++) {
            long owner = Atomics.getLongAcquire(memory, record(number) + RECORD_OWNER);
            if (!ParticipantsDescriptor.isOwner(owner, row, epoch)) {
                continue;
            }
            for (int i = 1; i < CELLS_PER_RECORD; i++) {
                int cell = number * CELLS_PER_RECORD + i;
                long claim = Atomics.getLongAcquire(memory, cell(cell) + CELL_CLAIM);
                if (claim != ClaimWord.NONE && ClaimWord.kind(claim) != ClaimWord.RESERVED) {
                    claims.add(new ParticipantClaim(ParticipantsDescriptor.threadOf(owner),
                            Atomics.getLong(memory, cell(cell) + CELL_BLOCK), ClaimWord.kindName(claim),
                            Integer.toUnsignedLong(ClaimWord.position(claim)), ClaimWord.count(claim)));
                }
            }
        }
        return claims;
    }

    List<ParticipantDeath> deaths() {
        List<ParticipantDeath> found = new ArrayList<>();
        long last = Atomics.getLongAcquire(memory, ParticipantsDescriptor.DEATHS_OFFSET);
        ParticipantsDescriptor.latestDeaths(last).forEach(number -> {
            long offset = ParticipantsDescriptor.death(number);
            ParticipantDeath death = new ParticipantDeath(
                    Atomics.getLongAcquire(memory, offset + ParticipantsDescriptor.DEATH_NUMBER),
                    Atomics.getLong(memory, offset + ParticipantsDescriptor.DEATH_PID),
                    ParticipantsDescriptor.name(memory, offset + ParticipantsDescriptor.DEATH_NAME),
                    Participants.instantOf(Atomics.getLong(memory, offset + ParticipantsDescriptor.DEATH_JOINED)),
                    Participants.instantOf(Atomics.getLong(memory, offset + ParticipantsDescriptor.DEATH_NOTICED)));
            Atomics.loadLoadFence();
            // Not one that was overwritten by a later death, before or while it was read.
            if (death.number() == number
                    && Atomics.getLong(memory, offset + ParticipantsDescriptor.DEATH_NUMBER) == number) {
                found.add(death);
            }
        });
        return List.copyOf(found);
    }

    /** Whether the participant of a row has died for certain, as far as can be seen from here. */
    boolean isDead(int row, long word) {
        if (locks.isHeldElsewhere(LockPositions.user(row))) {
            return false;
        }
        // The second witness, against locks that got lost.
        long offset = participant(row);
        long namespace = Atomics.getLong(memory, offset + ParticipantsDescriptor.PARTICIPANT_PID_NAMESPACE);
        if (namespace != 0 && namespace == PidNamespace.current()) {
            return !new ProcessIdentity(Atomics.getLong(memory, offset + ParticipantsDescriptor.PARTICIPANT_PID),
                    Atomics.getLong(memory, offset + ParticipantsDescriptor.PARTICIPANT_START_TIME)).isAlive();
        }
        // Its number says nothing here. The lock of a file description goes with its last descriptor only.
        return (word & ParticipantsDescriptor.PROCESS_LOCK) == 0;
    }
}
