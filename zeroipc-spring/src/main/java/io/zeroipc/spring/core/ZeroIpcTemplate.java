package io.zeroipc.spring.core;

import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanNameAware;
import org.springframework.core.ParameterizedTypeReference;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.segment.Structure;
import io.zeroipc.spring.converter.PayloadConversion;
import io.zeroipc.spring.converter.PayloadConverters;
import io.zeroipc.spring.core.ChannelHandle.Sent;
import io.zeroipc.spring.core.envelope.Envelope;
import io.zeroipc.spring.core.envelope.EnvelopeHeaders;
import io.zeroipc.spring.observation.ZeroIpcObservations;
import io.zeroipc.wait.Deadline;

/**
 * The operations on the segments of a registry. Holds names: after a segment's file was replaced the next call opens the
 * new one, where the segment's definition says so. Receiving from a structure with one reader takes that role until the
 * template is closed. To be configured before its first use.
 */
public final class ZeroIpcTemplate implements ZeroIpcOperations, BeanNameAware, AutoCloseable {

    private final SegmentRegistry registry;
    private final ChannelHandles handles;
    private final RequestExchange exchange;
    private TemplateConversion conversion = new TemplateConversion(new PayloadConverters());
    private String name = "zeroIpcTemplate";
    private @Nullable String defaultChannel;
    private @Nullable String replyChannel;
    private Duration sendTimeout = Duration.ZERO;
    private Duration receiveTimeout = Duration.ZERO;
    private FullAction fullAction = FullAction.FAIL;
    private boolean envelopeEnabled;
    private @Nullable TemplateObserver observer;

    public ZeroIpcTemplate(SegmentRegistry registry) {
        this.registry = registry;
        this.handles = new ChannelHandles(registry);
        this.exchange = new RequestExchange(handles);
    }

    /** What observations and meters call it. */
    @Override
    public void setBeanName(String beanName) {
        this.name = beanName;
    }

    public String getName() {
        return name;
    }

    /** What converts; plain text alone by default. */
    public void setPayloadConverters(PayloadConverters converters) {
        this.conversion = new TemplateConversion(converters);
    }

    /**
     * The channel on which replies are received; none by default. A declared structure of {@code frame(n)} that no other
     * instance of this application receives from, and that repliers know by the same name.
     */
    public void setReplyChannel(@Nullable String channel) {
        this.replyChannel = channel;
    }

    /** The channel of {@link #send(Object)}; none by default. */
    public void setDefaultChannel(@Nullable String channel) {
        this.defaultChannel = channel;
    }

    /** How long {@link #send} waits for room before it does what the full action says; not at all by default. */
    public void setSendTimeout(Duration timeout) {
        this.sendTimeout = timeout;
    }

    /** How long {@link #receive} waits; not at all by default. */
    public void setReceiveTimeout(Duration timeout) {
        this.receiveTimeout = timeout;
    }

    /** What {@link #send} does when no room has come in time; {@link FullAction#FAIL} by default. */
    public void setFullAction(FullAction action) {
        this.fullAction = action;
    }

    /**
     * Whether bytes travel in envelopes, with the trace of an observation among their headers, on channels of
     * {@code frame(n)} and {@code bytes(n)}; receiving opens envelopes then. Off by default. Other channels have no room
     * for headers, and carry their elements alone.
     */
    public void setEnvelopeEnabled(boolean enabled) {
        this.envelopeEnabled = enabled;
    }

    /** Observes sending; null, the default, does not. */
    public void setObservations(@Nullable ZeroIpcObservations observations) {
        this.observer = observations == null ? null : new TemplateObserver(observations, registry);
    }

    @Override
    public void send(Object element) {
        String channel = defaultChannel;
        if (channel == null) {
            throw new IllegalStateException(
                    "template has no default channel (expected: a channel in the call, zeroipc.template.default-channel, or"
                            + " setDefaultChannel)");
        }
        send(channel, element);
    }

    @Override
    public void send(String channel, Object element) {
        send(handles.name(channel), element);
    }

