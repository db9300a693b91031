package io.zeroipc.spring.boot.autoconfigure;

import org.jspecify.annotations.Nullable;

import io.zeroipc.spring.listener.InvalidSettingException;

/** A property under {@code zeroipc} has a value that cannot work. Thrown before any file is touched. */
public final class InvalidZeroIpcPropertyException extends RuntimeException {

    private static final long serialVersionUID = 1L;

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
