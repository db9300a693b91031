package io.zeroipc.spring.integration.channel;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.integration.support.MessageBuilder;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessageHandler;
import org.springframework.messaging.PollableChannel;
import org.springframework.messaging.support.ChannelInterceptor;
import org.springframework.messaging.support.GenericMessage;

import io.zeroipc.spring.config.ChannelListenerEndpointRegistry;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.core.UnknownChannelException;
import io.zeroipc.spring.core.ZeroIpcHeaders;
import io.zeroipc.spring.core.ZeroIpcOperations;
import io.zeroipc.spring.core.envelope.Envelope;
import io.zeroipc.spring.integration.Contexts;
import io.zeroipc.spring.integration.Contexts.Trade;
import io.zeroipc.spring.integration.dsl.ZeroIpc;
import io.zeroipc.spring.integration.dsl.ZeroIpcPollableChannelSpec;
import io.zeroipc.spring.integration.dsl.ZeroIpcSubscribableChannelSpec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class ZeroIpcChannelTests {

    private static final Message<Trade> TRADE = new GenericMessage<>(new Trade(1, 2.5));

    @TempDir
    private Path directory;

    private ApplicationContextRunner runner() {
        return Contexts.market(directory);
    }

    @Test
    void pollableChannelKeepsMessagesUntilTheyAreReceived() {
        runner().withUserConfiguration(Polled.class).run(context -> {
            PollableChannel trades = context.getBean("trades", PollableChannel.class);
            assertThat(trades.receive(0)).isNull();
            assertThat(trades.send(TRADE)).isTrue();
            assertThat(context.getBean(SegmentRegistry.class)
                    .structure(new ChannelName("market", "few"))
                    .occupancy()
                    .used()).isEqualTo(1);
            Message<?> message = trades.receive(0);
            assertThat(message).isNotNull();
            assertThat(message.getPayload()).isEqualTo(TRADE.getPayload());
            assertThat(message.getHeaders()).containsEntry(ZeroIpcHeaders.STRUCTURE, "few");
        });
    }

    @Test
    void pollableChannelWhenFullSendsAsLongAsTheTimeoutAllows() {
        runner().withUserConfiguration(Polled.class).run(context -> {
            PollableChannel trades = context.getBean("trades", PollableChannel.class);
            assertThat(trades.send(TRADE, 0)).isTrue();
            assertThat(trades.send(TRADE, 0)).isTrue();
            assertThat(trades.send(TRADE, 0)).isFalse();
            long began = System.nanoTime();
            assertThat(trades.send(TRADE, 100)).isFalse();
            assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(100));
            Thread sender = Thread.ofPlatform().start(() -> trades.send(TRADE));
            await().during(Duration.ofMillis(100)).until(sender::isAlive);
            assertThat(trades.receive(0)).isNotNull();
            sender.join();
            assertThat(trades.receive(0)).isNotNull();
            assertThat(trades.receive(0)).isNotNull();
            assertThat(trades.receive(0)).isNull();
        });
    }

    @Test
    void pollableChannelWhenEmptyReceivesAsLongAsTheTimeoutAllows() {
        runner().withUserConfiguration(Polled.class).run(context -> {
            PollableChannel trades = context.getBean("trades", PollableChannel.class);
            long began = System.nanoTime();
            assertThat(trades.receive(100)).isNull();
            assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(100));
            AtomicReference<Message<?>> received = new AtomicReference<>();
            Thread receiver = Thread.ofPlatform().start(() -> received.set(trades.receive()));
            await().during(Duration.ofMillis(100)).until(receiver::isAlive);
            trades.send(TRADE);
            receiver.join();
            assertThat(received.get().getPayload()).isEqualTo(TRADE.getPayload());
            Thread interrupted = Thread.ofPlatform().start(() -> received.set(trades.receive()));
            await().during(Duration.ofMillis(100)).until(interrupted::isAlive);
            interrupted.interrupt();
            interrupted.join();
            assertThat(received.get()).isNull();
        });
    }

    @Test
    void pollableChannelWhenItsContextEndsEndsTheWaits() {
        AtomicReference<Thread> receiver = new AtomicReference<>();
        AtomicReference<Thread> sender = new AtomicReference<>();
        List<Throwable> thrown = new CopyOnWriteArrayList<>();
        runner().withUserConfiguration(Polled.class).run(context -> {
            PollableChannel trades = context.getBean("trades", PollableChannel.class);
            PollableChannel texts = context.getBean("texts", PollableChannel.class);
            assertThat(trades.send(TRADE, Long.MAX_VALUE)).isTrue();
            assertThat(trades.send(TRADE)).isTrue();
            sender.set(start(() -> trades.send(TRADE), thrown));
            receiver.set(start(texts::receive, thrown));
            await().during(Duration.ofMillis(100)).until(() -> sender.get().isAlive() && receiver.get().isAlive());
        });
        await().until(() -> !sender.get().isAlive() && !receiver.get().isAlive());
        assertThat(thrown).hasSize(2)
                .extracting(NestedExceptionUtils::getMostSpecificCause)
                .allMatch(IllegalStateException.class::isInstance);
    }

    private static Thread start(Runnable waiting, List<Throwable> thrown) {
        Thread thread = Thread.ofPlatform().unstarted(waiting);
        thread.setUncaughtExceptionHandler((_, e) -> thrown.add(e));
        thread.start();
        return thread;
    }

    @Test
    void pollableChannelOfFramesCarriesHeadersAndCallsInterceptors() {
        runner().withUserConfiguration(Polled.class).run(context -> {
            PollableChannel texts = context.getBean("texts", PollableChannel.class);
            texts.send(MessageBuilder.withPayload("hello").setHeader("orderId", "4711").setPriority(7).build());
            Message<?> message = texts.receive(0);
            assertThat(message).isNotNull();
            assertThat(message.getPayload()).isEqualTo("hello");
            assertThat(message.getHeaders()).containsEntry("orderId", "4711")
                    .containsEntry("priority", 7)
                    .containsEntry("intercepted", true);
        });
    }

    @Test
    void pollableChannelOfAnUnknownStructureIsRefused() {
        runner().withBean("trades", PollableZeroIpcChannel.class, () -> new PollableZeroIpcChannel("market/tradez"))
                .run(context -> assertThat(context).hasFailed()
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(UnknownChannelException.class)
                        .hasMessageContaining("market/tradez"));
    }

    @Test
    void subscribableChannelGivesEachMessageToOneSubscriberInTurn() {
        runner().withUserConfiguration(Subscribed.class).run(context -> {
            SubscribableZeroIpcChannel work = context.getBean("work", SubscribableZeroIpcChannel.class);
            List<Object> one = new CopyOnWriteArrayList<>();
            List<Object> other = new CopyOnWriteArrayList<>();
            work.subscribe(message -> one.add(message.getPayload()));
            work.subscribe(message -> other.add(message.getPayload()));
            for (int i = 0; i < 10; i++) {
                assertThat(work.send(new GenericMessage<>(new Trade(i, i)))).isTrue();
            }
            await().untilAsserted(() -> assertThat(one.size() + other.size()).isEqualTo(10));
            assertThat(one).hasSize(5).doesNotContainAnyElementsOf(other);
            assertThat(context.getBean(ChannelListenerEndpointRegistry.class).getIds()).contains("work", "news");
        });
    }

    @Test
    void publishSubscribeChannelGivesEachMessageToAll() {
        runner().withUserConfiguration(Subscribed.class).run(context -> {
            SubscribableZeroIpcChannel news = context.getBean("news", SubscribableZeroIpcChannel.class);
            BlockingQueue<Message<?>> one = new LinkedBlockingQueue<>();
            BlockingQueue<Message<?>> other = new LinkedBlockingQueue<>();
            news.subscribe(one::add);
            news.subscribe(other::add);
            news.send(MessageBuilder.withPayload("hello").setHeader("orderId", "4711").build());
            for (BlockingQueue<Message<?>> all : List.of(one, other)) {
                Message<?> message = all.poll(30, TimeUnit.SECONDS);
                assertThat(message).isNotNull();
                assertThat(message.getPayload()).isEqualTo("hello");
                assertThat(message.getHeaders()).containsEntry("orderId", "4711");
            }
        });
    }

    @Test
    void failureOfASubscriberStaysOnItsSide() {
        runner().withUserConfiguration(Subscribed.class)
                .withPropertyValues("zeroipc.listener.endpoints.work.failure-action=dead-letter",
                        "zeroipc.listener.endpoints.work.dead-letter.channel=market/letters")
                .run(context -> {
                    SubscribableZeroIpcChannel work = context.getBean("work", SubscribableZeroIpcChannel.class);
                    ZeroIpcOperations template = context.getBean(ZeroIpcOperations.class);
                    // Nobody subscribes yet.
                    assertThat(work.send(TRADE)).isTrue();
                    await().until(() -> template.tryReceive("market/letters", Envelope.class) != null);
                    MessageHandler failing = _ -> {
                        throw new IllegalStateException("of no use");
                    };
                    work.subscribe(failing);
                    assertThat(work.send(TRADE)).isTrue();
                    await().untilAsserted(() -> assertThat(template.tryReceive("market/letters", Envelope.class))
                            .isNotNull());
                    assertThat(work.unsubscribe(failing)).isTrue();
                });
    }

    @Test
    void subscribableChannelIsPausedStoppedAndStarted() {
        runner().withUserConfiguration(Subscribed.class).run(context -> {
            SubscribableZeroIpcChannel work = context.getBean("work", SubscribableZeroIpcChannel.class);
            List<Object> received = new CopyOnWriteArrayList<>();
            work.subscribe(message -> received.add(message.getPayload()));
            assertThat(work.isRunning()).isTrue();
            work.pause();
            await().until(work::isPaused);
            work.send(TRADE);
            await().during(Duration.ofMillis(100)).until(received::isEmpty);
            work.resume();
            await().until(() -> received.size() == 1);
            work.stop();
            assertThat(work.isRunning()).isFalse();
            work.send(TRADE);
            work.start();
            await().until(() -> received.size() == 2);
            work.destroy();
            assertThat(context.getBean(ChannelListenerEndpointRegistry.class).findContainer("work")).isEmpty();
        });
    }

    @Configuration(proxyBeanMethods = false)
    static class Polled {

        @Bean
        ZeroIpcPollableChannelSpec trades() {
            return ZeroIpc.pollableChannel("market/few");
        }

        @Bean
        ZeroIpcPollableChannelSpec texts() {
            return ZeroIpc.pollableChannel("market/frames").payloadType(String.class).interceptor(new Marking());
        }
    }

    static final class Marking implements ChannelInterceptor {

        @Override
        public Message<?> postReceive(Message<?> message, MessageChannel channel) {
            return MessageBuilder.fromMessage(message).setHeader("intercepted", true).build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Subscribed {

        @Bean
        ZeroIpcSubscribableChannelSpec work() {
            return ZeroIpc.channel("market/trades");
        }

        @Bean
        ZeroIpcSubscribableChannelSpec news() {
            return ZeroIpc.publishSubscribeChannel("market/frames").payloadType(String.class);
        }
    }
}
