package io.zeroipc.flow;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.RoleTakenException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.format.ChannelDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Intake;
import io.zeroipc.segment.Source.Start;
import io.zeroipc.testing.ClosingContract;
import io.zeroipc.testing.Seeds;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.testing.Waiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

class ChannelClosingTest extends ClosingContract {

    private static final int CAPACITY = 8;
    private static final int ROUNDS = 300;
    private static final Duration SHORT = Duration.ofNanos(20_000);

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    @Override
    protected Stream<Scenario> scenarios() {
        return Stream.of(
                buffered("trySend and tryReceive", (channel, _) -> () -> {
                    channel.trySend(1L);
                    channel.tryReceive();
                }),
                buffered("send and receive", (channel, thread) -> thread == 0
                        ? () -> channel.send(1L)
                        : channel::receive),
                buffered("timed", (channel, thread) -> thread == 0
                        ? () -> channel.trySend(1L, SHORT)
                        : () -> channel.tryReceive(SHORT)),
                buffered("batches and slots", (channel, _) -> () -> {
                    channel.trySendAll(List.of(1L, 2L, 3L));
                    channel.drainTo(_ -> {}, 2);
                    channel.tryReceive((_, _) -> {});
                }),
                buffered("outlet and intake", (channel, thread) -> {
                    if (thread == 0) {
                        return () -> channel.outlet().offer(1L);
                    }
                    Intake<Long> intake = channel.intake(Start.EARLIEST);
                    return () -> {
                        intake.poll();
                        intake.isExhausted();
                    };
                }),
                buffered("selector", (channel, thread) -> {
                    if (thread == 0) {
                        return () -> channel.send(1L);
                    }
                    SourceSelector selector = new SourceSelector().on(channel, _ -> {}).on(channel, _ -> {});
                    return selector::select;
                }),
                unbuffered("send and receive", (channel, thread) -> thread == 0
                        ? () -> channel.send(1L)
                        : channel::receive),
                unbuffered("timed", (channel, thread) -> thread == 0
                        ? () -> channel.trySend(1L, SHORT)
                        : () -> channel.tryReceive(SHORT)),
                unbuffered("trySend and an intake", (channel, thread) -> {
                    if (thread == 0) {
                        return () -> channel.trySend(1L);
                    }
                    Intake<Long> intake = channel.intake(Start.EARLIEST);
                    return () -> {
                        intake.poll();
                        intake.pollSlot((_, _) -> {});
                        intake.drainTo(_ -> {}, 2);
                        intake.isExhausted();
                    };
                }),
                unbuffered("send and slots", (channel, thread) -> thread == 0
                        ? () -> channel.send(1L)
                        : () -> channel.tryReceive((_, _) -> {})),
                unbuffered("roles taken and given back", (channel, thread) -> thread == 0
                        ? () -> {
                            channel.trySend(1L);
                            channel.releaseRoles();
                        }
                        : () -> {
                            try (Intake<Long> intake = channel.intake(Start.EARLIEST)) {
                                intake.poll();
                            }
                        }),
                unbuffered("receivers only", (channel, _) -> () -> {
                    try {
                        channel.receive();
                    } catch (RoleTakenException e) {
                        // The other thread's.
                        channel.isClosed();
                    }
                }),
                unbuffered("selector", (channel, thread) -> {
                    if (thread == 0) {
                        return () -> channel.send(1L);
                    }
                    SourceSelector selector = new SourceSelector().on(channel, _ -> {});
                    return selector::select;
                }));
    }

    /** What one of two threads repeats with a channel of the segment that is closed under it. */
    private interface Work {
        Waiter.Action of(SharedChannel<Long> channel, int thread);
    }

    private static Scenario buffered(String name, Work work) {
        return working("buffered: " + name, keep -> SharedChannel.create(keep, "channel", Codecs.int64(), CAPACITY),
                (closing, thread) -> work.of(SharedChannel.open(closing, "channel", Codecs.int64()), thread),
                ChannelClosingTest::goesOn);
    }

