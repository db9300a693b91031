package io.zeroipc.spring.listener;

import org.jspecify.annotations.Nullable;

import io.zeroipc.ZeroIpcException;

/** A listener is declared in a way that cannot work. Found before it starts. */
public final class InvalidListenerException extends ZeroIpcException {

    private static final long serialVersionUID = 1L;

    private final String problem;
    private final String expected;

    /**
     * @param problem what is wrong, with which listener and which value; a clause
     * @param expected what would work, a clause
     */
    public InvalidListenerException(String problem, String expected, @Nullable Throwable cause) {
        super(problem + " (expected: " + expected + ")", cause);
        this.problem = problem;
        this.expected = expected;
    }

    /** What is wrong, a clause. */
    public String problem() {
        return problem;
    }

    /** What would work, a clause. */
    public String expected() {
        return expected;
    }
}
