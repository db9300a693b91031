package io.zeroipc.flow;

import java.time.Duration;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.zeroipc.codec.Codecs;
import io.zeroipc.flow.SharedStream.Mode;
import io.zeroipc.flow.StreamDerivation.WhenFull;
import io.zeroipc.format.RingDescriptor;
import io.zeroipc.format.StreamDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Source.Start;
import io.zeroipc.testing.ClosingContract;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.testing.Waiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

class StreamClosingTest extends ClosingContract {

    private static final int CAPACITY = 8;
    private static final Duration SHORT = Duration.ofNanos(20_000);

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    @Override
    protected Stream<Scenario> scenarios() {
        return Stream.concat(Stream.of(Mode.values()).flatMap(StreamClosingTest::scenarios),
                Stream.of(working("events", keep -> SharedEventStream.create(keep, "events"),
                        (closing, thread) -> {
                            SharedEventStream events = SharedEventStream.open(closing, "events");
                            return thread == 0 ? events::emit : () -> {
                                events.awaitMore(events.count(), Duration.ofMinutes(1));
                                events.isClosed();
                            };
                        }, events -> {
                            long before = events.count();
                            assertThat(events.emit()).isTrue();
                            assertThat(events.awaitMore(before, Duration.ZERO)).isEqualTo(before + 1);
                        })));
    }

    private static Stream<Scenario> scenarios(Mode mode) {
        return Stream.of(
                stream(mode, "emitter and subscription", (stream, thread) -> {
                    if (thread == 0) {
                        StreamEmitter<Long> emitter = stream.emitter();
                        return () -> emitter.put(1L);
                    }
                    return stream.subscribe(Start.EARLIEST)::take;
                }),
                stream(mode, "many and in place", (stream, thread) -> {
                    if (thread == 0) {
                        StreamEmitter<Long> emitter = stream.emitter();
                        return () -> {
                            emitter.emitAll(List.of(1L, 2L, 3L));
                            emitter.emit(4L, SHORT);
                        };
                    }
                    StreamSubscription<Long> subscription = stream.subscribe(Start.LATEST);
                    return () -> {
                        subscription.drainTo(_ -> {}, 2);
                        subscription.pollSlot((_, _) -> {});
                        subscription.poll(SHORT);
                        subscription.isExhausted();
                        subscription.lag();
                    };
                }),
                stream(mode, "roles taken and given back", (stream, thread) -> () -> {
                    if (thread == 0) {
                        try (StreamEmitter<Long> emitter = stream.emitter()) {
                            emitter.emit(1L);
                        }
                    }
                    try (StreamSubscription<Long> subscription = stream.subscribe(Start.EARLIEST)) {
                        subscription.poll();
                    }
                }),
                stream(mode, "outlet and view", (stream, thread) -> {
                    if (thread == 0) {
                        return () -> stream.outlet().offerAll(List.of(1L, 2L));
                    }
                    StreamReader<List<Long>> reader = stream.map(n -> n + 1)
                            .filter(n -> n > 1)
                            .window(2)
                            .open(Start.EARLIEST);
                    return reader::take;
                }),
                stream(mode, "stream of the JDK", (stream, thread) -> thread == 0
                        ? () -> stream.emit(1L)
                        : () -> {
                            try (Stream<Long> elements = stream.view().stream(Start.EARLIEST)) {
                                elements.limit(3).forEach(_ -> {});
                            }
                        }),
                stream(mode, "publisher", (stream, thread) -> thread == 0
                        ? () -> stream.emit(1L)
                        : () -> {
                            Follower follower = new Follower();
                            stream.view().publisher(Start.EARLIEST).subscribe(follower);
                            follower.first.get();
                            stream.isClosed();
                        }),
                stream(mode, "derived", (stream, thread) -> {
                    if (thread == 0) {
                        return () -> stream.emit(1L);
                    }
                    SharedStream<Long> derived = SharedStream.openOrCreate(stream.segment(), "derived", Codecs.int64(),
                            CAPACITY, mode);
                    return () -> {
                        try (StreamDerivation<Long> derivation = stream.view()
                                .take(2)
                                .map(n -> 2 * n)
                                .into(derived, Start.EARLIEST, WhenFull.DROP)) {
                            derivation.lost();
                        }
                    };
                }),
                stream(mode, "selector", (stream, thread) -> {
                    if (thread == 0) {
                        return () -> stream.emit(1L);
                    }
                    SourceSelector selector = new SourceSelector().on(stream, _ -> {}).on(stream, _ -> {});
                    return selector::select;
                }));
    }

    /** What one of two threads repeats with a stream of the segment that is closed under it. */
    private interface Work {
        Waiter.Action of(SharedStream<Long> stream, int thread);
    }

    private static Scenario stream(Mode mode, String name, Work work) {
        return working(mode + ": " + name,
                keep -> SharedStream.create(keep, "stream", Codecs.int64(), CAPACITY, mode),
                (closing, thread) -> work.of(SharedStream.open(closing, "stream", Codecs.int64()), thread),
                StreamClosingTest::goesOn);
    }

