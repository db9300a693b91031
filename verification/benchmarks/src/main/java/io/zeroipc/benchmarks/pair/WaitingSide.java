package io.zeroipc.benchmarks.pair;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

import io.zeroipc.benchmarks.pair.Place.Side;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.segment.OnClose;
import io.zeroipc.segment.Pollers;
import io.zeroipc.segment.Segment;
import io.zeroipc.wait.WaitStrategy;

/** The part of a {@link Worker} that waits instead of spinning. */
final class WaitingSide implements AutoCloseable {

    /** In place of a strategy: the listeners of the Spring layer, with what they have by default. */
    static final String LISTENERS = "listeners";
    /** The same, with a group of two threads that waits for all of them. */
    static final String POLLED = "polled-listeners";
    private static final long END = -1;
    private static final long SECOND = 1_000_000_000;
    private static final int CAPACITY = 2;
    /** What else stands in the table of a segment with so many queues. */
    static final int ENTRIES_BESIDE = 16;
    private static final int BYTES_PER_QUEUE = 1024;
    private static final int STACK_BYTES = 256 << 10;

    private @Nullable Wakeups wakeups;
    private @Nullable Segment segment;
    private @Nullable IdleListeners listeners;
    private final List<Thread> waiters = new ArrayList<>();

    String execute(Path directory, String[] words) throws Exception {
        return switch (words[0]) {
            // wait STRATEGY COUNT
            case "wait" -> {
                int count = Integer.parseInt(words[2]);
                Path file = directory.resolve("waiting-" + ProcessHandle.current().pid());
                long bytes = (1L << 20) + (long) count * BYTES_PER_QUEUE;
                if (words[1].equals(LISTENERS) || words[1].equals(POLLED)) {
                    listeners = new IdleListeners(file, count, bytes,
                            words[1].equals(POLLED) ? new Pollers(2, "pollers") : null);
                } else {
                    startWaiting(file, bytes, WaitStrategy.ofName(words[1]), count);
                }
                yield Worker.OK;
            }
            // wake-open active|passive STRATEGY
            case "wake-open" -> {
                close();
                Side side = Side.valueOf(words[1]);
                wakeups = Wakeups.open(new Place(directory, "wake-" + words[2], side, Long.BYTES), words[2]);
                yield Worker.OK;
            }
            case "wake-close" -> {
                close();
                yield Worker.OK;
            }
            case "wake-echo" -> echo(opened());
            // wake PER_SECOND NANOS
            case "wake" -> wake(opened(), Integer.parseInt(words[1]), Long.parseLong(words[2])).toLine();
            default -> throw new IllegalArgumentException("command is unknown: " + words[0]);
        };
    }

    private Wakeups opened() {
        if (wakeups == null) {
            throw new IllegalStateException("wake-ups are not open");
        }
        return wakeups;
    }

    /** A thread for each of so many queues, in which nothing ever arrives. */
    private void startWaiting(Path file, long bytes, WaitStrategy strategy, int count) {
        Segment opened = Segment.at(file)
                .size(bytes)
                .maxEntries(count + ENTRIES_BESIDE)
                .waitStrategy(strategy)
                .onClose(OnClose.DELETE)
                .create();
        segment = opened;
        for (int i = 0; i < count; i++) {
            SharedQueue<Long> queue = SharedQueue.create(opened, "queue-" + i, Codecs.int64(), CAPACITY);
            Thread waiter = new Thread(null, () -> {
                try {
                    queue.take();
                } catch (InterruptedException e) {
                    // it is over
                }
            }, "waiter-" + i, STACK_BYTES);
            waiter.start();
            waiters.add(waiter);
        }
    }

    private static String echo(Wakeups side) throws InterruptedException {
        for (long number = side.receive(); number != END; number = side.receive()) {
            side.send(number);
        }
        side.send(END);
        return Worker.OK;
    }

    /** Sleeps between two sends, and counts from each of them until its answer has woken this thread. */
    private static Outcome wake(Wakeups side, int perSecond, long nanos) throws InterruptedException {
        var times = Outcome.histogram();
        long start = System.nanoTime();
        Schedule schedule = new Schedule(start + SECOND / perSecond, perSecond);
        long number = 0;
        long wrong = 0;
        for (; schedule.intended(number) - start <= nanos; number++) {
            long now = System.nanoTime();
            if (now - start > 2 * nanos) {
                break;
            }
            for (long early = schedule.intended(number) - now; early > 0; early = schedule.intended(number)
                    - System.nanoTime()) {
                LockSupport.parkNanos(early);
            }
            long sent = System.nanoTime();
            side.send(number + 1);
            if (side.receive() != number + 1) {
                wrong++;
            }
            Outcome.add(times, System.nanoTime() - sent);
        }
        side.send(END);
        if (side.receive() != END) {
            wrong++;
        }
        return new Outcome(number, System.nanoTime() - start, wrong, 0, times);
    }

    @Override
    public void close() throws IOException {
        waiters.forEach(Thread::interrupt);
        try {
            for (Thread waiter : waiters) {
                waiter.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        waiters.clear();
        if (listeners != null) {
            listeners.close();
            listeners = null;
        }
        if (segment != null) {
            segment.close();
            segment = null;
        }
        if (wakeups != null) {
            wakeups.close();
            wakeups = null;
        }
    }
}
