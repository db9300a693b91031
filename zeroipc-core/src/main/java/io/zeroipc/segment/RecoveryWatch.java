package io.zeroipc.segment;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.jspecify.annotations.Nullable;

/**
 * The one thread of this JVM that looks, for as long as a segment is open, whether somebody has died: for those obstacles that
 * nobody runs into while he waits. Looking costs a system call for each other participant of a segment, and none without others.
 */
final class RecoveryWatch {

    private static final long INTERVAL_MILLIS = 50;

    private static final List<Recovery> WATCHED = new CopyOnWriteArrayList<>();
    /** Under the list's monitor. */
    private static @Nullable Thread thread;

    private RecoveryWatch() {
    }

    static void add(Recovery recovery) {
        synchronized (WATCHED) {
            WATCHED.add(recovery);
            if (thread == null) {
                thread = Thread.ofPlatform().daemon().name("zeroipc-recovery").start(RecoveryWatch::run);
            }
        }
    }

    static void remove(Recovery recovery) {
        synchronized (WATCHED) {
            WATCHED.remove(recovery);
            // The thread ends when there is nothing to look at.
            WATCHED.notifyAll();
        }
    }

    private static void run() {
        while (true) {
            synchronized (WATCHED) {
                try {
                    WATCHED.wait(INTERVAL_MILLIS);
                } catch (InterruptedException e) {
                    // Nobody has a reason to; it goes on for those who rely on it.
                }
                if (WATCHED.isEmpty()) {
                    thread = null;
                    return;
                }
            }
            WATCHED.forEach(RecoveryWatch::look);
        }
    }

    private static void look(Recovery recovery) {
        try {
            recovery.look();
        } catch (RuntimeException | Error e) {
            // Told, and no end of the looks at the others: nobody would start this thread again.
            Thread current = Thread.currentThread();
            current.getUncaughtExceptionHandler().uncaughtException(current, e);
        }
    }
}
