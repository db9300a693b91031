package io.zeroipc.os;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;

import org.jspecify.annotations.Nullable;

/** Wakes a thread of this JVM that sleeps in {@link Poll}: eventfd(2). A ring is never lost; several before a wake are one. */
public final class Alarm extends Descriptor {

    private Alarm(int fd) {
        super(fd);
    }

    /** Null without native access, or when the kernel gives none: too many descriptors, a sandbox. */
    public static @Nullable Alarm open() {
        int fd = NativeAccess.isAvailable() ? Libc.eventDescriptor() : -1;
        return fd < 0 ? null : new Alarm(fd);
    }

    /** From any thread, also while it is being closed, and afterwards without effect. Does not block. */
    public synchronized void ring() {
        if (!isClosed()) {
            Libc.ring(fd());
        }
    }

    /** Makes it quiet until the next ring. For the thread that sleeps. */
    public void clear() {
        try (Arena arena = Arena.ofConfined()) {
            long result = Libc.read(fd(), arena.allocate(ValueLayout.JAVA_LONG));
            if (result < 0 && result != -Libc.EAGAIN) {
                lost();
            }
        }
    }
}
