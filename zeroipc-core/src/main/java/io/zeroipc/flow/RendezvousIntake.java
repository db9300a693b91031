package io.zeroipc.flow;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Intake;
import io.zeroipc.segment.SlotConsumer;

/** The one receiver of an unbuffered channel, as long as it is open. */
final class RendezvousIntake<T> implements Intake<T> {

    private final SharedChannel<T> channel;
    private final RendezvousReceiver<T> receiver;
    private volatile boolean closed;

    RendezvousIntake(SharedChannel<T> channel, RendezvousReceiver<T> receiver) {
        this.channel = channel;
        this.receiver = receiver;
        receiver.openIntake();
    }

    @Override
    public @Nullable T poll() {
        ensureOpen();
        return receiver.pollAnnounced();
    }

    /** Nothing is claimed ahead, so a consumer that throws keeps nothing from anybody. */
    @Override
    public int drainTo(Consumer<? super T> consumer, int max) {
        ensureOpen();
        int drained = 0;
        while (drained < max) {
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
    public boolean pollSlot(SlotConsumer consumer) {
        ensureOpen();
        return receiver.pollAnnounced(consumer);
    }

    @Override
    public Attachment attachment() {
        return channel.segment().attachment();
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
        return channel.isClosed() && channel.size() == 0;
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            receiver.closeIntake();
        }
    }

    private void ensureOpen() {
        if (closed) {
            throw new IllegalStateException("intake is closed: segment=" + channel.segment().name() + ", name="
                    + channel.name());
        }
    }
}
