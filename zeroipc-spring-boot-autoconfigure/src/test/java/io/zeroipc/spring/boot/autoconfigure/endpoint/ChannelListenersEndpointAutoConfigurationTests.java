package io.zeroipc.spring.boot.autoconfigure.endpoint;

import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.zeroipc.spring.boot.actuate.endpoint.ChannelListenersEndpoint;
import io.zeroipc.spring.boot.actuate.endpoint.ChannelListenersEndpointWebExtension;
import io.zeroipc.spring.boot.autoconfigure.ZeroIpcAutoConfiguration;
import io.zeroipc.spring.config.ChannelListenerEndpointRegistry;

import static org.assertj.core.api.Assertions.assertThat;

class ChannelListenersEndpointAutoConfigurationTests {

    private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(
            AutoConfigurations.of(ZeroIpcAutoConfiguration.class, ChannelListenersEndpointAutoConfiguration.class));

    @Test
    void endpointWhenExposedIsThereWithItsWebExtension() {
        runner.withPropertyValues("management.endpoints.web.exposure.include=channellisteners")
                .run(context -> assertThat(context).hasSingleBean(ChannelListenersEndpoint.class)
                        .hasSingleBean(ChannelListenersEndpointWebExtension.class));
    }

    @Test
    void endpointWhenExposedToJmxOnlyHasNoWebExtension() {
        runner.withPropertyValues("management.endpoints.web.exposure.exclude=*",
                "management.endpoints.jmx.exposure.include=channellisteners", "spring.jmx.enabled=true")
                .run(context -> assertThat(context).hasSingleBean(ChannelListenersEndpoint.class)
                        .doesNotHaveBean(ChannelListenersEndpointWebExtension.class));
    }

    @Test
    void endpointWhenNotExposedIsAbsent() {
        runner.run(context -> assertThat(context).doesNotHaveBean(ChannelListenersEndpoint.class));
    }

    @Test
    void endpointWhenAccessIsNoneIsAbsent() {
        runner.withInitializer(
                context -> context.getEnvironment().setConversionService(new ApplicationConversionService()))
                .withPropertyValues("management.endpoints.web.exposure.include=*",
                        "management.endpoint.channellisteners.access=none")
                .run(context -> assertThat(context).doesNotHaveBean(ChannelListenersEndpoint.class));
    }

    @Test
    void endpointWhenDisabledIsAbsent() {
        runner.withPropertyValues("management.endpoints.web.exposure.include=*", "zeroipc.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(ChannelListenersEndpoint.class));
    }

    @Test
    void endpointWhenListenersAreDisabledIsAbsent() {
        runner.withPropertyValues("management.endpoints.web.exposure.include=*", "zeroipc.listener.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(ChannelListenersEndpoint.class));
    }

    @Test
    void endpointWhenActuatorIsAbsentIsAbsent() {
        runner.withPropertyValues("management.endpoints.web.exposure.include=*")
                .withClassLoader(new FilteredClassLoader(ConditionalOnAvailableEndpoint.class))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("channelListenersEndpoint"));
    }

    @Test
    void endpointWhenOfTheUserIsKept() {
        runner.withPropertyValues("management.endpoints.web.exposure.include=channellisteners")
                .withBean("mine", ChannelListenersEndpoint.class,
                        () -> new ChannelListenersEndpoint(new ChannelListenerEndpointRegistry()))
                .run(context -> assertThat(context).hasSingleBean(ChannelListenersEndpoint.class).hasBean("mine"));
    }
}
