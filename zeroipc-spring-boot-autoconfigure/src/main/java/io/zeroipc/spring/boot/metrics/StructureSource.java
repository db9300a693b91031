package io.zeroipc.spring.boot.metrics;

import java.util.function.ToLongFunction;

import io.micrometer.core.instrument.Tags;

import io.zeroipc.Occupancy;
import io.zeroipc.StructureKind;
import io.zeroipc.segment.Structure;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.ChannelOperations;
import io.zeroipc.spring.core.SegmentRegistry;

/** A structure as it is found at the time of looking: opened later than its segment, and again when that was replaced. */
record StructureSource(SegmentRegistry registry, ChannelName channel, StructureKind kind) {

    Tags tags() {
        return tags(channel, kind);
    }

    static Tags tags(ChannelName channel, StructureKind kind) {
        return Tags.of("segment", channel.segment(), "structure", channel.structure(), "type", kind.label());
    }

    ChannelOperations operations() {
        return registry.operations(channel);
    }

    double measure(ToLongFunction<Occupancy> figure) {
        return measure(Structure.class, structure -> figure.applyAsLong(structure.occupancy()));
    }

    /** Of a structure of this class; nothing for all others. */
    <S extends Structure> double measure(Class<S> type, ToLongFunction<S> figure) {
        return registry.findStructure(channel)
                .filter(type::isInstance)
                .map(type::cast)
                .map(structure -> Figures.of(structure.segment(), () -> figure.applyAsLong(structure)))
                .orElse(Double.NaN);
    }
}
