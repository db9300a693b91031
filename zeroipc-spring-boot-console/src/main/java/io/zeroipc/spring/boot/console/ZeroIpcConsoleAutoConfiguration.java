package io.zeroipc.spring.boot.console;

import java.util.List;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.actuate.endpoint.EndpointAccessResolver;
import org.springframework.boot.actuate.endpoint.EndpointsSupplier;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.actuate.endpoint.web.PathMapper;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.env.Environment;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of the console, where {@code zeroipc.console.enabled} is true. It is served
 * in the management context, which has a port and a chain of filters of its own where they are configured.
 */
@AutoConfiguration(after = WebEndpointAutoConfiguration.class)
@ConditionalOnWebApplication
@ConditionalOnBooleanProperty("zeroipc.console.enabled")
@ConditionalOnBean(PathMappedEndpoints.class)
@EnableConfigurationProperties(ConsoleProperties.class)
@ImportRuntimeHints(Console.Hints.class)
public final class ZeroIpcConsoleAutoConfiguration {

    ZeroIpcConsoleAutoConfiguration() {
    }

    @Bean
    EndpointsSupplier<ConsoleEndpoint> zeroIpcConsoleEndpointsSupplier(ObjectProvider<PathMapper> pathMappers) {
        List<PathMapper> mappers = pathMappers.orderedStream().toList();
        ConsoleEndpoint endpoint = new ConsoleEndpoint(PathMapper.getRootPath(mappers, ConsoleEndpoint.ID));
        return () -> List.of(endpoint);
    }

    @Bean
    Console zeroIpcConsole(PathMappedEndpoints endpoints, EndpointAccessResolver access, ConsoleProperties properties,
            Environment environment) {
        return new Console(endpoints, access, properties, environment.getProperty("spring.application.name", ""));
    }
}
