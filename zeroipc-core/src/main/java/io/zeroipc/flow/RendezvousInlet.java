package io.zeroipc.flow;

import java.util.Objects;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.zeroipc.segment.PollingIntake.Polled;
import io.zeroipc.segment.SlotConsumer;

/** The one receiver of an unbuffered channel, as long as its intake is open. */
final class RendezvousInlet<T> implements Polled<T> {

    private final SharedChannel<T> channel;
    private final RendezvousReceiver<T> receiver;
    private volatile boolean closed;

    RendezvousInlet(SharedChannel<T> channel, RendezvousReceiver<T> receiver) {
        this.channel = channel;
        this.receiver = receiver;
        receiver.openIntake();
    }

    @Override
    public @Nullable T poll() {
        return receiver.pollAnnounced();
    }

    @Override
    public boolean pollSlot(SlotConsumer consumer) {
        Objects.requireNonNull(consumer, "consumer");
        return receiver.pollAnnounced(consumer);
    }

    /** Nothing is claimed ahead, so a consumer that throws, or closes the intake, keeps nothing from anybody. */
    @Override
    public int drainTo(Consumer<? super T> consumer, int max) {
        Objects.requireNonNull(consumer, "consumer");
        int drained = 0;
        while (drained < max && !closed) {
            T element = receiver.pollAnnounced();
            if (element == null) {
                break;
            }
            drained++;
            consumer.accept(element);
        }
        return drained;
    }

    @Override
    public boolean isExhausted() {
        return channel.hasNothingLeft();
    }

    @Override
    public void close() {
        closed = true;
        receiver.closeIntake();
    }
}
