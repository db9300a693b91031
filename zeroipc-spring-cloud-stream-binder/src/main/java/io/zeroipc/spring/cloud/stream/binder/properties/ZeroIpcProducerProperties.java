package io.zeroipc.spring.cloud.stream.binder.properties;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/** What a producer's binding says beyond what all binders know. Not thread-safe. */
public class ZeroIpcProducerProperties {

    /**
     * What happens to a message that one of the groups has no room for: 'block' waits for the send timeout and fails then, 'fail'
     * fails at once, 'drop' forgets it for that group.
     */
    private FullAction fullAction = FullAction.BLOCK;

    /** How long 'block' waits for room. Zero waits as long as it takes. */
    private Duration sendTimeout = Duration.ofSeconds(10);

    /** Number of messages that the queues of the required groups have room for, where they are created here. */
    private @Nullable Integer capacity;

    /** Size of the largest message of the required groups, headers included, where their queues are created here. */
    private @Nullable DataSize elementSize;

    /**
     * Type of the elements with native encoding, such as 'int64' or the name of a record. The queues of all groups have to carry the
     * same; headers do not go along.
     */
    private @Nullable String elementType;

    public FullAction getFullAction() {
        return fullAction;
    }

    public void setFullAction(FullAction fullAction) {
        this.fullAction = fullAction;
    }

    public Duration getSendTimeout() {
        return sendTimeout;
    }

    public void setSendTimeout(Duration sendTimeout) {
        this.sendTimeout = sendTimeout;
    }

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
}
