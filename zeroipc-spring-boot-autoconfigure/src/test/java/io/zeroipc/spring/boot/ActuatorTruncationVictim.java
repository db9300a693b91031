package io.zeroipc.spring.boot;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.springframework.boot.actuate.endpoint.Show;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.segment.Segment;
import io.zeroipc.spring.boot.actuate.endpoint.ZeroIpcEndpoint;
import io.zeroipc.spring.boot.health.HealthThresholds;
import io.zeroipc.spring.boot.health.SegmentHealthIndicator;
import io.zeroipc.spring.boot.metrics.SegmentMetrics;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.DefaultSegmentRegistry;
import io.zeroipc.spring.core.SegmentDefinition;
import io.zeroipc.spring.core.StructureDefinition;

/**
 * Looks at a segment, as often as it takes to be compiled, and then once more when its file has been truncated. Prints
 * what each way of looking found; may be killed by it, which is why it has a JVM of its own.
 */
public class ActuatorTruncationVictim {

    private static final int WARM = 2_000;

    /** Arguments: the path of the segment, and who looks first. */
    public static void main(String[] arguments) throws IOException {
        Path path = Path.of(arguments[0]);
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        try (DefaultSegmentRegistry registry = new DefaultSegmentRegistry(List.of(SegmentDefinition.named("market")
                .structure(StructureDefinition.of("orders", SharedQueue.spec(Codecs.int32(), 4096), Codecs.int32()))
                .openedBy(() -> Segment.at(path).size(1 << 20).openOrCreate())), null);
                SegmentMetrics metrics = new SegmentMetrics(registry, true)) {
            registry.structure(new ChannelName("market", "orders"));
            metrics.bindTo(meters);
            Map<String, Runnable> looks = Map.of("endpoint", endpoint(registry), "health", health(registry), "meters",
                    meters(meters));
            for (int i = 0; i < WARM; i++) {
                looks.values().forEach(Runnable::run);
            }
            try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
                file.truncate(0);
            }
            looks.get(arguments[1]).run();
            looks.values().forEach(Runnable::run);
        }
        System.out.println("survived");
    }

    private static Runnable endpoint(DefaultSegmentRegistry registry) {
        ZeroIpcEndpoint endpoint = new ZeroIpcEndpoint(registry, Map.of(), List.of(), Show.NEVER);
        return endpoint::segments;
    }

    private static Runnable health(DefaultSegmentRegistry registry) {
        SegmentHealthIndicator indicator = new SegmentHealthIndicator(registry, "market", null, HealthThresholds.NONE);
        return () -> indicator.health(true);
    }

    private static Runnable meters(SimpleMeterRegistry meters) {
        return () -> meters.getMeters()
                .forEach(meter -> meter.measure().forEach(measurement -> measurement.getValue()));
    }
}
