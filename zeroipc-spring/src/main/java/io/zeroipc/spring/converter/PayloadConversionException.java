package io.zeroipc.spring.converter;

import java.lang.reflect.Type;

import org.jspecify.annotations.Nullable;

import io.zeroipc.ZeroIpcException;

/**
 * An element is no payload of the wanted type, or an object cannot become an element. The same bytes fail again: there is
 * nothing to gain from another attempt. The message has types and sizes and no contents; the cause may have some.
 */
public final class PayloadConversionException extends ZeroIpcException {

    private static final long serialVersionUID = 1L;

    private final String channel;
    private final String payloadType;
    private final String elementType;
    private final int size;

    PayloadConversionException(String what, String channel, Type payloadType, ElementType elementType, int size,
            String expected, @Nullable Throwable cause) {
        super(what + ": channel=" + channel + ", type=" + payloadType.getTypeName() + ", elements=" + elementType.name()
                + (size < 0 ? "" : ", bytes=" + size) + " (expected: " + expected + ")", cause);
        this.channel = channel;
        this.payloadType = payloadType.getTypeName();
        this.elementType = elementType.name();
        this.size = size;
    }

    public String channel() {
        return channel;
    }

    /** The declared type, or the class of the object. */
    public String payloadType() {
        return payloadType;
    }

    /** What the channel carries, {@code frame(512)} for example. */
    public String elementType() {
        return elementType;
    }

    /** Bytes of the element, or of what should have become one; -1 when it did not come to that. */
    public int size() {
        return size;
    }
}
