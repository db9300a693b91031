package io.zeroipc.interop;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import io.zeroipc.segment.Segment;

/**
 * What one test works with: a segment name in {@code /dev/shm} that nobody else uses, peers, segments and threads. All of
 * it is gone after the test, whatever became of that.
 */
final class Workbench implements AfterEachCallback {

    /** Enough for every test here. */
    static final long SIZE = 1 << 20;

    private static final AtomicInteger COUNTER = new AtomicInteger();

    private final String segment = "/zipc-interop-" + ProcessHandle.current().pid() + "-" + System.nanoTime() + "-"
            + COUNTER.incrementAndGet();
    private final List<Peer> peers = new ArrayList<>();
    private final List<Segment> segments = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    /** The name of this test's segment, as {@code shm_open} takes it. */
    String segment() {
        return segment;
    }

    /** The file behind it. */
    Path path() {
        return Path.of("/dev/shm" + segment);
    }

    /** A peer that has nothing open yet. */
    Peer start(Language language) {
        return start(language.command());
    }

    /** As {@link #start(Language)}, started by this command. */
    Peer start(List<String> command) {
        Peer peer = new Peer(command);
        peers.add(peer);
        return peer;
    }

    /** A peer that has this test's segment open. */
    Peer attach(Language language) throws InterruptedException {
        return attach(language.command());
    }

    /** As {@link #attach(Language)}, started by this command. */
    Peer attach(List<String> command) throws InterruptedException {
        Peer peer = start(command);
        peer.ask("open", segment);
        return peer;
    }

    /** A peer that has created this test's segment, of 64 entries. */
    Peer creator(Language language) throws InterruptedException {
        Peer peer = start(language);
        peer.ask("create", segment, SIZE, 64);
        return peer;
    }

    /** This test's segment, created by Java. */
    Segment create() {
        return keep(Segment.named(segment).size(SIZE).create());
    }

    /** This test's segment, created by somebody else. */
    Segment open() {
        return keep(Segment.named(segment).open());
    }

    /** As {@link #open()}, with a short patience for what its creator does not finish. */
    Segment openImpatiently() {
        return keep(Segment.named(segment).openTimeout(Duration.ofMillis(1)).open());
    }

    Segment keep(Segment opened) {
        segments.add(opened);
        return opened;
    }

    /** Runs something beside the test; its result, or what it threw, comes from the returned future. */
    <T> FutureTask<T> beside(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        threads.add(Thread.ofPlatform().name("beside-" + threads.size()).start(task));
        return task;
    }

    /** Waits as the structures of this segment do. */
    static void await(Segment segment, BooleanSupplier condition) throws InterruptedException {
        int attempts = 0;
        while (!condition.getAsBoolean()) {
            attempts = segment.attachment().pause(attempts);
        }
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        // Peers first: threads that wait for one end by the interrupt, and nobody writes while the file goes away.
        peers.forEach(Peer::close);
        threads.forEach(Thread::interrupt);
        for (Thread thread : threads) {
            thread.join();
        }
        try {
            segments.forEach(Segment::close);
        } finally {
            Files.deleteIfExists(path());
            Files.deleteIfExists(Path.of(path() + ".zipc"));
            Files.deleteIfExists(Path.of(path() + ".zipc-live"));
        }
    }
}
