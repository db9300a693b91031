package io.zeroipc.benchmarks.pair;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;

/** A queue of references on the heap, for two threads of one JVM: buffers that are used again go through it. */
final class HeapLink implements Link {

    private static final Map<String, Queue<MemorySegment>> QUEUES = new ConcurrentHashMap<>();
    private static final int BUFFERS_IN_HANDS = 4;

    private final Place place;
    private final Queue<MemorySegment> out;
    private final Queue<MemorySegment> in;

    HeapLink(Place place, IntFunction<Queue<MemorySegment>> factory) {
        this.place = place;
        out = QUEUES.computeIfAbsent(place.name() + place.outgoing(), _ -> factory.apply(place.slots()));
        in = QUEUES.computeIfAbsent(place.name() + place.incoming(), _ -> factory.apply(place.slots()));
    }

    @Override
    public Sender sender() {
        return new HeapSender(out, place);
    }

    @Override
    public Receiver receiver() {
        return (handler, limit) -> {
            int count = 0;
            for (MemorySegment message; count < limit && (message = in.poll()) != null; count++) {
                handler.onMessage(message, 0);
            }
            return count;
        };
    }

    @Override
    public void close() {
        QUEUES.remove(place.name() + place.outgoing());
    }

    private static final class HeapSender implements Sender {

        private final Queue<MemorySegment> queue;
        private final MemorySegment[] buffers;
        private int next;
        private boolean pending;

        HeapSender(Queue<MemorySegment> queue, Place place) {
            this.queue = queue;
            // One is with the sender, and each of the receivers has one, when the queue is full of the others.
            buffers = new MemorySegment[place.slots() + BUFFERS_IN_HANDS];
            MemorySegment all = Arena.ofAuto().allocate((long) place.size() * buffers.length, Long.BYTES);
            for (int i = 0; i < buffers.length; i++) {
                buffers[i] = all.asSlice((long) i * place.size(), place.size());
            }
        }

        @Override
        public long tryClaim() {
            return flush() ? 0 : FULL;
        }

        @Override
        public MemorySegment memory() {
            return buffers[next];
        }

        @Override
        public void commit() {
            pending = true;
            flush();
        }

        @Override
        public boolean flush() {
            if (pending && queue.offer(buffers[next])) {
                pending = false;
                next = next + 1 == buffers.length ? 0 : next + 1;
            }
            return !pending;
        }
    }
}
