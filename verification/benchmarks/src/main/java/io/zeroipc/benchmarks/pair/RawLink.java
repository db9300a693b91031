package io.zeroipc.benchmarks.pair;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

import io.zeroipc.memory.Alignment;

/**
 * The limit: a message lies behind its number on lines of its own, so that one of eight bytes moves one cache line in each direction.
 * The receiver says how far it has come on another line, which the sender reads once per lap only. It checks nothing, and survives
 * nothing.
 */
final class RawLink extends OneThreadLink {

    private static final VarHandle NUMBER = ValueLayout.JAVA_LONG.varHandle();
    private static final int LINES = 128;

    private final MappedScratch file;
    private final MemorySegment out;
    private final MemorySegment in;
    private final int slots;
    private final long stride;
    private long sent;
    private long acknowledged;
    private long received;

    RawLink(Place place) {
        slots = place.slots();
        stride = Alignment.up(Long.BYTES + place.size(), LINES);
        long bytes = LINES + slots * stride;
        file = new MappedScratch(place, "", 2 * bytes);
        MemorySegment all = MemorySegment.ofBuffer(file.buffer());
        out = all.asSlice(place.isActive() ? 0 : bytes, bytes);
        in = all.asSlice(place.isActive() ? bytes : 0, bytes);
    }

    @Override
    public long tryClaim() {
        if (sent - acknowledged == slots) {
            acknowledged = (long) NUMBER.getAcquire(out, 0L); // after the receiver's last look at the slot
            if (sent - acknowledged == slots) {
                return FULL;
            }
        }
        return slot(sent) + Long.BYTES;
    }

    @Override
    public MemorySegment memory() {
        return out;
    }

    @Override
    public void commit() {
        long number = sent++;
        NUMBER.setRelease(out, slot(number), sent); // the message before its number: poll()
    }

    @Override
    public int poll(Handler handler, int limit) {
        int count = 0;
        while (count < limit && (long) NUMBER.getAcquire(in, slot(received)) == received + 1) { // commit()
            long offset = slot(received) + Long.BYTES;
            received++;
            handler.onMessage(in, offset);
            count++;
            if ((received & slots / 4 - 1) == 0) {
                NUMBER.setRelease(in, 0L, received); // tryClaim()
            }
        }
        return count;
    }

    private long slot(long number) {
        return LINES + (number & slots - 1) * stride;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
