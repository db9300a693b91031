package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

import io.zeroipc.memory.Atomics;
import io.zeroipc.memory.Layouts;
import io.zeroipc.segment.Lane;
import io.zeroipc.wait.Deadline;

/**
 * The roles of a {@link SharedRing} with elements of eight bytes, as {@code long}: no objects, no codec, nothing
 * allocated. Each is a view of the role it was made from, with the same position and the same rules; both may be used in
 * turn, by one thread at a time.
 */
public final class LongRing {

    private LongRing() {
    }

    /** The writing side. */
    public static final class Writer {

        private final MemorySegment memory;
        private final RingProducer producer;

        Writer(SharedRing<?> ring, RingProducer producer) {
            ring.requireWidth(Long.BYTES);
            this.memory = producer.memory;
            this.producer = producer;
        }

        /** Writes without waiting; false when the ring is full. */
        public boolean offer(long element) {
            try (Lane _ = producer.begin()) {
                return write(producer.next(), element);
            }
        }

        /** Writes, waiting up to {@code timeout} for room; false when there was none. */
        public boolean offer(long element, Duration timeout) throws InterruptedException {
            try (Lane _ = producer.begin()) {
                return write(producer.awaitNext(TimeUnit.NANOSECONDS.convert(timeout)), element);
            }
        }

        /** Writes, waiting for room as long as it takes. */
        public void put(long element) throws InterruptedException {
            try (Lane _ = producer.begin()) {
                write(producer.awaitNext(Deadline.FOREVER_NANOS), element);
            }
        }

        /** Writes as many elements of the array as fit, in order, and makes them visible together; how many it was. */
        public int offerAll(long[] source, int from, int count) {
            Objects.checkFromIndexSize(from, count, source.length);
            return producer.write(source, Layouts.LONG, from, count);
        }

        private boolean write(long slot, long element) {
            if (slot == RingProducer.FULL) {
                return false;
            }
            Atomics.putLong(memory, slot, element);
            producer.publish(1);
            return true;
        }
    }

    /** The reading side that removes what it reads. */
    public static final class Reader {

        private final MemorySegment memory;
        private final RingConsumer consumer;

        Reader(SharedRing<?> ring, RingConsumer consumer) {
            ring.requireWidth(Long.BYTES);
            this.memory = consumer.memory;
            this.consumer = consumer;
        }

        /** The next element, or {@code ifEmpty} when there is none now. */
        public long poll(long ifEmpty) {
            try (Lane _ = consumer.begin()) {
                long slot = consumer.next();
                return slot == RingConsumer.EMPTY ? ifEmpty : load(slot);
            }
        }

        /** The next element, waiting up to {@code timeout} for it; {@code ifEmpty} when none came. */
        public long poll(Duration timeout, long ifEmpty) throws InterruptedException {
            try (Lane _ = consumer.begin()) {
                long slot = consumer.awaitNext(TimeUnit.NANOSECONDS.convert(timeout));
                return slot == RingConsumer.EMPTY ? ifEmpty : load(slot);
            }
        }

        /** The next element, waiting for it as long as it takes. */
        public long take() throws InterruptedException {
            try (Lane _ = consumer.begin()) {
                return load(consumer.awaitNext(Deadline.FOREVER_NANOS));
            }
        }

        /** Hands at most {@code max} elements that are there now to {@code sink}, as {@link RingReader#drainTo} does. */
        public int drainTo(LongConsumer sink, int max) {
            Objects.requireNonNull(sink, "sink");
            try (Lane _ = consumer.begin()) {
                int count = consumer.available(max);
                int drained = 0;
                consumer.handingOut();
                try {
                    while (drained < count) {
                        long element = Atomics.getLong(memory, consumer.next());
                        consumer.advance(1);
                        drained++;
                        sink.accept(element);
                        if (!consumer.release()) {
                            break;
                        }
                    }
                } finally {
                    consumer.handedOut();
                }
                return drained;
            }
        }

        /** Moves at most {@code count} elements that are there now into the array; how many it was. */
        public int drainTo(long[] target, int from, int count) {
            Objects.checkFromIndexSize(from, count, target.length);
            return consumer.read(target, Layouts.LONG, from, count);
        }

        private long load(long slot) {
            long element = Atomics.getLong(memory, slot);
            consumer.advance(1);
            consumer.finish();
            return element;
        }
    }

    /** The side that removes nothing. */
    public static final class Cursor {

        private final RingObserver observer;

        Cursor(SharedRing<?> ring, RingObserver observer) {
            ring.requireWidth(Long.BYTES);
            this.observer = observer;
        }

        /** The next element, or {@code ifEmpty} when there is none now. */
        public long poll(long ifEmpty) {
            try (Lane _ = observer.begin()) {
                return observer.fetch(1) == 0 ? ifEmpty : load(0);
            }
        }

        /** The next element, waiting up to {@code timeout} for it; {@code ifEmpty} when none came. */
        public long poll(Duration timeout, long ifEmpty) throws InterruptedException {
            try (Lane _ = observer.begin()) {
                return observer.awaitFetch(TimeUnit.NANOSECONDS.convert(timeout)) ? load(0) : ifEmpty;
            }
        }

        /** The next element, waiting for it as long as it takes. */
        public long take() throws InterruptedException {
            try (Lane _ = observer.begin()) {
                observer.awaitFetch(Deadline.FOREVER_NANOS);
                return load(0);
            }
        }

        /** Hands at most {@code max} elements to {@code sink}, as {@link RingCursor#drainTo} does. */
        public int drainTo(LongConsumer sink, int max) {
            Objects.requireNonNull(sink, "sink");
            try (Lane lane = observer.begin()) {
                int limit = observer.limit(max);
                int total = 0;
                boolean open = true;
                while (open && total < limit) {
                    int count = observer.fetch(limit - total);
                    if (count == 0) {
                        break;
                    }
                    observer.handingOut(lane);
                    try {
                        for (int i = 0; i < count && observer.handOut(count - i - 1); i++) {
                            total++;
                            sink.accept(load(i));
                        }
                    } finally {
                        open = observer.handedOut(lane);
                    }
                }
                return total;
            }
        }

        /** Copies at most {@code count} elements into the array; how many it was. */
        public int drainTo(long[] target, int from, int count) {
            Objects.checkFromIndexSize(from, count, target.length);
            return observer.read(target, Layouts.LONG, from, count);
        }

        private long load(int index) {
            return Atomics.getLong(observer.copy(), observer.copyOffset(index));
        }
    }
}
