package io.zeroipc.spring.listener;

import java.util.function.Consumer;

import io.zeroipc.spring.core.ChannelName;

/** A listener that hands on the messages it gets. */
record Listening(boolean isBatch, PayloadForm form, Consumer<ElementMessage> action) implements ElementListener {

    /** Of values. */
    Listening(boolean isBatch, Consumer<ElementMessage> action) {
        this(isBatch, PayloadForm.VALUE, action);
    }

    @Override
    public PayloadForm formOf(ChannelName channel, String elementTypeName, Class<?> elementType) {
        return form;
    }

    @Override
    public void onMessage(ElementMessage message) {
        action.accept(message);
    }
}
