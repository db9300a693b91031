package io.zeroipc.spring.listener.adapter;

import java.util.Collection;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;
import org.springframework.util.function.SingletonSupplier;

import io.zeroipc.spring.annotation.Internal;
import io.zeroipc.spring.converter.ElementType;
import io.zeroipc.spring.converter.PayloadConversion;
import io.zeroipc.spring.converter.PayloadConverters;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.ElementTypeException;
import io.zeroipc.spring.core.ElementTypes;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.core.SendTargets;
import io.zeroipc.spring.core.UnknownChannelException;
import io.zeroipc.spring.core.UnsupportedChannelTypeException;
import io.zeroipc.spring.core.UserCode;
import io.zeroipc.spring.core.ZeroIpcOperations;
import io.zeroipc.spring.core.envelope.Envelope;
import io.zeroipc.spring.core.envelope.EnvelopeFormatException;
import io.zeroipc.spring.core.envelope.EnvelopeHeaders;
import io.zeroipc.spring.listener.ElementMessage;
import io.zeroipc.spring.listener.ReplyNotSentException;

/**
 * Sends what a listener returns: to the channel that its request names, or else to the one that the listener names.
 * Waits, and fails, as the template of the application does. Thread-safe.
 */
@Internal
public final class Replies {

    private final @Nullable String sendTo;
    private final SegmentRegistry registry;
    private final SingletonSupplier<ZeroIpcOperations> template;
    private final PayloadConverters converters;

    /**
     * @param sendTo where results go that no request asked for, {@code segment/structure}; null when nowhere
     * @param template asked for when there is something to send
     * @param converters make elements of results that are none
     */
    public Replies(@Nullable String sendTo, SegmentRegistry registry, Supplier<ZeroIpcOperations> template,
            PayloadConverters converters) {
        this.sendTo = sendTo;
        this.registry = registry;
        this.template = SingletonSupplier.of(template);
        this.converters = converters;
    }

    boolean hasTarget() {
        return sendTo != null;
    }

    /**
     * Finds what can be found out before there is a result.
     *
     * @param resultType what the method returns
     * @throws UnknownChannelException when nobody declared the target
     * @throws UnsupportedChannelTypeException when nothing can be sent there
     * @throws ElementTypeException when it carries something else
     */
    void check(String listener, Class<?> resultType) {
        if (sendTo == null) {
            return;
        }
        ChannelName target = registry.channel(sendTo);
        SendTargets.check(registry, target, "@SendTo of listener " + listener);
        Class<?> elements = ElementTypes.declared(registry, target);
        if (elements != null && !isOpen(resultType)) {
            element(target, resultType, listener);
        }
    }

    /** Whether only a result itself tells its type. */
    private static boolean isOpen(Class<?> resultType) {
        return resultType == Object.class || Collection.class.isAssignableFrom(resultType);
    }

    /**
     * Sends a result. Each element of a collection is sent by itself, in its order, unless a request asked for it.
     *
     * @throws ReplyNotSentException when that failed
     */
    void send(String listener, ElementMessage request, Object result) {
        Envelope asking = request(request);
        String channel = asking == null ? sendTo : asking.header(EnvelopeHeaders.REPLY_CHANNEL).orElseThrow();
        if (channel == null) {
            // Nobody asked.
            return;
        }
        // Results, converters and templates are code of the application: whatever they throw, the method has done its work.
        Throwable thrown = UserCode.run(() -> send(registry.channel(channel), asking, result, listener));
        if (thrown != null) {
            throw new ReplyNotSentException(listener, channel, thrown);
        }
    }

    private void send(ChannelName target, @Nullable Envelope asking, Object result, String listener) {
        if (asking != null) {
            template.obtain().reply(asking, result instanceof Envelope ? result : bytes(target, result, listener));
        } else if (result instanceof Collection<?> elements) {
            elements.forEach(each -> sendElement(target, each, listener));
        } else {
            sendElement(target, result, listener);
        }
    }

    private void sendElement(ChannelName target, Object result, String listener) {
        PayloadConversion conversion = element(target, result.getClass(), listener);
        template.obtain().send(target.toString(), conversion == null ? result : conversion.toElement(result));
    }

    /** The way from a result to an element; null when it is one, or nobody knows. */
    private @Nullable PayloadConversion element(ChannelName target, Class<?> resultType, String listener) {
        if (resultType == Envelope.class) {
            return null;
        }
        String name = ElementTypes.nameOf(registry, target);
        Class<?> type = registry.findStructure(target)
                .<Class<?>>map(structure -> ElementTypes.of(registry, structure, null))
                .orElseGet(() -> ElementTypes.declared(registry, target));
        if (name == null || type == null || ClassUtils.isAssignable(type, resultType)) {
            return null;
        }
        ElementType elements = new ElementType(type, name);
        PayloadConversion conversion = converters.find(target.toString(), resultType, elements);
        if (conversion == null) {
            throw new ElementTypeException(target, name, resultType.getTypeName(), "returned by listener " + listener
                    + " (expected: " + type.getTypeName() + "; " + converters.describeMissing(elements) + ")");
        }
        return conversion;
    }

    private byte[] bytes(ChannelName target, Object result, String listener) {
        if (result instanceof byte[] bytes) {
            return bytes;
        }
        PayloadConversion conversion = converters.find(target.toString(), result.getClass(), ElementType.BYTES);
        if (conversion == null) {
            throw new ElementTypeException(target, ElementType.BYTES.name(), result.getClass().getTypeName(),
                    "returned by listener " + listener + " (expected: byte[]; "
                            + converters.describeMissing(ElementType.BYTES) + ")");
        }
        return (byte[]) conversion.toElement(result);
    }

    /** The envelope in which a request came that wants a reply; null when it wants none. */
    private static @Nullable Envelope request(ElementMessage message) {
        if (message.element() instanceof byte[] bytes && Envelope.isEnvelope(bytes)) {
            try {
                Envelope envelope = Envelope.parse(bytes);
                return envelope.header(EnvelopeHeaders.REPLY_CHANNEL).isPresent() ? envelope : null;
            } catch (EnvelopeFormatException e) {
                return null;
            }
        }
        return null;
    }
}