    private void send(ChannelName target, Object element) {
        uninterrupted(target, () -> observed(target, observed -> {
            Deadline deadline = fullAction == FullAction.BLOCK ? Deadline.never() : deadline(sendTimeout);
            Sent sent = transmit(target, element, observed, deadline);
            if (!sent.isFull() || fullAction != FullAction.DROP) {
                handles.requireSent(target, sent);
            }
            return sent;
        }));
    }

    @Override
    public boolean trySend(String channel, Object element) {
        ChannelName target = handles.name(channel);
        return uninterrupted(target,
                () -> observed(target, observed -> transmit(target, element, observed, null))).isSent();
    }

    @Override
    public boolean trySend(String channel, Object element, Duration timeout) throws InterruptedException {
        ChannelName target = handles.name(channel);
        return observed(target, observed -> transmit(target, element, observed, deadline(timeout))).isSent();
    }

    @Override
    public int sendAll(String channel, Collection<?> elements) {
        ChannelName target = handles.name(channel);
        return uninterrupted(target,
                () -> observed(target, observed -> handles.attempt(target, handle -> {
                    int sent = handle.sendAll(
                            elements.stream().map(element -> toElement(handle, target, element)),
                            inEnvelopes(observed));
                    boolean whole = sent == elements.size();
                    observed.tellEnd(whole ? Sent.YES : handle.isClosed() ? Sent.CLOSED : Sent.FULL);
                    return sent;
                })));
    }

    @Override
    public <T> @Nullable T receive(String channel, Class<T> elementType) {
        ChannelName source = handles.name(channel);
        return ZeroIpcTemplate.<@Nullable T>uninterrupted(source,
                () -> take(source, elementType, deadline(receiveTimeout)));
    }

    @Override
    public <T> @Nullable T tryReceive(String channel, Class<T> elementType) {
        ChannelName source = handles.name(channel);
        return ZeroIpcTemplate.<@Nullable T>uninterrupted(source, () -> take(source, elementType, null));
    }

    @Override
    public <T> @Nullable T tryReceive(String channel, Class<T> elementType, Duration timeout)
            throws InterruptedException {
        return take(handles.name(channel), elementType, deadline(timeout));
    }

    @Override
    public <T> List<T> receiveAll(String channel, Class<T> elementType, int max) {
        ChannelName source = handles.name(channel);
        return uninterrupted(source, () -> handles.attempt(source, handle -> {
            ElementForm form = handle.form();
            form.requireReceivable(elementType);
            List<Object> elements = new ArrayList<>();
            handle.receiveAll(elements, max);
            return elements.stream().map(element -> form.payload(element, elementType, envelopeEnabled)).toList();
        }));
    }

    @Override
    public <T> @Nullable T receiveAndConvert(String channel, Class<T> payloadType) {
        Object payload = receiveAndConvert(channel, (Type) payloadType);
        return payload == null ? null : payloadType.cast(payload);
    }

    @Override
    @SuppressWarnings("unchecked") // the converter was asked for exactly this type
    public <T> @Nullable T receiveAndConvert(String channel, ParameterizedTypeReference<T> payloadType) {
        return (T) receiveAndConvert(channel, payloadType.getType());
    }

    private @Nullable Object receiveAndConvert(String channel, Type wanted) {
        ChannelName source = handles.name(channel);
        return ZeroIpcTemplate.<@Nullable Object>uninterrupted(source,
                () -> handles.<@Nullable Object>attempt(source, handle -> {
                    ElementForm form = handle.form();
                    PayloadConversion by = conversion.toPayload(source, form, wanted);
                    Object element = handle.receive(deadline(receiveTimeout));
                    if (element == null) {
                        return null;
                    }
                    if (by != null) {
                        return by.toPayload(element);
                    }
                    Class<?> type = wanted instanceof Class<?> plain ? plain : Object.class;
                    return form.payload(element, type, envelopeEnabled);
                }));
    }

    @Override
    public <T> @Nullable T sendAndReceive(String channel, Object request, Class<T> replyType, Duration timeout)
            throws InterruptedException {
        ChannelName target = handles.name(channel);
        ChannelName replies = replyChannel();
        conversion.requireReadable(replies, replyType);
        Envelope envelope = request instanceof Envelope made
                ? made
                : Envelope.of(conversion.toBytes(target, request)).build();
        Envelope reply = this.<@Nullable Envelope>observed(target,
                observed -> exchange.exchange(target, replies, envelope, observed, Deadline.after(timeout)));
        return reply == null ? null : conversion.fromEnvelope(replies, reply, replyType);
    }

