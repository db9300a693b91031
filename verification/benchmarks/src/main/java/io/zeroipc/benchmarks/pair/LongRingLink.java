package io.zeroipc.benchmarks.pair;

import java.lang.foreign.MemorySegment;
import java.util.function.LongConsumer;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.LongRing;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.segment.Segment;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

/** {@link SharedRing} of {@code int64} by its primitive views: messages of eight bytes. */
final class LongRingLink extends OneThreadLink implements LongConsumer {

    private static final long NOTHING = Long.MIN_VALUE;

    private final Segment segment;
    private final LongRing.Writer writer;
    private final LongRing.Reader reader;
    private final MemorySegment outgoing = MemorySegment.ofArray(new long[1]);
    private final MemorySegment incoming = MemorySegment.ofArray(new long[1]);
    private boolean pending;
    private Handler handler = (_, _) -> {};

    LongRingLink(Place place) {
        segment = OwnSegment.open(place);
        writer = SharedRing.openOrCreate(segment, place.outgoing(), Codecs.int64(), place.slots()).writer().asLongs();
        reader = SharedRing.openOrCreate(segment, place.incoming(), Codecs.int64(), place.slots()).reader().asLongs();
    }

    @Override
    public long tryClaim() {
        return flush() ? 0 : FULL;
    }

    @Override
    public MemorySegment memory() {
        return outgoing;
    }

    @Override
    public void commit() {
        pending = !writer.offer(outgoing.get(JAVA_LONG_UNALIGNED, 0));
    }

    @Override
    public boolean flush() {
        if (pending) {
            commit();
        }
        return !pending;
    }

    @Override
    public int poll(Handler to, int limit) {
        handler = to;
        if (limit > 1) {
            return reader.drainTo(this, limit);
        }
        long element = reader.poll(NOTHING);
        if (element == NOTHING) {
            return 0;
        }
        accept(element);
        return 1;
    }

    @Override
    public void accept(long element) {
        incoming.set(JAVA_LONG_UNALIGNED, 0, element);
        handler.onMessage(incoming, 0);
    }

    @Override
    public void close() {
        segment.close();
    }
}
