package io.zeroipc.cli;

/** Something on the command line does not make sense: the message says what would. */
final class UsageException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
