package io.zeroipc.spring.config;

import java.util.List;

import org.springframework.messaging.handler.annotation.support.MessageHandlerMethodFactory;

import io.zeroipc.spring.listener.ElementListener;
import io.zeroipc.spring.listener.ListenerSettings;

/** A listener as it was declared, before a factory makes a container of it. */
public interface ChannelListenerEndpoint {

    /** Unique among the listeners of the context. */
    String getId();

    /** Names of channels, long or short. */
    List<String> getChannels();

    /** The segment of short names; empty, the default, for the primary one. */
    default String getSegment() {
        return "";
    }

    /** What was declared; the factory adds the rest. */
    ListenerSettings getSettings();

    /** Whether the listener takes lists by its own form, where its settings do not say. */
    default boolean takesBatch() {
        return false;
    }

    /** Whether the listener can acknowledge what it has processed, as far as its own form tells. */
    default boolean canAcknowledge() {
        return true;
    }

    /**
     * Whether somebody else starts and stops the container, such as an adapter that it belongs to: then it does not start with
     * the context, and what its settings say about that is for its owner.
     */
    default boolean isStartedByOwner() {
        return false;
    }

    /**
     * What the container will call.
     *
     * @param methodFactory resolves the parameters of methods
     * @param settings with the defaults of the factory
     */
    ElementListener createListener(MessageHandlerMethodFactory methodFactory, ListenerSettings settings);

    /** What messages call it: the method, for example. */
    String describe();
}
