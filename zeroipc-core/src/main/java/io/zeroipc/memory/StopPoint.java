package io.zeroipc.memory;

import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/**
 * The steps between which a process may die, for those who want to kill one exactly there. A JVM that was started with the
 * property {@value #PROPERTY} stops for ever when a thread of it reaches that step for the n-th time, after it has said so on its
 * standard output; without the property the compiler removes the calls.
 */
public enum StopPoint {

    /** A queue's or buffered channel's producer has announced the position it is about to claim. */
    QUEUE_CLAIM_ANNOUNCED,
    /** It has claimed it, and not yet said so. */
    QUEUE_CLAIMED,
    /** It has said that the position is its own, and has not written the element. */
    QUEUE_CLAIM_CONFIRMED,
    /** It has written the element, and not published it. */
    QUEUE_WRITTEN,
    /** It has published the element, and its announcement still stands. */
    QUEUE_PUBLISHED,
    /** A consumer has announced the position it is about to take. */
    QUEUE_TAKE_ANNOUNCED,
    /** It has taken it, and not yet said so. */
    QUEUE_TAKEN,
    /** It has said that the position is its own, and has not read the element. */
    QUEUE_TAKE_CONFIRMED,
    /** It has read the element, and not released the position. */
    QUEUE_READ,
    /** It has released the position, and its announcement still stands. */
    QUEUE_RELEASED,
    /** Somebody has moved head over a position that nobody will publish, and has not released it. */
    QUEUE_HEAD_SKIPPED,
    /** A thread has announced that it is about to lock. */
    LOCK_ANNOUNCED,
    /** It has locked, and not yet said so. */
    LOCK_TAKEN,
    /** It has said that it holds the lock. */
    LOCK_CONFIRMED,
    /** It has announced that it is about to unlock. */
    LOCK_UNLOCK_ANNOUNCED,
    /** It has unlocked, and its announcement still stands. */
    LOCK_UNLOCKED,
    /** A writer has said that the value of a signal may be half written from here on. */
    SIGNAL_CHANGE_ANNOUNCED,
    /** A manual event is signalled, for a pulse. */
    EVENT_PULSING,
    /** It has been reset, and the announcement of the pulse still stands. */
    EVENT_RESET,
    /** Who recovers has said that he is about to unlock for a dead holder. */
    RECOVERY_UNLOCK_ANNOUNCED,
    /** He has unlocked, and what the dead one has said still stands. */
    RECOVERY_UNLOCKED,
    /** A consumer has announced an element that a dead one has left, and the dead one's claim still names it. */
    QUEUE_ADOPTED,
    /** Who recovers has decided to step over a position of a dead writer. */
    RECOVERY_SKIP_DECIDED,
    /** Who recovers has decided to release a position of a dead reader. */
    RECOVERY_RELEASE_DECIDED,
    /** Who recovers has seen that a claim of a dead one needs nothing more, and has not cleared it. */
    RECOVERY_SETTLED;

    /** {@code STEP} or {@code STEP:n}, counted from 1. */
    public static final String PROPERTY = "zeroipc.stop-at";
    /** What the line on standard output begins with; the step's name follows. */
    public static final String REPORT = "zeroipc stopped at ";

    private static final @Nullable String SETTING = System.getProperty(PROPERTY);
    private static final boolean ENABLED = SETTING != null;

    /** The calling thread has come here. */
    public void reach() {
        if (ENABLED) {
            Wanted.reached(this);
        }
    }

    /** Initialised where the property is set only. */
    private static final class Wanted {

        private static final StopPoint STEP;
        private static int left;

        static {
            String[] parts = String.valueOf(SETTING).split(":", 2);
            STEP = valueOf(parts[0]);
            left = parts.length > 1 ? Integer.parseInt(parts[1]) : 1;
        }

        @SuppressWarnings("SystemOut") // read by whoever started this JVM
        static void reached(StopPoint step) {
            if (step != STEP) {
                return;
            }
            synchronized (Wanted.class) {
                if (--left != 0) {
                    return;
                }
            }
            System.out.println(REPORT + step);
            System.out.flush();
            while (true) {
                LockSupport.park();
            }
        }
    }
}
