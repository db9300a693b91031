package io.zeroipc.memory;

import java.util.concurrent.Semaphore;

import org.jspecify.annotations.Nullable;

/**
 * The steps between which a process may die, for those who want to kill one exactly there. A JVM that was started with the
 * property {@value #PROPERTY} stops when a thread of it reaches that step for the n-th time, after it has said so on its
 * standard output, until {@link #goOn}; without the property the compiler removes the calls.
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
    /** A consumer that keeps elements says in one cell what it has in two, and the other cell still stands. */
    QUEUE_KEPT_JOINED,
    /** A consumer that ends has copied what it leaves into records of its own, and nobody else's row is taken. */
    LEAVING_COPIED,
    /** It has taken a row for what it leaves. */
    LEAVING_ROW_TAKEN,
    /** The first of these records is that row's. */
    LEAVING_RECORD_PASSED,
    /** All of them are, and its own cells still say the same. */
    LEAVING_RECORDS_PASSED,
    /** Its own cells say nothing any more. */
    LEAVING_CELLS_CLEARED,
    /** The lock of that row is free, and nothing says that the row is a dead one's. */
    LEAVING_UNLOCKED,
    /** Something says so. */
    LEAVING_ENDED,
    /** Somebody has moved head over a position that nobody will publish, and has not released it. */
    QUEUE_HEAD_SKIPPED,
    /** A thread has announced the slot of a stack that it is about to own, to write. */
    STACK_PUSH_ANNOUNCED,
    /** It owns it, and has not yet said so. */
    STACK_PUSH_OWNED,
    /** It has said that it owns it, and has not written the element. */
    STACK_PUSH_CONFIRMED,
    /** It has written the element, and no longer says for certain that it owns the slot. */
    STACK_PUSH_WRITTEN,
    /** It has moved the top over the slot, and not made it ready. */
    STACK_PUSH_MOVED,
    /** It has made it ready, and its announcement still stands. */
    STACK_PUSHED,
    /** A thread has announced the slot of a stack that it is about to own, to read. */
    STACK_POP_ANNOUNCED,
    /** It owns it. */
    STACK_POP_OWNED,
    /** It has moved the top below the slot, and not yet said so. */
    STACK_POP_MOVED,
    /** It has said that the element is its own, and has not read it. */
    STACK_POP_CONFIRMED,
    /** It has read it, and no longer says for certain that it owns the slot. */
    STACK_POP_READ,
    /** It has freed the slot, and its announcement still stands. */
    STACK_POPPED,
    /** A thread has announced the entry of a map or set that it is about to own, to fill it. */
    MAP_FILL_ANNOUNCED,
    /** It owns it, and has not yet said so. */
    MAP_FILL_OWNED,
    /** It has said that it owns it, and has written nothing. */
    MAP_FILL_CONFIRMED,
    /** It has written the key and the value, and has not looked for others that have the key. */
    MAP_FILL_WRITTEN,
    /** It has counted the key, and not yet said that the entry is whole. */
    MAP_FILL_COUNTED,
    /** It has said that the entry is whole, and not made it occupied. */
    MAP_FILL_WHOLE,
    /** A thread has announced the entry that it is about to own, to read it, to replace its value, or to remove it. */
    MAP_ENTRY_ANNOUNCED,
    /** It owns it. */
    MAP_ENTRY_OWNED,
    /** It has written a part of a value that is not written at once. */
    MAP_VALUE_HALF_WRITTEN,
    /** It has written the value, and not made the entry occupied. */
    MAP_VALUE_WRITTEN,
    /** It has counted the removal of the key, and not yet said that nothing in the entry counts. */
    MAP_REMOVE_COUNTED,
    /** It has said so, and not made the entry deleted. */
    MAP_REMOVE_CONFIRMED,
    /** It has given the entry back, and its announcement still stands. */
    MAP_ENTRY_RELEASED,
    /** A thread has announced that it is about to make an entry its own that a dead one has left half changed. */
    MAP_REPAIR_ANNOUNCED,
    /** It is its own, and it has not yet said so. */
    MAP_REPAIR_TAKEN,
    /** A thread has announced the node of a pool that it is about to take. */
    POOL_TAKE_ANNOUNCED,
    /** It has taken it, and not yet said so. */
    POOL_TAKEN,
    /** It has said that it has taken it, and not marked it. */
    POOL_TAKE_CONFIRMED,
    /** It has marked it, and not counted it. */
    POOL_TAKE_MARKED,
    /** It has counted it, and its announcement still stands. */
    POOL_TAKE_COUNTED,
    /** A thread has announced the node of a pool that it is about to give back. */
    POOL_FREE_ANNOUNCED,
    /** It has changed the node's link, so that nobody else gives it back, and not put it into the list. */
    POOL_FREE_LINKED,
    /** It has put it into the list, and not yet said so. */
    POOL_FREE_LISTED,
    /** It has said so, and not counted it. */
    POOL_FREE_CONFIRMED,
    /** It has counted it, and its announcement still stands. */
    POOL_FREE_COUNTED,
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
    /** A thread has announced that it is about to arrive at a barrier. */
    BARRIER_ANNOUNCED,
    /** It has arrived, and not yet said so; or was the last, and has not woken the others. */
    BARRIER_ARRIVED,
    /** It has said that it waits for the others. */
    BARRIER_CONFIRMED,
    /** It has announced that it is about to take its arrival back. */
    BARRIER_LEAVING,
    /** It has taken it back, and its announcement still stands. */
    BARRIER_LEFT,
    /** A writer has said that the value of a signal may be half written from here on. */
    SIGNAL_CHANGE_ANNOUNCED,
    /** A reader has copied the value of a signal and asked whether a dead one was writing it, and not for the version again. */
    SIGNAL_READ,
    /** A signal of an automatic event has found one there that nobody has taken, and not counted who waits. */
    EVENT_SIGNAL_PENDING,
    /** A manual event is signalled, for a pulse. */
    EVENT_PULSING,
    /** It has been reset, and the announcement of the pulse still stands. */
    EVENT_RESET,
    /** A process has announced that it is about to become a publisher of a topic. */
    TOPIC_PUBLISHER_ANNOUNCED,
    /** Its entry is taken, and it has not yet said so. */
    TOPIC_PUBLISHER_TAKEN,
    /** A publisher has a chunk of a topic on loan. */
    TOPIC_LOANED,
    /** It has said where the message will stand, and not published it. */
    TOPIC_PLACED,
    /** It has published it, and not moved the tail over it. */
    TOPIC_PUBLISHED,
    /** It has moved the tail, and the chunk is still on loan. */
    TOPIC_TAIL_MOVED,
    /** A process has announced that it is about to subscribe to a topic. */
    TOPIC_SUBSCRIBER_ANNOUNCED,
    /** Its entry is taken, and it does not yet take part. */
    TOPIC_SUBSCRIBER_TAKEN,
    /** Publishers wait for it, and it has not said where it begins. */
    TOPIC_SUBSCRIBER_ACTIVE,
    /** A subscriber holds a chunk, and has not moved its cursor over it. */
    TOPIC_HELD,
    /** It has moved its cursor, and its sample is open. */
    TOPIC_RECEIVED,
    /** Nobody waits for a subscriber any more, and its entry is still taken. */
    TOPIC_SUBSCRIBER_LEFT,
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
    /** Who recovers has said that what a dead one had for certain is perhaps given back. */
    RECOVERY_RETURN_ANNOUNCED,
    /** He has given it back, and what the dead one has said still stands. */
    RECOVERY_RETURNED,
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

    /** Lets the thread that was stopped here go on, or, if none has come yet, the first one that does. */
    public static void goOn() {
        if (ENABLED) {
            Wanted.GONE_ON.release();
        }
    }

    /** Initialised where the property is set only. */
    private static final class Wanted {

        private static final StopPoint STEP;
        private static final Semaphore GONE_ON = new Semaphore(0);
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
            GONE_ON.acquireUninterruptibly();
        }
    }
}
