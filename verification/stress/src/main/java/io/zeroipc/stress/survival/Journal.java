package io.zeroipc.stress.survival;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What one thread does, in a mapped file, so that it can be read when its process was killed. Written by that thread, in the order
 * of the calls; read by another process at any time.
 */
final class Journal implements AutoCloseable {

    /** The words in front of the log. */
    enum Word {
        /** Tries that came to an end, whatever that was. */
        ATTEMPTS,
        /** Operations that did something. */
        DONE,
        /** Not 0: the thread has ended by itself. */
        FINISHED,
        /** What is at stake now: elements that may be taken, a lock that may be had. 0 between operations. */
        PENDING,
        /** Not 0: what the thread has in hand now, such as a lock or the handle of a node plus 1. */
        HELD,
        /** How many elements were offered at most. */
        ANNOUNCED,
        /** How many were accepted. */
        ACKNOWLEDGED,
        /** Exceptions that no operation should have thrown. */
        REFUSALS,
        /** Values that were none: parts of two, or of nobody. */
        TORN,
        /** Two words of the first of them. */
        TORN_FIRST, TORN_SECOND,
        /** Times that somebody else was inside as well. */
        INTRUSIONS,
        /** Times that the structure said that an owner had died. */
        DEATHS_TOLD,
        /** Length of the log. */
        LOGGED
    }

    /** Entries of a log at most; a thread that has filled its log does nothing more. */
    static final int LOG_MAX = 1 << 22;

    private static final VarHandle WORD = ValueLayout.JAVA_LONG.varHandle();
    private static final long LOG_OFFSET = 128;
    private static final long SIZE = LOG_OFFSET + (long) LOG_MAX * Long.BYTES;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory;

    /** Maps the file, which is created where it does not exist: sparse, so that it takes what is written only. */
    Journal(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, SIZE, arena);
        }
    }

    long get(Word word) {
        return (long) WORD.getAcquire(memory, offset(word));
    }

    void set(Word word, long value) {
        // Release: what was written before stands in the file before this does.
        WORD.setRelease(memory, offset(word), value);
    }

    void add(Word word, long count) {
        set(word, get(word) + count);
    }

    void torn(long first, long second) {
        if (get(Word.TORN) == 0) {
            set(Word.TORN_FIRST, first);
            set(Word.TORN_SECOND, second);
        }
        add(Word.TORN, 1);
    }

    boolean hasRoom(int entries) {
        return get(Word.LOGGED) + entries <= LOG_MAX;
    }

    void log(long entry) {
        long length = get(Word.LOGGED);
        memory.set(ValueLayout.JAVA_LONG, LOG_OFFSET + length * Long.BYTES, entry);
        set(Word.LOGGED, length + 1);
    }

    long[] logged() {
        return memory.asSlice(LOG_OFFSET, get(Word.LOGGED) * Long.BYTES).toArray(ValueLayout.JAVA_LONG);
    }

    @Override
    public void close() {
        arena.close();
    }

    @SuppressWarnings("EnumOrdinal") // both sides are of one build
    private static long offset(Word word) {
        return (long) word.ordinal() * Long.BYTES;
    }
}
