package io.zeroipc.spring.boot.autoconfigure;

import java.util.List;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;

import io.zeroipc.codec.Codec;
import io.zeroipc.inspect.Catalog;
import io.zeroipc.segment.Structure;
import io.zeroipc.spring.boot.autoconfigure.ZeroIpcProperties.SegmentMode;
import io.zeroipc.spring.core.StructureDefinition;
import io.zeroipc.spring.core.StructureMode;

/**
 * A structure that is only opened, and of which nobody here says what it is: that has its creator.
 *
 * @param isDefined whether a bean defines it
 * @param beanType what is known of its type now: of an absent one, that it is a structure
 */
record UntypedStructure(String property, boolean isDefined, StructureDefinition definition, @Nullable String beanName,
        boolean isPrimary, boolean isLazy, ResolvableType beanType) implements DeclaredStructure {

    private static final ResolvableType ANY = ResolvableType.forClass(Structure.class);

    /** Whether the properties leave to its creator what it is. */
    static boolean isMeantBy(SegmentMode segmentMode, ZeroIpcProperties.Structure properties) {
        boolean opened = properties.mode() == StructureMode.OPEN
                || (properties.mode() == StructureMode.OPEN_OR_CREATE && !segmentMode.mayCreate());
        return opened && properties.type() == null && properties.elementType() == null && properties.codec() == null
                && properties.elementSize() == null && properties.capacity() == null
                && properties.options().isEmpty();
    }

    static UntypedStructure read(String segment, String key, ZeroIpcProperties.Structure properties) {
        String property = PropertyNames.structure(segment, key);
        StructureDefinition definition = StructureDefinition.asCreated(key,
                properties.name() != null ? properties.name() : key);
        ConfiguredStructure.requireName(property, definition.kind(), definition.entryName());
        return new UntypedStructure(property, false, definition, properties.beanName(), properties.primary(),
                properties.lazy(), ANY);
    }

    static UntypedStructure of(String bean, StructureDefinition definition, boolean primary) {
        return new UntypedStructure(bean, true, definition, null, primary, false, ANY);
    }

    /** The same, of which is known now what it is. */
    UntypedStructure as(StructureDefinition found) {
        ResolvableType type = Catalog.find(found.kind().label())
                .map(kind -> DeclaredStructure.beanType(kind, found.elementTypes()))
                .orElse(ANY);
        return new UntypedStructure(property, isDefined, definition, beanName, isPrimary, isLazy, type);
    }

    @Override
    public String key() {
        return definition.name();
    }

    @Override
    public String entryName() {
        return definition.entryName();
    }

    /** One, as far as is known: those of others are not for us to make. */
    @Override
    public List<String> entryNames() {
        return List.of(entryName());
    }

    @Override
    public boolean isComplete() {
        return true;
    }

    @Override
    public StructureDefinition definition(Function<String, Codec<?>> codecs) {
        return definition;
    }
}
