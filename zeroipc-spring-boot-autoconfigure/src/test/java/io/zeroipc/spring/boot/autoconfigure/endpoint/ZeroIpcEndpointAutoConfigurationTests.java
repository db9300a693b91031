package io.zeroipc.spring.boot.autoconfigure.endpoint;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.zeroipc.spring.boot.actuate.endpoint.ZeroIpcEndpoint;
import io.zeroipc.spring.boot.actuate.endpoint.ZeroIpcEndpointWebExtension;
import io.zeroipc.spring.boot.autoconfigure.ZeroIpcAutoConfiguration;
import io.zeroipc.spring.core.DefaultSegmentRegistry;

import static org.assertj.core.api.Assertions.assertThat;

class ZeroIpcEndpointAutoConfigurationTests {

    private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(
            AutoConfigurations.of(ZeroIpcAutoConfiguration.class, ZeroIpcEndpointAutoConfiguration.class));

    @Test
    void endpointWhenExposedIsThereWithItsWebExtension() {
        runner.withPropertyValues("management.endpoints.web.exposure.include=zeroipc")
                .run(context -> assertThat(context).hasSingleBean(ZeroIpcEndpoint.class)
                        .hasSingleBean(ZeroIpcEndpointWebExtension.class));
    }

    @Test
    void endpointWhenExposedToJmxOnlyHasNoWebExtension() {
        runner.withPropertyValues("management.endpoints.web.exposure.exclude=*",
                "management.endpoints.jmx.exposure.include=zeroipc", "spring.jmx.enabled=true")
                .run(context -> assertThat(context).hasSingleBean(ZeroIpcEndpoint.class)
                        .doesNotHaveBean(ZeroIpcEndpointWebExtension.class));
    }

    @Test
    void endpointWhenNotExposedIsAbsent() {
        runner.run(context -> assertThat(context).doesNotHaveBean(ZeroIpcEndpoint.class));
    }

    @Test
    void endpointWhenAccessIsNoneIsAbsent() {
        runner.withInitializer(
                context -> context.getEnvironment().setConversionService(new ApplicationConversionService()))
                .withPropertyValues("management.endpoints.web.exposure.include=*",
                        "management.endpoint.zeroipc.access=none")
                .run(context -> assertThat(context).doesNotHaveBean(ZeroIpcEndpoint.class));
    }

    @Test
    void endpointWhenDisabledIsAbsent() {
        runner.withPropertyValues("management.endpoints.web.exposure.include=*", "zeroipc.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(ZeroIpcEndpoint.class));
    }

    @Test
    void endpointWhenActuatorIsAbsentIsAbsent() {
        runner.withPropertyValues("management.endpoints.web.exposure.include=*")
                .withClassLoader(new FilteredClassLoader(ConditionalOnAvailableEndpoint.class))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("zeroIpcEndpoint"));
    }

    @Test
    void endpointWhenOfTheUserIsKept() {
        runner.withPropertyValues("management.endpoints.web.exposure.include=zeroipc")
                .withBean("mine", ZeroIpcEndpoint.class,
                        () -> new ZeroIpcEndpoint(new DefaultSegmentRegistry(), Map.of(), List.of(), Show.NEVER))
                .run(context -> assertThat(context).hasSingleBean(ZeroIpcEndpoint.class).hasBean("mine"));
    }
}
