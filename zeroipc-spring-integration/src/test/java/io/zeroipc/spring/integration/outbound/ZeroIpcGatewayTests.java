package io.zeroipc.spring.integration.outbound;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.integration.MessageTimeoutException;
import org.springframework.integration.channel.DirectChannel;
import org.springframework.integration.channel.QueueChannel;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.integration.handler.ReplyRequiredException;
import org.springframework.integration.support.MessageBuilder;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.support.GenericMessage;

import io.zeroipc.spring.config.ChannelListenerEndpointRegistry;
import io.zeroipc.spring.core.ZeroIpcOperations;
import io.zeroipc.spring.core.envelope.Envelope;
import io.zeroipc.spring.integration.Contexts;
import io.zeroipc.spring.integration.dsl.ZeroIpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/** Requests that leave a flow, and requests that a flow answers. */
class ZeroIpcGatewayTests {

    private static final long WAIT_MILLIS = 30_000;

    @TempDir
    private Path directory;

    private ApplicationContextRunner runner() {
        return Contexts.market(directory).withPropertyValues("zeroipc.template.reply-channel=market/replies");
    }

    @Test
    void requestGetsTheReplyOfTheOtherFlowWithItsHeaders() {
        runner().withUserConfiguration(Asking.class, Answering.class).run(context -> {
            context.getBean("asking.input", MessageChannel.class)
                    .send(MessageBuilder.withPayload("hello").setHeader("orderId", "4711").setCorrelationId(5).build());
            Message<?> reply = context.getBean("answers", QueueChannel.class).receive(WAIT_MILLIS);
            assertThat(reply).isNotNull();
            assertThat(reply.getPayload()).isEqualTo("HELLO of 4711");
            assertThat(reply.getHeaders()).containsEntry("answeredBy", "flow")
                    .containsEntry("orderId", "4711")
                    .containsEntry("correlationId", 5);
            assertThat(context.getBean(ChannelListenerEndpointRegistry.class).getIds()).contains("answering");
        });
    }

    @Test
    void requestWhenNobodyRepliesIsAFailure() {
        runner().withUserConfiguration(Asking.class).run(context -> {
            MessageChannel input = context.getBean("asking.input", MessageChannel.class);
            assertThatExceptionOfType(ReplyRequiredException.class)
                    .isThrownBy(() -> input.send(new GenericMessage<>("hello")));
        });
    }

