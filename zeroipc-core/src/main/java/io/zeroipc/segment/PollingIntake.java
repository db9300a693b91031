package io.zeroipc.segment;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * One of any number of consumers that compete for what is in a structure. It holds nothing but whether it is open.
 *
 * @param <T> the element
 */
public final class PollingIntake<T> implements Intake<T> {

    private final Structure structure;
    private final EventCount arrivals;
    private final Polled<? extends T> polled;
    private volatile boolean closed;

    /**
     * @param structure where elements come from
     * @param arrivals where to wait for them
     */
    public PollingIntake(Structure structure, EventCount arrivals, Polled<? extends T> polled) {
        this.structure = structure;
        this.arrivals = arrivals;
        this.polled = polled;
    }

    /**
     * What elements are taken from: as {@link Intake} says of the methods of the same name.
     *
     * @param <T> the element
     */
    public interface Polled<T> {

        @Nullable
        T poll();

        boolean pollSlot(SlotConsumer consumer);

        int drainTo(Consumer<? super T> consumer, int max);

        default boolean isExhausted() {
            return false;
        }

        /** The intake was closed: called once. */
        default void close() {
            // Most have nothing that they would give back.
        }
    }

    @Override
    public @Nullable T poll() {
        ensureOpen();
        return polled.poll();
    }

    @Override
    public int drainTo(Consumer<? super T> consumer, int max) {
        ensureOpen();
        return polled.drainTo(consumer, max);
    }

    @Override
    public boolean pollSlot(SlotConsumer consumer) {
        ensureOpen();
        return polled.pollSlot(consumer);
    }

    @Override
    public EventCount arrivals() {
        return arrivals;
    }

    /** Always -1: who competes does not count. */
    @Override
    public long position() {
        return -1;
    }

    /** Always 0: what is taken is removed, and nothing is overwritten. */
    @Override
    public long lost() {
        return 0;
    }

    @Override
    public boolean isExhausted() {
        return polled.isExhausted();
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            polled.close();
        }
    }

    private void ensureOpen() {
        if (closed) {
            throw new IllegalStateException("intake is closed: " + structure.binding().describe());
        }
    }
}
