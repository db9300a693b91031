package io.zeroipc.stress.survival;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.zeroipc.segment.Segment;
import io.zeroipc.stress.survival.Findings.Promise;
import io.zeroipc.stress.survival.Journal.Word;
import io.zeroipc.sync.Permit;
import io.zeroipc.sync.SharedSemaphore;

/** Threads hold one of a few permits for a moment. */
final class SemaphoreWorkload implements Workload {

    /** Fewer than threads: each one that is lost is missed. */
    static final int PERMITS = 3;

    private static final String NAME = "permits";

    @Override
    public void create(Segment segment) {
        segment.create(NAME, SharedSemaphore.spec(PERMITS, PERMITS));
    }

    @Override
    public List<String> roles() {
        return List.of("holder", "other holder");
    }

    @Override
    public int lap() {
        return 20;
    }

    @Override
    public String describe(Segment segment) {
        SharedSemaphore semaphore = SharedSemaphore.open(segment, NAME);
        return semaphore.availablePermits() + " of " + PERMITS + " permits, " + semaphore.waiting() + " waiting";
    }

    @Override
    public Step bind(Seat seat) {
        SharedSemaphore semaphore = SharedSemaphore.open(seat.segment(), NAME);
        Journal journal = seat.journal();
        return () -> {
            journal.set(Word.PENDING, 1);
            try (Permit permit = semaphore.tryHold(Duration.ofMillis(PATIENCE_MILLIS))) {
                if (permit != null) {
                    for (int i = seat.random().nextInt(200); i > 0; i--) {
                        Thread.onSpinWait();
                    }
                    journal.add(Word.DONE, 1);
                }
            }
            journal.set(Word.PENDING, 0);
        };
    }

    @Override
    public void judge(Segment segment, Crew crew, Findings findings) {
        SharedSemaphore semaphore = SharedSemaphore.open(segment, NAME);
        // First: who takes one in another way than by holding it ends what is known of the others.
        long began = System.nanoTime();
        while (semaphore.availablePermits() < PERMITS
                && System.nanoTime() - began < TimeUnit.MILLISECONDS.toNanos(crew.patienceMillis())) {
            segment.recover();
            Thread.onSpinWait();
        }
        int had = 0;
        while (had <= PERMITS && semaphore.tryAcquire()) {
            had++;
        }
        check(had, findings);
    }

    /** Checks the number of permits that could be had. */
    static void check(int had, Findings findings) {
        if (had < PERMITS) {
            findings.add(Promise.LEAK, had + " of " + PERMITS + " permits can be had when all have ended");
        } else if (had > PERMITS) {
            findings.add(Promise.EXCLUSION, "more than " + PERMITS + " permits can be had when all have ended");
        }
    }
}
