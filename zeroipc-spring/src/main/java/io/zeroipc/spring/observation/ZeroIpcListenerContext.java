package io.zeroipc.spring.observation;

import java.util.Locale;
import java.util.Map;

import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.ReceiverContext;

/**
 * What is known of one call of a listener. The carrier has the headers of the envelope that the element came in, and is
 * empty for a plain element and for a batch, whose elements may belong to several traces.
 */
public final class ZeroIpcListenerContext extends ReceiverContext<Map<String, String>> {

    private final String listenerId;
    private final String channel;
    private final String channelKind;
    private final int messageCount;
    private final long sequence;

    /**
     * @param channelKind label of the structure's kind
     * @param messageCount elements in the call
     * @param sequence position of the (last) element; -1 where the structure does not count
     * @param headers of the envelope, with small letters; empty when there is none
     */
    public ZeroIpcListenerContext(String listenerId, String channel, String channelKind, int messageCount,
            long sequence, Map<String, String> headers) {
        super((carrier, name) -> carrier.get(name.toLowerCase(Locale.ROOT)), Kind.CONSUMER);
        this.listenerId = listenerId;
        this.channel = channel;
        this.channelKind = channelKind;
        this.messageCount = messageCount;
        this.sequence = sequence;
        setCarrier(headers);
    }

    public String getListenerId() {
        return listenerId;
    }

    /** {@code segment/structure}. */
    public String getChannel() {
        return channel;
    }

    /** {@code queue}, {@code ring}. */
    public String getChannelKind() {
        return channelKind;
    }

    /** How many elements the listener is called with. */
    public int getMessageCount() {
        return messageCount;
    }

    /** Position of the (last) element in its structure; -1 where that does not count. */
    public long getSequence() {
        return sequence;
    }
}
