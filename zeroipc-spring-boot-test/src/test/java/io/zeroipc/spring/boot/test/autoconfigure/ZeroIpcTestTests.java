package io.zeroipc.spring.boot.test.autoconfigure;

import java.nio.file.Path;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.ComponentScan.Filter;
import org.springframework.context.annotation.FilterType;
import org.springframework.test.context.ContextConfiguration;

import io.zeroipc.collection.SharedQueue;
import io.zeroipc.segment.Segment;
import io.zeroipc.spring.boot.autoconfigure.ZeroIpcConnectionDetails;
import io.zeroipc.spring.boot.test.app.Alert;
import io.zeroipc.spring.boot.test.app.AlertApplication;
import io.zeroipc.spring.boot.test.app.AlertLog;
import io.zeroipc.spring.boot.test.app.FirmSettings;
import io.zeroipc.spring.boot.test.app.Unrelated;
import io.zeroipc.spring.config.ChannelListenerEndpointRegistry;
import io.zeroipc.spring.core.ZeroIpcOperations;

import static org.assertj.core.api.Assertions.assertThat;

class ZeroIpcTestTests {

    @Nested
    @ZeroIpcTest
    @ContextConfiguration(classes = AlertApplication.class)
    class WithoutListeners {

        @Autowired
        ApplicationContext context;

        @Autowired
        SharedQueue<Alert> alerts;

        @Test
        void contextHasSegmentsAndTemplateAndNoComponentsOfTheApplication() {
            assertThat(context.getBean("hostSegment", Segment.class).isCreated()).isTrue();
            context.getBean(ZeroIpcOperations.class).send("host/alerts", new Alert(1, 0.5));
            assertThat(alerts.poll()).isEqualTo(new Alert(1, 0.5));
            assertThat(context.getBean(ChannelListenerEndpointRegistry.class).getContainers()).isEmpty();
            assertThat(context.getBeansOfType(AlertLog.class)).isEmpty();
            assertThat(context.getBeansOfType(Unrelated.class)).isEmpty();
        }

        @Test
        void componentsThatConfigureListenersAreIncluded() {
            assertThat(context.getBeansOfType(FirmSettings.class)).hasSize(1);
        }

        @Test
        void otherAutoConfigurationIsNot() {
            assertThat(context.containsBean("applicationTaskExecutor")).isFalse();
            assertThat(context.containsBean("jacksonJsonMapper")).isFalse();
        }
    }

    @Nested
    @ZeroIpcTest(listeners = AlertLog.class, properties = "zeroipc.listener.concurrency=2")
    @ContextConfiguration(classes = AlertApplication.class)
    class WithListeners {

        @Autowired
        ApplicationContext context;

        @Test
        void theirContainersRunWithTheTestsProperties() {
            assertThat(context.getBean(ChannelListenerEndpointRegistry.class).getContainers()).singleElement()
                    .satisfies(container -> {
                        assertThat(container.getId()).isEqualTo("alert-log");
                        assertThat(container.isRunning()).isTrue();
                        assertThat(container.getSettings().getConcurrency()).isEqualTo(2);
                        assertThat(container.getSettings().getShutdownTimeout())
                                .isEqualTo(FirmSettings.SHUTDOWN_TIMEOUT);
                    });
            assertThat(context.getBeansOfType(Unrelated.class)).isEmpty();
        }
    }

    @Nested
    @ZeroIpcTest(useDefaultFilters = false,
            includeFilters = @Filter(type = FilterType.REGEX, pattern = ".*\\.(Unrelated|AlertLog)"),
            excludeFilters = @Filter(type = FilterType.ASSIGNABLE_TYPE, classes = AlertLog.class))
    @ContextConfiguration(classes = AlertApplication.class)
    class WithOtherFilters {

        @Autowired
        ApplicationContext context;

        @Test
        void componentsAreThoseThatTheFiltersName() {
            assertThat(context.getBeansOfType(Unrelated.class)).hasSize(1);
            assertThat(context.getBeansOfType(FirmSettings.class)).isEmpty();
            assertThat(context.getBeansOfType(AlertLog.class)).isEmpty();
        }
    }

    @Nested
    @SpringBootTest(classes = AlertApplication.class)
    @AutoConfigureTestZeroIpc
    class BesideSpringBootTest {

        @Autowired
        ApplicationContext context;

        @Autowired
        ZeroIpcConnectionDetails files;

        @Test
        void wholeApplicationHasSegmentsOfItsOwn() {
            assertThat(context.getBeansOfType(Unrelated.class)).hasSize(1);
            Path path = context.getBean("hostSegment", Segment.class).path();
            assertThat(path.getParent()).isEqualTo(files.getBaseDirectory());
            assertThat(path.getParent().getFileName().toString()).startsWith("zeroipc-test-");
        }
    }
}
