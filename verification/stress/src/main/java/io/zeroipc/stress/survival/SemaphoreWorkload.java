package io.zeroipc.stress.survival;

import java.time.Duration;
import java.util.List;

import io.zeroipc.segment.Segment;
import io.zeroipc.stress.survival.Findings.Promise;
import io.zeroipc.stress.survival.Journal.Word;
import io.zeroipc.sync.Permit;
import io.zeroipc.sync.SharedSemaphore;

/** Threads hold one of a few permits for a moment. */
final class SemaphoreWorkload implements Workload {

    /** Enough for some to be lost: see {@link #judge}. */
    static final int PERMITS = 8;

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
                    journal.set(Word.HELD, 1);
                    for (int i = seat.random().nextInt(200); i > 0; i--) {
                        Thread.onSpinWait();
                    }
                    journal.set(Word.HELD, 0);
                    journal.add(Word.DONE, 1);
                }
            }
            journal.set(Word.PENDING, 0);
        };
    }

    @Override
    public void judge(Segment segment, Crew crew, Findings findings) throws InterruptedException {
        SharedSemaphore semaphore = SharedSemaphore.open(segment, NAME);
        // Killed within hold() or close(): between the step that takes a permit, or gives it back, and saying so, nobody can know.
        long unknown = crew.threads().filter(each -> each.wasPending() && each.get(Word.HELD) == 0).count();
        int had = 0;
        while (had < PERMITS - Math.min(unknown, PERMITS)
                && semaphore.tryAcquire(Duration.ofMillis(crew.patienceMillis()))) {
            had++;
        }
        while (had <= PERMITS && semaphore.tryAcquire()) {
            had++;
        }
        check(had, unknown, findings);
    }

    /**
     * Checks the number of permits that could be had.
     *
     * @param unknown threads that were killed where their permit may be gone
     */
    static void check(int had, long unknown, Findings findings) {
        if (had < PERMITS - unknown) {
            findings.add(Promise.LEAK,
                    had + " of " + PERMITS + " permits can be had when all have ended, and " + unknown
                            + " threads were killed where theirs may be gone");
        } else if (had > PERMITS) {
            findings.add(Promise.EXCLUSION, "more than " + PERMITS + " permits can be had when all have ended");
        }
    }
}
