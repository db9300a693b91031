package io.zeroipc.flow;

import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import io.zeroipc.StructureKind;
import io.zeroipc.codec.Codec;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.flow.SharedStream.Mode;
import io.zeroipc.format.RingDescriptor;
import io.zeroipc.format.StreamDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.Description;
import io.zeroipc.segment.Part;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Spec;

import static io.zeroipc.format.StreamDescriptor.BUFFER_SUFFIX;
import static io.zeroipc.format.StreamDescriptor.HEADER_SUFFIX;

/**
 * What a caller asks for, and below it what a stranger sees, of a {@link SharedStream}.
 *
 * @param capacity in elements; 0 to open as it is, and to create with the default
 * @param mode null to open as it is, and to create as C++ does
 * @param transformName what it is derived by; empty if it is not
 */
record StreamSpec<T>(Codec<T> codec, int capacity, @Nullable Mode mode, String transformName)
        implements
        Spec<SharedStream<T>> {

    StreamSpec {
        Objects.requireNonNull(codec, "codec");
        if (capacity < 0 || capacity > RingDescriptor.capacityMax(codec.byteSize())) {
            throw new IllegalArgumentException("stream capacity out of range: capacity=" + capacity + ", element size="
                    + codec.byteSize() + " (expected: 1 to " + RingDescriptor.capacityMax(codec.byteSize())
                    + "; 0 opens a stream as it is, and creates one of " + StreamDescriptor.CAPACITY_DEFAULT + ")");
        }
    }

    @Override
    public StructureKind kind() {
        return SharedStream.KIND;
    }

    @Override
    public List<Part> parts() {
        int created = capacity == 0 ? StreamDescriptor.CAPACITY_DEFAULT : capacity;
        byte stored = mode == Mode.BROADCAST ? StreamDescriptor.BROADCAST : StreamDescriptor.COMPETING;
        Part ring = SharedRing.spec(codec, created).parts().getFirst();
        return List.of(
                new Part(HEADER_SUFFIX, StreamDescriptor.HEADER_SIZE,
                        block -> StreamDescriptor.format(block.memory(), created, stored, transformName)),
                new Part(BUFFER_SUFFIX, ring.byteSize(), ring.reservedBytes(), ring.format()));
    }

    @Override
    public SharedStream<T> bind(Blocks blocks) {
        Block header = blocks.require(HEADER_SUFFIX);
        blocks.requireSound(StreamDescriptor.check(header.memory()));
        Block buffer = blocks.requireFollowing(BUFFER_SUFFIX);
        Mode stored = Mode.of(header.memory());
        SharedRing<T> ring = SharedRing.spec(codec, capacity, stored == Mode.BROADCAST)
                .bind(blocks.segment().blocks(blocks.name() + BUFFER_SUFFIX));
        // After the ring, which is written last: a header of zeroes is a competing stream, or an unfinished one.
        if (mode != null && mode != stored) {
            throw blocks.mismatch("stream has another mode: mode=" + stored + " (expected: " + mode
                    + "; a stream is created in one mode and stays in it)");
        }
        return new SharedStream<>(blocks, header, buffer, ring, codec, stored);
    }

    static final class StreamProbe implements Probe {

        @Override
        public StructureKind kind() {
            return SharedStream.KIND;
        }

        /** Certain where header and ring have one capacity. */
        @Override
        public Match match(Blocks blocks) {
            Block header = blocks.find(HEADER_SUFFIX);
            Block buffer = blocks.find(BUFFER_SUFFIX);
            if (header == null || buffer == null || StreamDescriptor.check(header.memory()) != null
                    || RingDescriptor.check(buffer.memory(), 0) != null) {
                return Match.NO;
            }
            long bytes = StreamDescriptor.capacity(header.memory()) * RingDescriptor.elementSize(buffer.memory());
            return bytes == RingDescriptor.capacityBytes(buffer.memory()) ? Match.CERTAIN : Match.POSSIBLE;
        }

        @Override
        public Description describe(Blocks blocks) {
            MemorySegment header = blocks.require(HEADER_SUFFIX).memory();
            Description ring = SharedRing.PROBE.describe(blocks.segment().blocks(blocks.name() + BUFFER_SUFFIX));
            Map<String, Object> details = new LinkedHashMap<>();
            details.put("closed", StreamDescriptor.isClosed(header));
            details.put("mode", Mode.of(header).name().toLowerCase(Locale.ROOT));
            details.put("sequence", Atomics.getLongAcquire(header, StreamDescriptor.SEQUENCE_OFFSET));
            details.put("subscribers",
                    Integer.toUnsignedLong(Atomics.getIntAcquire(header, StreamDescriptor.SUBSCRIBERS_OFFSET)));
            String transform = StreamDescriptor.transformName(header);
            if (!transform.isEmpty()) {
                details.put("derived by", transform);
            }
            return new Description(ring.elementSize(), ring.occupancy(), details, ring.views());
        }
    }
}
