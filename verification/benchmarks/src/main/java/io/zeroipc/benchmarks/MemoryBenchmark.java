package io.zeroipc.benchmarks;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
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
import io.zeroipc.collection.SharedArray;
import io.zeroipc.flow.Loan;
import io.zeroipc.flow.Sample;
import io.zeroipc.flow.SharedTopic;
import io.zeroipc.flow.TopicSubscriber;
import io.zeroipc.segment.OnClose;
import io.zeroipc.segment.Segment;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

/**
 * What shared memory costs beside memory, in one thread: the sum of an array beside that of a Java array, and a message that is filled
 * and added up beside the same in memory of this process, and beside a copy of it.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-Xms2g", "-Xmx2g"})
public class MemoryBenchmark {

    private static final int CHUNKS = 4;

    /** The same numbers on the heap and in a segment. */
    @State(Scope.Benchmark)
    public static class Numbers {

        @Param("100000000")
        public int count;

        private double[] heap;
        private Segment segment;
        private SharedArray<Double> shared;

        @Setup
        public void fill() {
            heap = new double[count];
            for (int i = 0; i < count; i++) {
                heap[i] = i * 0.5;
            }
            segment = Segment.at(Scratch.file("array"))
                    .size((1 << 20) + 8L * count)
                    .onClose(OnClose.DELETE)
                    .create();
            shared = SharedArray.create(segment, "numbers", Codecs.float64(), count);
            shared.copyFrom(heap, 0, 0, count);
        }

        @TearDown
        public void close() {
            segment.close();
        }
    }

    @Benchmark
    public double sumOfJavaArray(Numbers numbers) {
        double sum = 0;
        for (double number : numbers.heap) {
            sum += number;
        }
        return sum;
    }

    @Benchmark
    public double sumByIndex(Numbers numbers) {
        double sum = 0;
        for (long i = 0; i < numbers.count; i++) {
            sum += numbers.shared.getDouble(i);
        }
        return sum;
    }

    @Benchmark
    public double sumOfSpan(Numbers numbers) {
        MemorySegment span = numbers.shared.span(0, numbers.count);
        double sum = 0;
        for (long i = 0; i < numbers.count; i++) {
            sum += span.getAtIndex(JAVA_DOUBLE, i);
        }
        return sum;
    }

    /** A topic with one subscriber, and as much memory of this process. */
    @State(Scope.Benchmark)
    public static class Messages {

        @Param({"64", "1048576"})
        public int bytes;

        private Arena arena;
        private MemorySegment own;
        private MemorySegment copy;
        private Segment segment;
        private SharedTopic topic;
        private TopicSubscriber subscriber;
        private long number;

        @Setup
        public void open() {
            arena = Arena.ofShared();
            own = arena.allocate(bytes, Long.BYTES);
            copy = arena.allocate(bytes, Long.BYTES);
            segment = Segment.at(Scratch.file("topic"))
                    .size((1 << 20) + (CHUNKS + 1L) * bytes)
                    .onClose(OnClose.DELETE)
                    .create();
            topic = SharedTopic.create(segment, "topic", CHUNKS, bytes);
            subscriber = topic.subscribe();
        }

        @TearDown
        public void close() {
            subscriber.close();
            segment.close();
            arena.close();
        }
    }

    @Benchmark
    public long copyOnly(Messages messages) {
        MemorySegment.copy(messages.own, 0, messages.copy, 0, messages.bytes);
        return messages.copy.get(JAVA_LONG, 0);
    }

    @Benchmark
    public long fillAndAddInOwnMemory(Messages messages) {
        fill(messages.own, messages.number++);
        return sum(messages.own);
    }

    @Benchmark
    public long fillAndAddByLoan(Messages messages) {
        try (Loan loan = messages.topic.publisher().requireLoan(messages.bytes)) {
            fill(loan.memory(), messages.number++);
            loan.send();
        }
        try (Sample sample = Objects.requireNonNull(messages.subscriber.tryReceive())) {
            return sum(sample.memory());
        }
    }

    @Benchmark
    public int handOverByLoan(Messages messages) {
        try (Loan loan = messages.topic.publisher().requireLoan(messages.bytes)) {
            loan.send();
        }
        try (Sample sample = Objects.requireNonNull(messages.subscriber.tryReceive())) {
            return (int) sample.memory().byteSize();
        }
    }

    private static void fill(MemorySegment memory, long number) {
        for (long i = 0; i < memory.byteSize() / Long.BYTES; i++) {
            memory.setAtIndex(JAVA_LONG, i, number + i);
        }
    }

    private static long sum(MemorySegment memory) {
        long sum = 0;
        for (long i = 0; i < memory.byteSize() / Long.BYTES; i++) {
            sum += memory.getAtIndex(JAVA_LONG, i);
        }
        return sum;
    }
}
