package io.zeroipc.segment;

import java.util.List;

import io.zeroipc.Occupancy;
import io.zeroipc.StructureKind;
import io.zeroipc.memory.Atomics;

/** The least structure there can be, for tests of the opener: eight bytes that hold {@link #READY} once formatted. */
final class Cell implements Structure {

    static final StructureKind KIND = StructureKind.of("cell");
    static final long READY = 0x600D;

    private final Blocks blocks;
    private final Block block;

    private Cell(Blocks blocks, Block block) {
        this.blocks = blocks;
        this.block = block;
    }

    static Spec<Cell> spec(long byteSize) {
        return new CellSpec(KIND, List.of(""), byteSize);
    }

    /** A cell of two entries, name_a and name_b, decided by the second. */
    static Spec<Cell> composite(long byteSize) {
        return new CellSpec(StructureKind.composite("pair", "_b", "_a", "_b"), List.of("_a", "_b"), byteSize);
    }

    Role claim() {
        return blocks.claimRole(block, 0, "writer");
    }

    long get() {
        blocks.attachment().ensureReadable();
        return Atomics.getLongAcquire(block.memory(), 0);
    }

    void set(long value) {
        blocks.attachment().ensureWritable();
        Atomics.setLongRelease(block.memory(), 0, value);
    }

    @Override
    public Binding binding() {
        return blocks.binding(KIND);
    }

    @Override
    public Occupancy occupancy() {
        return Occupancy.ofElements(1, 1);
    }

    private record CellSpec(StructureKind kind, List<String> suffixes, long byteSize) implements Spec<Cell> {

        @Override
        public List<Part> parts() {
            return suffixes.stream()
                    .map(suffix -> new Part(suffix, byteSize, block -> Atomics.putLong(block.memory(), 0, READY)))
                    .toList();
        }

        @Override
        public Cell bind(Blocks blocks) {
            Block block = blocks.require(kind.decidingSuffix());
            if (byteSize != 0 && block.byteSize() != byteSize) {
                throw blocks.mismatch("bytes=" + block.byteSize() + " (expected: " + byteSize + ")");
            }
            if (Atomics.getLongAcquire(block.memory(), 0) == 0) {
                throw blocks.notReady("cell=0");
            }
            return new Cell(blocks, block);
        }
    }
}
