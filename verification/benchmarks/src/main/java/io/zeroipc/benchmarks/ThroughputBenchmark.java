package io.zeroipc.benchmarks;

import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Group;
import org.openjdk.jmh.annotations.GroupThreads;
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

/**
 * One producer and one consumer thread at full speed. The figure that counts is {@code received}: elements that went
 * through, per microsecond. The total of calls includes those that found the transport full or empty.
 */
@State(Scope.Group)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 10, time = 1)
@Fork(value = 3, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED",
        "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED", "-XX:+UseSerialGC"})
public class ThroughputBenchmark {

    private static final int CAPACITY = 64 * 1024;
    private static final int BATCH = 64;

    @Param
    public Transport transport;

    private Pipe pipe;

    /** Elements that arrived. */
    @AuxCounters
    @State(Scope.Thread)
    public static class Received {
        public long received;
        private final Pipe.Sum sum = new Pipe.Sum();
    }

    /** The producer's next element. */
    @State(Scope.Thread)
    public static class Sequence {
        private long next;
    }

    @Setup(Level.Trial)
    public void open() {
        pipe = transport.open(CAPACITY);
    }

    @TearDown(Level.Trial)
    public void close() {
        pipe.close();
    }

    /** Empties what the producer left, so that the next iteration begins like the first. */
    @TearDown(Level.Iteration)
    public void drain() {
        Pipe.Sum sum = new Pipe.Sum();
        while (pipe.drain(sum, BATCH) > 0) {
            Thread.onSpinWait();
        }
    }

    @Benchmark
    @Group("single")
    @GroupThreads(1)
    public void offer(Sequence sequence) {
        if (pipe.offer(sequence.next)) {
            sequence.next++;
        } else {
            Thread.onSpinWait();
        }
    }

    @Benchmark
    @Group("single")
    @GroupThreads(1)
    public long poll(Received received) {
        long element = pipe.poll();
        if (element == Pipe.NOTHING) {
            Thread.onSpinWait();
        } else {
            received.received++;
        }
        return element;
    }

    @Benchmark
    @Group("batch64")
    @GroupThreads(1)
    public void offerBatch(Sequence sequence) {
        int sent = pipe.offerBatch(sequence.next, BATCH);
        if (sent == 0) {
            Thread.onSpinWait();
        }
        sequence.next += sent;
    }

    @Benchmark
    @Group("batch64")
    @GroupThreads(1)
    public long drainBatch(Received received) {
        int count = pipe.drain(received.sum, BATCH);
        if (count == 0) {
            Thread.onSpinWait();
        }
        received.received += count;
        return received.sum.value();
    }
}
