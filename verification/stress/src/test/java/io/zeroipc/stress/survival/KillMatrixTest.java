package io.zeroipc.stress.survival;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import io.zeroipc.OwnerDiedException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.flow.SharedChannel;
import io.zeroipc.flow.SharedSignal;
import io.zeroipc.memory.StopPoint;
import io.zeroipc.segment.OnConsumerDeath;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Sink;
import io.zeroipc.segment.Source;
import io.zeroipc.sync.GuardedLock;
import io.zeroipc.sync.SharedBarrier;
import io.zeroipc.sync.SharedEvent;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A process that stops at a step keeps what is its own, for as long as it lives; when it is killed there, the others go on, and
 * nothing is lost that was published.
 */
@Tag("process")
@Tag("slow")
class KillMatrixTest {

    private static final int CAPACITY = 16;
    /** How long survivors look in vain for what is not theirs. */
    private static final long OBSERVED_NANOS = 100_000_000;
    /** Limits a test that fails. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** So many die at the same structure, one after the other. */
    private static final int DEATHS = 1;

    private static final List<String> PRODUCING = List.of("queue-offer", "queue-put", "channel-trySend");
    private static final List<String> CONSUMING = List.of("queue-poll", "queue-take", "channel-tryReceive");
    /** What claims several positions at once, and comes by the steps up to the claim only. */
    private static final String OFFERING_ALL = "queue-offerAll";
    private static final String DRAINING = "queue-drainTo";
    private static final Set<StopPoint> BEHIND_THE_CLAIM = Set.of(StopPoint.QUEUE_WRITTEN, StopPoint.QUEUE_PUBLISHED,
            StopPoint.QUEUE_READ, StopPoint.QUEUE_RELEASED);

    /** What is done to the structure at a step, and has to come of it. */
    private interface Scenario {

        Stream<DynamicTest> tests(StopPoint step);
    }

    private static final Map<StopPoint, Scenario> SCENARIOS = new EnumMap<>(StopPoint.class);

