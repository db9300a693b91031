package io.zeroipc.spring.listener.adapter;

import java.lang.reflect.Method;
import java.util.Map;
import java.util.stream.Collectors;

import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.MethodParameter;
import org.springframework.core.convert.ConversionService;
import org.springframework.format.support.DefaultFormattingConversionService;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.ValueConstants;

import io.zeroipc.spring.core.NearMatches;
import io.zeroipc.spring.core.ZeroIpcHeaders;

/** What a listener method asks for by {@link Header}: elements have the headers that the framework makes, and no others. */
final class HeaderParameters {

    private static final Map<String, Class<?>> HEADERS = Map.of(ZeroIpcHeaders.SEGMENT, String.class,
            ZeroIpcHeaders.STRUCTURE, String.class, ZeroIpcHeaders.SEQUENCE, Long.class, ZeroIpcHeaders.LISTENER_ID,
            String.class, ZeroIpcHeaders.DELIVERY_ATTEMPT, Integer.class);
    private static final String KNOWN = HEADERS.entrySet()
            .stream()
            .map(entry -> entry.getKey() + " (" + entry.getValue().getSimpleName() + ")")
            .sorted()
            .collect(Collectors.joining(", ", "one of ", ", which are constants of ZeroIpcHeaders"));
    private static final ConversionService CONVERSION = new DefaultFormattingConversionService();
    private static final DefaultParameterNameDiscoverer NAMES = new DefaultParameterNameDiscoverer();

    private HeaderParameters() {
    }

    /** @throws io.zeroipc.spring.listener.InvalidListenerException when a header will never be there, or never of that type */
    static void check(Method method) {
        for (int i = 0; i < method.getParameterCount(); i++) {
            MethodParameter parameter = new MethodParameter(method, i);
            parameter.initParameterNameDiscovery(NAMES);
            Header header = parameter.getParameterAnnotation(Header.class);
            if (header != null) {
                check(method, parameter, header);
            }
        }
    }

    private static String name(Header header, MethodParameter parameter) {
        // The attributes are aliases of each other, which reflection does not know.
        String given = header.name().isEmpty() ? header.value() : header.name();
        return given.isEmpty() ? String.valueOf(parameter.getParameterName()) : given;
    }

    private static void check(Method method, MethodParameter parameter, Header header) {
        String name = name(header, parameter);
        Class<?> type = HEADERS.get(name);
        boolean needed = header.required() && header.defaultValue().equals(ValueConstants.DEFAULT_NONE)
                && !parameter.isOptional();
        // What a placeholder stands for is found out when an element comes.
        if (type == null && (!needed || name.contains("${") || name.contains("#{"))) {
            return;
        }
        if (type == null) {
            String near = NearMatches.of("zeroipc_" + name, HEADERS.keySet())
                    .stream()
                    .findFirst()
                    .map(nearest -> nearest + ", or another ")
                    .orElse("");
            throw PayloadParameter.refused(method, "there is no header '" + name + "'", near + KNOWN);
        }
        Class<?> wanted = parameter.nestedIfOptional().getNestedParameterType();
        if (!CONVERSION.canConvert(type, wanted)) {
            throw PayloadParameter.refused(method, "header '" + name + "' is no " + wanted.getTypeName(),
                    "a parameter of type " + type.getSimpleName());
        }
    }
}
