package io.zeroipc.spring.listener;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

import io.zeroipc.SegmentNotFoundException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.segment.Segment;
import io.zeroipc.spring.Fixtures;
import io.zeroipc.spring.TestContexts;
import io.zeroipc.spring.TestContexts.TestContext;
import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.core.SegmentDefinition;
import io.zeroipc.spring.core.StartupFailurePolicy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

/**
 * What the cache of test contexts does with a context that is not in use: pause it, and restart it later; and what a listener
 * does that closes its own context.
 */
class ContextPauseTests {

    @TempDir
    Path directory;

    private SegmentDefinition host() {
        return Fixtures.host(Fixtures.queue("automatic", Codecs.int32()), Fixtures.queue("manual", Codecs.int32()))
                .openedBy(Fixtures.file(directory)::openOrCreate);
    }

    @Test
    void contextWhenPausedConsumesNothingAndGoesOnAfterItsRestart() throws Exception {
        try (TestContext context = TestContexts.open(host(), Listeners.class)) {
            Listeners listeners = context.getBean(Listeners.class);
            Segment segment = context.segments().get("host");
            context.pause();
            assertThat(context.container("automatic").isRunning()).isFalse();
            context.template().send("host/automatic", 1);
            // The thread that has seen to the stop may still be ending.
            assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
                    .noneMatch(name -> name.matches("automatic-[0-9]+"));
            assertThat(listeners.received).isEmpty();

            context.restart();

            assertThat(listeners.received.poll(1, TimeUnit.MINUTES)).isEqualTo(1);
            assertThat(context.segments().get("host")).as("the segment stays open").isSameAs(segment);
        }
    }

    /** As by a signal to the process: the thread that waits is the one that starts the context. */
    @Test
    void contextWhenClosedWhileItsStartWaitsForASegmentEnds() throws Exception {
        SegmentDefinition missing = Fixtures.host(Fixtures.queue("automatic", Codecs.int32()))
                .startupFailurePolicy(StartupFailurePolicy.RETRY)
                .openTimeout(Duration.ofHours(1))
                .openRetryInterval(Duration.ofHours(1))
                .openedBy(Fixtures.file(directory)::open);
        TestContext context = TestContexts.prepare(missing, Map.of(), Waiting.class);
        AtomicReference<Throwable> end = new AtomicReference<>();
        Thread starting = Thread.ofPlatform().start(() -> end.set(catchThrowable(context::refresh)));
        try {
            await().until(() -> starting.getState() == Thread.State.WAITING);
            context.close();
        } finally {
            starting.interrupt();
            starting.join();
        }
        assertThat(end.get()).rootCause().isInstanceOf(SegmentNotFoundException.class);
        assertThat(context.isActive()).isFalse();
    }

    static class Waiting {

        @ChannelListener("host/automatic")
        void on(int number) {
            throw new IllegalStateException("nothing can arrive: " + number);
        }
    }

    @Test
    void containerWhenStoppedWhileItsStartWaitsForASegmentIsStopped() throws Exception {
        SegmentDefinition missing = Fixtures.host(Fixtures.queue("automatic", Codecs.int32()))
                .startupFailurePolicy(StartupFailurePolicy.RETRY)
                .openTimeout(Duration.ofHours(1))
                .openRetryInterval(Duration.ofHours(1))
                .openedBy(Fixtures.file(directory)::open);
        try (TestContext context = TestContexts.open(missing, Manual.class)) {
            ChannelListenerContainer container = context.container("by-hand");
            AtomicReference<Throwable> end = new AtomicReference<>();
            Thread starting = Thread.ofPlatform().start(() -> end.set(catchThrowable(container::start)));
            try {
                await().until(() -> starting.getState() == Thread.State.WAITING);
                assertThat(container.getState()).isEqualTo(ContainerState.STARTING);
                assertThat(container.isRunning()).isTrue();
                container.pause();
                container.stop();
                assertThat(container.getState()).isEqualTo(ContainerState.STOPPED);
                assertThat(container.isRunning()).isFalse();
            } finally {
                starting.interrupt();
                starting.join();
            }
            assertThat(end.get()).isNull();
        }
    }

    static class Manual {

        @ChannelListener(id = "by-hand", channels = "host/automatic", autoStartup = "false")
        void on(int number) {
            throw new IllegalStateException("nothing can arrive: " + number);
        }
    }

    /** Waiting for itself, it would be interrupted when its shutdown timeout is over. */
    @Test
    void contextWhenAListenerClosesItDoesNotWaitForThatListener() throws Exception {
        TestContext context = TestContexts.open(host(), Closing.class);
        Closing closing = context.getBean(Closing.class);
        context.template().send("host/automatic", 1);
        closing.closed.await();
        assertThat(closing.interrupted).isFalse();
        assertThat(context.isActive()).isFalse();
        await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
                .noneMatch(name -> name.matches("Closing\\.on-[0-9]+")));
    }

    static class Closing {

        private final ConfigurableApplicationContext context;
        private final CountDownLatch closed = new CountDownLatch(1);
        private volatile boolean interrupted;

        Closing(ConfigurableApplicationContext context) {
            this.context = context;
        }

        @ChannelListener("host/automatic")
        void on(int number) {
            context.close();
            interrupted = Thread.currentThread().isInterrupted();
            closed.countDown();
        }
    }

    @Test
    void listenerWhenItDoesNotStartByItselfIsNotStartedByARestart() {
        try (TestContext context = TestContexts.open(host(), Listeners.class)) {
            context.pause();
            context.restart();
            assertThat(context.container("manual").isRunning()).isFalse();

            context.container("manual").start();
            context.pause();
            context.restart();
            assertThat(context.container("manual").isRunning()).as("it was started by hand before").isFalse();
            assertThat(context.container("automatic").isRunning()).isTrue();
        }
    }

    @Test
    void listenerWhenItWasPausedByHandConsumesAgainAsAfterAnyStop() throws Exception {
        try (TestContext context = TestContexts.open(host(), Listeners.class)) {
            ChannelListenerContainer container = context.container("automatic");
            container.pause();
            await().until(container::isPaused);
            context.pause();
            context.restart();
            context.template().send("host/automatic", 2);
            assertThat(context.getBean(Listeners.class).received.poll(1, TimeUnit.MINUTES)).isEqualTo(2);
            assertThat(container.isPauseRequested()).isFalse();
        }
    }

    static class Listeners {

        private final BlockingQueue<Integer> received = new LinkedBlockingQueue<>();

        @ChannelListener(id = "automatic", channels = "host/automatic")
        void onAutomatic(int number) {
            received.add(number);
        }

        @ChannelListener(id = "manual", channels = "host/manual", autoStartup = "false")
        void onManual(int number) {
            received.add(number);
        }
    }
}
