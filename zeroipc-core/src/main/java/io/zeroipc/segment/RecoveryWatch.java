package io.zeroipc.segment;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

import io.zeroipc.os.Alarm;
import io.zeroipc.os.Descriptor;
import io.zeroipc.os.FileEvents;
import io.zeroipc.os.Poll;
import io.zeroipc.os.ProcessDescriptor;
import io.zeroipc.os.ProcessIdentity;

/**
 * The one thread of this JVM that notices, for as long as a segment is open, that somebody has died: for those obstacles that
 * nobody runs into while he waits.
 *
 * <p>
 * It sleeps until the kernel says that a process is gone which takes part, or that somebody has opened, closed or changed a
 * segment's file. Every five seconds it looks all the same. Where the kernel cannot tell, it
 * looks as often as {@link Pace} says: without native access, at participants of another namespace of processes, and at dead ones of
 * which something is left.
 */
final class RecoveryWatch {

    /** Under this list's monitor: what is watched, and by whom. */
    private static final List<WatchedSegment> SEGMENTS = new ArrayList<>();
    private static @Nullable RecoveryWatch running;

    private static volatile Pace pace = Pace.NORMAL;
    private static final AtomicLong TURNS = new AtomicLong();

    private final Pace own = pace;
    /** Null where the kernel does not wake this thread. Changed under the list's monitor, by this thread. */
    private @Nullable Alarm alarm;
    /** Under the list's monitor: something was added or removed since the thread looked. */
    private boolean called = true;
    private @Nullable FileEvents files;
    /** When to listen to the files again: however many programs come and go, it wakes this thread so often at most. */
    private long filesAtNanos = System.nanoTime();
    private boolean isKernelDeaf;
    /** Those that are closed have died. */
    private final Map<ProcessIdentity, ProcessDescriptor> processes = new HashMap<>();
    private List<WatchedSegment> watched = List.of();

    private RecoveryWatch() {
    }

    /**
     * How often to look.
     *
     * @param firstNanos between the first two looks after something has happened; each of the next ones comes after twice the time
     * @param unsureNanos where the kernel does not tell
     * @param sureNanos where it does
     * @param listens whether to ask the kernel
     */
    record Pace(long firstNanos, long unsureNanos, long sureNanos, boolean listens) {

        static final Pace NORMAL = new Pace(1_000_000, 50_000_000, 5_000_000_000L, true);

        /** Between two times that the events of files are read. */
        static final long FILES_NANOS = 20_000_000;
    }

    static void add(Recovery recovery, Participants participants, Path path) {
        synchronized (SEGMENTS) {
            SEGMENTS.add(new WatchedSegment(recovery, participants, path, pace));
            if (running == null) {
                RecoveryWatch watch = new RecoveryWatch();
                running = watch;
                Thread.ofPlatform().daemon().name("zeroipc-recovery").start(watch::run);
            } else {
                running.call();
            }
        }
    }

    static void remove(Recovery recovery) {
        synchronized (SEGMENTS) {
            SEGMENTS.removeIf(each -> each.recovery().equals(recovery));
            // The thread ends when there is nothing to look at.
            if (running != null) {
                running.call();
            }
        }
    }

    /** For tests: of threads that start later. */
    static void pace(Pace next) {
        pace = next;
    }

    /** For tests: how often a thread of this JVM has woken up to look whether there is something to do. */
    static long turns() {
        return TURNS.get();
    }

    private void call() {
        called = true;
        if (alarm != null) {
            alarm.ring();
        }
        SEGMENTS.notifyAll();
    }

    private void run() {
        try {
            while (true) {
                @Nullable List<WatchedSegment> present = null;
                synchronized (SEGMENTS) {
                    if (SEGMENTS.isEmpty()) {
                        running = null;
                        return;
                    }
                    if (called) {
                        called = false;
                        present = List.copyOf(SEGMENTS);
                    }
                    if (alarm == null && !isKernelDeaf && own.listens) {
                        alarm = Alarm.open();
                    }
                }
                TURNS.incrementAndGet();
                if (present != null) {
                    change(present);
                }
                look();
                sleep(nanosToNext());
            }
        } finally {
            synchronized (SEGMENTS) {
                if (running == this) {
                    // An error ends it: whoever opens the next segment begins anew.
                    running = null;
                }
            }
            turnDeaf();
        }
    }

    // looking

    private void change(List<WatchedSegment> present) {
        Set<WatchedSegment> gone = new HashSet<>(watched);
        present.forEach(gone::remove);
        // Before others are listened to: the watch of a file that was closed and is open again is the same one.
        gone.stream().filter(WatchedSegment::isListening).map(WatchedSegment::watch).distinct().forEach(watch -> {
            if (files != null && present.stream().noneMatch(each -> each.watch() == watch)) {
                files.forget(watch);
            }
        });
        watched = present;
    }

