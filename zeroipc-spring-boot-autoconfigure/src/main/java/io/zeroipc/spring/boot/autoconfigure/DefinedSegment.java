package io.zeroipc.spring.boot.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import io.zeroipc.codec.Codec;
import io.zeroipc.spring.core.OnReplaced;
import io.zeroipc.spring.core.SegmentDefinition;

/**
 * A segment that a bean defines, which alone knows how to open it.
 *
 * @param property describes the bean
 * @param structures its own, and those that other beans add
 */
record DefinedSegment(String property, SegmentDefinition definition, List<DeclaredStructure> structures)
        implements DeclaredSegment {

    DefinedSegment {
        structures = List.copyOf(structures);
    }

    static DefinedSegment of(String bean, SegmentDefinition definition) {
        return new DefinedSegment(bean, definition,
                definition.structures()
                        .values()
                        .stream()
                        .<DeclaredStructure>map(structure -> structure.isAsCreated()
                                ? UntypedStructure.of(bean, structure, false)
                                : DefinedStructure.partOf(bean, structure))
                        .toList());
    }

    @Override
    public String key() {
        return definition.name();
    }

    @Override
    public OnReplaced onReplaced() {
        return definition.onReplaced();
    }

    @Override
    public DefinedSegment with(DeclaredStructure structure) {
        List<DeclaredStructure> all = new ArrayList<>(structures);
        all.add(structure);
        return new DefinedSegment(property,
                definition.withStructures(List.of(structure.definition(DefinedSegment::noCodec))), all);
    }

    private static Codec<?> noCodec(String name) {
        throw new IllegalStateException("definition needs no bean: bean=" + name);
    }
}
