package io.zeroipc.stress.survival;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

import io.zeroipc.OwnerDiedException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.flow.SharedFuture;
import io.zeroipc.flow.SharedLazy;
import io.zeroipc.segment.Segment;
import io.zeroipc.stress.survival.Findings.Promise;
import io.zeroipc.stress.survival.Journal.Word;
import io.zeroipc.sync.SharedOnce;

/** What is done once, by one of all, over and over: everybody goes on to the next one when this one is done. */
final class OnceWorkload implements Workload {

    /** How many there are; when all are done, there is nothing left to do. */
    private static final int COUNT = 3000;
    private static final String PROGRESS = "progress";
    private static final String RUNS = "runs";
    private static final int TURNS_MAX = 8000;
    private static final Duration PATIENCE = Duration.ofMillis(PATIENCE_MILLIS);

    /** Does the work of one, or waits for whoever does it; false when that takes too long. */
    interface Once {

        boolean run(Segment segment, String name, Task task) throws InterruptedException;
    }

    /** The work, and what comes of it. */
    interface Task {

        long compute();

        /** Somebody got this as the result. */
        void got(long value);

        /** Somebody was told that there is none, as the process died that had begun it. */
        void died();
    }

    private final Once once;

    OnceWorkload(Once once) {
        this.once = once;
    }

    static OnceWorkload once() {
        return new OnceWorkload((segment, name, task) -> {
            SharedOnce once = SharedOnce.openOrCreate(segment, name);
            try {
                once.run(task::compute, PATIENCE);
                return once.isDone();
            } catch (TimeoutException e) {
                return false;
            }
        });
    }

    static OnceWorkload lazy() {
        return new OnceWorkload((segment, name, task) -> {
            SharedLazy<Long> lazy = SharedLazy.openOrCreate(segment, name, Codecs.int64());
            try {
                task.got(lazy.get(task::compute, PATIENCE));
                return true;
            } catch (TimeoutException e) {
                return false;
            }
        });
    }

    static OnceWorkload future() {
        return new OnceWorkload((segment, name, task) -> {
            SharedFuture<Long> future = SharedFuture.openOrCreate(segment, name, Codecs.int64());
            future.completeWith(task::compute);
            try {
                task.got(future.get(PATIENCE));
                return true;
            } catch (TimeoutException e) {
                return false;
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof OwnerDiedException)) {
                    throw new IllegalStateException(e);
                }
                task.died();
                return true;
            }
        });
    }

    @Override
    public long segmentSize() {
        return 8 << 20;
    }

    @Override
    public int entries() {
        return 2 * COUNT;
    }

    @Override
    public void create(Segment segment) {
        SharedArray.create(segment, PROGRESS, Codecs.int64(), 1);
        SharedArray.create(segment, RUNS, Codecs.int64(), COUNT);
    }

    @Override
    public List<String> roles() {
        return List.of("caller", "other caller");
    }

    @Override
    public int lap() {
        return 5;
    }

    @Override
    public boolean isExhausted(Segment segment) {
        return SharedArray.open(segment, PROGRESS, Codecs.int64()).getLongAcquire(0) >= COUNT;
    }

    @Override
    public String describe(Segment segment) {
        return "at " + SharedArray.open(segment, PROGRESS, Codecs.int64()).getLongAcquire(0) + " of " + COUNT;
    }

    private static String name(long number) {
        return "once-" + number;
    }

    private static long value(long number) {
        return 31 * number + 7;
    }

    @Override
    public Step bind(Seat seat) {
        SharedArray<Long> progress = SharedArray.open(seat.segment(), PROGRESS, Codecs.int64());
        SharedArray<Long> runs = SharedArray.open(seat.segment(), RUNS, Codecs.int64());
        Journal journal = seat.journal();
        return () -> {
            long number = progress.getLongAcquire(0);
            if (number >= COUNT) {
                Thread.sleep(PATIENCE_MILLIS);
                return;
            }
            journal.set(Word.PENDING, number + 1);
            if (once.run(seat.segment(), name(number), new Lingering(number, runs, seat))) {
                progress.compareAndSetLong(0, number, number + 1);
                journal.add(Word.DONE, 1);
            }
            journal.set(Word.PENDING, 0);
        };
    }

    /** Takes its time, and counts. */
    private record Lingering(long number, SharedArray<Long> runs, Seat seat) implements Task {

        @Override
        public long compute() {
            for (int i = seat.random().nextInt(TURNS_MAX); i > 0; i--) {
                Thread.onSpinWait();
            }
            runs.getAndAddLong(number, 1);
            return value(number);
        }

        @Override
        public void got(long value) {
            if (value != value(number)) {
                seat.journal().torn(number, value);
            }
        }

        @Override
        public void died() {
            seat.journal().log(number);
        }
    }

    @Override
    public void judge(Segment segment, Crew crew, Findings findings) {
        SharedArray<Long> runs = SharedArray.open(segment, RUNS, Codecs.int64());
        long done = SharedArray.open(segment, PROGRESS, Codecs.int64()).getLongAcquire(0);
        for (long number = 0; number < done; number++) {
            long index = number;
            long killed = crew.threads()
                    .filter(thread -> thread.wasPending() && thread.get(Word.PENDING) == index + 1)
                    .count();
            boolean toldDead = crew.threads().anyMatch(thread -> contains(thread.logged(), index));
            check(number, runs.getLongAcquire(number), killed, toldDead, findings);
        }
    }

    private static boolean contains(long[] numbers, long wanted) {
        for (long number : numbers) {
            if (number == wanted) {
                return true;
            }
        }
        return false;
    }

    /**
     * Checks how often a task was run.
     *
     * @param killed threads that were killed at it
     * @param toldDead whether somebody was told so
     */
    static void check(long number, long runs, long killed, boolean toldDead, Findings findings) {
        if (runs > 1 + killed) {
            findings.add(Promise.DUPLICATE, "task " + number + " was run " + runs + " times, and " + killed
                    + " were killed at it");
        }
        if (runs == 0 && !(toldDead && killed > 0)) {
            findings.add(Promise.LOST, "task " + number + " was done without being run, and " + killed
                    + " were killed at it");
        }
        if (toldDead && killed == 0) {
            findings.add(Promise.INVENTED, "task " + number + " was said to be a dead process's, and nobody was killed"
                    + " at it");
        }
    }
}
