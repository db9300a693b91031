package io.zeroipc.benchmarks.pair;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.function.Function;

import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.RecordDescriptor;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

import io.zeroipc.memory.Alignment;

/** A ring buffer of Agrona over a mapped file, claimed and read in place. */
final class AgronaLink implements Link {

    private static final int MESSAGE_TYPE = 1;
    private static final int LEAST_CAPACITY = 1 << 16;

    private final MappedScratch there;
    private final MappedScratch back;
    private final RingBuffer out;
    private final RingBuffer in;
    private final int size;

    AgronaLink(Place place, Function<AtomicBuffer, RingBuffer> factory) {
        size = place.size();
        int record = (int) Alignment.up(size + RecordDescriptor.HEADER_LENGTH, RecordDescriptor.ALIGNMENT);
        int capacity = Alignment.nextPowerOfTwo(Math.max(LEAST_CAPACITY, place.slots() * record));
        there = new MappedScratch(place, ".there", (long) capacity + RingBufferDescriptor.TRAILER_LENGTH);
        back = new MappedScratch(place, ".back", (long) capacity + RingBufferDescriptor.TRAILER_LENGTH);
        RingBuffer first = factory.apply(new UnsafeBuffer(there.buffer()));
        RingBuffer second = factory.apply(new UnsafeBuffer(back.buffer()));
        out = place.isActive() ? first : second;
        in = place.isActive() ? second : first;
    }

    @Override
    public Sender sender() {
        return new AgronaSender(out, size);
    }

    @Override
    public Receiver receiver() {
        return new AgronaReceiver(in);
    }

    @Override
    public void close() throws IOException {
        there.close();
        back.close();
    }

    private static final class AgronaSender implements Sender {

        private final RingBuffer ring;
        private final long address;
        private final int size;
        private int index;

        AgronaSender(RingBuffer ring, int size) {
            this.ring = ring;
            this.size = size;
            address = ring.buffer().addressOffset();
        }

        @Override
        public long tryClaim() {
            index = ring.tryClaim(MESSAGE_TYPE, size);
            return index < 0 ? FULL : address + index;
        }

        @Override
        public MemorySegment memory() {
            return MEMORY;
        }

        @Override
        public void commit() {
            ring.commit(index);
        }
    }

    private static final class AgronaReceiver implements Receiver, MessageHandler {

        private final RingBuffer ring;
        private Handler handler = (_, _) -> {};

        AgronaReceiver(RingBuffer ring) {
            this.ring = ring;
        }

        @Override
        public int poll(Handler to, int limit) {
            handler = to;
            return ring.read(this, limit);
        }

        @Override
        public void onMessage(int type, MutableDirectBuffer buffer, int index, int length) {
            handler.onMessage(MEMORY, buffer.addressOffset() + index);
        }
    }
}
