package io.zeroipc.benchmarks;

import java.util.List;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
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
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.DefaultSegmentRegistry;
import io.zeroipc.spring.core.SegmentDefinition;
import io.zeroipc.spring.core.StructureDefinition;
import io.zeroipc.spring.core.ZeroIpcTemplate;
import io.zeroipc.spring.listener.ElementListener;
import io.zeroipc.spring.listener.ElementMessage;
import io.zeroipc.spring.listener.adapter.FunctionElementListener;
import io.zeroipc.spring.listener.adapter.ObservedElementListener;
import io.zeroipc.spring.observation.ZeroIpcObservations;

/**
 * What an observation costs, in one thread: a number sent and received by the template, and the call of a listener that
 * does nothing, each as it is, with a registry that has no handler, and with the handler that feeds timers.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 10, time = 1)
@Fork(value = 3, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC"})
public class ObservationBenchmark {

    private static final int CAPACITY = 1024;
    private static final ChannelName CHANNEL = new ChannelName("bench", "numbers");

    /** How a call is observed. */
    public enum Observing {
        /** Not at all. */
        OFF,
        /** With a registry without handlers. */
        IDLE,
        /** With timers. */
        TIMERS
    }

    @Param
    public Observing observing;

    private DefaultSegmentRegistry segments;
    private ZeroIpcTemplate template;
    private ElementListener listener;
    private long seen;

    @Setup(Level.Trial)
    public void open() {
        segments = new DefaultSegmentRegistry(List.of(SegmentDefinition.named(CHANNEL.segment())
                .structure(StructureDefinition.of(CHANNEL.structure(), SharedQueue.spec(Codecs.int64(), CAPACITY),
                        Codecs.int64()))
                .openedBy(() -> Segment.at(Scratch.file("observation"))
                        .size(Scratch.bytesFor(CAPACITY))
                        .onClose(OnClose.DELETE)
                        .create())),
                null);
        template = new ZeroIpcTemplate(segments);
        listener = FunctionElementListener.of(Long.class, element -> seen += element);
        if (observing != Observing.OFF) {
            ZeroIpcObservations observations = new ZeroIpcObservations(registry());
            template.setObservations(observations);
            listener = new ObservedElementListener(listener, observations, segments::kindOf);
        }
    }

    private ObservationRegistry registry() {
        ObservationRegistry registry = ObservationRegistry.create();
        if (observing == Observing.TIMERS) {
            registry.observationConfig()
                    .observationHandler(new DefaultMeterObservationHandler(new SimpleMeterRegistry()));
        }
        return registry;
    }

    @TearDown(Level.Trial)
    public void close() {
        template.close();
        segments.close();
    }

    @Benchmark
    public long sendAndReceive() {
        template.send("bench/numbers", 42L);
        Long taken = template.tryReceive("bench/numbers", Long.class);
        return taken == null ? -1 : taken;
    }

    @Benchmark
    public long callListener() throws Exception {
        listener.onMessage(new ElementMessage("listener", CHANNEL, 42L, 1, -1));
        return seen;
    }
}
