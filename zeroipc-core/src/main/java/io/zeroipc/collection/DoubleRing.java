package io.zeroipc.collection;

import java.time.Duration;
import java.util.Objects;
import java.util.function.DoubleConsumer;

import io.zeroipc.memory.Atomics;

/**
 * The roles of a {@link SharedRing} with elements of eight bytes, as {@code double}: no objects, no codec, nothing
 * allocated. Each is a view of the role it was made from, with the same position and the same rules; both may be used in
 * turn, by one thread at a time.
 */
public final class DoubleRing {

    private DoubleRing() {
    }

    /** The writing side. */
    public static final class Writer {

        private final LongRing.Writer bits;
        private final RingProducer producer;

        Writer(SharedRing<?> ring, RingProducer producer) {
            this.bits = new LongRing.Writer(ring, producer);
            this.producer = producer;
        }

        /** Writes without waiting; false when the ring is full. */
        public boolean offer(double element) {
            return bits.offer(Double.doubleToRawLongBits(element));
        }

        /** Writes, waiting up to {@code timeout} for room; false when there was none. */
        public boolean offer(double element, Duration timeout) throws InterruptedException {
            return bits.offer(Double.doubleToRawLongBits(element), timeout);
        }

        /** Writes, waiting for room as long as it takes. */
        public void put(double element) throws InterruptedException {
            bits.put(Double.doubleToRawLongBits(element));
        }

        /** Writes as many elements of the array as fit, in order, and makes them visible together; how many it was. */
        public int offerAll(double[] source, int from, int count) {
            Objects.checkFromIndexSize(from, count, source.length);
            return producer.write(source, PrimitiveLayouts.DOUBLE, from, count);
        }
    }

    /** The reading side that removes what it reads. */
    public static final class Reader {

        private final LongRing.Reader bits;
        private final RingConsumer consumer;

        Reader(SharedRing<?> ring, RingConsumer consumer) {
            this.bits = new LongRing.Reader(ring, consumer);
            this.consumer = consumer;
        }

        /** The next element, or {@code ifEmpty} when there is none now. */
        public double poll(double ifEmpty) {
            return Double.longBitsToDouble(bits.poll(Double.doubleToRawLongBits(ifEmpty)));
        }

        /** The next element, waiting up to {@code timeout} for it; {@code ifEmpty} when none came. */
        public double poll(Duration timeout, double ifEmpty) throws InterruptedException {
            return Double.longBitsToDouble(bits.poll(timeout, Double.doubleToRawLongBits(ifEmpty)));
        }

        /** The next element, waiting for it as long as it takes. */
        public double take() throws InterruptedException {
            return Double.longBitsToDouble(bits.take());
        }

        /** Hands at most {@code max} elements that are there now to {@code sink}, as {@link RingReader#drainTo} does. */
        public int drainTo(DoubleConsumer sink, int max) {
            consumer.begin();
            int count = consumer.available(max);
            int drained = 0;
            consumer.handingOut();
            try {
                while (drained < count) {
                    double element = Double.longBitsToDouble(Atomics.getLong(consumer.memory, consumer.next()));
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
        public int drainTo(double[] target, int from, int count) {
            Objects.checkFromIndexSize(from, count, target.length);
            return consumer.read(target, PrimitiveLayouts.DOUBLE, from, count);
        }
    }

    /** The side that removes nothing. */
    public static final class Cursor {

        private final LongRing.Cursor bits;
        private final RingObserver observer;

        Cursor(SharedRing<?> ring, RingObserver observer) {
            this.bits = new LongRing.Cursor(ring, observer);
            this.observer = observer;
        }

        /** The next element, or {@code ifEmpty} when there is none now. */
        public double poll(double ifEmpty) {
            return Double.longBitsToDouble(bits.poll(Double.doubleToRawLongBits(ifEmpty)));
        }

        /** The next element, waiting up to {@code timeout} for it; {@code ifEmpty} when none came. */
        public double poll(Duration timeout, double ifEmpty) throws InterruptedException {
            return Double.longBitsToDouble(bits.poll(timeout, Double.doubleToRawLongBits(ifEmpty)));
        }

        /** The next element, waiting for it as long as it takes. */
        public double take() throws InterruptedException {
            return Double.longBitsToDouble(bits.take());
        }

        /** Hands at most {@code max} elements to {@code sink}, as {@link RingCursor#drainTo} does. */
        public int drainTo(DoubleConsumer sink, int max) {
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
                        sink.accept(Double.longBitsToDouble(Atomics.getLong(observer.copy(), observer.copyOffset(i))));
                    }
                } finally {
                    observer.handedOut();
                }
                total += count;
            }
            return total;
        }

        /** Copies at most {@code count} elements into the array; how many it was. */
        public int drainTo(double[] target, int from, int count) {
            Objects.checkFromIndexSize(from, count, target.length);
            return observer.read(target, PrimitiveLayouts.DOUBLE, from, count);
        }
    }
}
