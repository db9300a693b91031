package io.zeroipc.spring.converter;

import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/** The converters of an application in the order in which they are asked. Thread-safe. */
public final class PayloadConverters {

    /** Has the way between envelopes and bytes to itself: a converter that takes every type would write one as JSON. */
    private static final PayloadConverter ENVELOPES = new EnvelopePayloadConverter();

    private final List<PayloadConverter> converters;

    /** Plain text, and nothing else. */
    public PayloadConverters() {
        this(List.of());
    }

    /** @param converters asked in this order, and before plain text; envelopes need none */
    public PayloadConverters(Collection<? extends PayloadConverter> converters) {
        List<PayloadConverter> all = new ArrayList<>(converters);
        all.add(new TextPayloadConverter());
        this.converters = List.copyOf(all);
    }

    /** These converters, and another that is asked before them. */
    public PayloadConverters withFirst(PayloadConverter first) {
        List<PayloadConverter> all = new ArrayList<>(converters);
        all.addFirst(first);
        // Plain text is the last one and comes again.
        all.removeLast();
        return new PayloadConverters(all);
    }

    /**
     * Looks for the way between a type and the elements of a channel.
     *
     * @param channel for messages
     * @param payloadType not the element's own type
     * @return null when no converter can
     */
    public @Nullable PayloadConversion find(String channel, Type payloadType, ElementType elementType) {
        if (ENVELOPES.canConvert(payloadType, elementType)) {
            return new PayloadConversion(ENVELOPES, channel, payloadType, elementType);
        }
        for (PayloadConverter converter : converters) {
            if (converter.canConvert(payloadType, elementType)) {
                return new PayloadConversion(converter, channel, payloadType, elementType);
            }
        }
        return null;
    }

    /** Tells what is there, and the way out, where nothing was found: a part of a message. */
    public String describeMissing(ElementType elementType) {
        String asked = "converters="
                + converters.stream().map(PayloadConverter::name).collect(Collectors.joining(", ", "[", "]"));
        if (elementType.isBytes() || elementType.isText()) {
            return asked + "; a bean of type PayloadConverter converts, and one of type JsonMapper brings JSON"
                    + " (spring-boot-starter-jackson)";
        }
        return asked + "; objects are converted on channels of frame(n), bytes(n) or string(n)";
    }
}
