package io.zeroipc.benchmarks.pair;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.segment.OnClose;
import io.zeroipc.segment.Segment;
import io.zeroipc.wait.WaitStrategy;

/** One side of a pair of processes that wait for each other: numbers there and back. */
interface Wakeups extends AutoCloseable {

    /** What {@link #open} calls the kernel's own way. */
    String FUTEX = "futex";

    void send(long number);

    long receive() throws InterruptedException;

    @Override
    void close() throws IOException;

    /** @param strategy alias of a wait strategy, for two queues, or {@link #FUTEX} */
    static Wakeups open(Place place, String strategy) {
        return strategy.equals(FUTEX) ? new Words(place) : new Queues(place, strategy);
    }

    /** {@link SharedQueue#take()}. */
    final class Queues implements Wakeups {

        private static final int CAPACITY = 16;

        private final Segment segment;
        private final SharedQueue<Long> out;
        private final SharedQueue<Long> in;

        Queues(Place place, String strategy) {
            var builder = Segment.at(place.file("")).waitStrategy(WaitStrategy.ofName(strategy));
            segment = place.isActive() ? builder.size(1 << 20).onClose(OnClose.DELETE).create() : builder.open();
            out = SharedQueue.openOrCreate(segment, place.outgoing(), Codecs.int64(), CAPACITY);
            in = SharedQueue.openOrCreate(segment, place.incoming(), Codecs.int64(), CAPACITY);
        }

        @Override
        public void send(long number) {
            if (!out.offer(number)) {
                throw new IllegalStateException("nobody receives");
            }
        }

        @Override
        public long receive() throws InterruptedException {
            return in.take();
        }

        @Override
        public void close() {
            segment.close();
        }
    }

    /** Two words, each on a line of its own. */
    final class Words implements Wakeups {

        private static final VarHandle WORD = ValueLayout.JAVA_INT.varHandle();
        private static final long LINES = 128;

        private final MappedScratch file;
        private final MemorySegment out;
        private final MemorySegment in;
        private int last;

        Words(Place place) {
            file = new MappedScratch(place, "", 2 * LINES);
            MemorySegment all = MemorySegment.ofBuffer(file.buffer());
            out = all.asSlice(place.isActive() ? 0 : LINES, Integer.BYTES);
            in = all.asSlice(place.isActive() ? LINES : 0, Integer.BYTES);
        }

        @Override
        public void send(long number) {
            WORD.setVolatile(out, 0L, (int) number); // receive(); the kernel compares under its own lock
            RawFutex.wake(out);
        }

        @Override
        public long receive() {
            int value = (int) WORD.getVolatile(in, 0L); // send()
            while (value == last) {
                RawFutex.await(in, last);
                value = (int) WORD.getVolatile(in, 0L);
            }
            last = value;
            return value;
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
