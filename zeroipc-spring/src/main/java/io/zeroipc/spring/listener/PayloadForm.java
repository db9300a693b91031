package io.zeroipc.spring.listener;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.zeroipc.codec.Codec;
import io.zeroipc.flow.Sample;
import io.zeroipc.segment.SlotConsumer;
import io.zeroipc.spring.converter.PayloadConversion;
import io.zeroipc.spring.core.UserCode;

/** How a listener wants its elements: the one place of the listener framework that knows foreign memory. */
public final class PayloadForm {

    /** As a value, decoded by the structure's codec. */
    public static final PayloadForm VALUE = new PayloadForm("VALUE", null);
    /** As a {@code byte[]} with a copy of the element's bytes. */
    public static final PayloadForm BYTES = new PayloadForm("BYTES", null);
    /** As a read-only {@link MemorySegment} over the element in place; valid during the call only. */
    public static final PayloadForm VIEW = new PayloadForm("VIEW", null);

    /** As a {@link Sample} of a topic, in place; closed when the call has returned. */
    public static final PayloadForm SAMPLE = new PayloadForm("SAMPLE", null);

    private final String name;
    private final @Nullable PayloadConversion conversion;

    private PayloadForm(String name, @Nullable PayloadConversion conversion) {
        this.name = name;
        this.conversion = conversion;
    }

    /** As an object that is made of the value. */
    public static PayloadForm converted(PayloadConversion conversion) {
        return new PayloadForm("CONVERTED", conversion);
    }

    /**
     * The form of a declared payload type, without a conversion.
     *
     * @param elementType the Java type of the structure's elements; null when it is not known
     */
    public static PayloadForm of(Class<?> payloadType, @Nullable Class<?> elementType) {
        if (payloadType == MemorySegment.class) {
            return VIEW;
        }
        if (payloadType == Sample.class) {
            return SAMPLE;
        }
        // Where elements are byte arrays by their own type, a frame for example, decoding says how long they are.
        return payloadType == byte[].class && elementType != byte[].class ? BYTES : VALUE;
    }

    /** A copy of the bytes of an element that was delivered as bytes or as a view. */
    static byte[] bytesOf(Object payload) {
        return switch (payload) {
            case byte[] bytes -> bytes.clone();
            case MemorySegment view -> copy(view);
            case Sample sample -> copy(sample.memory());
            default -> throw new IllegalArgumentException(
                    "element has no bytes: type=" + payload.getClass().getTypeName());
        };
    }

    private static byte[] copy(MemorySegment view) {
        byte[] bytes = new byte[Math.toIntExact(view.byteSize())];
        MemorySegment.ofArray(bytes).copyFrom(view);
        return bytes;
    }

    /** What makes payloads of values; null when they are delivered as they are. */
    @Nullable
    PayloadConversion conversion() {
        return conversion;
    }

    /** Whether elements are read in place, and are gone when their slot is given back. */
    boolean isInPlace() {
        return this == VIEW;
    }

    /**
     * Reads slots of this size, 0 when each has its own, in this form; null when values are wanted, which their structure decodes.
     *
     * @param codec decodes values here, so that the bytes are at hand when it cannot:
     *            {@link UnreadableElementException}; null to leave that to the structure
     */
    @Nullable
    SlotConsumer slotReader(int elementSize, @Nullable Codec<?> codec, Consumer<Object> payloads) {
        if (this == VIEW && elementSize == 0) {
            // What there is of the memory is the element, and cannot be written to.
            return (memory, _) -> payloads.accept(memory);
        }
        if (this == VIEW) {
            return (memory, offset) -> payloads.accept(memory.asSlice(offset, elementSize).asReadOnly());
        }
        if (this == BYTES) {
            return (memory, offset) -> payloads.accept(bytesOf(memory.asSlice(offset, elementSize)));
        }
        return codec == null ? null : (memory, offset) -> payloads.accept(decode(codec, memory, offset));
    }

    private static Object decode(Codec<?> codec, MemorySegment memory, long offset) {
        return UserCode.call(() -> Objects.requireNonNull(codec.decode(memory, offset), "codec has made nothing of it"),
                e -> {
                    // Where the page itself is gone, the error comes again, and is not the codec's.
                    throw new UnreadableElementException(bytesOf(memory.asSlice(offset, codec.byteSize())), e);
                });
    }

    @Override
    public String toString() {
        return name;
    }
}
