package io.zeroipc.spring.core;

import org.jspecify.annotations.Nullable;

import io.zeroipc.ZeroIpcException;

/** An element's Java type is not the one that a channel carries. */
public final class ElementTypeException extends ZeroIpcException {

    private static final long serialVersionUID = 1L;

    private final transient ChannelName channel;
    private final String elementType;
    private final String wantedType;
    private final @Nullable String remedy;

    /**
     * @param channel which channel
     * @param elementType what it carries
     * @param wantedType what was sent, or declared by the receiver
     * @param detail who, and what would do: the end of the message
     */
    public ElementTypeException(ChannelName channel, String elementType, String wantedType, String detail) {
        this(channel, elementType, wantedType, detail, null);
    }

    /** @param remedy what to change, a sentence; null when that is the type of who sends or receives */
    public ElementTypeException(ChannelName channel, String elementType, String wantedType, String detail,
            @Nullable String remedy) {
        super("element type does not match: channel=" + channel + ", elements=" + elementType + ", type=" + wantedType
                + ", " + detail);
        this.channel = channel;
        this.elementType = elementType;
        this.wantedType = wantedType;
        this.remedy = remedy;
    }

    public ChannelName channel() {
        return channel;
    }

    public String elementType() {
        return elementType;
    }

    public String wantedType() {
        return wantedType;
    }

    /** What to change, a sentence; null when that is the type of who sends or receives. */
    public @Nullable String remedy() {
        return remedy;
    }
}