    static {
        SCENARIOS.put(StopPoint.QUEUE_CLAIM_ANNOUNCED, producer(false, Fate.NEVER));
        SCENARIOS.put(StopPoint.QUEUE_CLAIMED, producer(true, Fate.NEVER));
        SCENARIOS.put(StopPoint.QUEUE_CLAIM_CONFIRMED, producer(true, Fate.NEVER));
        SCENARIOS.put(StopPoint.QUEUE_WRITTEN, producer(true, Fate.PERHAPS));
        SCENARIOS.put(StopPoint.QUEUE_PUBLISHED, producer(false, Fate.ALWAYS));
        SCENARIOS.put(StopPoint.QUEUE_TAKE_ANNOUNCED, consumer(false, Fate.ALWAYS));
        SCENARIOS.put(StopPoint.QUEUE_TAKEN, consumer(true, Fate.NEVER));
        SCENARIOS.put(StopPoint.QUEUE_TAKE_CONFIRMED, consumer(true, Fate.NEVER));
        SCENARIOS.put(StopPoint.QUEUE_READ, consumer(true, Fate.NEVER));
        SCENARIOS.put(StopPoint.QUEUE_RELEASED, consumer(false, Fate.NEVER));
        SCENARIOS.put(StopPoint.LOCK_ANNOUNCED, holder(false));
        SCENARIOS.put(StopPoint.LOCK_TAKEN, holder(true));
        SCENARIOS.put(StopPoint.LOCK_CONFIRMED, holder(true));
        SCENARIOS.put(StopPoint.LOCK_UNLOCK_ANNOUNCED, holder(true));
        SCENARIOS.put(StopPoint.LOCK_UNLOCKED, holder(false));
        SCENARIOS.put(StopPoint.BARRIER_ANNOUNCED, both(arrival(0), lastArrival(false)));
        SCENARIOS.put(StopPoint.BARRIER_ARRIVED, both(arrival(1), lastArrival(true)));
        SCENARIOS.put(StopPoint.BARRIER_CONFIRMED, arrival(1));
        SCENARIOS.put(StopPoint.BARRIER_LEAVING, arrival(1));
        SCENARIOS.put(StopPoint.BARRIER_LEFT, arrival(0));
        SCENARIOS.put(StopPoint.SIGNAL_CHANGE_ANNOUNCED, setter());
        SCENARIOS.put(StopPoint.SIGNAL_READ, getter());
        SCENARIOS.put(StopPoint.EVENT_SIGNAL_PENDING, signaller());
        SCENARIOS.put(StopPoint.EVENT_PULSING, pulse());
        SCENARIOS.put(StopPoint.EVENT_RESET, pulse());
        SCENARIOS.put(StopPoint.QUEUE_HEAD_SKIPPED,
                recoverer(StopPoint.QUEUE_CLAIM_CONFIRMED, "queue-offer", List.of(), List.of(4L, 5L, 6L)));
        SCENARIOS.put(StopPoint.RECOVERY_SKIP_DECIDED,
                recoverer(StopPoint.QUEUE_CLAIM_CONFIRMED, "queue-offer", List.of(), List.of(4L, 5L, 6L)));
        SCENARIOS.put(StopPoint.RECOVERY_RELEASE_DECIDED,
                recoverer(StopPoint.QUEUE_TAKE_CONFIRMED, "queue-poll", List.of(3L), List.of(4L, 5L, 6L)));
        SCENARIOS.put(StopPoint.RECOVERY_SETTLED, recoverer(StopPoint.QUEUE_PUBLISHED, "queue-offer", List.of(),
                List.of(Victim.FIRST, 4L, 5L, 6L)));
        SCENARIOS.put(StopPoint.QUEUE_ADOPTED, KillMatrixTest::adoption);
        SCENARIOS.put(StopPoint.QUEUE_KEPT_JOINED, KillMatrixTest::keeping);
        SCENARIOS.put(StopPoint.RECOVERY_UNLOCK_ANNOUNCED, KillMatrixTest::unlocking);
        SCENARIOS.put(StopPoint.RECOVERY_UNLOCKED, KillMatrixTest::unlocking);
    }

    /** Whether survivors get the victim's element, that is the one it was adding or removing. */
    private enum Fate {
        NEVER, PERHAPS, ALWAYS
    }

    /**
     * Of structures whose parts pass from one to the next, and of consumers that end: {@code CollectionRecoveryTest},
     * {@code TopicRecoveryTest} and {@code LeavingRecoveryTest} of the engine kill at each of these.
     */
    private static boolean isKilledAtElsewhere(StopPoint step) {
        return Stream.of("STACK_", "POOL_", "MAP_", "TOPIC_", "RECOVERY_RETURN", "LEAVING_")
                .anyMatch(step.name()::startsWith);
    }

    @TestFactory
    Stream<DynamicTest> shouldGoOnWhenAProcessWasKilledAtAStep() {
        return Stream.of(StopPoint.values()).filter(step -> !isKilledAtElsewhere(step)).flatMap(step -> {
            Scenario scenario = SCENARIOS.get(step);
            return scenario != null ? scenario.tests(step) : Stream.of(DynamicTest.dynamicTest(step.name(), () -> {
                throw new AssertionError("step has no scenario: " + step);
            }));
        });
    }

    private static Stream<String> deeds(StopPoint step, List<String> single, String batch) {
        return Stream.concat(single.stream(), Stream.of(batch).filter(_ -> !BEHIND_THE_CLAIM.contains(step)));
    }

    /** @param owns whether the victim has the position at this step */
    private static Scenario producer(boolean owns, Fate fate) {
        return step -> deeds(step, PRODUCING, OFFERING_ALL)
                .map(deed -> DynamicTest.dynamicTest(step + " " + deed, () -> {
                    try (Scene scene = new Scene()) {
                        Ends ends = Ends.create(scene.segment(), deed);
                        for (int death = 0; death < DEATHS; death++) {
                            killProducer(scene, ends, step, deed, owns, fate);
                            goRound(ends);
                        }
                    }
                }));
    }

