package io.zeroipc.flow;

import java.util.concurrent.locks.ReentrantLock;

import io.zeroipc.segment.Outlet;

/** The one writer of a state, for any thread. */
final class StateOutlet<T> implements Outlet<T> {

    private final ReentrantLock lock = new ReentrantLock();
    private final StateWriter<T> writer;

    StateOutlet(StateWriter<T> writer) {
        this.writer = writer;
    }

    /** Always true: a new value takes the place of the old one. */
    @Override
    public boolean offer(T element) {
        lock.lock();
        try {
            writer.set(element);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Always false: a state is never closed. */
    @Override
    public boolean isClosed() {
        return false;
    }
}
