package io.zeroipc.spring.boot.metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

import io.zeroipc.manifest.ArrayPlace;
import io.zeroipc.manifest.PackedArena;
import io.zeroipc.spring.core.ArenaDefinition;
import io.zeroipc.spring.core.ArenaRegistry;

/**
 * {@link MeterBinder} for the packed arenas that are declared: their arrays, and how old the manifest is. A gauge of an arena that is not
 * open has no number.
 */
public class ArenaMetrics implements MeterBinder {

    private static final double MILLIS = 1000;

    private final ArenaRegistry registry;

    public ArenaMetrics(ArenaRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void bindTo(MeterRegistry meters) {
        for (String name : registry.names()) {
            gauge(meters, "zeroipc.arena.arrays", "arrays", "Arrays that the manifest describes", name,
                    arena -> arena.places().size());
            gauge(meters, "zeroipc.arena.used", "bytes", "Bytes that the arrays take", name,
                    arena -> arena.places().values().stream().mapToLong(ArrayPlace::byteSize).sum());
            Gauge.builder("zeroipc.arena.manifest.age", registry, arenas -> age(arenas, name))
                    .baseUnit("seconds")
                    .description("Time since the manifest was written")
                    .tag("arena", name)
                    .register(meters);
        }
    }

    private void gauge(MeterRegistry meters, String meter, String unit, String description, String name,
            ToDoubleFunction<PackedArena> figure) {
        Gauge.builder(meter, registry, arenas -> measure(arenas, name, figure))
                .baseUnit(unit)
                .description(description)
                .tag("arena", name)
                .register(meters);
    }

    private static double measure(ArenaRegistry arenas, String name, ToDoubleFunction<PackedArena> figure) {
        return arenas.find(name).map(arena -> figure.applyAsDouble(arena)).orElse(Double.NaN);
    }

    /** Of the one that is there, whether it can be used or not: who alerts on it wants to know that nobody writes any more. */
    private static double age(ArenaRegistry arenas, String name) {
        Path manifest = arenas.definition(name).map(ArenaDefinition::manifest).orElseThrow();
        try {
            return Math.max(0, System.currentTimeMillis() - Files.getLastModifiedTime(manifest).toMillis()) / MILLIS;
        } catch (IOException e) {
            return Double.NaN;
        }
    }
}
