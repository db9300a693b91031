package io.zeroipc.spring.cloud.stream.binder.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

import io.zeroipc.Occupancy;
import io.zeroipc.SegmentDetachedException;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.spring.cloud.stream.binder.provisioning.DestinationSegment;
import io.zeroipc.spring.cloud.stream.binder.provisioning.GroupQueue;
import io.zeroipc.spring.cloud.stream.binder.provisioning.StreamSegments;

/**
 * {@link HealthIndicator} of a binder: down when the file of one of its destinations was replaced or removed. Shows how full the queues
 * of the groups are, and nothing that is in them.
 */
final class ZeroIpcBinderHealthIndicator extends AbstractHealthIndicator {

    private final StreamSegments segments;

    ZeroIpcBinderHealthIndicator(StreamSegments segments) {
        super("Health check of a binder failed");
        this.segments = segments;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        builder.up();
        Map<String, Object> destinations = new TreeMap<>();
        for (DestinationSegment destination : segments.open()) {
            destinations.put(destination.destination(), describe(destination, builder));
        }
        builder.withDetail("destinations", destinations);
    }

    private static Map<String, Object> describe(DestinationSegment destination, Health.Builder builder) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("path", destination.segment().path().toString());
        try {
            destination.segment().verify();
            Map<String, Object> queues = new TreeMap<>();
            for (GroupQueue queue : destination.queues()) {
                if (queue.isOwned()) {
                    Occupancy occupancy = queue.queue().occupancy();
                    queues.put(queue.name().text(), occupancy.used() + " of " + occupancy.capacity());
                }
            }
            details.put("queues", queues);
        } catch (SegmentDetachedException e) {
            builder.down();
            details.put("error",
                    "file was replaced or removed while it was in use (restart the applications that use it)");
        } catch (ZeroIpcException | IllegalStateException e) {
            builder.down();
            details.put("error", String.valueOf(e.getMessage()));
        }
        return details;
    }
}
