package io.zeroipc.spring.core;

import java.util.List;

import io.zeroipc.StructureKind;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.Part;
import io.zeroipc.segment.Spec;
import io.zeroipc.segment.Structure;

/** Stands for what the creator of a structure has said, until a segment is there to be asked. */
enum AsCreatedSpec implements Spec<Structure> {

    INSTANCE;

    private static final StructureKind KIND = StructureKind.of("as-created");

    @Override
    public StructureKind kind() {
        return KIND;
    }

    @Override
    public List<Part> parts() {
        throw new IllegalArgumentException(
                "structure has no type (expected: one to create it; without one it is opened)");
    }

    @Override
    public Structure bind(Blocks blocks) {
        throw new IllegalStateException("structure has no type, and its creator was not asked");
    }
}
