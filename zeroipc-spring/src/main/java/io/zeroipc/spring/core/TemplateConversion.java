package io.zeroipc.spring.core;

import java.lang.reflect.Type;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import org.springframework.messaging.Message;

import io.zeroipc.spring.converter.ElementType;
import io.zeroipc.spring.converter.PayloadConversion;
import io.zeroipc.spring.converter.PayloadConverters;
import io.zeroipc.spring.core.envelope.Envelope;

/** The ways between the objects of a template's callers and the elements of channels, each looked for once. Thread-safe. */
final class TemplateConversion {

    private final PayloadConverters converters;
    private final Map<Way, Optional<PayloadConversion>> found = new ConcurrentHashMap<>();

    private record Way(ChannelName channel, Type payload, ElementType element) {}

    TemplateConversion(PayloadConverters converters) {
        this.converters = converters;
    }

    /**
     * What can be sent for an object: the object itself where it is an element or an envelope. Of a message its payload, in an
     * envelope with its headers where those can travel.
     */
    Object toElement(ChannelName channel, ElementForm form, Object payload, boolean enveloped) {
        boolean inEnvelope = enveloped && form.holdsEnvelopes();
        if (!(payload instanceof Message<?> message)) {
            return plainToElement(channel, form, payload, inEnvelope);
        }
        if (!inEnvelope) {
            return plainToElement(channel, form, message.getPayload(), false);
        }
        return enveloped(channel, message);
    }

    private Envelope enveloped(ChannelName channel, Message<?> message) {
        Envelope.Builder envelope = message.getPayload() instanceof Envelope made
                ? made.toBuilder()
                : Envelope.of(toBytes(channel, message.getPayload()));
        TravellingHeaders.of(message.getHeaders()).forEach(envelope::header);
        return envelope.build();
    }

    /** The envelope of a request or a reply: one as it is, and of a message its payload with its headers. */
    Envelope toEnvelope(ChannelName channel, Object content) {
        return switch (content) {
            case Envelope made -> made;
            case Message<?> message -> enveloped(channel, message);
            default -> Envelope.of(toBytes(channel, content)).build();
        };
    }

    private Object plainToElement(ChannelName channel, ElementForm form, Object payload, boolean inEnvelope) {
        Class<?> elements = form.type();
        if (elements == null || elements.isInstance(payload) || payload instanceof Envelope) {
            return payload;
        }
        ElementType target = inEnvelope ? ElementType.BYTES : new ElementType(elements, form.typeName());
        return require(channel, payload.getClass(), target).toElement(payload);
    }

    /** The way from elements to a type; null when they are of that type. */
    @Nullable
    PayloadConversion toPayload(ChannelName channel, ElementForm form, Type wanted) {
        Class<?> elements = form.type();
        if (elements == null || (wanted instanceof Class<?> type && type.isAssignableFrom(elements))) {
            return null;
        }
        return require(channel, wanted, new ElementType(elements, form.typeName()));
    }

    /** The payload of an envelope for an object. */
    byte[] toBytes(ChannelName channel, Object payload) {
        return payload instanceof byte[] bytes
                ? bytes
                : (byte[]) require(channel, payload.getClass(), ElementType.BYTES).toElement(payload);
    }

    /** What an envelope carries. */
    <T> T fromEnvelope(ChannelName channel, Envelope envelope, Class<T> wanted) {
        if (wanted == Envelope.class) {
            return wanted.cast(envelope);
        }
        return wanted.cast(wanted == byte[].class
                ? envelope.payload()
                : require(channel, wanted, ElementType.BYTES).toPayload(envelope.payload()));
    }

    /**
     * Finds what can be found out before there is a reply.
     *
     * @throws ElementTypeException when no converter knows the type
     */
    void requireReadable(ChannelName channel, Class<?> wanted) {
        if (wanted != Envelope.class && wanted != byte[].class) {
            require(channel, wanted, ElementType.BYTES);
        }
    }

    private PayloadConversion require(ChannelName channel, Type payload, ElementType element) {
        return found.computeIfAbsent(new Way(channel, payload, element),
                way -> Optional.ofNullable(converters.find(channel.toString(), payload, element)))
                .orElseThrow(() -> new ElementTypeException(channel, element.name(), payload.getTypeName(),
                        "of the template (expected: " + element.type().getTypeName() + "; "
                                + converters.describeMissing(element) + ")"));
    }
}
