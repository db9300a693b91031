package io.zeroipc.spring.integration.inbound;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.integration.StaticMessageHeaderAccessor;
import org.springframework.integration.acks.SimpleAcknowledgment;
import org.springframework.integration.channel.DirectChannel;
import org.springframework.integration.channel.QueueChannel;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.MessagingException;
import org.springframework.messaging.support.ErrorMessage;

import io.zeroipc.spring.config.ChannelListenerEndpointRegistry;
import io.zeroipc.spring.core.ElementTypeException;
import io.zeroipc.spring.core.UnknownChannelException;
import io.zeroipc.spring.core.ZeroIpcHeaders;
import io.zeroipc.spring.core.ZeroIpcOperations;
import io.zeroipc.spring.core.envelope.Envelope;
import io.zeroipc.spring.integration.Contexts;
import io.zeroipc.spring.integration.Contexts.Trade;
import io.zeroipc.spring.integration.ZeroIpcIntegrationHeaders;
import io.zeroipc.spring.listener.AckMode;
import io.zeroipc.spring.listener.ChannelListenerContainer;
import io.zeroipc.spring.listener.ContainerState;
import io.zeroipc.spring.listener.ListenerExecutionFailedException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

class ZeroIpcMessageDrivenChannelAdapterTests {

    private static final long WAIT_MILLIS = 30_000;

    @TempDir
    private Path directory;

    private ApplicationContextRunner runner() {
        return Contexts.market(directory).withUserConfiguration(Adapting.class);
    }

    private static Message<?> receive(QueueChannel channel) {
        Message<?> message = channel.receive(WAIT_MILLIS);
        assertThat(message).isNotNull();
        return message;
    }

    @Test
    void messageWhenAnElementArrivesHasItsPayloadAndSaysWhereItComesFrom() {
        runner().run(context -> {
            context.getBean(ZeroIpcOperations.class).send("market/trades", new Trade(1, 2.5));
            Message<?> message = receive(context.getBean("out", QueueChannel.class));
            assertThat(message.getPayload()).isEqualTo(new Trade(1, 2.5));
            assertThat(message.getHeaders()).containsEntry(ZeroIpcHeaders.SEGMENT, "market")
                    .containsEntry(ZeroIpcHeaders.STRUCTURE, "trades")
                    .containsEntry(ZeroIpcHeaders.LISTENER_ID, "adapter")
                    .containsEntry(ZeroIpcHeaders.DELIVERY_ATTEMPT, 1)
                    .containsKeys(MessageHeaders.ID, MessageHeaders.TIMESTAMP);
            assertThat(StaticMessageHeaderAccessor.getDeliveryAttempt(message)).hasValue(1);
            assertThat(StaticMessageHeaderAccessor.getAcknowledgment(message)).isNull();
        });
    }

    @Test
    void adapterIsAListenerOfTheContextThatItStartsAndStops() {
        runner().run(context -> {
            ZeroIpcMessageDrivenChannelAdapter adapter = context.getBean(ZeroIpcMessageDrivenChannelAdapter.class);
            ChannelListenerContainer container = context.getBean(ChannelListenerEndpointRegistry.class)
                    .getContainer("adapter");
            assertThat(adapter.getContainer()).isSameAs(container);
            assertThat(adapter.isRunning()).isTrue();
            assertThat(container.isRunning()).isTrue();
            assertThat(adapter.getPhase()).isEqualTo(container.getPhase());
            adapter.stop();
            assertThat(container.getState()).isEqualTo(ContainerState.STOPPED);
            adapter.start();
            await().until(() -> container.getState() == ContainerState.RUNNING);
        });
    }

    @Test
    void adapterWhenPropertiesForItsIdSaySoDoesNotStart() {
        runner().withPropertyValues("zeroipc.listener.endpoints.adapter.auto-startup=false",
                "zeroipc.listener.endpoints.adapter.concurrency=3").run(context -> {
                    ZeroIpcMessageDrivenChannelAdapter adapter = context
                            .getBean(ZeroIpcMessageDrivenChannelAdapter.class);
                    assertThat(adapter.isAutoStartup()).isFalse();
                    assertThat(adapter.isRunning()).isFalse();
                    assertThat(adapter.getContainer().getState()).isEqualTo(ContainerState.CREATED);
                    adapter.start();
                    assertThat(adapter.getContainer().getConsumers()).hasSize(3);
                });
    }

