package io.zeroipc.benchmarks;

import java.util.function.LongConsumer;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.LongQueueView;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.segment.OnClose;
import io.zeroipc.segment.Segment;

/** A {@link SharedQueue} of {@code int64}, by its primitive view. */
final class QueuePipe implements Pipe {

    private final Segment segment;
    private final LongQueueView producer;
    private final LongQueueView consumer;
    private final Elements elements = new Elements();
    private final LongConsumer receiver = this::receive;
    private Sum target = new Sum();

    QueuePipe(int capacity) {
        segment = Segment.at(Scratch.file("queue"))
                .size(Scratch.bytesFor(capacity))
                .onClose(OnClose.DELETE)
                .create();
        // Two objects, as two processes would have: nothing is shared but the bytes.
        producer = SharedQueue.create(segment, "queue", Codecs.int64(), capacity).asLongs();
        consumer = SharedQueue.open(segment, "queue", Codecs.int64()).asLongs();
    }

    @Override
    public boolean offer(long element) {
        return producer.offer(element);
    }

    @Override
    public long poll() {
        return consumer.poll(NOTHING);
    }

    @Override
    public int offerBatch(long first, int count) {
        return producer.offerAll(elements.from(first, count), 0, count);
    }

    @Override
    public int drain(Sum sink, int max) {
        target = sink;
        return consumer.drainTo(receiver, max);
    }

    @Override
    public void close() {
        segment.close();
    }

    private void receive(long element) {
        target.add(element);
    }
}
