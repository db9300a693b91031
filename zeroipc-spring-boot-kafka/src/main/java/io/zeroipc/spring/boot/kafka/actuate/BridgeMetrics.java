package io.zeroipc.spring.boot.kafka.actuate;

import java.util.Locale;
import java.util.function.ToLongFunction;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;

import io.zeroipc.spring.boot.kafka.Bridge;
import io.zeroipc.spring.boot.kafka.BridgeDefinition;
import io.zeroipc.spring.boot.kafka.BridgeFigures;
import io.zeroipc.spring.boot.kafka.BridgeRegistry;

/** {@link MeterBinder} for bridges. */
public class BridgeMetrics implements MeterBinder {

    private static final String ELEMENTS = "zeroipc.bridge.elements";
    private static final String FAILED_ATTEMPTS = "zeroipc.bridge.attempts.failed";
    private static final String LAG = "zeroipc.bridge.lag";
    private static final String IN_FLIGHT = "zeroipc.bridge.in.flight";

    private final BridgeRegistry bridges;

    public BridgeMetrics(BridgeRegistry bridges) {
        this.bridges = bridges;
    }

    @Override
    public void bindTo(MeterRegistry meters) {
        // Bridges themselves may not have been made yet.
        for (BridgeDefinition definition : bridges.definitions()) {
            Tags tags = Tags.of("bridge", definition.name(), "direction",
                    definition.direction().name().toLowerCase(Locale.ROOT));
            elements(meters, tags, definition, "carried", BridgeFigures::carried);
            elements(meters, tags, definition, "duplicate", BridgeFigures::duplicates);
            elements(meters, tags, definition, "lost", BridgeFigures::lost);
            FunctionCounter.builder(FAILED_ATTEMPTS, bridges, _ -> figure(definition, BridgeFigures::failed))
                    .description("Attempts of the bridge that have failed")
                    .tags(tags)
                    .register(meters);
            Gauge.builder(IN_FLIGHT, () -> figure(definition, BridgeFigures::inFlight))
                    .description("Elements that the bridge has taken and that have not arrived")
                    .baseUnit("elements")
                    .tags(tags)
                    .register(meters);
            Gauge.builder(LAG, () -> lag(definition))
                    .description("Elements that wait for the bridge to take them")
                    .baseUnit("elements")
                    .tags(tags)
                    .register(meters);
        }
    }

    private void elements(MeterRegistry meters, Tags tags, BridgeDefinition definition, String result,
            ToLongFunction<BridgeFigures> figure) {
        FunctionCounter.builder(ELEMENTS, bridges, _ -> figure(definition, figure))
                .description("What became of the elements of the bridge")
                .baseUnit("elements")
                .tags(tags.and("result", result))
                .register(meters);
    }

    private double figure(BridgeDefinition definition, ToLongFunction<BridgeFigures> figure) {
        return bridges.find(definition.name()).map(Bridge::figures).map(figure::applyAsLong).orElse(0L);
    }

    private double lag(BridgeDefinition definition) {
        double lag = figure(definition, BridgeFigures::lag);
        return lag < 0 ? Double.NaN : lag;
    }
}
