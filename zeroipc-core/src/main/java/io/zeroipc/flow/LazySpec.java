package io.zeroipc.flow;

import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import io.zeroipc.Occupancy;
import io.zeroipc.StructureKind;
import io.zeroipc.codec.Codec;
import io.zeroipc.format.LazyDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.Description;
import io.zeroipc.segment.Part;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Spec;

/**
 * What a caller asks for, and below it what a stranger sees, of a {@link SharedLazy}.
 *
 * @param type the operation when it is created
 * @param first its first operand; null when it has none
 * @param second its second operand; null when it has none
 */
record LazySpec<T>(Codec<T> codec, int type, @Nullable T first, @Nullable T second) implements Spec<SharedLazy<T>> {

    LazySpec {
        Objects.requireNonNull(codec, "codec");
        LazyArithmetic arithmetic = LazyArithmetic.of(codec);
        if (type != LazyDescriptor.EXTERNAL && !arithmetic.canCompute(type)) {
            throw new IllegalArgumentException("operation is not defined for these values: operation="
                    + arithmetic.nameOf(type) + ", element=" + codec.typeName() + " (expected: numbers)");
        }
    }

    static LazyDescriptor fields(Codec<?> codec) {
        return LazyArithmetic.of(codec) == LazyArithmetic.TRUTH
                ? LazyDescriptor.OF_TRUTH
                : LazyDescriptor.of(codec.byteSize(), codec.alignment());
    }

    @Override
    public StructureKind kind() {
        return SharedLazy.KIND;
    }

    @Override
    public List<Part> parts() {
        LazyDescriptor fields = fields(codec);
        return List.of(new Part("", fields.byteSize(), block -> format(block.memory(), fields)));
    }

    private void format(MemorySegment memory, LazyDescriptor fields) {
        Atomics.putInt(memory, fields.typeOffset(), type);
        if (first != null) {
            codec.encode(first, memory, fields.firstOffset());
        }
        if (second != null) {
            codec.encode(second, memory, fields.secondOffset());
        }
        if (first != null && type == LazyDescriptor.CONSTANT) {
            codec.encode(first, memory, fields.cachedOffset());
            Atomics.setIntRelease(memory, LazyDescriptor.STATE_OFFSET, LazyDescriptor.COMPUTED);
        }
    }

    @Override
    public SharedLazy<T> bind(Blocks blocks) {
        Block block = blocks.require("");
        LazyDescriptor fields = fields(codec);
        blocks.requireSound(fields.check(block.memory()), ", kind=lazy, element=" + codec.typeName());
        return new SharedLazy<>(blocks, block, codec, fields);
    }

    static final class LazyProbe implements Probe {

        @Override
        public StructureKind kind() {
            return SharedLazy.KIND;
        }

        @Override
        public Match match(Blocks blocks) {
            Block block = blocks.find("");
            return block != null && LazyDescriptor.find(block.memory()) != null ? Match.POSSIBLE : Match.NO;
        }

        @Override
        public Description describe(Blocks blocks) {
            MemorySegment memory = blocks.require("").memory();
            LazyDescriptor fields = LazyDescriptor.find(memory);
            if (fields == null) {
                throw blocks.mismatch("block is no lazy value");
            }
            int state = LazyDescriptor.state(memory);
            Map<String, Object> details = new LinkedHashMap<>();
            details.put("state", switch (state) {
                case LazyDescriptor.NOT_COMPUTED -> "not computed";
                case LazyDescriptor.COMPUTING -> "computing";
                case LazyDescriptor.COMPUTED -> "computed";
                default -> "failed";
            });
            details.put("operation",
                    (fields.isTruth() ? LazyArithmetic.TRUTH : LazyArithmetic.WHOLE).nameOf(fields.type(memory)));
            if (!fields.isTruth()) {
                details.put("computations", Integer.toUnsignedLong(fields.count(memory)));
            }
            // Sizes that differ by little can have the same block, so the size of the value remains unknown.
            return new Description(fields.isTruth() ? 1 : 0,
                    Occupancy.ofElements(state == LazyDescriptor.COMPUTED ? 1 : 0, 1), details);
        }
    }
}