    /** Whatever was emitted is counted, nobody is subscribed, the emitter's role is free, and elements arrive. */
    private static void goesOn(SharedStream<Long> stream) {
        // A publisher's thread is nobody's that would be joined.
        await().pollDelay(Duration.ZERO).untilAsserted(() -> assertThat(stream.subscribers()).isZero());
        assertThat(stream.sequence()).isEqualTo(written(stream));
        try (StreamEmitter<Long> emitter = stream.emitter();
                StreamSubscription<Long> subscription = stream.subscribe(Start.EARLIEST)) {
            subscription.drainTo(_ -> {}, CAPACITY);
            for (long i = 0; i < 3 * CAPACITY; i++) {
                assertThat(emitter.emit(i)).isTrue();
                assertThat(subscription.poll()).isEqualTo(i);
            }
            assertThat(subscription.poll()).isNull();
        }
    }

    private static long written(SharedStream<?> stream) {
        return Atomics.getLongAcquire(stream.segment()
                .blocks(stream.name())
                .require(StreamDescriptor.BUFFER_SUFFIX)
                .memory(), RingDescriptor.WRITE_POS_OFFSET) / Long.BYTES;
    }

    /** Asks for three elements, and then leaves. */
    private static final class Follower implements Flow.Subscriber<Long> {

        final CompletableFuture<Long> first = new CompletableFuture<>();
        private Flow.Subscription subscription;
        private int seen;

        @Override
        public void onSubscribe(Flow.Subscription mine) {
            subscription = mine;
            mine.request(3);
        }

        @Override
        public void onNext(Long element) {
            first.complete(element);
            seen++;
            if (seen == 3) {
                subscription.cancel();
            }
        }

        @Override
        public void onError(Throwable failure) {
            first.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            first.complete(-1L);
        }
    }

    // roles and counts

