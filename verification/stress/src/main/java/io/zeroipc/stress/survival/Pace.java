package io.zeroipc.stress.survival;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.LockSupport;

/**
 * Whether workers hurry, in a mapped file. They do when one of them is about to be killed, and until that is overcome; in between
 * they leave the processors to those that are just starting.
 */
final class Pace implements AutoCloseable {

    private static final VarHandle WORD = ValueLayout.JAVA_LONG.varHandle();
    private static final long REST_NANOS = 3_000_000;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory;

    /** Maps the file, which is created where it does not exist. */
    Pace(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, Long.BYTES, arena);
        }
    }

    void hurry(boolean hurry) {
        WORD.setOpaque(memory, 0L, hurry ? 1L : 0L);
    }

    /** Between two operations of a worker. */
    void keep() {
        if ((long) WORD.getOpaque(memory, 0L) == 0) {
            LockSupport.parkNanos(REST_NANOS);
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
