package io.zeroipc.spring.event;

/** The listener was paused, and none of its threads is inside the listener method any more. */
public final class ChannelListenerPausedEvent extends ChannelListenerEvent {

    private static final long serialVersionUID = 1L;

    public ChannelListenerPausedEvent(Object source, String listenerId) {
        super(source, listenerId);
    }
}