    private void look() {
        boolean changed = false;
        for (WatchedSegment segment : watched) {
            if (segment.isLookDue() && !segment.isListening()) {
                listen(segment);
            }
            changed |= guarded(() -> segment.turn(alarm != null && segment.isListening(), this::isWatched));
        }
        if (changed) {
            Set<ProcessIdentity> others = new HashSet<>();
            watched.forEach(each -> others.addAll(each.others()));
            processes.entrySet().removeIf(each -> {
                if (others.contains(each.getKey())) {
                    return false;
                }
                each.getValue().close();
                return true;
            });
        }
    }

    private interface Turn {
        boolean take();
    }

    private static boolean guarded(Turn turn) {
        try {
            return turn.take();
        } catch (RuntimeException | InternalError e) {
            // Told, and no end of the looks at the others. The error is that of a page that was lost behind the access.
            Thread current = Thread.currentThread();
            current.getUncaughtExceptionHandler().uncaughtException(current, e);
            return false;
        }
    }

    /** Whether the kernel will say when a process is gone, which it is not. */
    private boolean isWatched(ProcessIdentity process) {
        if (alarm == null) {
            return false;
        }
        ProcessDescriptor present = processes.get(process);
        if (present == null) {
            present = ProcessDescriptor.open(process);
            if (present == null) {
                return false;
            }
            processes.put(process, present);
        }
        return !present.isClosed();
    }

    private void listen(WatchedSegment segment) {
        if (alarm == null) {
            return;
        }
        if (files == null) {
            files = FileEvents.open();
        }
        if (files != null) {
            segment.listen(files.watch(segment.path()));
        }
    }

    // sleeping

    private long nanosToNext() {
        long now = System.nanoTime();
        long least = Long.MAX_VALUE;
        for (WatchedSegment each : watched) {
            least = Math.min(least, each.nanosToNext(now));
        }
        return least;
    }

    private void sleep(long nanos) {
        if (alarm == null) {
            sleepWithoutEvents(nanos);
            return;
        }
        List<Descriptor> listening = new ArrayList<>(processes.size() + 2);
        listening.add(alarm);
        long timeout = nanos;
        if (files != null) {
            long quiet = filesAtNanos - System.nanoTime();
            if (quiet <= 0) {
                listening.add(files);
            } else {
                timeout = Math.min(timeout, quiet);
            }
        }
        processes.values().stream().filter(each -> !each.isClosed()).forEach(listening::add);
        List<Descriptor> found;
        try {
            found = Poll.await(listening, timeout);
        } catch (IOException e) {
            // Without its permission to sleep there it would never rest.
            isKernelDeaf = true;
            turnDeaf();
            return;
        }
        found.forEach(this::hear);
    }

    private void sleepWithoutEvents(long nanos) {
        synchronized (SEGMENTS) {
            if (!called && nanos > 0) {
                try {
                    SEGMENTS.wait(nanos / 1_000_000, (int) (nanos % 1_000_000));
                } catch (InterruptedException e) {
                    // Nobody has a reason to; it goes on for those who rely on it.
                }
            }
        }
    }

    private void hear(Descriptor descriptor) {
        switch (descriptor) {
            // A ring is heard by waking up.
            case Alarm rung when !rung.isClosed() -> rung.clear();
            case FileEvents happened when !happened.isClosed() -> {
                filesAtNanos = System.nanoTime() + Pace.FILES_NANOS;
                happened.read().forEach(event -> watched.forEach(each -> {
                    if (event.watch() == FileEvents.NO_WATCH || event.watch() == each.watch()) {
                        each.heard(event);
                    }
                }));
            }
            case ProcessDescriptor gone -> {
                // It stays among the others, closed, for as long as a row names it.
                gone.close();
                processes.forEach((process, each) -> {
                    if (each.equals(gone)) {
                        watched.forEach(segment -> segment.died(process));
                    }
                });
            }
            default -> {
                // Somebody closes what is not his.
                isKernelDeaf = true;
                turnDeaf();
            }
        }
    }

    /** Gives everything back that the kernel has given. */
    private void turnDeaf() {
        synchronized (SEGMENTS) {
            if (alarm != null) {
                alarm.close();
                alarm = null;
            }
        }
        if (files != null) {
            files.close();
            files = null;
        }
        processes.values().forEach(Descriptor::close);
        processes.clear();
        watched.forEach(each -> each.listen(FileEvents.NO_WATCH));
    }
}