    private static Scenario unbuffered(String name, Work work) {
        return working("unbuffered: " + name,
                keep -> keep.create("channel", SharedChannel.unbuffered(Codecs.int64())),
                (closing, thread) -> work.of(SharedChannel.open(closing, "channel", Codecs.int64()), thread),
                ChannelClosingTest::meets);
    }

    private static void goesOn(SharedChannel<Long> channel) {
        channel.drainTo(_ -> {}, CAPACITY);
        for (long i = 0; i < 3 * CAPACITY; i++) {
            assertThat(channel.trySend(i)).isTrue();
            assertThat(channel.tryReceive()).isEqualTo(i);
        }
        assertThat(channel.size()).isZero();
    }

    /** Nobody is counted and nobody has a role; a sender and a receiver that come now meet. */
    private static void meets(SharedChannel<Long> channel) {
        assertThat(count(channel, ChannelDescriptor.SENDERS_OFFSET)).isZero();
        assertThat(count(channel, ChannelDescriptor.RECEIVERS_OFFSET)).isZero();
        // An element may be on offer that was handed over when there was a receiver.
        channel.tryReceive();
        assertThat(channel.trySend(1L)).isFalse();
        try (Intake<Long> intake = channel.intake(Start.EARLIEST)) {
            assertThat(intake.poll()).isNull();
            assertThat(channel.trySend(7L)).isTrue();
            assertThat(intake.poll()).isEqualTo(7);
        }
        channel.releaseRoles();
    }

    private static int count(SharedChannel<?> channel, long offset) {
        return Atomics.getIntAcquire(header(channel), offset);
    }

    private static MemorySegment header(SharedChannel<?> channel) {
        return channel.segment().blocks(channel.name()).require(ChannelDescriptor.HEADER_SUFFIX).memory();
    }

    private SharedChannel<Long> meeting() {
        return segments.create(1 << 16).create("meeting", SharedChannel.unbuffered(Codecs.int64()));
    }

    private SharedChannel<Long> elsewhere(SharedChannel<Long> channel) {
        return SharedChannel.open(segments.open(channel.segment()), "meeting", Codecs.int64());
    }

    // who is counted

    @Test
    void shouldCountNoReceiverWhenItsSegmentIsClosedWhileItWaits() throws Exception {
        SharedChannel<Long> here = meeting();
        SharedChannel<Long> there = elsewhere(here);
        try (Waiter<Long> receiver = Waiter.of(there::receive)) {
            await().until(() -> count(here, ChannelDescriptor.RECEIVERS_OFFSET) == 1);
            there.segment().close();
            assertThat(receiver.failure()).isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("segment is closed: segment=");
        }
        meets(here);
    }

    @Test
    void shouldCountNoReceiverWhenTheSegmentOfAnIdleIntakeIsClosed() {
        SharedChannel<Long> here = meeting();
        SharedChannel<Long> there = elsewhere(here);
        Intake<Long> intake = there.intake(Start.EARLIEST);
        assertThat(intake.poll()).isNull();
        assertThat(count(here, ChannelDescriptor.RECEIVERS_OFFSET)).isEqualTo(1);
        there.segment().close();
        meets(here);
        intake.close();
        there.segment().close();
        meets(here);
    }

    @Test
    void shouldCountNobodyWhenASideIsGivenBackThatHasPolledOnce() {
        SharedChannel<Long> here = meeting();
        SharedChannel<Long> there = elsewhere(here);
        Intake<Long> intake = there.intake(Start.EARLIEST);
        assertThat(intake.poll()).isNull();
        intake.close();
        intake.close();
        meets(here);
    }

    // what a sender is told

