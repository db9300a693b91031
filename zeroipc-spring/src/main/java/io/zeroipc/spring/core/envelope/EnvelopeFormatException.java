package io.zeroipc.spring.core.envelope;

import io.zeroipc.ZeroIpcException;

/** Bytes that should be an envelope are none. */
public final class EnvelopeFormatException extends ZeroIpcException {

    private static final long serialVersionUID = 1L;

    EnvelopeFormatException(String message) {
        super(message);
    }
}
