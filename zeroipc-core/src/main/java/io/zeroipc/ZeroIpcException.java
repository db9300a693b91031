package io.zeroipc;

import org.jspecify.annotations.Nullable;

/**
 * Root of the failures that the engine reports about segments and structures. Programmer errors (a null, a negative
 * capacity, use after close) are the JDK's own exceptions instead. Full, empty and timed out are never exceptions.
 */
public class ZeroIpcException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ZeroIpcException(String message) {
        super(message);
    }

    public ZeroIpcException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
