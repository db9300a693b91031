package io.zeroipc.spring.integration;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.integration.mapping.HeaderMapper;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;

import io.zeroipc.spring.annotation.Internal;
import io.zeroipc.spring.core.FullAction;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.core.SendTargets;
import io.zeroipc.spring.core.UnknownChannelException;
import io.zeroipc.spring.core.ZeroIpcOperations;
import io.zeroipc.spring.core.ZeroIpcTemplate;

/**
 * How a component sends: with the template that it was given, or the context's, and with settings of its own where it has some.
 * To be configured before it is opened; not thread-safe until then.
 */
@Internal
public final class OutgoingMessages {

    private final @Nullable ZeroIpcOperations given;
    private @Nullable Duration sendTimeout;
    private @Nullable FullAction fullAction;
    private @Nullable Boolean envelopeEnabled;
    private HeaderMapper<Map<String, String>> headerMapper = new EnvelopeHeaderMapper();
    private @Nullable ZeroIpcOperations template;
    private @Nullable ZeroIpcTemplate own;
    private boolean enveloping;

    /** @param template null for the context's */
    public OutgoingMessages(@Nullable ZeroIpcOperations template) {
        this.given = template;
    }

    public void setSendTimeout(Duration timeout) {
        this.sendTimeout = timeout;
    }

    public void setFullAction(FullAction action) {
        this.fullAction = action;
    }

    public void setEnvelopeEnabled(boolean enabled) {
        this.envelopeEnabled = enabled;
    }

    public void setHeaderMapper(HeaderMapper<Map<String, String>> mapper) {
        this.headerMapper = mapper;
    }

    /**
     * Finds the template.
     *
     * @param channel where it is known before there is a message: looked up, as far as there is a registry
     * @param sender for messages
     * @throws UnknownChannelException when nobody declared the channel
     * @throws IllegalStateException when the template is none that can be told other settings
     */
    public void open(BeanFactory beans, @Nullable String channel, String sender) {
        SegmentRegistry registry = beans.getBeanProvider(SegmentRegistry.class).getIfUnique();
        if (registry != null && channel != null) {
            try {
                SendTargets.check(registry, registry.channel(channel), sender);
            } catch (UnknownChannelException e) {
                throw e.requestedBy(sender);
            }
        }
        ZeroIpcOperations found = given != null ? given : beans.getBean(ZeroIpcOperations.class);
        ZeroIpcOperations used = sendTimeout == null && fullAction == null && envelopeEnabled == null
                ? found
                : configured(found, sender);
        template = used;
        enveloping = used instanceof ZeroIpcTemplate known && known.isEnvelopeEnabled();
    }

    private ZeroIpcTemplate configured(ZeroIpcOperations found, String sender) {
        if (!(found instanceof ZeroIpcTemplate known)) {
            throw new IllegalStateException("sender cannot have settings of its own: sender=" + sender + ", template="
                    + found.getClass().getName()
                    + " (expected: a ZeroIpcTemplate, or nothing said about send timeout, full action and envelopes)");
        }
        ZeroIpcTemplate copy = known.copy();
        if (sendTimeout != null) {
            copy.setSendTimeout(sendTimeout);
        }
        if (fullAction != null) {
            copy.setFullAction(fullAction);
        }
        if (envelopeEnabled != null) {
            copy.setEnvelopeEnabled(envelopeEnabled);
        }
        own = copy;
        return copy;
    }

    /** The template, once it was found. */
    public ZeroIpcOperations template() {
        ZeroIpcOperations found = template;
        if (found == null) {
            throw new IllegalStateException("sender is not initialised (expected: a bean, or a call of"
                    + " afterPropertiesSet)");
        }
        return found;
    }

    /** What the template is to send for a message: its payload, with headers where they can travel. */
    public Object of(Message<?> message) {
        return enveloping ? withHeaders(message) : message.getPayload();
    }

    /** The payload with the headers that travel, by their names in an envelope. */
    public Message<?> withHeaders(Message<?> message) {
        Map<String, String> headers = new HashMap<>();
        headerMapper.fromHeaders(message.getHeaders(), headers);
        return new Outgoing(message.getPayload(), new OutgoingHeaders(headers));
    }

    /** Closes what was made for this component. */
    public void close() {
        if (own != null) {
            own.close();
        }
    }

    private record Outgoing(Object payload, MessageHeaders headers) implements Message<Object> {

        @Override
        public Object getPayload() {
            return payload;
        }

        @Override
        public MessageHeaders getHeaders() {
            return headers;
        }
    }

    /** Without the id and the time of a message: those do not travel. */
    private static final class OutgoingHeaders extends MessageHeaders {

        private static final long serialVersionUID = 1L;

        OutgoingHeaders(Map<String, String> values) {
            super(new HashMap<>(values), ID_VALUE_NONE, -1L);
        }
    }
}
