package io.zeroipc.flow;

import java.util.concurrent.CompletableFuture;

import io.zeroipc.ChannelClosedException;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Source.Start;

/**
 * A stream that is being filled from the view of another one, by a thread of this process. Thread-safe.
 *
 * @param <T> the element
 */
public final class StreamDerivation<T> implements AutoCloseable {

    /** What to do with an element when the derived stream has no room. A broadcast stream always has. */
    public enum WhenFull {
        /** Wait: then nothing is read from the first stream either, which fills up, or is lost, as its mode says. */
        WAIT,
        /** Drop the element, and count it. */
        DROP
    }

    private final StreamReader<T> reader;
    private final SharedStream<?> source;
    private final SharedStream<T> target;
    private final StreamEmitter<T> emitter;
    private final WhenFull whenFull;
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private final Thread thread;
    private volatile long dropped;

    private StreamDerivation(StreamReader<T> reader, SharedStream<?> source, SharedStream<T> target,
            StreamEmitter<T> emitter, WhenFull whenFull) {
        this.reader = reader;
        this.source = source;
        this.target = target;
        this.emitter = emitter;
        this.whenFull = whenFull;
        this.thread = Thread.ofPlatform().daemon().name("zeroipc-derive-" + target.name()).unstarted(this::run);
    }

    static <T> StreamDerivation<T> start(StreamView<T> view, SharedStream<T> target, Start start,
            WhenFull whenFull) {
        StreamEmitter<T> emitter = target.emitter();
        StreamReader<T> reader;
        try {
            reader = view.open(start);
        } catch (RuntimeException e) {
            emitter.close();
            throw e;
        }
        StreamDerivation<T> derivation = new StreamDerivation<>(reader, view.source(), target, emitter,
                whenFull);
        derivation.thread.start();
        return derivation;
    }

    /**
     * The end: completed when the first stream has ended and the derived one is closed, or when this was closed. Failed when a
     * function of the view threw, or the derived stream cannot store an element, and the derived stream is closed; or when a
     * segment was closed, and it stays open, so that a successor can go on. Completing it changes nothing.
     */
    public CompletableFuture<Void> end() {
        return end.copy();
    }

    /** Elements that were dropped because the derived stream was full. */
    public long dropped() {
        return dropped;
    }

    /** Elements that were overwritten before they could be read, since it began. */
    public long lost() {
        return reader.lost();
    }

    /** Ends deriving, and waits for the thread. The derived stream stays open. Idempotent. */
    @Override
    public void close() {
        thread.interrupt();
        boolean interrupted = false;
        while (!Thread.currentThread().equals(thread)) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try (reader; emitter) {
            for (T next = reader.take(); next != null; next = reader.take()) {
                deliver(next);
            }
            target.close();
        } catch (InterruptedException | ChannelClosedException e) {
            // Closed, or somebody closed the derived stream: nobody wants more.
        } catch (RuntimeException | Error e) {
            try {
                closeTarget(e);
            } catch (RuntimeException again) {
                e.addSuppressed(again);
            }
            end.completeExceptionally(e);
            return;
        }
        // Behind all that: who has seen the end finds the emitter's role free.
        end.complete(null);
    }

    private void deliver(T element) throws InterruptedException {
        try {
            hand(element);
        } catch (IllegalArgumentException e) {
            // Also when no function made it: a text that another language stored may be longer as the text it is read as.
            throw new ZeroIpcException("element cannot be stored in the derived stream: segment="
                    + target.segment().name() + ", name=" + target.name() + ", from segment=" + source.segment().name()
                    + ", name=" + source.name() + ", " + e.getMessage(), e);
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    private void hand(T element) throws InterruptedException {
        if (whenFull == WhenFull.WAIT) {
            emitter.put(element);
        } else if (!emitter.emit(element)) {
            if (target.isClosed()) {
                throw target.closed();
            }
            dropped++;
        }
    }

    /** A function threw: who reads the derived stream is not to wait for ever. */
    private void closeTarget(Throwable failure) {
        boolean leaving = failure instanceof IllegalStateException && (isClosed(source) || isClosed(target));
        if (!leaving) {
            target.close();
        }
    }

    private static boolean isClosed(SharedStream<?> stream) {
        Attachment attachment = stream.segment().attachment();
        return !attachment.isReadable() && !attachment.isDetached();
    }
}
