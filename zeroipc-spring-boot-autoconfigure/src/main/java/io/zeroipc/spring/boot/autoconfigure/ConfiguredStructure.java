package io.zeroipc.spring.boot.autoconfigure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanNotOfRequiredTypeException;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.core.ResolvableType;

import io.zeroipc.InvalidStructureNameException;
import io.zeroipc.Shape;
import io.zeroipc.StructureKind;
import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.inspect.Catalog;
import io.zeroipc.inspect.Declaration;
import io.zeroipc.inspect.StructureType;
import io.zeroipc.segment.Spec;
import io.zeroipc.spring.boot.autoconfigure.ZeroIpcProperties.SegmentMode;
import io.zeroipc.spring.core.NearMatches;
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
record ConfiguredStructure(String property, String key, String entryName, StructureType type,
        @Nullable Codec<?> element,
        SegmentMode segmentMode, ZeroIpcProperties.Structure properties) implements DeclaredStructure {

    /**
     * Checks everything that can be checked without opening a file.
     *
     * @throws InvalidZeroIpcPropertyException naming the property
     */
    static ConfiguredStructure read(String segment, SegmentMode segmentMode, String key,
            ZeroIpcProperties.Structure properties) {
        String property = PropertyNames.structure(segment, key);
        StructureType type = type(property, properties);
        String entryName = properties.name() != null ? properties.name() : key;
        requireName(property, type.kind(), entryName);
        if (segmentMode == SegmentMode.READ_ONLY && properties.mode() == StructureMode.CREATE) {
            throw new InvalidZeroIpcPropertyException(property + ".mode", "create",
                    "nothing can be created in a segment that is opened read-only",
                    "Remove it, or change the mode of the segment.");
        }
        Codec<?> element = properties.codec() == null ? DeclaredElement.codec(property, properties) : null;
        ConfiguredStructure structure = new ConfiguredStructure(property, key, entryName, type, element, segmentMode,
                properties);
        if (properties.codec() == null) {
            structure.checkedSpec(element);
        }
        return structure;
    }

    static void requireName(String property, StructureKind kind, String entryName) {
        try {
            kind.requireName(entryName);
        } catch (InvalidStructureNameException e) {
            throw new InvalidZeroIpcPropertyException(property + ".name", entryName,
                    "name is " + e.byteLength() + " bytes long, and one of type '" + kind + "' has 1 to "
                            + e.byteLengthMax(),
                    "Set '" + property + ".name' to a name of at most " + e.byteLengthMax()
                            + " bytes in UTF-8; the key may stay as it is.",
                    e);
        }
    }

    @Override
    public StructureDefinition definition(Function<String, Codec<?>> codecs) {
        Codec<?> codec = properties.codec() == null ? element : codec(properties.codec(), codecs);
        Spec<?> spec = checkedSpec(codec);
        return new StructureDefinition(key, entryName, effectiveMode(properties.mode(), segmentMode, spec), spec,
                codec);
    }

    private Codec<?> codec(String name, Function<String, Codec<?>> codecs) {
        try {
            return codecs.apply(name);
        } catch (NoSuchBeanDefinitionException | BeanNotOfRequiredTypeException e) {
            throw new InvalidZeroIpcPropertyException(property + ".codec", name,
                    "there is no bean '" + name + "' of type " + Codec.class.getName(),
                    "Write the name of one, or remove the property and set 'element-type'.", e);
        }
    }

    @Override
    public ResolvableType beanType() {
        return DeclaredStructure.beanType(type, type.typeArguments(new Declaration(element, 0, properties.options())));
    }

    @Override
    public List<String> entryNames() {
        return type.kind().suffixes().stream().map(suffix -> entryName + suffix).toList();
    }

    @Override
    public boolean isDefined() {
        return false;
    }

    @Override
    public @Nullable String beanName() {
        return properties.beanName();
    }

    @Override
    public boolean isPrimary() {
        return properties.primary();
    }

    @Override
    public boolean isLazy() {
        return properties.lazy();
    }

    @Override
    public boolean isComplete() {
        return properties.codec() == null;
    }

    private Spec<?> checkedSpec(@Nullable Codec<?> codec) {
        for (String option : properties.options().keySet()) {
            if (!type.optionNames().contains(option)) {
                if (option.equals(Declaration.SHAPE) && properties.shape() != null) {
                    throw new InvalidZeroIpcPropertyException(option(option), properties.shape(),
                            "structures of type '" + type.kind() + "' have no shape",
                            "Remove it: it is for arrays. Others have a capacity.");
                }
                throw new InvalidZeroIpcPropertyException(option(option), properties.options().get(option),
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
        Declaration declaration = new Declaration(codec, capacity, properties.options());
        requireOneShape(declaration);
        try {
            Spec<?> spec = type.spec(declaration);
            if (isCreated()) {
                // Only asked for its complaint: what is missing to create it.
                var _ = spec.parts();
            }
            return spec;
        } catch (IllegalArgumentException e) {
            throw wrong(declaration, e);
        }
    }

    private void requireOneShape(Declaration declaration) {
        Shape shape;
        try {
            shape = declaration.shapeOption();
        } catch (IllegalArgumentException e) {
            throw InvalidZeroIpcPropertyException.of(option(Declaration.SHAPE),
                    declaration.options().get(Declaration.SHAPE), e, "Write the length of each dimension.");
        }
        if (properties.shape() != null && shape != null && !shape.lengths().equals(properties.shape())) {
            throw new InvalidZeroIpcPropertyException(option(Declaration.SHAPE), properties.shape(),
                    "there is another shape at '" + property + ".options.shape', " + shape, "Remove one of the two.");
        }
    }

    /** The property that an option has its value from. */
    private String option(String name) {
        boolean isShape = name.equals(Declaration.SHAPE) && properties.shape() != null;
        return property + (isShape ? "." : ".options.") + name;
    }

    /** Whether it may have to be made here. */
    private boolean isCreated() {
        return segmentMode.mayCreate() && properties.mode() != StructureMode.OPEN;
    }

    /** Names the property whose change would help: the kind alone knows what it needs. */
    private InvalidZeroIpcPropertyException wrong(Declaration declared, IllegalArgumentException e) {
        long capacity = declared.capacity();
        Map<String, String> options = declared.options();
        String culprit = property;
        Object value = null;
        if (works(new Declaration(declared.element() == null ? Codecs.int32() : null, capacity, options))) {
            culprit = property + ".element-type";
            value = properties.elementType();
        } else if (works(new Declaration(declared.element(), capacity == 0 ? 1 : 0, options))
                || works(new Declaration(declared.element(), 1, options))) {
            culprit = property + ".capacity";
            value = properties.capacity();
        } else {
            for (String option : options.keySet()) {
                Map<String, String> others = new LinkedHashMap<>(options);
                others.remove(option);
                if (works(new Declaration(declared.element(), capacity, others))) {
                    culprit = option(option);
                    value = options.get(option);
                }
            }
        }
        InvalidZeroIpcPropertyException wrong = InvalidZeroIpcPropertyException.of(culprit, value, e,
                "Correct the properties of this structure.");
        boolean missing = value == null && isCreated() && opens(declared);
        return !missing
                ? wrong
                : new InvalidZeroIpcPropertyException(culprit, value, wrong.problem(), wrong.remedy() + " Or set '"
                        + property + ".mode' to 'open', when another process creates it.", e);
    }

    private boolean works(Declaration other) {
        try {
            Spec<?> spec = type.spec(other);
            if (isCreated()) {
                var _ = spec.parts();
            }
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private boolean opens(Declaration declared) {
        try {
            var _ = type.spec(declared);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * In a segment that is only opened, a structure whose properties do not suffice to create it is only opened, too:
     * the message for one that is missing then says so.
     */
    static StructureMode effectiveMode(StructureMode mode, SegmentMode segmentMode, Spec<?> spec) {
        if (mode != StructureMode.OPEN_OR_CREATE || segmentMode.mayCreate()) {
            return mode;
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
            throw new InvalidZeroIpcPropertyException(property + ".type", null, "structure has no type",
                    known + " Or set 'mode' to 'open' and say nothing else of it, to take what its creator has declared.");
        }
        return Catalog.find(type)
                .orElseThrow(() -> new InvalidZeroIpcPropertyException(property + ".type", type,
                        "structure has an unknown type", NearMatches.question(type, Catalog.labels()) + known));
    }
}
