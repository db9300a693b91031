package io.zeroipc.collection;

import java.util.Collection;
import java.util.concurrent.locks.ReentrantLock;

import io.zeroipc.segment.Outlet;

/** The one writer of a ring, for any thread. */
final class RingOutlet<T> implements Outlet<T> {

    private final ReentrantLock lock = new ReentrantLock();
    private final RingWriter<T> writer;

    RingOutlet(RingWriter<T> writer) {
        this.writer = writer;
    }

    @Override
    public boolean offer(T element) {
        lock.lock();
        try {
            return writer.offer(element);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int offerAll(Collection<? extends T> elements) {
        lock.lock();
        try {
            return writer.offerAll(elements);
        } finally {
            lock.unlock();
        }
    }

    /** Always false: a ring is never closed. */
    @Override
    public boolean isClosed() {
        return false;
    }
}
