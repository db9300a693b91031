package io.zeroipc.spring.event;

/** The first element has arrived since {@link ChannelListenerIdleEvent}. */
public final class ChannelListenerNoLongerIdleEvent extends ChannelListenerEvent {

    private static final long serialVersionUID = 1L;

    public ChannelListenerNoLongerIdleEvent(Object source, String listenerId) {
        super(source, listenerId);
    }
}
