package io.zeroipc.spring.config;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.handler.annotation.SendTo;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.spring.Fixtures;
import io.zeroipc.spring.TestContexts;
import io.zeroipc.spring.TestContexts.TestContext;
import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.core.ChannelFullException;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.FullAction;
import io.zeroipc.spring.core.SegmentDefinition;
import io.zeroipc.spring.core.StructureDefinition;
import io.zeroipc.spring.core.ZeroIpcTemplate;
import io.zeroipc.spring.core.ZeroIpcTemplateCustomizer;
import io.zeroipc.spring.core.envelope.Envelope;
import io.zeroipc.spring.core.envelope.EnvelopeHeaders;
import io.zeroipc.spring.listener.ChannelListenerContainer;
import io.zeroipc.spring.listener.ContainerState;
import io.zeroipc.spring.listener.DeadLetterFullAction;
import io.zeroipc.spring.listener.FailureAction;
import io.zeroipc.spring.listener.ReplyNotSentException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Listeners that wait until there is room for what they send: seen from outside, and ended by their stop. */
class RoomWaitTests {

    private static final ChannelName FULL = new ChannelName("host", "full");

    @TempDir
    Path directory;

    private SegmentDefinition host() {
        return Fixtures.host(Fixtures.queue("in", Codecs.int32()), Fixtures.queue("full", Codecs.int32(), 2),
                Fixtures.queue("letters", Codecs.frame(512)),
                StructureDefinition.of("ring", SharedRing.spec(Codecs.int32(), 8), Codecs.int32()))
                .openedBy(Fixtures.file(directory)::openOrCreate);
    }

    private static void fill(TestContext context) {
        while (context.template().trySend("host/full", 0)) {
            // Until there is no room.
        }
    }

    private static void awaitWaiting(ChannelListenerContainer container) {
        await().untilAsserted(() -> assertThat(container.getConsumers()).singleElement().satisfies(consumer -> {
            assertThat(consumer.roomWait()).isNotNull();
            assertThat(consumer.roomWait().channel()).isEqualTo(FULL);
            assertThat(consumer.roomWait().since()).isBeforeOrEqualTo(Instant.now());
        }));
    }

    @Test
    void stopWhenAReplyWaitsForRoomEndsThatAndTheRequestIsADeadLetter() {
        try (TestContext context = TestContexts.open(host(), Replying.class)) {
            fill(context);
            ChannelListenerContainer container = context.container("in");
            context.template().send("host/in", 7);
            awaitWaiting(container);
            container.stop();
            assertThat(container.getState()).isEqualTo(ContainerState.STOPPED);
            assertThat(container.isInExpectedState()).isTrue();
            assertThat(container.getConsumers()).allMatch(consumer -> consumer.roomWait() == null);
            Envelope letter = Envelope.parse(context.template().tryReceive("host/letters", byte[].class));
            assertThat(letter.payload()).isEqualTo(Codecs.int32().toBytes(7));
            assertThat(letter.headers()).containsEntry(EnvelopeHeaders.CAUSE_CLASS,
                    ReplyNotSentException.class.getName());
            assertThat(letter.header(EnvelopeHeaders.CAUSE_MESSAGE).orElseThrow()).contains("channel=host/full",
                    "its listener is being stopped");
        }
    }

    @Test
    void stopWhenAReplyWaitsForRoomLeavesTheRequestWhereTheStructureKeepsIt() {
        try (TestContext context = TestContexts.open(host(), Replying.class)) {
            fill(context);
            ChannelListenerContainer container = context.container("ring");
            context.template().send("host/ring", 7);
            awaitWaiting(container);
            container.stop();
            assertThat(context.template().tryReceive("host/letters", byte[].class)).isNull();
            while (context.template().tryReceive("host/full", Integer.class) != null) {
                // Until there is room.
            }
            container.start();
            await().untilAsserted(() -> assertThat(context.template().tryReceive("host/full", Integer.class))
                    .isEqualTo(8));
        }
    }

