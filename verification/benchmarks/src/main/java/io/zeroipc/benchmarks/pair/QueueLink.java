package io.zeroipc.benchmarks.pair;

import java.lang.foreign.MemorySegment;

import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.SlotConsumer;

/** {@link SharedQueue}, claimed and filled in place, and drained in place. */
final class QueueLink implements Link {

    private final Segment segment;
    private final SharedQueue<byte[]> out;
    private final SharedQueue<byte[]> in;

    QueueLink(Place place) {
        Codec<byte[]> codec = Codecs.bytes(place.size());
        segment = OwnSegment.open(place);
        out = SharedQueue.openOrCreate(segment, place.outgoing(), codec, place.slots());
        in = SharedQueue.openOrCreate(segment, place.incoming(), codec, place.slots());
    }

    @Override
    public Sender sender() {
        return new QueueSender(out);
    }

    @Override
    public Receiver receiver() {
        return new QueueReceiver(in);
    }

    @Override
    public void close() {
        segment.close();
    }

    private static final class QueueSender implements Sender {

        private final SharedQueue<byte[]> queue;
        private final MemorySegment slots;
        private long claim;

        QueueSender(SharedQueue<byte[]> queue) {
            this.queue = queue;
            slots = queue.slots();
        }

        @Override
        public long tryClaim() {
            claim = queue.tryClaim();
            return claim == SharedQueue.NO_CLAIM ? FULL : queue.slotOffset(claim);
        }

        @Override
        public MemorySegment memory() {
            return slots;
        }

        @Override
        public void commit() {
            queue.publish(claim);
        }
    }

    private static final class QueueReceiver implements Receiver, SlotConsumer {

        private final SharedQueue<byte[]> queue;
        private Handler handler = (_, _) -> {};

        QueueReceiver(SharedQueue<byte[]> queue) {
            this.queue = queue;
        }

        @Override
        public int poll(Handler to, int limit) {
            handler = to;
            if (limit > 1) {
                return queue.drain(this, limit);
            }
            return queue.poll(this) ? 1 : 0;
        }

        @Override
        public void accept(MemorySegment memory, long offset) {
            handler.onMessage(memory, offset);
        }
    }
}
