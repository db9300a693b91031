package io.zeroipc.spring.core;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The channels of a template, by the names that its callers use. Thread-safe. */
final class TemplateChannels implements AutoCloseable {

    private final SegmentRegistry registry;
    private final TemplateSettings settings;
    private final Map<ChannelName, TemplateChannel> channels = new ConcurrentHashMap<>();
    /** So that a name is read once: names are few, and written in the code. Short and long forms are the same channel. */
    private final Map<String, TemplateChannel> named = new ConcurrentHashMap<>();
    private volatile boolean closed;

    TemplateChannels(SegmentRegistry registry, TemplateSettings settings) {
        this.registry = registry;
        this.settings = settings;
    }

    /** Opens nothing. */
    TemplateChannel get(String text) {
        TemplateChannel known = named.get(text);
        return known != null ? known : named.computeIfAbsent(text, unread -> get(registry.channel(unread)));
    }

    private TemplateChannel get(ChannelName name) {
        TemplateChannel channel = channels.computeIfAbsent(name,
                unopened -> new TemplateChannel(unopened, registry, settings));
        // Added first, looked second; close() says so first and closes what was added second.
        if (closed) {
            channel.close();
        }
        return channel;
    }

    /** Gives the roles of receivers back. */
    @Override
    public void close() {
        closed = true;
        channels.values().forEach(TemplateChannel::close);
    }
}