    private static void killProducer(Scene scene, Ends ends, StopPoint step, String deed, boolean owns, Fate fate)
            throws Exception {
        boolean batch = deed.equals(OFFERING_ALL);
        ends.offer(1, 3);
        Jvm victim = scene.stoppedAt(step, deed);
        ends.offer(4, 6);
        List<Long> got = new ArrayList<>(ends.observe());
        victim.signal("STOP");
        got.addAll(ends.observe());
        if (owns) {
            assertThat(got).as("delivered past a process that lives and is at %s", step)
                    .startsWith(1L, 2L, 3L)
                    .doesNotContain(4L, 5L, 6L);
        }
        victim.signal("CONT");
        Scene.kill(victim);
        ends.awaitLast(got, 6);
        List<Long> own = got.stream().filter(element -> element >= Victim.FIRST).toList();
        assertThat(got.stream().filter(element -> element < Victim.FIRST)).as("elements of others, of %s", got)
                .containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
        if (!own.isEmpty()) {
            assertThat(own).as("elements of the victim").containsExactlyElementsOf(elements(own.size()));
            assertThat(got.indexOf(own.getFirst())).as("place of %s in %s", own, got).isGreaterThanOrEqualTo(3);
            assertThat(got).as("order of one producer and its batch").containsSubsequence(own);
        }
        switch (fate) {
            case NEVER -> assertThat(own).as("elements that were never written").isEmpty();
            case PERHAPS -> assertThat(own).hasSizeLessThanOrEqualTo(batch ? Victim.BATCH : 1);
            case ALWAYS -> assertThat(own).as("published elements").contains(Victim.FIRST);
        }
    }

    private static List<Long> elements(int count) {
        return LongStream.range(Victim.FIRST, Victim.FIRST + count).boxed().toList();
    }

    private static Scenario consumer(boolean owns, Fate fate) {
        return step -> deeds(step, CONSUMING, DRAINING)
                .map(deed -> DynamicTest.dynamicTest(step + " " + deed, () -> {
                    try (Scene scene = new Scene()) {
                        Ends ends = Ends.create(scene.segment(), deed);
                        for (int death = 0; death < DEATHS; death++) {
                            killConsumer(scene, ends, step, deed, owns, fate);
                            goRound(ends);
                        }
                    }
                }));
    }

    private static void killConsumer(Scene scene, Ends ends, StopPoint step, String deed, boolean owns, Fate fate)
            throws Exception {
        int taken = deed.equals(DRAINING) ? Victim.BATCH : 1;
        ends.offer(1, 6);
        Jvm victim = scene.stoppedAt(step, deed);
        List<Long> got = new ArrayList<>(ends.observe());
        victim.signal("STOP");
        got.addAll(ends.observe());
        int room = 0;
        while (ends.sink().outlet().offer(7L + room)) {
            room++;
        }
        if (owns) {
            assertThat(got).as("taken from a process that lives and is at %s", step).doesNotContain(1L);
            // The first of its positions at least is not free, so that as many as the queue holds do not fit behind it.
            assertThat(room).as("elements that were added while a process lives and is at %s", step)
                    .isLessThanOrEqualTo(CAPACITY - 6 + taken - 1);
        }
        victim.signal("CONT");
        Scene.kill(victim);
        ends.awaitLast(got, 6 + room);
        long first = got.getFirst();
        assertThat(got).as("in order, without a gap")
                .containsExactlyElementsOf(LongStream.rangeClosed(first, 6 + room).boxed().toList());
        switch (fate) {
            case NEVER -> assertThat(first).as("first element behind those that were taken").isBetween(2L, 1L + taken);
            case PERHAPS -> assertThat(first).as("first element").isBetween(1L, 1L + taken);
            case ALWAYS -> assertThat(first).as("first element").isEqualTo(1);
        }
    }

