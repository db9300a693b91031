package io.zeroipc.collection;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.zeroipc.segment.Intake;
import io.zeroipc.segment.SlotConsumer;

/** One of any number of consumers of a stack. It holds nothing but whether it is open. */
final class StackIntake<T> implements Intake<T> {

    private final SharedStack<T> stack;
    private volatile boolean closed;

    StackIntake(SharedStack<T> stack) {
        this.stack = stack;
    }

    @Override
    public @Nullable T poll() {
        ensureOpen();
        return stack.pop();
    }

    @Override
    public int drainTo(Consumer<? super T> consumer, int max) {
        ensureOpen();
        return stack.drainTo(consumer, max);
    }

    @Override
    public boolean pollSlot(SlotConsumer consumer) {
        ensureOpen();
        return stack.pop(consumer);
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
            throw new IllegalStateException("intake is closed: segment=" + stack.segment().name() + ", name="
                    + stack.name());
        }
    }
}
