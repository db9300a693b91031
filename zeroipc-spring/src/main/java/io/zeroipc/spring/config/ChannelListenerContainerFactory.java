package io.zeroipc.spring.config;

import io.zeroipc.spring.listener.ChannelListenerContainer;

/** Makes containers of endpoints. Listeners name one by its bean name. */
@FunctionalInterface
public interface ChannelListenerContainerFactory {

    /** Makes a container, checks it as far as its channels are there, and does not start it. */
    ChannelListenerContainer createContainer(ChannelListenerEndpoint endpoint);
}
