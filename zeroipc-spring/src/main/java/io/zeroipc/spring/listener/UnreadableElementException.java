package io.zeroipc.spring.listener;

/** The bytes of an element are no value of its type. The element is gone from its structure; the reason is the codec's. */
final class UnreadableElementException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final byte[] bytes;
    private final RuntimeException reason;

    /** @param bytes of the whole slot */
    UnreadableElementException(byte[] bytes, RuntimeException reason) {
        super(reason.getMessage(), reason, false, false);
        this.bytes = bytes;
        this.reason = reason;
    }

    RuntimeException reason() {
        return reason;
    }

    byte[] bytes() {
        return bytes;
    }
}
