package io.zeroipc.spring.boot.metrics;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

import io.zeroipc.inspect.Catalog;
import io.zeroipc.segment.Sink;
import io.zeroipc.segment.Source;
import io.zeroipc.spring.core.ChannelOperations;

/**
 * The counters of what this application did with its channels, in one meter registry. Not thread-safe.
 */
final class OperationCounters {

    private static final String NAME = "zeroipc.structure.operations";

    private final MeterRegistry meters;
    private final Map<Tags, List<Meter>> registered = new LinkedHashMap<>();

    OperationCounters(MeterRegistry meters) {
        this.meters = meters;
    }

    /** @param structures all there are now, by their tags */
    void refresh(Map<Tags, StructureSource> structures) {
        registered.entrySet().removeIf(entry -> {
            boolean gone = !structures.containsKey(entry.getKey());
            if (gone) {
                entry.getValue().forEach(meters::remove);
            }
            return gone;
        });
        structures.forEach((tags, structure) -> registered.computeIfAbsent(tags, added -> register(added, structure)));
    }

    private List<Meter> register(Tags tags, StructureSource structure) {
        List<Meter> counters = new ArrayList<>();
        Class<?> type = Catalog.find(structure.kind().label())
                .<Class<?>>map(found -> found.structureClass())
                .orElse(
                        Void.class);
        ChannelOperations operations = structure.operations();
        if (Sink.class.isAssignableFrom(type)) {
            counters.add(counter(tags, "put", "success", operations, ChannelOperations::sent));
            counters.add(counter(tags, "put", "full", operations, ChannelOperations::full));
        }
        if (Source.class.isAssignableFrom(type)) {
            counters.add(counter(tags, "take", "success", operations, ChannelOperations::received));
            counters.add(counter(tags, "take", "empty", operations, ChannelOperations::empty));
        }
        return counters;
    }

    private Meter counter(Tags tags, String operation, String outcome, ChannelOperations operations,
            ToDoubleFunction<ChannelOperations> figure) {
        return FunctionCounter.builder(NAME, operations, figure)
                .description("What the template and the listeners of this application did with the structure")
                .baseUnit("operations")
                .tags(tags.and("operation", operation, "outcome", outcome))
                .register(meters);
    }
}
