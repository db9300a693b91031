package io.zeroipc.spring.integration;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanUtils;
import org.springframework.integration.IntegrationMessageHeaderAccessor;
import org.springframework.integration.mapping.HeaderMapper;
import org.springframework.integration.mapping.support.JsonHeaders;
import org.springframework.integration.support.utils.PatternMatchUtils;
import org.springframework.messaging.MessageHeaders;
import org.springframework.util.MimeType;

import io.zeroipc.spring.core.envelope.EnvelopeHeaders;

/**
 * Between the headers of messages and those of envelopes, which are texts. To be configured before its first use; thread-safe
 * from then on.
 *
 * <p>
 * What has a meaning on both sides goes by its name there: {@code contentType} is {@code content-type}, and
 * {@code correlationId} is {@code correlation-id}. Other names stay as they are, or are written in the characters that
 * envelopes allow and read back; what is no simple value, and what belongs to this process, stays here. Values arrive as texts,
 * but for the numbers that Spring Integration itself looks at, such as {@code sequenceNumber}.
 */
public final class EnvelopeHeaderMapper implements HeaderMapper<Map<String, String>> {

    private static final Log LOG = LogFactory.getLog(EnvelopeHeaderMapper.class);

    private static final String LOCAL_PREFIX = "zeroipc_";
    /** Made by each message anew, or of no use to another process. */
    private static final Set<String> LOCAL = Set.of(MessageHeaders.ID, MessageHeaders.TIMESTAMP,
            MessageHeaders.REPLY_CHANNEL, MessageHeaders.ERROR_CHANNEL,
            IntegrationMessageHeaderAccessor.DELIVERY_ATTEMPT,
            IntegrationMessageHeaderAccessor.ACKNOWLEDGMENT_CALLBACK, IntegrationMessageHeaderAccessor.SOURCE_DATA,
            IntegrationMessageHeaderAccessor.CLOSEABLE_RESOURCE, "history", EnvelopeHeaders.REPLY_CHANNEL);

    private static final Map<String, String> TO_ENVELOPE = Map.of(MessageHeaders.CONTENT_TYPE,
            EnvelopeHeaders.CONTENT_TYPE, IntegrationMessageHeaderAccessor.CORRELATION_ID,
            EnvelopeHeaders.CORRELATION_ID);
    private static final Map<String, String> FROM_ENVELOPE = Map.of(EnvelopeHeaders.CONTENT_TYPE,
            MessageHeaders.CONTENT_TYPE, EnvelopeHeaders.CORRELATION_ID,
            IntegrationMessageHeaderAccessor.CORRELATION_ID, EnvelopeHeaders.REPLY_CHANNEL,
            ZeroIpcIntegrationHeaders.REPLY_CHANNEL);
    private static final Map<String, Function<String, Object>> NUMBERS = Map.of(
            IntegrationMessageHeaderAccessor.SEQUENCE_NUMBER, Integer::valueOf,
            IntegrationMessageHeaderAccessor.SEQUENCE_SIZE, Integer::valueOf,
            IntegrationMessageHeaderAccessor.PRIORITY, Integer::valueOf,
            IntegrationMessageHeaderAccessor.EXPIRATION_DATE, Long::valueOf);

    private String[] outbound = {"*"};
    private String[] inbound = {"*"};

    /**
     * Which headers of messages travel: patterns, of which the first that matches decides, such as {@code !secret} and then
     * {@code trade*}. All by default.
     */
    public void setOutboundHeaderNames(String... patterns) {
        this.outbound = patterns.clone();
    }

    /** Which headers of envelopes become headers of messages, by their names there. All by default. */
    public void setInboundHeaderNames(String... patterns) {
        this.inbound = patterns.clone();
    }

    @Override
    public void fromHeaders(MessageHeaders headers, Map<String, String> target) {
        headers.forEach((name, value) -> {
            if (!isLocal(name) && matches(name, outbound)) {
                String text = text(name, value);
                if (text != null && FROM_ENVELOPE.containsKey(name)) {
                    // Another header of that name, of an HTTP request perhaps, does not say what the payload is.
                    target.putIfAbsent(name, text);
                } else if (text != null) {
                    target.put(TO_ENVELOPE.getOrDefault(name, HeaderNames.toEnvelope(name)), text);
                }
            }
        });
    }

    @Override
    public Map<String, Object> toHeaders(Map<String, String> source) {
        Map<String, Object> headers = HashMap.newHashMap(source.size());
        source.forEach((written, text) -> {
            String name = FROM_ENVELOPE.getOrDefault(written, HeaderNames.toMessage(written));
            // What another process has written takes no name that means an object, or a class, of this one.
            boolean ours = FROM_ENVELOPE.containsKey(written) || !isLocal(name);
            if (ours && matches(name, inbound)) {
                headers.put(name, value(name, text));
            }
        });
        return headers;
    }

    private static boolean isLocal(String name) {
        return LOCAL.contains(name) || name.startsWith(LOCAL_PREFIX) || JsonHeaders.HEADERS.contains(name);
    }

    private static boolean matches(String name, String[] patterns) {
        return Boolean.TRUE.equals(PatternMatchUtils.smartMatch(name, patterns));
    }

    private static @Nullable String text(String name, Object value) {
        if (value instanceof CharSequence || value instanceof MimeType
                || BeanUtils.isSimpleValueType(value.getClass())) {
            return value.toString();
        }
        LOG.debug("header stays here, it is no simple value: header=" + name + ", type="
                + value.getClass().getTypeName());
        return null;
    }

    private static Object value(String name, String text) {
        Function<String, Object> number = NUMBERS.get(name);
        try {
            return number == null ? text : number.apply(text);
        } catch (NumberFormatException e) {
            LOG.debug("header is no number: header=" + name + ", value=" + text, e);
            return text;
        }
    }

    /** The patterns, for messages. */
    @Override
    public String toString() {
        return "EnvelopeHeaderMapper[outbound=" + List.of(outbound) + ", inbound=" + List.of(inbound) + "]";
    }
}
