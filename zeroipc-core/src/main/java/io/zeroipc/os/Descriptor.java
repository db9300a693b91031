package io.zeroipc.os;

/**
 * A number by which this process has something of the kernel, until it is closed. None is inherited by child processes.
 *
 * <p>
 * Closing is idempotent and thread-safe; whatever else uses the number must not run at the same time as the closing.
 */
public abstract sealed class Descriptor implements AutoCloseable
        permits NativeFile, Alarm, FileEvents, ProcessDescriptor {
    private final int fd;
    private boolean closed;

    Descriptor(int fd) {
        this.fd = fd;
    }

    final int fd() {
        return fd;
    }

    /** Whether it is closed, or somebody else in this process has closed its number: nothing comes of it any more. */
    public final synchronized boolean isClosed() {
        return closed;
    }

    /** Somebody else has closed it: the number may be that of another thing any time, and is not closed once more. */
    final synchronized void lost() {
        closed = true;
    }

    @Override
    public final synchronized void close() {
        if (!closed) {
            closed = true;
            // Never repeated: Linux frees the descriptor even when close reports an interruption.
            Libc.close(fd);
        }
    }
}
