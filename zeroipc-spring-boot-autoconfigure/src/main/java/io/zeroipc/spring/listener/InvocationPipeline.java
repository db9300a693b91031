package io.zeroipc.spring.listener;

import java.util.concurrent.atomic.AtomicReference;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.zeroipc.spring.converter.PayloadConversionException;
import io.zeroipc.spring.core.ChannelName;

/**
 * The way of an element from the channel to its end: the listener, or the error handler. Nothing that a listener or a
 * handler throws reaches the consumer. Thread-safe, one for each channel of a container.
 */
final class InvocationPipeline {

    private static final Log LOG = LogFactory.getLog(InvocationPipeline.class);

    private final String listenerId;
    private final ChannelName channel;
    private final ElementListener listener;
    private final ChannelListenerErrorHandler errorHandler;
    private final ChannelStatistics statistics;
    private final AtomicReference<@Nullable ListenerError> lastError;

    InvocationPipeline(String listenerId, ChannelName channel, ElementListener listener,
            ChannelListenerErrorHandler errorHandler, ChannelStatistics statistics,
            AtomicReference<@Nullable ListenerError> lastError) {
        this.listenerId = listenerId;
        this.channel = channel;
        this.listener = listener;
        this.errorHandler = errorHandler;
        this.statistics = statistics;
        this.lastError = lastError;
    }

    /**
     * Delivers.
     *
     * @param payload an element, or a list of them
     * @param element what the payload was made of; the same where nothing was converted
     * @param acknowledgment what the listener may call; null when that is not up to it
     * @return whether the listener returned without an exception
     */
    @SuppressWarnings("InterruptedExceptionSwallowed") // the status is restored for the consumer, which looks at it
    boolean deliver(Object payload, Object element, int size, long sequence, @Nullable Acknowledgment acknowledgment) {
        ElementMessage message = new ElementMessage(listenerId, channel, payload, element, size, sequence,
                acknowledgment);
        try {
            listener.onMessage(message);
            statistics.success(size);
            return true;
        } catch (Throwable e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            statistics.failure(size);
            handle(new ListenerExecutionFailedException("listener failed", listenerId, channel, message, e));
            return false;
        }
    }

    /** For an element whose bytes are no value of its type. */
    void unreadable(RuntimeException error) {
        statistics.failure(1);
        handle(new ListenerExecutionFailedException("element cannot be read", listenerId, channel, null, error));
    }

    /** For an element that is no payload of the declared type. The handler gets the element itself. */
    void unconvertible(Object element, long sequence, PayloadConversionException error) {
        statistics.failure(1);
        handle(new ListenerExecutionFailedException("element cannot be converted", listenerId, channel,
                new ElementMessage(listenerId, channel, element, 1, sequence), error));
    }

    @SuppressWarnings("InterruptedExceptionSwallowed")
    private void handle(ListenerExecutionFailedException failure) {
        Throwable cause = failure.getCause();
        lastError.set(ListenerError.of(cause == null ? failure : cause));
        try {
            errorHandler.handleError(failure);
        } catch (Throwable e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            LOG.error("error handler failed: listener=" + listenerId + ", channel=" + channel + ", handler="
                    + errorHandler.getClass().getName() + ", for: " + failure.getMessage(), e);
        }
    }
}
