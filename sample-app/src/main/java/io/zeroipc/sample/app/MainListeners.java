package io.zeroipc.sample.app;

import java.util.List;

import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

import io.zeroipc.spring.config.ChannelListenerEndpointRegistry;

/**
 * Starts and stops the listeners that only the main instance has. Channels and queues give each element to one consumer;
 * what arrives while there is none waits there.
 */
@Component
class MainListeners {

    private static final List<String> IDS = List.of(AlertListener.ID, StatisticsListener.ID);

    private final ChannelListenerEndpointRegistry listeners;

    MainListeners(ChannelListenerEndpointRegistry listeners) {
        this.listeners = listeners;
    }

    @EventListener
    void onRole(MainInstance.RoleChanged role) {
        IDS.forEach(role.main() ? listeners::start : listeners::stop);
    }
}
