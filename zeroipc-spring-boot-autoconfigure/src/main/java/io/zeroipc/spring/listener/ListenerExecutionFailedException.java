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
    private final int attempts;

    ListenerExecutionFailedException(String what, String listenerId, ChannelName channel,
            @Nullable ElementMessage elementMessage, Throwable cause) {
        super(what + ": listener=" + listenerId + ", channel=" + channel
                + (elementMessage == null ? "" : ", " + elementMessage.describe()) + ", error=" + cause, cause);
        this.listenerId = listenerId;
        this.channel = channel;
        this.elementMessage = elementMessage;
        this.attempts = elementMessage == null ? 0 : elementMessage.deliveryAttempt();
    }

    public String listenerId() {
        return listenerId;
    }

    public ChannelName channel() {
        return channel;
    }

    /** How often the listener was called with the element; 0 when it could not be read or converted. */
    public int attempts() {
        return attempts;
    }

    /** What the listener was called with; null when the element's bytes could not be read as its type. */
    public @Nullable ElementMessage elementMessage() {
        return elementMessage;
    }
}
