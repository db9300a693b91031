package io.zeroipc.spring.core;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

import io.zeroipc.InvalidStructureNameException;
import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.inspect.Catalog;
import io.zeroipc.inspect.Declaration;
import io.zeroipc.inspect.StructureType;
import io.zeroipc.segment.Structure;

/**
 * Collects what there is to say about a structure, in the words of the properties. Made by {@link StructureDefinition#named};
 * not thread-safe.
 */
public final class StructureDefinitionBuilder {

    private static final Map<Class<?>, String> SCALARS = Map.of(Byte.class, "int8", Short.class, "int16",
            Integer.class, "int32", Long.class, "int64", Float.class, "float32", Double.class, "float64",
            Boolean.class, "bool");

    private final String channel;
    private final Map<String, String> options = new LinkedHashMap<>();
    private @Nullable String entryName;
    private StructureMode mode = StructureMode.OPEN_OR_CREATE;
    private @Nullable Supplier<StructureType> type;
    private @Nullable Supplier<? extends Codec<?>> element;
    private long capacity;

    StructureDefinitionBuilder(String channel) {
        this.channel = channel;
    }

    /** Its kind by its class, {@code SharedQueue.class}. */
    @SuppressWarnings("rawtypes") // A class literal has no parameters.
    public StructureDefinitionBuilder type(Class<? extends Structure> structure) {
        this.type = () -> Catalog.types()
                .stream()
                .filter(known -> known.structureClass().equals(structure))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("class is no kind of structure: type="
                        + structure.getName() + " (expected: the class of one of " + kinds() + ")"));
        return this;
    }

    /** Its kind by its label, {@code queue}. */
    public StructureDefinitionBuilder type(String label) {
        this.type = () -> Catalog.find(label)
                .orElseThrow(() -> {
                    List<String> near = NearMatches.of(label, Catalog.labels());
                    return new IllegalArgumentException("type is unknown: type=" + label + " (expected: "
                            + (near.isEmpty() ? "one of " : String.join(" or ", near) + ", or another of ") + kinds()
                            + ")");
                });
        return this;
    }

    /** The type of its elements: a record, {@code int}, {@code double} and the like, or {@code boolean}. */
    public StructureDefinitionBuilder elements(Class<?> elementType) {
        this.element = () -> codec(elementType);
        return this;
    }

    /** The type of its elements as the property {@code element-type} says it: {@code float64}, {@code string(16)}. */
    public StructureDefinitionBuilder elements(String elementType) {
        this.element = () -> Codecs.forType(elementType, null);
        return this;
    }

    /** What stores its elements. */
    public StructureDefinitionBuilder elements(Codec<?> codec) {
        this.element = () -> codec;
        return this;
    }

    /** The number of its elements; needed to create kinds that have one. */
    public StructureDefinitionBuilder capacity(long elements) {
        this.capacity = elements;
        return this;
    }

    /** Of an array of several dimensions how many elements it has in each, in place of a capacity: rows and columns. */
    public StructureDefinitionBuilder shape(long... lengths) {
        return option(Declaration.SHAPE, Arrays.toString(lengths));
    }

    /** What only some kinds know, such as {@code overwrite} of a ring; the value in the form in which properties say it. */
    public StructureDefinitionBuilder option(String option, Object value) {
        options.put(option, value.toString());
        return this;
    }

    /** Its name in the segment's table; the name of the channel by default. */
    public StructureDefinitionBuilder entryName(String entry) {
        this.entryName = entry;
        return this;
    }

    /** How it comes into being; {@link StructureMode#OPEN_OR_CREATE} by default. */
    public StructureDefinitionBuilder mode(StructureMode structureMode) {
        this.mode = structureMode;
        return this;
    }

    /**
     * The definition. With {@link StructureMode#OPEN} and nothing said about its type and elements it is what its creator has
     * declared.
     *
     * @throws InvalidStructureDefinitionException when the kind cannot have what was said, or needs more
     */
    public StructureDefinition build() {
        try {
            boolean isShort = ChannelName.isShort(channel);
            if (channel.isEmpty()) {
                throw new IllegalArgumentException("structure has no name (expected: segment/structure, or structure)");
            }
            String segment = isShort ? null : ChannelName.parse(channel).segment();
            String name = isShort ? channel : ChannelName.parse(channel).structure();
            if (type == null && mode == StructureMode.OPEN && element == null && capacity == 0 && options.isEmpty()) {
                String entry = AsCreatedSpec.INSTANCE.kind().requireName(entryName != null ? entryName : name);
                return new StructureDefinition(name, entry, mode, AsCreatedSpec.INSTANCE, null, segment, List.of());
            }
            if (type == null) {
                throw new IllegalArgumentException("structure has no type (expected: one of " + kinds()
                        + "; or none and no elements, with mode(StructureMode.OPEN), to take what its creator has declared)");
            }
            StructureType kind = type.get();
            String entry = entryName != null ? entryName : name;
            kind.kind().requireName(entry);
            Declaration declaration = new Declaration(element == null ? null : element.get(), capacity, options);
            List<Class<?>> elementTypes = kind.typeArguments(declaration);
            return new StructureDefinition(name, entry, mode, kind.spec(declaration), declaration.element(), segment,
                    elementTypes);
        } catch (IllegalArgumentException | InvalidStructureNameException e) {
            throw new InvalidStructureDefinitionException(channel, String.valueOf(e.getMessage()), e);
        }
    }

    private static Codec<?> codec(Class<?> type) {
        if (type.isRecord()) {
            return Codecs.record(type.asSubclass(Record.class));
        }
        String scalar = SCALARS.get(ClassUtils.resolvePrimitiveIfNecessary(type));
        if (scalar == null) {
            throw new IllegalArgumentException("class cannot be that of elements: type=" + type.getName()
                    + " (expected: a record, a number or boolean; elements(\"string(16)\") for texts, elements(codec) for"
                    + " all others)");
        }
        return Codecs.forType(scalar, null);
    }

    private static String kinds() {
        return String.join(", ", Catalog.labels());
    }
}