    /** @param owns whether the victim has the lock at this step */
    private static Scenario holder(boolean owns) {
        return step -> Stream.of("lock-mutex", "lock-monitor", "lock-write", "lock-read")
                .map(deed -> DynamicTest.dynamicTest(step + " " + deed, () -> {
                    try (Scene scene = new Scene()) {
                        // Nobody else is inside while a reader is, either: the other side is tried.
                        GuardedLock lock = Victim.lock(scene.segment(), deed.replace("read", "write"));
                        for (int death = 0; death < DEATHS; death++) {
                            Jvm victim = scene.stoppedAt(step, deed);
                            assertThat(isHad(lock)).as("had while a process lives and is at %s", step).isEqualTo(!owns);
                            victim.signal("STOP");
                            assertThat(isHad(lock)).as("had from a stopped process at %s", step).isEqualTo(!owns);
                            victim.signal("CONT");
                            Scene.kill(victim);
                            lockAndRepair(lock);
                        }
                    }
                }));
    }

    private static boolean isHad(GuardedLock lock) throws InterruptedException {
        if (!lock.tryLock(Duration.ofNanos(OBSERVED_NANOS))) {
            return false;
        }
        lock.unlock();
        return true;
    }

    /** Locks it, after a repair where that is wanted. */
    private static void lockAndRepair(GuardedLock lock) throws InterruptedException {
        boolean had;
        try {
            had = lock.tryLock(PATIENCE);
        } catch (OwnerDiedException e) {
            assertThat(lock.isOwnerDead()).isTrue();
            lock.repair(() -> {
                // All is well.
            });
            had = lock.tryLock(PATIENCE);
        }
        assertThat(had).as("had when its holder is dead").isTrue();
        lock.unlock();
    }

    private static Scenario setter() {
        return step -> Stream.of(DynamicTest.dynamicTest(step.name(), () -> {
            try (Scene scene = new Scene()) {
                SharedSignal<Long> signal = SharedSignal.create(scene.segment(), Victim.NAME, Codecs.int64(), 0L);
                Jvm victim = scene.stoppedAt(step, "signal-set");
                assertThat(signal.set(1L, Duration.ofNanos(OBSERVED_NANOS))).as("set while another one lives")
                        .isFalse();
                Scene.kill(victim);
                assertThat(signal.set(2L, PATIENCE)).as("set when the other one is dead").isTrue();
                assertThat(signal.get()).isEqualTo(2);
            }
        }));
    }

    private static Scenario getter() {
        return step -> Stream.of(DynamicTest.dynamicTest(step.name(), () -> {
            try (Scene scene = new Scene()) {
                SharedSignal<Long> signal = SharedSignal.create(scene.segment(), Victim.NAME, Codecs.int64(), 0L);
                Jvm victim = scene.stoppedAt(step, "signal-get");
                assertThat(signal.set(1L, PATIENCE)).as("set while another one reads").isTrue();
                Scene.kill(victim);
                assertThat(signal.set(2L, PATIENCE)).as("set when the reader is dead").isTrue();
                assertThat(signal.get()).isEqualTo(2);
            }
        }));
    }

    private static Scenario signaller() {
        return step -> Stream.of(DynamicTest.dynamicTest(step.name(), () -> {
            try (Scene scene = new Scene()) {
                SharedEvent event = SharedEvent.create(scene.segment(), Victim.NAME, SharedEvent.Mode.AUTO);
                event.signal();
                Scene.kill(scene.stoppedAt(step, "event-signal"));
                assertThat(event.await(PATIENCE)).as("the signal that was there").isTrue();
                assertThat(event.await(Duration.ZERO)).as("one of somebody who has made none").isFalse();
                event.signal();
                assertThat(event.await(PATIENCE)).isTrue();
            }
        }));
    }

    private static Scenario pulse() {
        return step -> Stream.of(DynamicTest.dynamicTest(step.name(), () -> {
            try (Scene scene = new Scene()) {
                SharedEvent event = SharedEvent.create(scene.segment(), Victim.NAME, SharedEvent.Mode.MANUAL);
                Jvm victim = scene.stoppedAt(step, "event-pulse");
                assertThat(event.await(Duration.ZERO)).isEqualTo(step == StopPoint.EVENT_PULSING);
                Scene.kill(victim);
                Scene.await(() -> !event.isSignaled(), "the end of a dead one's pulse");
                event.signal();
                assertThat(event.await(PATIENCE)).isTrue();
            }
        }));
    }