    private ChannelName replyChannel() {
        String channel = replyChannel;
        if (channel == null) {
            throw new IllegalStateException("template has no channel for replies (expected: setReplyChannel, or"
                    + " zeroipc.template.reply-channel, with a channel of frame(n) of this instance alone)");
        }
        return handles.name(channel);
    }

    @Override
    public void reply(Envelope request, Object reply) {
        String channel = request.header(EnvelopeHeaders.REPLY_CHANNEL)
                .orElseThrow(() -> new IllegalArgumentException("envelope asks for no reply: headers="
                        + request.headers().keySet() + " (expected: " + EnvelopeHeaders.REPLY_CHANNEL + ")"));
        ChannelName target = handles.name(channel);
        Envelope.Builder answer = reply instanceof Envelope made
                ? made.toBuilder()
                : Envelope.of(conversion.toBytes(target, reply));
        request.header(EnvelopeHeaders.CORRELATION_ID)
                .ifPresent(id -> answer.header(EnvelopeHeaders.CORRELATION_ID, id));
        send(target, answer.build());
    }

    @Override
    public <S extends Structure, R extends @Nullable Object> R execute(String channel, Class<S> structureType,
            Function<? super S, R> action) {
        ChannelName target = handles.name(channel);
        return uninterrupted(target, () -> handles.attempt(target, handle -> {
            Structure structure = handle.structure();
            if (!structureType.isInstance(structure)) {
                throw new UnsupportedChannelTypeException(target, structure.kind().label(),
                        "to execute with " + structureType.getSimpleName(), structure.getClass().getSimpleName());
            }
            return action.apply(structureType.cast(structure));
        }));
    }

    /** What became of the requests. */
    public RequestStatistics getRequestStatistics() {
        return exchange.statistics();
    }

    /** Gives the roles of receivers back, and ends the waiting for replies. Segments stay open. */
    @Override
    public void close() {
        exchange.close();
        handles.close();
    }

    private Sent transmit(ChannelName target, Object element, ObservedSend observed, @Nullable Deadline deadline)
            throws InterruptedException {
        return observed.tellEnd(
                handles.attempt(target,
                        handle -> handle.send(toElement(handle, target, element), inEnvelopes(observed), deadline)));
    }

    private Object toElement(ChannelHandle handle, ChannelName target, Object sent) {
        return conversion.toElement(target, handle.form(), sent, envelopeEnabled);
    }

    /** Null where bytes go without an envelope. */
    private @Nullable Map<String, String> inEnvelopes(ObservedSend observed) {
        return envelopeEnabled ? observed.headers() : null;
    }

    private <T> @Nullable T take(ChannelName source, Class<T> type, @Nullable Deadline deadline)
            throws InterruptedException {
        return handles.<@Nullable T>attempt(source, handle -> {
            ElementForm form = handle.form();
            form.requireReceivable(type);
            Object element = handle.receive(deadline);
            return element == null ? null : form.payload(element, type, envelopeEnabled);
        });
    }

    /** Does it within an observation, if there is one, and with its headers. */
    private <R extends @Nullable Object> R observed(ChannelName target, TemplateObserver.Sending<R> sending)
            throws InterruptedException {
        TemplateObserver present = observer;
        return present == null ? sending.send(ObservedSend.NONE) : present.observe(name, target, sending);
    }

    /** Null for no waiting at all. */
    private static @Nullable Deadline deadline(Duration timeout) {
        return timeout.isPositive() ? Deadline.after(timeout) : null;
    }

    private static <R extends @Nullable Object> R uninterrupted(ChannelName channel, Interruptible<R> operation) {
        try {
            return operation.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ZeroIpcException("interrupted while waiting: channel=" + channel, e);
        }
    }

    @FunctionalInterface
    private interface Interruptible<R extends @Nullable Object> {

        R run() throws InterruptedException;
    }
}
