package io.zeroipc.spring.integration.dsl;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.integration.channel.QueueChannel;
import org.springframework.integration.config.EnableIntegration;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.integration.dsl.Pollers;
import org.springframework.integration.dsl.context.IntegrationFlowContext;
import org.springframework.integration.dsl.context.IntegrationFlowContext.IntegrationFlowRegistration;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.support.GenericMessage;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.segment.Segment;
import io.zeroipc.spring.boot.actuate.endpoint.ChannelListenersEndpoint;
import io.zeroipc.spring.config.ChannelListenerContainerFactory;
import io.zeroipc.spring.config.ChannelListenerEndpointRegistry;
import io.zeroipc.spring.config.DefaultChannelListenerContainerFactory;
import io.zeroipc.spring.config.EnableZeroIpc;
import io.zeroipc.spring.core.DefaultSegmentRegistry;
import io.zeroipc.spring.core.FullAction;
import io.zeroipc.spring.core.SegmentDefinition;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.core.StructureDefinition;
import io.zeroipc.spring.core.ZeroIpcOperations;
import io.zeroipc.spring.core.ZeroIpcTemplate;
import io.zeroipc.spring.integration.Contexts;
import io.zeroipc.spring.integration.Contexts.Trade;
import io.zeroipc.spring.integration.EnvelopeHeaderMapper;
import io.zeroipc.spring.integration.inbound.ZeroIpcMessageDrivenChannelAdapter;
import io.zeroipc.spring.listener.AckMode;
import io.zeroipc.spring.listener.ChannelListenerContainer;

import static org.assertj.core.api.Assertions.assertThat;

class ZeroIpcDslTests {

    private static final long WAIT_MILLIS = 30_000;

    @TempDir
    private Path directory;

    @Test
    void flowsThroughAllKindsOfEndpointsCarryATrade() {
        Contexts.market(directory).withUserConfiguration(Flows.class).run(context -> {
            context.getBean("send.input", MessageChannel.class).send(new GenericMessage<>(new Trade(7, 1.5)));
            Message<?> message = context.getBean("end", QueueChannel.class).receive(WAIT_MILLIS);
            assertThat(message).isNotNull();
            assertThat(message.getPayload()).isEqualTo(List.of(new Trade(7, 1.5)));
            ChannelListenerContainer container = context.getBean(ChannelListenerEndpointRegistry.class)
                    .getContainer("batches");
            assertThat(container.isBatch()).isTrue();
            assertThat(container.getSettings().getAckMode()).isEqualTo(AckMode.NONE);
            assertThat(container.getSettings().getConcurrency()).isEqualTo(1);
        });
    }

    @Configuration(proxyBeanMethods = false)
    static class Flows {

        @Bean
        QueueChannel end() {
            return new QueueChannel();
        }

        @Bean
        IntegrationFlow send() {
            return flow -> flow.handle(ZeroIpc.outboundChannelAdapter(_ -> "market/few")
                    .sendTimeout(Duration.ofSeconds(1))
                    .fullAction(FullAction.FAIL)
                    .envelopeEnabled(false)
                    .headerMapper(new EnvelopeHeaderMapper()));
        }

        @Bean
        IntegrationFlow polled() {
            return IntegrationFlow
                    .from(ZeroIpc.inboundChannelAdapter("market/few", Trade.class)
                            .receiveTimeout(Duration.ofMillis(10))
                            .headerMapper(new EnvelopeHeaderMapper()),
                            adapter -> adapter.poller(Pollers.fixedDelay(Duration.ofMillis(5))))
                    .channel(ZeroIpc.channel("market/trades").listenerId("middle").payloadType(Trade.class))
                    .handle(ZeroIpc.outboundChannelAdapter("market/ring").channelExpression("'market/ring'"))
                    .get();
        }

        @Bean
        IntegrationFlow batches() {
            return IntegrationFlow
                    .from(ZeroIpc.messageDrivenChannelAdapter("market/ring")
                            .payloadType(new ParameterizedTypeReference<Trade>() {})
                            .listenerId("batches")
                            .concurrency(1)
                            .batch(true)
                            .ackMode(AckMode.NONE)
                            .headerMapper(new EnvelopeHeaderMapper()))
                    .channel("end")
                    .get();
        }
    }

    @Test
    void flowThatIsRegisteredLaterStartsAndLeavesNothingWhenItIsRemoved() {
        Contexts.market(directory).run(context -> {
            QueueChannel end = new QueueChannel();
            IntegrationFlowRegistration flow = context.getBean(IntegrationFlowContext.class)
                    .registration(
                            IntegrationFlow.from(ZeroIpc.messageDrivenChannelAdapter("market/trades", Trade.class))
                                    .channel(end)
                                    .get())
                    .register();
            ChannelListenerEndpointRegistry listeners = context.getBean(ChannelListenerEndpointRegistry.class);
            assertThat(listeners.getIds()).containsExactly("flow.market.trades");
            ChannelListenerContainer container = listeners.getContainer("flow.market.trades");
            context.getBean(ZeroIpcOperations.class).send("market/trades", new Trade(1, 1));
            assertThat(end.receive(WAIT_MILLIS)).isNotNull();
            flow.destroy();
            assertThat(container.isRunning()).isFalse();
            assertThat(listeners.getIds()).isEmpty();
        });
    }

    @Test
    void twoFlowsWithoutNamesOnOneChannelHaveIdsOfTheirOwn() {
        Contexts.market(directory)
                .withUserConfiguration(Twice.class)
                .run(context -> assertThat(
                        context.getBean(ChannelListenerEndpointRegistry.class).getIds())
                        .containsExactlyInAnyOrder("flow.market.trades", "flow.market.trades.2"));
    }

