package io.zeroipc;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import io.zeroipc.format.ParticipantsDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.os.PidNamespace;
import io.zeroipc.segment.Segment;

import static io.zeroipc.format.ParticipantsDescriptor.CELLS_PER_RECORD;
import static io.zeroipc.format.ParticipantsDescriptor.PARTICIPANT_STATE;

/**
 * A participant of a segment that has died, as far as its file says, and has never lived: it announces what a test wants, and
 * has taken nothing. For one thread.
 */
final class ForgedDead implements AutoCloseable {

    private static final int ROW = ParticipantsDescriptor.PARTICIPANTS - 1;
    private static final int RECORD = ParticipantsDescriptor.RECORDS - 1;

    /** Of another one each time; no real participant has had so many before it. */
    private int epoch = Integer.MAX_VALUE;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment file;

    ForgedDead(Segment segment) throws IOException {
        Path path = segment.path().resolveSibling(segment.path().getFileName() + ".zipc-live");
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            file = channel.map(MapMode.READ_WRITE, 0, ParticipantsDescriptor.BYTE_SIZE, arena);
        }
        ParticipantsDescriptor.raise(file, ParticipantsDescriptor.PARTICIPANTS_TOP_OFFSET, ROW + 1);
        ParticipantsDescriptor.raise(file, ParticipantsDescriptor.RECORDS_TOP_OFFSET, RECORD + 1);
        long row = ParticipantsDescriptor.participant(ROW);
        // No process has such a number.
        Atomics.putLong(file, row + ParticipantsDescriptor.PARTICIPANT_PID, Integer.MAX_VALUE);
        Atomics.putLong(file, row + ParticipantsDescriptor.PARTICIPANT_PID_NAMESPACE, PidNamespace.current());
    }

    /** Dies with this claim. */
    void die(long block, long claim) {
        epoch--;
        int cell = RECORD * CELLS_PER_RECORD + 1;
        Atomics.setLongRelease(file, ParticipantsDescriptor.record(RECORD) + ParticipantsDescriptor.RECORD_OWNER,
                ParticipantsDescriptor.owner(ROW, epoch, 0));
        Atomics.putLong(file, ParticipantsDescriptor.cell(cell) + ParticipantsDescriptor.CELL_BLOCK, block);
        Atomics.setLongRelease(file, ParticipantsDescriptor.cell(cell) + ParticipantsDescriptor.CELL_CLAIM, claim);
        Atomics.setLongRelease(file, ParticipantsDescriptor.participant(ROW) + PARTICIPANT_STATE,
                ParticipantsDescriptor.state(epoch, ParticipantsDescriptor.PRESENT, 0));
    }

    /** Whether nothing of it is left. */
    boolean isSettled() {
        return Atomics.getLongAcquire(file, ParticipantsDescriptor.participant(ROW)
                + PARTICIPANT_STATE) == ParticipantsDescriptor.state(epoch, ParticipantsDescriptor.FREE, 0);
    }

    @Override
    public void close() {
        arena.close();
    }
}
