package io.zeroipc.segment;

import org.jspecify.annotations.Nullable;

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
    private volatile @Nullable Role companion;

    /**
     * @param lasting whether the segment's close leaves it alone, and the mapping stays, until it is closed itself
     * @throws IllegalStateException after close has begun; the lock is given back
     */
    Role(FileLocks.Held held, Attachment attachment, boolean lasting) {
        this.held = held;
        boolean kept = false;
        try {
            this.lane = lasting ? attachment.openHeldLane() : attachment.openLane(() -> {
                try {
                    if (attachment.isIntact()) {
                        settlement.run();
                    }
                } finally {
                    giveBack();
                }
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
     * {@link Attachment#openLane}; not when the segment is detached. {@link #close()} does not do it, {@link #settleAndClose()}
     * does.
     */
    public void settleAtClose(Runnable action) {
        settlement = action;
    }

    /**
     * Another role of the same handle, which is given back with this one and not before. To be called within an operation of
     * {@link #lane()}, so that the segment's close does not come between.
     */
    public void takeAlong(Role other) {
        companion = other;
        // Nobody enters it, so it would look as if it were at rest.
        other.lane.retire();
    }

    /** As {@link #close()}, after what {@link #settleAtClose} said. */
    public void settleAndClose() {
        lane.settleAndRetire();
        giveBack();
    }

    /** Gives the role back. Idempotent. */
    @Override
    public void close() {
        giveBack();
        lane.retire();
    }

    private void giveBack() {
        held.close();
        Role other = companion;
        if (other != null) {
            other.held.close();
        }
    }
}
