package io.zeroipc.spring.core;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanNameAware;
import org.springframework.core.ParameterizedTypeReference;

import io.zeroipc.flow.Loan;
import io.zeroipc.segment.Structure;
import io.zeroipc.spring.converter.PayloadConverters;
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
    private final TemplateSettings settings;
    private final TemplateChannels channels;
    private final RequestExchange exchange = new RequestExchange();
    private @Nullable String defaultChannel;
    private @Nullable String replyChannel;

    public ZeroIpcTemplate(SegmentRegistry registry) {
        this(registry, new TemplateSettings());
    }

    private ZeroIpcTemplate(SegmentRegistry registry, TemplateSettings settings) {
        this.registry = registry;
        this.settings = settings;
        this.channels = new TemplateChannels(registry, settings);
    }

    /** What observations and meters call it. */
    @Override
    public void setBeanName(String beanName) {
        settings.setName(beanName);
    }

    public String getName() {
        return settings.getName();
    }

    /** What converts; plain text alone by default. */
    public void setPayloadConverters(PayloadConverters converters) {
        settings.setConversion(new TemplateConversion(converters));
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
        settings.setSendTimeout(timeout);
    }

    /**
     * Another template of the same registry, configured like this one is now, and to be configured further: for somebody who
     * sends with another patience, for example. It has no channel for replies, and is closed by itself.
     */
    public ZeroIpcTemplate copy() {
        ZeroIpcTemplate other = new ZeroIpcTemplate(registry, settings.copy());
        other.setDefaultChannel(defaultChannel);
        return other;
    }

    /** How long {@link #receive} waits; not at all by default. */
    public void setReceiveTimeout(Duration timeout) {
        settings.setReceiveTimeout(timeout);
    }

    /** What {@link #send} does when no room has come in time; {@link FullAction#FAIL} by default. */
    public void setFullAction(FullAction action) {
        settings.setFullAction(action);
    }

    /**
     * Whether bytes travel in envelopes, with the trace of an observation among their headers, on channels of
     * {@code frame(n)} and {@code bytes(n)}; receiving opens envelopes then. Off by default. Other channels have no room
     * for headers, and carry their elements alone.
     */
    public void setEnvelopeEnabled(boolean enabled) {
        settings.setEnvelopeEnabled(enabled);
    }

    public boolean isEnvelopeEnabled() {
        return settings.isEnvelopeEnabled();
    }

    /** Observes sending; null, the default, does not. */
    public void setObservations(@Nullable ZeroIpcObservations observations) {
        settings.setObserver(observations == null ? null : new TemplateObserver(observations, registry));
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
    public <T> BoundChannelOperations<T> channel(String channel, Class<T> type) {
        return new BoundChannel<>(channels.get(channel), type);
    }

    @Override
    public <T> BoundChannelOperations<T> channel(String channel, ParameterizedTypeReference<T> type) {
        return new BoundChannel<>(channels.get(channel), type.getType());
    }

    @Override
    public void send(String channel, Object element) {
        channels.get(channel).send(element);
    }

    @Override
    public boolean trySend(String channel, Object element) {
        return channels.get(channel).trySend(element);
    }

    @Override
    public boolean trySend(String channel, Object element, Duration timeout) throws InterruptedException {
        return channels.get(channel).trySend(element, timeout);
    }

    @Override
    public int sendAll(String channel, Collection<?> elements) {
        return channels.get(channel).sendAll(elements);
    }

    @Override
    public Loan loan(String channel, long bytes) {
        return channels.get(channel).loan(bytes);
    }

    @Override
    public @Nullable Loan tryLoan(String channel, long bytes) {
        return channels.get(channel).tryLoan(bytes);
    }

    @Override
    public @Nullable Loan tryLoan(String channel, long bytes, Duration timeout) throws InterruptedException {
        return channels.get(channel).tryLoan(bytes, timeout);
    }

    @Override
    public <T> @Nullable T receive(String channel, Class<T> elementType) {
        return channels.get(channel).receive(elementType);
    }

    @Override
    public <T> @Nullable T tryReceive(String channel, Class<T> elementType) {
        return channels.get(channel).tryReceive(elementType);
    }

    @Override
    public <T> @Nullable T tryReceive(String channel, Class<T> elementType, Duration timeout)
            throws InterruptedException {
        return channels.get(channel).tryReceive(elementType, timeout);
    }

    @Override
    public <T> List<T> receiveAll(String channel, Class<T> elementType, int max) {
        return channels.get(channel).receiveAll(elementType, max);
    }

    @Override
    public <T> @Nullable T receiveAndConvert(String channel, Class<T> payloadType) {
        Object payload = channels.get(channel).receiveAndConvert(payloadType);
        return payload == null ? null : payloadType.cast(payload);
    }

    @Override
    @SuppressWarnings("unchecked") // the converter was asked for exactly this type
    public <T> @Nullable T receiveAndConvert(String channel, ParameterizedTypeReference<T> payloadType) {
        return (T) channels.get(channel).receiveAndConvert(payloadType.getType());
    }

    @Override
    public <T> @Nullable T sendAndReceive(String channel, Object request, Class<T> replyType, Duration timeout)
            throws InterruptedException {
        TemplateChannel target = channels.get(channel);
        TemplateChannel replies = replyChannel();
        TemplateConversion conversion = settings.getConversion();
        conversion.requireReadable(replies.name(), replyType);
        Envelope envelope = conversion.toEnvelope(target.name(), request);
        Envelope reply = target.<@Nullable Envelope>observed(
                observed -> exchange.exchange(target, replies, envelope, observed, Deadline.after(timeout)));
        return reply == null ? null : conversion.fromEnvelope(replies.name(), reply, replyType);
    }

    private TemplateChannel replyChannel() {
        String channel = replyChannel;
        if (channel == null) {
            throw new IllegalStateException("template has no channel for replies (expected: setReplyChannel, or"
                    + " zeroipc.template.reply-channel, with a channel of frame(n) of this instance alone)");
        }
        return channels.get(channel);
    }

    @Override
    public void reply(Envelope request, Object reply) {
        String channel = request.header(EnvelopeHeaders.REPLY_CHANNEL)
                .orElseThrow(() -> new IllegalArgumentException("envelope asks for no reply: headers="
                        + request.headers().keySet() + " (expected: " + EnvelopeHeaders.REPLY_CHANNEL + ")"));
        TemplateChannel target = channels.get(channel);
        Envelope.Builder answer = settings.getConversion().toEnvelope(target.name(), reply).toBuilder();
        request.header(EnvelopeHeaders.CORRELATION_ID)
                .ifPresent(id -> answer.header(EnvelopeHeaders.CORRELATION_ID, id));
        target.send(answer.build());
    }

    @Override
    public <S extends Structure, R extends @Nullable Object> R execute(String channel, Class<S> structureType,
            Function<? super S, R> action) {
        return channels.get(channel).execute(structureType, action);
    }

    /** What became of the requests. */
    public RequestStatistics getRequestStatistics() {
        return exchange.statistics();
    }

    /** Gives the roles of receivers back, and ends the waiting for replies. Segments stay open. */
    @Override
    public void close() {
        exchange.close();
        channels.close();
    }
}
