package io.zeroipc.spring.core;

import io.zeroipc.ZeroIpcException;

/** A channel's structure cannot do what a listener or sender wants: nothing arrives there, or not for several. */
public final class UnsupportedChannelTypeException extends ZeroIpcException {

    private static final long serialVersionUID = 1L;

    private final transient ChannelName channel;
    private final String kind;
    private final String wanted;
    private final String remedy;

    /**
     * @param channel which channel
     * @param kind label of its structure's kind
     * @param wanted what was asked of it, and by whom: {@code concurrency=2 of listener alerts}
     * @param remedy what would do
     */
    public UnsupportedChannelTypeException(ChannelName channel, String kind, String wanted, String remedy) {
        super("channel does not support this: channel=" + channel + ", type=" + kind + ", wanted: " + wanted
                + " (expected: " + remedy + ")");
        this.channel = channel;
        this.kind = kind;
        this.wanted = wanted;
        this.remedy = remedy;
    }

    public ChannelName channel() {
        return channel;
    }

    public String kind() {
        return kind;
    }

    public String wanted() {
        return wanted;
    }

    public String remedy() {
        return remedy;
    }
}
