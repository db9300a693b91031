package io.zeroipc.stress.survival;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Queue;

/** Keeps some idle workers, so that a killed one is replaced at once. Thread-safe. */
final class Nursery implements AutoCloseable {

    private final Path directory;
    private final int idle;
    private final boolean nativeAccess;
    private final Queue<Jvm> waiting = new ArrayDeque<>();
    private int started;

    Nursery(Path directory, int idle, boolean nativeAccess) {
        this.directory = directory;
        this.idle = idle;
        this.nativeAccess = nativeAccess;
        fill();
    }

    /** An idle worker. */
    synchronized Jvm take() {
        return waiting.isEmpty() ? start() : waiting.remove();
    }

    /** Begins to start as many as were taken. */
    synchronized void fill() {
        while (waiting.size() < idle) {
            waiting.add(start());
        }
    }

    private Jvm start() {
        return Jvm.start(Worker.class, directory.resolve("output-" + started++), nativeAccess);
    }

    @Override
    public synchronized void close() {
        waiting.forEach(Jvm::close);
        waiting.clear();
    }
}
