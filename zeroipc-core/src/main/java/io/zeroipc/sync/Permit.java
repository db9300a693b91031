package io.zeroipc.sync;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A permit of a {@link SharedSemaphore} that belongs to who has it, until this is closed: once, however often that is called. Any
 * thread may do so. When its process dies, and took part in recovery, the others give it back.
 */
public final class Permit implements AutoCloseable {

    private final SharedSemaphore semaphore;
    private final int cell;
    private final AtomicBoolean closed = new AtomicBoolean();

    Permit(SharedSemaphore semaphore, int cell) {
        this.semaphore = semaphore;
        this.cell = cell;
    }

    /** Gives the permit back, also when the segment's close has begun: the mapping stays until then. Idempotent. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            semaphore.giveBack(cell);
        }
    }

    @Override
    public String toString() {
        return "Permit[" + semaphore.binding().describe() + ", closed=" + closed + "]";
    }
}
