package io.zeroipc.spring.event;

/** The listener was paused and consumes again. */
public final class ChannelListenerResumedEvent extends ChannelListenerEvent {

    private static final long serialVersionUID = 1L;

    public ChannelListenerResumedEvent(Object source, String listenerId) {
        super(source, listenerId);
    }
}
