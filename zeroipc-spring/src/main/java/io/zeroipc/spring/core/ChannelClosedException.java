package io.zeroipc.spring.core;

import io.zeroipc.ZeroIpcException;

/** An element could not be sent, because its channel was closed, for all processes and for good. */
public final class ChannelClosedException extends ZeroIpcException {

    private static final long serialVersionUID = 1L;

    private final transient ChannelName channel;

    public ChannelClosedException(ChannelName channel) {
        super("channel is closed: channel=" + channel + " (nothing can be sent to it any more)");
        this.channel = channel;
    }

    public ChannelName channel() {
        return channel;
    }
}
