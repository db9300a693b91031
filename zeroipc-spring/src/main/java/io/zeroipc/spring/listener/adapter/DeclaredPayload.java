package io.zeroipc.spring.listener.adapter;

import java.lang.reflect.Type;

import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;

import io.zeroipc.spring.annotation.Internal;
import io.zeroipc.spring.converter.PayloadConverters;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.listener.PayloadForm;

/**
 * A payload type that is declared by something else than a method: an adapter, for example.
 *
 * @param type with its type arguments; {@code Object} for elements as they are
 * @param list whether calls take a {@code List} of them
 * @param declaredBy what messages call whoever declared it
 */
@Internal
public record DeclaredPayload(Type type, boolean list, String declaredBy) {

    /**
     * The form in which elements are delivered.
     *
     * @param elementType null when it is not known: the first element will tell
     * @throws io.zeroipc.spring.core.ElementTypeException when they cannot be
     */
    public PayloadForm formOf(ChannelName channel, String elementTypeName, @Nullable Class<?> elementType,
            PayloadConverters converters) {
        Class<?> raw = ResolvableType.forType(type).resolve(Object.class);
        return new PayloadParameter(list, raw, type).formOf(channel, elementTypeName, elementType, declaredBy,
                converters);
    }
}
