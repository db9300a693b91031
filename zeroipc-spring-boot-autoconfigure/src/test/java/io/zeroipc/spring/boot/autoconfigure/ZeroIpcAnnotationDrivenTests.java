package io.zeroipc.spring.boot.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.Message;
import org.springframework.util.backoff.BackOffExecution;

import io.zeroipc.collection.SharedQueue;
import io.zeroipc.segment.Pollers;
import io.zeroipc.segment.Source;
import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.config.ChannelListenerEndpointRegistry;
import io.zeroipc.spring.config.ContainerCustomizer;
import io.zeroipc.spring.config.DefaultChannelListenerContainerFactory;
import io.zeroipc.spring.core.ChannelFullException;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.core.ZeroIpcHeaders;
import io.zeroipc.spring.core.ZeroIpcOperations;
import io.zeroipc.spring.core.ZeroIpcTemplate;
import io.zeroipc.spring.core.envelope.Envelope;
import io.zeroipc.spring.listener.AckMode;
import io.zeroipc.spring.listener.Acknowledgment;
import io.zeroipc.spring.listener.ChannelListenerContainer;
import io.zeroipc.spring.listener.ChannelMessageRecoverer;
import io.zeroipc.spring.listener.ChannelStatistics;
import io.zeroipc.spring.listener.DeadLetterFullAction;
import io.zeroipc.spring.listener.ElementMessage;
import io.zeroipc.spring.listener.FailureAction;
import io.zeroipc.spring.listener.FailureSettings;
import io.zeroipc.spring.listener.InvalidSettingException;
import io.zeroipc.spring.listener.ListenerSettings;
import io.zeroipc.wait.WaitStrategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

@ExtendWith(OutputCaptureExtension.class)
class ZeroIpcAnnotationDrivenTests {

    private static final String STRUCTURES = "zeroipc.segments.market.structures.";
    private static final String ORDERS = STRUCTURES + "orders.";
    private static final String TICKS = STRUCTURES + "ticks.";
    private static final String FAILED = STRUCTURES + "failed.";

    @TempDir
    private Path directory;

