package io.zeroipc.spring.boot.test.app;

import java.time.Duration;

import org.springframework.stereotype.Component;

import io.zeroipc.spring.config.ContainerCustomizer;
import io.zeroipc.spring.listener.ChannelListenerContainer;

/** A component of a type that configures listeners. */
@Component
public class FirmSettings implements ContainerCustomizer {

    public static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(7);

    @Override
    public void customize(ChannelListenerContainer container) {
        container.getSettings().setShutdownTimeout(SHUTDOWN_TIMEOUT);
    }
}
