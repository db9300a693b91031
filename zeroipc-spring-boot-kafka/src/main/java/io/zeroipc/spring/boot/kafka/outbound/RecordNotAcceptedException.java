package io.zeroipc.spring.boot.kafka.outbound;

/** Elements will never arrive, however often they are sent: no permission, or too large. */
final class RecordNotAcceptedException extends Exception {

    private static final long serialVersionUID = 1L;

    RecordNotAcceptedException(String message, Throwable cause) {
        super(message, cause);
    }
}
