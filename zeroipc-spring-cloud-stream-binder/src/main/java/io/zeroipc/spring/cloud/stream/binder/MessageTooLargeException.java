package io.zeroipc.spring.cloud.stream.binder;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.spring.cloud.stream.binder.provisioning.GroupQueue;
import io.zeroipc.spring.core.envelope.Envelope;
import io.zeroipc.spring.core.envelope.EnvelopeSlot;

/** A message was not sent, because it is larger than what the queue of a group can carry. No group has it. */
public final class MessageTooLargeException extends ZeroIpcException {

    private static final long serialVersionUID = 1L;

    MessageTooLargeException(String destination, GroupQueue queue, EnvelopeSlot slot, Envelope envelope) {
        super("message is too large: destination=" + destination + ", queue=" + queue.name() + ", bytes="
                + envelope.size() + ", of these payload=" + envelope.payloadSize() + " (expected: at most "
                + slot.capacity() + " bytes; set element-size of the consumer's binding, or"
                + " spring.cloud.stream.zeroipc.binder.element-size, to " + envelope.size()
                + "B or more in all applications, and remove " + queue.queue().segment().path()
                + " while none of them runs)");
    }
}
