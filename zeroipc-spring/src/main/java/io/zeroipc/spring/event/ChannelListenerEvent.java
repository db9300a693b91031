package io.zeroipc.spring.event;

import org.springframework.context.ApplicationEvent;

/**
 * Something happened to a listener's container, which is the source. Published by the thread that noticed, after the
 * fact.
 */
public abstract sealed class ChannelListenerEvent extends ApplicationEvent
        permits ChannelListenerStartedEvent, ChannelListenerStoppedEvent, ChannelListenerPausedEvent,
        ChannelListenerResumedEvent, ChannelListenerIdleEvent, ChannelListenerNoLongerIdleEvent {

    private static final long serialVersionUID = 1L;

    private final String listenerId;

    ChannelListenerEvent(Object source, String listenerId) {
        super(source);
        this.listenerId = listenerId;
    }

    /** The id of the listener. */
    public String getListenerId() {
        return listenerId;
    }

    @Override
    public String toString() {
        return getClass().getSimpleName() + "[listener=" + listenerId + "]";
    }
}
