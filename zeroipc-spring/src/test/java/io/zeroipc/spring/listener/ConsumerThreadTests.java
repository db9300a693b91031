package io.zeroipc.spring.listener;

import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.zeroipc.segment.Pollers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Where a consumer's calls run in threads that an executor lends. */
class ConsumerThreadTests {

    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final AtomicInteger calls = new AtomicInteger();
    private boolean refusing;
    private boolean runsAtOnce;
    private final ConsumerThread thread = new ConsumerThread("test",
            new ListenerSettings().setPollers(new Pollers(1, "unused")).setExecutor(this::execute), () -> {
                // Never started.
            });

    private void execute(Runnable task) {
        if (refusing) {
            throw new RejectedExecutionException("no thread");
        }
        if (runsAtOnce) {
            task.run();
        } else {
            tasks.add(task);
        }
    }

    /** Somebody stops or pauses the listener between the consumer's look at that and its request for a thread. */
    @Test
    @Timeout(60)
    void lendWhenItWasRecalledBeforeDoesNotWaitForAThread() throws InterruptedException {
        thread.recall();
        assertThat(thread.lend(calls::incrementAndGet)).isFalse();
        assertThat(tasks).isEmpty();
        runsAtOnce = true;
        assertThat(thread.lend(calls::incrementAndGet)).as("once").isTrue();
        assertThat(calls).hasValue(1);
    }

    @Test
    @Timeout(60)
    void lendWhenTheExecutorHasRefusedIsRecalledAllTheSame() throws InterruptedException {
        refusing = true;
        assertThatExceptionOfType(RejectedExecutionException.class)
                .isThrownBy(() -> thread.lend(calls::incrementAndGet));
        refusing = false;
        thread.recall();
        assertThat(thread.lend(calls::incrementAndGet)).isFalse();
        assertThat(calls).hasValue(0);
    }

    /** The executor may come to it much later. */
    @Test
    @Timeout(60)
    void partWhenItWasRecalledDoesNotRunLater() throws InterruptedException {
        Thread recalling = Thread.ofPlatform().start(() -> {
            while (thread.isRunning() || calls.get() == 0) {
                thread.recall();
                Thread.onSpinWait();
            }
        });
        try {
            boolean lent = true;
            while (lent || tasks.isEmpty()) {
                lent = thread.lend(() -> calls.addAndGet(100));
            }
        } finally {
            calls.incrementAndGet();
            recalling.join();
        }
        Objects.requireNonNull(tasks.poll()).run();
        assertThat(calls).hasValue(1);
    }
}
