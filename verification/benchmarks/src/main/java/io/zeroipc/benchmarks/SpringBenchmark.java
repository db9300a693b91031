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
import org.openjdk.jmh.infra.BenchmarkParams;

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

    /** What travels. */
    public interface Element {

        long value();
    }

    /** An element of eight bytes. */
    public record Small(long value) implements Element {}

    /** An element of 64 bytes. */
    public record Large(long value, long b, long c, long d, long e, long f, double g, double h) implements Element {

        Large(long value) {
            this(value, 2, 3, 4, 5, 6, 7, 8);
        }
    }

    @Param
    public Channel channel;

    @Param({"8", "64"})
    public int bytes;

    private List<Element> elements = List.of();
    private DefaultSegmentRegistry segments;
    private ZeroIpcTemplate template;
    private BoundChannelOperations<Element> bound;
    private ChannelListenerContainer single;
    private ChannelListenerContainer batch;
    private CountDownLatch done = new CountDownLatch(0);
    private int taken;
    private long sum;

    @Setup(Level.Trial)
    @SuppressWarnings("unchecked") // all that is sent is of that type
    public void open() {
        elements = LongStream.range(0, SLICE)
                .<Element>mapToObj(value -> bytes == Long.BYTES ? new Small(value) : new Large(value))
                .toList();
        boolean small = bytes == Long.BYTES;
        Class<Element> type = (Class<Element>) (Class<?>) (small ? Small.class : Large.class);
        Codec<Element> codec = (Codec<
                Element>) (Codec<?>) (small ? Codecs.record(Small.class) : Codecs.record(Large.class));
        segments = new DefaultSegmentRegistry(List.of(SegmentDefinition.named(SEGMENT)
                .structure(StructureDefinition.of(CHANNEL.structure(), channel == Channel.QUEUE
                        ? SharedQueue.spec(codec, CAPACITY)
                        : SharedRing.spec(codec, CAPACITY), codec))
                .openedBy(() -> Segment.at(Scratch.file("spring"))
                        .size(Scratch.bytesFor(CAPACITY) + (long) CAPACITY * bytes)
                        .onClose(OnClose.DELETE)
                        .create())),
                null);
        template = new ZeroIpcTemplate(segments);
        bound = template.channel(NAME, type);
        single = container("single", FunctionElementListener.of(type, this::take));
        batch = container("batch", FunctionElementListener.ofBatch(type, all -> all.forEach(this::take)));
    }

    private ChannelListenerContainer container(String id, ElementListener listener) {
        ListenerSettings settings = new ListenerSettings();
        settings.inheritDefaults(new ListenerSettings());
        return new ChannelListenerContainer(id, List.of(CHANNEL), listener, settings, segments);
    }

    private void take(Element element) {
        sum += element.value();
        taken++;
        if (taken == SLICE) {
            taken = 0;
            done.countDown();
        }
    }

    /** Empty for who sends, and full for who listens. */
    @Setup(Level.Invocation)
    public void prepare(BenchmarkParams benchmark) {
        try (var intake = ((Source<?>) segments.structure(CHANNEL)).intake(Source.Start.EARLIEST)) {
            while (intake.drainTo(element -> {}, SLICE) > 0) {
                // Until nothing is left.
            }
        }
        if (benchmark.getBenchmark().contains("listen")) {
            bound.sendAll(elements);
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
        for (Element element : elements) {
            template.send(NAME, element);
        }
    }

    @Benchmark
    @OperationsPerInvocation(SLICE)
    public void sendBound() {
        for (Element element : elements) {
            bound.send(element);
        }
    }

    @Benchmark
    @OperationsPerInvocation(SLICE)
    @SuppressWarnings("unchecked") // the structure was declared with this element
    public void sendByOutlet() {
        var outlet = ((Sink<Element>) segments.structure(CHANNEL)).outlet();
        for (Element element : elements) {
            outlet.offer(element);
        }
    }

    /** With the start of its thread. */
    @Benchmark
    @OperationsPerInvocation(SLICE)
    public long listenSingle() throws InterruptedException {
        return listen(single);
    }

    /** With the start of its thread. */
    @Benchmark
    @OperationsPerInvocation(SLICE)
    public long listenBatch() throws InterruptedException {
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
