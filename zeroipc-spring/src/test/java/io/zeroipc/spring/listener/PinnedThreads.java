package io.zeroipc.spring.listener;

import java.time.Duration;
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

    PinnedThreads() {
        recording.enable(EVENT).withThreshold(Duration.ZERO).withStackTrace();
        recording.setReuse(false);
        recording.onEvent(EVENT, events::add);
        recording.startAsync();
    }

    /** What was recorded so far is no matter: the JDK itself pins a thread that waits until another one has initialized a class. */
    void forget() {
        events.clear();
    }

    /** Ends the recording. */
    List<RecordedEvent> stop() {
        recording.stop();
        // A thread that waits until another one has loaded a class is pinned as well, whenever that is.
        return events.stream()
                .filter(inStackTrace(name -> name.startsWith("io.zeroipc"))
                        .and(inStackTrace("java.lang.ClassLoader"::equals).negate()))
                .toList();
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
