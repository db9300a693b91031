package io.zeroipc.spring.config;

import java.util.Collection;
import java.util.List;

import io.zeroipc.spring.listener.ListenerSettings;

/**
 * What is said about single listeners outside of the code: it wins over their annotations and over what is set on an
 * endpoint. A context has one bean of this type, or none. Its {@code toString} names the place, for messages.
 */
public interface ListenerOverrides {

    /**
     * What is said about a listener; empty when nothing is.
     *
     * @throws RuntimeException when it cannot work; the listener is not registered then
     */
    ListenerSettings settingsOf(String listenerId);

    /** The ids that something is said about and that none of these is. */
    List<String> unusedIds(Collection<String> listenerIds);
}
