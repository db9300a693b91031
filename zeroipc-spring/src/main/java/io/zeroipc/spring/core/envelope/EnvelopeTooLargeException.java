package io.zeroipc.spring.core.envelope;

import io.zeroipc.ZeroIpcException;

/** An envelope does not fit into an element. Nothing was written. */
public final class EnvelopeTooLargeException extends ZeroIpcException {

    private static final long serialVersionUID = 1L;

    private final int size;
    private final int capacity;

    EnvelopeTooLargeException(EnvelopeSlot slot, Envelope envelope) {
        super("envelope does not fit: elements=" + slot.elementType() + ", envelope=" + envelope.size()
                + " bytes, of these payload=" + envelope.payloadSize() + " and headers=" + envelope.headersSize()
                + " (expected: at most " + slot.capacity() + " bytes; declare the structure with element-type frame("
                + envelope.size() + ") or a larger frame, and create it again)");
        this.size = envelope.size();
        this.capacity = slot.capacity();
    }

    /** Bytes of the envelope. */
    public int size() {
        return size;
    }

    /** Bytes that there is room for. */
    public int capacity() {
        return capacity;
    }
}