    @Test
    void replyThatComesTooLateIsNotTakenForTheNext() {
        ZeroIpcOutboundGateway gateway = new ZeroIpcOutboundGateway("market/frames");
        gateway.setReplyTimeout(Duration.ofMillis(50));
        gateway.setReplyType(String.class);
        QueueChannel replies = new QueueChannel();
        gateway.setOutputChannel(replies);
        runner().run(context -> {
            gateway.setBeanFactory(context.getBeanFactory());
            gateway.afterPropertiesSet();
            assertThatExceptionOfType(ReplyRequiredException.class)
                    .isThrownBy(() -> gateway.handleMessage(new GenericMessage<>("first")));
            ZeroIpcOperations template = context.getBean(ZeroIpcOperations.class);
            Envelope first = template.tryReceive("market/frames", Envelope.class, Duration.ofMinutes(1));
            template.reply(first, "to the first");
            gateway.setReplyTimeout(Duration.ofMinutes(1));
            Thread answering = Thread.ofPlatform().start(() -> {
                try {
                    template.reply(template.tryReceive("market/frames", Envelope.class, Duration.ofMinutes(1)),
                            "to the second");
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            gateway.handleMessage(new GenericMessage<>("second"));
            answering.join();
            assertThat(replies.receive(0).getPayload()).isEqualTo("to the second");
            assertThat(replies.receive(0)).isNull();
            gateway.destroy();
        });
    }

    @Test
    void requestWhenNoReplyIsRequiredEndsTheFlow() {
        ZeroIpcOutboundGateway gateway = new ZeroIpcOutboundGateway("market/frames");
        gateway.setReplyTimeout(Duration.ofMillis(50));
        gateway.setRequiresReply(false);
        QueueChannel replies = new QueueChannel();
        gateway.setOutputChannel(replies);
        runner().run(context -> {
            gateway.setBeanFactory(context.getBeanFactory());
            gateway.afterPropertiesSet();
            gateway.handleMessage(new GenericMessage<>("hello"));
            assertThat(replies.getQueueSize()).isZero();
            gateway.destroy();
        });
    }

    @Test
    void requestWhenThereIsNoRoomIsATimeout() {
        ZeroIpcOutboundGateway gateway = new ZeroIpcOutboundGateway("market/frames");
        gateway.setReplyTimeout(Duration.ofMillis(50));
        runner().withPropertyValues("zeroipc.segments.market.structures.frames.capacity=2").run(context -> {
            gateway.setBeanFactory(context.getBeanFactory());
            gateway.afterPropertiesSet();
            ZeroIpcOperations template = context.getBean(ZeroIpcOperations.class);
            template.send("market/frames", new byte[1]);
            template.send("market/frames", new byte[1]);
            assertThatExceptionOfType(MessageTimeoutException.class)
                    .isThrownBy(() -> gateway.handleMessage(new GenericMessage<>("hello")))
                    .withMessageContaining("no room for the request");
            gateway.destroy();
        });
    }

    @Test
    void gatewayWithATypeThatNothingReadsIsRefused() {
        ZeroIpcOutboundGateway gateway = new ZeroIpcOutboundGateway("market/frames");
        gateway.setReplyType(Map.class);
        runner().run(context -> {
            gateway.setBeanFactory(context.getBeanFactory());
            assertThatIllegalStateException().isThrownBy(gateway::afterPropertiesSet)
                    .withMessageContaining("java.util.Map")
                    .withMessageContaining("PayloadConverter");
        });
    }

    @Test
    void failureOfTheAnsweringFlowIsAnsweredByItsErrorFlow() {
        runner().withUserConfiguration(Asking.class, Failing.class).run(context -> {
            context.getBean("asking.input", MessageChannel.class).send(new GenericMessage<>("hello"));
            Message<?> reply = context.getBean("answers", QueueChannel.class).receive(WAIT_MILLIS);
            assertThat(reply).isNotNull();
            assertThat(reply.getPayload()).isEqualTo("sorry");
        });
    }

    @Test
    void elementThatAsksForNoReplyIsAFailureOfTheListener() {
        runner().withUserConfiguration(Answering.class)
                .withPropertyValues("zeroipc.listener.endpoints.answering.failure-action=dead-letter",
                        "zeroipc.listener.endpoints.answering.dead-letter.channel=market/letters",
                        "zeroipc.listener.endpoints.answering.retry.enabled=true")
                .run(context -> {
                    ZeroIpcOperations template = context.getBean(ZeroIpcOperations.class);
                    template.send("market/frames", "hello".getBytes(StandardCharsets.UTF_8));
                    await().untilAsserted(() -> assertThat(template.tryReceive("market/letters", Envelope.class))
                            .isNotNull()
                            .satisfies(letter -> {
                                assertThat(letter.header("cause-message").orElseThrow())
                                        .contains("element asks for no reply");
                                assertThat(letter.header("attempts")).contains("1");
                            }));
                });
    }

    @Configuration(proxyBeanMethods = false)
    static class Asking {

        @Bean
        QueueChannel answers() {
            return new QueueChannel();
        }

        @Bean
        IntegrationFlow asking(@Qualifier("answers") QueueChannel answers) {
            return flow -> flow
                    .handle(ZeroIpc.outboundGateway("market/frames")
                            .replyType(String.class)
                            .replyTimeout(Duration.ofSeconds(2)))
                    .channel(answers);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Answering {

        @Bean
        IntegrationFlow answer() {
            return IntegrationFlow
                    .from(ZeroIpc.inboundGateway("market/frames", String.class)
                            .listenerId("answering")
                            .listener(settings -> settings.setConcurrency(2)))
                    .<String>handle((payload, headers) -> MessageBuilder
                            .withPayload(payload.toUpperCase(Locale.ROOT) + " of " + headers.get("orderId"))
                            .setHeader("answeredBy", "flow")
                            .build())
                    .get();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Failing {

        @Bean
        DirectChannel troubles() {
            return new DirectChannel();
        }

        @Bean
        IntegrationFlow sorry(@Qualifier("troubles") DirectChannel troubles) {
            return IntegrationFlow.from(troubles).handle((_, _) -> "sorry").get();
        }

        @Bean
        IntegrationFlow failing(@Qualifier("troubles") DirectChannel troubles) {
            return IntegrationFlow
                    .from(ZeroIpc.inboundGateway("market/frames", String.class).errorChannel(troubles))
                    .handle((_, _) -> {
                        throw new IllegalStateException("cannot answer");
                    })
                    .get();
        }
    }
}