    @ParameterizedTest
    @EnumSource(Mode.class)
    void shouldGiveBackTheEmittersRoleAndCountWhenTheSegmentIsClosedWithBothIdle(Mode mode) {
        SharedStream<Long> here = create(mode);
        SharedStream<Long> there = elsewhere(here);
        StreamEmitter<Long> emitter = there.emitter();
        StreamSubscription<Long> subscription = there.subscribe(Start.EARLIEST);
        StreamReader<Long> reader = there.view().open(Start.EARLIEST);
        assertThat(emitter.emit(1L)).isTrue();
        assertThat(here.subscribers()).isEqualTo(2);
        there.segment().close();
        assertThat(here.subscribers()).isZero();
        assertThat(mappings(here.segment().path())).isEqualTo(1);
        goesOn(here);
        assertThatIllegalStateException().isThrownBy(() -> emitter.emit(2L))
                .withMessageStartingWith("segment is closed");
        assertThatIllegalStateException().isThrownBy(() -> emitter.emitAll(List.of(2L)))
                .withMessageStartingWith("segment is closed");
        assertThatIllegalStateException().isThrownBy(subscription::poll).withMessageStartingWith("segment is closed");
        assertThatIllegalStateException().isThrownBy(subscription::isExhausted)
                .withMessageStartingWith("segment is closed");
        assertThatIllegalStateException().isThrownBy(() -> there.subscribe(Start.LATEST))
                .withMessageStartingWith("segment is closed");
        assertThatIllegalStateException().isThrownBy(there::emitter).withMessageStartingWith("segment is closed");
        emitter.close();
        subscription.close();
        reader.close();
        goesOn(here);
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void shouldKeepTheMappingAndTheSubscriptionWhenAConsumerRunsUntilItIsDone(Mode mode) throws Exception {
        SharedStream<Long> here = create(mode);
        SharedStream<Long> there = elsewhere(here);
        assertThat(here.emit(1L) && here.emit(2L)).isTrue();
        StreamSubscription<Long> subscription = there.subscribe(Start.EARLIEST);
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        List<Long> seen = new ArrayList<>();
        try (Waiter<Integer> consumer = Waiter.of(() -> subscription.drainTo(element -> {
            seen.add(element);
            inside.countDown();
            awaitQuietly(goOn);
        }, 1))) {
            inside.await();
            there.segment().close();
            assertThatIllegalStateException().isThrownBy(() -> there.subscribe(Start.LATEST));
            goOn.countDown();
            assertThat(consumer.get()).isEqualTo(1);
        }
        assertThat(seen).containsExactly(1L);
        await().pollDelay(Duration.ZERO).untilAsserted(() -> assertThat(mappings(here.segment().path())).isEqualTo(1));
        assertThat(here.subscribers()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void shouldDeliverNothingMoreWhenASubscriptionIsClosedByItsOwnConsumer(Mode mode) {
        SharedStream<Long> here = create(mode);
        for (long i = 1; i <= 5; i++) {
            assertThat(here.emit(i)).isTrue();
        }
        StreamSubscription<Long> subscription = here.subscribe(Start.EARLIEST);
        List<Long> seen = new ArrayList<>();
        assertThat(subscription.drainTo(element -> {
            seen.add(element);
            subscription.close();
        }, 5)).isEqualTo(1);
        assertThat(seen).containsExactly(1L);
        assertThatIllegalStateException().isThrownBy(subscription::poll)
                .withMessageStartingWith("stream subscription is closed");
        assertThat(here.subscribers()).isZero();
        if (mode == Mode.COMPETING) {
            try (StreamSubscription<Long> next = here.subscribe(Start.EARLIEST)) {
                assertThat(next.poll()).isEqualTo(2);
            }
        }
    }

    @Test
    void shouldCountWhatWasEmittedBeforeTheCodecRefusedAnElement() {
        SharedStream<String> texts = SharedStream.create(segments.create(1 << 16), "texts", Codecs.string(2), CAPACITY,
                Mode.COMPETING);
        try (StreamEmitter<String> emitter = texts.emitter()) {
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> emitter.emitAll(List.of("a", "b", "long", "c")));
            assertThat(texts.sequence()).isEqualTo(2);
            assertThat(emitter.emitAll(List.of("c"))).isEqualTo(1);
            assertThat(texts.sequence()).isEqualTo(3);
        }
    }

    @Test
    void shouldUnmapAtOnceWhenASubscriberOfAPublisherIsBusy() throws Exception {
        SharedStream<Long> here = create(Mode.BROADCAST);
        SharedStream<Long> there = elsewhere(here);
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        CompletableFuture<Boolean> completed = new CompletableFuture<>();
        there.view().publisher(Start.LATEST).subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(2);
            }

            @Override
            public void onNext(Long element) {
                inside.countDown();
                awaitQuietly(goOn);
            }

            @Override
            public void onError(Throwable failure) {
                completed.completeExceptionally(failure);
            }

            @Override
            public void onComplete() {
                completed.complete(true);
            }
        });
        assertThat(here.emit(1L)).isTrue();
        inside.await();
        there.segment().close();
        assertThat(mappings(here.segment().path())).isEqualTo(1);
        assertThat(here.subscribers()).isZero();
        goOn.countDown();
        assertThat(completed.get(1, TimeUnit.MINUTES)).isTrue();
    }

    @Test
    void shouldCountWhatIsEmittedWhenTheSegmentIsClosedByTheCollection() {
        SharedStream<Long> here = create(Mode.BROADCAST);
        SharedStream<Long> there = elsewhere(here);
        StreamEmitter<Long> emitter = there.emitter();
        List<Long> closing = new AbstractList<>() {
            @Override
            public Long get(int index) {
                if (index == 2) {
                    there.segment().close();
                }
                return (long) index;
            }

            @Override
            public int size() {
                return 5;
            }
        };
        int emitted = emitter.emitAll(closing);
        assertThat(emitted).isBetween(2, 3);
        assertThat(here.sequence()).isEqualTo(emitted);
        assertThat(mappings(here.segment().path())).isEqualTo(1);
        goesOn(here);
    }

    // derived streams

    @Test
    void shouldLeaveTheDerivedStreamOpenWhenTheSegmentOfTheFirstIsClosed() throws Exception {
        SharedStream<Long> here = create(Mode.BROADCAST);
        SharedStream<Long> there = elsewhere(here);
        SharedStream<Long> derived = SharedStream.create(segments.create(1 << 16), "derived", Codecs.int64(), CAPACITY,
                Mode.BROADCAST);
        try (StreamDerivation<Long> derivation = there.view().into(derived, Start.LATEST, WhenFull.WAIT)) {
            there.segment().close();
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(() -> derivation.end().get(1, TimeUnit.MINUTES))
                    .withCauseInstanceOf(IllegalStateException.class)
                    .withMessageContaining("segment is closed");
        }
        assertThat(derived.isClosed()).isFalse();
        assertThat(here.subscribers()).isZero();
        try (StreamDerivation<Long> successor = here.view().into(derived, Start.LATEST, WhenFull.WAIT)) {
            assertThat(successor.end()).isNotDone();
        }
    }

    @Test
    void shouldEndDerivingWhenTheSegmentOfTheDerivedStreamIsClosed() throws Exception {
        SharedStream<Long> first = create(Mode.BROADCAST);
        SharedStream<Long> here = SharedStream.create(segments.create(1 << 16), "stream", Codecs.int64(), 2,
                Mode.COMPETING);
        SharedStream<Long> there = elsewhere(here);
        try (StreamDerivation<Long> derivation = first.view().into(there, Start.EARLIEST, WhenFull.WAIT)) {
            for (long i = 0; i < 3; i++) {
                assertThat(first.emit(i)).isTrue();
            }
            await().until(() -> here.size() == 2);
            there.segment().close();
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(() -> derivation.end().get(1, TimeUnit.MINUTES))
                    .withMessageContaining("segment is closed");
        }
        assertThat(here.isClosed()).isFalse();
        assertThat(here.sequence()).isEqualTo(2);
        here.emitter().close();
        assertThat(first.subscribers()).isZero();
    }

    private SharedStream<Long> create(Mode mode) {
        return SharedStream.create(segments.create(1 << 16), "stream", Codecs.int64(), CAPACITY, mode);
    }

    private SharedStream<Long> elsewhere(SharedStream<Long> stream) {
        return SharedStream.open(segments.open(stream.segment()), "stream", Codecs.int64());
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
