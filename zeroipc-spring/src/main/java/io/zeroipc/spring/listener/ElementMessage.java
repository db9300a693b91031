package io.zeroipc.spring.listener;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;

import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.ZeroIpcHeaders;

/**
 * One element, or one batch of them, on its way to a listener. Headers are made when somebody asks for them: most
 * listeners want the payload alone. Not thread-safe.
 */
public final class ElementMessage implements Message<Object> {

    private final String listenerId;
    private final ChannelName channel;
    private final Object payload;
    private final Object element;
    private final int size;
    private final long sequence;
    private final List<Long> positions;
    private final @Nullable Acknowledgment acknowledgment;
    private int deliveryAttempt = 1;
    private @Nullable MessageHeaders headers;

    /**
     * @param payload the element, in the form that the listener asked for, or a {@code List} of them
     * @param size how many elements that is
     * @param sequence position of the (last) element; -1 when the structure does not count
     */
    public ElementMessage(String listenerId, ChannelName channel, Object payload, int size, long sequence) {
        this(listenerId, channel, payload, payload, size, sequence, List.of(), null);
    }

    /**
     * @param payload what was made of the element, or a {@code List} of these
     * @param element as it was taken; a {@code List} if the payload is one
     * @param acknowledgment null when there is nothing that the listener could acknowledge
     */
    public ElementMessage(String listenerId, ChannelName channel, Object payload, Object element, int size,
            long sequence, @Nullable Acknowledgment acknowledgment) {
        this(listenerId, channel, payload, element, size, sequence, List.of(), acknowledgment);
    }

    /** @param positions of the elements of a batch; empty where the listener has not asked for them */
    ElementMessage(String listenerId, ChannelName channel, Object payload, Object element, int size, long sequence,
            List<Long> positions, @Nullable Acknowledgment acknowledgment) {
        this.listenerId = listenerId;
        this.channel = channel;
        this.payload = payload;
        this.element = element;
        this.size = size;
        this.sequence = sequence;
        this.positions = positions;
        this.acknowledgment = acknowledgment;
    }

    @Override
    public Object getPayload() {
        return payload;
    }

    @Override
    public MessageHeaders getHeaders() {
        MessageHeaders made = headers;
        if (made == null) {
            Map<String, Object> values = HashMap.newHashMap(5);
            values.put(ZeroIpcHeaders.SEGMENT, channel.segment());
            values.put(ZeroIpcHeaders.STRUCTURE, channel.structure());
            values.put(ZeroIpcHeaders.LISTENER_ID, listenerId);
            values.put(ZeroIpcHeaders.DELIVERY_ATTEMPT, deliveryAttempt);
            if (sequence >= 0) {
                values.put(ZeroIpcHeaders.SEQUENCE, sequence);
            }
            made = new ElementHeaders(values);
            headers = made;
        }
        return made;
    }

    /**
     * The element as it was taken from its structure, or a {@code List} of them: the payload itself, unless that was made
     * of it by a converter. What a dead letter should keep.
     */
    public Object element() {
        return element;
    }

    public String listenerId() {
        return listenerId;
    }

    public ChannelName channel() {
        return channel;
    }

    /** Elements in the payload: 1, or the size of the batch. */
    public int size() {
        return size;
    }

    /** Position of the (last) element since its structure was created; -1 where it does not count. */
    public long sequence() {
        return sequence;
    }

    /**
     * Position of one element of a batch, as {@link #sequence()}.
     *
     * @param index of the element in the payload
     * @throws IllegalStateException for a batch whose listener does not {@linkplain ElementListener#needsPositions() need} positions
     */
    public long sequence(int index) {
        if (size == 1) {
            return sequence;
        }
        if (positions.isEmpty()) {
            throw new IllegalStateException("positions of a batch were not asked for: listener=" + listenerId
                    + " (expected: needsPositions() of the listener)");
        }
        return positions.get(index);
    }

    /** What says that it is processed; null unless that is up to the listener: with {@link AckMode#MANUAL}. */
    public @Nullable Acknowledgment acknowledgment() {
        return acknowledgment;
    }

    /** How often the listener has been called with it, this time included. */
    public int deliveryAttempt() {
        return deliveryAttempt;
    }

    /** To be called before the listener is called again. */
    void nextAttempt() {
        deliveryAttempt++;
        headers = null;
    }

    /** For one that the listener is never called with. */
    ElementMessage undelivered() {
        deliveryAttempt = 0;
        return this;
    }

    String describe() {
        return "elements=" + size + (sequence < 0 ? "" : ", sequence=" + sequence)
                + (deliveryAttempt <= 1 ? "" : ", attempts=" + deliveryAttempt);
    }

    /** No contents: they may be secret, large, or gone by now. */
    @Override
    public String toString() {
        return "ElementMessage[listener=" + listenerId + ", channel=" + channel + ", " + describe() + "]";
    }

    /** Without the random id and the time that each other message has: they would cost more than the delivery. */
    private static final class ElementHeaders extends MessageHeaders {

        private static final long serialVersionUID = 1L;

        ElementHeaders(Map<String, Object> values) {
            super(values, ID_VALUE_NONE, -1L);
        }
    }
}
