package io.zeroipc.spring.boot.health;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

import io.zeroipc.Occupancy;
import io.zeroipc.SegmentDetachedException;
import io.zeroipc.SegmentNotFoundException;
import io.zeroipc.segment.RecoveryOutcome;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Structure;
import io.zeroipc.spring.core.SegmentDefinition;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.core.StartupFailurePolicy;
import io.zeroipc.spring.core.StuckStructure;
import io.zeroipc.sync.GuardedLock;
import io.zeroipc.sync.SharedRwLock;

/**
 * {@link HealthIndicator} of one segment: whether it is mapped and its file is still the one at its path.
 *
 * <p>
 * A segment that another process has yet to create, or to create again, is unknown or out of service where the startup
 * failure policy is to go on or to retry, and down otherwise. One with a structure in which nobody gets any further is down, and
 * so is one with a lock whose holder died, as long as nobody has repaired what it protects.
 * Nothing in the segment is shown.
 */
public class SegmentHealthIndicator extends AbstractHealthIndicator {

    private final SegmentRegistry registry;
    private final String name;
    private final @Nullable Path path;
    private final HealthThresholds thresholds;

    /**
     * @param name of the segment in the registry
     * @param path its file, to be shown while it is not open
     */
    public SegmentHealthIndicator(SegmentRegistry registry, String name, @Nullable Path path,
            HealthThresholds thresholds) {
        super("Health check of a segment failed");
        this.registry = registry;
        this.name = name;
        this.path = path;
        this.thresholds = thresholds;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        if (path != null) {
            builder.withDetail("path", path.toString());
        }
        Segment segment;
        try {
            segment = current();
        } catch (SegmentNotFoundException | SegmentDetachedException e) {
            absent(builder, e);
            return;
        }
        if (segment == null) {
            builder.down().withDetail("reason", "not open");
            return;
        }
        try {
            segment.verify();
            describe(builder, segment);
        } catch (SegmentDetachedException e) {
            absent(builder, e);
        } catch (InternalError e) {
            builder.down(segment.attachment().translate(e));
        }
    }

    /**
     * The segment as a listener would get it now: one that comes later, or comes again, is opened by whoever looks
     * first.
     */
    private @Nullable Segment current() {
        Segment segment = registry.find(name).orElse(null);
        boolean later = segment == null && policy() == StartupFailurePolicy.CONTINUE;
        boolean again = segment != null && registry.isReattaching(name) && registry.isDetached(name);
        return later || again ? registry.tryGet(name) : segment;
    }

    private void describe(Health.Builder builder, Segment segment) {
        Occupancy bytes = segment.occupancy();
        Occupancy entries = segment.entryOccupancy();
        builder.up()
                .withDetail("path", segment.path().toString())
                .withDetail("size", bytes.capacity())
                .withDetail("used", bytes.used())
                .withDetail("usage", bytes.usage())
                .withDetail("entries", entries.used());
        if (exceeds(bytes, thresholds.segmentUsage())) {
            builder.down().withDetail("reason", "usage of the segment has reached " + thresholds.segmentUsage());
        }
        for (StuckStructure stuck : registry.stuck()) {
            if (stuck.channel().segment().equals(name)) {
                builder.down().withDetail("reason", stuck.toString());
            }
        }
        judgeLocks(builder, segment);
        long undecided = registry.recoveries(name).count(RecoveryOutcome.UNDECIDED);
        if (undecided > 0) {
            builder.withDetail("undecided", undecided);
        }
        if (thresholds.structureUsage() != null) {
            judgeStructures(builder, segment, thresholds.structureUsage());
        }
    }

    private static void judgeLocks(Health.Builder builder, Segment segment) {
        for (Structure structure : segment.opened().values()) {
            if (isOwnerDead(structure)) {
                builder.down()
                        .withDetail("reason", "a process died while it held " + structure.name()
                                + ", and nobody has repaired what that protects");
            }
        }
    }

    private static boolean isOwnerDead(Structure structure) {
        return switch (structure) {
            case GuardedLock lock -> lock.isOwnerDead();
            case SharedRwLock lock -> lock.writeLock().isOwnerDead();
            default -> false;
        };
    }

    private static void judgeStructures(Health.Builder builder, Segment segment, double threshold) {
        for (Structure structure : segment.opened().values()) {
            if (exceeds(structure.occupancy(), threshold)) {
                builder.down()
                        .withDetail("reason", "usage of " + structure.name() + " has reached " + threshold);
            }
        }
    }

    private void absent(Health.Builder builder, RuntimeException reason) {
        boolean expected = reason instanceof SegmentNotFoundException || registry.isReattaching(name);
        switch (expected ? policy() : StartupFailurePolicy.STOP) {
            case STOP -> builder.down();
            case RETRY -> builder.outOfService();
            case CONTINUE -> builder.unknown();
        }
        builder.withException(reason);
    }

    private StartupFailurePolicy policy() {
        return registry.definition(name)
                .map(SegmentDefinition::startupFailurePolicy)
                .orElse(StartupFailurePolicy.STOP);
    }

    private static boolean exceeds(Occupancy occupancy, @Nullable Double threshold) {
        return threshold != null && occupancy.capacity() > 0 && occupancy.usage() >= threshold;
    }
}
