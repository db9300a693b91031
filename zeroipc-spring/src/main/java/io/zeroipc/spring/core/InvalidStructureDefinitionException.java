package io.zeroipc.spring.core;

import io.zeroipc.ZeroIpcException;

/** What a {@link StructureDefinition} says cannot be of a structure of its kind, or is too little. Nothing was opened. */
public final class InvalidStructureDefinitionException extends ZeroIpcException {

    private static final long serialVersionUID = 1L;

    private final String channel;
    private final String problem;

    InvalidStructureDefinitionException(String channel, String problem, Throwable cause) {
        super("definition of a structure cannot work: channel=" + channel + ", " + problem, cause);
        this.channel = channel;
        this.problem = problem;
    }

    /** What channels call the structure, as it was given. */
    public String channel() {
        return channel;
    }

    /** What is wrong, and what would be right. */
    public String problem() {
        return problem;
    }
}
