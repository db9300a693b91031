package io.zeroipc.spring.boot.autoconfigure;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.zeroipc.spring.listener.InvalidSettingException;

/** A property under {@code zeroipc} has a value that cannot work. Thrown before any file is touched. */
public final class InvalidZeroIpcPropertyException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** How messages of the engine end: what is wrong, and in parentheses what would be right. */
    private static final Pattern EXPECTED = Pattern.compile("(.*?) \\(expected: (.*)\\)", Pattern.DOTALL);

    private final String property;
    private final @Nullable String value;
    private final String problem;
    private final String remedy;

    /**
     * @param property the full name
     * @param value what it says; null when it says nothing, and should
     * @param problem what is wrong with it, a clause without a full stop
     * @param remedy what to write instead, a sentence
     */
    public InvalidZeroIpcPropertyException(String property, @Nullable Object value, String problem, String remedy) {
        this(property, value, problem, remedy, null);
    }

    public InvalidZeroIpcPropertyException(String property, @Nullable Object value, String problem, String remedy,
            @Nullable Throwable cause) {
        super(problem + ": property=" + property + ", value=" + value + " (" + remedy + ")", cause);
        this.property = property;
        this.value = value == null ? null : value.toString();
        this.problem = problem;
        this.remedy = remedy;
    }

    /** For a property that says something about listeners. */
    static InvalidZeroIpcPropertyException of(String property, InvalidSettingException e) {
        return new InvalidZeroIpcPropertyException(property, e.value(), "value is not possible for a listener",
                "Write " + e.expected() + ".", e);
    }

    /**
     * For what the engine says about a value.
     *
     * @param otherwise the remedy where the engine names none
     */
    static InvalidZeroIpcPropertyException of(String property, @Nullable Object value, IllegalArgumentException e,
            String otherwise) {
        String message = String.valueOf(e.getMessage());
        Matcher expected = EXPECTED.matcher(message);
        return expected.matches()
                ? new InvalidZeroIpcPropertyException(property, value, expected.group(1),
                        "Expected: " + expected.group(2) + ".", e)
                : new InvalidZeroIpcPropertyException(property, value, message, otherwise, e);
    }

    /** Throws the first of them, if there is one, which has the {@link #others}. */
    static void throwAll(Collection<InvalidZeroIpcPropertyException> all) {
        InvalidZeroIpcPropertyException first = null;
        for (InvalidZeroIpcPropertyException each : all) {
            if (first == null) {
                first = each;
            } else {
                first.addSuppressed(each);
            }
        }
        if (first != null) {
            throw first;
        }
    }

    /** The other properties that are wrong in the same way; the stack trace shows them as suppressed. */
    public List<InvalidZeroIpcPropertyException> others() {
        return Arrays.stream(getSuppressed())
                .filter(InvalidZeroIpcPropertyException.class::isInstance)
                .map(InvalidZeroIpcPropertyException.class::cast)
                .toList();
    }

    public String property() {
        return property;
    }

    public @Nullable String value() {
        return value;
    }

    public String problem() {
        return problem;
    }

    public String remedy() {
        return remedy;
    }
}
