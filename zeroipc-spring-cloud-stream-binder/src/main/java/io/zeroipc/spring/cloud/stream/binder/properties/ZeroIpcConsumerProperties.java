package io.zeroipc.spring.cloud.stream.binder.properties;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

import io.zeroipc.spring.listener.AckMode;
import io.zeroipc.spring.listener.DeadLetterFullAction;

/** What a consumer's binding says beyond what all binders know. Not thread-safe. */
public class ZeroIpcConsumerProperties {

    /**
     * Number of messages that the queue of the group has room for, rounded up to a power of two. Defaults to the binder's capacity
     * where the queue is created, and to what its creator said where it is there.
     */
    private @Nullable Integer capacity;

    /**
     * Size of the largest message of the group, headers included. Defaults to the binder's element size where the queue is created,
     * and to what its creator said where it is there.
     */
    private @Nullable DataSize elementSize;

    /**
     * Type of the elements with native decoding, such as 'int64' or the name of a record. The queue carries them as their bytes, with
     * no headers.
     */
    private @Nullable String elementType;

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

    public @Nullable Integer getCapacity() {
        return capacity;
    }

    public void setCapacity(@Nullable Integer capacity) {
        this.capacity = capacity;
    }

    public @Nullable DataSize getElementSize() {
        return elementSize;
    }

    public void setElementSize(@Nullable DataSize elementSize) {
        this.elementSize = elementSize;
    }

    public @Nullable String getElementType() {
        return elementType;
    }

    public void setElementType(@Nullable String elementType) {
        this.elementType = elementType;
    }

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
