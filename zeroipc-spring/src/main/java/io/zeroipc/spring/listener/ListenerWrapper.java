package io.zeroipc.spring.listener;

import java.util.OptionalLong;

import org.jspecify.annotations.Nullable;

import io.zeroipc.segment.Source;
import io.zeroipc.spring.annotation.Internal;
import io.zeroipc.spring.core.ChannelName;

/**
 * A listener around another one: passes on what whoever extends it does not change. It is never called with payloads alone, as there
 * would be nothing to add anything to.
 */
@Internal
public abstract class ListenerWrapper implements ElementListener {

    private final ElementListener listener;

    protected ListenerWrapper(ElementListener listener) {
        this.listener = listener;
    }

    /** The listener inside. */
    protected final ElementListener wrapped() {
        return listener;
    }

    @Override
    public boolean isBatch() {
        return listener.isBatch();
    }

    @Override
    public boolean needsAcknowledgment() {
        return listener.needsAcknowledgment();
    }

    @Override
    public boolean needsPositions() {
        return listener.needsPositions();
    }

    @Override
    public OptionalLong attaching(ChannelName channel, Source<?> source) {
        return listener.attaching(channel, source);
    }

    @Override
    public PayloadForm formOf(ChannelName channel, String elementTypeName, @Nullable Class<?> elementType) {
        return listener.formOf(channel, elementTypeName, elementType);
    }

    @Override
    public void onMessage(ElementMessage message) throws Exception {
        listener.onMessage(message);
    }

    @Override
    public void undelivered(ListenerExecutionFailedException failure) {
        listener.undelivered(failure);
    }

    @Override
    public boolean recover(ListenerExecutionFailedException failure) throws Exception {
        return listener.recover(failure);
    }

    @Override
    public void reply(ElementMessage message, Object result) throws Exception {
        listener.reply(message, result);
    }

    /** The listener itself: reports are about that. */
    @Override
    public String toString() {
        return listener.toString();
    }
}
