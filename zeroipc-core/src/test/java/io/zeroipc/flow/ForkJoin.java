package io.zeroipc.flow;

import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.IntToDoubleFunction;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.segment.Segment;
import io.zeroipc.sync.SharedLatch;

/** Work that is split among processes: the parts in a queue, their results in an array, and a latch for the end. */
public final class ForkJoin {

    private static final long MISSING = Double.doubleToLongBits(Double.NaN);

    private final int parts;
    private final SharedQueue<Integer> open;
    private final SharedArray<Double> results;
    private final SharedLatch left;

    public ForkJoin(Segment segment, int parts) {
        this.parts = parts;
        open = SharedQueue.openOrCreate(segment, "open", Codecs.int32(), parts);
        results = SharedArray.openOrCreate(segment, "results", Codecs.float64(), parts);
        left = SharedLatch.openOrCreate(segment, "left", parts);
    }

    /** Hands out the parts: once, by the process that wants the result. */
    public void fork() {
        results.fill(Double.NaN);
        for (int part = 0; part < parts; part++) {
            open.offer(part);
        }
    }

    /** Works until no part is left; in any number of threads and processes. */
    public void work(IntToDoubleFunction task) {
        for (Integer part = open.poll(); part != null; part = open.poll()) {
            long result = Double.doubleToLongBits(task.applyAsDouble(part));
            // A part that was handed out again is counted once.
            if (results.compareAndSetLong(part, MISSING, result)) {
                left.countDown();
            }
        }
    }

    /** The sum of all results. When the time is up, what is missing is handed out again: its worker is slow, or was killed. */
    public double join(Duration timeout) throws InterruptedException, TimeoutException {
        left.await(timeout);
        int missing = 0;
        for (int part = 0; part < parts; part++) {
            if (Double.isNaN(results.getDoubleAcquire(part))) {
                open.offer(part);
                missing++;
            }
        }
        if (missing > 0) {
            throw new TimeoutException(missing + " parts are missing, and were handed out again");
        }
        double sum = 0;
        for (int part = 0; part < parts; part++) {
            sum += results.getDouble(part);
        }
        return sum;
    }
}
