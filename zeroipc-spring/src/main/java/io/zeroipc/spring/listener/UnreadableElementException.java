package io.zeroipc.spring.listener;

import io.zeroipc.spring.core.UserCode;

/** The bytes of an element are no value of its type. The element is gone from its structure; the reason is the codec's. */
final class UnreadableElementException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final byte[] bytes;
    private final Throwable reason;

    /** @param bytes of the whole slot */
    UnreadableElementException(byte[] bytes, Throwable reason) {
        super(UserCode.messageOf(reason), reason, false, false);
        this.bytes = bytes;
        this.reason = reason;
    }

    Throwable reason() {
        return reason;
    }

    byte[] bytes() {
        return bytes;
    }
}
