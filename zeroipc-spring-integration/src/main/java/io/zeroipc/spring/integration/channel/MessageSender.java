package io.zeroipc.spring.integration.channel;

import java.time.Duration;
import java.util.Map;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.integration.mapping.HeaderMapper;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageDeliveryException;

import io.zeroipc.spring.core.ChannelClosedException;
import io.zeroipc.spring.core.ChannelFullException;
import io.zeroipc.spring.core.FullAction;
import io.zeroipc.spring.core.ZeroIpcOperations;
import io.zeroipc.spring.integration.OutgoingMessages;

/** The sending side of a channel: with the patience of each call, and with headers wherever they can travel. */
final class MessageSender {

    private static final Log LOG = LogFactory.getLog(MessageSender.class);

    private final String channel;
    private final OutgoingMessages outgoing;

    /** @param template null for the context's */
    MessageSender(@Nullable ZeroIpcOperations template, String channel) {
        this.channel = channel;
        this.outgoing = new OutgoingMessages(template);
        this.outgoing.setEnvelopeEnabled(true);
        // What a sender that waits without an end means; others say how long.
        this.outgoing.setFullAction(FullAction.BLOCK);
    }

    void setHeaderMapper(HeaderMapper<Map<String, String>> mapper) {
        outgoing.setHeaderMapper(mapper);
    }

    void open(BeanFactory beans, String owner) {
        outgoing.open(beans, channel, owner);
    }

    /**
     * Sends; false when there was no room in time.
     *
     * @param timeoutMillis less than 0 for as long as it takes
     */
    boolean send(Message<?> message, long timeoutMillis) {
        ZeroIpcOperations template = outgoing.template();
        Object element = outgoing.of(message);
        try {
            if (timeoutMillis >= 0) {
                return template.trySend(channel, element, Duration.ofMillis(timeoutMillis));
            }
            template.send(channel, element);
            return true;
        } catch (ChannelFullException e) {
            // Whoever lends this thread has no more time.
            LOG.debug("message finds no room: channel=" + channel, e);
            return false;
        } catch (ChannelClosedException e) {
            throw new MessageDeliveryException(message, "channel takes no message any more: channel=" + channel, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    void close() {
        outgoing.close();
    }
}
