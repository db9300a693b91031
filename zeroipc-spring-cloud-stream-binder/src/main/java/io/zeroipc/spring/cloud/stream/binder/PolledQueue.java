package io.zeroipc.spring.cloud.stream.binder;

import org.jspecify.annotations.Nullable;
import org.springframework.integration.core.MessageSource;
import org.springframework.integration.core.Pausable;
import org.springframework.messaging.Message;

import io.zeroipc.spring.integration.inbound.ZeroIpcMessageSource;

/** What a polled consumer polls: messages as Spring Cloud Stream knows them. Thread-safe. */
final class PolledQueue implements MessageSource<Object>, Pausable {

    private final ZeroIpcMessageSource source;
    private final InboundMessages messages = new InboundMessages();

    /** @param source that is initialised; it begins when this is started */
    PolledQueue(ZeroIpcMessageSource source) {
        this.source = source;
        source.stop();
    }

    @Override
    @SuppressWarnings("unchecked") // of any payload
    public @Nullable Message<Object> receive() {
        Message<?> message = source.receive();
        return message == null ? null : (Message<Object>) messages.postProcessMessage(message);
    }

    @Override
    public void start() {
        source.start();
    }

    @Override
    public void stop() {
        source.stop();
    }

    @Override
    public boolean isRunning() {
        return source.isRunning();
    }

    @Override
    public void pause() {
        source.pause();
    }

    @Override
    public void resume() {
        source.resume();
    }

    @Override
    public boolean isPaused() {
        return source.isPaused();
    }

    @Override
    public String toString() {
        return source.getComponentName();
    }
}
