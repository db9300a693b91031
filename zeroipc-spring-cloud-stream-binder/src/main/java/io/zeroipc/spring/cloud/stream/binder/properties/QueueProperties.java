package io.zeroipc.spring.cloud.stream.binder.properties;

import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/** What the bindings of consumers and producers say of queues. Not thread-safe. */
public abstract class QueueProperties {

    /**
     * Number of messages that the queue of a group has room for, rounded up to a power of two. Defaults to the binder's capacity
     * where the queue is created, and to what its creator said where it is there. Producers say it of the required groups.
     */
    private @Nullable Integer capacity;

    /**
     * Size of the largest message of a group, headers included. Defaults to the binder's element size where the queue is created,
     * and to what its creator said where it is there. Producers say it of the required groups.
     */
    private @Nullable DataSize elementSize;

    /**
     * Type of the elements with native encoding and decoding, such as 'int64' or the name of a record. Queues carry them as their
     * bytes, with no headers; those of all groups have to carry what a producer sends.
     */
    private @Nullable String elementType;

    QueueProperties() {
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
