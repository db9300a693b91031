package io.zeroipc.spring.boot.autoconfigure;

import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.config.ChannelListenerContainerFactory;
import io.zeroipc.spring.config.ChannelListenerEndpointRegistry;
import io.zeroipc.spring.config.DefaultChannelListenerContainerFactory;
import io.zeroipc.spring.config.FunctionChannelListenerEndpoint;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.listener.ChannelListenerContainer;
import io.zeroipc.spring.listener.ListenerSetting;
import io.zeroipc.spring.listener.ListenerSettings;

import static org.assertj.core.api.Assertions.assertThat;

/** What {@code zeroipc.listener.endpoints.<id>.*} says about single listeners. */
@ExtendWith(OutputCaptureExtension.class)
class ListenerOverridesTests {

    private static final String ORDERS = "zeroipc.segments.market.structures.orders.";
    private static final String ENDPOINTS = "zeroipc.listener.endpoints.";

    @TempDir
    private Path directory;

    private ApplicationContextRunner runner() {
        return new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(ZeroIpcAutoConfiguration.class))
                .withUserConfiguration(Listening.class)
                .withPropertyValues("zeroipc.base-directory=" + directory, ORDERS + "type=queue",
                        ORDERS + "element-type=int32", ORDERS + "capacity=4", "zeroipc.listener.concurrency=2",
                        "zeroipc.listener.max-batch-size=20", "zeroipc.listener.wait-strategy=park");
    }

    @Test
    void settingsWhenSaidOfAnIdWinOverAnnotationFactoryAndProperties() {
        runner().withPropertyValues(ENDPOINTS + "order-log.concurrency=4", ENDPOINTS + "order-log.wait-strategy=yield",
                ENDPOINTS + "order-log.autoStartup=false").run(context -> {
                    ListenerSettings settings = settings(context.getBean("order-log", ChannelListenerContainer.class));
                    assertThat(settings.getConcurrency()).as("id, annotation, properties").isEqualTo(4);
                    assertThat(settings.getWaitStrategy().name()).as("id, properties").isEqualTo("yield");
                    assertThat(settings.isAutoStartup()).as("camel case is relaxed").isFalse();
                    assertThat(settings.getMaxBatchSize()).as("annotation, properties").isEqualTo(3);
                    ListenerSettings other = settings(
                            context.getBean("Listening.onOther", ChannelListenerContainer.class));
                    assertThat(other.getConcurrency()).as("properties").isEqualTo(2);
                    assertThat(other.isAutoStartup()).isTrue();
                });
    }

    @Test
    void settingsWhenIdHasDotsAreFoundWithAndWithoutBrackets() {
        runner().withPropertyValues(ENDPOINTS + "Listening.onOther.concurrency=5",
                "zeroipc.listener.endpoints[Listening.onOther].max-batch-size=6").run(context -> {
                    ListenerSettings settings = settings(
                            context.getBean("Listening.onOther", ChannelListenerContainer.class));
                    assertThat(settings.getConcurrency()).isEqualTo(5);
                    assertThat(settings.getMaxBatchSize()).isEqualTo(6);
                });
    }

    @Test
    void settingsWhenSaidByTheEnvironmentWinOverOtherSpellings() {
        runner().withPropertyValues(ENDPOINTS + "order-log.max-batch-size=8")
                .withInitializer(context -> context.getEnvironment()
                        .getPropertySources()
                        .addFirst(new SystemEnvironmentPropertySource("test-systemEnvironment",
                                Map.of("ZEROIPC_LISTENER_ENDPOINTS_ORDERLOG_MAXBATCHSIZE", "9"))))
                .run(context -> assertThat(
                        settings(context.getBean("order-log", ChannelListenerContainer.class)).getMaxBatchSize())
                        .isEqualTo(9));
    }

    @Test
    void settingsWhenListenerIsRegisteredLaterOrByAnotherFactoryApply() {
        runner().withUserConfiguration(OwnFactory.class)
                .withPropertyValues(ENDPOINTS + "late.concurrency=3", ENDPOINTS + "late.auto-startup=false")
                .run(context -> {
                    FunctionChannelListenerEndpoint endpoint = FunctionChannelListenerEndpoint.of("late",
                            "market/orders", Integer.class, _ -> {});
                    ChannelListenerContainer container = context.getBean(ChannelListenerEndpointRegistry.class)
                            .register(endpoint, context.getBean("ownFactory", ChannelListenerContainerFactory.class));
                    assertThat(settings(container).getConcurrency()).isEqualTo(3);
                    assertThat(settings(container).getPhase()).isEqualTo(7);
                    assertThat(container.isRunning()).isFalse();
                });
    }

    @Test
    void startWhenIdIsUnknownWarnsAndNamesNearOnes(CapturedOutput output) {
        runner().withPropertyValues(ENDPOINTS + "order-lgo.concurrency=4").run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(output).contains("no listener has the id that there are settings for: id=order-lgo,"
                    + " settings=zeroipc.listener.endpoints (did you mean order-log;");
        });
    }

    @Test
    void startWhenIdsAreKnownWarnsOfNothing(CapturedOutput output) {
        runner().withPropertyValues(ENDPOINTS + "order-log.concurrency=4").run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(output).doesNotContain("no listener has the id");
        });
    }

    @Test
    void startWhenPropertyIsUnknownFailsAndNamesNearOnes() {
        runner().withPropertyValues(ENDPOINTS + "order-log.concurency=4")
                .run(context -> assertThat(context).getFailure()
                        .rootCause()
                        .isInstanceOfSatisfying(InvalidZeroIpcPropertyException.class, e -> {
                            assertThat(e.property()).isEqualTo(ENDPOINTS + "order-log.concurency");
                            assertThat(e.problem()).isEqualTo("listeners have no property 'concurency'");
                            assertThat(e.remedy()).isEqualTo("Did you mean 'concurrency'?");
                        }));
    }

    @Test
    void startWhenValueIsImpossibleFailsAndNamesTheProperty() {
        runner().withPropertyValues(ENDPOINTS + "order-log.concurrency=0")
                .run(context -> assertThat(context).getFailure()
                        .isInstanceOfSatisfying(InvalidZeroIpcPropertyException.class, e -> {
                            assertThat(e.property()).isEqualTo(ENDPOINTS + "order-log.concurrency");
                            assertThat(e.value()).isEqualTo("0");
                            assertThat(e.remedy()).isEqualTo("Write 1 or more.");
                        }));
    }

    @Test
    void typeWhenSaidOfAnIdDecidesBetweenSingleAndBatch() {
        runner().withPropertyValues(ENDPOINTS + "order-log.type=batch")
                .run(context -> assertThat(context).getFailure().hasMessageContaining("batch=true"));
        runner().withPropertyValues("zeroipc.listener.type=batch", ENDPOINTS + "order-log.type=single",
                ENDPOINTS + "Listening.onOther.type=single").run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void propertiesOfAllListenersExistForEachId() {
        List<String> ofAll = propertiesOf(ZeroIpcProperties.Listener.class, "")
                .filter(name -> !List.of("enabled", "endpoints", "poller-threads").contains(name))
                .toList();
        assertThat(ofAll).contains("max-batch-size", "retry.max-delay");
        assertThat(ListenerSettings.ALL).extracting(ListenerSetting::property).containsAll(ofAll);
    }

    private static Stream<String> propertiesOf(Class<?> type, String prefix) {
        return Arrays.stream(type.getRecordComponents()).flatMap(component -> {
            String name = prefix + component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
            return component.getType().isRecord()
                    ? propertiesOf(component.getType(), name + ".")
                    : Stream.of(name);
        });
    }

    @Test
    void attributesThatTuneAreAllSettings() {
        List<String> attributes = Arrays.stream(ChannelListener.class.getDeclaredMethods())
                .map(Method::getName)
                .filter(name -> !List.of("id", "value", "channels", "segment", "containerFactory").contains(name))
                .toList();
        assertThat(ListenerSettings.ALL).extracting(ListenerSetting::name).containsAll(attributes);
    }

    private static ListenerSettings settings(ChannelListenerContainer container) {
        return container.getSettings();
    }

    @Configuration(proxyBeanMethods = false)
    static class Listening {

        @ChannelListener(id = "order-log", channels = "market/orders", concurrency = "7", maxBatchSize = "3")
        void on(int order) {
        }

        @ChannelListener(channels = "market/orders")
        void onOther(int order) {
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnFactory {

        @Bean
        DefaultChannelListenerContainerFactory ownFactory(SegmentRegistry registry) {
            DefaultChannelListenerContainerFactory factory = new DefaultChannelListenerContainerFactory(registry);
            factory.getDefaults().setPhase(7);
            return factory;
        }
    }
}
