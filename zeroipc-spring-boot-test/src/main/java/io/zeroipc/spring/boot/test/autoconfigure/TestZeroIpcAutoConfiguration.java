package io.zeroipc.spring.boot.test.autoconfigure;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.core.env.Environment;

import io.zeroipc.spring.boot.autoconfigure.ZeroIpcAutoConfiguration;
import io.zeroipc.spring.boot.test.ChannelListenerTestHarness;
import io.zeroipc.spring.config.ChannelListenerEndpointRegistry;

/** Auto-configuration behind {@link AutoConfigureTestZeroIpc}. */
@AutoConfiguration(before = ZeroIpcAutoConfiguration.class)
public final class TestZeroIpcAutoConfiguration {

    static final String BASE_DIRECTORY = "zeroipc.test.base-directory";

    TestZeroIpcAutoConfiguration() {
    }

    /** Primary, so that an application's own connection details are replaced as well. */
    @Bean
    @Primary
    static TestSegmentFiles testSegmentFiles(Environment environment) {
        @Nullable String baseDirectory = environment.getProperty(BASE_DIRECTORY);
        return baseDirectory == null
                ? TestSegmentFiles.inNewDirectory()
                : TestSegmentFiles.withRandomPrefix(Path.of(baseDirectory));
    }

    @Bean
    static ChannelListenerTestHarness channelListenerTestHarness(
            ObjectProvider<ChannelListenerEndpointRegistry> registry) {
        return new ChannelListenerTestHarness(registry);
    }
}
