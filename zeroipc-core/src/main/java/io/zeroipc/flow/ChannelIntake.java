package io.zeroipc.flow;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Intake;
import io.zeroipc.segment.SlotConsumer;

/** A consumer of a buffered channel: one of its queue, with an end. */
final class ChannelIntake<T> implements Intake<T> {

    private final SharedChannel<T> channel;
    private final Intake<T> queue;

    ChannelIntake(SharedChannel<T> channel, Intake<T> queue) {
        this.channel = channel;
        this.queue = queue;
    }

    @Override
    public @Nullable T poll() {
        return queue.poll();
    }

    @Override
    public int drainTo(Consumer<? super T> consumer, int max) {
        return queue.drainTo(consumer, max);
    }

    @Override
    public boolean pollSlot(SlotConsumer consumer) {
        return queue.pollSlot(consumer);
    }

    @Override
    public Attachment attachment() {
        return queue.attachment();
    }

    @Override
    public long position() {
        return queue.position();
    }

    @Override
    public long lost() {
        return 0;
    }

    @Override
    public boolean isExhausted() {
        // In this order: what was sent before the close is seen by whoever sees the close.
        return channel.isClosed() && channel.size() == 0;
    }

    @Override
    public void close() {
        queue.close();
    }
}
