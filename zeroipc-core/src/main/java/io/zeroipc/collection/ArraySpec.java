package io.zeroipc.collection;

import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import io.zeroipc.Occupancy;
import io.zeroipc.Shape;
import io.zeroipc.StructureKind;
import io.zeroipc.codec.Codec;
import io.zeroipc.format.ArrayDescriptor;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.DeclaredType;
import io.zeroipc.segment.Description;
import io.zeroipc.segment.Part;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Spec;
import io.zeroipc.segment.View;

/**
 * What a caller asks for, and below it what a stranger sees, of a {@link SharedArray}.
 *
 * @param shape null for one dimension, or that which its creator has declared
 */
record ArraySpec<T>(Codec<T> codec, long capacity, @Nullable Shape shape) implements Spec<SharedArray<T>> {

    /** The option of the catalogue. */
    static final String SHAPE = "shape";

    ArraySpec {
        Objects.requireNonNull(codec, "codec");
        long limit = (Long.MAX_VALUE - ArrayDescriptor.HEADER_SIZE) / codec.byteSize();
        if (capacity < 0 || capacity > limit) {
            throw new IllegalArgumentException("array capacity out of range: capacity=" + capacity
                    + ", element size=" + codec.byteSize() + " (expected: 1 to " + limit
                    + "; 0 opens an array as it is)");
        }
    }

    @Override
    public StructureKind kind() {
        return SharedArray.KIND;
    }

    @Override
    public List<Part> parts() {
        if (capacity == 0) {
            throw new IllegalArgumentException("array capacity is missing: capacity=0 (expected: at least 1)");
        }
        return List.of(new Part("", ArrayDescriptor.byteSize(capacity, codec.byteSize()),
                block -> ArrayDescriptor.format(block.memory(), capacity)));
    }

    @Override
    public SharedArray<T> bind(Blocks blocks) {
        Block block = blocks.require("");
        if (ArrayDescriptor.isUnfinished(block.memory())) {
            throw blocks.notReady("array capacity is still 0");
        }
        blocks.requireSound(ArrayDescriptor.check(block.memory(), codec.byteSize()),
                ", kind=array, element=" + codec.typeName());
        long stored = (block.memory().byteSize() - ArrayDescriptor.HEADER_SIZE) / codec.byteSize();
        blocks.requireStored("capacity differs" + (shape == null ? "" : ", shape=" + shape), stored, capacity);
        Shape declared = declaredShape(blocks, block, stored);
        if (declared != null && shape != null && !declared.equals(shape)) {
            throw blocks.mismatch("shape differs: declared=" + declared + ", asked for=" + shape
                    + " (expected: the same, or none to take what is declared)");
        }
        Shape effective = declared != null ? declared : shape != null ? shape : Shape.of(stored);
        return new SharedArray<>(blocks, block.memory(), codec, effective);
    }

    /** What the catalogue says of this very block; null when it says nothing that can be true. */
    private static @Nullable Shape declaredShape(Blocks blocks, Block block, long capacity) {
        DeclaredType declared = blocks.segment().declared().get(blocks.name());
        String text = declared == null ? null : declared.options().get(SHAPE);
        if (declared == null || text == null || declared.offset() != block.offset()
                || !declared.kind().equals(SharedArray.KIND.label())) {
            return null;
        }
        try {
            Shape found = Shape.parse(text);
            return found.count() == capacity ? found : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    static final class ArrayProbe implements Probe {

        @Override
        public StructureKind kind() {
            return SharedArray.KIND;
        }

        /** Never certain: a number that divides the block's size is all there is to see. */
        @Override
        public Match match(Blocks blocks) {
            Block block = blocks.find("");
            return block != null && ArrayDescriptor.elementSize(block.memory()) > 0 ? Match.POSSIBLE : Match.NO;
        }

        @Override
        public Description describe(Blocks blocks) {
            Block block = blocks.require("");
            long capacity = Math.max(0, ArrayDescriptor.capacity(block.memory()));
            long elementSize = ArrayDescriptor.elementSize(block.memory());
            return new Description(elementSize, Occupancy.ofElements(capacity, capacity), Map.of(),
                    List.of(View.elements(block.offset() + ArrayDescriptor.HEADER_SIZE, capacity, elementSize)));
        }
    }
}
