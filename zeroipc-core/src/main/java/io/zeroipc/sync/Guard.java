package io.zeroipc.sync;

import java.util.concurrent.atomic.AtomicBoolean;

/** A lock that is held, until this is closed: once, however often that is called. Any thread may do so. */
public final class Guard implements AutoCloseable {

    private final GuardedLock lock;
    private final AtomicBoolean closed = new AtomicBoolean();

    Guard(GuardedLock lock) {
        this.lock = lock;
    }

    /** Unlocks, also when the segment has been closed meanwhile. Idempotent. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            lock.unlock();
        }
    }
}
