package io.zeroipc.spring.boot.autoconfigure;

import java.util.List;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;

import io.zeroipc.codec.Codec;
import io.zeroipc.inspect.Catalog;
import io.zeroipc.inspect.StructureType;
import io.zeroipc.spring.core.NearMatches;
import io.zeroipc.spring.core.StructureDefinition;
import io.zeroipc.spring.core.StructureMode;

/**
 * A structure that a bean defines, itself or as a part of its segment.
 *
 * @param property describes the bean
 * @param isPrimary as the bean's definition says
 */
record DefinedStructure(String property, StructureType type, StructureDefinition definition,
        boolean isPrimary) implements DeclaredStructure {

    static DefinedStructure partOf(String bean, StructureDefinition definition) {
        return new DefinedStructure(bean, typeOf(bean, definition), definition, false);
    }

    /**
     * One that a bean of its own adds to a segment.
     *
     * @throws InvalidDefinitionException when the segment cannot have it
     */
    static DefinedStructure of(String bean, StructureDefinition definition, DeclaredSegment segment, boolean primary) {
        StructureDefinition effective = segment instanceof ConfiguredSegment configured
                ? checked(bean, definition, configured)
                : definition;
        return new DefinedStructure(bean, typeOf(bean, definition), effective, primary);
    }

    /**
     * Looks for another one of the same name.
     *
     * @param places says where another one is declared
     * @throws InvalidDefinitionException when there is one
     */
    static void requireUnique(String bean, StructureDefinition definition, DeclaredSegment segment,
            Function<DeclaredStructure, String> places) {
        for (DeclaredStructure other : segment.structures()) {
            boolean sameName = other.key().equals(definition.name());
            if (sameName || other.entryName().equals(definition.entryName())) {
                throw new InvalidDefinitionException(bean,
                        "structure '" + segment.key() + "/" + definition.name() + "' "
                                + (sameName
                                        ? "is declared twice: by this bean, and by "
                                        : "has the same name in the segment, '" + definition.entryName() + "', as '"
                                                + segment.key() + "/" + other.key() + "' of ")
                                + places.apply(other),
                        sameName
                                ? "Remove one of the two, or give one of them another name."
                                : "Give one of the two another name in the segment: entryName(\"...\") of the builder, or"
                                        + " the property 'name'.");
            }
        }
    }

    private static StructureDefinition checked(String bean, StructureDefinition definition,
            ConfiguredSegment segment) {
        StructureMode mode = ConfiguredStructure.effectiveMode(definition.mode(), segment.properties().mode(),
                definition.spec());
        String channel = segment.key() + "/" + definition.name();
        if (mode != StructureMode.OPEN && segment.properties().mode() == ZeroIpcProperties.SegmentMode.READ_ONLY) {
            throw new InvalidDefinitionException(bean,
                    "structure '" + channel + "' is to be created, and segment '" + segment.key()
                            + "' is opened read-only by " + segment.property(),
                    "Call mode(StructureMode.OPEN) of the builder, or change '" + segment.property() + ".mode'.");
        }
        if (mode != StructureMode.OPEN && segment.properties().mode().mayCreate()) {
            try {
                var _ = definition.spec().parts();
            } catch (IllegalArgumentException e) {
                throw new InvalidDefinitionException(bean,
                        "structure '" + channel + "' cannot be created: " + e.getMessage(),
                        "Say what is missing, or call mode(StructureMode.OPEN) of the builder, when another process creates"
                                + " it.",
                        e);
            }
        }
        return definition.withMode(mode);
    }

    private static StructureType typeOf(String bean, StructureDefinition definition) {
        String label = definition.kind().label();
        return Catalog.find(label)
                .orElseThrow(() -> new InvalidDefinitionException(bean,
                        "structure '" + definition.name() + "' is of an unknown kind, '" + label + "'",
                        NearMatches.question(label, Catalog.labels()) + "Known are: "
                                + String.join(", ", Catalog.labels()) + "."));
    }

    @Override
    public String key() {
        return definition.name();
    }

    @Override
    public String entryName() {
        return definition.entryName();
    }

    @Override
    public List<String> entryNames() {
        return type.kind().suffixes().stream().map(suffix -> entryName() + suffix).toList();
    }

    @Override
    public boolean isDefined() {
        return true;
    }

    @Override
    public @Nullable String beanName() {
        return null;
    }

    /** A definition has no way to say so: {@code @Lazy} at its bean is about the definition. */
    @Override
    public boolean isLazy() {
        return false;
    }

    @Override
    public boolean isComplete() {
        return true;
    }

    @Override
    public ResolvableType beanType() {
        Codec<?> codec = definition.codec();
        List<Class<?>> known = definition.elementTypes();
        return DeclaredStructure.beanType(type,
                known.isEmpty() && codec != null && type.structureClass().getTypeParameters().length == 1
                        ? List.of(codec.type())
                        : known);
    }

    @Override
    public StructureDefinition definition(Function<String, Codec<?>> codecs) {
        return definition;
    }
}
