package io.zeroipc.benchmarks;

import java.util.concurrent.TimeUnit;

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

/**
 * There and back: one element at a time to a second thread, which sends it back through a second transport of the same
 * kind. Both threads spin. Times include one reading of the clock, about 20 ns.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED",
        "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED", "-XX:+UseSerialGC"})
public class RoundTripBenchmark {

    private static final int CAPACITY = 1024;

    @Param
    public Transport transport;

    private Pipe there;
    private Pipe back;
    private Thread echo;
    private volatile boolean stopped;
    private long next;

    @Setup(Level.Trial)
    public void open() {
        there = transport.open(CAPACITY);
        back = transport.open(CAPACITY);
        stopped = false;
        echo = Thread.ofPlatform().name("echo").start(() -> {
            while (!stopped) {
                long element = there.poll();
                if (element == Pipe.NOTHING) {
                    Thread.onSpinWait();
                } else {
                    back.offer(element);
                }
            }
        });
    }

    @TearDown(Level.Trial)
    public void close() throws InterruptedException {
        stopped = true;
        echo.join();
        there.close();
        back.close();
    }

    @Benchmark
    public long roundTrip() {
        there.offer(next++);
        long element = back.poll();
        while (element == Pipe.NOTHING) {
            Thread.onSpinWait();
            element = back.poll();
        }
        return element;
    }
}