    @Configuration(proxyBeanMethods = false)
    static class Twice {

        @Bean
        IntegrationFlow one() {
            return IntegrationFlow.from(ZeroIpc.messageDrivenChannelAdapter("market/trades")).nullChannel();
        }

        @Bean
        IntegrationFlow other() {
            return IntegrationFlow.from(ZeroIpc.messageDrivenChannelAdapter("market/trades")).nullChannel();
        }
    }

    @Test
    void endpointShowsTheListenerOfAFlow() {
        Contexts.market(directory).withUserConfiguration(Named.class).run(context -> {
            ChannelListenersEndpoint endpoint = new ChannelListenersEndpoint(
                    context.getBean(ChannelListenerEndpointRegistry.class));
            ChannelListenersEndpoint.ListenerDescriptor shown = endpoint.listener("named");
            assertThat(shown).isNotNull();
            assertThat(shown.listener()).isEqualTo("message-driven channel adapter named");
            assertThat(shown.autoStartup()).isTrue();
            assertThat(shown.expected()).isTrue();
        });
    }

    @Configuration(proxyBeanMethods = false)
    static class Named {

        @Bean
        IntegrationFlow flow() {
            return IntegrationFlow.from(ZeroIpc.messageDrivenChannelAdapter("market/trades").id("named"))
                    .nullChannel();
        }
    }

    @Test
    void contextWithoutSpringBootHasWhatFlowsNeed() {
        try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
            context.registerBean(SegmentDefinition.class, () -> SegmentDefinition.named("host")
                    .structures(List.of(StructureDefinition.of("numbers", SharedQueue.spec(Codecs.int32(), 8),
                            Codecs.int32())))
                    .openedBy(() -> Segment.at(directory.resolve("host.zipc")).size(1 << 20).openOrCreate()));
            context.register(Plain.class);
            context.refresh();
            context.getBean("send.input", MessageChannel.class).send(new GenericMessage<>(42));
            Message<?> message = context.getBean("end", QueueChannel.class).receive(WAIT_MILLIS);
            assertThat(message).isNotNull();
            assertThat(message.getPayload()).isEqualTo(42);
            assertThat(context.getBean(ChannelListenerEndpointRegistry.class).getIds()).containsExactly("numbers");
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableZeroIpc
    @EnableIntegration
    static class Plain {

        @Bean
        QueueChannel end() {
            return new QueueChannel();
        }

        @Bean
        IntegrationFlow send() {
            return flow -> flow.handle(ZeroIpc.outboundChannelAdapter("host/numbers"));
        }

        @Bean
        IntegrationFlow receive() {
            return IntegrationFlow
                    .from(ZeroIpc.messageDrivenChannelAdapter("host/numbers", Integer.class).id("numbers"))
                    .channel("end")
                    .get();
        }
    }

    @Test
    void contextWithoutBeansOfOursTakesWhatIsGiven() {
        try (DefaultSegmentRegistry segments = new DefaultSegmentRegistry();
                ZeroIpcTemplate template = new ZeroIpcTemplate(segments);
                AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
            segments.define(SegmentDefinition.named("host")
                    .structures(List.of(StructureDefinition.of("numbers", SharedQueue.spec(Codecs.int32(), 8),
                            Codecs.int32())))
                    .openedBy(() -> Segment.at(directory.resolve("host.zipc")).size(1 << 20).openOrCreate()));
            context.registerBean(SegmentRegistryHolder.class, () -> new SegmentRegistryHolder(segments, template));
            context.register(Given.class);
            context.refresh();
            context.getBean("send.input", MessageChannel.class).send(new GenericMessage<>(43));
            Message<?> message = context.getBean("end", QueueChannel.class).receive(WAIT_MILLIS);
            assertThat(message).isNotNull();
            assertThat(message.getPayload()).isEqualTo(43);
            assertThat(context.getBean(ZeroIpcMessageDrivenChannelAdapter.class).getContainer().getId())
                    .isEqualTo("numbers");
        }
    }

    /** No bean of ours by its type. */
    record SegmentRegistryHolder(SegmentRegistry segments, ZeroIpcTemplate template) {}

    @Configuration(proxyBeanMethods = false)
    @EnableIntegration
    static class Given {

        @Bean
        QueueChannel end() {
            return new QueueChannel();
        }

        @Bean
        IntegrationFlow send(SegmentRegistryHolder given) {
            return flow -> flow.handle(ZeroIpc.outboundChannelAdapter(given.template(), "host/numbers"));
        }

        @Bean
        IntegrationFlow receive(SegmentRegistryHolder given) {
            ChannelListenerContainerFactory factory = new DefaultChannelListenerContainerFactory(given.segments());
            return IntegrationFlow.from(ZeroIpc.messageDrivenChannelAdapter(factory, "host/numbers").id("numbers"))
                    .channel("end")
                    .get();
        }
    }

    @Test
    void wrongNameOfAFlowIsAnalyzedLikeThatOfAListener() {
        Contexts.market(directory).withUserConfiguration(Wrong.class).run(context -> {
            assertThat(context).hasFailed();
            FailureAnalysis analysis = Contexts.analyze(context.getStartupFailure());
            assertThat(analysis.getDescription()).contains("market/tradez").contains("message-driven channel adapter");
            assertThat(analysis.getAction()).contains("market/trades");
        });
    }

    @Configuration(proxyBeanMethods = false)
    static class Wrong {

        @Bean
        IntegrationFlow flow() {
            return IntegrationFlow.from(ZeroIpc.messageDrivenChannelAdapter("market/tradez")).nullChannel();
        }
    }
}
