package io.zeroipc.sync;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * A lock that threads of several processes hold in turns. Not reentrant: a thread that locks again what it holds waits for
 * itself. The bytes do not say who holds it, so any thread of any process can unlock it; guards help to do so once.
 *
 * <pre>{@code
 * try (Guard guard = mutex.guard()) {
 *     // alone, among all processes
 * }
 * }</pre>
 *
 * When a participant of the segment dies while it holds the lock, the others unlock it. What the lock protects may be half changed
 * then: so whoever locks next, in whatever process that takes part, gets an {@link io.zeroipc.OwnerDiedException} and not the lock,
 * until somebody has made the data whole with {@link #repair}.
 *
 * <p>
 * A lock that is held when its segment is closed stays held: what it protects may be half changed. It can be unlocked all the
 * same, and the mapping stays until then.
 */
public sealed interface GuardedLock permits SharedMutex, SharedRwLock.ReadLock, SharedRwLock.WriteLock,
        SharedMonitor {

    /**
     * Locks, waiting for it.
     *
     * @throws io.zeroipc.OwnerDiedException when a holder has died, and nobody has called {@link #repair} since; it is not locked
     */
    void lock() throws InterruptedException;

    /**
     * Locks; false when it is held.
     *
     * @throws io.zeroipc.OwnerDiedException as {@link #lock}
     */
    boolean tryLock();

    /**
     * Locks, waiting at most so long; false when it was held all the time.
     *
     * @throws io.zeroipc.OwnerDiedException as {@link #lock}
     */
    boolean tryLock(Duration timeout) throws InterruptedException;

    /**
     * Unlocks, also after the segment's close has begun, as long as this lock is held through it.
     *
     * @throws IllegalMonitorStateException when nobody holds it
     * @throws IllegalStateException when the segment is closed, and nothing is held through it
     */
    void unlock();

    /** Whether a holder has died, and nobody has called {@link #repair} since: so that locking throws. */
    boolean isOwnerDead();

    /**
     * Locks alone, waiting for it, also when a holder has died; runs {@code repair}, which makes whole what the lock protects, or
     * finds that it is; and unlocks. From then on others can lock it again. When the repair throws, or dies, they still cannot.
     * Runs also when nobody has died.
     */
    void repair(Runnable repair) throws InterruptedException;

    /** Locks, waiting for it; closing the guard unlocks. */
    default Guard guard() throws InterruptedException {
        lock();
        return new Guard(this);
    }

    /** Locks; null when it is held. A {@code try} with resources takes null for nothing to close. */
    default @Nullable Guard tryGuard() {
        return tryLock() ? new Guard(this) : null;
    }

    /** Locks, waiting at most so long; null when it was held all the time. */
    default @Nullable Guard tryGuard(Duration timeout) throws InterruptedException {
        return tryLock(timeout) ? new Guard(this) : null;
    }
}
