package io.zeroipc.testing;

import java.util.List;
import java.util.function.Consumer;

import io.zeroipc.Occupancy;
import io.zeroipc.StructureKind;
import io.zeroipc.segment.Binding;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.Part;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Spec;
import io.zeroipc.segment.Structure;

/** A block of any bytes under a name, as another program may leave it. */
public record ForeignBlock(Binding binding) implements Structure {

    private static final StructureKind KIND = StructureKind.of("foreign");

    /** Adds a block of so many bytes and lets {@code content} fill it; nobody says what it is. */
    public static void create(Segment segment, String name, long bytes, Consumer<Block> content) {
        try (Segment peer = Segment.at(segment.path()).catalogue(false).open()) {
            peer.create(name, new ForeignSpec(new Part("", bytes, content)));
        }
    }

    @Override
    public Occupancy occupancy() {
        return new Occupancy(0, 0, "bytes");
    }

    private record ForeignSpec(Part part) implements Spec<ForeignBlock> {

        @Override
        public StructureKind kind() {
            return KIND;
        }

        @Override
        public List<Part> parts() {
            return List.of(part);
        }

        @Override
        public ForeignBlock bind(Blocks blocks) {
            return new ForeignBlock(blocks.binding(KIND));
        }
    }
}
