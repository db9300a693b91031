package io.zeroipc.spring.boot.autoconfigure;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;
import org.springframework.util.unit.DataSize;

import io.zeroipc.InvalidStructureNameException;
import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.inspect.Catalog;
import io.zeroipc.inspect.Declaration;
import io.zeroipc.inspect.StructureType;
import io.zeroipc.segment.Spec;
import io.zeroipc.spring.boot.autoconfigure.ZeroIpcProperties.SegmentMode;
import io.zeroipc.spring.core.StructureDefinition;
import io.zeroipc.spring.core.StructureMode;

/**
 * The properties of one structure, read and found consistent.
 *
 * @param property full name of the properties' parent
 * @param key its name in this application
 * @param entryName its name in the segment's table
 * @param element how an element is stored; null when it has none, or a bean knows
 */
record DeclaredStructure(String property, String key, String entryName, StructureType type, @Nullable Codec<?> element,
        SegmentMode segmentMode, ZeroIpcProperties.Structure properties) {

    private static final Set<String> SIZED = Set.of("bytes", "string", "frame");

    /**
     * Checks everything that can be checked without opening a file.
     *
     * @throws InvalidZeroIpcPropertyException naming the property
     */
    static DeclaredStructure read(String segment, SegmentMode segmentMode, String key,
            ZeroIpcProperties.Structure properties) {
        String property = PropertyNames.structure(segment, key);
        StructureType type = type(property, properties);
        String entryName = properties.name() != null ? properties.name() : key;
        try {
            type.kind().requireName(entryName);
        } catch (InvalidStructureNameException e) {
            throw new InvalidZeroIpcPropertyException(property + ".name", entryName,
                    "name is " + e.byteLength() + " bytes long, and one of type '" + type.kind() + "' has 1 to "
                            + e.byteLengthMax(),
                    "Set '" + property + ".name' to a name of at most " + e.byteLengthMax()
                            + " bytes in UTF-8; the key may stay as it is.",
                    e);
        }
        if (segmentMode == SegmentMode.READ_ONLY && properties.mode() == StructureMode.CREATE) {
            throw new InvalidZeroIpcPropertyException(property + ".mode", "create",
                    "nothing can be created in a segment that is opened read-only",
                    "Remove it, or change the mode of the segment.");
        }
        Codec<?> element = properties.codec() == null ? element(property, properties) : null;
        DeclaredStructure structure = new DeclaredStructure(property, key, entryName, type, element, segmentMode,
                properties);
        if (properties.codec() == null) {
            structure.checkedSpec(element);
        }
        return structure;
    }

    /** @param codecs finds a bean by its name */
    StructureDefinition definition(Function<String, Codec<?>> codecs) {
        Codec<?> codec = properties.codec() == null ? element : codecs.apply(properties.codec());
        Spec<?> spec = checkedSpec(codec);
        return new StructureDefinition(key, entryName, effectiveMode(spec), spec, codec);
    }

    /** Its class with the types of its elements, as far as they are known before beans are. */
    ResolvableType beanType() {
        Class<?>[] arguments = type.typeArguments(new Declaration(element, 0, properties.options()))
                .toArray(Class<?>[]::new);
        return arguments.length == 0
                ? ResolvableType.forClass(type.structureClass())
                : ResolvableType.forClassWithGenerics(type.structureClass(), arguments);
    }

    /** The entries of the table that it needs. */
    List<String> entryNames() {
        return type.kind().suffixes().stream().map(suffix -> entryName + suffix).toList();
    }

    private Spec<?> checkedSpec(@Nullable Codec<?> codec) {
        for (String option : properties.options().keySet()) {
            if (!type.optionNames().contains(option)) {
                throw new InvalidZeroIpcPropertyException(property + ".options." + option,
                        properties.options().get(option),
                        "structures of type '" + type.kind() + "' have no option '" + option + "'",
                        type.optionNames().isEmpty()
                                ? "Remove it: there are no options."
                                : "Options are: " + String.join(", ", type.optionNames().stream().sorted().toList())
                                        + ".");
            }
        }
        long capacity = properties.capacity() == null ? 0 : properties.capacity();
        if (capacity < 0) {
            throw new InvalidZeroIpcPropertyException(property + ".capacity", capacity, "capacity is negative",
                    "Write the number of elements.");
        }
        try {
            Spec<?> spec = type.spec(new Declaration(codec, capacity, properties.options()));
            if (segmentMode.mayCreate() && properties.mode() != StructureMode.OPEN) {
                // Only asked for its complaint: what is missing to create it.
                var _ = spec.parts();
            }
            return spec;
        } catch (IllegalArgumentException e) {
            throw new InvalidZeroIpcPropertyException(property, null, String.valueOf(e.getMessage()),
                    "Correct the properties of this structure, or set '" + property
                            + ".mode' to 'open' when another process creates it.",
                    e);
        }
    }

    /**
     * In a segment that is only opened, a structure whose properties do not suffice to create it is only opened, too:
     * the message for one that is missing then says so.
     */
    private StructureMode effectiveMode(Spec<?> spec) {
        if (properties.mode() != StructureMode.OPEN_OR_CREATE || segmentMode.mayCreate()) {
            return properties.mode();
        }
        if (segmentMode == SegmentMode.READ_ONLY) {
            return StructureMode.OPEN;
        }
        try {
            var _ = spec.parts();
            return StructureMode.OPEN_OR_CREATE;
        } catch (IllegalArgumentException e) {
            return StructureMode.OPEN;
        }
    }

    private static StructureType type(String property, ZeroIpcProperties.Structure properties) {
        String known = "Known types are: " + String.join(", ", Catalog.labels()) + ".";
        String type = properties.type();
        if (type == null || type.isBlank()) {
            throw new InvalidZeroIpcPropertyException(property + ".type", null, "structure has no type", known);
        }
        return Catalog.find(type)
                .orElseThrow(() -> new InvalidZeroIpcPropertyException(property + ".type", type,
                        "structure has an unknown type", known));
    }

    private static @Nullable Codec<?> element(String property, ZeroIpcProperties.Structure properties) {
        String elementType = properties.elementType();
        DataSize size = properties.elementSize();
        if (elementType == null) {
            if (size == null) {
                return null;
            }
            elementType = "bytes";
        }
        String name = elementType.strip();
        if (SIZED.contains(name.toLowerCase(Locale.ROOT))) {
            if (size == null) {
                throw new InvalidZeroIpcPropertyException(property + ".element-type", elementType,
                        "element type has no size",
                        "Set '" + property + ".element-size', or write the size as in '" + name + "(64)'.");
            }
            name = name + "(" + size.toBytes() + ")";
        } else if (size != null) {
            throw new InvalidZeroIpcPropertyException(property + ".element-size", size.toBytes(),
                    "element type '" + elementType + "' has a size of its own",
                    "Remove the element size: it is for 'bytes', 'string' and 'frame'.");
        }
        try {
            return Codecs.forType(name, null);
        } catch (IllegalArgumentException e) {
            throw new InvalidZeroIpcPropertyException(property + ".element-type", elementType,
                    String.valueOf(e.getMessage()),
                    "Write a type such as int32, float64 or string(16), or the full name of a record on the class path.",
                    e);
        }
    }
}
