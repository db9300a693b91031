package io.zeroipc.flow;

import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

import io.zeroipc.Occupancy;
import io.zeroipc.StructureKind;
import io.zeroipc.codec.Codec;
import io.zeroipc.format.ErrorText;
import io.zeroipc.format.FutureDescriptor;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.Description;
import io.zeroipc.segment.Part;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Spec;

/** What a caller asks for, and below it what a stranger sees, of a {@link SharedFuture}. */
record FutureSpec<T>(Codec<T> codec) implements Spec<SharedFuture<T>> {

    FutureSpec {
        Objects.requireNonNull(codec, "codec");
    }

    @Override
    public StructureKind kind() {
        return SharedFuture.KIND;
    }

    @Override
    public List<Part> parts() {
        return List.of(new Part("", FutureDescriptor.byteSize(codec.byteSize()), _ -> {
            // Zero is pending.
        }));
    }

    @Override
    public SharedFuture<T> bind(Blocks blocks) {
        Block block = blocks.require("");
        blocks.requireSound(FutureDescriptor.check(block.memory(), codec.byteSize()),
                ", kind=future, element=" + codec.typeName());
        return new SharedFuture<>(blocks, block, codec);
    }

    static final class FutureProbe implements Probe {

        @Override
        public StructureKind kind() {
            return SharedFuture.KIND;
        }

        @Override
        public Match match(Blocks blocks) {
            Block block = blocks.find("");
            return block != null && FutureDescriptor.fits(block.memory()) ? Match.POSSIBLE : Match.NO;
        }

        @Override
        public Description describe(Blocks blocks) {
            MemorySegment memory = blocks.require("").memory();
            SharedFuture.State state = SharedFuture.State.of(FutureDescriptor.state(memory));
            long valueSize = FutureDescriptor.valueSize(memory);
            Map<String, Object> details = new LinkedHashMap<>();
            details.put("state", state.name().toLowerCase(Locale.ROOT));
            details.put("waiting", Integer.toUnsignedLong(FutureDescriptor.waiters(memory)));
            if (state == SharedFuture.State.FAILED && valueSize != 0) {
                details.put("error", ErrorText.read(memory, FutureDescriptor.errorOffset((int) valueSize)));
            }
            return new Description(valueSize, Occupancy.ofElements(state == SharedFuture.State.READY ? 1 : 0, 1),
                    details);
        }
    }
}
