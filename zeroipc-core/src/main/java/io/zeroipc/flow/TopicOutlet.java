package io.zeroipc.flow;

import java.lang.foreign.MemorySegment;

import io.zeroipc.segment.EventCount;
import io.zeroipc.segment.Outlet;

/** Sends bytes that lie elsewhere: copies each message into a chunk. Thread-safe. */
record TopicOutlet(TopicPublisher publisher, EventCount departures) implements Outlet<byte[]> {

    /**
     * As {@link Outlet#offer}; false when no chunk is free.
     *
     * @throws IllegalArgumentException when the message does not fit into a chunk
     */
    @Override
    public boolean offer(byte[] message) {
        try (Loan loan = publisher.tryLoan(message.length)) {
            if (loan == null) {
                return false;
            }
            loan.memory().copyFrom(MemorySegment.ofArray(message));
            loan.send();
            return true;
        }
    }

    @Override
    public boolean isClosed() {
        return false;
    }
}
