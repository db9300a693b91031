package io.zeroipc.collection;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.zeroipc.segment.Intake;
import io.zeroipc.segment.SlotConsumer;

/** One of any number of consumers of a queue. It holds nothing but whether it is open. */
final class QueueIntake<T> implements Intake<T> {

    private final SharedQueue<T> queue;
    private volatile boolean closed;

    QueueIntake(SharedQueue<T> queue) {
        this.queue = queue;
    }

    @Override
    public @Nullable T poll() {
        ensureOpen();
        return queue.poll();
    }

    @Override
    public int drainTo(Consumer<? super T> consumer, int max) {
        ensureOpen();
        return queue.drainTo(consumer, max);
    }

    @Override
    public boolean pollSlot(SlotConsumer consumer) {
        ensureOpen();
        return queue.poll(consumer);
    }

    @Override
    public long position() {
        return -1;
    }

    @Override
    public long lost() {
        return 0;
    }

    @Override
    public boolean isExhausted() {
        return false;
    }

    @Override
    public void close() {
        closed = true;
    }

    private void ensureOpen() {
        if (closed) {
            throw new IllegalStateException("intake is closed: segment=" + queue.segment().name() + ", name="
                    + queue.name());
        }
    }
}
