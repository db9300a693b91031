package io.zeroipc.spring.boot.kafka.inbound;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

import org.apache.kafka.clients.consumer.Consumer;
import org.jspecify.annotations.Nullable;

import io.zeroipc.segment.EventCount;
import io.zeroipc.spring.boot.kafka.BridgeFigures;
import io.zeroipc.spring.boot.kafka.BridgeState;

/** What the thread of a bridge is told, and what it tells. Thread-safe. */
final class Course {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition told = lock.newCondition();
    private final AtomicLong carried = new AtomicLong();
    private final AtomicLong duplicates = new AtomicLong();
    private final AtomicLong loops = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private volatile long inFlight;
    private volatile long lag = -1;
    private volatile BridgeState state = BridgeState.STOPPED;
    private volatile @Nullable String lastError;
    private volatile boolean stopping = true;
    private volatile boolean paused;
    private volatile boolean filled;
    /** What is not there yet, of a structure that is to be filled first; null for none, or when it is. */
    private volatile @Nullable String filling;
    private volatile @Nullable String waitingFor;
    /** Guarded by the lock: who is to be woken. */
    private @Nullable Consumer<?, ?> consumer;
    /** Guarded by the lock: where it waits for room. */
    private @Nullable EventCount room;

    void begin() {
        stopping = false;
        filled = false;
        filling = null;
        waitingFor = null;
        state = BridgeState.WAITING;
    }

    /** Wakes whatever the thread waits in. */
    void stop() {
        lock.lock();
        try {
            stopping = true;
            told.signalAll();
            if (consumer != null) {
                consumer.wakeup();
            }
            if (room != null) {
                room.rouse();
            }
        } finally {
            lock.unlock();
        }
    }

    boolean isStopping() {
        return stopping;
    }

    void pause(boolean wanted) {
        paused = wanted;
    }

    boolean isPaused() {
        return paused;
    }

    /** Who waits for records from now on; null for nobody. */
    void reading(@Nullable Consumer<?, ?> reader) {
        lock.lock();
        try {
            consumer = reader;
        } finally {
            lock.unlock();
        }
    }

    /** Where somebody waits for room from now on; null for nowhere. */
    void waitingAt(@Nullable EventCount where) {
        lock.lock();
        try {
            room = where;
        } finally {
            lock.unlock();
        }
    }

    /** Waits, unless it is to stop. */
    void sleep(Duration time) throws InterruptedException {
        await(() -> stopping, time);
    }

    /** Waits until that was told; false when the time was over before. */
    private boolean await(BooleanSupplier what, Duration time) throws InterruptedException {
        long left = time.toNanos();
        lock.lock();
        try {
            while (!what.getAsBoolean() && left > 0) {
                left = told.awaitNanos(left);
            }
            return what.getAsBoolean();
        } finally {
            lock.unlock();
        }
    }

    /** Goes on, or would if it were not told to wait. */
    void running() {
        String missing = filling;
        waitingFor = missing;
        state = paused ? BridgeState.PAUSED : missing != null ? BridgeState.WAITING : BridgeState.RUNNING;
    }

    /** Is of no use to readers before it is {@link #filled}. */
    void filling(String what) {
        filled = false;
        filling = what;
        running();
    }

    /** Cannot go on now. */
    void waiting(String why) {
        waitingFor = why;
        state = BridgeState.WAITING;
    }

    /** Has ended, by an error or without. */
    void ended(@Nullable String error) {
        if (error != null) {
            lastError = error;
        }
        state = error != null ? BridgeState.FAILED : BridgeState.STOPPED;
        inFlight = 0;
    }

    /** Somebody has stopped it, and knows what had ended it before. */
    void stopped() {
        state = BridgeState.STOPPED;
    }

    BridgeState state() {
        return state;
    }

    /** The table is complete, as far as its topic was when this began. */
    void filled() {
        lock.lock();
        try {
            filled = true;
            filling = null;
            running();
            told.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean isFilled() {
        return filled;
    }

    /** Waits until the table is complete; false when the time was over before. */
    boolean awaitFilled(Duration timeout) throws InterruptedException {
        return await(() -> filled, timeout);
    }

    void addCarried(long count) {
        carried.addAndGet(count);
    }

    void addDuplicate() {
        duplicates.incrementAndGet();
    }

    void addLoop() {
        loops.incrementAndGet();
    }

    /** Elements that came from this machine, and were dropped. */
    long loops() {
        return loops.get();
    }

    void addLost(long count) {
        lost.addAndGet(count);
    }

    /** Something went wrong, and may be tried again. */
    void addFailed(String error) {
        failed.incrementAndGet();
        lastError = error;
    }

    void inFlight(long count) {
        inFlight = count;
    }

    void lag(long count) {
        lag = count;
    }

    BridgeFigures figures() {
        String reason = state == BridgeState.WAITING ? waitingFor : null;
        return new BridgeFigures(carried.get(), duplicates.get() + loops.get(), lost.get(), failed.get(), inFlight, lag,
                reason != null ? reason : lastError);
    }
}
