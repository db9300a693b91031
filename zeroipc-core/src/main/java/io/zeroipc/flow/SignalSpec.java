package io.zeroipc.flow;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import io.zeroipc.Occupancy;
import io.zeroipc.StructureKind;
import io.zeroipc.codec.Codec;
import io.zeroipc.format.MutexDescriptor;
import io.zeroipc.format.SignalDescriptor;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.Description;
import io.zeroipc.segment.Part;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Spec;
import io.zeroipc.sync.SharedMutex;

import static io.zeroipc.format.SignalDescriptor.MUTEX_SUFFIX;
import static io.zeroipc.format.SignalDescriptor.STATE_SUFFIX;

/**
 * What a caller asks for, and below it what a stranger sees, of a {@link SharedSignal}.
 *
 * @param initial the first value when it is created; null for bytes of zero
 */
record SignalSpec<T>(Codec<T> codec, @Nullable T initial) implements Spec<SharedSignal<T>> {

    SignalSpec {
        Objects.requireNonNull(codec, "codec");
    }

    @Override
    public StructureKind kind() {
        return SharedSignal.KIND;
    }

    @Override
    public List<Part> parts() {
        Part mutex = SharedMutex.spec().parts().getFirst();
        return List.of(
                new Part(STATE_SUFFIX, SignalDescriptor.stateSize(codec.byteSize()),
                        SignalDescriptor.paddedStateSize(codec.byteSize()), this::format),
                new Part(MUTEX_SUFFIX, mutex.byteSize(), mutex.reservedBytes(), mutex.format()),
                new Part("", SignalDescriptor.MARKER_SIZE, _ -> {
                    // The entry itself is the mark.
                }));
    }

    private void format(Block state) {
        if (initial != null) {
            codec.encode(initial, state.memory(), SignalDescriptor.VALUE_OFFSET);
        }
    }

    @Override
    public SharedSignal<T> bind(Blocks blocks) {
        Block state = blocks.require(STATE_SUFFIX);
        blocks.requireSound(SignalDescriptor.check(state.memory(), codec.byteSize()),
                ", kind=signal, element=" + codec.typeName());
        // Checks the bytes of the mutex.
        var _ = SharedMutex.spec().bind(blocks.segment().blocks(blocks.name() + MUTEX_SUFFIX));
        return new SharedSignal<>(blocks, state, blocks.require(MUTEX_SUFFIX), codec);
    }

    static final class SignalProbe implements Probe {

        @Override
        public StructureKind kind() {
            return SharedSignal.KIND;
        }

        @Override
        public Match match(Blocks blocks) {
            Block state = blocks.find(STATE_SUFFIX);
            Block mutex = blocks.find(MUTEX_SUFFIX);
            Block marker = blocks.find("");
            return state != null && mutex != null && marker != null
                    && marker.byteSize() == SignalDescriptor.MARKER_SIZE
                    && SignalDescriptor.check(state.memory(), 0) == null
                    && MutexDescriptor.check(mutex.memory()) == null ? Match.CERTAIN : Match.NO;
        }

        @Override
        public Description describe(Blocks blocks) {
            Block state = blocks.require(STATE_SUFFIX);
            Map<String, Object> details = new LinkedHashMap<>();
            details.put("version", SignalDescriptor.version(state.memory()));
            details.put("locked", MutexDescriptor.isLocked(blocks.require(MUTEX_SUFFIX).memory()));
            return new Description(SignalDescriptor.valueSize(state.memory()), Occupancy.ofElements(1, 1), details);
        }
    }
}
