package io.zeroipc.spring.boot.autoconfigure;

import org.jspecify.annotations.Nullable;

/** A bean that defines a segment or a structure says something that cannot work. Thrown before any file is touched. */
public final class InvalidDefinitionException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String definition;
    private final String problem;
    private final String remedy;

    /**
     * @param definition describes the bean: its name, and where it is made
     * @param problem what is wrong with it, a clause without a full stop
     * @param remedy what to do instead, a sentence
     */
    public InvalidDefinitionException(String definition, String problem, String remedy) {
        this(definition, problem, remedy, null);
    }

    public InvalidDefinitionException(String definition, String problem, String remedy, @Nullable Throwable cause) {
        super(problem + ": definition=" + definition + " (" + remedy + ")", cause);
        this.definition = definition;
        this.problem = problem;
        this.remedy = remedy;
    }

    public String definition() {
        return definition;
    }

    public String problem() {
        return problem;
    }

    public String remedy() {
        return remedy;
    }
}
