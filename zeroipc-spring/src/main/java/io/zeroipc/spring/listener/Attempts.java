package io.zeroipc.spring.listener;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.messaging.converter.MessageConversionException;
import org.springframework.messaging.handler.invocation.MethodArgumentResolutionException;
import org.springframework.util.backoff.BackOffExecution;

import io.zeroipc.spring.converter.PayloadConversionException;
import io.zeroipc.spring.core.ChannelFullException;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.ElementTypeException;
import io.zeroipc.spring.core.FailureLog;
import io.zeroipc.spring.core.UserCode;

/**
 * Calls a listener with an element until it returns, its error handler deals with the failure, or there is no attempt
 * left. Waits between attempts in the consumer's thread; a stop ends the wait at once. Thread-safe.
 */
final class Attempts {

    private static final Log LOG = LogFactory.getLog(Attempts.class);
    private static final int CAUSES_MAX = 16;

    private final String listenerId;
    private final ChannelName channel;
    private final ElementListener listener;
    private final @Nullable ChannelListenerErrorHandler errorHandler;
    private final @Nullable RetryPolicy retryPolicy;
    private final ChannelStatistics statistics;
    private final ConsumerGroup group;
    private final FailureLog faults = new FailureLog();

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

    Result deliver(ElementMessage message, ConsumerClock clock) {
        Throwable thrown = call(message, clock);
        return thrown == null ? Result.SUCCESS : deliverAgain(message, thrown, clock);
    }

    private @Nullable Throwable call(ElementMessage message, ConsumerClock clock) {
        long began = clock.began();
        Throwable thrown = UserCode.run(() -> listener.onMessage(message));
        clock.ended(began, thrown);
        return thrown;
    }

    /** As {@link #deliver}, after the first attempt has failed. */
    Result deliverAgain(ElementMessage message, Throwable first, ConsumerClock clock) {
        Retries retries = new Retries();
        Throwable thrown = first;
        while (thrown != null) {
            ListenerExecutionFailedException failure = new ListenerExecutionFailedException("listener failed",
                    listenerId, channel, message, thrown);
            if (isHandled(failure)) {
                return new Result(failure, true, false);
            }
            long pause = retries.pauseAfter(failure, thrown);
            if (pause == BackOffExecution.STOP) {
                return new Result(failure, false, group.isInterrupted() || isEndedByStop(thrown));
            }
            if (group.awaitStop(pause)) {
                return new Result(failure, false, true);
            }
            LOG.debug("listener is called again: " + failure.getMessage());
            message.nextAttempt();
            statistics.retry(message.size());
            thrown = call(message, clock);
        }
        return Result.SUCCESS;
    }

    /** Tells of an element that the listener is not called with. */
    void undelivered(ListenerExecutionFailedException failure) {
        Throwable thrown = UserCode.run(() -> listener.undelivered(failure));
        if (thrown != null) {
            faults.failed("failure could not be told: listener=" + listenerId + ", channel=" + channel + ", error="
                    + UserCode.describe(thrown), "changes nothing", thrown);
        }
    }

    /** Whether the listener's own handler has dealt with it. What it throws says no. */
    @SuppressWarnings("ReferenceEquality") // what is thrown again is the same object; equality is code of the application
    boolean isHandled(ListenerExecutionFailedException failure) {
        if (errorHandler == null) {
            return false;
        }
        Throwable thrown = UserCode.run(() -> {
            Object reply = errorHandler.handleError(failure);
            ElementMessage message = failure.elementMessage();
            if (reply != null && message != null) {
                listener.reply(message, reply);
            }
        });
        if (thrown != null && thrown != failure && thrown != failure.getCause()) {
            failure.addSuppressed(thrown);
        }
        return thrown == null;
    }

    /** Whether the listener itself has done what comes last. What it throws says no. */
    @SuppressWarnings("ReferenceEquality") // as above
    boolean isRecovered(ListenerExecutionFailedException failure) {
        return UserCode.<Boolean>call(() -> listener.recover(failure), e -> {
            if (e != failure && e != failure.getCause()) {
                failure.addSuppressed(e);
            }
            return false;
        });
    }

    /** The further attempts with one element. Their policy is code of the application: when that fails, there are none. */
    private final class Retries {

        private @Nullable BackOffExecution backOff;
        private long startedAtNanos;

        /** Nanoseconds until the next attempt; {@link BackOffExecution#STOP} when there is none. */
        long pauseAfter(ListenerExecutionFailedException failure, Throwable thrown) {
            RetryPolicy policy = retryPolicy;
            if (policy == null || !isWorthRetrying(thrown)) {
                return BackOffExecution.STOP;
            }
            return UserCode.<Long>call(() -> ask(policy, thrown), e -> {
                failure.addSuppressed(e);
                faults.failed("retry policy failed: listener=" + listenerId + ", channel=" + channel + ", policy="
                        + policy.getClass().getName() + ", error=" + UserCode.describe(e), "not tried again", e);
                return BackOffExecution.STOP;
            });
        }

        private long ask(RetryPolicy policy, Throwable thrown) {
            if (!policy.shouldRetry(thrown)) {
                return BackOffExecution.STOP;
            }
            BackOffExecution begun = backOff;
            if (begun == null) {
                begun = policy.getBackOff().start();
                backOff = begun;
                startedAtNanos = System.nanoTime();
            }
            long millis = begun.nextBackOff();
            if (millis == BackOffExecution.STOP) {
                return BackOffExecution.STOP;
            }
            long nanos = TimeUnit.MILLISECONDS.toNanos(millis);
            Duration timeout = policy.getTimeout();
            boolean late = !timeout.isZero() && nanos > TimeUnit.NANOSECONDS.convert(timeout)
                    - (System.nanoTime() - startedAtNanos);
            return late ? BackOffExecution.STOP : nanos;
        }
    }

    /** Whether what the listener wanted to send has found no room in the time that a stop has left it. */
    private boolean isEndedByStop(Throwable error) {
        return group.isStopping() && causes(error).anyMatch(ChannelFullException.class::isInstance);
    }

    /** Whether another attempt could end otherwise. The same bytes are not converted or valid at the next one. */
    private static boolean isWorthRetrying(Throwable error) {
        if (error instanceof Error || error instanceof InterruptedException) {
            return false;
        }
        return causes(error).noneMatch(cause -> cause instanceof MessageConversionException
                || cause instanceof MethodArgumentResolutionException || cause instanceof ElementTypeException
                || cause instanceof PayloadConversionException || cause instanceof ReplyNotSentException);
    }

    /** The exception and what caused it, as far as anybody follows a chain that may have no end. */
    private static Stream<Throwable> causes(Throwable error) {
        return Stream.iterate(error, Objects::nonNull, UserCode::causeOf).limit(CAUSES_MAX);
    }
}