    @Test
    void adapterWhenDestroyedFreesItsId() {
        runner().run(context -> {
            ZeroIpcMessageDrivenChannelAdapter adapter = context.getBean(ZeroIpcMessageDrivenChannelAdapter.class);
            ChannelListenerContainer container = adapter.getContainer();
            adapter.destroy();
            assertThat(container.isRunning()).isFalse();
            assertThat(context.getBean(ChannelListenerEndpointRegistry.class).findContainer("adapter")).isEmpty();
        });
    }

    @Test
    void adapterWhenPausedTakesNothingUntilItIsResumed() {
        runner().run(context -> {
            ZeroIpcMessageDrivenChannelAdapter adapter = context.getBean(ZeroIpcMessageDrivenChannelAdapter.class);
            QueueChannel out = context.getBean("out", QueueChannel.class);
            adapter.pause();
            await().until(adapter::isPaused);
            context.getBean(ZeroIpcOperations.class).send("market/trades", new Trade(1, 2.5));
            assertThat(out.receive(100)).isNull();
            adapter.resume();
            assertThat(receive(out).getPayload()).isEqualTo(new Trade(1, 2.5));
            await().until(() -> !adapter.isPaused());
        });
    }

    @Test
    void failureWhenThereIsAnErrorChannelGoesThereOnceAfterTheLastAttempt() {
        runner().withUserConfiguration(Failing.class)
                .withPropertyValues("zeroipc.listener.endpoints.failing.retry.enabled=true",
                        "zeroipc.listener.endpoints.failing.retry.max-retries=2",
                        "zeroipc.listener.endpoints.failing.retry.delay=1ms")
                .run(context -> {
                    context.getBean(ZeroIpcOperations.class).send("market/few", new Trade(7, 1));
                    ErrorMessage error = (ErrorMessage) receive(context.getBean("errors", QueueChannel.class));
                    assertThat(error.getPayload()).isInstanceOf(MessagingException.class)
                            .hasRootCauseMessage("attempt 3");
                    assertThat(error.getOriginalMessage()).isNotNull();
                    assertThat(error.getOriginalMessage().getPayload()).isEqualTo(new Trade(7, 1));
                    ChannelListenerContainer container = context.getBean("failing",
                            ZeroIpcMessageDrivenChannelAdapter.class).getContainer();
                    await().untilAsserted(() -> assertThat(container.getStatistics().firstEntry().getValue())
                            .satisfies(statistics -> {
                                assertThat(statistics.retried()).isEqualTo(2);
                                assertThat(statistics.failed()).isEqualTo(1);
                                assertThat(statistics.discarded()).isZero();
                            }));
                    assertThat(context.getBean("errors", QueueChannel.class).getQueueSize()).isZero();
                });
    }

    @Test
    void failureWhenTheErrorChannelFailsAsWellIsADeadLetter() {
        runner().withUserConfiguration(FailingTwice.class)
                .withPropertyValues("zeroipc.listener.endpoints.failing.failure-action=dead-letter",
                        "zeroipc.listener.endpoints.failing.dead-letter.channel=market/letters")
                .run(context -> {
                    ZeroIpcOperations template = context.getBean(ZeroIpcOperations.class);
                    template.send("market/few", new Trade(7, 1));
                    await().untilAsserted(() -> assertThat(template.tryReceive("market/letters", Envelope.class))
                            .isNotNull()
                            .satisfies(letter -> assertThat(letter.header("listener-id")).contains("failing")));
                });
    }

    @Test
    void elementWhenItCannotBeConvertedGoesToTheErrorChannel() {
        runner().withUserConfiguration(Texts.class).run(context -> {
            context.getBean(ZeroIpcOperations.class).send("market/frames", new byte[] {(byte) 0xC3, 0x28});
            ErrorMessage error = (ErrorMessage) receive(context.getBean("errors", QueueChannel.class));
            assertThat(error.getPayload()).isInstanceOf(ListenerExecutionFailedException.class)
                    .hasMessageContaining("element cannot be converted")
                    .hasMessageContaining("listener=texts");
        });
    }

