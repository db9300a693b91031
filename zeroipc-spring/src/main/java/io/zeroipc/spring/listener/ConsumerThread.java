package io.zeroipc.spring.listener;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/** What a consumer runs in: a thread of its own, or one that an executor lends it until the listener stops. */
final class ConsumerThread {

    private final String name;
    private final Runnable consumer;
    private final @Nullable Executor executor;
    private final @Nullable Thread own;
    private final CountDownLatch over = new CountDownLatch(1);

    /** Guarded by this: whether it has begun, or never will. */
    private boolean decided;
    /** Guarded by this: where the consumer runs now. */
    private @Nullable Thread thread;

    /** @param consumer runs until the listener stops */
    ConsumerThread(String name, ListenerSettings settings, Runnable consumer) {
        this.name = name;
        this.consumer = consumer;
        this.executor = settings.getExecutor();
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
        return settings.getExecutor() == null && settings.isVirtualThreads()
                && settings.getWaitStrategy().suitsVirtualThreads();
    }

    /** How the threads of a listener are, for a log: {@code 2 virtual}. */
    static String describe(ListenerSettings settings, int count) {
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
