package io.zeroipc.spring.boot.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;

import io.zeroipc.flow.SharedTopic;

/** What topics tell beside how many chunks are in use, in one meter registry: of all processes. */
final class TopicGauges {

    private final MultiGauge loaned;
    private final MultiGauge subscribers;

    TopicGauges(MeterRegistry meters) {
        loaned = MultiGauge.builder("zeroipc.topic.loaned")
                .baseUnit("bytes")
                .description("Bytes of messages that are on their way or read, and of chunks on loan")
                .register(meters);
        subscribers = MultiGauge.builder("zeroipc.topic.subscribers")
                .baseUnit("subscribers")
                .description("Subscribers of the topic")
                .register(meters);
    }

    /** @param structures all there are now, by their tags */
    void refresh(Map<Tags, StructureSource> structures) {
        register(loaned, structures, SharedTopic::bytesInUse);
        register(subscribers, structures, SharedTopic::subscribers);
    }

    private static void register(MultiGauge gauge, Map<Tags, StructureSource> structures,
            ToLongFunction<SharedTopic> figure) {
        List<Row<?>> rows = new ArrayList<>();
        structures.forEach((tags, structure) -> {
            if (structure.kind().equals(SharedTopic.KIND)) {
                rows.add(Row.of(tags, structure, source -> source.measure(SharedTopic.class, figure)));
            }
        });
        gauge.register(rows, true);
    }
}
