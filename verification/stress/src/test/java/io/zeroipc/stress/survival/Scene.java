package io.zeroipc.stress.survival;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

import io.zeroipc.memory.StopPoint;
import io.zeroipc.segment.Segment;

/** A segment of a test, and processes that are killed at it. Closing it leaves nothing. */
final class Scene implements AutoCloseable {

    private static final long SIZE = 1 << 20;
    /** Limits a test that hangs, and nothing else. */
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    private final Path directory = Files.createTempDirectory(Segment.defaultDirectory(), "zeroipc-matrix-");
    private Segment segment;
    private final List<Jvm> victims = new ArrayList<>();

    Scene() throws IOException {
        segment = Segment.at(directory.resolve("segment")).size(SIZE).create();
    }

    Segment segment() {
        return segment;
    }

    /** Leaves the segment to the others, so that nobody here mends what they leave. */
    void leave() {
        segment.close();
    }

    /** Opens it again. */
    Segment comeBack() {
        segment = Segment.at(directory.resolve("segment")).open();
        return segment;
    }

    /** A process that has come to this step of what it does. */
    Jvm stoppedAt(StopPoint step, String deed) throws IOException {
        return start(deed, StopPoint.REPORT + step, "-D" + StopPoint.PROPERTY + "=" + step);
    }

    /** A process that waits with something in hand. */
    Jvm holding(String deed) throws IOException {
        return start(deed, Victim.HOLDS);
    }

    private Jvm start(String deed, String sign, String... options) throws IOException {
        Jvm victim = Jvm.start(Victim.class, directory.resolve("output-" + victims.size()), true, options);
        victims.add(victim);
        victim.tell(Victim.command(deed, segment.path()));
        await(() -> says(victim, sign) || says(victim, Victim.DONE) || !victim.process().isAlive(), deed);
        if (!says(victim, sign)) {
            throw new AssertionError(deed + " did not come to '" + sign + "': output=" + output(victim));
        }
        return victim;
    }

    /** SIGKILL; returns when it is gone. */
    static void kill(Jvm victim) throws InterruptedException {
        victim.process().destroyForcibly().waitFor();
    }

    /** Waits until it has done what it was at. */
    static void awaitEnd(Jvm victim) {
        await(() -> says(victim, Victim.DONE), "the end of what the process does");
    }

    static void await(BooleanSupplier condition, String what) {
        long began = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - began > PATIENCE_NANOS) {
                throw new AssertionError("waited in vain: " + what);
            }
            Thread.onSpinWait();
        }
    }

    private static boolean says(Jvm victim, String line) {
        return output(victim).lines().anyMatch(line::equals);
    }

    private static String output(Jvm victim) {
        try {
            return Files.readString(victim.output());
        } catch (IOException e) {
            return "";
        }
    }

    @Override
    public void close() throws IOException {
        victims.forEach(Jvm::close);
        segment.close();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }
}
