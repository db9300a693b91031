package io.zeroipc.benchmarks;

/** Makes the elements of a batch, as a producer would, in an array that is used again. */
final class Elements {

    private long[] batch = new long[0];

    long[] from(long first, int count) {
        if (batch.length < count) {
            batch = new long[count];
        }
        for (int i = 0; i < count; i++) {
            batch[i] = first + i;
        }
        return batch;
    }
}
