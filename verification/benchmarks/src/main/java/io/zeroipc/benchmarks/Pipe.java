package io.zeroipc.benchmarks;

/**
 * One direction between one producer and one consumer, for elements of eight bytes. Each fork of a benchmark loads one
 * implementation only, so that calls through this interface are inlined.
 */
interface Pipe extends AutoCloseable {

    /** What {@link #poll()} returns for nothing. */
    long NOTHING = Long.MIN_VALUE;

    /** False when full. */
    boolean offer(long element);

    /** {@link #NOTHING} when empty. */
    long poll();

    /** Offers elements {@code first}, {@code first + 1}, ... with the peer's own bulk operation, if it has one. */
    int offerBatch(long first, int count);

    /** Hands up to {@code max} elements to the sink with the peer's own bulk operation; how many it was. */
    int drain(Sum sink, int max);

    @Override
    void close();

    /** Takes elements and keeps the compiler honest. */
    final class Sum {

        private long sum;

        void add(long element) {
            sum += element;
        }

        long value() {
            return sum;
        }
    }
}
