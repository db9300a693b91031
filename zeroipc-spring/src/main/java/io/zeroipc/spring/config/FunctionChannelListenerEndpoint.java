package io.zeroipc.spring.config;

import java.util.List;
import java.util.function.Consumer;

import org.springframework.messaging.handler.annotation.support.MessageHandlerMethodFactory;

import io.zeroipc.spring.listener.ElementListener;
import io.zeroipc.spring.listener.ListenerSettings;
import io.zeroipc.spring.listener.adapter.FunctionElementListener;

/** A listener that is made in code and registered with {@link ChannelListenerEndpointRegistry#register}. */
public final class FunctionChannelListenerEndpoint implements ChannelListenerEndpoint {

    private final String id;
    private final List<String> channels;
    private final FunctionElementListener<?> listener;
    private final ListenerSettings settings = new ListenerSettings();

    private FunctionChannelListenerEndpoint(String id, String channel, FunctionElementListener<?> listener) {
        this.id = id;
        this.channels = List.of(channel);
        this.listener = listener;
    }

    /** Calls a function with each element. */
    public static <T> FunctionChannelListenerEndpoint of(String id, String channel, Class<T> elementType,
            Consumer<? super T> function) {
        return new FunctionChannelListenerEndpoint(id, channel, FunctionElementListener.of(elementType, function));
    }

    /** Calls a function with each batch. */
    public static <T> FunctionChannelListenerEndpoint ofBatch(String id, String channel, Class<T> elementType,
            Consumer<? super List<T>> function) {
        return new FunctionChannelListenerEndpoint(id, channel, FunctionElementListener.ofBatch(elementType, function));
    }

    @Override
    public String getId() {
        return id;
    }

    @Override
    public List<String> getChannels() {
        return channels;
    }

    /** To be changed before the endpoint is registered. */
    @Override
    public ListenerSettings getSettings() {
        return settings;
    }

    @Override
    public ElementListener createListener(MessageHandlerMethodFactory methodFactory, ListenerSettings merged) {
        return listener.convertedBy(merged.getPayloadConverters());
    }

    @Override
    public String describe() {
        return "function " + id;
    }
}
