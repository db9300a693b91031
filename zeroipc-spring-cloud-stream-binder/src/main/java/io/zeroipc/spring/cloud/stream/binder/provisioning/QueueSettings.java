package io.zeroipc.spring.cloud.stream.binder.provisioning;

import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.segment.OnConsumerDeath;
import io.zeroipc.segment.Spec;
import io.zeroipc.spring.cloud.stream.binder.properties.ZeroIpcBinderProperties;

/**
 * A queue as a binding wants it.
 *
 * @param binding whose properties say it, for messages
 * @param codec its elements: frames with messages, or what native encoding says
 * @param capacity of a new one
 * @param sizeAsked whether somebody has said how large a message may be
 * @param capacityAsked whether somebody has said how many messages there may be
 */
record QueueSettings(String binding, Codec<?> codec, int capacity, boolean sizeAsked, boolean capacityAsked) {

    /** Room beside a message that could not be processed: for where that was, and why. */
    private static final int REASON_BYTES = 1024;

    /**
     * Reads what the properties of a binding say, with the binder's where they say nothing.
     *
     * @param binding its properties' prefix, for messages
     * @param elementType of native elements; null for messages
     * @param loader finds it; null for the thread's own
     */
    static QueueSettings of(String binding, @Nullable Integer capacity, @Nullable DataSize elementSize,
            @Nullable String elementType, ZeroIpcBinderProperties binder, @Nullable ClassLoader loader) {
        int room = capacity != null ? capacity : binder.capacity();
        try {
            Codec<?> codec = elementType != null
                    ? Codecs.forType(elementType, loader)
                    : Codecs.frame(
                            Math.toIntExact((elementSize != null ? elementSize : binder.elementSize()).toBytes()));
            if (room < 1) {
                throw new IllegalArgumentException("capacity is not positive (expected: 1 or more)");
            }
            QueueSettings settings = new QueueSettings(binding, codec, room, elementSize != null || elementType != null,
                    capacity != null);
            // Says what is wrong with the capacity.
            settings.spec();
            return settings;
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new IllegalArgumentException("binding cannot have such a queue: binding=" + binding + ", capacity="
                    + room + ", element-size=" + (elementSize != null ? elementSize : binder.elementSize())
                    + ", element-type=" + elementType + ": " + e.getMessage(), e);
        }
    }

    /** Of what could not be processed: whoever asks takes what is there. */
    QueueSettings ofDeadLetters() {
        return ofDeadLetters(codec.byteSize());
    }

    /** As {@link #ofDeadLetters()}, of elements of this size. */
    QueueSettings ofDeadLetters(int elementBytes) {
        return new QueueSettings(binding, Codecs.frame(elementBytes + REASON_BYTES), capacity, false, false);
    }

    long byteSize() {
        return (long) codec.byteSize() * capacity;
    }

    Spec<? extends SharedQueue<?>> spec() {
        return SharedQueue.spec(codec, capacity, OnConsumerDeath.REDELIVER);
    }
}
