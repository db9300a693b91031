package io.zeroipc.spring.config;

import java.util.List;

import org.springframework.messaging.handler.annotation.support.MessageHandlerMethodFactory;

import io.zeroipc.spring.listener.ElementListener;
import io.zeroipc.spring.listener.ListenerSettings;

/** An endpoint about which more is said elsewhere. */
record OverriddenEndpoint(ChannelListenerEndpoint declared, ListenerSettings overrides)
        implements ChannelListenerEndpoint {

    @Override
    public String getId() {
        return declared.getId();
    }

    @Override
    public List<String> getChannels() {
        return declared.getChannels();
    }

    @Override
    public String getSegment() {
        return declared.getSegment();
    }

    @Override
    public ListenerSettings getSettings() {
        return overrides.copy().inherit(declared.getSettings());
    }

    @Override
    public boolean takesBatch() {
        return declared.takesBatch();
    }

    @Override
    public boolean canAcknowledge() {
        return declared.canAcknowledge();
    }

    @Override
    public boolean isStartedByOwner() {
        return declared.isStartedByOwner();
    }

    @Override
    public ElementListener createListener(MessageHandlerMethodFactory methodFactory, ListenerSettings merged) {
        return declared.createListener(methodFactory, merged);
    }

    @Override
    public String describe() {
        return declared.describe();
    }
}
