package io.zeroipc.benchmarks.pair;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * One side of a connection in both directions. Messages have the size of the connection, and are written and read in place where the
 * transport has a form for that.
 */
interface Link extends AutoCloseable {

    /** All of this process, for transports that hand out addresses. */
    @SuppressWarnings("restricted")
    MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    /** What is left to do when both sides are open; first on the active side. */
    default void connect() throws IOException {
    }

    /** Where a thread sends. */
    Sender sender();

    /** Where a thread receives. */
    Receiver receiver();

    /** How many messages a slice may have at most. */
    default long budget() {
        return Long.MAX_VALUE;
    }

    @Override
    void close() throws IOException;

    /** For one thread. */
    interface Sender {

        /** What {@link #tryClaim()} returns when there is no room, for now. */
        long FULL = -1;

        /** Where in {@link #memory()} the next message is to be written, or {@link #FULL}. */
        long tryClaim();

        /** What was claimed last. */
        MemorySegment memory();

        /** Sends what was written. A transport that cannot yet keeps it, and goes on at each {@link #flush()} and {@link #tryClaim()}. */
        void commit();

        /** Whether everything is on its way; tries to get it there. */
        default boolean flush() {
            return true;
        }
    }

    /** For one thread. */
    interface Receiver {

        /** Hands over the messages that are there, about {@code limit} at most; how many there were. */
        int poll(Handler handler, int limit);
    }

    /** Reads a message in place. */
    interface Handler {

        void onMessage(MemorySegment memory, long offset);
    }
}
