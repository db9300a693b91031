package io.zeroipc.benchmarks.pair;

import java.lang.foreign.MemorySegment;

import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.flow.SharedChannel;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.SlotConsumer;

/** {@link SharedChannel}, which is sent Java arrays and received from in place. */
final class ChannelLink implements Link {

    private final Segment segment;
    private final SharedChannel<byte[]> out;
    private final SharedChannel<byte[]> in;
    private final int size;

    ChannelLink(Place place) {
        Codec<byte[]> codec = Codecs.bytes(place.size());
        segment = OwnSegment.open(place);
        out = SharedChannel.openOrCreate(segment, place.outgoing(), codec, place.slots());
        in = SharedChannel.openOrCreate(segment, place.incoming(), codec, place.slots());
        size = place.size();
    }

    @Override
    public Sender sender() {
        return new ChannelSender(out, size);
    }

    @Override
    public Receiver receiver() {
        return new ChannelReceiver(in);
    }

    @Override
    public void close() {
        segment.close();
    }

    private static final class ChannelSender implements Sender {

        private final SharedChannel<byte[]> channel;
        private final byte[] message;
        private final MemorySegment memory;
        private boolean pending;

        ChannelSender(SharedChannel<byte[]> channel, int size) {
            this.channel = channel;
            message = new byte[size];
            memory = MemorySegment.ofArray(message);
        }

        @Override
        public long tryClaim() {
            return flush() ? 0 : FULL;
        }

        @Override
        public MemorySegment memory() {
            return memory;
        }

        @Override
        public void commit() {
            pending = !channel.trySend(message);
        }

        @Override
        public boolean flush() {
            if (pending) {
                commit();
            }
            return !pending;
        }
    }

    private static final class ChannelReceiver implements Receiver, SlotConsumer {

        private final SharedChannel<byte[]> channel;
        private Handler handler = (_, _) -> {};

        ChannelReceiver(SharedChannel<byte[]> channel) {
            this.channel = channel;
        }

        @Override
        public int poll(Handler to, int limit) {
            handler = to;
            int count = 0;
            while (count < limit && channel.tryReceive(this)) {
                count++;
            }
            return count;
        }

        @Override
        public void accept(MemorySegment memory, long offset) {
            handler.onMessage(memory, offset);
        }
    }
}
