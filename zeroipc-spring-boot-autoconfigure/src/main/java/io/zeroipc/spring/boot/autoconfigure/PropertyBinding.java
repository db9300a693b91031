package io.zeroipc.spring.boot.autoconfigure;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.util.ClassUtils;
import org.springframework.util.unit.DataSize;

import io.zeroipc.spring.core.NearMatches;

/** Says of a value that is none of its type what may be written instead, and what may have been meant. */
final class PropertyBinding {

    private static final Pattern FIGURE = Pattern.compile("([+-]?[0-9]+(?:\\.[0-9]+)?)\\s*([A-Za-z]+)");
    private static final String UNITS_OF_SIZES = "BKMGT";
    /** What the names of units of time begin with, the longer ones first. */
    private static final List<Map.Entry<String, String>> UNITS_OF_TIMES = List.of(Map.entry("milli", "ms"),
            Map.entry("msec", "ms"), Map.entry("micro", "us"), Map.entry("nano", "ns"), Map.entry("sec", "s"),
            Map.entry("min", "m"), Map.entry("h", "h"), Map.entry("d", "d"));

    private PropertyBinding() {
    }

    /**
     * What is bound.
     *
     * @throws InvalidZeroIpcPropertyException naming the property whose value cannot be bound
     */
    static <T> T checked(Supplier<T> binding) {
        try {
            return binding.get();
        } catch (BindException e) {
            ConfigurationProperty property = e.getProperty();
            Class<?> type = e.getTarget().getType().resolve();
            if (property == null || type == null) {
                throw e;
            }
            String text = String.valueOf(property.getValue()).strip();
            throw new InvalidZeroIpcPropertyException(property.getName().toString(), text,
                    "'" + property.getName().getLastElement(Form.DASHED) + "' cannot be '" + text + "'",
                    remedy(ClassUtils.resolvePrimitiveIfNecessary(type), text), e);
        }
    }

    private static String remedy(Class<?> type, String text) {
        if (type.isEnum()) {
            List<String> words = Arrays.stream(type.getEnumConstants())
                    .map(constant -> constant.toString().toLowerCase(Locale.ROOT).replace('_', '-'))
                    .toList();
            return NearMatches.question(text, words) + "Write one of " + String.join(", ", words) + ".";
        }
        if (type == DataSize.class) {
            return size(text) + "Write a whole number and one of B, KB, MB, GB, TB, as in 64KB.";
        }
        if (type == Duration.class) {
            return time(text)
                    + "Write a whole number and one of ns, us, ms, s, m, h, d, as in 10s; without a unit it is"
                    + " milliseconds.";
        }
        if (type == Boolean.class) {
            return "Write true or false.";
        }
        if (type == Integer.class) {
            return "Write a whole number of at most " + Integer.MAX_VALUE + ", without a unit.";
        }
        if (Number.class.isAssignableFrom(type)) {
            return type == Double.class ? "Write a number, as in 0.9." : "Write a whole number, without a unit.";
        }
        if (type == List.class) {
            return "Write values with commas between them, as in 100, 50.";
        }
        return "Write what can be a " + type.getSimpleName() + ".";
    }

    /** The same size in units that there are. */
    private static String size(String text) {
        Matcher figure = FIGURE.matcher(text);
        int unit = figure.matches() ? UNITS_OF_SIZES.indexOf(Character.toUpperCase(figure.group(2).charAt(0))) : -1;
        if (unit < 0) {
            return "";
        }
        BigDecimal number = new BigDecimal(figure.group(1));
        while (unit > 0 && number.stripTrailingZeros().scale() > 0) {
            number = number.multiply(BigDecimal.valueOf(1024));
            unit--;
        }
        return number.stripTrailingZeros().scale() > 0
                ? ""
                : "Did you mean '" + number.toBigInteger() + UNITS_OF_SIZES.charAt(unit) + (unit > 0 ? "B" : "")
                        + "'? ";
    }

    private static String time(String text) {
        Matcher figure = FIGURE.matcher(text.toLowerCase(Locale.ROOT));
        if (!figure.matches() || figure.group(1).indexOf('.') >= 0) {
            return "";
        }
        return UNITS_OF_TIMES.stream()
                .filter(unit -> figure.group(2).startsWith(unit.getKey()))
                .findFirst()
                .map(unit -> "Did you mean '" + figure.group(1) + unit.getValue() + "'? ")
                .orElse("");
    }
}
