package io.zeroipc.spring.boot.metrics;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.segment.Segment;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.DefaultSegmentRegistry;
import io.zeroipc.spring.core.SegmentDefinition;
import io.zeroipc.spring.core.StructureDefinition;

import static org.assertj.core.api.Assertions.assertThat;

class SegmentMetricsTests {

    private static final long SIZE = 1 << 16;

    @TempDir
    private Path directory;
    private DefaultSegmentRegistry registry;
    private SegmentMetrics metrics;
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @BeforeEach
    void bind() {
        registry = new DefaultSegmentRegistry(List.of(SegmentDefinition.named("market")
                .structure(StructureDefinition.of("orders", SharedQueue.spec(Codecs.int32(), 4), Codecs.int32()))
                .openedBy(() -> Segment.at(directory.resolve("market")).size(SIZE).openOrCreate())), null);
        metrics = new SegmentMetrics(registry, true);
        metrics.bindTo(meters);
    }

    @AfterEach
    void close() {
        metrics.close();
        registry.close();
    }

    @Test
    void metersWhenSegmentIsNotOpenAreAbsent() {
        assertThat(meters.getMeters()).isEmpty();
    }

    @Test
    void segmentMetersWhenSegmentOpensShowItsSizes() {
        Segment segment = registry.get("market");
        assertThat(segmentGauge("zeroipc.segment.size")).isEqualTo(SIZE);
        assertThat(segmentGauge("zeroipc.segment.used")).isEqualTo((double) segment.occupancy().used());
        assertThat(segmentGauge("zeroipc.segment.entries")).isZero();
        assertThat(segmentGauge("zeroipc.segment.entries.max")).isEqualTo(64);
        SharedQueue.create(segment, "more", Codecs.int64(), 8);
        assertThat(segmentGauge("zeroipc.segment.entries")).isEqualTo(1);
        assertThat(segmentGauge("zeroipc.segment.used")).isEqualTo((double) segment.occupancy().used());
    }

    @Test
    @SuppressWarnings("unchecked")
    void structureMetersWhenStructureIsOpenedFollowIt() {
        registry.get("market");
        assertThat(structureGauge("zeroipc.structure.size")).isNaN();
        SharedQueue<Integer> orders = (SharedQueue<Integer>) registry.structure(new ChannelName("market", "orders"));
        assertThat(structureGauge("zeroipc.structure.capacity")).isEqualTo(4);
        assertThat(structureGauge("zeroipc.structure.size")).isZero();
        orders.offer(7);
        assertThat(structureGauge("zeroipc.structure.size")).isEqualTo(1);
    }

    @Test
    void structureMetersWhenSwitchedOffAreAbsent() {
        SimpleMeterRegistry others = new SimpleMeterRegistry();
        try (SegmentMetrics few = new SegmentMetrics(registry, false)) {
            few.bindTo(others);
            registry.get("market");
            assertThat(others.find("zeroipc.segment.size").gauges()).hasSize(1);
            assertThat(others.find("zeroipc.structure.size").gauges()).isEmpty();
        }
    }

    @Test
    void rowsWhenSegmentsComeAndGoComeAndGo() {
        registry.get("market");
        try (Segment own = Segment.at(directory.resolve("own")).size(SIZE).create()) {
            SharedQueue.create(own, "queue", Codecs.int32(), 8);
            registry.register("own", own);
            assertThat(meters.find("zeroipc.segment.size").gauges()).hasSize(2);
            assertThat(meters.get("zeroipc.structure.capacity")
                    .tags("segment", "own", "structure", "queue", "type", "queue")
                    .gauge()
                    .value()).isEqualTo(8);
            registry.remove("own");
        }
        assertThat(meters.find("zeroipc.segment.size").gauges()).hasSize(1);
        assertThat(meters.find("zeroipc.structure.size").tag("segment", "own").gauges()).isEmpty();
    }

    @Test
    void gaugesWhenFileIsReplacedHaveNoNumber() throws Exception {
        Segment segment = registry.get("market");
        Files.delete(segment.path());
        assertThat(registry.isDetached("market")).isTrue();
        assertThat(segmentGauge("zeroipc.segment.used")).isNaN();
    }

    @Test
    void metersOfOneNameHaveOneSetOfTagKeysAndAUnit() {
        registry.structure(new ChannelName("market", "orders"));
        try (Segment own = Segment.at(directory.resolve("own")).size(SIZE).create()) {
            registry.register("own", own);
            assertThat(meters.getMeters()).isNotEmpty().allSatisfy(meter -> {
                Meter.Id id = meter.getId();
                assertThat(id.getTags()).extracting(Tag::getKey)
                        .containsExactlyElementsOf(id.getName().startsWith("zeroipc.segment.")
                                ? List.of("segment")
                                : List.of("segment", "structure", "type"));
                assertThat(id.getBaseUnit()).isIn("bytes", "entries", "elements");
                assertThat(id.getDescription()).isNotBlank();
            });
        }
    }

    private double segmentGauge(String name) {
        return meters.get(name).tag("segment", "market").gauge().value();
    }

    private double structureGauge(String name) {
        return meters.get(name).tags("segment", "market", "structure", "orders", "type", "queue").gauge().value();
    }
}
