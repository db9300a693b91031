package io.zeroipc.spring.boot.test;

import java.lang.reflect.Array;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * An element as a tool sees it that has no classes: maps in place of records, lists in place of arrays, names in place of
 * constants. Two elements are equal when these are.
 */
final class LooseValue {

    private LooseValue() {
    }

    static @Nullable Object of(@Nullable Object value) {
        return switch (value) {
            case Byte number -> number.longValue();
            case Short number -> number.longValue();
            case Integer number -> number.longValue();
            // 1.5 is what is stored as 1.50.
            case BigDecimal number -> number.stripTrailingZeros();
            case Enum<?> constant -> constant.name();
            case byte[] bytes -> HexFormat.of().formatHex(bytes);
            case Record element -> ofRecord(element);
            case Map<?, ?> map -> ofMap(map);
            case List<?> list -> list.stream().map(LooseValue::of).toList();
            case null -> null;
            default -> value.getClass().isArray() ? ofArray(value) : value;
        };
    }

    private static Object ofMap(Map<?, ?> map) {
        Map<Object, @Nullable Object> fields = new LinkedHashMap<>();
        map.forEach((name, value) -> fields.put(name, of(value)));
        return fields;
    }

    private static Object ofArray(Object array) {
        List<@Nullable Object> elements = new ArrayList<>();
        for (int i = 0; i < Array.getLength(array); i++) {
            elements.add(of(Array.get(array, i)));
        }
        return elements;
    }

    private static Object ofRecord(Record element) {
        Map<Object, @Nullable Object> fields = new LinkedHashMap<>();
        for (RecordComponent component : element.getClass().getRecordComponents()) {
            try {
                component.getAccessor().setAccessible(true);
                fields.put(component.getName(), of(component.getAccessor().invoke(element)));
            } catch (ReflectiveOperationException e) {
                throw new IllegalArgumentException("expected record cannot be read: type="
                        + element.getClass().getName() + ", component=" + component.getName(), e);
            }
        }
        return fields;
    }
}