    @Test
    void stopWhenDrainingLetsRepliesGoOnWaiting() throws Exception {
        try (TestContext context = TestContexts.open(host(), Replying.class)) {
            fill(context);
            ChannelListenerContainer container = context.container("in");
            container.getSettings().setDrainOnStop(true);
            context.template().send("host/in", 7);
            awaitWaiting(container);
            Thread stopping = Thread.ofPlatform().start(container::stop);
            await().until(() -> container.getState() == ContainerState.STOPPING);
            assertThat(context.template().tryReceive("host/full", Integer.class)).isZero();
            stopping.join();
            assertThat(context.template().tryReceive("host/full", Integer.class)).isZero();
            assertThat(context.template().tryReceive("host/full", Integer.class)).isEqualTo(8);
        }
    }

    @ParameterizedTest
    @EnumSource
    void stopWhenTheTemplateWaitsInTheListenersThreadEndsThat(Way way) throws Exception {
        try (TestContext context = TestContexts.open(host(), Sending.class)) {
            fill(context);
            Sending sending = context.getBean(Sending.class);
            sending.way = way;
            ChannelListenerContainer container = context.container("sending");
            context.template().send("host/in", 7);
            awaitWaiting(container);
            container.stop();
            assertThat(sending.ends.poll(1, TimeUnit.MINUTES)).isEqualTo(way == Way.TRY
                    ? "false"
                    : "full, and stopping");
            assertThat(container.isInExpectedState()).isTrue();
        }
    }

    @Test
    void deadLetterWhenItWaitsForRoomIsSeen() {
        try (TestContext context = TestContexts.open(host(), Failing.class)) {
            fill(context);
            ChannelListenerContainer container = context.container("failing");
            context.template().send("host/in", 7);
            awaitWaiting(container);
            assertThat(context.template().tryReceive("host/full", Integer.class)).isZero();
            await().until(() -> container.getConsumers().getFirst().roomWait() == null);
        }
    }

    enum Way {
        SEND, TRY
    }

    @Configuration(proxyBeanMethods = false)
    static class Blocking {

        @Bean
        ZeroIpcTemplateCustomizer blocking() {
            return template -> template.setFullAction(FullAction.BLOCK);
        }

        @Bean
        ContainerCustomizer patient() {
            return container -> {
                container.getSettings().setShutdownTimeout(Duration.ofMinutes(10));
                container.getSettings()
                        .failures()
                        .setFailureAction(FailureAction.DEAD_LETTER)
                        .setDeadLetterChannel("host/letters");
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Replying extends Blocking {

        @ChannelListener(id = "in", channels = "host/in")
        @SendTo("host/full")
        int on(int number) {
            return number + 1;
        }

        @ChannelListener(id = "ring", channels = "host/ring")
        @SendTo("host/full")
        int onKept(int number) {
            return number + 1;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Sending extends Blocking {

        private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();
        private volatile Way way = Way.SEND;
        @Autowired
        private ZeroIpcTemplate template;

        @ChannelListener(id = "sending", channels = "host/in")
        void on(int number) throws InterruptedException {
            if (way == Way.TRY) {
                ends.add(String.valueOf(template.trySend("host/full", number, Duration.ofHours(1))));
                return;
            }
            try {
                template.send("host/full", number);
                ends.add("sent");
            } catch (ChannelFullException e) {
                ends.add(e.getMessage().contains("is being stopped") ? "full, and stopping" : e.getMessage());
            }
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Failing {

        @Bean
        ContainerCustomizer deadLettering() {
            return container -> container.getSettings()
                    .failures()
                    .setFailureAction(FailureAction.DEAD_LETTER)
                    .setDeadLetterChannel("host/full")
                    .setDeadLetterFullAction(DeadLetterFullAction.BLOCK);
        }

        @ChannelListener(id = "failing", channels = "host/in")
        void on(int number) {
            throw new IllegalStateException("cannot " + List.of(number));
        }
    }
}
