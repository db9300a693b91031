package io.zeroipc.spring.boot.health;

import java.nio.file.Files;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

import io.zeroipc.manifest.PackedArena;
import io.zeroipc.spring.core.ArenaDefinition;
import io.zeroipc.spring.core.ArenaRegistry;

/**
 * {@link HealthIndicator} of one packed arena: whether it is mapped, and its newest manifest can be used. One that is not there
 * is unknown or out of service where the startup failure policy is to go on or to retry, and down otherwise. Nothing in the
 * arena is shown.
 */
public class ArenaHealthIndicator extends AbstractHealthIndicator {

    private final ArenaRegistry registry;
    private final ArenaDefinition definition;

    public ArenaHealthIndicator(ArenaRegistry registry, ArenaDefinition definition) {
        super("Health check of an arena failed");
        this.registry = registry;
        this.definition = definition;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        builder.withDetail("manifest", definition.manifest().toString());
        PackedArena arena = registry.find(definition.name()).orElse(null);
        if (arena == null) {
            switch (definition.startupFailurePolicy()) {
                case STOP -> builder.down();
                case RETRY -> builder.outOfService();
                case CONTINUE -> builder.unknown();
            }
            builder.withDetail("reason", registry.problem(definition.name()).orElse("not open"));
            return;
        }
        builder.up().withDetail("file", arena.file().toString()).withDetail("arrays", arena.names().size());
        registry.problem(definition.name()).ifPresent(problem -> builder.down().withDetail("reason", problem));
        if (!Files.exists(arena.file())) {
            builder.down().withDetail("reason", "file was removed");
        }
    }
}
