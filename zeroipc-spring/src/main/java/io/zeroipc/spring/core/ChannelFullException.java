package io.zeroipc.spring.core;

import java.time.Duration;
import java.util.List;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.flow.TopicHolder;
import io.zeroipc.spring.core.ChannelHandle.Sent;

/** An element could not be sent, because its channel had no room for it. Nothing was sent. */
public final class ChannelFullException extends ZeroIpcException {

    private static final long serialVersionUID = 1L;

    private static final String SLOW = "consumers are too slow or gone; trySend reports this without an exception";

    private final transient ChannelName channel;

    /** @param waited how long it was waited for room */
    public ChannelFullException(ChannelName channel, long capacity, Duration waited) {
        this(channel, capacity, List.of(), waited, SLOW);
    }

    private ChannelFullException(ChannelName channel, long capacity, List<TopicHolder> holders, Duration waited,
            String why) {
        super("channel is full: channel=" + channel + ", capacity=" + capacity
                + (holders.isEmpty() ? "" : ", holders=" + holders) + ", waited=" + Math.round(waited.toNanos() / 1e6)
                + " ms (" + why + ")");
        this.channel = channel;
    }

    /**
     * For a sending that ended so.
     *
     * @param holders who keeps it full, where that can be told
     */
    static ChannelFullException of(ChannelName channel, long capacity, List<TopicHolder> holders, Sent sent) {
        return new ChannelFullException(channel, capacity, holders, sent.waited(),
                sent.outcome() == Sent.Outcome.STOPPED
                        ? "its listener is being stopped"
                        : holders.isEmpty()
                                ? SLOW
                        : "these are too slow or gone; trySend and tryLoan report this without an exception");
    }

    public ChannelName channel() {
        return channel;
    }
}