    @Test
    void shouldWithdrawTheElementWhenTheSegmentOfItsSenderIsClosed() throws Exception {
        SharedChannel<Long> here = meeting();
        SharedChannel<Long> there = elsewhere(here);
        try (Waiter<Boolean> sender = Waiter.running(() -> there.send(7L))) {
            await().until(() -> here.size() == 1);
            there.segment().close();
            assertThat(sender.failure()).isInstanceOf(IllegalStateException.class)
                    .hasMessage("segment is closed: segment=" + there.segment().name());
        }
        assertThat(here.tryReceive()).isNull();
        meets(here);
    }

    @Test
    void shouldSayThatAReceiverMayYetReceiveWhenOneIsThereAndDoesNotTakeTheElement() throws Exception {
        SharedChannel<Long> here = meeting();
        SharedChannel<Long> there = elsewhere(here);
        try (Intake<Long> intake = here.intake(Start.EARLIEST);
                Waiter<Boolean> sender = Waiter.running(() -> there.send(7L))) {
            await().until(() -> here.size() == 1);
            // Counted, as a receiver that is stopped before it looks.
            Atomics.getAndAddInt(header(here), ChannelDescriptor.RECEIVERS_OFFSET, 1);
            there.segment().close();
            assertThat(sender.failure()).isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("segment is closed: segment=")
                    .hasMessageContaining("may yet receive");
            assertThat(intake.poll()).isEqualTo(7);
            Atomics.getAndAddInt(header(here), ChannelDescriptor.RECEIVERS_OFFSET, -1);
        }
        meets(here);
    }

    /** Each element whose send succeeded arrives, and no other does. */
    @Test
    void shouldAgreeOnWhatWasSentWhenTheSegmentOfTheSenderIsClosed() throws Exception {
        Random random = Seeds.of(Seeds.next(), 0);
        SharedChannel<Long> here = meeting();
        List<Long> sent = new ArrayList<>();
        try (Waiter<List<Long>> receiver = Waiter.of(() -> {
            List<Long> received = new ArrayList<>();
            for (Long next = here.receive(); next != null; next = here.receive()) {
                received.add(next);
            }
            return received;
        })) {
            for (int round = 0; round < ROUNDS; round++) {
                SharedChannel<Long> there = elsewhere(here);
                long first = round * 1_000_000L;
                CountDownLatch begun = new CountDownLatch(1);
                try (Waiter<Boolean> sender = Waiter.running(() -> {
                    for (long i = first;; i++) {
                        there.send(i);
                        sent.add(i);
                        begun.countDown();
                    }
                })) {
                    begun.await();
                    pause(random);
                    there.segment().close();
                    assertThat(sender.failure()).isInstanceOf(IllegalStateException.class)
                            .hasMessage("segment is closed: segment=" + there.segment().name());
                }
            }
            here.close();
            assertThat(receiver.get()).isEqualTo(sent);
        }
    }

    /** Each element whose send succeeded arrives: at the receiver whose segment is closed, or at the next one. */
    @Test
    void shouldAgreeOnWhatWasSentWhenTheSegmentOfTheReceiverIsClosed() throws Exception {
        Random random = Seeds.of(Seeds.next(), 0);
        SharedChannel<Long> here = meeting();
        List<Long> received = new ArrayList<>();
        try (Waiter<List<Long>> sender = Waiter.of(() -> {
            List<Long> sent = new ArrayList<>();
            for (long i = 0; !here.isClosed(); i++) {
                if (i % 2 == 0 ? here.trySend(i) : here.trySend(i, SHORT)) {
                    sent.add(i);
                }
            }
            return sent;
        })) {
            for (int round = 0; round < ROUNDS; round++) {
                SharedChannel<Long> there = elsewhere(here);
                CountDownLatch begun = new CountDownLatch(1);
                try (Waiter<Boolean> receiver = Waiter.running(() -> {
                    while (true) {
                        received.add(there.receive());
                        begun.countDown();
                    }
                })) {
                    begun.await();
                    pause(random);
                    there.segment().close();
                    assertThat(receiver.failure()).isInstanceOf(IllegalStateException.class)
                            .hasMessage("segment is closed: segment=" + there.segment().name());
                }
            }
            here.close();
            List<Long> sent = sender.get();
            Long last = here.tryReceive();
            if (last != null) {
                received.add(last);
            }
            assertThat(received).isEqualTo(sent);
        }
    }

