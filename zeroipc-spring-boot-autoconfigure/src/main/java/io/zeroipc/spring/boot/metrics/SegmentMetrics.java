package io.zeroipc.spring.boot.metrics;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;

import io.zeroipc.Occupancy;
import io.zeroipc.StructureKind;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Structure;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.core.SegmentRegistryListener;

/**
 * {@link MeterBinder} for the sizes of segments and structures, for what this application does with these, and for the processes
 * that take part and die. Rows come and go with the segments of the registry; a gauge whose segment cannot be used at the moment
 * has no number.
 */
public class SegmentMetrics implements MeterBinder, SegmentRegistryListener, AutoCloseable {

    private final SegmentRegistry registry;
    private final boolean withStructures;
    /** Guarded by this, which is held when the registry is asked for what it has, and never when it opens something. */
    private final Map<MeterRegistry, Gauges> bound = new LinkedHashMap<>();
    /** The rows there are now: what they show is looked up by name, so that a file that is replaced changes none. */
    private Map<Tags, String> segments = Map.of();
    private Map<Tags, StructureSource> structures = Map.of();

    /** @param withStructures whether there are meters for each structure */
    public SegmentMetrics(SegmentRegistry registry, boolean withStructures) {
        this.registry = registry;
        this.withStructures = withStructures;
    }

    @Override
    public synchronized void bindTo(MeterRegistry meters) {
        if (bound.isEmpty()) {
            registry.addListener(this);
            segments = findSegments();
            structures = findStructures();
        }
        bound.computeIfAbsent(meters, Gauges::new).refresh(segments, structures);
    }

    @Override
    public void segmentAdded(String name, Segment segment) {
        refresh();
    }

    @Override
    public void structureAdded(ChannelName channel, Structure structure) {
        if (withStructures && !hasRow(StructureSource.tags(channel, structure.kind()))) {
            refresh();
        }
    }

    @Override
    public void segmentRemoved(String name, Segment segment) {
        refresh();
    }

    /** Ends the listening to the registry. Meters stay until their registry is closed. */
    @Override
    public void close() {
        registry.removeListener(this);
    }

    private synchronized boolean hasRow(Tags tags) {
        return structures.containsKey(tags);
    }

    private synchronized void refresh() {
        Map<Tags, String> segmentsNow = findSegments();
        Map<Tags, StructureSource> structuresNow = findStructures();
        if (!segmentsNow.equals(segments) || !structuresNow.equals(structures)) {
            segments = segmentsNow;
            structures = structuresNow;
            bound.values().forEach(gauges -> gauges.refresh(segmentsNow, structuresNow));
        }
    }

    private static long live(Segment segment) {
        return segment.participants().stream().filter(participant -> !participant.dead()).count();
    }

    private Map<Tags, String> findSegments() {
        Map<Tags, String> rows = new LinkedHashMap<>();
        for (String name : registry.names()) {
            if (registry.find(name).isPresent()) {
                rows.put(Tags.of("segment", name), name);
            }
        }
        return rows;
    }

    private Map<Tags, StructureSource> findStructures() {
        Map<Tags, StructureSource> rows = new LinkedHashMap<>();
        if (withStructures) {
            for (String name : registry.names()) {
                registry.find(name).ifPresent(segment -> addStructures(name, segment, rows));
            }
        }
        return rows;
    }

    private void addStructures(String name, Segment segment, Map<Tags, StructureSource> rows) {
        Map<String, Structure> undeclared = new LinkedHashMap<>(segment.opened());
        registry.definition(name).ifPresent(definition -> definition.structures().forEach((key, structure) -> {
            undeclared.remove(structure.entryName());
            addStructure(new ChannelName(name, key), structure.kind(), rows);
        }));
        undeclared.forEach((key, structure) -> addStructure(new ChannelName(name, key), structure.kind(), rows));
    }

    private void addStructure(ChannelName channel, StructureKind kind, Map<Tags, StructureSource> rows) {
        StructureSource source = new StructureSource(registry, channel, kind);
        rows.put(source.tags(), source);
    }

    /** The meters of one meter registry. Each keeps the set of its tag keys for ever. */
    private final class Gauges {

        private final MultiGauge size;
        private final MultiGauge used;
        private final MultiGauge entries;
        private final MultiGauge entriesMax;
        private final MultiGauge participants;
        private final MultiGauge structureSize;
        private final MultiGauge structureCapacity;
        private final OperationCounters operations;
        private final RecoveryCounters recoveries;
        private final TopicGauges topics;

        Gauges(MeterRegistry meters) {
            size = gauge(meters, "zeroipc.segment.size", "bytes", "Size of the segment");
            used = gauge(meters, "zeroipc.segment.used", "bytes", "Bytes that the table and the structures take");
            entries = gauge(meters, "zeroipc.segment.entries", "entries", "Entries of the table in use");
            entriesMax = gauge(meters, "zeroipc.segment.entries.max", "entries", "Entries that the table has");
            participants = gauge(meters, "zeroipc.participants", "participants",
                    "Live processes that take part in recovery, this one included");
            structureSize = gauge(meters, "zeroipc.structure.size", "elements", "Elements in the structure");
            structureCapacity = gauge(meters, "zeroipc.structure.capacity", "elements",
                    "Elements that the structure has room for");
            operations = new OperationCounters(meters);
            recoveries = new RecoveryCounters(meters, registry);
            topics = new TopicGauges(meters);
        }

        void refresh(Map<Tags, String> segmentRows, Map<Tags, StructureSource> structureRows) {
            register(size, segmentRows, segment -> segment.occupancy().capacity());
            register(used, segmentRows, segment -> segment.occupancy().used());
            register(entries, segmentRows, segment -> segment.entryOccupancy().used());
            register(entriesMax, segmentRows, segment -> segment.entryOccupancy().capacity());
            register(participants, segmentRows, SegmentMetrics::live);
            recoveries.refresh(segmentRows);
            registerStructures(structureSize, structureRows, Occupancy::used);
            registerStructures(structureCapacity, structureRows, Occupancy::capacity);
            operations.refresh(structureRows);
            topics.refresh(structureRows);
        }

        private void register(MultiGauge gauge, Map<Tags, String> names, ToLongFunction<Segment> figure) {
            List<Row<?>> rows = new ArrayList<>();
            names.forEach((tags, name) -> rows.add(Row.of(tags, name, source -> measure(source, figure))));
            gauge.register(rows, true);
        }

        private double measure(String name, ToLongFunction<Segment> figure) {
            return registry.find(name)
                    .map(segment -> Figures.of(segment, () -> figure.applyAsLong(segment)))
                    .orElse(Double.NaN);
        }

        private static void registerStructures(MultiGauge gauge, Map<Tags, StructureSource> structures,
                ToLongFunction<Occupancy> figure) {
            List<Row<?>> rows = new ArrayList<>();
            structures.forEach((tags, structure) -> rows.add(
                    Row.of(tags, structure, source -> source.measure(figure))));
            gauge.register(rows, true);
        }

        private static MultiGauge gauge(MeterRegistry meters, String name, String unit, String description) {
            return MultiGauge.builder(name).baseUnit(unit).description(description).register(meters);
        }
    }
}
