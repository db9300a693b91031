package io.zeroipc.flow;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.codec.Codecs;
import io.zeroipc.segment.Intake;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Source.Start;
import io.zeroipc.testing.Seeds;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.testing.Waiter;
import io.zeroipc.wait.WaitStrategy;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A sender and a receiver that lose patience at any moment: what the sender believes to have sent is what the receiver
 * got, in that order, whether the other side is ours or does the steps of C++.
 */
class RendezvousConcurrencyTest {

    private static final int ELEMENTS = 3_000;

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    @Test
    void shouldAgreeWhenBothSidesLosePatience() throws Exception {
        long seed = Seeds.next();
        Segment segment = createChannel();
        SharedChannel<Long> sending = SharedChannel.open(segment, "meeting", Codecs.int64());
        SharedChannel<Long> receiving = SharedChannel.open(open(segment), "meeting", Codecs.int64());
        assertAgreement(() -> send(sending, Seeds.of(seed, 0)), () -> receive(receiving, Seeds.of(seed, 1)));
    }

    @Test
    void shouldAgreeWhenTheReceiverPolls() throws Exception {
        long seed = Seeds.next();
        Segment segment = createChannel();
        SharedChannel<Long> sending = SharedChannel.open(segment, "meeting", Codecs.int64());
        SharedChannel<Long> receiving = SharedChannel.open(open(segment), "meeting", Codecs.int64());
        assertAgreement(() -> send(sending, Seeds.of(seed, 0)), () -> {
            Random random = Seeds.of(seed, 1);
            List<Long> received = new ArrayList<>();
            while (!receiving.isClosed()) {
                try (Intake<Long> intake = receiving.intake(Start.EARLIEST)) {
                    for (int i = random.nextInt(100); i >= 0; i--) {
                        intake.drainTo(received::add, 1 + random.nextInt(2));
                        spin(random);
                    }
                }
            }
            receiving.drainTo(received::add, 2);
            return received;
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 40, 400})
    void shouldAgreeWhenTheReceiverIsCpp(int pause) throws Exception {
        long seed = Seeds.next();
        Segment segment = createChannel();
        SharedChannel<Long> sending = SharedChannel.open(segment, "meeting", Codecs.int64());
        Random pauses = Seeds.of(seed, 1);
        CppPeer receiving = new CppPeer(open(segment), "meeting", () -> spin(pauses, pause));
        assertAgreement(() -> send(sending, Seeds.of(seed, 0)), () -> {
            List<Long> received = new ArrayList<>();
            for (Long element = receiving.receive(); element != null; element = receiving.receive()) {
                received.add(element);
            }
            return received;
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 40, 400})
    void shouldAgreeWhenTheSenderIsCpp(int pause) throws Exception {
        long seed = Seeds.next();
        Segment segment = createChannel();
        SharedChannel<Long> receiving = SharedChannel.open(segment, "meeting", Codecs.int64());
        Random pauses = Seeds.of(seed, 1);
        CppPeer sending = new CppPeer(open(segment), "meeting", () -> spin(pauses, pause));
        assertAgreement(() -> {
            List<Long> sent = new ArrayList<>();
            for (long i = 0; i < ELEMENTS; i++) {
                assertThat(sending.send(i)).isTrue();
                sent.add(i);
            }
            receiving.close();
            return sent;
        }, () -> receive(receiving, Seeds.of(seed, 2)));
    }

    /** Whoever was told that a receiver took over the element must be right, also when that receiver gives up just then. */
    @Test
    void shouldReceiveWhatWasHandedOverWhenTheReceiverIsInterruptedJustThen() throws Exception {
        Segment segment = createChannel();
        SharedChannel<Long> sending = SharedChannel.open(segment, "meeting", Codecs.int64());
        AtomicLong round = new AtomicLong(-1);
        AtomicLong waiting = new AtomicLong(-1);
        WaitStrategy interrupting = attempts -> {
            waiting.set(round.get());
            Thread.currentThread().interrupt();
            return attempts + 1;
        };
        Segment there = segments.track(Segment.at(segment.path()).waitStrategy(interrupting).open());
        SharedChannel<Long> receiving = SharedChannel.open(there, "meeting", Codecs.int64());
        CyclicBarrier barrier = new CyclicBarrier(2);
        AtomicBoolean sent = new AtomicBoolean();
        try (Waiter<Boolean> sender = Waiter.running(() -> {
            while (true) {
                barrier.await();
                long element = round.get();
                while (waiting.get() != element) {
                    Thread.onSpinWait();
                }
                sent.set(sending.trySend(element));
                barrier.await();
            }
        })) {
            int met = 0;
            for (long i = 0; i < 10 * ELEMENTS && met < 20; i++) {
                round.set(i);
                barrier.await();
                boolean received;
                try {
                    assertThat(receiveFarDown(receiving, 900)).isEqualTo(i);
                    received = true;
                } catch (InterruptedException e) {
                    received = false;
                }
                Thread.interrupted();
                barrier.await();
                assertThat(received).as("element %d", i).isEqualTo(sent.get());
                met += received ? 1 : 0;
            }
            assertThat(sender.isDone()).isFalse();
        }
    }

    /** The deeper the stack, the longer it takes to make the exception, and the sender has all that time. */
    private static @Nullable Long receiveFarDown(SharedChannel<Long> channel, int depth) throws InterruptedException {
        if (depth == 0) {
            return channel.receive();
        }
        Long received = receiveFarDown(channel, depth - 1);
        Thread.onSpinWait();
        return received;
    }

    /** As above, with a wait that ends in another way. */
    @Test
    void shouldReceiveWhatWasHandedOverWhenTheWaitEndsWithAnException() throws Exception {
        Segment segment = createChannel();
        SharedChannel<Long> sending = SharedChannel.open(segment, "meeting", Codecs.int64());
        AtomicBoolean sent = new AtomicBoolean();
        WaitStrategy failing = _ -> {
            sent.set(sending.trySend(7L));
            throw new UnsupportedOperationException("no more");
        };
        Segment there = segments.track(Segment.at(segment.path()).waitStrategy(failing).open());
        SharedChannel<Long> receiving = SharedChannel.open(there, "meeting", Codecs.int64());
        assertThat(receiving.receive()).isEqualTo(7);
        assertThat(sent).isTrue();
        sending.close();
        assertThat(receiving.receive()).isNull();
    }

    private Segment createChannel() {
        // Waiting without sleep: the interesting moments are nanoseconds apart.
        Segment segment = segments.create(builder -> builder.size(1 << 14).waitStrategy(WaitStrategy.yield()));
        segment.create("meeting", SharedChannel.unbuffered(Codecs.int64()));
        return segment;
    }

    private Segment open(Segment segment) {
        return segments.track(Segment.at(segment.path()).waitStrategy(WaitStrategy.yield()).open());
    }

    private static void assertAgreement(Callable<List<Long>> sender, Callable<List<Long>> receiver) throws Exception {
        FutureTask<List<Long>> sending = new FutureTask<>(sender);
        FutureTask<List<Long>> receiving = new FutureTask<>(receiver);
        Thread sendingThread = Thread.ofPlatform().name("sender").start(sending);
        Thread receivingThread = Thread.ofPlatform().name("receiver").start(receiving);
        List<Long> sent = sending.get(5, TimeUnit.MINUTES);
        assertThat(receiving.get(5, TimeUnit.MINUTES)).isEqualTo(sent);
        assertThat(sent).isNotEmpty();
        sendingThread.join();
        receivingThread.join();
    }

    private static List<Long> send(SharedChannel<Long> channel, Random random) throws InterruptedException {
        List<Long> sent = new ArrayList<>();
        for (long i = 0; i < ELEMENTS; i++) {
            boolean success = switch (random.nextInt(8)) {
                case 0, 1 -> channel.trySend(i);
                case 2 -> {
                    channel.send(i);
                    yield true;
                }
                case 3, 4 -> channel.trySend(i, Duration.ZERO);
                default -> channel.trySend(i, Duration.ofNanos(random.nextInt(20_000)));
            };
            if (success) {
                sent.add(i);
            }
        }
        channel.close();
        return sent;
    }

    private static List<Long> receive(SharedChannel<Long> channel, Random random) throws InterruptedException {
        List<Long> received = new ArrayList<>();
        while (true) {
            Long element = receiveOne(channel, random);
            if (element != null) {
                received.add(element);
            } else if (channel.isClosed()) {
                channel.drainTo(received::add, 2);
                return received;
            }
        }
    }

    private static @Nullable Long receiveOne(SharedChannel<Long> channel, Random random) throws InterruptedException {
        return switch (random.nextInt(4)) {
            case 0 -> channel.tryReceive();
            case 1 -> channel.receive();
            case 2 -> channel.tryReceive(Duration.ZERO);
            default -> channel.tryReceive(Duration.ofNanos(random.nextInt(20_000)));
        };
    }

    private static void spin(Random random) {
        spin(random, 50);
    }

    private static void spin(Random random, int most) {
        if (most > 0 && random.nextInt(4) == 0) {
            for (int i = random.nextInt(most); i > 0; i--) {
                Thread.onSpinWait();
            }
        }
    }
}
