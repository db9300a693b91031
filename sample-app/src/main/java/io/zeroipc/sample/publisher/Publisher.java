package io.zeroipc.sample.publisher;

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.zeroipc.collection.RingWriter;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.flow.SharedChannel;
import io.zeroipc.flow.SharedState;
import io.zeroipc.flow.StateWriter;
import io.zeroipc.sample.Alert;
import io.zeroipc.sample.Telemetry;
import io.zeroipc.sample.TelemetrySegment;
import io.zeroipc.sample.host.Figures;
import io.zeroipc.segment.Segment;
import io.zeroipc.sync.SharedCounter;

/**
 * Puts samples into the segment. There is one publisher at a time in all processes: it holds the writer's role of
 * {@code newest} and {@code history}, which the kernel takes back when the process ends, however it ends. Not
 * thread-safe.
 */
final class Publisher implements AutoCloseable {

    private final Segment segment;
    private final StateWriter<Telemetry> newest;
    private final RingWriter<Telemetry> history;
    private final SharedChannel<Alert> alerts;
    private final SharedArray<Double> cores;
    private final SharedQueue<Telemetry> samples;
    private final SharedCounter dropped;
    private final List<Threshold> thresholds;
    private long number;
    private boolean dropping;

    /**
     * @throws io.zeroipc.RoleTakenException when another process publishes
     */
    Publisher(Segment segment, double cpuLimit, double memoryLimit) {
        this.segment = segment;
        SharedState<Telemetry> state = TelemetrySegment.newest(segment);
        this.newest = state.writer();
        this.history = TelemetrySegment.history(segment).writer();
        this.alerts = TelemetrySegment.alerts(segment);
        this.cores = TelemetrySegment.cores(segment);
        this.samples = TelemetrySegment.samples(segment);
        this.dropped = TelemetrySegment.dropped(segment);
        this.thresholds = List.of(new Threshold(Alert.Metric.CPU, cpuLimit),
                new Threshold(Alert.Metric.MEMORY, memoryLimit));
        Telemetry last = state.get();
        this.number = last == null ? 0 : last.number();
    }

    /**
     * Shares one sample with everybody.
     *
     * @throws io.zeroipc.SegmentDetachedException when the segment's file was replaced or removed
     */
    void publish(Figures figures) {
        // Writing never looks at the file itself; without this a removed segment would be filled for ever.
        segment.verify();
        int coreCount = (int) Math.min(figures.cores().size(), cores.capacity());
        for (int i = 0; i < coreCount; i++) {
            cores.setDoubleRelease(i, figures.cores().get(i));
        }
        Instant now = Instant.now();
        long takenAt = now.getEpochSecond() * 1_000_000_000 + now.getNano();
        Telemetry sample = new Telemetry(++number, takenAt, (int) ProcessHandle.current().pid(), coreCount,
                figures.cpu(), figures.load(), figures.memory(), figures.network(), figures.disk());
        history.offer(sample);
        newest.set(sample);
        if (!samples.offer(sample)) {
            // Whoever takes them is behind, or is not there. The next sample is due in a tenth of a second.
            dropped.incrementAndGet();
        }
        for (Threshold threshold : thresholds) {
            send(threshold.judge(sample));
        }
    }

    private void send(@Nullable Alert alert) {
        if (alert == null) {
            return;
        }
        boolean sent = alerts.trySend(alert);
        if (!sent && !dropping) {
            PublisherMain.say("nobody takes the alerts: " + alerts.occupancy().used()
                    + " are waiting, and further ones are dropped");
        }
        dropping = !sent;
    }

    @Override
    public void close() {
        history.close();
        newest.close();
    }
}
