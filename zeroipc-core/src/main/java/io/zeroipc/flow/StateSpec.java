package io.zeroipc.flow;

import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.zeroipc.Occupancy;
import io.zeroipc.StructureKind;
import io.zeroipc.codec.Codec;
import io.zeroipc.format.StateDescriptor;
import io.zeroipc.memory.Alignment;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.Description;
import io.zeroipc.segment.Part;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Spec;
import io.zeroipc.segment.View;

/** What a caller asks for, and below it what a stranger sees, of a {@link SharedState}. */
record StateSpec<T>(Codec<T> codec, int slots) implements Spec<SharedState<T>> {

    StateSpec {
        Objects.requireNonNull(codec, "codec");
        if (slots != 0 && (slots < StateDescriptor.SLOT_COUNT_MIN || slots > StateDescriptor.SLOT_COUNT_MAX
                || !Alignment.isPowerOfTwo(slots))) {
            throw new IllegalArgumentException("number of slots is impossible: slots=" + slots
                    + " (expected: a power of two, " + StateDescriptor.SLOT_COUNT_MIN + " to "
                    + StateDescriptor.SLOT_COUNT_MAX + "; 0 opens a state as it is, and creates one of "
                    + StateDescriptor.SLOT_COUNT_DEFAULT + ")");
        }
    }

    @Override
    public StructureKind kind() {
        return SharedState.KIND;
    }

    @Override
    public List<Part> parts() {
        int count = slots == 0 ? StateDescriptor.SLOT_COUNT_DEFAULT : slots;
        return List.of(new Part("", StateDescriptor.byteSize(codec.byteSize(), count),
                block -> StateDescriptor.format(block.memory(), codec.byteSize(), count)));
    }

    @Override
    public SharedState<T> bind(Blocks blocks) {
        Block block = blocks.require("");
        if (StateDescriptor.isUnfinished(block.memory())) {
            throw blocks.notReady("state has no magic yet");
        }
        long stored = StateDescriptor.slotCount(block.memory());
        blocks.requireSound(StateDescriptor.check(block.memory(), stored, codec.byteSize()),
                ", kind=state, element=" + codec.typeName());
        SharedState<T> state = new SharedState<>(blocks, block, stored, codec);
        blocks.requireStored("number of slots differs", state.slots(), slots);
        return state;
    }

    static final class StateProbe implements Probe {

        @Override
        public StructureKind kind() {
            return SharedState.KIND;
        }

        @Override
        public Match match(Blocks blocks) {
            Block block = blocks.find("");
            return block != null
                    && StateDescriptor.check(block.memory(), StateDescriptor.slotCount(block.memory()), 0) == null
                            ? Match.CERTAIN
                            : Match.NO;
        }

        @Override
        public Description describe(Blocks blocks) {
            Block block = blocks.require("");
            MemorySegment memory = block.memory();
            long version = Atomics.getLongAcquire(memory, StateDescriptor.LATEST_OFFSET);
            Map<String, Object> details = new LinkedHashMap<>();
            details.put("version", version);
            if (version != 0) {
                long slot = StateDescriptor.slotOffset(version, StateDescriptor.slotCount(memory),
                        StateDescriptor.slotStride(memory));
                details.put("timestamp", Atomics.getLong(memory, slot + StateDescriptor.TIMESTAMP_OFFSET));
            }
            details.put("slots", StateDescriptor.slotCount(memory));
            return new Description(StateDescriptor.payloadSize(memory),
                    Occupancy.ofElements(version == 0 ? 0 : 1, 1), details, views(block));
        }

        private static List<View> views(Block block) {
            long count = StateDescriptor.slotCount(block.memory());
            long stride = StateDescriptor.slotStride(block.memory());
            long slot = block.offset() + StateDescriptor.HEADER_SIZE;
            return List.of(View.elements(slot + StateDescriptor.SLOT_HEADER_SIZE, count, stride),
                    View.field("latest", block.offset() + StateDescriptor.LATEST_OFFSET, "uint64"),
                    new View("sequence", slot + StateDescriptor.SEQUENCE_OFFSET, count, stride, "uint64"),
                    new View("timestamp", slot + StateDescriptor.TIMESTAMP_OFFSET, count, stride, "uint64"));
        }
    }
}