    private ApplicationContextRunner runner() {
        return new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(ZeroIpcAutoConfiguration.class))
                .withPropertyValues("zeroipc.base-directory=" + directory, ORDERS + "type=queue",
                        ORDERS + "element-type=int32", ORDERS + "capacity=4");
    }

    @Test
    void listenerWhenNamedLikeAStructureIsFoundByItsIdAndTheStructureByItsName() {
        runner().withUserConfiguration(NamedLikeAStructure.class)
                .withPropertyValues("zeroipc.listener.endpoints.orders.max-batch-size=3")
                .run(context -> {
                    assertThat(context.getBean("orders")).isInstanceOf(SharedQueue.class);
                    ChannelListenerContainer container = context.getBean(ChannelListenerEndpointRegistry.class)
                            .getContainer("orders");
                    assertThat(context.getBean("orders.listener")).isSameAs(container);
                    assertThat(container.getSettings().getMaxBatchSize()).isEqualTo(3);
                });
    }

    static class NamedLikeAStructure {

        @ChannelListener(id = "orders", channels = "market/orders")
        void on(int order) {
        }
    }

    @Test
    void listenerWhenElementsAreSentReceivesThem() {
        runner().withUserConfiguration(Listening.class).run(context -> {
            context.getBean(ZeroIpcOperations.class).send("market/orders", 7);
            assertThat(context.getBean(Listening.class).received.poll(1, TimeUnit.MINUTES)).isEqualTo(7);
            assertThat(context).hasBean("orders-listener")
                    .getBean("orders-listener")
                    .isInstanceOf(
                            ChannelListenerContainer.class);
        });
    }

    @Test
    void listenersWhenSwitchedOffAreNotLookedFor() {
        runner().withPropertyValues("zeroipc.listener.enabled=false")
                .withUserConfiguration(Listening.class)
                .run(context -> assertThat(context).doesNotHaveBean(ChannelListenerContainer.class)
                        .doesNotHaveBean(DefaultChannelListenerContainerFactory.class)
                        .doesNotHaveBean(ChannelListenerEndpointRegistry.class)
                        .hasSingleBean(ZeroIpcTemplate.class));
    }

    @Test
    void settingsWhenPropertiesAreNotSetAreTheDocumentedOnes() {
        runner().run(context -> {
            ListenerSettings settings = context.getBean(DefaultChannelListenerContainerFactory.class).getDefaults();
            ListenerSettings documented = new ListenerSettings();
            assertThat(settings.isAutoStartup()).isEqualTo(documented.isAutoStartup());
            assertThat(settings.getBatch()).isEqualTo(documented.getBatch());
            assertThat(settings.getConcurrency()).isEqualTo(documented.getConcurrency());
            assertThat(settings.getMaxBatchSize()).isEqualTo(documented.getMaxBatchSize());
            assertThat(settings.getStartPosition()).isEqualTo(documented.getStartPosition());
            assertThat(settings.getWaitStrategy()).isEqualTo(documented.getWaitStrategy());
            assertThat(settings.getShutdownTimeout()).isEqualTo(documented.getShutdownTimeout());
            assertThat(settings.getPhase()).isEqualTo(documented.getPhase());
            assertThat(settings.getBatchReceiveTimeout()).isEqualTo(documented.getBatchReceiveTimeout());
            assertThat(settings.getAckMode()).isEqualTo(documented.getAckMode());
            assertThat(settings.getIdleEventInterval()).isEqualTo(documented.getIdleEventInterval());
            assertThat(settings.isDrainOnStop()).isEqualTo(documented.isDrainOnStop());
            assertThat(settings.isMissingStructureFatal()).isEqualTo(documented.isMissingStructureFatal());
            assertThat(settings.isVirtualThreads()).isEqualTo(documented.isVirtualThreads());
            assertThat(settings.getErrorHandler()).isEqualTo(documented.getErrorHandler());
            assertThat(settings.failures().getRetryPolicy()).isEqualTo(documented.failures().getRetryPolicy());
            assertThat(settings.failures().getRecoverer()).isEqualTo(documented.failures().getRecoverer());
            assertThat(settings.failures().getDeadLetterChannel()).isNull();
            assertThat(settings.failures().getDeadLetterFullAction())
                    .isEqualTo(documented.failures().getDeadLetterFullAction());
        });
    }

    @Test
    void waitStrategyWhenItsIntervalsAreSetHasThem() {
        runner().withPropertyValues("zeroipc.listener.foreign-poll-interval=500us",
                "zeroipc.listener.max-idle-delay=10ms",
                "zeroipc.listener.endpoints.orders-listener.max-idle-delay=20ms")
                .withUserConfiguration(Listening.class)
                .run(context -> {
                    assertThat(context.getBean(DefaultChannelListenerContainerFactory.class)
                            .getDefaults()
                            .getWaitStrategy()
                            .strategy())
                            .isEqualTo(WaitStrategy.block(Duration.ofNanos(500_000), Duration.ofMillis(10)));
                    assertThat(context.getBean("orders-listener", ChannelListenerContainer.class)
                            .getSettings()
                            .getWaitStrategy()
                            .strategy())
                            .isEqualTo(WaitStrategy.block(Duration.ofNanos(500_000), Duration.ofMillis(20)));
                });
    }

    @Test
    void waitStrategyWhenItsIntervalsCannotWorkFailsWithTheProperty() {
        for (String wrong : List.of("foreign-poll-interval=0ms", "foreign-poll-interval=2s", "max-idle-delay=-1ms",
                "max-idle-delay=500us")) {
            runner().withPropertyValues("zeroipc.listener." + wrong)
                    .withUserConfiguration(Listening.class)
                    .run(context -> assertThat(context).hasFailed()
                            .getFailure()
                            .rootCause()
                            .satisfies(cause -> assertThat(context.getStartupFailure()).hasStackTraceContaining(
                                    "zeroipc.listener." + wrong.substring(0, wrong.indexOf('=')))));
        }
    }

    @Test
    void pollersWhenTheirNumberIsSetWaitForAllListeners() {
        runner().withUserConfiguration(Listening.class)
                .run(context -> assertThat(context.getBean(DefaultChannelListenerContainerFactory.class)
                        .getDefaults()
                        .getPollers()).isNull());
        runner().withPropertyValues("zeroipc.listener.poller-threads=2")
                .withUserConfiguration(Listening.class)
                .run(context -> {
                    DefaultChannelListenerContainerFactory factory = context
                            .getBean(DefaultChannelListenerContainerFactory.class);
                    Pollers pollers = factory.getDefaults().getPollers();
                    assertThat(pollers).isNotNull();
                    assertThat(pollers.threads()).isEqualTo(2);
                    DefaultChannelListenerContainerFactory another = new DefaultChannelListenerContainerFactory(
                            context.getBean(SegmentRegistry.class));
                    context.getBean(ChannelListenerContainerFactoryConfigurer.class).configure(another);
                    assertThat(another.getDefaults().getPollers()).as("of the whole application").isSameAs(pollers);
                    ChannelListenerContainer container = context.getBean("orders-listener",
                            ChannelListenerContainer.class);
                    assertThat(container.getSettings().getPollers()).isSameAs(pollers);
                    context.getBean(ZeroIpcOperations.class).send("market/orders", 7);
                    assertThat(context.getBean(Listening.class).received.poll(1, TimeUnit.MINUTES)).isEqualTo(7);
                });
    }

    @Test
    void pollersWhenTheirNumberCannotWorkFailWithTheProperty() {
        for (String wrong : List.of("-1", "65")) {
            runner().withPropertyValues("zeroipc.listener.poller-threads=" + wrong)
                    .run(context -> assertThat(context).hasFailed()
                            .getFailure()
                            .rootCause()
                            .satisfies(_ -> assertThat(context.getStartupFailure()).hasStackTraceContaining(
                                    "property=zeroipc.listener.poller-threads, value=" + wrong)
                                    .hasStackTraceContaining(
                                            "Write 1 to 64, or 0 for listeners that wait in threads of their own.")));
        }
    }

    @Test
    void settingsWhenPropertiesAreSetFollowThem() {
        runner().withPropertyValues("zeroipc.listener.auto-startup=false", "zeroipc.listener.type=batch",
                "zeroipc.listener.concurrency=3", "zeroipc.listener.max-batch-size=17",
                "zeroipc.listener.start-position=earliest", "zeroipc.listener.wait-strategy=park",
                "zeroipc.listener.shutdown-timeout=2s", "zeroipc.listener.phase=5",
                "zeroipc.listener.batch-receive-timeout=3ms", "zeroipc.listener.ack-mode=none",
                "zeroipc.listener.idle-event-interval=4s", "zeroipc.listener.drain-on-stop=true",
                "zeroipc.listener.missing-structure-fatal=false").run(context -> {
                    ListenerSettings settings = context.getBean(DefaultChannelListenerContainerFactory.class)
                            .getDefaults();
                    assertThat(settings.isAutoStartup()).isFalse();
                    assertThat(settings.getBatch()).isTrue();
                    assertThat(settings.getConcurrency()).isEqualTo(3);
                    assertThat(settings.getMaxBatchSize()).isEqualTo(17);
                    assertThat(settings.getStartPosition()).isEqualTo(Source.Start.EARLIEST);
                    assertThat(settings.getWaitStrategy().name()).isEqualTo("park");
                    assertThat(settings.getShutdownTimeout()).isEqualTo(Duration.ofSeconds(2));
                    assertThat(settings.getPhase()).isEqualTo(5);
                    assertThat(settings.getBatchReceiveTimeout()).isEqualTo(Duration.ofMillis(3));
                    assertThat(settings.getAckMode()).isEqualTo(AckMode.NONE);
                    assertThat(settings.getIdleEventInterval()).isEqualTo(Duration.ofSeconds(4));
                    assertThat(settings.isDrainOnStop()).isTrue();
                    assertThat(settings.isMissingStructureFatal()).isFalse();
                });
    }

    @Test
    void autoStartupWhenFalseLeavesListenersStopped() {
        runner().withPropertyValues("zeroipc.listener.auto-startup=false")
                .withUserConfiguration(Listening.class)
                .run(context -> assertThat(context.getBean(ChannelListenerContainer.class).isRunning()).isFalse());
    }

    @Test
    void waitStrategyWhenABeanIsUsed() {
        WaitStrategy mine = WaitStrategy.ofName("spin");
        runner().withBean("mine", WaitStrategy.class, () -> mine)
                .withPropertyValues("zeroipc.listener.wait-strategy=mine")
                .run(context -> assertThat(context.getBean(DefaultChannelListenerContainerFactory.class)
                        .getDefaults()
                        .getWaitStrategy()
                        .strategy()).isSameAs(mine));
    }

    @Test
    void threadsWhenVirtualOnesAreEnabledAreVirtual() {
        runner().withPropertyValues("spring.threads.virtual.enabled=true")
                .run(context -> assertThat(context.getBean(DefaultChannelListenerContainerFactory.class)
                        .getDefaults()
                        .isVirtualThreads()).isTrue());
    }

    @Test
    void failureSettingsWhenPropertiesAreSetFollowThem() {
        runner().withPropertyValues("zeroipc.listener.retry.enabled=true", "zeroipc.listener.retry.max-retries=2",
                "zeroipc.listener.retry.delay=1s", "zeroipc.listener.retry.multiplier=3",
                "zeroipc.listener.retry.max-delay=2s", "zeroipc.listener.failure-action=dead-letter",
                "zeroipc.listener.dead-letter.channel=market/failed",
                "zeroipc.listener.dead-letter.full-action=block").run(context -> {
                    FailureSettings failures = context.getBean(DefaultChannelListenerContainerFactory.class)
                            .getDefaults()
                            .failures();
                    BackOffExecution backOff = failures.getRetryPolicy().getBackOff().start();
                    assertThat(backOff.nextBackOff()).isEqualTo(1000);
                    assertThat(backOff.nextBackOff()).isEqualTo(2000);
                    assertThat(backOff.nextBackOff()).isEqualTo(BackOffExecution.STOP);
                    assertThat(failures.getFailureAction()).isEqualTo(FailureAction.DEAD_LETTER);
                    assertThat(failures.getDeadLetterChannel()).isEqualTo("market/failed");
                    assertThat(failures.getDeadLetterFullAction()).isEqualTo(DeadLetterFullAction.BLOCK);
                });
    }

    @Test
    void retryWhenAPropertyIsImpossibleNamesIt() {
        runner().withPropertyValues("zeroipc.listener.retry.max-retries=-1")
                .run(context -> assertThat(context).getFailure()
                        .rootCause()
                        .isInstanceOf(InvalidSettingException.class)
                        .hasMessageContaining("-1"));
    }

    @Test
    void recovererWhenThereIsOneIsUsed() {
        ChannelMessageRecoverer recoverer = _ -> FailureAction.DISCARD;
        runner().withBean(ChannelMessageRecoverer.class, () -> recoverer)
                .run(context -> assertThat(context.getBean(DefaultChannelListenerContainerFactory.class)
                        .getDefaults()
                        .failures()
                        .getRecoverer()).isSameAs(recoverer));
    }

    @Test
    void customizersWhenPresentHaveTheLastWord() {
        runner().withUserConfiguration(Listening.class, Customizing.class)
                .run(context -> assertThat(
                        context.getBean(ChannelListenerContainer.class).getSettings().getMaxBatchSize()).isEqualTo(2));
    }

    @Test
    void factoryWhenOfTheUserIsKept() {
        runner().withUserConfiguration(OwnFactory.class).run(context -> {
            assertThat(context).hasSingleBean(DefaultChannelListenerContainerFactory.class);
            assertThat(context.getBean(DefaultChannelListenerContainerFactory.class).getDefaults().getMaxBatchSize())
                    .isEqualTo(99);
        });
    }

    @Test
    void templateWhenPropertiesAreSetFollowsThem() {
        runner().withPropertyValues("zeroipc.template.default-channel=market/orders",
                "zeroipc.template.send-timeout=5ms", "zeroipc.template.receive-timeout=5ms").run(context -> {
                    ZeroIpcTemplate template = context.getBean(ZeroIpcTemplate.class);
                    List.of(1, 2, 3, 4).forEach(template::send);
                    assertThatExceptionOfType(ChannelFullException.class).isThrownBy(() -> template.send(5))
                            .withMessageMatching(".*waited=[1-9][0-9]* ms .*");
                    assertThat(template.receive("market/orders", Integer.class)).isEqualTo(1);
                });
    }

    @Test
    void primarySegmentWhenSetIsThatOfShortNames() {
        runner().withPropertyValues("zeroipc.segments.other.size=64KB", "zeroipc.primary-segment=market")
                .run(context -> assertThat(context.getBean(SegmentRegistry.class).channel("orders")).isEqualTo(
                        new ChannelName("market", "orders")));
    }

    @Test
    void templateWhenOfTheUserIsKept() {
        runner().withUserConfiguration(OwnTemplate.class)
                .run(context -> assertThat(context).hasSingleBean(ZeroIpcOperations.class).hasBean("ownTemplate"));
    }

    private ApplicationContextRunner manyKinds() {
        return kinds().withUserConfiguration(ManyKinds.class);
    }

    private ApplicationContextRunner kinds() {
        return runner().withPropertyValues(TICKS + "type=ring", TICKS + "element-type=int32", TICKS + "capacity=16",
                FAILED + "type=queue", FAILED + "element-type=frame(512)", FAILED + "capacity=8");
    }

    @Test
    void defaultsWhenTheyCannotApplyYield() {
        manyKinds().withPropertyValues("zeroipc.listener.concurrency=2", "zeroipc.listener.ack-mode=manual",
                "zeroipc.listener.failure-action=dead-letter", "zeroipc.listener.dead-letter.channel=market/failed")
                .run(context -> {
                    assertThat(consumers(context, "ManyKinds.onTick")).as("a ring has one reader").isEqualTo(1);
                    assertThat(consumers(context, "ManyKinds.onOrder")).isEqualTo(2);
                    ListenerSettings failed = settings(context, "ManyKinds.onFailed");
                    assertThat(failed.failures().getFailureAction()).isEqualTo(FailureAction.DISCARD);
                    assertThat(failed.getAckMode()).as("it cannot acknowledge").isEqualTo(AckMode.AUTO);
                    assertThat(settings(context, "ManyKinds.onTick").getAckMode()).isEqualTo(AckMode.MANUAL);
                    assertThat(settings(context, "ManyKinds.onOrder").failures().getFailureAction())
                            .isEqualTo(FailureAction.DEAD_LETTER);
                });
    }

    @Test
    void acknowledgmentByDefaultWhenTheStructureCannotKeepElementsYields(CapturedOutput output) {
        kinds().withUserConfiguration(Messages.class)
                .withPropertyValues("zeroipc.listener.ack-mode=manual")
                .run(context -> {
                    Messages messages = context.getBean(Messages.class);
                    ZeroIpcTemplate template = context.getBean(ZeroIpcTemplate.class);
                    template.send("market/orders", 7);
                    template.send("market/ticks", 8);
                    assertThat(List.of(messages.received.take(), messages.received.take()))
                            .containsExactlyInAnyOrder("orders 7 false", "ticks 8 true");
                });
        assertThat(output).containsOnlyOnce("listener cannot acknowledge on a channel, and ackMode=manual is only the"
                + " default: id=messages, channel=market/orders");
    }

    @Test
    void acknowledgmentWhenItIsSaidOfTheListenerIsRefusedWhereTheStructureCannotKeepElements() {
        kinds().withUserConfiguration(Messages.class)
                .withPropertyValues("zeroipc.listener.endpoints.messages.ack-mode=manual")
                .run(context -> assertThat(context).getFailure()
                        .hasMessageContaining("ackMode=manual of listener messages"));
    }

    @Test
    void acknowledgmentByDefaultWhenTheMethodNeedsItIsRefusedWhereTheStructureCannotKeepElements() {
        runner().withUserConfiguration(Needing.class)
                .withPropertyValues("zeroipc.listener.ack-mode=manual")
                .run(context -> assertThat(context).getFailure()
                        .hasMessageContaining("ackMode=manual of listener needing"));
    }

    @Test
    void deadLettersByDefaultWhenTheListenerTakesThemBesideOthersAreDiscarded(CapturedOutput output) {
        runner().withUserConfiguration(TakingBoth.class)
                .withPropertyValues(FAILED + "type=queue", FAILED + "element-type=int32", FAILED + "capacity=8",
                        "zeroipc.listener.failure-action=dead-letter",
                        "zeroipc.listener.dead-letter.channel=market/failed")
                .run(context -> {
                    context.getBean(ZeroIpcTemplate.class).send("market/orders", 7);
                    ChannelListenerContainer container = context.getBean("both", ChannelListenerContainer.class);
                    ChannelStatistics orders = container.getStatistics().get(ChannelName.parse("market/orders"));
                    ChannelStatistics failed = container.getStatistics().get(ChannelName.parse("market/failed"));
                    await().untilAsserted(() -> assertThat(failed.discarded()).isEqualTo(1));
                    assertThat(orders.deadLettered()).isEqualTo(1);
                    assertThat(failed.deadLettered()).isZero();
                });
        assertThat(output).containsOnlyOnce("listener takes the dead letters, and has none of that channel: id=both,"
                + " channel=market/failed");
    }

    @Test
    void deadLettersWhenTheyAreSaidOfTheListenerThatTakesThemBesideOthersAreRefused() {
        runner().withUserConfiguration(TakingBoth.class)
                .withPropertyValues(FAILED + "type=queue", FAILED + "element-type=int32", FAILED + "capacity=8",
                        "zeroipc.listener.endpoints.both.failure-action=dead-letter",
                        "zeroipc.listener.dead-letter.channel=market/failed")
                .run(context -> assertThat(context).getFailure()
                        .hasMessageContaining("dead letters of listener both"));
    }

    @Configuration(proxyBeanMethods = false)
    static class TakingBoth {

        @ChannelListener(id = "both", channels = {"market/orders", "market/failed"})
        void on(int order) {
            throw new IllegalArgumentException("cannot " + order);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Needing {

        @ChannelListener(id = "needing", channels = "market/orders")
        void on(int order, Acknowledgment acknowledgment) {
            acknowledgment.acknowledge();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Messages {

        private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

        @ChannelListener(id = "messages", channels = {"market/orders", "market/ticks"})
        void on(Message<?> message) {
            Acknowledgment acknowledgment = ((ElementMessage) message).acknowledgment();
            received.add(message.getHeaders().get(ZeroIpcHeaders.STRUCTURE) + " " + message.getPayload() + " "
                    + (acknowledgment != null));
            if (acknowledgment != null) {
                acknowledgment.acknowledge();
            }
        }
    }

    @Test
    void defaultsWhenARecovererDecidesAboutDeadLettersYieldAsWell() {
        manyKinds().withPropertyValues("zeroipc.listener.dead-letter.channel=market/failed",
                "zeroipc.listener.endpoints.ManyKinds.onTick.ack-mode=manual")
                .withBean(ChannelMessageRecoverer.class, () -> _ -> FailureAction.DEAD_LETTER)
                .run(context -> {
                    assertThat(settings(context, "ManyKinds.onFailed").find(FailureSettings.RECOVERER)).isNull();
                    assertThat(settings(context, "ManyKinds.onOrder").find(FailureSettings.RECOVERER)).isNotNull();
                });
    }

    @ParameterizedTest
    @CsvSource({"onTick.concurrency=2, concurrency=2 of listener ManyKinds.onTick",
            "onFailed.failure-action=dead-letter, dead letters of listener ManyKinds.onFailed",
            "onFailed.ack-mode=manual, it cannot acknowledge"})
    void settingWhenItIsSaidOfTheListenerIsRefusedWhereItCannotApply(String setting, String message) {
        manyKinds().withPropertyValues("zeroipc.listener.dead-letter.channel=market/failed",
                "zeroipc.listener.endpoints.ManyKinds.onTick.ack-mode=manual",
                "zeroipc.listener.endpoints.ManyKinds." + setting)
                .run(context -> assertThat(context).getFailure().hasMessageContaining(message));
    }

    private static int consumers(BeanFactory context, String id) {
        return context.getBean(id, ChannelListenerContainer.class).getConsumers().size();
    }

    private static ListenerSettings settings(BeanFactory context, String id) {
        return context.getBean(id, ChannelListenerContainer.class).getSettings();
    }

    @Configuration(proxyBeanMethods = false)
    static class ManyKinds {

        @ChannelListener("market/ticks")
        void onTick(int tick, Acknowledgment acknowledgment) {
            acknowledgment.acknowledge();
        }

        @ChannelListener("market/orders")
        void onOrder(int order) {
            // Only its settings count.
        }

        @ChannelListener("market/failed")
        void onFailed(Envelope letter) {
            // Only its settings count.
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Listening {
        final BlockingQueue<Integer> received = new LinkedBlockingQueue<>();

        @ChannelListener(id = "orders-listener", channels = "market/orders")
        void on(int order) {
            received.add(order);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Customizing {
        @Bean
        ContainerCustomizer customizer() {
            return container -> container.getSettings().setMaxBatchSize(2);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnFactory {
        @Bean
        DefaultChannelListenerContainerFactory channelListenerContainerFactory(SegmentRegistry registry,
                ChannelListenerContainerFactoryConfigurer configurer) {
            DefaultChannelListenerContainerFactory factory = new DefaultChannelListenerContainerFactory(registry);
            configurer.configure(factory);
            factory.getDefaults().setMaxBatchSize(99);
            return factory;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnTemplate {
        @Bean
        ZeroIpcTemplate ownTemplate(SegmentRegistry registry) {
            return new ZeroIpcTemplate(registry);
        }
    }
}
