package io.zeroipc.spring.boot.metrics;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

import io.zeroipc.segment.RecoveryOutcome;
import io.zeroipc.spring.core.SegmentRecoveries;
import io.zeroipc.spring.core.SegmentRegistry;

/**
 * The counters of the deaths of participants and of what this application mended after them, in one meter registry. Not
 * thread-safe.
 */
final class RecoveryCounters {

    private final MeterRegistry meters;
    private final SegmentRegistry registry;
    private final Map<Tags, List<Meter>> registered = new LinkedHashMap<>();

    RecoveryCounters(MeterRegistry meters, SegmentRegistry registry) {
        this.meters = meters;
        this.registry = registry;
    }

    /** @param segments names of all there are now, by their tags */
    void refresh(Map<Tags, String> segments) {
        registered.entrySet().removeIf(entry -> {
            boolean gone = !segments.containsKey(entry.getKey());
            if (gone) {
                entry.getValue().forEach(meters::remove);
            }
            return gone;
        });
        segments.forEach((tags, name) -> registered.computeIfAbsent(tags, added -> register(added, name)));
    }

    private List<Meter> register(Tags tags, String name) {
        SegmentRecoveries recoveries = registry.recoveries(name);
        List<Meter> counters = new ArrayList<>();
        counters.add(FunctionCounter.builder("zeroipc.recovery.deaths", recoveries, SegmentRecoveries::deaths)
                .description("Participants that died, whoever noticed, since this application opened the segment")
                .baseUnit("deaths")
                .tags(tags)
                .register(meters));
        for (RecoveryOutcome outcome : RecoveryOutcome.values()) {
            counters.add(FunctionCounter
                    .builder("zeroipc.recovery.outcomes", recoveries, counted -> counted.count(outcome))
                    .description("What this application did about things that the dead had in hand")
                    .baseUnit("outcomes")
                    .tags(tags.and("outcome", outcome.name().toLowerCase(Locale.ROOT)))
                    .register(meters));
        }
        return counters;
    }
}
