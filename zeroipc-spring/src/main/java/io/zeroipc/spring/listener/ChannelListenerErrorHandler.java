package io.zeroipc.spring.listener;

import org.jspecify.annotations.Nullable;

/**
 * Is called when a listener fails, each time it does, and before anything else: it may deal with the failure so that
 * nothing else happens, or give an answer in the listener's place. Thread-safe.
 */
@FunctionalInterface
public interface ChannelListenerErrorHandler {

    /**
     * Called by the consumer's thread, so that the next element waits meanwhile.
     *
     * @param failure what went wrong, with the listener, the channel, and the element unless it could not be read
     * @return the reply, where the listener sends its results somewhere; otherwise, and when it is null, nothing more
     *         happens with the element
     * @throws Exception when the failure is not dealt with, the given one or any other: the listener is called again
     *             where attempts are left, and the recoverer otherwise
     */
    @Nullable
    Object handleError(ListenerExecutionFailedException failure) throws Exception;
}
