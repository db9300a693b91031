package io.zeroipc.spring.event;

import java.time.Duration;

/**
 * Nothing has arrived for the listener for a while. Published again at each interval that its settings say, by a thread
 * that waits for elements, and not while the listener is paused.
 */
public final class ChannelListenerIdleEvent extends ChannelListenerEvent {

    private static final long serialVersionUID = 1L;

    private final Duration idleTime;

    public ChannelListenerIdleEvent(Object source, String listenerId, Duration idleTime) {
        super(source, listenerId);
        this.idleTime = idleTime;
    }

    /** How long it is since the last element, or since the listener was started. */
    public Duration getIdleTime() {
        return idleTime;
    }

    @Override
    public String toString() {
        return "ChannelListenerIdleEvent[listener=" + getListenerId() + ", idleTime=" + idleTime + "]";
    }
}
