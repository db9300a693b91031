package io.zeroipc.spring.core;

import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

import io.zeroipc.segment.Structure;
import io.zeroipc.spring.core.envelope.Envelope;
import io.zeroipc.spring.core.envelope.EnvelopeSlot;

/**
 * Between what callers of a template hand over and the elements of one structure: the same thing, or an envelope with it.
 * Thread-safe.
 */
final class ElementForm {

    private final ChannelName channel;
    private final String typeName;
    private final @Nullable Class<?> type;
    private final @Nullable EnvelopeSlot slot;

    /** @param type of the elements; null when only the application's own codec knows it */
    ElementForm(ChannelName channel, Structure structure, @Nullable Class<?> type) {
        this.channel = channel;
        this.typeName = structure.elementType();
        this.type = type;
        this.slot = EnvelopeSlot.of(typeName).orElse(null);
    }

    String typeName() {
        return typeName;
    }

    @Nullable
    Class<?> type() {
        return type;
    }

    /** Whether elements are plain bytes: an envelope has room there. */
    boolean holdsEnvelopes() {
        return slot != null;
    }

    /**
     * The element for something that is sent.
     *
     * @param headers null to send bytes as they are; otherwise they go along where there is room for an envelope
     * @throws ElementTypeException when it is neither an element nor an envelope
     * @throws io.zeroipc.spring.core.envelope.EnvelopeTooLargeException when the envelope does not fit
     */
    Object element(Object payload, @Nullable Map<String, String> headers) {
        if (payload instanceof Envelope envelope) {
            return requireSlot(payload.getClass()).fill(withHeaders(envelope.toBuilder(), headers));
        }
        if (type != null && !type.isInstance(payload)) {
            throw mismatch(payload.getClass());
        }
        if (headers == null || slot == null || !(payload instanceof byte[] bytes)) {
            return payload;
        }
        return slot.fill(withHeaders(Envelope.of(bytes), headers));
    }

    /**
     * Compares what a receiver wants with what is there, before anything is taken.
     *
     * @throws ElementTypeException when it cannot be had
     */
    void requireReceivable(Class<?> wanted) {
        if (wanted == Envelope.class) {
            requireSlot(wanted);
        } else if (type != null && !ClassUtils.isAssignable(wanted, type)) {
            throw mismatch(wanted);
        }
    }

    /**
     * What a receiver gets for an element.
     *
     * @param opened whether the payload of an envelope is handed out in its place
     * @throws ElementTypeException when the element is of another type
     * @throws io.zeroipc.spring.core.envelope.EnvelopeFormatException when an envelope is wanted and there is none
     */
    <T> T payload(Object element, Class<T> wanted, boolean opened) {
        Object payload = element;
        if (element instanceof byte[] bytes && slot != null) {
            if (wanted == Envelope.class) {
                payload = Envelope.parse(bytes);
            } else if (opened && Envelope.isEnvelope(bytes)) {
                payload = Envelope.parse(bytes).payload();
            }
        }
        if (!wanted.isInstance(payload)) {
            throw mismatch(wanted);
        }
        return wanted.cast(payload);
    }

    ElementTypeException mismatch(Class<?> wanted) {
        return new ElementTypeException(channel, typeName, wanted.getTypeName(), "of the template"
                + (type == null ? "" : " (expected: " + type.getTypeName() + ")"));
    }

    private EnvelopeSlot requireSlot(Class<?> wanted) {
        if (slot == null) {
            throw new ElementTypeException(channel, typeName, wanted.getTypeName(),
                    "of the template (expected: a channel of frame(n) or bytes(n), which can hold an envelope)");
        }
        return slot;
    }

    /** What the sender has said itself stays. */
    private static Envelope withHeaders(Envelope.Builder builder, @Nullable Map<String, String> headers) {
        Envelope envelope = builder.build();
        if (headers == null || headers.isEmpty()) {
            return envelope;
        }
        Envelope.Builder more = envelope.toBuilder();
        headers.forEach((name, value) -> {
            if (envelope.header(name).isEmpty()) {
                more.header(name, value);
            }
        });
        return more.build();
    }
}
