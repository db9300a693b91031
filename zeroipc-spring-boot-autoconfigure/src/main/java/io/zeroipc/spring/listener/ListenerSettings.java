package io.zeroipc.spring.listener;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.zeroipc.segment.Source;

/**
 * How a listener consumes. What was not set has the default value in its getter, and can be inherited:
 * {@code annotation.inherit(factory)} fills the gaps of the one with the values of the other. To be changed before the
 * container starts; not thread-safe.
 */
public final class ListenerSettings {

    /** Stops before web servers drain and beans are destroyed, and starts after them. */
    public static final int DEFAULT_PHASE = Integer.MAX_VALUE - 100;

    private @Nullable Boolean autoStartup;
    private @Nullable Integer phase;
    private @Nullable Integer concurrency;
    private @Nullable Boolean batch;
    private @Nullable Integer maxBatchSize;
    private @Nullable ListenerWaitStrategy waitStrategy;
    private Source.@Nullable Start startPosition;
    private @Nullable Duration shutdownTimeout;
    private @Nullable Boolean virtualThreads;
    private @Nullable ChannelListenerErrorHandler errorHandler;

    /** Takes over whatever is set in {@code lower} and not here. */
    public ListenerSettings inherit(ListenerSettings lower) {
        autoStartup = autoStartup != null ? autoStartup : lower.autoStartup;
        phase = phase != null ? phase : lower.phase;
        concurrency = concurrency != null ? concurrency : lower.concurrency;
        batch = batch != null ? batch : lower.batch;
        maxBatchSize = maxBatchSize != null ? maxBatchSize : lower.maxBatchSize;
        waitStrategy = waitStrategy != null ? waitStrategy : lower.waitStrategy;
        startPosition = startPosition != null ? startPosition : lower.startPosition;
        shutdownTimeout = shutdownTimeout != null ? shutdownTimeout : lower.shutdownTimeout;
        virtualThreads = virtualThreads != null ? virtualThreads : lower.virtualThreads;
        errorHandler = errorHandler != null ? errorHandler : lower.errorHandler;
        return this;
    }

    /** A copy that can be changed on its own. */
    public ListenerSettings copy() {
        return new ListenerSettings().inherit(this);
    }

    /** Whether the container starts with the context; true by default. */
    public boolean isAutoStartup() {
        return autoStartup == null || autoStartup;
    }

    public ListenerSettings setAutoStartup(boolean start) {
        this.autoStartup = start;
        return this;
    }

    /** The phase in which the container starts and stops; {@link #DEFAULT_PHASE} by default. */
    public int getPhase() {
        return phase == null ? DEFAULT_PHASE : phase;
    }

    public ListenerSettings setPhase(int value) {
        this.phase = value;
        return this;
    }

    /** Threads for each channel; 1 by default. */
    public int getConcurrency() {
        return concurrency == null ? 1 : concurrency;
    }

    public ListenerSettings setConcurrency(int threads) {
        this.concurrency = positive("concurrency", threads);
        return this;
    }

    /** Whether the listener takes lists; null when the listener's own form decides. */
    public @Nullable Boolean getBatch() {
        return batch;
    }

    public ListenerSettings setBatch(boolean lists) {
        this.batch = lists;
        return this;
    }

    /** The most elements that are taken at once; 256 by default. */
    public int getMaxBatchSize() {
        return maxBatchSize == null ? 256 : maxBatchSize;
    }

    public ListenerSettings setMaxBatchSize(int elements) {
        this.maxBatchSize = positive("maxBatchSize", elements);
        return this;
    }

    /** What a thread does while its channel is empty; backoff by default. */
    public ListenerWaitStrategy getWaitStrategy() {
        return waitStrategy == null ? ListenerWaitStrategy.BACKOFF : waitStrategy;
    }

    public ListenerSettings setWaitStrategy(ListenerWaitStrategy strategy) {
        this.waitStrategy = strategy;
        return this;
    }

    /** Where to begin in structures that keep their elements; the latest by default. */
    public Source.Start getStartPosition() {
        return startPosition == null ? Source.Start.LATEST : startPosition;
    }

    public ListenerSettings setStartPosition(Source.Start position) {
        this.startPosition = position;
        return this;
    }

    /** How long a stop waits for the listener to return before it interrupts; 10 seconds by default. */
    public Duration getShutdownTimeout() {
        return shutdownTimeout == null ? Duration.ofSeconds(10) : shutdownTimeout;
    }

    public ListenerSettings setShutdownTimeout(Duration timeout) {
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("shutdown timeout is negative: shutdownTimeout=" + timeout);
        }
        this.shutdownTimeout = timeout;
        return this;
    }

    /** Whether consumers run in virtual threads where the wait strategy suits them; false by default. */
    public boolean isVirtualThreads() {
        return virtualThreads != null && virtualThreads;
    }

    public ListenerSettings setVirtualThreads(boolean virtual) {
        this.virtualThreads = virtual;
        return this;
    }

    /** What happens when the listener fails; {@link LoggingErrorHandler} by default. */
    public ChannelListenerErrorHandler getErrorHandler() {
        return errorHandler == null ? LoggingErrorHandler.INSTANCE : errorHandler;
    }

    public ListenerSettings setErrorHandler(ChannelListenerErrorHandler handler) {
        this.errorHandler = handler;
        return this;
    }

    private static int positive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(
                    "setting is not positive: " + name + "=" + value + " (expected: 1 or more)");
        }
        return value;
    }
}
