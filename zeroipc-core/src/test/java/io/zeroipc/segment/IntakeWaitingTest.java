package io.zeroipc.segment;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Function;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.collection.SharedStack;
import io.zeroipc.flow.SharedChannel;
import io.zeroipc.flow.SharedState;
import io.zeroipc.flow.SharedStream;
import io.zeroipc.segment.Source.Start;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.testing.Waiter;
import io.zeroipc.wait.Deadline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/** Whoever waits for the next element of whatever source. */
class IntakeWaitingTest {

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    static Stream<Arguments> sources() {
        return Stream.of(
                source("queue", segment -> SharedQueue.create(segment, "queue", Codecs.int32(), 4)),
                source("stack", segment -> SharedStack.create(segment, "stack", Codecs.int32(), 4)),
                source("ring", segment -> SharedRing.create(segment, "ring", Codecs.int32(), 4)),
                source("channel", segment -> SharedChannel.create(segment, "channel", Codecs.int32(), 4)),
                source("state", segment -> SharedState.create(segment, "state", Codecs.int32())));
    }

    private static <S extends Source<Integer> & Sink<Integer>> Arguments source(String name,
            Function<Segment, S> creation) {
        return Arguments.argumentSet(name, creation);
    }

    @ParameterizedTest
    @MethodSource("sources")
    <S extends Source<Integer> & Sink<Integer>> void shouldReturnTheElementWhenItComes(Function<Segment, S> creation)
            throws Exception {
        S source = creation.apply(segments.create(1 << 16));
        try (Intake<Integer> intake = source.intake(Start.EARLIEST)) {
            assertThat(intake.poll(Duration.ZERO)).isNull();
            assertThat(intake.poll(Duration.ofMillis(1))).isNull();
            try (Waiter<Integer> taking = Waiter.of(intake::take)) {
                await().until(taking::isSleeping);
                assertThat(source.outlet().offer(1)).isTrue();
                assertThat(taking.get()).isEqualTo(1);
            }
            try (Waiter<Integer> polling = Waiter.of(() -> intake.poll(Duration.ofMinutes(2)))) {
                await().until(polling::isSleeping);
                assertThat(source.outlet().offer(2)).isTrue();
                assertThat(polling.get()).isEqualTo(2);
            }
            assertThat(source.outlet().offer(3)).isTrue();
            assertThat(intake.poll(Duration.ofDays(-1))).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @MethodSource("sources")
    <S extends Source<Integer> & Sink<Integer>> void shouldEndWhenTheThreadIsInterrupted(
            Function<Segment, S> creation) throws Exception {
        S source = creation.apply(segments.create(1 << 16));
        try (Intake<Integer> intake = source.intake(Start.EARLIEST);
                Waiter<Integer> taking = Waiter.of(intake::take)) {
            await().until(taking::isSleeping);
            taking.interrupt();
            assertThat(taking.failure()).isInstanceOf(InterruptedException.class);
            assertThat(source.outlet().offer(1)).isTrue();
            assertThat(intake.poll()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @MethodSource("sources")
    <S extends Source<Integer> & Sink<Integer>> void shouldEndWhenTheSegmentIsClosed(Function<Segment, S> creation)
            throws Exception {
        Segment segment = segments.create(1 << 16);
        Intake<Integer> intake = creation.apply(segment).intake(Start.EARLIEST);
        try (Waiter<Integer> taking = Waiter.of(intake::take)) {
            await().until(taking::isSleeping);
            segment.close();
            assertThat(taking.failure()).isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("segment is closed");
        }
    }

    @Test
    void shouldReturnNullAtOnceWhenNothingCanComeAnyMore() throws Exception {
        Segment segment = segments.create(1 << 16);
        SharedChannel<Integer> channel = SharedChannel.create(segment, "channel", Codecs.int32(), 4);
        SharedStream<Integer> stream = SharedStream.create(segment, "stream", Codecs.int32(), 4,
                SharedStream.Mode.COMPETING);
        for (Source<Integer> each : Stream.<Source<Integer>>of(channel, stream).toList()) {
            try (Intake<Integer> intake = each.intake(Start.EARLIEST);
                    Waiter<Integer> taking = Waiter.of(intake::take)) {
                await().until(taking::isSleeping);
                if (each == channel) {
                    channel.trySend(7);
                    channel.close();
                } else {
                    stream.emitter().emit(7);
                    stream.close();
                }
                assertThat(taking.get()).isEqualTo(7);
                assertThat(intake.take()).isNull();
                assertThat(intake.poll(Duration.ofDays(1))).isNull();
            }
        }
    }

    @Test
    void shouldSayThatItIsClosedWhenAClosedIntakeIsAsked() {
        Segment segment = segments.create(1 << 16);
        SharedQueue<Integer> queue = SharedQueue.create(segment, "queue", Codecs.int32(), 4);
        queue.offer(1);
        Intake<Integer> intake = queue.intake(Start.EARLIEST);
        intake.close();
        intake.close();
        assertThatIllegalStateException().isThrownBy(intake::take)
                .withMessage("intake is closed: segment=" + segment.name() + ", name=queue");
        assertThatIllegalStateException().isThrownBy(() -> intake.drainTo(_ -> {}, 1));
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> intake.pollSlot((_, _) -> {}));
        assertThat(queue.poll()).isEqualTo(1);
    }

    @Test
    void shouldLookOnceMoreWhenWhatItWaitsForEndsWithALastElement() throws Exception {
        EventCount arrivals = arrivals(segments.create(1 << 14));
        Queue<Integer> elements = new ArrayDeque<>();
        // The last element is sent, and the end is told, between the look in vain and the question for the end.
        assertThat(arrivals.await(elements::poll, () -> elements.add(1), Deadline.never())).isEqualTo(1);
    }

    @Test
    void shouldLookOnceMoreWhenTheTimeIsOver() throws Exception {
        EventCount arrivals = arrivals(segments.create(1 << 14));
        try (Lane lane = arrivals.attachment().enterToRead()) {
            assertThat(arrivals.awaitPosition(_ -> 7, lane, -1, 0)).isEqualTo(7);
        }
    }

    private static EventCount arrivals(Segment segment) {
        return SharedQueue.create(segment, "queue", Codecs.int32(), 4).arrivals();
    }
}
