package io.zeroipc.spring.config;

import io.zeroipc.spring.listener.ChannelListenerContainer;

/** Has the last word on a container before it starts: on its settings, above all. */
@FunctionalInterface
public interface ContainerCustomizer {

    void customize(ChannelListenerContainer container);
}
