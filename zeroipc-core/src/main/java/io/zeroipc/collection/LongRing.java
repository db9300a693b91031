package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Objects;
import java.util.function.LongConsumer;

import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Attachment;
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

        private final Attachment attachment;
        private final MemorySegment memory;
        private final RingProducer producer;

        Writer(SharedRing<?> ring, RingProducer producer) {
            ring.requireWidth(Long.BYTES);
            this.attachment = ring.segment().attachment();
            this.memory = producer.memory;
            this.producer = producer;
        }

        /** Writes without waiting; false when the ring is full. */
        public boolean offer(long element) {
            producer.begin();
            long slot = producer.next();
            if (slot == RingProducer.FULL) {
                return false;
            }
            Atomics.putLong(memory, slot, element);
            producer.publish(1);
            return true;
        }

        /** Writes, waiting up to {@code timeout} for room; false when there was none. */
        public boolean offer(long element, Duration timeout) throws InterruptedException {
            if (offer(element)) {
                return true;
            }
            Deadline deadline = Deadline.after(timeout);
            int attempts = 0;
            do {
                if (deadline.expired()) {
                    return false;
                }
                attempts = attachment.pause(attempts);
            } while (!offer(element));
            return true;
        }

        /** Writes, waiting for room as long as it takes. */
        public void put(long element) throws InterruptedException {
            int attempts = 0;
            while (!offer(element)) {
                attempts = attachment.pause(attempts);
            }
        }

        /** Writes as many elements of the array as fit, in order, and makes them visible together; how many it was. */
        public int offerAll(long[] source, int from, int count) {
            Objects.checkFromIndexSize(from, count, source.length);
            return producer.write(source, PrimitiveLayouts.LONG, from, count);
        }
    }

    /** The reading side that removes what it reads. */
    public static final class Reader {

        private final Attachment attachment;
        private final MemorySegment memory;
        private final RingConsumer consumer;

        Reader(SharedRing<?> ring, RingConsumer consumer) {
            ring.requireWidth(Long.BYTES);
            this.attachment = ring.segment().attachment();
            this.memory = consumer.memory;
            this.consumer = consumer;
        }

        /** The next element, or {@code ifEmpty} when there is none now. */
        public long poll(long ifEmpty) {
            consumer.begin();
            long slot = consumer.next();
            if (slot == RingConsumer.EMPTY) {
                return ifEmpty;
            }
            long element = Atomics.getLong(memory, slot);
            consumer.advance(1);
            consumer.finish();
            return element;
        }

        /** The next element, waiting up to {@code timeout} for it; {@code ifEmpty} when none came. */
        public long poll(Duration timeout, long ifEmpty) throws InterruptedException {
            Deadline deadline = Deadline.after(timeout);
            int attempts = 0;
            while (true) {
                consumer.begin();
                if (consumer.next() != RingConsumer.EMPTY) {
                    return poll(ifEmpty);
                }
                if (deadline.expired()) {
                    return ifEmpty;
                }
                attempts = attachment.pause(attempts);
            }
        }

        /** The next element, waiting for it as long as it takes. */
        public long take() throws InterruptedException {
            int attempts = 0;
            while (true) {
                consumer.begin();
                long slot = consumer.next();
                if (slot != RingConsumer.EMPTY) {
                    long element = Atomics.getLong(memory, slot);
                    consumer.advance(1);
                    consumer.finish();
                    return element;
                }
                attempts = attachment.pause(attempts);
            }
        }

        /** Hands at most {@code max} elements that are there now to {@code sink}, as {@link RingReader#drainTo} does. */
        public int drainTo(LongConsumer sink, int max) {
            consumer.begin();
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

        /** Moves at most {@code count} elements that are there now into the array; how many it was. */
        public int drainTo(long[] target, int from, int count) {
            Objects.checkFromIndexSize(from, count, target.length);
            return consumer.read(target, PrimitiveLayouts.LONG, from, count);
        }
    }

    /** The side that removes nothing. */
    public static final class Cursor {

        private final Attachment attachment;
        private final RingObserver observer;

        Cursor(SharedRing<?> ring, RingObserver observer) {
            ring.requireWidth(Long.BYTES);
            this.attachment = ring.segment().attachment();
            this.observer = observer;
        }

        /** The next element, or {@code ifEmpty} when there is none now. */
        public long poll(long ifEmpty) {
            observer.begin();
            return observer.fetch(1) == 0 ? ifEmpty : Atomics.getLong(observer.copy(), observer.copyOffset(0));
        }

        /** The next element, waiting up to {@code timeout} for it; {@code ifEmpty} when none came. */
        public long poll(Duration timeout, long ifEmpty) throws InterruptedException {
            Deadline deadline = Deadline.after(timeout);
            int attempts = 0;
            while (true) {
                observer.begin();
                if (observer.fetch(1) != 0) {
                    return Atomics.getLong(observer.copy(), observer.copyOffset(0));
                }
                if (deadline.expired()) {
                    return ifEmpty;
                }
                attempts = attachment.pause(attempts);
            }
        }

        /** The next element, waiting for it as long as it takes. */
        public long take() throws InterruptedException {
            int attempts = 0;
            observer.begin();
            while (observer.fetch(1) == 0) {
                attempts = attachment.pause(attempts);
                observer.begin();
            }
            return Atomics.getLong(observer.copy(), observer.copyOffset(0));
        }

        /** Hands at most {@code max} elements to {@code sink}, as {@link RingCursor#drainTo} does. */
        public int drainTo(LongConsumer sink, int max) {
            observer.begin();
            int total = 0;
            while (total < max) {
                int count = observer.fetch(max - total);
                if (count == 0) {
                    break;
                }
                try {
                    for (int i = 0; i < count; i++) {
                        observer.handingOut(count - i - 1);
                        sink.accept(Atomics.getLong(observer.copy(), observer.copyOffset(i)));
                    }
                } finally {
                    observer.handedOut();
                }
                total += count;
            }
            return total;
        }

        /** Copies at most {@code count} elements into the array; how many it was. */
        public int drainTo(long[] target, int from, int count) {
            Objects.checkFromIndexSize(from, count, target.length);
            return observer.read(target, PrimitiveLayouts.LONG, from, count);
        }
    }
}
