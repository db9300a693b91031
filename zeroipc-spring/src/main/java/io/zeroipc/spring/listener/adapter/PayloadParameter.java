package io.zeroipc.spring.listener.adapter;

import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.List;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.springframework.core.GenericTypeResolver;
import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.Headers;
import org.springframework.messaging.handler.annotation.Payload;
import org.springframework.messaging.support.MessageHeaderAccessor;
import org.springframework.util.ClassUtils;

import io.zeroipc.flow.Loan;
import io.zeroipc.flow.Sample;
import io.zeroipc.spring.converter.ElementType;
import io.zeroipc.spring.converter.PayloadConversion;
import io.zeroipc.spring.converter.PayloadConverters;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.ElementTypeException;
import io.zeroipc.spring.listener.Acknowledgment;
import io.zeroipc.spring.listener.InvalidListenerException;
import io.zeroipc.spring.listener.PayloadForm;

/**
 * What a listener method declares as its payload.
 *
 * @param list whether it is a {@code List}: the method takes batches
 * @param type the element, in a batch or alone; {@code Object} when it is left open or there is no payload at all
 * @param genericType the same with its type arguments
 */
record PayloadParameter(boolean list, Class<?> type, Type genericType) {

    /**
     * Looks for the payload among the parameters: the annotated one, else the only one that is nothing else, else the
     * payload of the message.
     *
     * @param batches whether a {@code List} is a batch; otherwise it is made of one element
     * @throws InvalidListenerException when there is more than one, or one of a kind that cannot be delivered
     */
    static PayloadParameter of(Method method, Class<?> beanType, boolean batches) {
        List<MethodParameter> parameters = IntStream.range(0, method.getParameterCount())
                .mapToObj(index -> new MethodParameter(method, index).withContainingClass(beanType))
                .toList();
        List<MethodParameter> annotated = parameters.stream()
                .filter(each -> each.hasParameterAnnotation(Payload.class))
                .toList();
        List<MethodParameter> plain = parameters.stream().filter(PayloadParameter::isPlain).toList();
        List<MethodParameter> candidates = annotated.isEmpty() ? plain : annotated;
        if (candidates.size() > 1) {
            throw refused(method, "it has more than one payload parameter",
                    "one payload; mark the others with @Header, or the payload with @Payload");
        }
        if (!candidates.isEmpty()) {
            Payload payload = candidates.getFirst().getParameterAnnotation(Payload.class);
            if (payload != null && !(payload.value() + payload.expression()).isEmpty()) {
                throw refused(method, "its payload is given by an expression",
                        "@Payload without one; the method itself takes from the payload what it wants");
            }
            return describe(method, beanType, batches, ResolvableType.forMethodParameter(candidates.getFirst()));
        }
        return parameters.stream()
                .filter(PayloadParameter::isMessage)
                .findFirst()
                .map(each -> describe(method, beanType, batches,
                        ResolvableType.forMethodParameter(each).as(Message.class).getGeneric(0)))
                .orElseGet(() -> of(Object.class, false));
    }

    /** What is written down as a class. */
    static PayloadParameter of(Class<?> type, boolean list) {
        return new PayloadParameter(list, type, type);
    }

    /**
     * The form in which elements of a type are delivered to this parameter.
     *
     * @param elementType null when it is not known: the first element will tell
     * @throws ElementTypeException when they cannot be
     */
    PayloadForm formOf(ChannelName channel, String elementTypeName, @Nullable Class<?> elementType, String declaredBy,
            PayloadConverters converters) {
        PayloadForm form = PayloadForm.of(type, elementType);
        String declared = list ? "List<" + genericType.getTypeName() + ">" : genericType.getTypeName();
        String own = elementType == null ? "its own type" : nameOf(elementType, elementTypeName);
        // Whoever sends to a topic decides: it has no element type that could be changed.
        String remedy = isTopicMessage(elementTypeName)
                ? "Change the type of the parameter, to Sample or byte[] for example."
                : null;
        if (type == Loan.class) {
            throw new ElementTypeException(channel, elementTypeName, declared, "declared by " + declaredBy
                    + " (expected: " + own
                    + ", byte[] or MemorySegment; a Loan is what the template's method loan gives,"
                    + " to send)");
        }
        if (form == PayloadForm.VIEW && list) {
            throw new ElementTypeException(channel, elementTypeName, declared, "declared by " + declaredBy
                    + " (expected: a List of " + own + " or byte[]; a view is gone when its call returns)", remedy);
        }
        if (form != PayloadForm.VALUE || elementType == null || ClassUtils.isAssignable(type, elementType)) {
            return form;
        }
        ElementType element = new ElementType(elementType, elementTypeName);
        PayloadConversion conversion = converters.find(channel.toString(), genericType, element);
        if (conversion != null) {
            return PayloadForm.converted(conversion);
        }
        throw new ElementTypeException(channel, elementTypeName, declared, "declared by " + declaredBy + " (expected: "
                + own + (list ? " or byte[] in the List; " : ", byte[] or MemorySegment; ")
                + converters.describeMissing(element) + ")", remedy);
    }

    /** Those of a topic have a type of their own, and are taken as bytes as well. */
    private static String nameOf(Class<?> elementType, String elementTypeName) {
        return (isTopicMessage(elementTypeName) ? Sample.class : elementType).getTypeName();
    }

    private static boolean isTopicMessage(String elementTypeName) {
        return elementTypeName.startsWith("message(");
    }

    private static PayloadParameter describe(Method method, Class<?> beanType, boolean batches,
            ResolvableType payload) {
        Class<?> type = payload.resolve(Object.class);
        if (type != List.class || !batches) {
            return new PayloadParameter(false, type, generic(payload, type, beanType));
        }
        Class<?> element = payload.getGeneric(0).resolve(Object.class);
        if (Message.class.isAssignableFrom(element)) {
            throw refused(method, "a batch of messages is not supported",
                    "List of the element, or Message of such a List");
        }
        return new PayloadParameter(true, element, generic(payload.getGeneric(0), element, beanType));
    }

    /** With type arguments where there are some, and without variables of the bean's class. */
    private static Type generic(ResolvableType type, Class<?> raw, Class<?> beanType) {
        return type.hasGenerics() ? GenericTypeResolver.resolveType(type.getType(), beanType) : raw;
    }

    /** Whether a parameter can be nothing but the payload. */
    private static boolean isPlain(MethodParameter parameter) {
        Class<?> raw = parameter.getParameterType();
        return !isMessage(parameter) && !parameter.hasParameterAnnotation(Header.class)
                && !parameter.hasParameterAnnotation(Headers.class) && !MessageHeaders.class.isAssignableFrom(raw)
                && !MessageHeaderAccessor.class.isAssignableFrom(raw) && raw != Acknowledgment.class;
    }

    private static boolean isMessage(MethodParameter parameter) {
        return Message.class.isAssignableFrom(parameter.getParameterType());
    }

    static InvalidListenerException refused(Method method, String what, String expected) {
        return new InvalidListenerException(
                "listener method is not supported, " + what + ": method=" + method.toGenericString(), expected, null);
    }
}
