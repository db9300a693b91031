package io.zeroipc.spring.listener.adapter;

import java.lang.annotation.Annotation;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.core.Conventions;
import org.springframework.core.MethodParameter;
import org.springframework.messaging.Message;
import org.springframework.messaging.converter.MessageConverter;
import org.springframework.messaging.handler.annotation.support.MethodArgumentNotValidException;
import org.springframework.messaging.handler.annotation.support.PayloadMethodArgumentResolver;
import org.springframework.validation.BeanPropertyBindingResult;
import org.springframework.validation.SmartValidator;
import org.springframework.validation.Validator;
import org.springframework.validation.annotation.ValidationAnnotationUtils;

/** Resolves payloads as they are, empty ones too, and validates them, the elements of a list one by one. */
final class PayloadArgumentResolver extends PayloadMethodArgumentResolver {

    private final @Nullable Validator validator;

    PayloadArgumentResolver(MessageConverter converter, @Nullable Validator validator) {
        super(converter, validator, true);
        this.validator = validator;
    }

    static boolean asksForValidation(Annotation annotation) {
        return ValidationAnnotationUtils.determineValidationHints(annotation) != null;
    }

    /** An empty text or frame is an element like any other. */
    @Override
    protected boolean isEmptyPayload(@Nullable Object payload) {
        return payload == null;
    }

    @Override
    protected void validate(Message<?> message, MethodParameter parameter, Object target) {
        if (validator == null) {
            return;
        }
        for (Annotation annotation : parameter.getParameterAnnotations()) {
            Object[] hints = ValidationAnnotationUtils.determineValidationHints(annotation);
            if (hints != null) {
                validate(validator, hints, message, parameter, target);
                return;
            }
        }
    }

    private static void validate(Validator validator, Object[] hints, Message<?> message, MethodParameter parameter,
            Object target) {
        String name = parameter.getParameterName();
        String object = name == null ? Conventions.getVariableNameForParameter(parameter) : name;
        if (target instanceof List<?> elements) {
            for (int i = 0; i < elements.size(); i++) {
                validate(validator, hints, message, parameter, elements.get(i), object + "[" + i + "]");
            }
        } else {
            validate(validator, hints, message, parameter, target, object);
        }
    }

    private static void validate(Validator validator, Object[] hints, Message<?> message, MethodParameter parameter,
            Object target, String name) {
        BeanPropertyBindingResult result = new BeanPropertyBindingResult(target, name);
        if (hints.length > 0 && validator instanceof SmartValidator smart) {
            smart.validate(target, result, hints);
        } else {
            validator.validate(target, result);
        }
        if (result.hasErrors()) {
            throw new MethodArgumentNotValidException(message, parameter, result);
        }
    }
}
