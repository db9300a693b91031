package io.zeroipc.spring.listener;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingStream;

/** Records where virtual threads in code of ours held on to their carriers. */
final class PinnedThreads implements AutoCloseable {

    private static final String EVENT = "jdk.VirtualThreadPinned";

    private final RecordingStream recording = new RecordingStream();
    private final List<RecordedEvent> events = new CopyOnWriteArrayList<>();
    private Instant since = Instant.EPOCH;

    PinnedThreads() {
        recording.enable(EVENT).withThreshold(Duration.ZERO).withStackTrace();
        recording.setReuse(false);
        recording.onEvent(EVENT, events::add);
        recording.startAsync();
    }

    /**
     * What began so far is no matter: the JDK itself pins a thread that waits until another one has initialized a class. Events arrive up to
     * a second later than what they tell of, so that their own time is what counts.
     */
    void forget() {
        since = Instant.now();
    }

    /** Ends the recording. */
    List<RecordedEvent> stop() {
        recording.stop();
        // A thread that waits until another one has loaded or linked a class is pinned as well, whenever that is.
        return events.stream()
                .filter(event -> event.getStartTime().isAfter(since))
                .filter(inStackTrace(name -> name.startsWith("io.zeroipc"))
                        .and(inStackTrace("java.lang.ClassLoader"::equals).negate()))
                .filter(event -> !isAtClassLock(event))
                .toList();
    }

    /**
     * Whether it waited for the lock by which the JVM links and initializes a class. Only there does it enter a monitor in a critical
     * section of its own, which is the second of its reasons; a monitor of ours pins below a native frame alone, which has a name.
     */
    private static boolean isAtClassLock(RecordedEvent event) {
        return event.getString("blockingOperation").equals("Contended monitor enter")
                && event.getString("pinnedReason").equals("Freeze or preempt failed (2)");
    }

    private static Predicate<RecordedEvent> inStackTrace(Predicate<String> type) {
        return event -> event.getStackTrace() != null && event.getStackTrace()
                .getFrames()
                .stream()
                .anyMatch(frame -> type.test(frame.getMethod().getType().getName()));
    }

    @Override
    public void close() {
        recording.close();
    }
}
