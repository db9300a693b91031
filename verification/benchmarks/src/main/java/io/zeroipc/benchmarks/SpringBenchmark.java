package io.zeroipc.benchmarks;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

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

import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.segment.OnClose;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Sink;
import io.zeroipc.segment.Source;
import io.zeroipc.spring.core.BoundChannelOperations;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.DefaultSegmentRegistry;
import io.zeroipc.spring.core.SegmentDefinition;
import io.zeroipc.spring.core.StructureDefinition;
import io.zeroipc.spring.core.ZeroIpcTemplate;
import io.zeroipc.spring.listener.ChannelListenerContainer;
import io.zeroipc.spring.listener.ElementListener;
import io.zeroipc.spring.listener.ListenerSettings;
import io.zeroipc.spring.listener.adapter.FunctionElementListener;

/**
 * What one element costs that the template sends, by name or by a channel that was looked up once, and one that a listener
 * takes, alone or in batches of 256. Each invocation is a slice of elements, and one thread works at a time: the slices of a
 * machine that does other things as well can be told by their minimum.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 100)
@Measurement(iterations = 200)
@Fork(value = 3, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC"})
public class SpringBenchmark {

    private static final int CAPACITY = 65_536;
    private static final int SLICE = 50_000;
    private static final String SEGMENT = "bench";
    private static final String NAME = SEGMENT + "/elements";
    private static final ChannelName CHANNEL = ChannelName.parse(NAME);

    /** What the elements travel in. */
    public enum Channel {
        QUEUE, RING
    }

    /** An element of eight bytes. */
    public record Small(long value) {}

    @Param
    public Channel channel;

    private final List<Small> elements = LongStream.range(0, SLICE).mapToObj(Small::new).toList();
    private DefaultSegmentRegistry segments;
    private ZeroIpcTemplate template;
    private BoundChannelOperations<Small> bound;
    private ChannelListenerContainer single;
    private ChannelListenerContainer batch;
    private CountDownLatch done = new CountDownLatch(0);
    private int taken;
    private long sum;

    @Setup(Level.Trial)
    public void open() {
        Codec<Small> codec = Codecs.record(Small.class);
        segments = new DefaultSegmentRegistry(List.of(SegmentDefinition.named(SEGMENT)
                .structure(StructureDefinition.of(CHANNEL.structure(), channel == Channel.QUEUE
                        ? SharedQueue.spec(codec, CAPACITY)
                        : SharedRing.spec(codec, CAPACITY), codec))
                .openedBy(() -> Segment.at(Scratch.file("spring"))
                        .size(Scratch.bytesFor(CAPACITY))
                        .onClose(OnClose.DELETE)
                        .create())),
                null);
        template = new ZeroIpcTemplate(segments);
        bound = template.channel(NAME, Small.class);
        single = container("single", FunctionElementListener.of(Small.class, this::take));
        batch = container("batch", FunctionElementListener.ofBatch(Small.class, all -> all.forEach(this::take)));
    }

    private ChannelListenerContainer container(String id, ElementListener listener) {
        ListenerSettings settings = new ListenerSettings();
        settings.inheritDefaults(new ListenerSettings());
        return new ChannelListenerContainer(id, List.of(CHANNEL), listener, settings, segments);
    }

    private void take(Small element) {
        sum += element.value();
        taken++;
        if (taken == SLICE) {
            taken = 0;
            done.countDown();
        }
    }

    @Setup(Level.Invocation)
    public void empty() {
        try (var intake = ((Source<?>) segments.structure(CHANNEL)).intake(Source.Start.EARLIEST)) {
            while (intake.drainTo(element -> {}, SLICE) > 0) {
                // Until nothing is left.
            }
        }
    }

    @TearDown(Level.Trial)
    public void close() {
        template.close();
        segments.close();
    }

    @Benchmark
    @OperationsPerInvocation(SLICE)
    public void sendByName() {
        for (Small element : elements) {
            template.send(NAME, element);
        }
    }

    @Benchmark
    @OperationsPerInvocation(SLICE)
    public void sendBound() {
        for (Small element : elements) {
            bound.send(element);
        }
    }

    @Benchmark
    @OperationsPerInvocation(SLICE)
    @SuppressWarnings("unchecked") // the structure was declared with this element
    public void sendByOutlet() {
        var outlet = ((Sink<Small>) segments.structure(CHANNEL)).outlet();
        for (Small element : elements) {
            outlet.offer(element);
        }
    }

    /** What listeners find when they start. */
    @State(Scope.Thread)
    public static class Filled {

        @Setup(Level.Invocation)
        public void fill(SpringBenchmark benchmark) {
            benchmark.bound.sendAll(benchmark.elements);
        }
    }

    /** With the start of its thread. {@code filled} is there to be set up. */
    @Benchmark
    @OperationsPerInvocation(SLICE)
    public long listenSingle(Filled filled) throws InterruptedException {
        return listen(single);
    }

    /** With the start of its thread. */
    @Benchmark
    @OperationsPerInvocation(SLICE)
    public long listenBatch(Filled filled) throws InterruptedException {
        return listen(batch);
    }

    private long listen(ChannelListenerContainer container) throws InterruptedException {
        done = new CountDownLatch(1);
        container.start();
        done.await();
        container.stop();
        return sum;
    }
}
