package io.zeroipc.spring.boot.metrics;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.flow.Loan;
import io.zeroipc.flow.SharedTopic;
import io.zeroipc.flow.TopicSubscriber;
import io.zeroipc.segment.Segment;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.DefaultSegmentRegistry;
import io.zeroipc.spring.core.OnReplaced;
import io.zeroipc.spring.core.SegmentDefinition;
import io.zeroipc.spring.core.StructureDefinition;
import io.zeroipc.spring.core.ZeroIpcTemplate;

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
    void participantsWhenSegmentOpensAreCountedAndNobodyIsDead() {
        registry.get("market");
        assertThat(segmentGauge("zeroipc.participants")).isEqualTo(1);
        assertThat(meters.get("zeroipc.recovery.deaths").tag("segment", "market").functionCounter().count()).isZero();
        assertThat(meters.find("zeroipc.recovery.outcomes").tag("segment", "market").functionCounters())
                .extracting(counter -> counter.getId().getTag("outcome"))
                .containsExactlyInAnyOrder("skipped", "dropped", "redelivered", "unlocked", "completed", "returned",
                        "undecided");
        registry.remove("market");
        assertThat(meters.find("zeroipc.recovery.deaths").functionCounters()).isEmpty();
        assertThat(meters.find("zeroipc.recovery.outcomes").functionCounters()).isEmpty();
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
    void rowsWhenFileIsReplacedStayAndShowTheNewOne() throws Exception {
        SegmentDefinition replaceable = SegmentDefinition.named("market")
                .structure(StructureDefinition.of("orders", SharedQueue.spec(Codecs.int32(), 4), Codecs.int32()))
                .onReplaced(OnReplaced.REATTACH)
                .openedBy(() -> Segment.at(directory.resolve("market")).size(SIZE).openOrCreate());
        registry.define(replaceable);
        ChannelName orders = new ChannelName("market", "orders");
        registry.structure(orders);
        List<Meter> before = meters.getMeters();
        List<Meter> changes = new ArrayList<>();
        meters.config().onMeterAdded(changes::add);
        meters.config().onMeterRemoved(changes::add);
        Files.delete(directory.resolve("market"));
        @SuppressWarnings("unchecked") SharedQueue<Integer> present = (SharedQueue<Integer>) registry.structure(orders);
        present.offer(7);
        assertThat(structureGauge("zeroipc.structure.size")).isEqualTo(1);
        assertThat(segmentGauge("zeroipc.segment.entries")).isEqualTo(1);
        assertThat(changes).isEmpty();
        assertThat(meters.getMeters()).containsExactlyInAnyOrderElementsOf(before);
    }

    @Test
    void rowsWhenStructureOfCodeIsLookedUpAreAdded() {
        Segment segment = registry.get("market");
        SharedQueue.create(segment, "late", Codecs.int64(), 8);
        assertThat(meters.find("zeroipc.structure.size").tag("structure", "late").gauges()).isEmpty();
        registry.structure(new ChannelName("market", "late"));
        assertThat(meters.get("zeroipc.structure.size").tag("structure", "late").gauge().value()).isZero();
        assertThat(meters.find("zeroipc.structure.operations").tag("structure", "late").functionCounters()).hasSize(4);
    }

    @Test
    void operationsWhenTemplateSendsAndReceivesTellTheOutcome() {
        try (ZeroIpcTemplate template = new ZeroIpcTemplate(registry)) {
            assertThat(template.sendAll("orders", List.of(1, 2, 3, 4, 5, 6))).isEqualTo(4);
            for (int i = 0; i < 6; i++) {
                template.receive("orders", Integer.class);
            }
        }
        assertThat(operations("put", "success")).isEqualTo(4);
        assertThat(operations("put", "full")).isEqualTo(1);
        assertThat(operations("take", "success")).isEqualTo(4);
        assertThat(operations("take", "empty")).isEqualTo(2);
        registry.remove("market");
        assertThat(meters.find("zeroipc.structure.operations").functionCounters()).isEmpty();
    }

    @Test
    void operationsWhenNothingIsEverSentThereAreAbsent() {
        try (Segment own = Segment.at(directory.resolve("own")).size(SIZE).create()) {
            SharedArray.create(own, "array", Codecs.int32(), 8);
            registry.register("own", own);
            assertThat(meters.find("zeroipc.structure.size").tag("type", "array").gauges()).hasSize(1);
            assertThat(meters.find("zeroipc.structure.operations").tag("type", "array").meters()).isEmpty();
        }
    }

    @Test
    void topicMetersWhenThereIsATopicTellWhatIsLoanedAndWhoSubscribes() {
        try (Segment own = Segment.at(directory.resolve("own")).size(SIZE).create()) {
            SharedTopic topic = SharedTopic.create(own, "frames", 4, 4096);
            registry.register("own", own);
            Tags tags = Tags.of("segment", "own", "structure", "frames", "type", "topic");
            assertThat(meters.find("zeroipc.topic.loaned").gauges()).hasSize(1);
            assertThat(meters.get("zeroipc.topic.loaned").tags(tags).gauge().value()).isZero();
            try (TopicSubscriber _ = topic.subscribe();
                    Loan sent = topic.publisher().requireLoan(100);
                    Loan _ = topic.publisher().requireLoan(1)) {
                assertThat(meters.get("zeroipc.topic.loaned").tags(tags).gauge().value()).isEqualTo(2 * 4096);
                sent.send();
                assertThat(meters.get("zeroipc.topic.loaned").tags(tags).gauge().value()).isEqualTo(100 + 4096);
                assertThat(meters.get("zeroipc.topic.subscribers").tags(tags).gauge().value()).isEqualTo(1);
                assertThat(meters.get("zeroipc.structure.size").tags(tags).gauge().value()).isEqualTo(2);
                assertThat(meters.get("zeroipc.structure.capacity").tags(tags).gauge().value()).isEqualTo(4);
            }
            registry.remove("own");
        }
        assertThat(meters.find("zeroipc.topic.loaned").gauges()).isEmpty();
    }

    @Test
    void operationsWhenMetersAreBoundTwiceAreInBoth() {
        SimpleMeterRegistry second = new SimpleMeterRegistry();
        metrics.bindTo(second);
        registry.operations(new ChannelName("market", "orders")).addSent(3);
        registry.get("market");
        assertThat(operations("put", "success")).isEqualTo(3);
        assertThat(second.get("zeroipc.structure.operations")
                .tags("operation", "put", "outcome", "success")
                .functionCounter()
                .count()).isEqualTo(3);
    }

    private double operations(String operation, String outcome) {
        return meters.get("zeroipc.structure.operations")
                .tags("structure", "orders", "type", "queue", "operation", operation, "outcome", outcome)
                .functionCounter()
                .count();
    }

    private double segmentGauge(String name) {
        return meters.get(name).tag("segment", "market").gauge().value();
    }

    private double structureGauge(String name) {
        return meters.get(name).tags("segment", "market", "structure", "orders", "type", "queue").gauge().value();
    }
}
