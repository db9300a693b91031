package io.zeroipc.flow;

import java.util.Collection;
import java.util.concurrent.locks.ReentrantLock;

import io.zeroipc.segment.Outlet;

/** The one emitter of a stream, for any thread. */
final class StreamOutlet<T> implements Outlet<T> {

    private final ReentrantLock lock = new ReentrantLock();
    private final SharedStream<T> stream;
    private final StreamEmitter<T> emitter;

    StreamOutlet(SharedStream<T> stream, StreamEmitter<T> emitter) {
        this.stream = stream;
        this.emitter = emitter;
    }

    @Override
    public boolean offer(T element) {
        lock.lock();
        try {
            return emitter.emit(element);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int offerAll(Collection<? extends T> elements) {
        lock.lock();
        try {
            return emitter.emitAll(elements);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isClosed() {
        return stream.isClosed();
    }
}
