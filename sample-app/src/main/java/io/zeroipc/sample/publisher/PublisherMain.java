package io.zeroipc.sample.publisher;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import io.zeroipc.RoleTakenException;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.sample.Telemetry;
import io.zeroipc.sample.TelemetrySegment;
import io.zeroipc.sample.host.Host;
import io.zeroipc.segment.Segment;

/** Takes ten samples a second until it is told to end, or until the process that started it has ended. */
public final class PublisherMain {

    /** Exit status: another process publishes already. */
    public static final int ALREADY_PUBLISHED = 3;

    private static final int OK = 0;
    private static final int FAILED = 1;
    private static final int USAGE = 2;
    private static final long PERIOD_NANOS = 100_000_000;
    private static final long LAST_WORDS_SECONDS = 2;

    private final CountDownLatch stop = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);

    private PublisherMain() {
    }

    /** Runs until the end and returns the exit status. */
    public static int run(String... args) {
        Options options;
        try {
            options = Options.parse(args);
        } catch (IllegalArgumentException e) {
            say(e.getMessage());
            return USAGE;
        }
        try {
            return new PublisherMain().run(options);
        } catch (ZeroIpcException | IOException e) {
            say(e.getMessage());
            return FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FAILED;
        }
    }

    private int run(Options options) throws IOException, InterruptedException {
        options.parent().ifPresent(parent -> ParentWatch.start(parent, System.in, stop::countDown));
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(this::stopAndWait));
        Host host = Host.here();
        try (Segment segment = TelemetrySegment.openOrCreate(options.segment())) {
            return publish(host, segment, options);
        } finally {
            ended.countDown();
        }
    }

    private int publish(Host host, Segment segment, Options options) throws IOException, InterruptedException {
        try (Publisher publisher = new Publisher(segment, options.cpuLimit(), options.memoryLimit())) {
            say("ten samples a second into " + segment.path() + ", from " + host.describe());
            long next = System.nanoTime() + PERIOD_NANOS;
            while (!stop.await(next - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                publisher.publish(host.read());
                next += PERIOD_NANOS;
                if (next - System.nanoTime() < 0) {
                    // After a pause, such as a suspended laptop, go on from now instead of catching up.
                    next = System.nanoTime() + PERIOD_NANOS;
                }
            }
            return OK;
        } catch (RoleTakenException e) {
            Telemetry newest = TelemetrySegment.newest(segment).get();
            say((newest == null ? "another process" : "process " + newest.publisher()) + " publishes into "
                    + segment.path() + " already, so this one ends");
            return ALREADY_PUBLISHED;
        }
    }

    /** On a signal: lets the sample in the making be finished. */
    private void stopAndWait() {
        stop.countDown();
        try {
            if (!ended.await(LAST_WORDS_SECONDS, TimeUnit.SECONDS)) {
                say("ends in the middle of a sample");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static void say(@Nullable String message) {
        System.out.println("publisher " + ProcessHandle.current().pid() + ": " + message);
    }
}
