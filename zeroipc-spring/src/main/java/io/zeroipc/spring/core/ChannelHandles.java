package io.zeroipc.spring.core;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import io.zeroipc.SegmentDetachedException;
import io.zeroipc.spring.core.ChannelHandle.Sent;

/**
 * A template's holds on structures, by the names that its callers use. A hold whose segment was replaced is given up, and
 * another is taken where the segment's definition says so. Thread-safe.
 */
final class ChannelHandles implements AutoCloseable {

    /** In a row, each of a file that was replaced meanwhile. */
    private static final int OPENINGS_MAX = 16;

    private final SegmentRegistry registry;
    private final Map<ChannelName, ChannelHandle> handles = new ConcurrentHashMap<>();
    /** So that a name is read once: names are few, and written in the code. */
    private final Map<String, ChannelName> names = new ConcurrentHashMap<>();
    private volatile boolean closed;

    ChannelHandles(SegmentRegistry registry) {
        this.registry = registry;
    }

    ChannelName name(String channel) {
        ChannelName known = names.get(channel);
        return known != null ? known : names.computeIfAbsent(channel, registry::channel);
    }

    ChannelHandle get(ChannelName name) {
        ChannelHandle known = handles.get(name);
        return known != null ? known : handles.computeIfAbsent(name, this::open);
    }

    /**
     * Returns when an element was sent.
     *
     * @throws ChannelFullException when there was no room for it
     * @throws ChannelClosedException when there never will be
     */
    void requireSent(ChannelName target, Sent sent) {
        switch (sent.outcome()) {
            case SENT -> {
                // As it should be.
            }
            case CLOSED -> throw new ChannelClosedException(target);
            case STOPPED -> throw ChannelFullException.stopped(target, get(target).capacity(), sent.waited());
            case FULL, TIMEOUT -> throw new ChannelFullException(target, get(target).capacity(), sent.waited());
        }
    }

    /**
     * Does it, and again with the new segment whenever it turns out that the file of the old one is gone. A file that is replaced
     * faster than it can be opened is an error in the end.
     */
    <R extends @Nullable Object> R attempt(ChannelName name, Operation<R> operation) throws InterruptedException {
        int openings = 0;
        while (true) {
            ChannelHandle handle = null;
            try {
                handle = get(name);
                openings = 0;
                return translated(handle, operation);
            } catch (SegmentDetachedException e) {
                // An action of the caller's may have touched another segment than this one.
                boolean ours = handle == null || handle.attachment().isDetached();
                if (!ours || !registry.isReattaching(name.segment()) || ++openings == OPENINGS_MAX) {
                    throw e;
                }
                if (handle != null && handles.remove(name, handle)) {
                    handle.close();
                }
            }
        }
    }

    /** Gives the roles of receivers back. */
    @Override
    public void close() {
        closed = true;
        handles.values().forEach(ChannelHandle::close);
        handles.clear();
    }

    private ChannelHandle open(ChannelName name) {
        if (closed) {
            throw new IllegalStateException("template is closed: channel=" + name);
        }
        var structure = registry.tryStructure(name);
        return new ChannelHandle(name, structure, ElementTypes.of(registry, structure, null),
                registry.operations(name));
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

    @FunctionalInterface
    interface Operation<R extends @Nullable Object> {

        R on(ChannelHandle handle) throws InterruptedException;
    }
}
