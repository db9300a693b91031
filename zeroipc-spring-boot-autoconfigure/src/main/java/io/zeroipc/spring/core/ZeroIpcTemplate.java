package io.zeroipc.spring.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanNameAware;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.segment.Structure;
import io.zeroipc.spring.core.ChannelHandle.Sent;
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
    private String name = "zeroIpcTemplate";
    private @Nullable String defaultChannel;
    private Duration sendTimeout = Duration.ZERO;
    private Duration receiveTimeout = Duration.ZERO;
    private FullAction fullAction = FullAction.FAIL;
    private boolean envelopeEnabled;
    private @Nullable TemplateObserver observer;

    public ZeroIpcTemplate(SegmentRegistry registry) {
        this.registry = registry;
        this.handles = new ChannelHandles(registry);
    }

    /** What observations and meters call it. */
    @Override
    public void setBeanName(String beanName) {
        this.name = beanName;
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
                    "template has no default channel (expected: send with a channel, or setDefaultChannel)");
        }
        send(channel, element);
    }

    @Override
    public void send(String channel, Object element) {
        ChannelName target = handles.name(channel);
        uninterrupted(target, () -> observed(target, headers -> {
            Deadline deadline = fullAction == FullAction.BLOCK ? Deadline.never() : deadline(sendTimeout);
            Sent sent = transmit(target, element, headers, deadline);
            if (sent == Sent.FULL && fullAction == FullAction.FAIL) {
                throw new ChannelFullException(target, handles.get(target).capacity(), sendTimeout);
            }
            if (sent == Sent.CLOSED) {
                throw new ChannelClosedException(target);
            }
            return sent;
        }));
    }

    @Override
    public boolean trySend(String channel, Object element) {
        ChannelName target = handles.name(channel);
        return uninterrupted(target,
                () -> observed(target, headers -> transmit(target, element, headers, null))) == Sent.YES;
    }

    @Override
    public boolean trySend(String channel, Object element, Duration timeout) throws InterruptedException {
        ChannelName target = handles.name(channel);
        return observed(target, headers -> transmit(target, element, headers, deadline(timeout))) == Sent.YES;
    }

    @Override
    public int sendAll(String channel, Collection<?> elements) {
        ChannelName target = handles.name(channel);
        return uninterrupted(target,
                () -> observed(target,
                        headers -> handles.attempt(target, handle -> handle.sendAll(elements, headers))));
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

    /** Gives the roles of receivers back. Segments stay open. */
    @Override
    public void close() {
        handles.close();
    }

    private Sent transmit(ChannelName target, Object element, @Nullable Map<String, String> headers,
            @Nullable Deadline deadline) throws InterruptedException {
        return handles.attempt(target, handle -> handle.send(element, headers, deadline));
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

    /** Does it within an observation, if there is one, whose headers go along where envelopes are on. */
    private <R> R observed(ChannelName target, TemplateObserver.Sending<R> sending) throws InterruptedException {
        TemplateObserver present = observer;
        if (present != null) {
            return present.observe(name, target,
                    headers -> sending.send(envelopeEnabled ? headers : null));
        }
        return sending.send(envelopeEnabled ? Map.of() : null);
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
