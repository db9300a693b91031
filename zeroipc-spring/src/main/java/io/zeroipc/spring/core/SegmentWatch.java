package io.zeroipc.spring.core;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.zeroipc.collection.SharedQueue;
import io.zeroipc.segment.Structure;

/**
 * Looks every half second whether the files of open segments are still there, whether somebody has got stuck in their
 * structures, and who takes part in them, and skips what was claimed in queues and given back. Whoever waits finds out by himself
 * that a file is gone, and so do listeners and templates; code that only writes into a structure it was given would go on for ever
 * into a file that nobody sees. One daemon thread for a registry, from its first open segment to its end.
 */
final class SegmentWatch implements AutoCloseable {

    private static final long INTERVAL_MILLIS = 500;

    private final Supplier<? extends Collection<SegmentSlot>> slots;
    private final ParticipantWatch participants;
    private final StallWatch stalls = new StallWatch();
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable Thread thread;
    private boolean closed;

    SegmentWatch(Supplier<? extends Collection<SegmentSlot>> slots, ParticipantWatch participants) {
        this.slots = slots;
        this.participants = participants;
    }

    /** Idempotent, and without effect after the close. */
    void start() {
        if (thread != null) {
            return;
        }
        lock.lock();
        try {
            if (thread == null && !closed) {
                thread = Thread.ofPlatform().daemon().name("zeroipc-segments").start(this::look);
            }
        } finally {
            lock.unlock();
        }
    }

    private void look() {
        try {
            while (true) {
                TimeUnit.MILLISECONDS.sleep(INTERVAL_MILLIS);
                lookOnce();
            }
        } catch (InterruptedException e) {
            // The registry is closed.
        }
    }

    private void lookOnce() {
        Set<ChannelName> open = new HashSet<>();
        Set<String> segments = new HashSet<>();
        for (SegmentSlot slot : slots.get()) {
            slot.noticeDetachment();
            slot.lookAtParticipants(participants);
            segments.add(slot.name());
            slot.openStructures().forEach((channel, structure) -> {
                open.add(channel);
                settle(structure);
                stalls.look(channel, structure);
            });
        }
        stalls.retain(open);
        participants.retain(segments);
    }

    /**
     * A producer that has given a claim back and sends nothing more is the only one who can skip it, and consumers in other processes
     * wait there.
     */
    private static void settle(Structure structure) {
        if (structure instanceof SharedQueue<?> queue && !queue.segment().isReadOnly()) {
            // Closed meanwhile, perhaps: then that was done.
            UserCode.<@Nullable Integer>call(queue::settle, _ -> null);
        }
    }

    List<StuckStructure> stuck() {
        return stalls.stuck();
    }

    @Override
    public void close() {
        Thread running;
        lock.lock();
        try {
            closed = true;
            running = thread;
        } finally {
            lock.unlock();
        }
        if (running == null) {
            return;
        }
        running.interrupt();
        try {
            running.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
