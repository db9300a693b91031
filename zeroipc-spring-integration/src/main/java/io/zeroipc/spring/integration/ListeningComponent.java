package io.zeroipc.spring.integration;

import org.springframework.integration.core.Pausable;

import io.zeroipc.spring.listener.ChannelListenerContainer;

/** A component that gets its elements from a listener. It is paused as that is. */
public interface ListeningComponent extends Pausable {

    /** The listener. There is none before the component is initialised. */
    ChannelListenerContainer getContainer();

    @Override
    default void pause() {
        getContainer().pause();
    }

    @Override
    default void resume() {
        getContainer().resume();
    }

    /** Whether a pause was asked for and nothing is in the flow any more that the listener waits for. */
    @Override
    default boolean isPaused() {
        return getContainer().isPaused();
    }
}
