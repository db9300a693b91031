package io.zeroipc.spring.listener;

import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.codec.Codecs;
import io.zeroipc.segment.Segment;
import io.zeroipc.spring.Fixtures;
import io.zeroipc.spring.TestContexts;
import io.zeroipc.spring.TestContexts.TestContext;
import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.core.SegmentDefinition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What the cache of test contexts does with a context that is not in use: pause it, and restart it later. */
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
