package io.zeroipc.spring.event;

/** The listener consumes: all its channels are there. */
public final class ChannelListenerStartedEvent extends ChannelListenerEvent {

    private static final long serialVersionUID = 1L;

    public ChannelListenerStartedEvent(Object source, String listenerId) {
        super(source, listenerId);
    }
}
