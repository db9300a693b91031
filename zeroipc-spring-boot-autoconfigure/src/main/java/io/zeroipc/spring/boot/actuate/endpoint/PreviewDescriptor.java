package io.zeroipc.spring.boot.actuate.endpoint;

import java.time.Duration;
import java.time.temporal.Temporal;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

import io.zeroipc.inspect.Preview;

/**
 * Some elements of a structure, which stay there.
 *
 * @param total elements that could have been shown
 * @param elements those that were asked for, unless they changed while they were looked at
 * @param mayBeTorn true where an element can be half old and half new, because the structure has nothing to tell
 */
public record PreviewDescriptor(long total, List<ElementDescriptor> elements, @Nullable Boolean mayBeTorn) {

    /** More than these are not shown, whoever asks. */
    public static final int ELEMENTS_MAX = 1000;

    /** Elements up to this size are read at once. */
    private static final long ATOMIC_BYTES = 8;

    static PreviewDescriptor of(Preview preview, String kind, long elementSize,
            UnaryOperator<@Nullable Object> sanitizer) {
        return new PreviewDescriptor(preview.total(),
                preview.elements()
                        .stream()
                        .map(element -> new ElementDescriptor(element.position(),
                                sanitizer.apply(readable(element.value()))))
                        .toList(),
                (kind.equals("array") && elementSize > ATOMIC_BYTES) ? Boolean.TRUE : null);
    }

    /** Bytes as hexadecimal digits, times as ISO 8601 has them whatever the application's JSON does, also those inside. */
    private static @Nullable Object readable(@Nullable Object value) {
        return switch (value) {
            case byte[] bytes -> HexFormat.of().formatHex(bytes);
            case Temporal time -> time.toString();
            case Duration duration -> duration.toString();
            case UUID uuid -> uuid.toString();
            case Map<?, ?> map -> {
                Map<String, @Nullable Object> fields = new LinkedHashMap<>();
                map.forEach((name, field) -> fields.put(name.toString(), readable(field)));
                yield fields;
            }
            case List<?> list -> list.stream().map(each -> readable(each)).toList();
            case null, default -> value;
        };
    }

    /**
     * One element.
     *
     * @param position of an array the index, of a stack the height, of the others the number since the beginning
     * @param value decoded where the element type is known, hexadecimal digits of its bytes otherwise
     */
    public record ElementDescriptor(long position, @Nullable Object value) {}
}
