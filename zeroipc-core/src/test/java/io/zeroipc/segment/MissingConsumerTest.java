package io.zeroipc.segment;

import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.LongQueueView;
import io.zeroipc.collection.LongRing;
import io.zeroipc.collection.RingReader;
import io.zeroipc.collection.RingWriter;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.collection.SharedStack;
import io.zeroipc.flow.SharedChannel;
import io.zeroipc.flow.SharedSignal;
import io.zeroipc.flow.SharedState;
import io.zeroipc.flow.SharedStream;
import io.zeroipc.flow.SharedStream.Mode;
import io.zeroipc.segment.Source.Start;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.testing.Waiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.awaitility.Awaitility.await;

/** Whoever forgets to say who gets the elements has taken none. */
class MissingConsumerTest {

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    static Stream<Arguments> sources() {
        return Stream.of(
                source("queue", segment -> SharedQueue.create(segment, "x", Codecs.int64(), 4)),
                source("stack", segment -> SharedStack.create(segment, "x", Codecs.int64(), 4)),
                source("ring", segment -> SharedRing.create(segment, "x", Codecs.int64(), 4)),
                source("cursor", segment -> segment.create("x", SharedRing.spec(Codecs.int64(), 4, true))),
                source("channel", segment -> SharedChannel.create(segment, "x", Codecs.int64(), 4)),
                source("state", segment -> SharedState.create(segment, "x", Codecs.int64())),
                source("signal", segment -> SharedSignal.create(segment, "x", Codecs.int64(), 0L)),
                source("competing",
                        segment -> SharedStream.create(segment, "x", Codecs.int64(), 4, Mode.COMPETING)),
                source("broadcast",
                        segment -> SharedStream.create(segment, "x", Codecs.int64(), 4, Mode.BROADCAST)));
    }

    private static <S extends Source<Long> & Sink<Long>> Arguments source(String name, Function<Segment, S> creation) {
        return Arguments.argumentSet(name, creation);
    }

    @ParameterizedTest
    @MethodSource("sources")
    <S extends Source<Long> & Sink<Long>> void shouldTakeNothingFromASource(Function<Segment, S> creation) {
        S source = creation.apply(segments.create(1 << 16));
        try (Intake<Long> intake = source.intake(Start.LATEST)) {
            assertThat(source.outlet().offer(7L)).isTrue();
            assertThatNullPointerException().isThrownBy(() -> intake.drainTo(null, 4));
            assertThatNullPointerException().isThrownBy(() -> intake.pollSlot(null));
            assertThat(intake.poll()).isEqualTo(7L);
        }
    }

    static Stream<Arguments> forms() {
        return Stream.of(
                form("queue", (segment, missing) -> {
                    SharedQueue<Long> queue = SharedQueue.create(segment, "x", Codecs.int64(), 4);
                    queue.offer(7L);
                    missing.accept(() -> queue.drainTo(null, 4));
                    missing.accept(() -> queue.drain(null, 4));
                    missing.accept(() -> queue.poll((SlotConsumer) null));
                    return queue.poll();
                }),
                form("queue's view", (segment, missing) -> {
                    LongQueueView queue = SharedQueue.create(segment, "x", Codecs.int64(), 4).asLongs();
                    queue.offer(7L);
                    missing.accept(() -> queue.drainTo(null, 4));
                    return queue.poll(0);
                }),
                form("ring's view", (segment, missing) -> {
                    SharedRing<Long> ring = SharedRing.create(segment, "x", Codecs.int64(), 4);
                    try (RingWriter<Long> writer = ring.writer(); RingReader<Long> reader = ring.reader()) {
                        writer.offer(7L);
                        missing.accept(() -> reader.drainTo(null, 4));
                        missing.accept(() -> reader.drain(null, 4));
                        return reader.poll();
                    }
                }),
                form("cursor's view", (segment, missing) -> {
                    SharedRing<Long> ring = SharedRing.create(segment, "x", Codecs.int64(), 4);
                    try (RingWriter<Long> writer = ring.writer()) {
                        writer.offer(7L);
                        LongRing.Cursor cursor = ring.cursor(Start.EARLIEST).asLongs();
                        missing.accept(() -> cursor.drainTo(null, 4));
                        return cursor.poll(0);
                    }
                }),
                form("channel", (segment, missing) -> {
                    SharedChannel<Long> channel = SharedChannel.create(segment, "x", Codecs.int64(), 4);
                    channel.trySend(7L);
                    missing.accept(() -> channel.tryReceive((SlotConsumer) null));
                    missing.accept(() -> channel.drainTo(null, 4));
                    return channel.tryReceive();
                }));
    }

    interface Missing {

        void accept(Runnable call);
    }

    private static Arguments form(String name, BiFunction<Segment, Missing, Long> use) {
        return Arguments.argumentSet(name, use);
    }

    @ParameterizedTest
    @MethodSource("forms")
    void shouldTakeNothingInAnyForm(BiFunction<Segment, Missing, Long> use) {
        Missing missing = call -> assertThatNullPointerException().isThrownBy(call::run);
        assertThat(use.apply(segments.create(1 << 16), missing)).isEqualTo(7L);
    }

    @Test
    void shouldTakeNothingFromAnUnbufferedChannel() throws Exception {
        SharedChannel<Long> channel = segments.create(1 << 16).create("x", SharedChannel.unbuffered(Codecs.int64()));
        try (Intake<Long> intake = channel.intake(Start.LATEST);
                Waiter<Boolean> sender = Waiter.running(() -> channel.send(7L))) {
            await().until(() -> channel.size() == 1);
            assertThatNullPointerException().isThrownBy(() -> intake.drainTo(null, 4));
            assertThatNullPointerException().isThrownBy(() -> intake.pollSlot(null));
            assertThatNullPointerException().isThrownBy(() -> channel.drainTo(null, 4));
            assertThatNullPointerException().isThrownBy(() -> channel.tryReceive((SlotConsumer) null));
            assertThat(intake.poll()).isEqualTo(7L);
            assertThat(sender.get()).isTrue();
        }
    }
}
