package io.zeroipc.spring.cloud.stream.binder.properties;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.zeroipc.spring.listener.AckMode;
import io.zeroipc.spring.listener.DeadLetterFullAction;

/** What a consumer's binding says beyond what all binders know. Not thread-safe. */
public class ZeroIpcConsumerProperties extends QueueProperties {

    /**
     * When a message is removed from the queue: 'auto' when it was processed, 'manual' when the function acknowledges it, 'none' when
     * it is taken.
     */
    private AckMode ackMode = AckMode.AUTO;

    /** Maximum number of messages of a batch, with batch mode. */
    private int maxBatchSize = 256;

    /** How long a batch waits to be filled, once it has a message, with batch mode. Zero takes what is there. */
    private Duration batchReceiveTimeout = Duration.ZERO;

    /** How long a stop waits for a message that is being processed before the thread is interrupted. */
    private Duration shutdownTimeout = Duration.ofSeconds(10);

    /** Whether messages that could not be processed go to a queue of dead letters. */
    private boolean enableDlq;

    /**
     * Destination of the dead letters, where they are the messages of the same group. Defaults to the queue '(group).dlq' of the
     * destination itself.
     */
    private @Nullable String dlqDestination;

    /** What happens when the queue of dead letters does not take one, because it is full. */
    private DeadLetterFullAction dlqFullAction = DeadLetterFullAction.DISCARD;

    public AckMode getAckMode() {
        return ackMode;
    }

    public void setAckMode(AckMode ackMode) {
        this.ackMode = ackMode;
    }

    public int getMaxBatchSize() {
        return maxBatchSize;
    }

    public void setMaxBatchSize(int maxBatchSize) {
        this.maxBatchSize = maxBatchSize;
    }

    public Duration getBatchReceiveTimeout() {
        return batchReceiveTimeout;
    }

    public void setBatchReceiveTimeout(Duration batchReceiveTimeout) {
        this.batchReceiveTimeout = batchReceiveTimeout;
    }

    public Duration getShutdownTimeout() {
        return shutdownTimeout;
    }

    public void setShutdownTimeout(Duration shutdownTimeout) {
        this.shutdownTimeout = shutdownTimeout;
    }

    public boolean isEnableDlq() {
        return enableDlq;
    }

    public void setEnableDlq(boolean enableDlq) {
        this.enableDlq = enableDlq;
    }

    public @Nullable String getDlqDestination() {
        return dlqDestination;
    }

    public void setDlqDestination(@Nullable String dlqDestination) {
        this.dlqDestination = dlqDestination;
    }

    public DeadLetterFullAction getDlqFullAction() {
        return dlqFullAction;
    }

    public void setDlqFullAction(DeadLetterFullAction dlqFullAction) {
        this.dlqFullAction = dlqFullAction;
    }
}
