package io.zeroipc.stress.survival;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.flow.SharedChannel;
import io.zeroipc.flow.SharedSignal;
import io.zeroipc.segment.CommittingIntake;
import io.zeroipc.segment.OnConsumerDeath;
import io.zeroipc.segment.Participant;
import io.zeroipc.segment.RecoveryOutcome;
import io.zeroipc.segment.Segment;
import io.zeroipc.sync.GuardedLock;
import io.zeroipc.sync.SharedBarrier;
import io.zeroipc.sync.SharedEvent;
import io.zeroipc.sync.SharedMonitor;
import io.zeroipc.sync.SharedMutex;
import io.zeroipc.sync.SharedRwLock;

/**
 * A process that does one thing with a segment, and is killed at some step of it. The first line of its standard input says what
 * and where; a later one lets it go on where it waits itself.
 */
final class Victim {

    /** The name of the structure. */
    static final String NAME = "shared";
    /** Its elements are this one and the next ones. */
    static final long FIRST = 1001;
    static final int BATCH = 3;

    /** What it prints when it holds something. */
    static final String HOLDS = "holds";
    /** What it prints when it was not killed. */
    static final String DONE = "done";

    private static final Map<String, Deed> DEEDS = Map.ofEntries(
            Map.entry("queue-offer", (segment, _) -> queue(segment).offer(FIRST)),
            Map.entry("queue-put", (segment, _) -> queue(segment).put(FIRST)),
            Map.entry("queue-offerAll", (segment, _) -> queue(segment).offerAll(List.of(FIRST, FIRST + 1, FIRST + 2))),
            Map.entry("queue-claim", Victim::claim),
            Map.entry("queue-poll", (segment, _) -> queue(segment).poll()),
            Map.entry("queue-take", (segment, _) -> queue(segment).take()),
            Map.entry("queue-drainTo", (segment, _) -> queue(segment).drainTo(_ -> {
                // Only that they are taken.
            }, BATCH)),
            Map.entry("queue-redeliver", (segment, _) -> redelivering(segment).poll()),
            Map.entry("queue-adopt", Victim::adopt),
            Map.entry("queue-keep", Victim::keep),
            Map.entry("queue-recover", Victim::recover),
            Map.entry("queue-slot", Victim::slot),
            Map.entry("channel-trySend", (segment, _) -> channel(segment).trySend(FIRST)),
            Map.entry("channel-tryReceive", (segment, _) -> channel(segment).tryReceive()),
            Map.entry("lock-mutex", (segment, _) -> pass(lock(segment, "lock-mutex"))),
            Map.entry("lock-monitor", (segment, _) -> pass(lock(segment, "lock-monitor"))),
            Map.entry("lock-write", (segment, _) -> pass(lock(segment, "lock-write"))),
            Map.entry("lock-read", (segment, _) -> pass(lock(segment, "lock-read"))),
            Map.entry("barrier-await", (segment, _) -> SharedBarrier.open(segment, NAME).await(Duration.ZERO)),
            Map.entry("signal-set", (segment, _) -> SharedSignal.open(segment, NAME, Codecs.int64()).set(FIRST)),
            Map.entry("signal-get", (segment, _) -> SharedSignal.open(segment, NAME, Codecs.int64()).get()),
            Map.entry("event-signal", (segment, _) -> SharedEvent.open(segment, NAME).signal()),
            Map.entry("event-pulse", (segment, _) -> SharedEvent.open(segment, NAME).pulse()));

    private interface Deed {

        void on(Segment segment, BufferedReader commands) throws Exception;
    }

    private Victim() {
    }

    static String command(String deed, Path segment) {
        return deed + "\t" + segment;
    }

    public static void main(String[] none) throws Exception {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String[] command = commands.readLine().split("\t", -1);
        try (Segment segment = Segment.at(Path.of(command[1])).open()) {
            DEEDS.get(command[0]).on(segment, commands);
            say(DONE);
            // Ends with whoever started this.
            commands.lines().forEach(_ -> {
                // Nothing more is wanted of it.
            });
        }
    }

    static SharedQueue<Long> queue(Segment segment) {
        return SharedQueue.open(segment, NAME, Codecs.int64());
    }

    static SharedChannel<Long> channel(Segment segment) {
        return SharedChannel.open(segment, NAME, Codecs.int64());
    }

    static SharedQueue<Long> redelivering(Segment segment) {
        return segment.open(NAME, SharedQueue.spec(Codecs.int64(), 0, OnConsumerDeath.REDELIVER));
    }

    /** The lock that a deed takes. */
    static GuardedLock lock(Segment segment, String deed) {
        return switch (deed) {
            case "lock-mutex" -> SharedMutex.openOrCreate(segment, NAME);
            case "lock-monitor" -> SharedMonitor.openOrCreate(segment, NAME);
            case "lock-write" -> SharedRwLock.openOrCreate(segment, NAME).writeLock();
            case "lock-read" -> SharedRwLock.openOrCreate(segment, NAME).readLock();
            default -> throw new IllegalArgumentException(deed);
        };
    }

    private static void claim(Segment segment, BufferedReader commands) throws IOException {
        SharedQueue<Long> queue = queue(segment);
        long claim = queue.tryClaim();
        say(HOLDS);
        commands.readLine();
        Codecs.int64().encode(FIRST, queue.slots(), queue.slotOffset(claim));
        queue.publish(claim);
    }

    /** Until nothing is left of anybody. */
    private static void recover(Segment segment, BufferedReader commands) {
        SharedQueue<Long> queue = queue(segment);
        while (segment.participants().size() > 1) {
            segment.recover();
            Thread.onSpinWait();
        }
        say("nobody else takes part in " + queue);
    }

    /** Until an element of a dead one came. */
    private static void adopt(Segment segment, BufferedReader commands) {
        SharedQueue<Long> queue = redelivering(segment);
        while (!segment.recoveries().containsKey(RecoveryOutcome.REDELIVERED)) {
            if (segment.participants().stream().anyMatch(Participant::dead)) {
                queue.poll();
            }
            segment.recover();
        }
    }

    private static void keep(Segment segment, BufferedReader commands) {
        CommittingIntake<Long> intake = redelivering(segment).committingIntake();
        intake.poll();
        intake.poll();
    }

    private static void pass(GuardedLock lock) throws InterruptedException {
        lock.lock();
        lock.unlock();
    }

    private static void slot(Segment segment, BufferedReader commands) {
        queue(segment).poll((_, _) -> {
            say(HOLDS);
            try {
                commands.readLine();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
