package io.zeroipc.spring.config;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanNotOfRequiredTypeException;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.datetime.standard.DurationFormatterUtils;

import io.zeroipc.spring.annotation.Internal;
import io.zeroipc.spring.core.NearMatches;
import io.zeroipc.spring.listener.InvalidSettingException;
import io.zeroipc.spring.listener.ListenerSetting;
import io.zeroipc.spring.listener.ListenerSettings;
import io.zeroipc.spring.listener.ListenerWaitStrategy;
import io.zeroipc.wait.WaitStrategy;

/**
 * Makes the value of a setting of what an annotation or a property says: by the setting's type, so that a new setting
 * needs nothing here. What is neither a number, a duration, a word nor a text is the name of a bean.
 */
@Internal
public final class ListenerSettingConverter {

    private static final List<String> WAIT_STRATEGIES = List.of("block", "spin", "yield", "backoff", "park");

    private final BeanFactory beanFactory;

    /** @param beanFactory has the beans that settings name */
    public ListenerSettingConverter(BeanFactory beanFactory) {
        this.beanFactory = beanFactory;
    }

    /**
     * Sets what is said.
     *
     * @param value a text, or already a value of the setting's type
     * @throws InvalidSettingException when the text is no such value, or one that cannot work
     */
    public <V> void apply(ListenerSetting<V> setting, Object value, ListenerSettings settings) {
        settings.set(setting, convert(setting, value));
    }

    private <V> V convert(ListenerSetting<V> setting, Object value) {
        Class<V> type = setting.type();
        if (type.isInstance(value)) {
            return type.cast(value);
        }
        V word = setting.words().get(value.toString().trim().toLowerCase(Locale.ROOT));
        return word != null ? word : type.cast(parse(setting, value));
    }

    private Object parse(ListenerSetting<?> setting, Object value) {
        Class<?> type = setting.type();
        String text = value.toString().trim();
        if (type == String.class) {
            return text;
        }
        if (type == Boolean.class) {
            return bool(setting, text);
        }
        if (type == Integer.class || type == Long.class || type == Double.class) {
            return number(setting, type, text);
        }
        if (type == Duration.class) {
            return duration(setting, text);
        }
        if (type == ListenerWaitStrategy.class) {
            return value instanceof WaitStrategy strategy
                    ? new ListenerWaitStrategy(strategy.toString(), strategy)
                    : waitStrategy(setting, text);
        }
        return type.isEnum() ? constant(setting, type, text) : bean(setting, type, text);
    }

    private static Boolean bool(ListenerSetting<?> setting, String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> Boolean.TRUE;
            case "false" -> Boolean.FALSE;
            default -> throw new InvalidSettingException(setting, text, "true or false", null);
        };
    }

    private static Number number(ListenerSetting<?> setting, Class<?> type, String text) {
        try {
            if (type == Double.class) {
                return Double.valueOf(text);
            }
            return type == Integer.class ? (Number) Integer.valueOf(text) : (Number) Long.valueOf(text);
        } catch (NumberFormatException e) {
            throw new InvalidSettingException(setting, text, type == Double.class ? "a number" : "a whole number", e);
        }
    }

    private static Duration duration(ListenerSetting<?> setting, String text) {
        try {
            return DurationFormatterUtils.detectAndParse(text, DurationFormat.Unit.MILLIS);
        } catch (IllegalArgumentException e) {
            throw new InvalidSettingException(setting, text, "a duration such as 500ms, PT2S, or milliseconds", e);
        }
    }

    private static Object constant(ListenerSetting<?> setting, Class<?> type, String text) {
        Object[] constants = type.getEnumConstants();
        return Arrays.stream(constants)
                .filter(constant -> spelling(constant).equals(spelling(text)))
                .findFirst()
                .orElseThrow(() -> {
                    List<String> words = Arrays.stream(constants).map(ListenerSettingConverter::spelling).toList();
                    return new InvalidSettingException(setting, text,
                            nearOrAll(text, words, String.join(", ", words)), null);
                });
    }

    /** What may be written: the words that are near, and all of them. */
    private static String nearOrAll(String text, List<String> words, String all) {
        List<String> near = NearMatches.of(text, words);
        return near.isEmpty() ? "one of " + all : String.join(" or ", near) + " (one of " + all + ")";
    }

    private static String spelling(Object constant) {
        return constant.toString().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private ListenerWaitStrategy waitStrategy(ListenerSetting<?> setting, String name) {
        try {
            return ListenerWaitStrategy.ofName(name);
        } catch (IllegalArgumentException e) {
            if (beanFactory.containsBean(name) && beanFactory.isTypeMatch(name, WaitStrategy.class)) {
                return new ListenerWaitStrategy(name, beanFactory.getBean(name, WaitStrategy.class));
            }
            throw new InvalidSettingException(setting, name,
                    nearOrAll(name, WAIT_STRATEGIES,
                            String.join(", ", WAIT_STRATEGIES) + ", or the name of a WaitStrategy bean"),
                    e);
        }
    }

    private Object bean(ListenerSetting<?> setting, Class<?> type, String name) {
        try {
            return beanFactory.getBean(name, type);
        } catch (NoSuchBeanDefinitionException | BeanNotOfRequiredTypeException e) {
            throw new InvalidSettingException(setting, name, "the name of a bean of type " + type.getName(), e);
        }
    }
}
