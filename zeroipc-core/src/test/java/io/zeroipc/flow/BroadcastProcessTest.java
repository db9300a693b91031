package io.zeroipc.flow;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.flow.BroadcastChild.Figures;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Source.Start;
import io.zeroipc.test.PeerProcess;
import io.zeroipc.testing.Checked;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * One process emits into a broadcast stream that is far too small for what it emits, others subscribe: one that keeps up as
 * well as it can, one that is slow, one that comes late. Everybody must account for every element.
 */
@Tag("process")
class BroadcastProcessTest {

    private static final int CAPACITY = 64;
    private static final long FIRST_COUNT = 1_000;
    private static final long COUNT = 300_000;
    private static final long ENDLESS = Long.MAX_VALUE / 2;

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private final List<PeerProcess> children = new ArrayList<>();
    private Segment segment;
    private SharedStream<Checked> stream;

    @BeforeEach
    void create() {
        segment = segments.create(1 << 16);
        stream = SharedStream
                .create(segment, BroadcastChild.STREAM, Checked.CODEC, CAPACITY, SharedStream.Mode.BROADCAST);
    }

    @AfterEach
    void endChildren() {
        children.forEach(PeerProcess::close);
    }

    @Test
    void shouldAccountForEveryElementWhenTheEmitterOverwritesConstantly() throws Exception {
        Subscriber fast = subscribe("fast", Start.LATEST, BroadcastChild.FAST);
        Subscriber slow = subscribe("slow", Start.LATEST, BroadcastChild.SLOW);
        ended(emit(FIRST_COUNT));
        assertThat(stream.size()).isEqualTo(CAPACITY);
        Subscriber late = subscribe("late", Start.EARLIEST, BroadcastChild.FAST);
        ended(emit(COUNT));
        stream.close();

        long emitted = FIRST_COUNT + COUNT;
        assertThat(stream.sequence()).isEqualTo(emitted);
        fast.assertComplete(0, emitted);
        slow.assertComplete(0, emitted);
        assertThat(slow.figures().lost()).isGreaterThan(CAPACITY);
        late.assertComplete(FIRST_COUNT - CAPACITY, emitted);
    }

    @Test
    void shouldGoOnWhenEmitterAndSubscribersAreKilled() throws Exception {
        Subscriber survivor = subscribe("survivor", Start.LATEST, BroadcastChild.FAST);
        for (int round = 0; round < 3; round++) {
            Subscriber victim = subscribe("victim" + round, Start.LATEST, BroadcastChild.SLOW);
            PeerProcess emitter = emit(ENDLESS);
            await().until(() -> victim.figures().received() > 0);
            victim.process.kill();
            emitter.kill();
            assertThat(victim.figures()).satisfies(BroadcastProcessTest::assertWhole);
        }
        ended(emit(COUNT));
        stream.close();
        survivor.assertComplete(0, BroadcastChild.end(stream));
    }

    /** As long as {@code -Dzeroipc.soak} says, a minute otherwise: an ISO duration. The emitter is killed once a minute. */
    @Test
    @Tag("stress")
    void shouldTearNothingWhenOverwrittenForALongTime() throws Exception {
        Duration duration = Duration.parse(System.getProperty("zeroipc.soak", "PT1M"));
        long end = System.nanoTime() + duration.toNanos();
        List<Subscriber> subscribers = new ArrayList<>();
        subscribers.add(subscribe("fast", Start.LATEST, BroadcastChild.FAST));
        subscribers.add(subscribe("slow", Start.LATEST, BroadcastChild.SLOW));
        ended(emit(FIRST_COUNT));
        subscribers.add(subscribe("late", Start.EARLIEST, BroadcastChild.FAST));
        PeerProcess emitter = emit(ENDLESS);
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            pass(Math.min(left, TimeUnit.MINUTES.toNanos(1)));
            emitter.kill();
            print(subscribers);
            emitter = emit(ENDLESS);
        }
        emitter.send("stop");
        ended(emitter);
        stream.close();
        long emitted = BroadcastChild.end(stream);
        for (Subscriber each : subscribers) {
            each.assertComplete(each.name.equals("late") ? FIRST_COUNT - CAPACITY : 0, emitted);
        }
        print(subscribers);
    }

    private void print(List<Subscriber> subscribers) {
        StringBuilder line = new StringBuilder("soak: emitted=").append(stream.sequence());
        for (Subscriber each : subscribers) {
            line.append("; ").append(each.name).append(' ').append(each.figures());
        }
        System.out.println(line);
    }

    /** Nothing to wait for but the time itself. */
    private static void pass(long nanos) throws InterruptedException {
        assertThat(new CountDownLatch(1).await(nanos, TimeUnit.NANOSECONDS)).isFalse();
    }

    private PeerProcess emit(long count) throws InterruptedException {
        PeerProcess child = start("emit", count);
        child.send("go");
        return child;
    }

    private Subscriber subscribe(String name, Start start, String speed) throws InterruptedException {
        SharedState<Figures> figures = segment.create(name, SharedState.spec(BroadcastChild.FIGURES));
        return new Subscriber(name, start("subscribe", name, start, speed), figures);
    }

    private PeerProcess start(Object... arguments) throws InterruptedException {
        PeerProcess child = PeerProcess.of(BroadcastChild.class)
                .withArguments(segment.path())
                .withArguments(arguments)
                .start();
        children.add(child);
        child.await("ready");
        return child;
    }

    private static void ended(PeerProcess child) throws InterruptedException {
        child.await("done");
    }

    private static void assertWhole(Figures figures) {
        assertThat(figures.torn()).as("torn elements").isZero();
        assertThat(figures.misplaced()).as("misplaced elements").isZero();
    }

    private record Subscriber(String name, PeerProcess process, SharedState<Figures> state) {

        Figures figures() {
            Figures figures = state.get();
            return figures == null ? new Figures(0, 0, 0, 0, 0) : figures;
        }

        void assertComplete(long start, long emitted) throws InterruptedException {
            ended(process);
            assertThat(figures()).as(name).satisfies(BroadcastProcessTest::assertWhole);
            assertThat(figures().start()).as("first element of %s", name).isEqualTo(start);
            assertThat(figures().end()).as("accounted for by %s: %s", name, figures()).isEqualTo(emitted);
            assertThat(figures().received()).as("received by %s", name).isPositive();
        }
    }
}
