package io.zeroipc.spring.boot.actuate.endpoint;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

import io.zeroipc.manifest.ArrayPlace;
import io.zeroipc.manifest.PackedArena;
import io.zeroipc.spring.core.ArenaDefinition;
import io.zeroipc.spring.core.ArenaRegistry;

/**
 * One packed arena. What is in it is missing unless it is open.
 *
 * @param manifest the file that says where its arrays lie
 * @param file the file that has them
 * @param open whether it is mapped
 * @param readOnly whether this application can only read it
 * @param newer whether there is another manifest or file than the one in use
 * @param problem why it is not open, or its newest manifest cannot be used; missing when all is well
 * @param arrays by name, as the manifest says that could be used last
 */
public record ArenaDescriptor(String manifest, @Nullable String file, boolean open, @Nullable Boolean readOnly,
        @Nullable Boolean newer, @Nullable String problem, Map<String, ArrayDescriptor> arrays)
        implements OperationResponseBody {

    /**
     * One array of an arena.
     *
     * @param elementType of one element
     * @param elementSize bytes of one element
     * @param shape elements in each dimension
     * @param offset of the first byte in the file
     * @param bytes in all
     */
    public record ArrayDescriptor(String elementType, int elementSize, List<Long> shape, long offset, long bytes) {

        static ArrayDescriptor of(ArrayPlace place) {
            return new ArrayDescriptor(place.element().typeName(), place.element().byteSize(), place.shape().lengths(),
                    place.offset(), place.byteSize());
        }
    }

    static ArenaDescriptor of(ArenaRegistry registry, ArenaDefinition definition, UnaryOperator<String> sanitizer) {
        PackedArena arena = registry.find(definition.name()).orElse(null);
        String problem = registry.problem(definition.name()).orElse(null);
        Path file = arena == null ? null : arena.file();
        Map<String, ArrayDescriptor> arrays = new LinkedHashMap<>();
        if (arena != null) {
            arena.places().forEach((name, place) -> arrays.put(name, ArrayDescriptor.of(place)));
        }
        return new ArenaDescriptor(sanitizer.apply(definition.manifest().toString()),
                file == null ? null : sanitizer.apply(file.toString()), arena != null,
                arena == null ? null : arena.isReadOnly(), arena == null ? null : arena.isBehind(), problem, arrays);
    }
}
