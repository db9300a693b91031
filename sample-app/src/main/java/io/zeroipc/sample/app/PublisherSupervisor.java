package io.zeroipc.sample.app;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.zeroipc.sample.publisher.PublisherMain;

/**
 * Starts the publisher, and again each time it ends; waits longer each time that it ends soon. A publisher that somebody
 * started by hand is left alone until it stops publishing.
 */
final class PublisherSupervisor implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger("sample.process");

    /** A signal from the terminal reaches both processes; by then this one knows that it is to end as well. */
    private static final Duration HINDSIGHT = Duration.ofMillis(300);
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);
    private static final int SIGNAL_BASE = 128;

    private final Supplier<ProcessBuilder> command;
    private final Backoff backoff;
    private final BooleanSupplier isStale;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread = Thread.ofPlatform().name("publisher").unstarted(this::run);
    private @Nullable Process process;

    /**
     * @param command makes the command line
     * @param backoff how long to wait between two starts
     * @param isStale whether nobody publishes
     */
    PublisherSupervisor(Supplier<ProcessBuilder> command, Backoff backoff, BooleanSupplier isStale) {
        this.command = command;
        this.backoff = backoff;
        this.isStale = isStale;
    }

    void start() {
        thread.start();
    }

    /** Ends the publisher, waits for its end, and does not start it again. */
    @Override
    public void close() {
        try {
            synchronized (this) {
                stop.countDown();
                if (process != null && process.isAlive()) {
                    end(process);
                }
            }
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (stop.getCount() > 0) {
                runOnce();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            log.error("the publisher cannot be started, so there are no new figures: {}", e.getMessage());
        }
    }

    private void runOnce() throws IOException, InterruptedException {
        long start = System.nanoTime();
        Process started = startUnlessStopped();
        if (started == null) {
            return;
        }
        relay(started);
        int status = started.waitFor();
        Duration run = Duration.ofNanos(System.nanoTime() - start);
        if (waitToStop(HINDSIGHT)) {
            return;
        }
        Duration delay = backoff.after(run);
        if (status == PublisherMain.ALREADY_PUBLISHED) {
            log.info("this application reads the samples of the other publisher, and starts its own when they end");
            while (!waitToStop(LOOK_AGAIN) && !isStale.getAsBoolean()) {
                // The other one publishes.
            }
        } else {
            log.warn("publisher {} {} after {} s; its figures stand still, and it is started again in {} s",
                    started.pid(), describe(status), seconds(run), seconds(delay));
        }
        waitToStop(delay);
    }

    private synchronized @Nullable Process startUnlessStopped() throws IOException {
        if (stop.getCount() == 0) {
            return null;
        }
        process = command.get().start();
        return process;
    }

    /** Logs what the publisher says, until it ends. */
    private static void relay(Process process) {
        try (BufferedReader lines = process.inputReader()) {
            lines.lines().forEach(line -> log.info("{}", line));
        } catch (IOException | UncheckedIOException e) {
            log.debug("publisher {} can no longer be heard", process.pid(), e);
        }
    }

    private static void end(Process process) throws InterruptedException {
        try {
            // It reads this pipe for no other reason than to see its end.
            process.getOutputStream().close();
        } catch (IOException e) {
            log.debug("publisher {} has ended already", process.pid(), e);
        }
        if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            process.destroyForcibly().waitFor();
        }
        log.info("publisher {} has ended with this application", process.pid());
    }

    private boolean waitToStop(Duration longest) throws InterruptedException {
        return stop.await(longest.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static String describe(int status) {
        return status > SIGNAL_BASE ? "was killed by signal " + (status - SIGNAL_BASE) : "ended with status " + status;
    }

    private static String seconds(Duration duration) {
        return "%.1f".formatted(duration.toMillis() / 1000.0);
    }
}
