package io.zeroipc.stress.survival;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;

import io.zeroipc.OwnerDiedException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.segment.Segment;
import io.zeroipc.stress.survival.Findings.Promise;
import io.zeroipc.stress.survival.Journal.Word;
import io.zeroipc.sync.GuardedLock;

/**
 * Threads count up two words together under a lock. Who is killed in between leaves them different, and the next one has to be
 * told.
 */
final class LockWorkload implements Workload {

    static final String NAME = "lock";

    private static final String GUARDED = "guarded";
    private static final int FIRST = 0;
    private static final int SECOND = 1;
    /** Who is inside; 0 for nobody. */
    private static final int INSIDE = 2;
    private static final int WORDS = 3;
    /** Operations of the survivors after a death. */
    private static final int LAP = 20;

    private final Consumer<Segment> creation;
    private final Function<Segment, GuardedLock> writing;
    private final Function<Segment, GuardedLock> reading;
    private final boolean readersShare;

    /** @param reading a side that several threads may have at once; the same as {@code writing} where there is none */
    LockWorkload(Consumer<Segment> creation, Function<Segment, GuardedLock> writing,
            Function<Segment, GuardedLock> reading, boolean readersShare) {
        this.creation = creation;
        this.writing = writing;
        this.reading = reading;
        this.readersShare = readersShare;
    }

    @Override
    public void create(Segment segment) {
        creation.accept(segment);
        SharedArray.create(segment, GUARDED, Codecs.int64(), WORDS);
    }

    @Override
    public List<String> roles() {
        return readersShare ? List.of("writer", "reader") : List.of("holder", "other holder");
    }

    @Override
    public int lap() {
        return LAP;
    }

    @Override
    public String describe(Segment segment) {
        SharedArray<Long> guarded = SharedArray.open(segment, GUARDED, Codecs.int64());
        return "lock: " + writing.apply(segment) + ", words " + guarded.getLong(FIRST) + " and "
                + guarded.getLong(SECOND) + ", inside: " + guarded.getLong(INSIDE);
    }

    /**
     * Enters: the one place that knows how a lock tells of a death. It throws until somebody has made whole what it protects.
     *
     * @return false when somebody else was inside all the time
     */
    private static boolean enter(GuardedLock lock, SharedArray<Long> guarded, Duration patience, Runnable told)
            throws InterruptedException {
        try {
            return lock.tryLock(patience);
        } catch (OwnerDiedException e) {
            told.run();
            lock.repair(() -> {
                guarded.setLongRelease(SECOND, guarded.getLong(FIRST));
                guarded.setLongRelease(INSIDE, 0);
            });
            return false;
        }
    }

    @Override
    public Step bind(Seat seat) {
        SharedArray<Long> guarded = SharedArray.open(seat.segment(), GUARDED, Codecs.int64());
        GuardedLock write = writing.apply(seat.segment());
        GuardedLock read = reading.apply(seat.segment());
        return seat.role() == 0 || !readersShare
                ? () -> write(guarded, write, seat)
                : () -> read(guarded, read, seat.journal());
    }

    private static void write(SharedArray<Long> guarded, GuardedLock lock, Seat seat) throws InterruptedException {
        Journal journal = seat.journal();
        journal.set(Word.PENDING, 1);
        if (enter(lock, guarded, Duration.ofMillis(PATIENCE_MILLIS), () -> journal.add(Word.DEATHS_TOLD, 1))) {
            journal.set(Word.HELD, 1);
            check(guarded, journal);
            guarded.setLongRelease(INSIDE, seat.id());
            long next = guarded.getLong(FIRST) + 1;
            guarded.setLongRelease(FIRST, next);
            for (int i = seat.random().nextInt(200); i > 0; i--) {
                Thread.onSpinWait();
            }
            guarded.setLongRelease(SECOND, next);
            if (guarded.getLongAcquire(INSIDE) != seat.id()) {
                journal.add(Word.INTRUSIONS, 1);
            }
            guarded.setLongRelease(INSIDE, 0);
            // Before the lock is given back: whoever is killed behind this has counted for certain.
            journal.add(Word.ACKNOWLEDGED, 1);
            journal.set(Word.HELD, 0);
            lock.unlock();
            journal.add(Word.DONE, 1);
        }
        journal.set(Word.PENDING, 0);
    }

    private static void read(SharedArray<Long> guarded, GuardedLock lock, Journal journal)
            throws InterruptedException {
        if (enter(lock, guarded, Duration.ofMillis(PATIENCE_MILLIS), () -> journal.add(Word.DEATHS_TOLD, 1))) {
            journal.set(Word.HELD, 1);
            check(guarded, journal);
            journal.set(Word.HELD, 0);
            lock.unlock();
            journal.add(Word.DONE, 1);
        }
    }

    private static void check(SharedArray<Long> guarded, Journal journal) {
        long first = guarded.getLongAcquire(FIRST);
        long second = guarded.getLongAcquire(SECOND);
        if (first != second) {
            journal.torn(first, second);
        }
        if (guarded.getLongAcquire(INSIDE) != 0) {
            journal.add(Word.INTRUSIONS, 1);
        }
    }

    @Override
    public void judge(Segment segment, Crew crew, Findings findings) throws InterruptedException {
        GuardedLock lock = writing.apply(segment);
        SharedArray<Long> guarded = SharedArray.open(segment, GUARDED, Codecs.int64());
        Duration patience = Duration.ofMillis(crew.patienceMillis());
        AtomicBoolean told = new AtomicBoolean();
        boolean entered = enter(lock, guarded, patience, () -> told.set(true))
                || (told.get() && enter(lock, guarded, patience, () -> told.set(false)));
        if (!entered) {
            if (!crew.wedged()) {
                findings.add(Promise.WEDGE, "lock is not to be had when all have ended: " + describe(segment));
            }
            return;
        }
        check(guarded.getLong(FIRST), guarded.getLong(SECOND), crew.sum(Word.ACKNOWLEDGED),
                crew.threads().filter(Crew.Hand::wasPending).count(), findings);
        lock.unlock();
    }

    /**
     * Checks the two words.
     *
     * @param acknowledged times that they were counted up for certain
     * @param pending times more that they may have been
     */
    static void check(long first, long second, long acknowledged, long pending, Findings findings) {
        if (first != second) {
            findings.add(Promise.TORN, "words differ, and nobody was told of a death: " + first + " and " + second);
        }
        if (first < acknowledged || first > acknowledged + pending) {
            findings.add(Promise.EXCLUSION, "first word is " + first + ": acknowledged=" + acknowledged
                    + ", killed when it was open=" + pending);
        }
    }
}
