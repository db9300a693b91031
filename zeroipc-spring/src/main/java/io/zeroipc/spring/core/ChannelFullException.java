package io.zeroipc.spring.core;

import java.time.Duration;

import io.zeroipc.ZeroIpcException;

/** An element could not be sent, because its channel had no room for it. Nothing was sent. */
public final class ChannelFullException extends ZeroIpcException {

    private static final long serialVersionUID = 1L;

    private final transient ChannelName channel;

    /** @param waited how long it was waited for room */
    public ChannelFullException(ChannelName channel, long capacity, Duration waited) {
        this(channel, capacity, waited, "consumers are too slow or gone; trySend reports this without an exception");
    }

    private ChannelFullException(ChannelName channel, long capacity, Duration waited, String why) {
        super("channel is full: channel=" + channel + ", capacity=" + capacity + ", waited="
                + Math.round(waited.toNanos() / 1e6)
                + " ms (" + why + ")");
        this.channel = channel;
    }

    /** For a wait in the thread of a listener that ended before its time. */
    static ChannelFullException stopped(ChannelName channel, long capacity, Duration waited) {
        return new ChannelFullException(channel, capacity, waited, "its listener is being stopped");
    }

    public ChannelName channel() {
        return channel;
    }
}
