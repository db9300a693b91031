package io.zeroipc.segment;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

import io.zeroipc.SegmentDetachedException;
import io.zeroipc.os.FileFacts;
import io.zeroipc.os.FileIdentity;
import io.zeroipc.wait.Deadline;
import io.zeroipc.wait.WaitStrategy;

/**
 * The state of this process's hold on a segment: open, closed, or detached because the file was replaced, removed or
 * truncated behind the mapping. Every operation of every structure asks it first. Thread-safe.
 */
public final class Attachment {

    private static final int WRITABLE = 0;
    private static final int READ_ONLY = 1;
    private static final int CLOSED = 2;
    private static final int DETACHED = 3;

    /** Waiting loops look at the file only after this many fruitless attempts: a peer that answers soon costs nothing. */
    private static final int ATTEMPTS_BEFORE_VERIFY = 128;
    private static final long VERIFY_INTERVAL_NANOS = 1_000_000;

    private final String segment;
    private final Path path;
    private final FileIdentity identity;
    private final long byteSize;
    private final WaitStrategy waitStrategy;

    private final Set<Runnable> beforeClose = ConcurrentHashMap.newKeySet();

    private volatile int state;
    private volatile @Nullable String reason;
    /** Racy on purpose: two threads that both verify do no harm. */
    private long verifiedAtNanos = System.nanoTime();

    Attachment(String segment, Path path, FileIdentity identity, long byteSize, boolean readOnly,
            WaitStrategy waitStrategy) {
        this.segment = segment;
        this.path = path;
        this.identity = identity;
        this.byteSize = byteSize;
        this.waitStrategy = waitStrategy;
        this.state = readOnly ? READ_ONLY : WRITABLE;
    }

    /**
     * Returns when the mapping can be read.
     *
     * @throws IllegalStateException after close, with the segment's name
     * @throws SegmentDetachedException when the file behind the mapping is no longer the segment
     */
    public void ensureReadable() {
        if (state > READ_ONLY) {
            throw failure();
        }
    }

    /**
     * Returns when the mapping can be written.
     *
     * @throws IllegalStateException after close, or when the segment was opened read-only
     * @throws SegmentDetachedException when the file behind the mapping is no longer the segment
     */
    public void ensureWritable() {
        if (state != WRITABLE) {
            throw failure();
        }
    }

    /** Whether reading would succeed, without an exception. */
    public boolean isReadable() {
        return state <= READ_ONLY;
    }

    public boolean isDetached() {
        return state == DETACHED;
    }

    public boolean isReadOnly() {
        return state == READ_ONLY;
    }

    /**
     * One turn of a waiting loop: checks for interruption, close and, at most once a millisecond, for a replaced or
     * truncated file; then lets the segment's wait strategy pass some time.
     *
     * @param attempts fruitless attempts so far, 0 at first
     * @return the value to pass next time
     * @throws InterruptedException when the thread is interrupted
     */
    public int pause(int attempts) throws InterruptedException {
        return pause(waitStrategy, attempts);
    }

    /** As {@link #pause(int)}, with another strategy. */
    public int pause(WaitStrategy strategy, int attempts) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted while waiting: segment=" + segment);
        }
        ensureReadable();
        if (attempts >= ATTEMPTS_BEFORE_VERIFY) {
            long now = System.nanoTime();
            if (now - verifiedAtNanos >= VERIFY_INTERVAL_NANOS) {
                verifiedAtNanos = now;
                verify();
            }
        }
        return strategy.idle(attempts);
    }

    /**
     * Waits until a condition holds, at most until the deadline: {@link #pause(int)} between two looks at it.
     *
     * @return whether it holds
     * @throws InterruptedException when the thread is interrupted before it holds
     */
    public boolean await(BooleanSupplier condition, Deadline deadline) throws InterruptedException {
        int attempts = 0;
        while (!condition.getAsBoolean()) {
            if (deadline.expired()) {
                return false;
            }
            attempts = pause(attempts);
        }
        return true;
    }

    /**
     * Looks at the file and compares it with what was mapped: device, inode and size.
     *
     * @throws SegmentDetachedException when it is not the same any more; from then on every call throws it
     */
    public void verify() {
        ensureReadable();
        String found;
        try {
            FileFacts now = FileFacts.of(path);
            if (!now.identity().equals(identity)) {
                found = "file was replaced by another one";
            } else if (now.size() < byteSize) {
                found = "file was truncated: mapped bytes=" + byteSize + ", file size=" + now.size();
            } else {
                return;
            }
        } catch (NoSuchFileException e) {
            found = "file was removed";
        } catch (IOException e) {
            found = "file cannot be examined: " + e;
        }
        detach(found);
        ensureReadable();
    }

    /**
     * Translates the error that the JVM raises when a mapped page is gone.
     *
     * @return what to throw: the same error when the file proves to be intact
     */
    public RuntimeException translate(InternalError error) {
        if (isReadable()) {
            try {
                verify();
            } catch (SegmentDetachedException e) {
                e.addSuppressed(error);
                return e;
            }
            throw error;
        }
        RuntimeException failure = failure();
        failure.addSuppressed(error);
        return failure;
    }

    /**
     * Registers what must be done to the segment's bytes before this process lets go of them: a waiting thread that
     * counts itself in shared memory takes that back here. Runs at most once, on the thread that closes, when operations
     * fail already and the bytes are still there; never when the segment is detached. It must not wait for others.
     *
     * @throws IllegalStateException after close, with the segment's name
     * @throws SegmentDetachedException when the file behind the mapping is no longer the segment
     */
    public void addBeforeClose(Runnable action) {
        beforeClose.add(action);
        // Registered first, looked second; close() changes the state first and looks for actions second. So one of the
        // two sees the other, and no action is left behind.
        if (state > READ_ONLY) {
            beforeClose.remove(action);
            throw failure();
        }
    }

    /** Takes back {@link #addBeforeClose}; without effect when it has run, or is not registered. */
    public void removeBeforeClose(Runnable action) {
        beforeClose.remove(action);
    }

    void close() {
        boolean attached;
        synchronized (this) {
            attached = state <= READ_ONLY;
            state = CLOSED;
        }
        if (attached) {
            for (Runnable action : beforeClose) {
                try {
                    action.run();
                } catch (InternalError e) {
                    // The file has lost the page, unnoticed until now: there is nobody left to tell.
                    break;
                }
            }
        }
        beforeClose.clear();
    }

    private synchronized void detach(String found) {
        if (state <= READ_ONLY) {
            reason = found;
            state = DETACHED;
        }
    }

    private RuntimeException failure() {
        return switch (state) {
            case READ_ONLY -> new IllegalStateException("segment is open read-only: segment=" + segment);
            case DETACHED -> new SegmentDetachedException("segment is detached, " + reason + ": segment=" + segment
                    + ", path=" + path + " (open it again to go on with the present file)", path);
            default -> new IllegalStateException("segment is closed: segment=" + segment);
        };
    }
}
