package io.zeroipc.spring.boot.test.autoconfigure;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.IgnoreErrorsBindHandler;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Primary;
import org.springframework.core.env.Environment;

import io.zeroipc.spring.boot.autoconfigure.ZeroIpcAutoConfiguration;
import io.zeroipc.spring.boot.test.ChannelListenerTestHarness;
import io.zeroipc.spring.config.ChannelListenerEndpointRegistry;

/** Auto-configuration behind {@link AutoConfigureTestZeroIpc}, and of every test of Spring Boot that does not decline it. */
@AutoConfiguration(before = ZeroIpcAutoConfiguration.class)
public final class TestZeroIpcAutoConfiguration {

    static final String BASE_DIRECTORY = "zeroipc.test.base-directory";

    static final String ISOLATE = "zeroipc.test.isolate";

    TestZeroIpcAutoConfiguration() {
    }

    /**
     * Primary, so that an application's own connection details are replaced as well. Lazy, so that there is no directory where
     * there are no segments.
     */
    @Bean
    @Lazy
    @Primary
    static TestSegmentFiles testSegmentFiles(Environment environment) {
        @Nullable String baseDirectory = environment.getProperty(BASE_DIRECTORY);
        Map<String, Path> configured = configuredPaths(environment);
        return baseDirectory == null
                ? TestSegmentFiles.inNewDirectory(configured)
                : TestSegmentFiles.withRandomPrefix(Path.of(baseDirectory), configured);
    }

    private static Map<String, Path> configuredPaths(Environment environment) {
        Map<String, Path> paths = new LinkedHashMap<>();
        Binder.get(environment)
                // What cannot be bound is told by who needs it.
                .bind("zeroipc.segments", Bindable.mapOf(String.class, Place.class), new IgnoreErrorsBindHandler())
                .orElse(Map.of())
                .forEach((segment, place) -> {
                    if (place.path() != null) {
                        paths.put(segment, place.path());
                    }
                });
        return paths;
    }

    /** What of a segment's properties matters here. Not private, or it would not be bound. */
    record Place(@Nullable Path path) {}

    @Bean
    static ChannelListenerTestHarness channelListenerTestHarness(
            ObjectProvider<ChannelListenerEndpointRegistry> registry) {
        return new ChannelListenerTestHarness(registry);
    }
}
