package io.zeroipc.collection;

/**
 * How many elements of a queue a dead consumer has left that are to be redelivered: found by whoever recovers in this JVM, one for
 * all segments that map the file. Thread-safe.
 */
final class Orphans {

    private volatile int count;

    int count() {
        return count;
    }

    void count(int found) {
        count = found;
    }
}