    private static Scenario both(Scenario one, Scenario other) {
        return step -> Stream.concat(one.tests(step), other.tests(step));
    }

    /**
     * Of a first one at a barrier, whose arrival goes with it.
     *
     * @param counted how many have arrived at this step
     */
    private static Scenario arrival(int counted) {
        return step -> Stream.of(DynamicTest.dynamicTest(step + " first", () -> {
            try (Scene scene = new Scene()) {
                SharedBarrier barrier = SharedBarrier.create(scene.segment(), Victim.NAME, 3);
                Jvm victim = scene.stoppedAt(step, "barrier-await");
                long began = System.nanoTime();
                do {
                    scene.segment().recover();
                    assertThat(barrier.arrived()).as("of who is merely stopped").isEqualTo(counted);
                } while (System.nanoTime() - began < OBSERVED_NANOS);
                Scene.kill(victim);
                Scene.await(() -> scene.segment().participants().size() == 1, "the end of what a dead one has left");
                assertThat(barrier.arrived()).isZero();
                try (ExecutorService threads = Executors.newCachedThreadPool()) {
                    assertThat(meet(barrier, threads, 2)).hasSize(2)
                            .allSatisfy(each -> assertThat(each.isDone()).isFalse());
                    assertThat(barrier.await(PATIENCE)).isTrue();
                }
                assertThat(barrier.generation()).isEqualTo(1);
            }
        }));
    }

    /** Of the last one at a barrier. */
    private static Scenario lastArrival(boolean met) {
        return step -> Stream.of(DynamicTest.dynamicTest(step + " last", () -> {
            try (Scene scene = new Scene(); ExecutorService threads = Executors.newCachedThreadPool()) {
                SharedBarrier barrier = SharedBarrier.create(scene.segment(), Victim.NAME, 3);
                List<Future<Boolean>> waiting = meet(barrier, threads, 2);
                Scene.kill(scene.stoppedAt(step, "barrier-await"));
                Scene.await(() -> scene.segment().participants().size() == 1, "the end of what a dead one has left");
                if (!met) {
                    assertThat(barrier.arrived()).isEqualTo(2);
                    assertThat(barrier.await(PATIENCE)).isTrue();
                }
                for (Future<Boolean> each : waiting) {
                    assertThat(each.get()).isTrue();
                }
                assertThat(barrier.generation()).isEqualTo(1);
            }
        }));
    }

    /** So many threads that wait at a barrier when this returns. */
    private static List<Future<Boolean>> meet(SharedBarrier barrier, ExecutorService threads, int count) {
        List<Future<Boolean>> waiting = Stream.generate(() -> threads.submit(() -> barrier.await(PATIENCE)))
                .limit(count)
                .toList();
        Scene.await(() -> barrier.arrived() == count, "arrivals");
        return waiting;
    }

    /**
     * One dies, and then one who mends what that one has left.
     *
     * @param before what is in the queue before the first of them
     * @param left what comes out in the end
     */
    private static Scenario recoverer(StopPoint first, String deed, List<Long> before, List<Long> left) {
        return step -> Stream.of(DynamicTest.dynamicTest(step.name(), () -> {
            try (Scene scene = new Scene()) {
                Ends ends = Ends.create(scene.segment(), deed);
                for (long element : before) {
                    ends.offer(element, element);
                }
                Jvm victim = scene.stoppedAt(first, deed);
                ends.offer(4, 6);
                scene.leave();
                Scene.kill(victim);
                Scene.kill(scene.stoppedAt(step, "queue-recover"));
                Ends again = Ends.open(scene.comeBack(), deed);
                List<Long> got = new ArrayList<>();
                again.awaitLast(got, 6);
                assertThat(got).containsExactlyElementsOf(left);
                goRound(again);
            }
        }));
    }

