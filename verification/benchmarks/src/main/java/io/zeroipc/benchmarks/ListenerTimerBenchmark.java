package io.zeroipc.benchmarks;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.segment.OnClose;
import io.zeroipc.segment.Segment;
import io.zeroipc.spring.boot.metrics.ListenerMetrics;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.DefaultSegmentRegistry;
import io.zeroipc.spring.core.SegmentDefinition;
import io.zeroipc.spring.core.StructureDefinition;
import io.zeroipc.spring.listener.ChannelListenerContainer;
import io.zeroipc.spring.listener.ListenerSettings;
import io.zeroipc.spring.listener.adapter.FunctionElementListener;
import io.zeroipc.spring.observation.DefaultZeroIpcListenerObservationConvention;

/**
 * What the timer of a listener costs: a thousand numbers through a queue and a listener that adds them up, without meters, with those
 * that are read at a scrape, and with the timer. A score of a nanosecond more is a thousandth of the time at a million elements a second.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 10, time = 1)
@Fork(value = 3, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC"})
public class ListenerTimerBenchmark {

    private static final int ELEMENTS = 1000;
    private static final int CAPACITY = 1024;
    private static final ChannelName CHANNEL = new ChannelName("bench", "numbers");

    /** What is measured of the listener. */
    public enum Meters {
        /** Nothing. */
        NONE,
        /** What is counted anyway. */
        COUNTERS,
        /** Its calls as well. */
        TIMER
    }

    @Param
    public Meters meters;

    private DefaultSegmentRegistry segments;
    private SharedQueue<Long> queue;
    private ChannelListenerContainer container;
    /** Written by the listener's thread alone. */
    private final AtomicLong seen = new AtomicLong();
    private long sent;

    @Setup(Level.Trial)
    public void open() {
        segments = new DefaultSegmentRegistry(List.of(SegmentDefinition.named(CHANNEL.segment())
                .structure(StructureDefinition.of(CHANNEL.structure(), SharedQueue.spec(Codecs.int64(), CAPACITY),
                        Codecs.int64()))
                .openedBy(() -> Segment.at(Scratch.file("timer"))
                        .size(Scratch.bytesFor(CAPACITY))
                        .onClose(OnClose.DELETE)
                        .create())),
                null);
        queue = SharedQueue.open(segments.structure(CHANNEL).segment(), CHANNEL.structure(), Codecs.int64());
        container = new ChannelListenerContainer("bench", List.of(CHANNEL),
                FunctionElementListener.of(Long.class, _ -> seen.lazySet(seen.getPlain() + 1)), new ListenerSettings(),
                segments);
        if (meters != Meters.NONE) {
            new ListenerMetrics(() -> List.of(container), meters == Meters.TIMER
                    ? new DefaultZeroIpcListenerObservationConvention()
                    : null).bindTo(new SimpleMeterRegistry());
        }
        container.start();
    }

    @TearDown(Level.Trial)
    public void close() {
        container.stop();
        segments.close();
    }

    @Benchmark
    @OperationsPerInvocation(ELEMENTS)
    public long throughListener() throws InterruptedException {
        for (int i = 0; i < ELEMENTS; i++) {
            queue.put((long) i);
        }
        sent += ELEMENTS;
        while (seen.get() < sent) {
            Thread.onSpinWait();
        }
        return sent;
    }
}
