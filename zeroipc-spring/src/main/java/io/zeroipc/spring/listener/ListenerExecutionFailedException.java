package io.zeroipc.spring.listener;

import org.jspecify.annotations.Nullable;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.UserCode;

/** A listener failed to process an element or a batch. The cause is what it threw. */
public final class ListenerExecutionFailedException extends ZeroIpcException {

    private static final long serialVersionUID = 1L;

    private final String listenerId;
    private final transient ChannelName channel;
    private final transient @Nullable ElementMessage elementMessage;
    private final int attempts;
    private final byte @Nullable [] unreadableBytes;

    ListenerExecutionFailedException(String what, String listenerId, ChannelName channel,
            @Nullable ElementMessage elementMessage, Throwable cause) {
        this(what, listenerId, channel, elementMessage, null, cause);
    }

    /** For an element that could not be read. */
    ListenerExecutionFailedException(String listenerId, ChannelName channel, byte @Nullable [] unreadableBytes,
            Throwable cause) {
        this("element cannot be read", listenerId, channel, null, unreadableBytes, cause);
    }

    private ListenerExecutionFailedException(String what, String listenerId, ChannelName channel,
            @Nullable ElementMessage elementMessage, byte @Nullable [] unreadableBytes, Throwable cause) {
        super(what + ": listener=" + listenerId + ", channel=" + channel
                + (elementMessage == null ? "" : ", " + elementMessage.describe()) + ", error="
                + UserCode.describe(cause), cause);
        this.listenerId = listenerId;
        this.channel = channel;
        this.elementMessage = elementMessage;
        this.attempts = elementMessage == null ? 0 : elementMessage.deliveryAttempt();
        this.unreadableBytes = unreadableBytes;
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

    /**
     * The bytes of the slot of an element that could not be read as its type. Null for all others, and unless the listener
     * has dead letters and its channel's elements are declared.
     */
    public byte @Nullable [] unreadableBytes() {
        return unreadableBytes == null ? null : unreadableBytes.clone();
    }
}
