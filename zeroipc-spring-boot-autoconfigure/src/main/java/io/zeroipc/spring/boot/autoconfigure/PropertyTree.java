package io.zeroipc.spring.boot.autoconfigure;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;

/**
 * The names that there are below a prefix: those of a record's components, and below them those of theirs. What stands below a
 * map of texts is not known here.
 *
 * @param names of a record, as they are written in files, in the order of its components; empty for all others
 * @param values what stands behind each key of a map; null for all others
 * @param open a map of texts: whatever stands below it is for somebody else to judge
 * @param list values one behind the other: what stands below has a number for its name
 */
record PropertyTree(SequencedMap<String, PropertyTree> names, @Nullable PropertyTree values, boolean open,
        boolean list) {

    private static final PropertyTree VALUE = new PropertyTree(new LinkedHashMap<>(), null, false, false);
    private static final PropertyTree TEXTS = new PropertyTree(new LinkedHashMap<>(), null, true, false);

    private static final PropertyTree LIST = new PropertyTree(new LinkedHashMap<>(), null, false, true);

    static PropertyTree of(Class<?> record) {
        SequencedMap<String, PropertyTree> names = new LinkedHashMap<>();
        for (RecordComponent component : record.getRecordComponents()) {
            names.put(DataObjectPropertyName.toDashedForm(component.getName()), of(component.getGenericType()));
        }
        return new PropertyTree(names, null, false, false);
    }

    /** A map of names that users choose to such records. */
    static PropertyTree ofMap(Class<? extends Record> values) {
        return new PropertyTree(new LinkedHashMap<>(), of(values), false, false);
    }

    private static PropertyTree of(Type type) {
        if (type instanceof ParameterizedType map && map.getRawType() == Map.class) {
            Type value = map.getActualTypeArguments()[1];
            return value == String.class ? TEXTS : new PropertyTree(new LinkedHashMap<>(), of(value), false, false);
        }
        if (type instanceof ParameterizedType several && several.getRawType() == List.class) {
            return LIST;
        }
        return type instanceof Class<?> plain && plain.isRecord() ? of(plain) : VALUE;
    }

    /** Whether something may stand below. */
    boolean isGroup() {
        return open || values != null || !names.isEmpty();
    }

    boolean isMap() {
        return open || values != null;
    }

    /** What stands below a name, in any of its relaxed forms; null when there is nothing of this name. */
    @Nullable
    PropertyTree below(String name) {
        if (values != null || names.containsKey(name)) {
            return values != null ? values : names.get(name);
        }
        String uniform = uniform(name);
        return names.entrySet()
                .stream()
                .filter(entry -> uniform(entry.getKey()).equals(uniform))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }

    private static String uniform(String name) {
        return name.replace("-", "").toLowerCase(Locale.ROOT);
    }

    /** The ways down to a name, each with {@code *} for the keys of maps. */
    Stream<List<String>> paths(String name) {
        Stream<List<String>> here = names.containsKey(name) ? Stream.of(List.of(name)) : Stream.of();
        Stream<List<String>> below = values != null
                ? values.paths(name).map(path -> prepend("*", path))
                : names.entrySet()
                        .stream()
                        .flatMap(entry -> entry.getValue().paths(name).map(path -> prepend(entry.getKey(), path)));
        return Stream.concat(here, below);
    }

    private static List<String> prepend(String first, List<String> rest) {
        return Stream.concat(Stream.of(first), rest.stream()).toList();
    }
}
