package io.zeroipc.spring.listener;

import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

import io.zeroipc.codec.Codecs;
import io.zeroipc.segment.Segment;
import io.zeroipc.spring.Fixtures;
import io.zeroipc.spring.TestContexts;
import io.zeroipc.spring.TestContexts.TestContext;
import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.core.SegmentDefinition;

import static org.assertj.core.api.Assertions.assertThat;
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
