package io.zeroipc.spring.listener.adapter;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.messaging.converter.GenericMessageConverter;
import org.springframework.messaging.handler.annotation.support.DefaultMessageHandlerMethodFactory;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;
import org.springframework.messaging.handler.invocation.InvocableHandlerMethod;
import org.springframework.util.ClassUtils;
import org.springframework.validation.Validator;

import io.zeroipc.spring.annotation.Internal;

/**
 * Resolves the arguments of listener methods: headers, messages, whatever the application's own resolvers do, and the
 * payload, validated where it is annotated for that.
 */
@Internal
public final class ListenerMethodFactory extends DefaultMessageHandlerMethodFactory {

    private final @Nullable Validator validator;
    private List<HandlerMethodArgumentResolver> resolvers = List.of();

    /** @param validator null when there is none: methods that want their payload validated are refused then */
    public ListenerMethodFactory(@Nullable Validator validator) {
        this.validator = validator;
    }

    @Override
    protected List<HandlerMethodArgumentResolver> initArgumentResolvers() {
        List<HandlerMethodArgumentResolver> all = new ArrayList<>(super.initArgumentResolvers());
        all.removeLast(); // that of Spring, which takes what nobody else does
        all.add(new PayloadArgumentResolver(new GenericMessageConverter(), validator));
        resolvers = List.copyOf(all);
        return all;
    }

    /** Whether all that a method takes is the payload as it is: no other resolver wants its parameter, and nobody validates. */
    boolean takesPayloadAlone(Method method) {
        if (method.getParameterCount() != 1 || isValidated(method)) {
            return false;
        }
        MethodParameter parameter = new MethodParameter(method, 0);
        return resolvers.stream()
                .filter(resolver -> resolver.supportsParameter(parameter))
                .findFirst()
                .filter(PayloadArgumentResolver.class::isInstance)
                .isPresent();
    }

    /**
     * @throws io.zeroipc.spring.listener.InvalidListenerException when the payload is to be validated and nobody can, or a
     *         parameter asks for a header that no element has
     */
    @Override
    public InvocableHandlerMethod createInvocableHandlerMethod(Object bean, Method method) {
        HeaderParameters.check(method);
        if (isValidated(method)) {
            Class<?> type = PayloadParameter.of(method, ClassUtils.getUserClass(bean), true).type();
            if (validator == null || (type != Object.class && !validator.supports(type))) {
                throw PayloadParameter.refused(method,
                        "its payload is to be validated and there is no validator for it: type=" + type.getTypeName()
                                + ", validator=" + (validator == null ? "none" : validator.getClass().getName()),
                        "spring-boot-starter-validation, or a Validator that supports the type");
            }
        }
        return super.createInvocableHandlerMethod(bean, method);
    }

    private static boolean isValidated(Method method) {
        return IntStream.range(0, method.getParameterCount())
                .mapToObj(index -> new MethodParameter(method, index))
                .flatMap(parameter -> Stream.of(parameter.getParameterAnnotations()))
                .anyMatch(PayloadArgumentResolver::asksForValidation);
    }
}
