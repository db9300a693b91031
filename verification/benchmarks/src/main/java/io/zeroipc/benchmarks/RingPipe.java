package io.zeroipc.benchmarks;

import java.util.function.LongConsumer;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.LongRing;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.segment.OnClose;
import io.zeroipc.segment.Segment;

/** A {@link SharedRing} of {@code int64}, by the primitive views of its two roles. */
final class RingPipe implements Pipe {

    private final Segment segment;
    private final LongRing.Writer writer;
    private final LongRing.Reader reader;
    private final Elements elements = new Elements();
    private final LongConsumer receiver = this::receive;
    private Sum target = new Sum();

    /** @param lazy whether the reader publishes its position only every so often */
    RingPipe(int capacity, boolean lazy) {
        segment = Segment.at(Scratch.file("ring"))
                .size(Scratch.bytesFor(capacity))
                .onClose(OnClose.DELETE)
                .create();
        writer = SharedRing.create(segment, "ring", Codecs.int64(), capacity).writer().asLongs();
        SharedRing<Long> opened = SharedRing.open(segment, "ring", Codecs.int64());
        reader = (lazy ? opened.lazyReader() : opened.reader()).asLongs();
    }

    @Override
    public boolean offer(long element) {
        return writer.offer(element);
    }

    @Override
    public long poll() {
        return reader.poll(NOTHING);
    }

    @Override
    public int offerBatch(long first, int count) {
        return writer.offerAll(elements.from(first, count), 0, count);
    }

    @Override
    public int drain(Sum sink, int max) {
        target = sink;
        return reader.drainTo(receiver, max);
    }

    @Override
    public void close() {
        segment.close();
    }

    private void receive(long element) {
        target.add(element);
    }
}
