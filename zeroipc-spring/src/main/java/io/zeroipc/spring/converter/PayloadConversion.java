package io.zeroipc.spring.converter;

import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

import io.zeroipc.spring.core.envelope.Envelope;

/** The way between one type and the elements of one channel: found once, used for each element. Thread-safe. */
public final class PayloadConversion {

    private final PayloadConverter converter;
    private final String channel;
    private final Type payloadType;
    private final ElementType elementType;
    private final int capacity;

    PayloadConversion(PayloadConverter converter, String channel, Type payloadType, ElementType elementType) {
        this.converter = converter;
        this.channel = channel;
        this.payloadType = payloadType;
        this.elementType = elementType;
        this.capacity = elementType.capacity();
    }

    public Type payloadType() {
        return payloadType;
    }

    public ElementType elementType() {
        return elementType;
    }

    /**
     * What an element means, or the payload of the envelope that it holds.
     *
     * @throws PayloadConversionException when it is no such payload
     */
    public Object toPayload(Object element) {
        @Nullable Object payload; // a converter returns what it likes, and JSON has a null
        try {
            payload = isOpened(element)
                    ? converter.toPayload(Envelope.parse((byte[]) element).payload(), ElementType.BYTES, payloadType)
                    : converter.toPayload(element, elementType, payloadType);
        } catch (Exception | LinkageError | StackOverflowError e) {
            throw failed("payload cannot be read", size(element), "an element that " + converter.name() + " reads as"
                    + " this type", e);
        }
        if (payload == null) {
            throw failed("payload is null", size(element), "a value", null);
        }
        return payload;
    }

    /** Whether what counts is inside of an envelope. */
    private boolean isOpened(Object element) {
        return payloadType != Envelope.class && element instanceof byte[] bytes && Envelope.isEnvelope(bytes);
    }

    /**
     * The element that carries an object.
     *
     * @throws PayloadConversionException when it cannot be written, or is larger than an element
     */
    public Object toElement(Object payload) {
        Object element;
        try {
            element = converter.toElement(payload, elementType);
        } catch (Exception | LinkageError | StackOverflowError e) {
            throw failed("payload cannot be written", -1, "an object that " + converter.name() + " writes", e);
        }
        if (!elementType.type().isInstance(element)) {
            throw failed("payload was written as " + (element == null ? "null" : element.getClass().getTypeName()), -1,
                    elementType.type().getTypeName() + " from " + converter.name(), null);
        }
        int size = size(element);
        if (size > capacity) {
            throw failed("payload does not fit", size, "at most " + capacity + " bytes; declare a larger element",
                    null);
        }
        return size < capacity && elementType.isExact() ? Arrays.copyOf((byte[]) element, capacity) : element;
    }

    private PayloadConversionException failed(String what, int size, String expected, @Nullable Throwable cause) {
        return new PayloadConversionException(what, channel, payloadType, elementType, size, expected, cause);
    }

    private static int size(Object element) {
        return switch (element) {
            case byte[] bytes -> bytes.length;
            case String text -> text.getBytes(StandardCharsets.UTF_8).length;
            default -> -1;
        };
    }
}
