package io.zeroipc.spring.integration;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import org.springframework.integration.IntegrationMessageHeaderAccessor;
import org.springframework.integration.acks.SimpleAcknowledgment;
import org.springframework.integration.mapping.HeaderMapper;
import org.springframework.integration.support.MessageBuilderFactory;
import org.springframework.messaging.Message;
import org.springframework.messaging.converter.MessageConversionException;

import io.zeroipc.spring.annotation.Internal;
import io.zeroipc.spring.core.envelope.Envelope;
import io.zeroipc.spring.core.envelope.EnvelopeFormatException;
import io.zeroipc.spring.listener.Acknowledgment;
import io.zeroipc.spring.listener.ElementMessage;

/**
 * Messages of flows, made of what listeners are called with: with an id and a time, and with the headers of the envelope that
 * the element came in. Thread-safe if the mapper is.
 */
@Internal
public final class ElementMessages {

    private final HeaderMapper<Map<String, String>> mapper;

    public ElementMessages(HeaderMapper<Map<String, String>> mapper) {
        this.mapper = mapper;
    }

    /**
     * A message for a flow.
     *
     * @throws MessageConversionException when the element begins like an envelope and is none; not worth another attempt
     */
    public Message<?> toMessage(ElementMessage element, MessageBuilderFactory messages) {
        Map<String, Object> headers = new HashMap<>();
        Object payload;
        try {
            payload = element.element() instanceof List<?> elements && element.getPayload() instanceof List<?> payloads
                    ? openAll(payloads, elements, headers)
                    : open(element.getPayload(), element.element(), headers);
        } catch (EnvelopeFormatException e) {
            throw new MessageConversionException(element, "element of " + element.channel() + " is no envelope", e);
        }
        headers.putAll(element.getHeaders());
        headers.put(IntegrationMessageHeaderAccessor.DELIVERY_ATTEMPT, new AtomicInteger(element.deliveryAttempt()));
        Acknowledgment acknowledgment = element.acknowledgment();
        if (acknowledgment != null) {
            headers.put(IntegrationMessageHeaderAccessor.ACKNOWLEDGMENT_CALLBACK,
                    (SimpleAcknowledgment) acknowledgment::acknowledge);
        }
        return messages.withPayload(payload).copyHeaders(headers).build();
    }

    /** What is inside of an envelope, and its headers; anything else as it is. */
    @SuppressWarnings("ReferenceEquality") // whether anything was made of the element
    public Object open(Object payload, Object element, Map<String, Object> headers) {
        Envelope envelope = envelopeOf(payload, element);
        if (envelope == null) {
            return payload;
        }
        headers.putAll(mapper.toHeaders(envelope.headers()));
        // A payload that was made of the element is what was inside already.
        return payload == element ? envelope.payload() : payload;
    }

    private List<Object> openAll(List<?> payloads, List<?> elements, Map<String, Object> headers) {
        List<Object> opened = new ArrayList<>(payloads.size());
        List<Map<String, Object>> all = new ArrayList<>(payloads.size());
        boolean any = false;
        for (int i = 0; i < payloads.size(); i++) {
            Map<String, Object> own = new HashMap<>();
            opened.add(open(payloads.get(i), elements.get(i), own));
            all.add(own);
            any |= !own.isEmpty();
        }
        if (any) {
            headers.put(ZeroIpcIntegrationHeaders.BATCH_HEADERS, all);
        }
        return opened;
    }

    private static @Nullable Envelope envelopeOf(Object payload, Object element) {
        if (payload instanceof Envelope envelope) {
            return envelope;
        }
        return element instanceof byte[] bytes && Envelope.isEnvelope(bytes) ? Envelope.parse(bytes) : null;
    }

    /** The headers of an envelope as a message has them. */
    public Map<String, Object> fromEnvelope(Map<String, String> headers) {
        return mapper.toHeaders(headers);
    }
}
