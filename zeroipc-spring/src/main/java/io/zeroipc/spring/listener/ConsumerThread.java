package io.zeroipc.spring.listener;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import io.zeroipc.segment.Pollers;

/**
 * What a consumer runs in: a thread of its own, or one that an executor lends it until the listener stops. Where a group of pollers waits
 * for it, that is a virtual thread, and an executor lends threads for its calls alone.
 */
final class ConsumerThread {

    private final String name;
    private final Runnable consumer;
    private final @Nullable Executor executor;
    /** Lends a thread while there is something to call. */
    private final @Nullable Executor lender;
    private final @Nullable Thread own;
    private final CountDownLatch over = new CountDownLatch(1);

    /** Guarded by this: whether it has begun, or never will. */
    private boolean decided;
    /** Guarded by this: where the consumer runs now. */
    private @Nullable Thread thread;
    /** Guarded by this: what was given to the lender, until it is over. */
    private @Nullable Loan loan;
    /** Guarded by this: since the last loan, somebody has wanted the consumer to look at what it was told. */
    private boolean recalled;

    /** @param consumer runs until the listener stops */
    ConsumerThread(String name, ListenerSettings settings, Runnable consumer) {
        this.name = name;
        this.consumer = consumer;
        boolean waitedFor = settings.waitingPollers() != null;
        this.executor = waitedFor ? null : settings.getExecutor();
        this.lender = waitedFor ? settings.getExecutor() : null;
        if (executor != null) {
            this.own = null;
        } else if (isVirtual(settings)) {
            this.own = Thread.ofVirtual().name(name).unstarted(this::run);
        } else {
            // A platform thread keeps the process alive, as a listener should: it is no daemon, whoever starts it.
            this.own = Thread.ofPlatform().name(name).daemon(false).unstarted(this::run);
        }
    }

    /** A consumer that spins would occupy its carrier for ever: it gets a platform thread whatever the application prefers. */
    static boolean isVirtual(ListenerSettings settings) {
        return settings.waitingPollers() != null || (settings.getExecutor() == null && settings.isVirtualThreads()
                && settings.getWaitStrategy().suitsVirtualThreads());
    }

    /** How the threads of a listener are, for a log: {@code 2 virtual}. */
    static String describe(ListenerSettings settings, int count) {
        Pollers pollers = settings.waitingPollers();
        if (pollers != null) {
            return count + " virtual" + (settings.getExecutor() == null ? "" : " that call in an executor")
                    + ", waited for by "
                    + pollers.threads();
        }
        if (settings.getExecutor() != null) {
            return count + " of an executor";
        }
        if (!settings.isVirtualThreads()) {
            return Integer.toString(count);
        }
        return isVirtual(settings) ? count + " virtual" : count + " platform, as only wait=park suits virtual ones";
    }

    void start() {
        if (executor != null) {
            executor.execute(this::run);
        } else if (own != null) {
            own.start();
        }
    }

    private void run() {
        synchronized (this) {
            if (decided) {
                return;
            }
            decided = true;
            thread = Thread.currentThread();
        }
        try {
            consumer.run();
        } finally {
            synchronized (this) {
                thread = null;
                if (executor != null) {
                    // An interrupt that was meant for the consumer is not for whoever has this thread next.
                    Thread.interrupted();
                }
            }
            over.countDown();
        }
    }

    /** Whether calls run elsewhere: by {@link #lend}. */
    boolean isLent() {
        return lender != null;
    }

    /**
     * Runs a part of the consumer in a thread that the executor lends for it, and waits for its end. Interrupts, and what is asked
     * about the thread, are matters of that one meanwhile. To be called by the consumer.
     *
     * @return false when it has not run, as the executor had no thread when it was {@linkplain #recall recalled}, or that came before
     * @throws java.util.concurrent.RejectedExecutionException when the executor does not take it; it has not run then
     * @throws InterruptedException when the consumer is interrupted before the part has begun; it does not run then
     */
    boolean lend(Runnable part) throws InterruptedException {
        Loan mine = new Loan(part);
        Executor from = lender;
        if (from == null) {
            part.run();
            return true;
        }
        synchronized (this) {
            // By somebody of whom the caller may have seen nothing yet.
            if (recalled) {
                recalled = false;
                return false;
            }
            loan = mine;
        }
        from.execute(mine);
        while (mine.end.getCount() > 0) {
            try {
                mine.end.await();
            } catch (InterruptedException e) {
                if (mine.cancel()) {
                    throw e;
                }
                // It has just begun, and is who was meant.
                interrupt();
            }
        }
        return mine.result();
    }

    /** A part that waits for a thread is not waited for: whoever stops or pauses a listener has nothing to do with others. */
    void recall() {
        Loan present;
        synchronized (this) {
            recalled = true;
            present = loan;
        }
        if (present != null) {
            present.cancel();
        }
    }

    /** A part of the consumer that runs elsewhere. What it does happens before the end that the consumer waits for. */
    private final class Loan implements Runnable {

        private final Runnable part;
        private final CountDownLatch end = new CountDownLatch(1);
        /** Guarded by the consumer's thread, as those below. */
        private boolean settled;
        private boolean run;
        private @Nullable Throwable failure;

        Loan(Runnable part) {
            this.part = part;
        }

        @Override
        public void run() {
            Thread home;
            synchronized (ConsumerThread.this) {
                if (settled) {
                    return;
                }
                settled = true;
                run = true;
                loan = null;
                home = thread;
                thread = Thread.currentThread();
            }
            try {
                part.run();
            } catch (Throwable e) {
                failure = e;
            } finally {
                synchronized (ConsumerThread.this) {
                    thread = home;
                    // As of a thread that is lent for all the time. Unless the executor had the consumer run it itself.
                    if (!Thread.currentThread().equals(home)) {
                        Thread.interrupted();
                    }
                }
                end.countDown();
            }
        }

        /** Whether it will never run. */
        boolean cancel() {
            synchronized (ConsumerThread.this) {
                if (run) {
                    return false;
                }
                settled = true;
                loan = null;
            }
            end.countDown();
            return true;
        }

        /** What it has thrown, or whether it ran. */
        boolean result() {
            Throwable thrown = failure;
            if (thrown instanceof Error error) {
                throw error;
            }
            if (thrown instanceof RuntimeException exception) {
                throw exception;
            }
            return run;
        }
    }

    /** Whether it may take until somebody runs the consumer: an executor has a thread for it when others end. */
    boolean isBorrowed() {
        return executor != null;
    }

    /** Keeps the consumer from running, if it does not yet. True when it never will. */
    boolean cancel() {
        synchronized (this) {
            if (decided) {
                return false;
            }
            decided = true;
        }
        over.countDown();
        return true;
    }

    synchronized void interrupt() {
        if (thread != null) {
            thread.interrupt();
        }
    }

    /** Waits until the consumer has returned, and its own thread has ended. */
    boolean await(Duration timeout) throws InterruptedException {
        return own != null ? own.join(timeout) : over.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    synchronized boolean isCurrent() {
        return Thread.currentThread().equals(thread);
    }

    /** The name of the thread that it runs in. */
    synchronized String name() {
        return thread == null ? name : thread.getName();
    }

    synchronized boolean isRunning() {
        return thread != null;
    }

    /** Where it is now; empty when it does not run. */
    synchronized StackTraceElement[] stackTrace() {
        return thread == null ? new StackTraceElement[0] : thread.getStackTrace();
    }
}
