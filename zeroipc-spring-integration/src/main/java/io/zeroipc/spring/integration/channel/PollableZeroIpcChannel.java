package io.zeroipc.spring.integration.channel;

import java.lang.reflect.Type;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.integration.channel.AbstractPollableChannel;
import org.springframework.integration.mapping.HeaderMapper;
import org.springframework.messaging.Message;

import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.core.ZeroIpcHeaders;
import io.zeroipc.spring.core.ZeroIpcTemplate;
import io.zeroipc.spring.integration.ElementMessages;
import io.zeroipc.spring.integration.ElementPayloads;
import io.zeroipc.spring.integration.EnvelopeHeaderMapper;

/**
 * A channel whose messages lie in a structure until somebody receives them, in this process or another: a queue, for example. What
 * its senders and receivers wait for is room and messages in shared memory; a message that was sent outlives this process.
 *
 * <p>
 * On {@code frame(n)} and {@code bytes(n)} messages travel with their headers, in envelopes; elsewhere payloads travel alone. The
 * first receiver takes the consuming role where there is one, and the channel keeps it.
 */
public final class PollableZeroIpcChannel extends AbstractPollableChannel {

    /** What a wait without an end is made of. */
    private static final Duration TURN = Duration.ofMinutes(1);

    private final String structure;
    private final @Nullable ZeroIpcTemplate given;
    private final MessageSender sender;
    private Type payloadType = Object.class;
    private ElementMessages messages = new ElementMessages(new EnvelopeHeaderMapper());
    private @Nullable Receiving receiving;

    /** Elements come as they are: envelopes are opened here, as their headers are wanted. */
    private record Receiving(ChannelName name, ZeroIpcTemplate template, ElementPayloads payloads) {}

    /**
     * A channel in the segments of the context.
     *
     * @param structure {@code segment/structure}, or a structure of the primary segment
     */
    public PollableZeroIpcChannel(String structure) {
        this(null, structure, new MessageSender(null, structure));
    }

    /** A channel that sends and receives with a template like this one. */
    public PollableZeroIpcChannel(ZeroIpcTemplate template, String structure) {
        this(template, structure, new MessageSender(template, structure));
    }

    private PollableZeroIpcChannel(@Nullable ZeroIpcTemplate given, String structure, MessageSender sender) {
        this.given = given;
        this.structure = structure;
        this.sender = sender;
    }

    /** What is made of elements; they are payloads as they are by default. */
    public void setPayloadType(Class<?> type) {
        this.payloadType = type;
    }

    /** As {@link #setPayloadType(Class)}, for a type with type arguments. */
    public void setPayloadType(ParameterizedTypeReference<?> type) {
        this.payloadType = type.getType();
    }

    /** Maps the headers that travel; an {@link EnvelopeHeaderMapper} by default. */
    public void setHeaderMapper(HeaderMapper<Map<String, String>> mapper) {
        this.messages = new ElementMessages(mapper);
        sender.setHeaderMapper(mapper);
    }

    @Override
    public String getComponentType() {
        return "zeroipc:pollable-channel";
    }

    @Override
    protected void onInit() {
        super.onInit();
        String self = "pollable channel " + getComponentName();
        sender.open(getBeanFactory(), self);
        SegmentRegistry registry = getBeanFactory().getBean(SegmentRegistry.class);
        ChannelName name = registry.channel(structure);
        ElementPayloads payloads = new ElementPayloads(registry, name, payloadType,
                ElementPayloads.convertersOf(getBeanFactory()), self);
        payloads.check();
        ZeroIpcTemplate template = given == null ? new ZeroIpcTemplate(registry) : given.copy();
        template.setEnvelopeEnabled(false);
        receiving = new Receiving(name, template, payloads);
    }

    @Override
    protected boolean doSend(Message<?> message, long timeout) {
        return sender.send(message, timeout);
    }

    @Override
    protected @Nullable Message<?> doReceive(long timeout) {
        Receiving from = receiving;
        if (from == null) {
            throw new IllegalStateException("channel is not initialised: channel=" + structure
                    + " (expected: a bean, or a call of afterPropertiesSet)");
        }
        try {
            Object element = take(from, timeout);
            return element == null ? null : message(from, element);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    private static @Nullable Object take(Receiving from, long timeout) throws InterruptedException {
        String name = from.name().toString();
        if (timeout >= 0) {
            return from.template().tryReceive(name, Object.class, Duration.ofMillis(timeout));
        }
        Object element = null;
        while (element == null) {
            element = from.template().tryReceive(name, Object.class, TURN);
        }
        return element;
    }

    private Message<?> message(Receiving from, Object element) {
        Map<String, Object> headers = new HashMap<>();
        Object payload = messages.open(from.payloads().of(element), element, headers);
        headers.put(ZeroIpcHeaders.SEGMENT, from.name().segment());
        headers.put(ZeroIpcHeaders.STRUCTURE, from.name().structure());
        return getMessageBuilderFactory().withPayload(payload).copyHeaders(headers).build();
    }

    @Override
    public void destroy() {
        super.destroy();
        sender.close();
        Receiving from = receiving;
        if (from != null) {
            from.template().close();
        }
    }
}
