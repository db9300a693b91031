package io.zeroipc.spring.core;

import io.zeroipc.inspect.Catalog;
import io.zeroipc.segment.Sink;
import io.zeroipc.spring.annotation.Internal;

/** What can be found out about a channel before there is something to send. */
@Internal
public final class SendTargets {

    private static final String REMEDY = "a structure that elements can be sent to: "
            + String.join(", ", Catalog.labels(Sink.class));

    private SendTargets() {
    }

    /**
     * Refuses channels that never take elements. Opens nothing that is declared.
     *
     * @param sender who wants to send, for messages: {@code dead letters of listener alerts}
     * @throws UnknownChannelException when nobody declared the channel
     * @throws UnsupportedChannelTypeException when nothing can be sent there
     */
    public static void check(SegmentRegistry registry, ChannelName target, String sender) {
        if (!registry.isKnown(target)) {
            try {
                // Fails with the message for unknown names.
                registry.tryStructure(target);
            } catch (UnknownChannelException e) {
                throw e.requestedBy(sender);
            }
        }
        String kind = registry.kindOf(target);
        boolean takesElements = registry.findStructure(target)
                .map(Sink.class::isInstance)
                .orElseGet(() -> Catalog.find(kind)
                        .map(type -> Sink.class.isAssignableFrom(type.structureClass()))
                        .orElse(true));
        if (!takesElements) {
            throw unsupported(target, kind, sender);
        }
    }

    static UnsupportedChannelTypeException unsupported(ChannelName target, String kind, String sender) {
        return new UnsupportedChannelTypeException(target, kind, sender, REMEDY);
    }
}
