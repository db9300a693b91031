package io.zeroipc.spring.core;

import org.jspecify.annotations.Nullable;

import io.zeroipc.StructureKind;
import io.zeroipc.StructureMismatchException;
import io.zeroipc.codec.Codec;
import io.zeroipc.inspect.Declaration;
import io.zeroipc.inspect.StructureType;
import io.zeroipc.segment.DeclaredType;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Spec;
import io.zeroipc.segment.Structure;

/**
 * A structure that the application declares: enough to open it again in another file of the same segment.
 *
 * @param name what channels call it, unique in its segment
 * @param entryName what the segment's table calls it; usually the same
 * @param mode whether it may, must or must not exist
 * @param spec how to create and to bind it
 * @param codec how one element is stored; null when the structure has no elements or nobody said
 */
public record StructureDefinition(String name, String entryName, StructureMode mode, Spec<?> spec,
        @Nullable Codec<?> codec) {

    /** A structure whose name in the table is the name of the channel, opened or created. */
    public static StructureDefinition of(String name, Spec<?> spec, @Nullable Codec<?> codec) {
        return new StructureDefinition(name, name, StructureMode.OPEN_OR_CREATE, spec, codec);
    }

    /** A structure as configuration describes it. */
    public static StructureDefinition of(String name, String entryName, StructureMode mode, StructureType type,
            Declaration declaration) {
        return new StructureDefinition(name, entryName, mode, type.spec(declaration), declaration.element());
    }

    public StructureKind kind() {
        return spec.kind();
    }

    Structure openIn(Segment segment) {
        try {
            return switch (mode) {
                case OPEN_OR_CREATE -> segment.openOrCreate(entryName, spec);
                case OPEN -> segment.open(entryName, spec);
                case CREATE -> segment.create(entryName, spec);
            };
        } catch (StructureMismatchException e) {
            throw withField(segment, e);
        }
    }

    /** Names the field of a record that has changed, where only the sizes of both were compared. */
    private StructureMismatchException withField(Segment segment, StructureMismatchException e) {
        DeclaredType declared = segment.declared().get(entryName);
        if (e.catalogue() != null || declared == null || codec == null) {
            return e;
        }
        String difference = declared.fieldDifference(codec.schema());
        return difference == null
                ? e
                : new StructureMismatchException(e.getMessage() + ", created with " + difference, e.segment(),
                        e.structure(), e);
    }

    /** Opens the structure in a file that replaced another: whoever was there first has created it. */
    Structure openAgainIn(Segment segment) {
        return mode == StructureMode.CREATE ? segment.openOrCreate(entryName, spec) : openIn(segment);
    }
}