    private static Stream<DynamicTest> adoption(StopPoint step) {
        return Stream.of(DynamicTest.dynamicTest(step.name(), () -> {
            try (Scene scene = new Scene()) {
                SharedQueue<Long> queue = scene.segment()
                        .create(Victim.NAME, SharedQueue.spec(Codecs.int64(), CAPACITY, OnConsumerDeath.REDELIVER));
                new Ends(queue, queue).offer(1, 1);
                Jvm victim = scene.stoppedAt(StopPoint.QUEUE_READ, "queue-redeliver");
                scene.leave();
                Scene.kill(victim);
                Scene.kill(scene.stoppedAt(step, "queue-adopt"));
                SharedQueue<Long> again = Victim.redelivering(scene.comeBack());
                List<Long> got = new ArrayList<>();
                Ends ends = new Ends(again, again);
                ends.awaitLast(got, 1);
                assertThat(got).containsExactly(1L);
                goRound(ends);
            }
        }));
    }

    /** It has the first element and the second one, and says so of the second one twice. */
    private static Stream<DynamicTest> keeping(StopPoint step) {
        return Stream.of(DynamicTest.dynamicTest(step.name(), () -> {
            try (Scene scene = new Scene()) {
                SharedQueue<Long> queue = scene.segment()
                        .create(Victim.NAME, SharedQueue.spec(Codecs.int64(), CAPACITY, OnConsumerDeath.REDELIVER));
                Ends ends = new Ends(queue, queue);
                ends.offer(1, 4);
                Jvm victim = scene.stoppedAt(step, "queue-keep");
                List<Long> got = new ArrayList<>(ends.observe());
                victim.signal("STOP");
                got.addAll(ends.observe());
                assertThat(got).as("delivered while a process lives that keeps the others").containsExactly(3L, 4L);
                victim.signal("CONT");
                Scene.kill(victim);
                got.clear();
                ends.awaitLast(got, 2);
                assertThat(got).containsExactly(1L, 2L);
                goRound(ends);
            }
        }));
    }

    private static Stream<DynamicTest> unlocking(StopPoint step) {
        return Stream.of("lock-mutex", "lock-monitor", "lock-write")
                .map(deed -> DynamicTest.dynamicTest(step + " " + deed, () -> {
                    try (Scene scene = new Scene()) {
                        Victim.lock(scene.segment(), deed);
                        Jvm victim = scene.stoppedAt(StopPoint.LOCK_CONFIRMED, deed);
                        scene.leave();
                        Scene.kill(victim);
                        Scene.kill(scene.stoppedAt(step, deed));
                        lockAndRepair(Victim.lock(scene.comeBack(), deed));
                    }
                }));
    }

    /** As many elements as it holds go in, and come out, several times. */
    private static void goRound(Ends ends) throws InterruptedException {
        for (int lap = 0; lap < 3; lap++) {
            ends.offer(1, CAPACITY);
            List<Long> got = new ArrayList<>();
            ends.awaitLast(got, CAPACITY);
            assertThat(got).as("lap %s", lap)
                    .containsExactlyElementsOf(LongStream.rangeClosed(1, CAPACITY).boxed().toList());
        }
    }

    /** Both ends of what a deed is done to. */
    private record Ends(Sink<Long> sink, Source<Long> source) {

        static Ends create(Segment segment, String deed) {
            if (deed.startsWith("channel")) {
                SharedChannel<Long> channel = SharedChannel.create(segment, Victim.NAME, Codecs.int64(), CAPACITY);
                return new Ends(channel, channel);
            }
            SharedQueue<Long> queue = SharedQueue.create(segment, Victim.NAME, Codecs.int64(), CAPACITY);
            return new Ends(queue, queue);
        }

        static Ends open(Segment segment, String deed) {
            return deed.startsWith("channel")
                    ? new Ends(Victim.channel(segment), Victim.channel(segment))
                    : new Ends(Victim.queue(segment), Victim.queue(segment));
        }

