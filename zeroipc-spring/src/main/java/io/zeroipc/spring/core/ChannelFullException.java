package io.zeroipc.spring.core;

import java.time.Duration;

import io.zeroipc.ZeroIpcException;

/** An element could not be sent, because its channel had no room for it. Nothing was sent. */
public final class ChannelFullException extends ZeroIpcException {

    private static final long serialVersionUID = 1L;

    private final transient ChannelName channel;

    public ChannelFullException(ChannelName channel, long capacity, Duration waited) {
        super("channel is full: channel=" + channel + ", capacity=" + capacity + ", waited=" + waited.toMillis()
                + " ms (consumers are too slow or gone; trySend reports this without an exception)");
        this.channel = channel;
    }

    public ChannelName channel() {
        return channel;
    }
}
