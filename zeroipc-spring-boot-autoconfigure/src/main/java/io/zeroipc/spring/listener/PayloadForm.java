package io.zeroipc.spring.listener;

import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.zeroipc.segment.SlotConsumer;

/** How a listener wants its elements: the one place of the listener framework that knows foreign memory. */
public enum PayloadForm {

    /** As a value, decoded by the structure's codec. */
    VALUE,
    /** As a {@code byte[]} with a copy of the element's bytes. */
    BYTES,
    /** As a read-only {@link MemorySegment} over the element in place; valid during the call only. */
    VIEW;

    /**
     * The form of a declared payload type.
     *
     * @param elementType the Java type of the structure's elements; null when it is not known
     */
    public static PayloadForm of(Class<?> payloadType, @Nullable Class<?> elementType) {
        if (payloadType == MemorySegment.class) {
            return VIEW;
        }
        // Where elements are byte arrays by their own type, a frame for example, decoding says how long they are.
        return payloadType == byte[].class && elementType != byte[].class ? BYTES : VALUE;
    }

    /** Reads slots of this size in this form; not for {@link #VALUE}. */
    SlotConsumer slotReader(int elementSize, Consumer<Object> payloads) {
        return switch (this) {
            case BYTES -> (memory, offset) -> {
                byte[] bytes = new byte[elementSize];
                MemorySegment.ofArray(bytes).copyFrom(memory.asSlice(offset, elementSize));
                payloads.accept(bytes);
            };
            case VIEW -> (memory, offset) -> payloads.accept(memory.asSlice(offset, elementSize).asReadOnly());
            case VALUE -> throw new IllegalStateException("values are decoded by their structure");
        };
    }
}