        /** Adds all of these, waiting for room. */
        void offer(long from, long to) throws InterruptedException {
            for (long element = from; element <= to; element++) {
                long began = System.nanoTime();
                while (!sink.outlet().offer(element)) {
                    assertThat(System.nanoTime() - began).as("nanoseconds without room for element %s of %s to %s: %s",
                            element, from, to, sink).isLessThan(PATIENCE.toNanos());
                    Thread.onSpinWait();
                }
            }
        }

        /** What comes in some time. */
        List<Long> observe() throws InterruptedException {
            List<Long> got = new ArrayList<>();
            long began = System.nanoTime();
            try (var intake = source.intake(Source.Start.EARLIEST)) {
                while (System.nanoTime() - began < OBSERVED_NANOS) {
                    Long element = intake.poll();
                    if (element != null) {
                        got.add(element);
                    }
                }
            }
            return Collections.unmodifiableList(got);
        }

        /** Adds to a list what comes, until it ends with this element. */
        void awaitLast(List<Long> got, long last) throws InterruptedException {
            long began = System.nanoTime();
            try (var intake = source.intake(Source.Start.EARLIEST)) {
                while (got.isEmpty() || got.getLast() != last) {
                    Long element = intake.poll();
                    if (element != null) {
                        got.add(element);
                    } else {
                        assertThat(System.nanoTime() - began).as("nanoseconds without element %s, after %s: %s, %s",
                                last, got, source, source.stall()).isLessThan(PATIENCE.toNanos());
                    }
                }
            }
        }
    }

    private Scene scene;

    @BeforeEach
    void open() throws Exception {
        scene = new Scene();
    }

    @AfterEach
    void close() throws Exception {
        scene.close();
    }

    @Test
    void shouldDeliverAClaimedElementFirstWhenItsProcessWasOnlyStopped() throws Exception {
        Ends ends = Ends.create(scene.segment(), "queue");
        Jvm holder = scene.holding("queue-claim");
        ends.offer(1, 3);
        holder.signal("STOP");
        assertThat(ends.observe()).as("delivered past a stopped process").isEmpty();
        holder.signal("CONT");
        holder.tell("go on");
        Scene.awaitEnd(holder);
        List<Long> got = new ArrayList<>();
        ends.awaitLast(got, 3);
        assertThat(got).containsExactly(Victim.FIRST, 1L, 2L, 3L);
        goRound(ends);
    }

    @Test
    void shouldKeepASlotThatIsBeingReadWhenItsProcessWasOnlyStopped() throws Exception {
        Ends ends = Ends.create(scene.segment(), "queue");
        ends.offer(1, CAPACITY);
        Jvm holder = scene.holding("queue-slot");
        holder.signal("STOP");
        assertThat(ends.observe()).hasSize(CAPACITY - 1).startsWith(2L);
        assertThat(ends.sink().outlet().offer(1L)).as("room in the slot of a stopped process").isFalse();
        holder.signal("CONT");
        holder.tell("go on");
        Scene.awaitEnd(holder);
        goRound(ends);
    }

    @Test
    void shouldSkipAClaimWhenItsProcessWasKilled() throws Exception {
        Ends ends = Ends.create(scene.segment(), "queue");
        Jvm holder = scene.holding("queue-claim");
        ends.offer(1, 3);
        Scene.kill(holder);
        List<Long> got = new ArrayList<>();
        ends.awaitLast(got, 3);
        assertThat(got).containsExactly(1L, 2L, 3L);
        goRound(ends);
    }

    @Test
    void shouldFreeASlotThatWasBeingReadWhenItsProcessWasKilled() throws Exception {
        Ends ends = Ends.create(scene.segment(), "queue");
        ends.offer(1, CAPACITY);
        Jvm holder = scene.holding("queue-slot");
        Scene.kill(holder);
        List<Long> got = new ArrayList<>();
        ends.awaitLast(got, CAPACITY);
        assertThat(got).hasSize(CAPACITY - 1).startsWith(2L);
        goRound(ends);
    }
}
