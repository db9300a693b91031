package io.zeroipc.sample.app;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.ObjectProvider;

import io.zeroipc.collection.RingWriter;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.sample.Telemetry;
import io.zeroipc.sample.Telemetry.Load;
import io.zeroipc.sample.Telemetry.Memory;
import io.zeroipc.sample.Telemetry.Traffic;
import io.zeroipc.sample.TelemetrySegment;
import io.zeroipc.segment.Segment;

import static org.assertj.core.api.Assertions.assertThat;

class RecentPeakTests {

    @TempDir
    Path directory;

    private final AtomicReference<SharedRing<Telemetry>> present = new AtomicReference<>();
    private final RecentPeak peak = new RecentPeak(new ObjectProvider<>() {
        @Override
        public SharedRing<Telemetry> getObject() {
            return present.get();
        }

        @Override
        public Stream<SharedRing<Telemetry>> stream() {
            return Stream.of(present.get());
        }
    });

    private Segment segment(String name) {
        return TelemetrySegment.openOrCreate(directory.resolve(name).toString());
    }

    private static void publish(SharedRing<Telemetry> ring, double... loads) {
        Traffic none = new Traffic(0, 0);
        try (RingWriter<Telemetry> writer = ring.writer()) {
            for (double load : loads) {
                assertThat(writer.offer(
                        new Telemetry(1, 0, 1, 1, load, new Load(0, 0, 0), new Memory(2, 1), none, none))).isTrue();
            }
        }
    }

    @Test
    void peakIsThatOfTheSamplesSinceTheLastCall() {
        try (Segment segment = segment("telemetry")) {
            present.set(TelemetrySegment.history(segment));
            publish(present.get(), 0.9);
            assertThat(peak.next(0.1)).as("what was before the first call does not count").isEqualTo(0.1);
            publish(present.get(), 0.3, 0.5, 0.2);
            assertThat(peak.next(0.1)).isEqualTo(0.5);
            assertThat(peak.next(0.1)).isEqualTo(0.1);
        }
    }

    @Test
    void peakGoesOnWithEachFileThatReplacesAnother() {
        try (Segment first = segment("first")) {
            present.set(TelemetrySegment.history(first));
            peak.next(0);
        }
        // The registry closes what was replaced twice: the cursor may be of a segment that is closed by now.
        for (int i = 1; i <= 3; i++) {
            try (Segment next = segment("next" + i)) {
                present.set(TelemetrySegment.history(next));
                publish(present.get(), 0.1 * i, 0.2 * i);
                assertThat(peak.next(0)).isEqualTo(0.2 * i);
                publish(present.get(), 0.3 * i);
                assertThat(peak.next(0)).isEqualTo(0.3 * i);
            }
        }
    }

    @Test
    void peakWhenTheSegmentIsClosedComesBackWithTheNext() {
        Segment first = segment("first");
        present.set(TelemetrySegment.history(first));
        peak.next(0);
        first.close();
        assertThat(peak.next(0.4)).isEqualTo(0.4);
        try (Segment next = segment("next")) {
            present.set(TelemetrySegment.history(next));
            publish(present.get(), 0.7);
            assertThat(peak.next(0.4)).isEqualTo(0.7);
        }
    }
}
