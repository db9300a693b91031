package io.zeroipc.spring.boot.metrics;

import java.util.function.ToLongFunction;

import io.micrometer.core.instrument.Tags;

import io.zeroipc.Occupancy;
import io.zeroipc.StructureKind;
import io.zeroipc.segment.Segment;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.ChannelOperations;
import io.zeroipc.spring.core.SegmentRegistry;

/** A structure as it is found at the time of looking: it may be opened later than its segment. */
record StructureSource(SegmentRegistry registry, ChannelName channel, StructureKind kind, Segment segment) {

    Tags tags() {
        return Tags.of("segment", channel.segment(), "structure", channel.structure(), "type", kind.label());
    }

    ChannelOperations operations() {
        return registry.operations(channel);
    }

    double measure(ToLongFunction<Occupancy> figure) {
        return Figures.of(segment,
                () -> registry.findStructure(channel)
                        .map(structure -> (double) figure.applyAsLong(structure.occupancy()))
                        .orElse(Double.NaN));
    }
}
