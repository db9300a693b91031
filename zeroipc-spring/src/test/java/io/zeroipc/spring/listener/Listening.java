package io.zeroipc.spring.listener;

import java.util.function.Consumer;

import io.zeroipc.spring.core.ChannelName;

/** A listener that hands on what it gets, as values. */
record Listening(boolean isBatch, Consumer<ElementMessage> action) implements ElementListener {

    @Override
    public PayloadForm formOf(ChannelName channel, String elementTypeName, Class<?> elementType) {
        return PayloadForm.VALUE;
    }

    @Override
    public void onMessage(ElementMessage message) {
        action.accept(message);
    }
}
