package io.zeroipc.spring.core;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import io.zeroipc.SegmentDetachedException;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.spring.core.ChannelHandle.Sent;

/**
 * The operations on the segments of a registry. Holds names: after a segment's file was replaced the next call opens the
 * new one, where the segment's definition says so. Receiving from a structure with one reader takes that role until the
 * template is closed.
 */
public final class ZeroIpcTemplate implements ZeroIpcOperations, AutoCloseable {

    private final SegmentRegistry registry;
    private final Map<ChannelName, ChannelHandle> handles = new ConcurrentHashMap<>();
    /** So that a name is read once: names are few, and written in the code. */
    private final Map<String, ChannelName> names = new ConcurrentHashMap<>();
    private volatile @Nullable String defaultChannel;
    private volatile Duration sendTimeout = Duration.ZERO;
    private volatile Duration receiveTimeout = Duration.ZERO;
    private volatile boolean closed;

    public ZeroIpcTemplate(SegmentRegistry registry) {
        this.registry = registry;
    }

    /** The channel of {@link #send(Object)}; none by default. */
    public void setDefaultChannel(@Nullable String channel) {
        this.defaultChannel = channel;
    }

    /** How long {@link #send} waits for room; not at all by default. */
    public void setSendTimeout(Duration timeout) {
        this.sendTimeout = timeout;
    }

    /** How long {@link #receive} waits; not at all by default. */
    public void setReceiveTimeout(Duration timeout) {
        this.receiveTimeout = timeout;
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
        Duration timeout = sendTimeout;
        ChannelName name = name(channel);
        Sent sent = uninterrupted(name, () -> attempt(name, handle -> handle.send(element, timeout)));
        if (sent == Sent.FULL) {
            throw new ChannelFullException(name, handle(name).capacity(), timeout);
        }
        if (sent == Sent.CLOSED) {
            throw new ChannelClosedException(name);
        }
    }

    @Override
    public boolean trySend(String channel, Object element) {
        ChannelName name = name(channel);
        return uninterrupted(name, () -> attempt(name, handle -> handle.send(element, Duration.ZERO))) == Sent.YES;
    }

    @Override
    public boolean trySend(String channel, Object element, Duration timeout) throws InterruptedException {
        return attempt(name(channel), handle -> handle.send(element, timeout)) == Sent.YES;
    }

    @Override
    public int sendAll(String channel, Collection<?> elements) {
        int sent = 0;
        for (Object element : elements) {
            if (!trySend(channel, element)) {
                break;
            }
            sent++;
        }
        return sent;
    }

    @Override
    public <T> @Nullable T receive(String channel, Class<T> elementType) {
        Duration timeout = receiveTimeout;
        ChannelName name = name(channel);
        return uninterrupted(name,
                () -> this.<@Nullable T>attempt(name, handle -> handle.receive(elementType, timeout)));
    }

    @Override
    public <T> @Nullable T tryReceive(String channel, Class<T> elementType) {
        ChannelName name = name(channel);
        return uninterrupted(name,
                () -> this.<@Nullable T>attempt(name, handle -> handle.receive(elementType, Duration.ZERO)));
    }

    @Override
    public <T> @Nullable T tryReceive(String channel, Class<T> elementType, Duration timeout)
            throws InterruptedException {
        return this.<@Nullable T>attempt(name(channel), handle -> handle.receive(elementType, timeout));
    }

    /** Gives the roles of receivers back. Segments stay open. */
    @Override
    public void close() {
        closed = true;
        handles.values().forEach(ChannelHandle::close);
        handles.clear();
    }

    /** Does it, and once more with the new segment when the first attempt finds that the old one is gone. */
    private <R extends @Nullable Object> R attempt(ChannelName name, Operation<R> operation)
            throws InterruptedException {
        ChannelHandle handle = handle(name);
        try {
            return translated(handle, operation);
        } catch (SegmentDetachedException e) {
            if (!registry.isReattaching(name.segment())) {
                throw e;
            }
            if (handles.remove(name, handle)) {
                handle.close();
            }
            return translated(handle(name), operation);
        }
    }

    private static <R extends @Nullable Object> R translated(ChannelHandle handle, Operation<R> operation)
            throws InterruptedException {
        try {
            return operation.on(handle);
        } catch (InternalError e) {
            // A page of the mapping is gone. Rethrown as it is when the file proves to be intact.
            throw handle.attachment().translate(e);
        }
    }

    private ChannelHandle handle(ChannelName name) {
        ChannelHandle known = handles.get(name);
        return known != null ? known : handles.computeIfAbsent(name, this::open);
    }

    private ChannelHandle open(ChannelName name) {
        if (closed) {
            throw new IllegalStateException("template is closed: channel=" + name);
        }
        var structure = registry.tryStructure(name);
        return new ChannelHandle(name, structure, ElementTypes.of(registry, structure, null),
                registry.operations(name));
    }

    private ChannelName name(String channel) {
        ChannelName known = names.get(channel);
        return known != null ? known : names.computeIfAbsent(channel, registry::channel);
    }

    private static <R extends @Nullable Object> R uninterrupted(ChannelName name, Interruptible<R> operation) {
        try {
            return operation.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ZeroIpcException("interrupted while waiting: channel=" + name, e);
        }
    }

    @FunctionalInterface
    private interface Operation<R extends @Nullable Object> {

        R on(ChannelHandle handle) throws InterruptedException;
    }

    @FunctionalInterface
    private interface Interruptible<R extends @Nullable Object> {

        R run() throws InterruptedException;
    }
}
