package io.zeroipc.benchmarks.pair;

import java.lang.foreign.MemorySegment;

import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.RingReader;
import io.zeroipc.collection.RingWriter;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.SlotConsumer;

/** {@link SharedRing}, claimed, filled and read in place. */
final class RingLink extends OneThreadLink implements SlotConsumer {

    private final Segment segment;
    private final RingWriter<byte[]> writer;
    private final RingReader<byte[]> reader;
    private Handler handler = (_, _) -> {};

    RingLink(Place place) {
        Codec<byte[]> codec = Codecs.bytes(place.size());
        segment = OwnSegment.open(place);
        SharedRing<byte[]> out = SharedRing.openOrCreate(segment, place.outgoing(), codec, place.slots());
        SharedRing<byte[]> in = SharedRing.openOrCreate(segment, place.incoming(), codec, place.slots());
        writer = out.writer();
        reader = in.reader();
    }

    @Override
    public long tryClaim() {
        return writer.tryClaim();
    }

    @Override
    public MemorySegment memory() {
        return writer.memory();
    }

    @Override
    public void commit() {
        writer.publish();
    }

    @Override
    public int poll(Handler to, int limit) {
        handler = to;
        return reader.drain(this, limit);
    }

    @Override
    public void accept(MemorySegment memory, long offset) {
        handler.onMessage(memory, offset);
    }

    @Override
    public void close() {
        segment.close();
    }
}
