package io.zeroipc.spring.boot.health;

import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthContributors;

import io.zeroipc.spring.core.SegmentRegistry;

/** {@link HealthContributor} with one component for each segment that there is at the time of asking. */
public class SegmentsHealthContributor implements CompositeHealthContributor {

    private final SegmentRegistry registry;
    private final Map<String, Path> paths;
    private final HealthThresholds thresholds;

    /** @param paths the files of the declared segments, by name */
    public SegmentsHealthContributor(SegmentRegistry registry, Map<String, Path> paths, HealthThresholds thresholds) {
        this.registry = registry;
        this.paths = Map.copyOf(paths);
        this.thresholds = thresholds;
    }

    @Override
    public @Nullable HealthContributor getContributor(String name) {
        return registry.names().contains(name)
                ? new SegmentHealthIndicator(registry, name, paths.get(name), thresholds)
                : null;
    }

    @Override
    public Stream<HealthContributors.Entry> stream() {
        return registry.names()
                .stream()
                .map(name -> new HealthContributors.Entry(name,
                        new SegmentHealthIndicator(registry, name, paths.get(name), thresholds)));
    }
}
