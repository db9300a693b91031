package io.zeroipc.spring.listener;

import org.jspecify.annotations.Nullable;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.spring.core.ChannelName;

/** A listener failed to process an element or a batch. The cause is what it threw. */
public final class ListenerExecutionFailedException extends ZeroIpcException {

    private static final long serialVersionUID = 1L;

    private final String listenerId;
    private final transient ChannelName channel;
    private final transient @Nullable ElementMessage elementMessage;

    ListenerExecutionFailedException(String what, String listenerId, ChannelName channel,
            @Nullable ElementMessage elementMessage, Throwable cause) {
        super(what + ": listener=" + listenerId + ", channel=" + channel
                + (elementMessage == null ? "" : ", " + elementMessage.describe()) + ", error=" + cause, cause);
        this.listenerId = listenerId;
        this.channel = channel;
        this.elementMessage = elementMessage;
    }

    public String listenerId() {
        return listenerId;
    }

    public ChannelName channel() {
        return channel;
    }

    /** What the listener was called with; null when the element's bytes could not be read as its type. */
    public @Nullable ElementMessage elementMessage() {
        return elementMessage;
    }
}
