package io.zeroipc.spring.boot.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

import io.zeroipc.ElementSchema;
import io.zeroipc.Shape;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.manifest.PackedArena;
import io.zeroipc.manifest.PackedArenaBuilder;
import io.zeroipc.spring.boot.autoconfigure.ZeroIpcProperties.ArenaMode;
import io.zeroipc.spring.core.ArenaDefinition;

/**
 * The properties of one packed arena, read and found consistent.
 *
 * @param property full name of the properties' parent
 * @param key its name in this application
 * @param manifest as it is written
 * @param arrays those that are declared, by name
 */
record ConfiguredArena(String property, String key, ZeroIpcProperties.Arena properties, Path manifest,
        Map<String, ConfiguredArray> arrays) {

    /** @param shape null for whatever it has */
    record ConfiguredArray(Codec<?> codec, @Nullable Shape shape) {}

    /** What the environment declares; the registrar of beans runs when there is nothing else. */
    static List<ConfiguredArena> readAll(Environment environment) {
        return readAll(PropertyBinding.checked(
                () -> Binder.get(environment).bindOrCreate(PropertyNames.PREFIX, ZeroIpcProperties.class)));
    }

    /**
     * Checks everything that can be checked without opening a file.
     *
     * @return those that are enabled, in the order of declaration
     * @throws InvalidZeroIpcPropertyException naming the property
     */
    static List<ConfiguredArena> readAll(ZeroIpcProperties properties) {
        List<ConfiguredArena> arenas = new ArrayList<>();
        if (properties.enabled()) {
            properties.arenas().forEach((key, arena) -> {
                if (arena.enabled()) {
                    arenas.add(read(key, arena, properties.segments().get(key)));
                }
            });
        }
        return arenas;
    }

    private static ConfiguredArena read(String key, ZeroIpcProperties.Arena properties,
            ZeroIpcProperties.@Nullable Segment sameName) {
        String property = PropertyNames.arena(key);
        Path manifest = properties.manifest();
        if (manifest == null || manifest.toString().isBlank()) {
            throw new InvalidZeroIpcPropertyException(property + ".manifest", null, "arena has no manifest",
                    "Write the path of the JSON file that says where the arrays lie, or is to say it.");
        }
        if (sameName != null && sameName.enabled()) {
            throw new InvalidZeroIpcPropertyException(property, null,
                    "arena has the name of a segment, '" + PropertyNames.segment(key) + "'",
                    "Give one of the two another name: health and endpoints know them by it.");
        }
        if (properties.watchInterval().isNegative()) {
            throw new InvalidZeroIpcPropertyException(property + ".watch-interval", properties.watchInterval(),
                    "time is negative", "Write 0s to look never, or more.");
        }
        properties.permissions().check(property + ".permissions");
        if (properties.mode().mayCreate() && properties.arrays().isEmpty()) {
            throw new InvalidZeroIpcPropertyException(property + ".arrays", null,
                    "arena is to be created without arrays",
                    "Declare one below it, with 'element-type' and 'shape', or set '" + property
                            + ".mode' to 'open', when another program makes the arena.");
        }
        Map<String, ConfiguredArray> arrays = new LinkedHashMap<>();
        properties.arrays()
                .forEach((name, array) -> arrays.put(name,
                        read(PropertyNames.array(key, name), array, properties.mode().mayCreate())));
        return new ConfiguredArena(property, key, properties, manifest, arrays);
    }

    private static ConfiguredArray read(String property, ZeroIpcProperties.Array properties, boolean created) {
        Codec<?> codec = DeclaredElement.codec(property, properties.elementType(), null);
        if (codec == null) {
            throw new InvalidZeroIpcPropertyException(property + ".element-type", null, "array has no element type",
                    "Write one such as 'float64' or 'int32'.");
        }
        List<Long> lengths = properties.shape();
        if (lengths == null || lengths.isEmpty()) {
            if (created) {
                throw new InvalidZeroIpcPropertyException(property + ".shape", null,
                        "array is to be created without a shape",
                        "Write the number of elements in each dimension, such as 100, 50.");
            }
            return new ConfiguredArray(codec, null);
        }
        try {
            Shape shape = Shape.of(lengths);
            var _ = shape.byteSize(codec.byteSize());
            return new ConfiguredArray(codec, shape);
        } catch (IllegalArgumentException e) {
            throw InvalidZeroIpcPropertyException.of(property + ".shape", lengths, e,
                    "Write the number of elements in each dimension, such as 100, 50.");
        }
    }

    String beanName() {
        return BeanPlan.camelCase(key) + "Arena";
    }

    String beanName(String array) {
        return key + "." + array;
    }

    /**
     * How the elements of each array are stored that is declared, or that the manifest has now. Of others nothing can be said
     * before it is there.
     */
    Map<String, Codec<?>> codecs() {
        Map<String, Codec<?>> codecs = new LinkedHashMap<>();
        arrays.forEach((name, array) -> codecs.put(name, array.codec()));
        try {
            PackedArena.read(manifest).forEach((name, place) -> {
                Codec<?> codec = codecs.containsKey(name) ? null : codec(place.element());
                if (codec != null) {
                    codecs.put(name, codec);
                }
            });
        } catch (ZeroIpcException e) {
            // Absent, or unusable: whoever opens it says so.
        }
        return codecs;
    }

    /** The record where it is here and means the same, or the values that the manifest describes; null when it describes none. */
    private static @Nullable Codec<?> codec(ElementSchema element) {
        try {
            if (!element.fields().isEmpty() && element.typeName().indexOf('.') >= 0) {
                Codec<?> known = Codecs.forType(element.typeName(), null);
                if (known.schema().equals(element)) {
                    return known;
                }
            }
        } catch (IllegalArgumentException e) {
            // A class of another application.
        }
        try {
            return Codecs.schema(element);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** @param place where a path that is written is here */
    ArenaDefinition definition(ZeroIpcProperties all, UnaryOperator<Path> place) {
        Path path = place.apply(manifest).toAbsolutePath().normalize();
        PackedArenaBuilder builder = PackedArena.at(path).permissions(properties.permissions().toWords());
        Path file = properties.file();
        if (file != null) {
            builder.file(file.isAbsolute() ? place.apply(file) : path.resolveSibling(file));
        }
        arrays.forEach((name, array) -> {
            if (array.shape() == null) {
                builder.array(name, array.codec());
            } else {
                builder.array(name, array.codec(), array.shape());
            }
        });
        Duration watch = properties.watchInterval();
        ArenaMode mode = properties.mode();
        return new ArenaDefinition(key, path, switch (mode) {
            case OPEN -> builder::open;
            case READ_ONLY -> builder::openReadOnly;
            case CREATE -> builder::create;
            case OPEN_OR_CREATE -> builder::openOrCreate;
        }, all.startupFailurePolicy(), all.openTimeout(), all.openRetryInterval(), watch);
    }
}
