package io.zeroipc.spring.listener;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

import io.zeroipc.segment.Pollers;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.wait.Deadline;

/**
 * The consumers of one start of a container, and what they are told: stop, pause, resume. A thread that outlives its
 * stop belongs to its own group for ever, and cannot disturb the next one. Thread-safe.
 */
final class ConsumerGroup {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Runnable onChange;
    /** Wait for the consumers; null where each does so itself. */
    private final @Nullable Pollers pollers;

    private volatile List<ChannelConsumer> consumers = List.of();
    private volatile boolean stopping;
    private volatile boolean pauseRequested;
    private volatile boolean interrupted;
    private volatile boolean abandoned;
    private volatile @Nullable Throwable failure;
    private int live;
    private boolean joined;
    /** Given to an executor that has no thread for them yet. */
    private int queued;
    private int attached;
    private int parked;

    /**
     * @param pollers wait for the consumers, and run as long as there is one; null where each waits for itself
     * @param onChange called without a lock whenever {@link #state} may have changed
     */
    ConsumerGroup(boolean pauseRequested, @Nullable Pollers pollers, Runnable onChange) {
        this.pauseRequested = pauseRequested;
        this.pollers = pollers;
        this.onChange = onChange;
    }

    /**
     * Starts the threads. Called once. When the machine has no thread left, those that have started are told to end and
     * the error is that of the group.
     */
    void start(List<ChannelConsumer> all) {
        lock.lock();
        try {
            live = all.size();
            queued = (int) all.stream().filter(ChannelConsumer::isQueued).count();
            attached = (int) all.stream().filter(ChannelConsumer::isAttached).count();
        } finally {
            lock.unlock();
        }
        joinPollers();
        List<ChannelConsumer> started = new ArrayList<>();
        for (ChannelConsumer consumer : all) {
            if (failure == null) {
                try {
                    consumer.startThread();
                    started.add(consumer);
                    continue;
                } catch (Throwable e) {
                    failed(e);
                }
            }
            consumer.end();
        }
        consumers = List.copyOf(started);
        if (stopping) {
            endQueued();
            lookAgain();
        }
    }

    private void joinPollers() {
        if (pollers == null) {
            return;
        }
        try {
            pollers.join();
        } catch (Throwable e) {
            failed(e);
            return;
        }
        lock.lock();
        try {
            joined = true;
        } finally {
            lock.unlock();
        }
    }

    /** Behind the events: as long as they run, so does the process. */
    private void leavePollersAtEnd() {
        boolean leaves;
        lock.lock();
        try {
            leaves = joined && (live == 0 || abandoned);
            joined &= !leaves;
        } finally {
            lock.unlock();
        }
        if (leaves && pollers != null) {
            pollers.leave();
        }
    }

    List<ChannelConsumer> consumers() {
        return consumers;
    }

    ContainerState state() {
        lock.lock();
        try {
            if (failure != null) {
                return ContainerState.FAILED;
            }
            if (live == 0 || abandoned) {
                return ContainerState.STOPPED;
            }
            if (stopping) {
                return ContainerState.STOPPING;
            }
            if (pauseRequested && parked == live) {
                return ContainerState.PAUSED;
            }
            return attached < live || queued > 0 ? ContainerState.STARTING : ContainerState.RUNNING;
        } finally {
            lock.unlock();
        }
    }

    /** Whether no thread is left, or none that is waited for. */
    boolean isOver() {
        lock.lock();
        try {
            return live == 0 || abandoned;
        } finally {
            lock.unlock();
        }
    }

    boolean isStopping() {
        return stopping;
    }

    boolean isPauseRequested() {
        return pauseRequested;
    }

    @Nullable
    Throwable failure() {
        return failure;
    }

    boolean isAbandoned() {
        return abandoned;
    }

    /** Of the first consumer of a channel that can tell: where several share one, what waits does so for all of them. */
    OptionalLong lag(ChannelName channel) {
        for (ChannelConsumer consumer : consumers) {
            if (consumer.channel().equals(channel)) {
                OptionalLong lag = consumer.lag();
                if (lag.isPresent()) {
                    return lag;
                }
            }
        }
        return OptionalLong.empty();
    }

    boolean isOwnThread() {
        return consumers.stream().anyMatch(consumer -> consumer.thread().isCurrent());
    }

    void requestStop() {
        update(() -> stopping = true);
        endQueued();
        lookAgain();
    }

    /** Those that sleep until something arrives see what has changed. */
    private void lookAgain() {
        consumers.forEach(ChannelConsumer::lookAgain);
    }

    /** Those that wait for a thread of an executor need none any more. */
    private void endQueued() {
        consumers.forEach(ChannelConsumer::endIfQueued);
    }

    void requestPause(boolean pause) {
        update(() -> pauseRequested = pause);
        lookAgain();
    }

    /** Whether the time that a stop gives its listener is over. */
    boolean isInterrupted() {
        return interrupted;
    }

    void interrupt() {
        interrupted = true;
        consumers.forEach(consumer -> consumer.thread().interrupt());
    }

    /** Stops waiting for the threads that are left, and says which; they end by themselves when their listener returns. */
    List<ConsumerThread> abandon() {
        List<ConsumerThread> left = consumers.stream()
                .map(ChannelConsumer::thread)
                .filter(ConsumerThread::isRunning)
                .toList();
        update(() -> abandoned = true);
        return left;
    }

    /** Waits until all threads have ended, and with them the events that they publish. */
    boolean awaitEnd(Duration timeout) throws InterruptedException {
        Deadline deadline = Deadline.after(timeout);
        for (ChannelConsumer consumer : consumers) {
            if (!consumer.thread().await(Duration.ofNanos(deadline.remainingNanos()))) {
                return false;
            }
        }
        return true;
    }

    // What the consumers tell, each from its own thread.

    void attached(boolean now) {
        update(() -> attached += now ? 1 : -1);
    }

    void begun() {
        update(() -> queued--);
    }

    void ended(boolean wasAttached, boolean wasQueued) {
        update(() -> {
            live--;
            if (wasQueued) {
                queued--;
            }
            if (wasAttached) {
                attached--;
            }
        });
    }

    void failed(Throwable cause) {
        update(() -> {
            // What a thread that was left behind runs into afterwards is not this listener's failure any more.
            if (failure == null && !abandoned) {
                failure = cause;
            }
            stopping = true;
        });
        endQueued();
        lookAgain();
    }

    /** Waits until the group is resumed or stopped. */
    void park() throws InterruptedException {
        update(() -> parked++);
        try {
            lock.lockInterruptibly();
            try {
                while (pauseRequested && !stopping) {
                    changed.await();
                }
            } finally {
                lock.unlock();
            }
        } finally {
            update(() -> parked--);
        }
    }

    /** Waits this long, less when the group is stopped or paused meanwhile. */
    void sleep(long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long rest = nanos;
            while (rest > 0 && !stopping && !pauseRequested) {
                rest = changed.awaitNanos(rest);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits this long, less when the group is stopped meanwhile; a pause changes nothing. An interrupt that is not a stop
     * is kept for later.
     *
     * @return whether the group is being stopped
     */
    @SuppressWarnings("InterruptedExceptionSwallowed") // the status is set again
    boolean awaitStop(long nanos) {
        boolean interrupted = false;
        lock.lock();
        try {
            long rest = nanos;
            while (rest > 0 && !stopping) {
                try {
                    rest = changed.awaitNanos(rest);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            return stopping;
        } finally {
            lock.unlock();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void update(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        onChange.run();
        leavePollersAtEnd();
    }
}
