package io.zeroipc.spring.boot.autoconfigure.observation;

import java.nio.file.Path;

import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.boot.autoconfigure.ZeroIpcAutoConfiguration;
import io.zeroipc.spring.core.ZeroIpcTemplate;
import io.zeroipc.spring.listener.ChannelListenerContainer;
import io.zeroipc.spring.observation.DefaultZeroIpcListenerObservationConvention;
import io.zeroipc.spring.observation.DefaultZeroIpcTemplateObservationConvention;
import io.zeroipc.spring.observation.ZeroIpcListenerObservationConvention;
import io.zeroipc.spring.observation.ZeroIpcObservations;
import io.zeroipc.spring.observation.ZeroIpcTemplateObservationConvention;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class ZeroIpcObservationAutoConfigurationTests {

    private static final String ORDERS = "zeroipc.segments.market.structures.orders.";
    private static final String OBSERVED = "zeroipc.listener.observation-enabled=true";

    @TempDir
    private Path directory;

    private ApplicationContextRunner runner() {
        return new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(ZeroIpcAutoConfiguration.class,
                                ZeroIpcObservationAutoConfiguration.class))
                .withPropertyValues("zeroipc.base-directory=" + directory, ORDERS + "type=queue",
                        ORDERS + "element-type=int32", ORDERS + "capacity=16");
    }

    private ApplicationContextRunner observing() {
        return runner().withBean(TestObservationRegistry.class, TestObservationRegistry::create)
                .withUserConfiguration(Listening.class);
    }

    @Test
    void observationsWhenNothingIsSaidAreOff() {
        observing().run(context -> {
            assertThat(context).hasSingleBean(ZeroIpcObservations.class);
            sendOne(context.getBean(ZeroIpcTemplate.class), context.getBean(ChannelListenerContainer.class));
            TestObservationRegistryAssert.assertThat(context.getBean(TestObservationRegistry.class))
                    .doesNotHaveAnyObservation();
        });
    }

    @Test
    void observationsWhenSwitchedOnAreMade() {
        observing().withPropertyValues(OBSERVED, "zeroipc.template.observation-enabled=true").run(context -> {
            sendOne(context.getBean(ZeroIpcTemplate.class), context.getBean(ChannelListenerContainer.class));
            TestObservationRegistryAssert.assertThat(context.getBean(TestObservationRegistry.class))
                    .hasNumberOfObservationsWithNameEqualTo("zeroipc.listener", 1)
                    .hasNumberOfObservationsWithNameEqualTo("zeroipc.template", 1)
                    .hasAnObservationWithAKeyValue("zeroipc.template.name", "zeroIpcTemplate")
                    .hasAnObservationWithAKeyValue("zeroipc.listener.id", "orders-listener");
        });
    }

    @Test
    void observationsWhenOneListenerIsSwitchedOffAreOfTheOthers() {
        observing()
                .withPropertyValues(OBSERVED, "zeroipc.listener.endpoints.orders-listener.observation-enabled=false")
                .run(context -> {
                    sendOne(context.getBean(ZeroIpcTemplate.class), context.getBean(ChannelListenerContainer.class));
                    TestObservationRegistryAssert.assertThat(context.getBean(TestObservationRegistry.class))
                            .doesNotHaveAnyObservation();
                });
    }

    @Test
    void conventionsWhenThereAreBeansAreUsed() {
        observing().withUserConfiguration(Conventions.class)
                .withPropertyValues(OBSERVED, "zeroipc.template.observation-enabled=true")
                .run(context -> {
                    sendOne(context.getBean(ZeroIpcTemplate.class), context.getBean(ChannelListenerContainer.class));
                    TestObservationRegistryAssert.assertThat(context.getBean(TestObservationRegistry.class))
                            .hasNumberOfObservationsWithNameEqualTo("my.listener", 1)
                            .hasNumberOfObservationsWithNameEqualTo("my.template", 1);
                });
    }

    @Test
    void observationsWhenApplicationHasItsOwnAreTheirs() {
        ZeroIpcObservations own = new ZeroIpcObservations(ObservationRegistry.NOOP);
        observing().withBean(ZeroIpcObservations.class, () -> own)
                .run(context -> assertThat(context.getBean(ZeroIpcObservations.class)).isSameAs(own));
    }

    @Test
    void registryWhenBootMakesItIsUsed() {
        runner().withConfiguration(AutoConfigurations.of(ObservationAutoConfiguration.class))
                .run(context -> assertThat(context).hasSingleBean(ZeroIpcObservations.class));
    }

    @Test
    void registryWhenNobodyObservesIsNotAskedFor() {
        runner().withBean(ObservationRegistry.class, () -> {
            throw new IllegalStateException("asked for");
        }, definition -> definition.setLazyInit(true))
                .withUserConfiguration(Listening.class)
                .withPropertyValues(OBSERVED)
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void observationsWhenBootsObservationsAreAbsentAreOff(CapturedOutput output) {
        runner().withClassLoader(new FilteredClassLoader("org.springframework.boot.micrometer", "io.micrometer.core"))
                .withUserConfiguration(Listening.class)
                .withPropertyValues(OBSERVED, "zeroipc.template.observation-enabled=true")
                .run(context -> {
                    assertThat(context).hasNotFailed().doesNotHaveBean(ZeroIpcObservations.class);
                    sendOne(context.getBean(ZeroIpcTemplate.class), context.getBean(ChannelListenerContainer.class));
                    assertThat(output).contains("listener is not observed, because there is no ObservationRegistry");
                });
    }

    @Test
    void observationsWhenZeroIpcIsDisabledAreAbsent() {
        observing().withPropertyValues("zeroipc.enabled=false", "zeroipc.listener.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(ZeroIpcObservations.class));
    }

    private static void sendOne(ZeroIpcTemplate template, ChannelListenerContainer container) {
        template.send("orders", 1);
        Awaitility.await().until(() -> container.getStatistics().firstEntry().getValue().succeeded() == 1);
    }

    @Configuration(proxyBeanMethods = false)
    static class Listening {

        @ChannelListener(id = "orders-listener", channels = "orders")
        void on(int order) {
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Conventions {

        @Bean
        ZeroIpcListenerObservationConvention listenerConvention() {
            return new DefaultZeroIpcListenerObservationConvention() {
                @Override
                public String getName() {
                    return "my.listener";
                }
            };
        }

        @Bean
        ZeroIpcTemplateObservationConvention templateConvention() {
            return new DefaultZeroIpcTemplateObservationConvention() {
                @Override
                public String getName() {
                    return "my.template";
                }
            };
        }
    }
}
