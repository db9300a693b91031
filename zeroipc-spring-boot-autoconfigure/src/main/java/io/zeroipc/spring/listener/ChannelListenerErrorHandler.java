package io.zeroipc.spring.listener;

/**
 * Decides what happens to an element that a listener could not process. It is already gone from its structure, so that
 * this is the last chance to do something with it; when the method returns the consumer goes on with the next one.
 */
@FunctionalInterface
public interface ChannelListenerErrorHandler {

    /**
     * Called by the consumer's thread, so that the next element waits meanwhile.
     *
     * @param failure what went wrong, with the listener, the channel, and the element unless it could not be read
     * @throws Exception is logged; the consumer goes on all the same
     */
    void handleError(ListenerExecutionFailedException failure) throws Exception;
}
