package io.zeroipc.spring.core;

import java.util.List;

import org.jspecify.annotations.Nullable;

import io.zeroipc.ZeroIpcException;

/** A structure is to be opened as its creator has declared it, and its creator has not, or names elements that are not known here. */
public final class UnknownStructureTypeException extends ZeroIpcException {

    private static final long serialVersionUID = 1L;

    private final String segment;
    private final String structure;
    private final String problem;
    private final transient List<String> candidates;

    /**
     * @param problem what is missing, a clause without a full stop
     * @param candidates the kinds that it may be
     */
    UnknownStructureTypeException(String segment, String structure, String problem, List<String> candidates,
            @Nullable Throwable cause) {
        super("type of a structure is not known: segment=" + segment + ", structure=" + structure + ", " + problem
                + " (expected: a type and an element type in its declaration here"
                + (candidates.isEmpty() ? "" : "; its bytes fit " + String.join(", ", candidates)) + ")",
                cause);
        this.segment = segment;
        this.structure = structure;
        this.problem = problem;
        this.candidates = List.copyOf(candidates);
    }

    public String segment() {
        return segment;
    }

    /** Its name in the segment. */
    public String structure() {
        return structure;
    }

    /** What is missing, a clause without a full stop. */
    public String problem() {
        return problem;
    }

    /** The kinds that it may be, as far as its bytes tell. */
    public List<String> candidates() {
        return candidates;
    }
}
