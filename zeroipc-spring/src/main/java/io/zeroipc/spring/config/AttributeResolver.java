package io.zeroipc.spring.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.config.BeanExpressionContext;
import org.springframework.beans.factory.config.BeanExpressionResolver;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;

import io.zeroipc.spring.listener.InvalidListenerException;

/**
 * Reads the texts of an annotation: placeholders, then SpEL. Empty is null everywhere: not said. Failures name the
 * attribute, its text and the listener.
 */
final class AttributeResolver {

    private final BeanFactory beanFactory;
    /** What messages call the annotated thing. */
    private final String owner;

    AttributeResolver(BeanFactory beanFactory, String owner) {
        this.beanFactory = beanFactory;
        this.owner = owner;
    }

    /** The value of a text: a String, or whatever its expression yields. */
    @Nullable
    Object value(String attribute, String text) {
        if (text.isEmpty() || !(beanFactory instanceof ConfigurableBeanFactory configurable)) {
            return text.isEmpty() ? null : text;
        }
        try {
            String resolved = configurable.resolveEmbeddedValue(text);
            BeanExpressionResolver expressions = configurable.getBeanExpressionResolver();
            Object value = expressions == null
                    ? resolved
                    : expressions.evaluate(resolved, new BeanExpressionContext(configurable, null));
            return value instanceof String string && string.isEmpty() ? null : value;
        } catch (RuntimeException e) {
            throw wrong(attribute, text, "a text, placeholders that exist, or a valid expression", e);
        }
    }

    @Nullable
    String text(String attribute, String text) {
        Object value = value(attribute, text);
        return value == null ? null : value.toString().trim();
    }

    /** All values of a list: expressions may yield several, and a text may hold several with commas between. */
    List<Object> values(String attribute, String[] texts) {
        List<Object> result = new ArrayList<>();
        for (String text : texts) {
            addAll(value(attribute, text), result);
        }
        return result;
    }

    private static void addAll(@Nullable Object value, List<Object> result) {
        switch (value) {
            case null -> {
                // An optional channel that is switched off by an empty property.
            }
            case String text -> Arrays.stream(text.split(","))
                    .map(String::trim)
                    .filter(part -> !part.isEmpty())
                    .forEach(result::add);
            case Object[] array -> Arrays.stream(array).forEach(each -> addAll(each, result));
            case Iterable<?> iterable -> iterable.forEach(each -> addAll(each, result));
            default -> result.add(value);
        }
    }

    /** A bean by its name, or the very object that an expression yields. */
    <B> @Nullable B bean(String attribute, String text, Class<B> type) {
        Object value = value(attribute, text);
        if (value == null) {
            return null;
        }
        return type.isInstance(value) ? type.cast(value) : beanOf(attribute, value, type);
    }

    <B> B beanOf(String attribute, Object name, Class<B> type) {
        try {
            return beanFactory.getBean(name.toString().trim(), type);
        } catch (NoSuchBeanDefinitionException e) {
            throw wrong(attribute, name, "the name of a bean of type " + type.getName(), e);
        }
    }

    InvalidListenerException wrong(String attribute, Object value, String expected, @Nullable Throwable cause) {
        return new InvalidListenerException(
                "listener attribute is not valid: " + attribute + "=" + value + ", listener=" + owner, expected, cause);
    }
}
