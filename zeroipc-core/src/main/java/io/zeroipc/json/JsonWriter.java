package io.zeroipc.json;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/** Writes one value. For one use. */
final class JsonWriter {

    /** Lists and objects of up to so many characters stay on one line. */
    private static final int LINE_MAX = 100;

    private static final int SCALE_MAX = 18;

    private final String indent;
    private final StringBuilder out = new StringBuilder();

    /** @param indent for each level; empty for one line in all */
    JsonWriter(String indent) {
        this.indent = indent;
    }

    String write(@Nullable Object value) {
        value(value, 0);
        return out.toString();
    }

    private void value(@Nullable Object value, int level) {
        switch (value) {
            case null -> out.append("null");
            case Map<?, ?> map -> object(map, level);
            case Iterable<?> elements -> array(elements, level);
            case Object[] elements -> array(Arrays.asList(elements), level);
            case Double number when !Double.isFinite(number) -> text(number.toString());
            case Float number when !Float.isFinite(number) -> text(number.toString());
            // Without an exponent, as people write amounts.
            case BigDecimal number when number.scale() >= 0 && number.scale() <= SCALE_MAX -> out
                    .append(number.toPlainString());
            case Number number -> out.append(number);
            case Boolean flag -> out.append(flag);
            default -> text(value.toString());
        }
    }

    private void object(Map<?, ?> map, int level) {
        boolean broken = isBroken(map);
        out.append('{');
        Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator();
        while (entries.hasNext()) {
            Map.Entry<?, ?> entry = entries.next();
            newLine(broken, level + 1);
            text(String.valueOf(entry.getKey()));
            out.append(indent.isEmpty() ? ":" : ": ");
            value(entry.getValue(), level + 1);
            separate(entries.hasNext(), broken);
        }
        newLine(broken, level);
        out.append('}');
    }

    private void array(Iterable<?> elements, int level) {
        boolean broken = isBroken(elements);
        out.append('[');
        Iterator<?> each = elements.iterator();
        while (each.hasNext()) {
            Object element = each.next();
            newLine(broken, level + 1);
            value(element, level + 1);
            separate(each.hasNext(), broken);
        }
        newLine(broken, level);
        out.append(']');
    }

    /** What is short stays on one line, where there are lines. */
    private boolean isBroken(Object value) {
        return !indent.isEmpty() && !List.of().equals(value) && !Map.of().equals(value)
                && new JsonWriter("").write(value).length() > LINE_MAX;
    }

    private void separate(boolean more, boolean broken) {
        if (more) {
            out.append(broken || indent.isEmpty() ? "," : ", ");
        }
    }

    private void newLine(boolean broken, int level) {
        if (broken) {
            out.append('\n').append(indent.repeat(level));
        }
    }

    private void text(String value) {
        out.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    // Half of a surrogate pair has no UTF-8: escaped, it survives. Controls could steer a terminal.
                    if (Character.isISOControl(c) || (Character.isSurrogate(c) && !isPaired(value, i))) {
                        out.append("\\u%04x".formatted((int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    private static boolean isPaired(String value, int i) {
        return Character.isHighSurrogate(value.charAt(i))
                ? i + 1 < value.length() && Character.isLowSurrogate(value.charAt(i + 1))
                : i > 0 && Character.isHighSurrogate(value.charAt(i - 1));
    }
}
