package io.zeroipc.spring.listener;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.messaging.converter.MessageConversionException;
import org.springframework.messaging.handler.invocation.MethodArgumentResolutionException;
import org.springframework.util.backoff.BackOffExecution;

import io.zeroipc.spring.converter.PayloadConversionException;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.ElementTypeException;

/**
 * Calls a listener with an element until it returns, its error handler deals with the failure, or there is no attempt
 * left. Waits between attempts in the consumer's thread; a stop ends the wait at once. Thread-safe.
 */
final class Attempts {

    private static final Log LOG = LogFactory.getLog(Attempts.class);

    private final String listenerId;
    private final ChannelName channel;
    private final ElementListener listener;
    private final @Nullable ChannelListenerErrorHandler errorHandler;
    private final @Nullable RetryPolicy retryPolicy;
    private final ChannelStatistics statistics;
    private final ConsumerGroup group;

    Attempts(String listenerId, ChannelName channel, ElementListener listener, ListenerSettings settings,
            ChannelStatistics statistics, ConsumerGroup group) {
        this.listenerId = listenerId;
        this.channel = channel;
        this.listener = listener;
        this.errorHandler = settings.getErrorHandler();
        this.retryPolicy = settings.failures().getRetryPolicy();
        this.statistics = statistics;
        this.group = group;
    }

    /**
     * What came of it.
     *
     * @param failure the last one; null when the listener returned
     * @param handled whether the listener's error handler has dealt with it
     * @param stopped whether a stop kept it from further attempts, or has interrupted the last one
     */
    record Result(@Nullable ListenerExecutionFailedException failure, boolean handled, boolean stopped) {

        static final Result SUCCESS = new Result(null, true, false);
    }

    @SuppressWarnings("InterruptedExceptionSwallowed") // the status is restored for the consumer, which looks at it
    Result deliver(ElementMessage message) {
        BackOffExecution backOff = null;
        long startedAtNanos = 0;
        while (true) {
            ListenerExecutionFailedException failure;
            try {
                listener.onMessage(message);
                return Result.SUCCESS;
            } catch (Throwable e) {
                if (e instanceof InterruptedException) {
                    Thread.currentThread().interrupt();
                }
                failure = new ListenerExecutionFailedException("listener failed", listenerId, channel, message, e);
                if (isHandled(failure)) {
                    return new Result(failure, true, false);
                }
                RetryPolicy policy = retryPolicy;
                if (policy == null || !isWorthRetrying(e) || !policy.shouldRetry(e)) {
                    return new Result(failure, false, group.isInterrupted());
                }
                if (backOff == null) {
                    backOff = policy.getBackOff().start();
                    startedAtNanos = System.nanoTime();
                }
                if (!awaitNext(backOff, policy.getTimeout(), startedAtNanos)) {
                    return new Result(failure, false, group.isStopping());
                }
            }
            LOG.debug("listener is called again", failure);
            message.nextAttempt();
            statistics.retry(message.size());
        }
    }

    /** Whether the listener's own handler has dealt with it. What it throws says no. */
    @SuppressWarnings("InterruptedExceptionSwallowed")
    boolean isHandled(ListenerExecutionFailedException failure) {
        if (errorHandler == null) {
            return false;
        }
        try {
            Object reply = errorHandler.handleError(failure);
            ElementMessage message = failure.elementMessage();
            if (reply != null && message != null) {
                listener.reply(message, reply);
            }
            return true;
        } catch (Throwable e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            if (!e.equals(failure) && !e.equals(failure.getCause())) {
                failure.addSuppressed(e);
            }
            return false;
        }
    }

    /** Waits for the next attempt; false when there is none, or the listener is being stopped. */
    private boolean awaitNext(BackOffExecution backOff, Duration timeout, long startedAtNanos) {
        long millis = backOff.nextBackOff();
        if (millis == BackOffExecution.STOP) {
            return false;
        }
        long nanos = TimeUnit.MILLISECONDS.toNanos(millis);
        if (!timeout.isZero() && System.nanoTime() - startedAtNanos + nanos > timeout.toNanos()) {
            return false;
        }
        return !group.awaitStop(nanos);
    }

    /** Whether another attempt could end otherwise. The same bytes are not converted or valid at the next one. */
    private static boolean isWorthRetrying(Throwable error) {
        if (error instanceof Error || error instanceof InterruptedException) {
            return false;
        }
        int depth = 0;
        for (Throwable cause = error; cause != null && depth < 16; cause = cause.getCause()) {
            if (cause instanceof MessageConversionException || cause instanceof MethodArgumentResolutionException
                    || cause instanceof ElementTypeException || cause instanceof PayloadConversionException
                    || cause instanceof ReplyNotSentException) {
                return false;
            }
            depth++;
        }
        return true;
    }
}