    private static void pause(Random random) {
        LockSupport.parkNanos(random.nextInt(100_000));
    }

    // code of users

    @Test
    void shouldKeepTheMappingAndTheRoleWhenASlotConsumerRunsUntilItIsDone() throws Exception {
        SharedChannel<Long> here = meeting();
        SharedChannel<Long> there = elsewhere(here);
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        List<Long> seen = new ArrayList<>();
        try (Waiter<Boolean> sender = Waiter.running(() -> here.send(7L));
                Waiter<Boolean> consumer = Waiter.of(() -> {
                    await().until(() -> here.size() == 1);
                    return there.tryReceive((memory, offset) -> {
                        inside.countDown();
                        awaitQuietly(goOn);
                        seen.add(Codecs.int64().decode(memory, offset));
                    });
                })) {
            inside.await();
            assertThat(sender.get()).isTrue();
            // It waits for its turn, which it will not get: the close ends that.
            try (Waiter<Long> second = Waiter.of(there::receive)) {
                there.segment().close();
                assertThat(second.failure()).isInstanceOf(IllegalStateException.class)
                        .hasMessageStartingWith("segment is closed: segment=");
            }
            assertThat(mappings(here.segment().path())).isEqualTo(2);
            assertThatExceptionOfType(RoleTakenException.class).isThrownBy(here::tryReceive);
            assertThat(here.trySend(8L)).isFalse();
            goOn.countDown();
            assertThat(consumer.get()).isTrue();
        }
        assertThat(seen).containsExactly(7L);
        assertThat(mappings(here.segment().path())).isEqualTo(1);
        meets(here);
    }

    @Test
    void shouldKeepTheRoleUntilTheSlotIsFreeWhenAnIntakeIsClosedInItsOwnConsumer() {
        SharedChannel<Long> here = meeting();
        SharedChannel<Long> there = elsewhere(here);
        Intake<Long> intake = here.intake(Start.EARLIEST);
        assertThat(intake.poll()).isNull();
        assertThat(there.trySend(7L)).isTrue();
        assertThat(intake.pollSlot((memory, offset) -> {
            intake.close();
            // Whoever has the role next frees the slot of a dead predecessor: ours is alive.
            assertThatExceptionOfType(RoleTakenException.class).isThrownBy(there::tryReceive);
            assertThat(Codecs.int64().decode(memory, offset)).isEqualTo(7);
        })).isTrue();
        assertThatIllegalStateException().isThrownBy(intake::poll).withMessageStartingWith("intake is closed");
        assertThat(there.tryReceive()).isNull();
        there.releaseRoles();
        meets(here);
    }

    @Test
    void shouldDeliverNothingMoreWhenAnIntakeIsClosedInItsOwnDrain() throws Exception {
        SharedChannel<Long> here = meeting();
        SharedChannel<Long> there = elsewhere(here);
        Intake<Long> intake = here.intake(Start.EARLIEST);
        assertThat(intake.poll()).isNull();
        assertThat(there.trySend(1L)).isTrue();
        List<Long> seen = new ArrayList<>();
        try (Waiter<Boolean> sender = Waiter.running(() -> there.send(2L))) {
            assertThat(intake.drainTo(element -> {
                seen.add(element);
                intake.close();
                await().until(() -> here.size() == 1);
            }, 10)).isEqualTo(1);
            assertThat(seen).containsExactly(1L);
            assertThat(here.receive()).isEqualTo(2);
            assertThat(sender.get()).isTrue();
        }
        there.releaseRoles();
        meets(here);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
