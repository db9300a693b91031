package io.zeroipc.json;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/** Reads one text, by recursive descent. For one use. */
final class JsonParser {

    /** Deeper than anything that is meant, and far from the end of the stack: the text may come from anybody. */
    private static final int DEPTH_MAX = 64;

    /** Exact numbers cost more than their length: the same holds. */
    private static final int NUMBER_MAX = 1000;

    private final String text;
    private int at;
    private int depth;

    JsonParser(String text) {
        this.text = text;
    }

    @Nullable
    Object parse() {
        Object value = value();
        skipSpace();
        if (at < text.length()) {
            throw failure("text goes on behind the value");
        }
        return value;
    }

    private @Nullable Object value() {
        skipSpace();
        if (at == text.length()) {
            throw failure("text ends where a value should be");
        }
        return switch (text.charAt(at)) {
            case '{' -> object();
            case '[' -> array();
            case '"' -> string();
            case 't' -> literal("true", true);
            case 'f' -> literal("false", false);
            case 'n' -> literal("null", null);
            default -> number();
        };
    }

    private Map<String, @Nullable Object> object() {
        descend();
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        if (!skip('}')) {
            do {
                skipSpace();
                if (at == text.length() || text.charAt(at) != '"') {
                    throw failure("name of a member is missing");
                }
                String name = string();
                require(':');
                if (members.containsKey(name)) {
                    throw failure("member appears twice: name=" + name);
                }
                members.put(name, value());
            } while (skip(','));
            require('}');
        }
        depth--;
        return members;
    }

    private List<@Nullable Object> array() {
        descend();
        List<@Nullable Object> elements = new ArrayList<>();
        if (!skip(']')) {
            do {
                elements.add(value());
            } while (skip(','));
            require(']');
        }
        depth--;
        return elements;
    }

    private void descend() {
        at++;
        if (++depth > DEPTH_MAX) {
            throw failure("nested too deep: depth=" + depth + " (expected: at most " + DEPTH_MAX + ")");
        }
    }

    private String string() {
        StringBuilder value = new StringBuilder();
        at++;
        while (true) {
            char c = next();
            if (c == '"') {
                return value.toString();
            }
            if (c < ' ') {
                throw failure("control character in a text");
            }
            value.append(c == '\\' ? escaped() : c);
        }
    }

    private char escaped() {
        char c = next();
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                int code = 0;
                for (int i = 0; i < 4; i++) {
                    char digit = next();
                    if (!HexFormat.isHexDigit(digit)) {
                        throw failure("\\u is not followed by four hexadecimal digits");
                    }
                    code = code << 4 | HexFormat.fromHexDigit(digit);
                }
                yield (char) code;
            }
            default -> throw failure("unknown escape: \\" + c);
        };
    }

    private char next() {
        if (at == text.length()) {
            throw failure("text ends inside a text");
        }
        return text.charAt(at++);
    }

    private Object number() {
        int start = at;
        skipIf('-');
        boolean whole = true;
        if (!skipIf('0')) {
            digits();
        }
        if (skipIf('.')) {
            whole = false;
            digits();
        }
        if (skipIf('e') || skipIf('E')) {
            whole = false;
            if (!skipIf('+')) {
                skipIf('-');
            }
            digits();
        }
        String number = text.substring(start, at);
        if (whole) {
            try {
                return Long.parseLong(number);
            } catch (NumberFormatException e) {
                // Wider than 64 bits.
                return fraction(number);
            }
        }
        return fraction(number);
    }

    /** A Double where that says the same; a decimal loses no digit. */
    private Number fraction(String number) {
        double nearest = Double.parseDouble(number);
        if (Double.isInfinite(nearest)) {
            throw failure("number is too large: " + (number.length() <= NUMBER_MAX
                    ? number
                    : number.length() + " characters"));
        }
        if (number.length() > NUMBER_MAX) {
            throw failure("number is too long: characters=" + number.length() + " (expected: at most " + NUMBER_MAX
                    + ")");
        }
        try {
            BigDecimal exact = new BigDecimal(number);
            return exact.compareTo(new BigDecimal(Double.toString(nearest))) == 0 ? (Number) nearest : exact;
        } catch (NumberFormatException e) {
            throw failure("exponent is out of range: " + number);
        }
    }

    private void digits() {
        int start = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        if (at == start) {
            throw failure("no value begins here");
        }
    }

    private @Nullable Object literal(String literal, @Nullable Object value) {
        if (!text.startsWith(literal, at)) {
            throw failure("no value begins here");
        }
        at += literal.length();
        return value;
    }

    private void skipSpace() {
        while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private boolean skipIf(char c) {
        if (at < text.length() && text.charAt(at) == c) {
            at++;
            return true;
        }
        return false;
    }

    private boolean skip(char c) {
        skipSpace();
        return skipIf(c);
    }

    private void require(char c) {
        if (!skip(c)) {
            throw failure("'" + c + "' is missing");
        }
    }

    private IllegalArgumentException failure(String what) {
        return new IllegalArgumentException("not JSON, " + what + ": character=" + at);
    }
}