    @Test
    void messageWhenTheElementIsAnEnvelopeHasItsHeadersAndWhatIsInside() {
        runner().withUserConfiguration(Texts.class).run(context -> {
            context.getBean(ZeroIpcOperations.class)
                    .send("market/frames",
                            Envelope.of("hello".getBytes(StandardCharsets.UTF_8))
                                    .header("content-type", "text/plain")
                                    .header("correlation-id", "17")
                                    .header("reply-channel", "market/replies")
                                    .header("_order_id", "4711")
                                    .header("plain", "yes")
                                    .build());
            Message<?> message = receive(context.getBean("out", QueueChannel.class));
            assertThat(message.getPayload()).isEqualTo("hello");
            assertThat(message.getHeaders()).containsEntry(MessageHeaders.CONTENT_TYPE, "text/plain")
                    .containsEntry("correlationId", "17")
                    .containsEntry(ZeroIpcIntegrationHeaders.REPLY_CHANNEL, "market/replies")
                    .containsEntry("orderId", "4711")
                    .containsEntry("plain", "yes")
                    .doesNotContainKeys(MessageHeaders.REPLY_CHANNEL, "reply-channel");
        });
    }

    @Test
    void batchWhenPropertiesSaySoIsAListWithTheHeadersOfEach() {
        runner().withUserConfiguration(Texts.class)
                .withPropertyValues("zeroipc.listener.endpoints.texts.type=batch",
                        "zeroipc.listener.endpoints.texts.auto-startup=false")
                .run(context -> {
                    ZeroIpcOperations template = context.getBean(ZeroIpcOperations.class);
                    template.send("market/frames", Envelope.of(new byte[] {'a'}).header("n", "1").build());
                    template.send("market/frames", new byte[] {'b'});
                    context.getBean("texts", ZeroIpcMessageDrivenChannelAdapter.class).start();
                    Message<?> message = receive(context.getBean("out", QueueChannel.class));
                    assertThat(message.getPayload()).isEqualTo(List.of("a", "b"));
                    assertThat(message.getHeaders()).containsEntry(ZeroIpcIntegrationHeaders.BATCH_HEADERS,
                            List.of(Map.of("n", "1"), Map.of()));
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"market/ring", "market/kept"})
    void elementWhenAcknowledgmentIsManualStaysUntilItIsAcknowledged(String channel) {
        runner().withUserConfiguration(Acknowledging.class).withPropertyValues("channel=" + channel).run(context -> {
            ZeroIpcOperations template = context.getBean(ZeroIpcOperations.class);
            ZeroIpcMessageDrivenChannelAdapter adapter = context.getBean("acknowledging",
                    ZeroIpcMessageDrivenChannelAdapter.class);
            QueueChannel out = context.getBean("out", QueueChannel.class);
            template.send(channel, new Trade(1, 1));
            template.send(channel, new Trade(2, 2));
            SimpleAcknowledgment first = StaticMessageHeaderAccessor.getAcknowledgment(receive(out));
            Message<?> second = receive(out);
            assertThat(second.getPayload()).isEqualTo(new Trade(2, 2));
            assertThat(second.getHeaders()).containsEntry(ZeroIpcHeaders.SEQUENCE, 1L);
            assertThat(first).isNotNull();
            first.acknowledge();
            adapter.stop();
            adapter.start();
            Message<?> again = receive(out);
            assertThat(again.getPayload()).isEqualTo(new Trade(2, 2));
        });
    }

    @Test
    void contextWhenTheChannelIsUnknownFailsAndNamesTheAdapter() {
        Contexts.market(directory).withUserConfiguration(Unknown.class).run(context -> {
            assertThat(context).hasFailed();
            assertThat(context.getStartupFailure()).rootCause()
                    .isInstanceOf(UnknownChannelException.class)
                    .hasMessageContaining("did you mean market/trades");
            assertThat(context.getStartupFailure())
                    .hasStackTraceContaining("requested by listener message-driven channel adapter adapter");
        });
    }

    @Test
    void contextWhenElementsAreOfAnotherTypeFailsAndNamesTheAdapter() {
        Contexts.market(directory).withUserConfiguration(WrongType.class).run(context -> {
            assertThat(context).hasFailed();
            assertThat(context.getStartupFailure()).rootCause()
                    .isInstanceOf(ElementTypeException.class)
                    .hasMessageContaining("message-driven channel adapter adapter");
        });
    }

    @Test
    void contextWhenListenersAreSwitchedOffSaysWhatTheAdapterNeeds() {
        runner().withPropertyValues("zeroipc.listener.enabled=false")
                .run(context -> assertThat(context).hasFailed()
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("zeroipc.listener.enabled"));
    }

    @Test
    void containerBeforeTheAdapterIsInitialisedIsRefused() {
        ZeroIpcMessageDrivenChannelAdapter adapter = new ZeroIpcMessageDrivenChannelAdapter("market/trades");
        assertThatIllegalStateException().isThrownBy(adapter::getContainer)
                .withMessageContaining("channel=market/trades");
    }

    @Configuration(proxyBeanMethods = false)
    static class Adapting {

        @Bean
        QueueChannel out() {
            return new QueueChannel();
        }

        @Bean
        QueueChannel errors() {
            return new QueueChannel();
        }

        @Bean
        ZeroIpcMessageDrivenChannelAdapter adapter(@Qualifier("out") QueueChannel out) {
            ZeroIpcMessageDrivenChannelAdapter adapter = new ZeroIpcMessageDrivenChannelAdapter("market/trades");
            adapter.setPayloadType(Trade.class);
            adapter.setOutputChannel(out);
            return adapter;
        }
    }

    private static ZeroIpcMessageDrivenChannelAdapter failing(DirectChannel target) {
        ZeroIpcMessageDrivenChannelAdapter adapter = new ZeroIpcMessageDrivenChannelAdapter("market/few");
        adapter.setOutputChannel(target);
        return adapter;
    }

    @Configuration(proxyBeanMethods = false)
    static class Failing {

        @Bean
        DirectChannel target() {
            List<Message<?>> seen = new ArrayList<>();
            DirectChannel channel = new DirectChannel();
            channel.subscribe(message -> {
                seen.add(message);
                throw new IllegalStateException("attempt " + seen.size());
            });
            return channel;
        }

        @Bean
        ZeroIpcMessageDrivenChannelAdapter failing(DirectChannel target, @Qualifier("errors") QueueChannel errors) {
            ZeroIpcMessageDrivenChannelAdapter adapter = ZeroIpcMessageDrivenChannelAdapterTests.failing(target);
            adapter.setErrorChannel(errors);
            return adapter;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class FailingTwice {

        @Bean
        DirectChannel target() {
            DirectChannel channel = new DirectChannel();
            channel.subscribe(_ -> {
                throw new IllegalStateException("of no use");
            });
            return channel;
        }

        @Bean
        ZeroIpcMessageDrivenChannelAdapter failing(DirectChannel target) {
            ZeroIpcMessageDrivenChannelAdapter adapter = ZeroIpcMessageDrivenChannelAdapterTests.failing(target);
            adapter.setErrorChannel(target);
            return adapter;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Texts {

        @Bean
        ZeroIpcMessageDrivenChannelAdapter texts(@Qualifier("out") QueueChannel out,
                @Qualifier("errors") QueueChannel errors) {
            ZeroIpcMessageDrivenChannelAdapter adapter = new ZeroIpcMessageDrivenChannelAdapter("market/frames");
            adapter.setPayloadType(String.class);
            adapter.setOutputChannel(out);
            adapter.setErrorChannel(errors);
            return adapter;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Acknowledging {

        @Bean
        ZeroIpcMessageDrivenChannelAdapter acknowledging(@Qualifier("out") QueueChannel out,
                @Value("${channel}") String channel) {
            ZeroIpcMessageDrivenChannelAdapter adapter = new ZeroIpcMessageDrivenChannelAdapter(channel);
            adapter.getListenerSettings().setAckMode(AckMode.MANUAL);
            adapter.setOutputChannel(out);
            return adapter;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Unknown {

        @Bean
        ZeroIpcMessageDrivenChannelAdapter adapter() {
            ZeroIpcMessageDrivenChannelAdapter adapter = new ZeroIpcMessageDrivenChannelAdapter("market/tradez");
            adapter.setOutputChannel(new QueueChannel());
            return adapter;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class WrongType {

        @Bean
        ZeroIpcMessageDrivenChannelAdapter adapter() {
            ZeroIpcMessageDrivenChannelAdapter adapter = new ZeroIpcMessageDrivenChannelAdapter("market/trades");
            adapter.setPayloadType(Integer.class);
            adapter.setOutputChannel(new QueueChannel());
            return adapter;
        }
    }
}
