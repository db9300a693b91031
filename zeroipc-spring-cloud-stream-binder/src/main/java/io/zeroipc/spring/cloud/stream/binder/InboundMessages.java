package io.zeroipc.spring.cloud.stream.binder;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.cloud.stream.binder.BinderHeaders;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.core.MessagePostProcessor;
import org.springframework.messaging.support.MessageBuilder;

import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.spring.core.envelope.Envelope;
import io.zeroipc.spring.core.envelope.EnvelopeHeaders;
import io.zeroipc.spring.integration.EnvelopeHeaderMapper;
import io.zeroipc.spring.integration.ZeroIpcIntegrationHeaders;

/**
 * What Spring Cloud Stream knows by other names, and dead letters, which are opened: a function that takes them gets the message that
 * failed, with its headers, and those that say why. Thread-safe.
 */
final class InboundMessages implements MessagePostProcessor {

    /** Bytes of a frame's length, in front of its data. */
    private static final int FRAME_LENGTH_BYTES = 4;

    private final EnvelopeHeaderMapper mapper = new EnvelopeHeaderMapper();

    @Override
    public Message<?> postProcessMessage(Message<?> message) {
        MessageHeaders headers = message.getHeaders();
        Object batch = headers.get(ZeroIpcIntegrationHeaders.BATCH_HEADERS);
        if (batch != null) {
            return MessageBuilder.fromMessage(message).setHeader(BinderHeaders.BATCH_HEADERS, batch).build();
        }
        if (message.getPayload() instanceof byte[] letter && headers.containsKey(EnvelopeHeaders.CAUSE_CLASS)
                && headers.get(EnvelopeHeaders.ELEMENT_TYPE) instanceof String type
                && !EnvelopeHeaders.RAW.equals(headers.get(MessageHeaders.CONTENT_TYPE))) {
            return open(message, letter, type);
        }
        return message;
    }

    private Message<?> open(Message<?> message, byte[] letter, String type) {
        if (type.startsWith("frame(") && letter.length >= FRAME_LENGTH_BYTES) {
            int used = ByteBuffer.wrap(letter).order(ByteOrder.LITTLE_ENDIAN).getInt(0);
            if (used < 0 || used > letter.length - FRAME_LENGTH_BYTES) {
                return message;
            }
            byte[] element = Arrays.copyOfRange(letter, FRAME_LENGTH_BYTES, FRAME_LENGTH_BYTES + used);
            if (!Envelope.isEnvelope(element)) {
                return message;
            }
            Envelope failed = Envelope.parse(element);
            Map<String, Object> headers = new HashMap<>(message.getHeaders());
            headers.remove(EnvelopeHeaders.ELEMENT_TYPE);
            headers.putAll(mapper.toHeaders(failed.headers()));
            return MessageBuilder.createMessage(failed.payload(), new MessageHeaders(headers));
        }
        Object element = decoded(letter, type);
        return element == null
                ? message
                : MessageBuilder.createMessage(element, message.getHeaders());
    }

    /** Null when this application does not know the type. */
    private static @Nullable Object decoded(byte[] letter, String type) {
        try {
            Codec<?> codec = Codecs.forType(type, null);
            return letter.length == codec.byteSize() ? codec.fromBytes(letter) : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
