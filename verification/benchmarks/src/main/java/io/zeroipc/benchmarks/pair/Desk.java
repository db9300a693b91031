package io.zeroipc.benchmarks.pair;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Where the methods of an {@link Exchange} tell what has come, and who measures asks. One slice at a time. */
final class Desk {

    private static final long PATIENCE_NANOS = 30_000_000_000L;
    private static final long PAUSE_NANOS = 100_000;
    /** Without a look at the clock between them: whoever sends batches may make them so large. */
    static final int SENT_AT_ONCE = 64;

    private final AtomicLong received = new AtomicLong();
    private Histogram times = Outcome.histogram();
    private volatile CountDownLatch over = new CountDownLatch(0);
    private volatile long until;
    /** Handed over with the message that was sent then. */
    private volatile long askedAt;
    private volatile @Nullable Exchange exchange;

    /** Called by the method that counts, in any thread. */
    void received(long messages) {
        received.addAndGet(messages);
    }

    /** Called by the method that has the answer. One question is under way at a time. */
    void answered(long number) throws Exception {
        long now = System.nanoTime();
        Outcome.add(times, now - askedAt);
        Exchange by = exchange;
        if (now >= until) {
            over.countDown();
        } else if (by != null && !by.isAnsweredAtOnce()) {
            ask(by, number + 1);
        }
    }

    private void ask(Exchange by, long number) throws Exception {
        askedAt = System.nanoTime();
        by.ask(number);
    }

    /** Messages a second that were received, by the time until the last one was. */
    double throughput(Exchange by, long nanos) throws Exception {
        received.set(0);
        long start = System.nanoTime();
        long sent = 0;
        while (System.nanoTime() - start < nanos) {
            for (int i = 0; i < SENT_AT_ONCE; i++) {
                by.send(sent++);
            }
        }
        while (received.get() < sent) {
            if (System.nanoTime() - start > nanos + PATIENCE_NANOS) {
                throw new IllegalStateException("messages are missing: sent=" + sent + ", received=" + received.get());
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        if (received.get() != sent) {
            throw new IllegalStateException("messages came twice: sent=" + sent + ", received=" + received.get());
        }
        return sent * 1e9 / (System.nanoTime() - start);
    }

    /** Times of questions with their answers, one after the other. */
    Histogram roundTrips(Exchange by, long nanos) throws Exception {
        exchange = by;
        times = Outcome.histogram();
        over = new CountDownLatch(1);
        until = System.nanoTime() + nanos;
        ask(by, 0);
        while (by.isAnsweredAtOnce() && over.getCount() > 0) {
            ask(by, 0);
        }
        if (!over.await(nanos + PATIENCE_NANOS, TimeUnit.NANOSECONDS)) {
            throw new IllegalStateException("an answer is missing: answers=" + times.getTotalCount());
        }
        return times;
    }
}
