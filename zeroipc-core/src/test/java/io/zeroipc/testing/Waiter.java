package io.zeroipc.testing;

import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.zeroipc.os.Futex;

/**
 * A thread that runs one call, which may wait, or does something over and over. Closing it interrupts and joins it.
 *
 * @param <V> what the call returns
 */
public final class Waiter<V> implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 120;

    private final FutureTask<V> task;
    private final Thread thread;
    private final AtomicBoolean over;

    private Waiter(Callable<V> call, AtomicBoolean over) {
        this.task = new FutureTask<>(call);
        this.over = over;
        this.thread = Thread.ofPlatform().name("waiter").start(task);
    }

    public static <V> Waiter<V> of(Callable<V> call) {
        return new Waiter<>(call, new AtomicBoolean());
    }

    /** What a call does that returns nothing. */
    @FunctionalInterface
    public interface Action {
        void run() throws Exception;
    }

    public static Waiter<Boolean> running(Action action) {
        return of(() -> {
            action.run();
            return true;
        });
    }

    /** Over and over, until {@link #stop} or {@link #close}: also when the test fails meanwhile. Returns how often. */
    public static Waiter<Long> repeating(Action action) {
        AtomicBoolean over = new AtomicBoolean();
        CountDownLatch begun = new CountDownLatch(1);
        Waiter<Long> waiter = new Waiter<>(() -> {
            begun.countDown();
            long times = 0;
            do {
                action.run();
                times++;
            } while (!over.get());
            return times;
        }, over);
        // On a busy machine what is done meanwhile would be over before.
        try {
            begun.await();
        } catch (InterruptedException e) {
            waiter.close();
            throw new IllegalStateException(e);
        }
        return waiter;
    }

    /** Ends what is done over and over, and waits for its last turn. */
    public V stop() throws Exception {
        over.set(true);
        return get();
    }

    /** Waits for the end of the call. */
    public V get() throws Exception {
        return task.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** What the call threw. */
    public Throwable failure() throws Exception {
        try {
            throw new AssertionError("call did not fail: result=" + get());
        } catch (ExecutionException e) {
            return e.getCause();
        }
    }

    public boolean isDone() {
        return task.isDone();
    }

    /** Whether the call sleeps for some time at this moment: parked, or in the kernel, which the JVM calls running. */
    public boolean isSleeping() {
        return thread.getState() == Thread.State.TIMED_WAITING
                || Arrays.stream(thread.getStackTrace())
                        .anyMatch(frame -> frame.getClassName().equals(Futex.class.getName()));
    }

    /** Whether the call waits for a monitor at this moment. */
    public boolean isBlocked() {
        return thread.getState() == Thread.State.BLOCKED;
    }

    /** Whether it was interrupted and has not noticed yet. */
    public boolean isInterrupted() {
        return thread.isInterrupted();
    }

    public void interrupt() {
        thread.interrupt();
    }

    @Override
    public void close() {
        over.set(true);
        thread.interrupt();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
