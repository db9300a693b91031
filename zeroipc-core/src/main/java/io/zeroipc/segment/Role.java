package io.zeroipc.segment;

import io.zeroipc.os.FileLocks;

/**
 * The proof that this handle is the only one on its side of a structure, and the lane of whoever uses it. The kernel releases
 * the role when we die; closing the segment does so as soon as the role is at rest.
 */
public final class Role implements AutoCloseable {

    private final FileLocks.Held held;
    private final Lane lane;
    /** What the bytes need before somebody else has the role. */
    private volatile Runnable settlement = () -> {
        // Nothing, until somebody says otherwise.
    };

    /**
     * @param lasting whether the segment's close leaves it alone, and the mapping stays, until it is closed itself
     * @throws IllegalStateException after close has begun; the lock is given back
     */
    Role(FileLocks.Held held, Attachment attachment, boolean lasting) {
        this.held = held;
        boolean kept = false;
        try {
            this.lane = lasting ? attachment.openHeldLane() : attachment.openLane(() -> {
                settlement.run();
                held.close();
            });
            kept = true;
        } finally {
            if (!kept) {
                held.close();
            }
        }
    }

    /** The lane of the one thread that uses this role at a time. */
    public Lane lane() {
        return lane;
    }

    /**
     * What the segment's close does to the bytes before it gives the role back, if the role is still open: see
     * {@link Attachment#openLane}. {@link #close()} does not do it, {@link #settleAndClose()} does.
     */
    public void settleAtClose(Runnable action) {
        settlement = action;
    }

    /** As {@link #close()}, after what {@link #settleAtClose} said. Outside of the operations of {@link #lane()}. */
    public void settleAndClose() {
        lane.settleAndRetire();
        held.close();
    }

    /** Gives the role back. Idempotent. */
    @Override
    public void close() {
        held.close();
        lane.retire();
    }
}
