package io.zeroipc.spring.integration;

import java.lang.reflect.Type;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.core.ResolvableType;

import io.zeroipc.spring.annotation.Internal;
import io.zeroipc.spring.converter.ElementType;
import io.zeroipc.spring.converter.PayloadConversion;
import io.zeroipc.spring.converter.PayloadConverters;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.ElementTypeException;
import io.zeroipc.spring.core.ElementTypes;
import io.zeroipc.spring.core.SegmentRegistry;

/** Payloads of a declared type, made of elements that a component has taken itself. Thread-safe. */
@Internal
public final class ElementPayloads {

    private final SegmentRegistry registry;
    private final ChannelName channel;
    private final Type payloadType;
    private final Class<?> rawType;
    private final PayloadConverters converters;
    private final String declaredBy;
    /** By the class of elements, which a structure has one of. */
    private final Map<Class<?>, PayloadConversion> found = new ConcurrentHashMap<>();

    /** @param declaredBy for messages */
    public ElementPayloads(SegmentRegistry registry, ChannelName channel, Type payloadType,
            PayloadConverters converters, String declaredBy) {
        this.registry = registry;
        this.channel = channel;
        this.payloadType = payloadType;
        this.rawType = ResolvableType.forType(payloadType).resolve(Object.class);
        this.converters = converters;
        this.declaredBy = declaredBy;
    }

    /** The converters of a context; plain text where it has none. */
    public static PayloadConverters convertersOf(BeanFactory beans) {
        return beans.getBeanProvider(PayloadConverters.class).getIfUnique(PayloadConverters::new);
    }

    /**
     * Finds what can be found out before there is an element.
     *
     * @throws ElementTypeException when payloads of this type cannot be had
     */
    public void check() {
        Class<?> declared = ElementTypes.declared(registry, channel);
        if (declared != null && !rawType.isAssignableFrom(declared)) {
            conversion(declared);
        }
    }

    /**
     * The payload that an element means, or the element itself.
     *
     * @throws io.zeroipc.spring.converter.PayloadConversionException when it is no such payload
     */
    public Object of(Object element) {
        return rawType.isInstance(element) ? element : conversion(element.getClass()).toPayload(element);
    }

    private PayloadConversion conversion(Class<?> elements) {
        return found.computeIfAbsent(elements, this::find);
    }

    private PayloadConversion find(Class<?> elements) {
        String name = ElementTypes.nameOf(registry, channel);
        ElementType type = new ElementType(elements, name == null ? elements.getTypeName() : name);
        @Nullable PayloadConversion conversion = converters.find(channel.toString(), payloadType, type);
        if (conversion == null) {
            throw new ElementTypeException(channel, type.name(), payloadType.getTypeName(), "declared by " + declaredBy
                    + " (expected: " + elements.getTypeName() + "; " + converters.describeMissing(type) + ")");
        }
        return conversion;
    }
}
