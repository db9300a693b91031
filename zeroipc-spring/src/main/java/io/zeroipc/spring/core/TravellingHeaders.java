package io.zeroipc.spring.core;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import org.springframework.beans.BeanUtils;
import org.springframework.messaging.MessageHeaders;

import io.zeroipc.spring.core.envelope.EnvelopeHeaders;

/** The headers of a message that go along in an envelope: those that its sender has set. */
final class TravellingHeaders {

    /** Made by each message anew, or objects of this process. */
    private static final Set<String> LOCAL = Set.of(MessageHeaders.ID, MessageHeaders.TIMESTAMP,
            MessageHeaders.REPLY_CHANNEL, MessageHeaders.ERROR_CHANNEL);

    private TravellingHeaders() {
    }

    /** @throws IllegalArgumentException when the value of one has no text that stands for it */
    static Map<String, String> of(MessageHeaders headers) {
        Map<String, String> travelling = new LinkedHashMap<>();
        headers.forEach((name, value) -> {
            if (!LOCAL.contains(name) && !name.startsWith(ZeroIpcHeaders.PREFIX)) {
                travelling.put(name.equals(MessageHeaders.CONTENT_TYPE) ? EnvelopeHeaders.CONTENT_TYPE : name,
                        text(name, value));
            }
        });
        return travelling;
    }

    private static String text(String name, Object value) {
        if (value instanceof CharSequence || BeanUtils.isSimpleValueType(value.getClass())) {
            return value.toString();
        }
        throw new IllegalArgumentException("header cannot travel in an envelope: header=" + name + ", type="
                + value.getClass().getTypeName()
                + " (expected: text, a number or another simple value; take it out of the"
                + " message, or make it a text)");
    }
}
