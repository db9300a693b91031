package io.zeroipc.spring.boot.health;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthContributors;

import io.zeroipc.spring.core.ArenaRegistry;
import io.zeroipc.spring.core.SegmentRegistry;

/** {@link HealthContributor} with one component for each segment, and each packed arena, that there is at the time of asking. */
public class SegmentsHealthContributor implements CompositeHealthContributor {

    private final SegmentRegistry registry;
    private final Map<String, Path> paths;
    private final HealthThresholds thresholds;
    private final ArenaRegistry arenas;

    /** As the other one, without arenas. */
    public SegmentsHealthContributor(SegmentRegistry registry, Map<String, Path> paths, HealthThresholds thresholds) {
        this(registry, paths, thresholds, new ArenaRegistry(List.of()));
    }

    /**
     * @param paths the files of the declared segments, by name
     * @param arenas the packed arenas to judge
     */
    public SegmentsHealthContributor(SegmentRegistry registry, Map<String, Path> paths, HealthThresholds thresholds,
            ArenaRegistry arenas) {
        this.arenas = arenas;
        this.registry = registry;
        this.paths = Map.copyOf(paths);
        this.thresholds = thresholds;
    }

    @Override
    public @Nullable HealthContributor getContributor(String name) {
        return registry.names().contains(name)
                ? new SegmentHealthIndicator(registry, name, paths.get(name), thresholds)
                : arenas.definition(name).map(arena -> new ArenaHealthIndicator(arenas, arena)).orElse(null);
    }

    @Override
    public Stream<HealthContributors.Entry> stream() {
        return Stream.concat(registry.names().stream(), arenas.names().stream())
                .distinct()
                .map(name -> new HealthContributors.Entry(name, Objects.requireNonNull(getContributor(name))));
    }
}
