package io.zeroipc.spring.cloud.stream.binder;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.cloud.stream.binder.BinderHeaders;
import org.springframework.integration.MessageTimeoutException;
import org.springframework.integration.handler.AbstractMessageHandler;
import org.springframework.integration.support.ErrorMessageStrategy;
import org.springframework.integration.support.management.ManageableLifecycle;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessageDeliveryException;
import org.springframework.messaging.MessageHandlingException;
import org.springframework.messaging.MessagingException;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.spring.cloud.stream.binder.provisioning.GroupQueue;
import io.zeroipc.spring.cloud.stream.binder.provisioning.QueueName;
import io.zeroipc.spring.core.envelope.Envelope;
import io.zeroipc.spring.core.envelope.EnvelopeSlot;
import io.zeroipc.spring.integration.EnvelopeHeaderMapper;

/**
 * Sends messages to all groups of a destination: headers and payload in an envelope, or, with native encoding, the payload alone as
 * an element. Without a group a message goes nowhere.
 */
final class ZeroIpcProducerMessageHandler extends AbstractMessageHandler implements ManageableLifecycle {

    private final String destination;
    private final GroupSender sender;
    private final boolean nativeEncoding;
    private final boolean partitioned;
    private final EnvelopeHeaderMapper headers = new EnvelopeHeaderMapper();
    private final AtomicBoolean running = new AtomicBoolean();
    private final @Nullable MessageChannel errorChannel;
    private final ErrorMessageStrategy errorMessages;

    /**
     * @param headersTravel whether headers go along
     * @param errorChannel what gets failures in place of the sender; null to tell the sender
     */
    ZeroIpcProducerMessageHandler(String destination, GroupSender sender, boolean nativeEncoding, boolean partitioned,
            boolean headersTravel, @Nullable MessageChannel errorChannel, ErrorMessageStrategy errorMessages) {
        this.destination = destination;
        this.sender = sender;
        this.nativeEncoding = nativeEncoding;
        this.partitioned = partitioned;
        this.errorChannel = errorChannel;
        this.errorMessages = errorMessages;
        // Of this producer alone: whoever passes the message on has partitions of its own.
        if (headersTravel) {
            headers.setOutboundHeaderNames("!" + BinderHeaders.PARTITION_HEADER, "!" + BinderHeaders.TARGET_DESTINATION,
                    "!" + BinderHeaders.NATIVE_HEADERS_PRESENT, "*");
        } else {
            headers.setOutboundHeaderNames();
        }
    }

    @Override
    public String getComponentType() {
        return "zeroipc:outbound-binding";
    }

    @Override
    public void start() {
        running.set(true);
    }

    @Override
    public void stop() {
        running.set(false);
    }

    @Override
    public boolean isRunning() {
        return running.get();
    }

    @Override
    protected void handleMessageInternal(Message<?> message) {
        MessageChannel channel = errorChannel;
        try {
            send(message);
        } catch (MessagingException e) {
            if (channel == null || !channel.send(errorMessages.buildErrorMessage(e, null))) {
                throw e;
            }
        }
    }

    private void send(Message<?> message) {
        try {
            sender.send(partitionOf(message), nativeEncoding ? new Native(message) : new Enveloped(message));
        } catch (GroupFullException e) {
            throw new MessageTimeoutException(message, String.valueOf(e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MessageDeliveryException(message,
                    "interrupted while a group had no room for the message: destination=" + destination, e);
        } catch (ZeroIpcException e) {
            throw new MessageDeliveryException(message, String.valueOf(e.getMessage()), e);
        } catch (MessagingException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new MessageHandlingException(message,
                    "message was not sent: destination=" + destination + ": " + e.getMessage(), e);
        }
    }

    private int partitionOf(Message<?> message) {
        Object partition = partitioned ? message.getHeaders().get(BinderHeaders.PARTITION_HEADER) : null;
        return partition instanceof Number number ? number.intValue() : QueueName.WHOLE;
    }

    private MessageHandlingException mismatch(Message<?> message, GroupQueue queue, String expected) {
        return new MessageHandlingException(message, "group takes something else: destination=" + destination
                + ", queue=" + queue.name() + ", elements=" + queue.queue().elementType() + ", payload="
                + message.getPayload().getClass().getName() + ", use-native-encoding=" + nativeEncoding + " (expected: "
                + expected + ")");
    }

    /** The payload as an element. */
    private final class Native implements Function<GroupQueue, Object> {

        private final Message<?> message;

        Native(Message<?> message) {
            this.message = message;
        }

        @Override
        public Object apply(GroupQueue queue) {
            Object payload = message.getPayload();
            if (queue.slot() != null || !queue.codec().type().isInstance(payload)) {
                throw mismatch(message, queue, "a payload of " + queue.codec().type().getName()
                        + ", and use-native-decoding with its element-type at the group's consumers");
            }
            return payload;
        }
    }

    /** Headers and payload in an envelope, made once for all groups. */
    private final class Enveloped implements Function<GroupQueue, Object> {

        private final Message<?> message;
        private @Nullable Envelope envelope;

        Enveloped(Message<?> message) {
            this.message = message;
        }

        @Override
        public Object apply(GroupQueue queue) {
            EnvelopeSlot slot = queue.slot();
            if (slot == null) {
                throw mismatch(message, queue, "use-native-encoding=true at this producer, or consumers without"
                        + " use-native-decoding");
            }
            Envelope made = envelope;
            if (made == null) {
                made = envelope(queue);
                envelope = made;
            }
            if (!slot.fits(made)) {
                throw new MessageTooLargeException(destination, queue, slot, made);
            }
            return slot.fill(made);
        }

        private Envelope envelope(GroupQueue queue) {
            if (!(message.getPayload() instanceof byte[] payload)) {
                throw mismatch(message, queue,
                        "bytes, which the message converters of the binding make of all that they"
                                + " know");
            }
            Map<String, String> travelling = new HashMap<>();
            headers.fromHeaders(message.getHeaders(), travelling);
            Envelope.Builder builder = Envelope.of(payload);
            try {
                travelling.forEach(builder::header);
            } catch (IllegalArgumentException e) {
                throw new MessageHandlingException(message, "headers cannot travel: destination=" + destination + ": "
                        + e.getMessage(), e);
            }
            return builder.build();
        }
    }
}
