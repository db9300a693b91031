package io.zeroipc.flow;

import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.RoleTakenException;
import io.zeroipc.SegmentDetachedException;
import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.collection.SharedStack;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Sink;
import io.zeroipc.segment.Source;
import io.zeroipc.segment.Source.Start;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

class SourcePublisherTest {

    private static final int MANY = 20_000;

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private Segment segment;

    @BeforeEach
    void createSegment() {
        segment = segments.create(1 << 16);
    }

    private SharedQueue<Integer> queue() {
        return SharedQueue.create(segment, "queue", Codecs.int32(), 64);
    }

    @ParameterizedTest
    @ValueSource(strings = {"queue", "ring", "stack", "channel", "stream", "state", "signal"})
    void shouldSendWhatArrivesAtAnySource(String kind) throws Exception {
        Source<Integer> source = source(kind);
        Collector<Integer> collector = new Collector<>(Long.MAX_VALUE);
        new SourcePublisher<>(source, Start.LATEST).subscribe(collector);
        collector.subscribed.await();
        for (int i = 1; i <= 3; i++) {
            assertThat(sink(source).outlet().offer(i)).isTrue();
            collector.awaitLast(i);
        }
        collector.cancel();
        collector.awaitThreadEnd();
        assertThat(collector.items).containsExactly(1, 2, 3);
        assertThat(collector.failure.isDone()).isFalse();
    }

    @Test
    void shouldTakeNothingThatWasNotAskedFor() {
        SharedQueue<Integer> queue = queue();
        IntStream.range(0, 10).forEach(queue::offer);
        Collector<Integer> collector = new Collector<>(3);
        new SourcePublisher<>(queue, Start.EARLIEST).subscribe(collector);
        collector.awaitLast(2);
        assertThat(queue.size()).isEqualTo(7);
        collector.request(1);
        collector.request(1);
        collector.awaitLast(4);
        assertThat(queue.size()).isEqualTo(5);
        collector.cancel();
    }

    @Test
    void shouldSendOneByOneWhenAskedFromWithinOnNext() throws Exception {
        SharedQueue<Integer> queue = queue();
        AtomicInteger depth = new AtomicInteger();
        AtomicBoolean nested = new AtomicBoolean();
        Collector<Integer> collector = new Collector<>(1) {
            @Override
            public void onNext(Integer item) {
                if (depth.incrementAndGet() > 1) {
                    nested.set(true);
                }
                super.onNext(item);
                request(1);
                depth.decrementAndGet();
            }
        };
        new SourcePublisher<>(queue, Start.EARLIEST).subscribe(collector);
        for (int i = 0; i < MANY; i++) {
            queue.put(i);
        }
        collector.awaitLast(MANY - 1);
        assertThat(collector.items).isEqualTo(IntStream.range(0, MANY).boxed().toList());
        assertThat(nested).isFalse();
        collector.cancel();
    }

    @Test
    void shouldAddUpDemandWithoutOverflow() {
        SharedQueue<Integer> queue = queue();
        Collector<Integer> collector = new Collector<>(Long.MAX_VALUE) {
            @Override
            public void onNext(Integer item) {
                super.onNext(item);
                request(Long.MAX_VALUE);
            }
        };
        new SourcePublisher<>(queue, Start.EARLIEST).subscribe(collector);
        IntStream.range(0, 10).forEach(queue::offer);
        collector.awaitLast(9);
        collector.cancel();
    }

    @Test
    void shouldSendNothingMoreWhenCancelledWithinOnNextAndLeaveTheRest() throws Exception {
        SharedQueue<Integer> queue = queue();
        IntStream.range(0, 10).forEach(queue::offer);
        Collector<Integer> collector = new Collector<>(Long.MAX_VALUE) {
            @Override
            public void onNext(Integer item) {
                super.onNext(item);
                cancel();
                cancel();
                request(1);
                request(-1);
            }
        };
        new SourcePublisher<>(queue, Start.EARLIEST).subscribe(collector);
        collector.awaitThreadEnd();
        assertThat(collector.items).containsExactly(0);
        assertThat(queue.size()).isEqualTo(9);
        assertThat(collector.failure.isDone()).isFalse();
        assertThat(collector.completed.getCount()).isEqualTo(1);
    }

    @Test
    void shouldGiveTheRoleBackWhenItSleepsAndIsCancelled() throws Exception {
        SharedRing<Integer> ring = SharedRing.create(segment, "ring", Codecs.int32(), 8);
        SourcePublisher<Integer> publisher = new SourcePublisher<>(ring, Start.EARLIEST);
        Collector<Integer> first = new Collector<>(Long.MAX_VALUE);
        publisher.subscribe(first);
        first.subscribed.await();
        Collector<Integer> refused = new Collector<>(1);
        publisher.subscribe(refused);
        assertThat(refused.failure.get()).isInstanceOf(RoleTakenException.class);
        assertThat(refused.subscribed.getCount()).isZero();

        first.cancel();
        first.awaitThreadEnd();
        Collector<Integer> second = new Collector<>(1);
        publisher.subscribe(second);
        ring.writer().offer(7);
        second.awaitLast(7);
        second.cancel();
    }

    @Test
    void shouldEndTheSubscriptionWhenASubscriberThrows() throws Exception {
        SharedQueue<Integer> queue = queue();
        CompletableFuture<Throwable> uncaught = new CompletableFuture<>();
        Collector<Integer> collector = new Collector<>(Long.MAX_VALUE) {
            @Override
            public void onNext(Integer item) {
                Thread.currentThread().setUncaughtExceptionHandler((_, e) -> uncaught.complete(e));
                throw new IllegalStateException("no more");
            }
        };
        new SourcePublisher<>(queue, Start.EARLIEST).subscribe(collector);
        queue.offer(1);
        queue.offer(2);
        assertThat(uncaught.get()).hasMessage("no more");
        collector.awaitThreadEnd();
        assertThat(queue.size()).isOne();
        assertThat(collector.failure.isDone()).isFalse();
    }

    @Test
    void shouldFailWhenASubscriberAsksForNothing() throws Exception {
        SharedQueue<Integer> queue = queue();
        queue.offer(1);
        Collector<Integer> collector = new Collector<>(-1);
        new SourcePublisher<>(queue, Start.EARLIEST).subscribe(collector);
        assertThat(collector.failure.get()).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("count=-1");
        assertThat(queue.size()).isOne();
        assertThatNullPointerException()
                .isThrownBy(() -> new SourcePublisher<>(queue, Start.EARLIEST).subscribe(null));
    }

    @Test
    void shouldFailWhenASubscriberAsksForNothingWhileItWaits() throws Exception {
        Collector<Integer> collector = new Collector<>(1);
        new SourcePublisher<>(queue(), Start.EARLIEST).subscribe(collector);
        collector.subscribed.await();
        collector.request(0);
        assertThat(collector.failure.get()).hasMessageContaining("count=0").hasMessageContaining("3.9");
    }

    @Test
    void shouldFailWhenASubscriberAsksForNothingWhileItWaitsInDeepSleep() throws Exception {
        Collector<Integer> collector = new Collector<>(Long.MAX_VALUE);
        new SourcePublisher<>(queue(), Start.EARLIEST).subscribe(collector);
        collector.subscribed.await();
        // It is parked by now and then, between looks: whichever it is, it is woken.
        Awaitility.await().until(() -> collector.thread.getState() == Thread.State.TIMED_WAITING);
        collector.request(-7);
        assertThat(collector.failure.get()).hasMessageContaining("count=-7");
    }

    @Test
    void shouldFailWhenAnElementIsNoValueOfItsTypeAndGoOnWithTheNextSubscriber() throws Exception {
        SharedQueue<Integer> queue = queue();
        IntStream.range(0, 3).forEach(queue::offer);
        SharedQueue<Integer> picky = SharedQueue.open(segments.open(segment), "queue", new Picky());
        SourcePublisher<Integer> publisher = new SourcePublisher<>(picky, Start.EARLIEST);
        Collector<Integer> collector = new Collector<>(Long.MAX_VALUE);
        publisher.subscribe(collector);
        assertThat(collector.failure.get()).hasMessageContaining("not this one");
        collector.awaitThreadEnd();
        assertThat(collector.items).containsExactly(0);

        Collector<Integer> next = new Collector<>(1);
        publisher.subscribe(next);
        next.awaitLast(2);
        next.cancel();
    }

    /** Has a value that it does not take. */
    private static final class Picky implements Codec<Integer> {

        @Override
        public Class<Integer> type() {
            return Integer.class;
        }

        @Override
        public String typeName() {
            return "int32";
        }

        @Override
        public int byteSize() {
            return 4;
        }

        @Override
        public int alignment() {
            return 4;
        }

        @Override
        public void encode(Integer value, MemorySegment memory, long offset) {
            Codecs.int32().encode(value, memory, offset);
        }

        @Override
        public Integer decode(MemorySegment memory, long offset) {
            Integer value = Codecs.int32().decode(memory, offset);
            if (value == 1) {
                throw new IllegalArgumentException("not this one");
            }
            return value;
        }
    }

    /** Whatever the sender does last, and however late anybody asks. */
    @Test
    void shouldSendAllThatWasSentBeforeTheEndAndThenComplete() throws Exception {
        for (int round = 0; round < 200; round++) {
            SharedChannel<Integer> channel = SharedChannel.create(segments.create(1 << 14), "channel", Codecs.int32(),
                    16);
            Collector<Integer> collector = new Collector<>(round % 2 == 0 ? Long.MAX_VALUE : 1) {
                @Override
                public void onNext(Integer item) {
                    super.onNext(item);
                    request(1);
                }
            };
            new SourcePublisher<>(channel, Start.EARLIEST).subscribe(collector);
            IntStream.range(0, 5).forEach(i -> assertThat(channel.trySend(i)).isTrue());
            channel.close();
            collector.completed.await();
            assertThat(collector.items).containsExactly(0, 1, 2, 3, 4);
        }
    }

    @Test
    void shouldCompleteWhenTheSegmentIsClosed() throws Exception {
        SharedQueue<Integer> queue = queue();
        Collector<Integer> waiting = new Collector<>(Long.MAX_VALUE);
        Collector<Integer> idle = new Collector<>(0);
        new SourcePublisher<>(queue, Start.EARLIEST).subscribe(waiting);
        new SourcePublisher<>(queue, Start.EARLIEST).subscribe(idle);
        waiting.subscribed.await();
        segment.close();
        waiting.completed.await();
        idle.completed.await();
    }

    @Test
    void shouldFailWhenTheFileIsRemoved() throws Exception {
        Collector<Integer> idle = new Collector<>(0);
        new SourcePublisher<>(queue(), Start.EARLIEST).subscribe(idle);
        idle.subscribed.await();
        Files.delete(segment.path());
        assertThat(idle.failure.get(1, TimeUnit.MINUTES)).isInstanceOf(SegmentDetachedException.class);
        assertThat(idle.completed.getCount()).isOne();
    }

    @Test
    void shouldHandEachElementOfAQueueToOneOfSeveralSubscribers() throws Exception {
        SharedQueue<Integer> queue = queue();
        List<Collector<Integer>> collectors = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            collectors.add(new Collector<>(Long.MAX_VALUE));
            new SourcePublisher<>(queue, Start.EARLIEST).subscribe(collectors.get(i));
        }
        for (int i = 0; i < MANY; i++) {
            queue.put(i);
        }
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .until(() -> collectors.stream().mapToInt(collector -> collector.items.size()).sum() == MANY);
        assertThat(collectors.stream().flatMap(collector -> collector.items.stream()).sorted())
                .isEqualTo(IntStream.range(0, MANY).boxed().toList());
        collectors.forEach(collector -> assertThat(collector.items).isSorted());
        collectors.forEach(Collector::cancel);
    }

    @Test
    void shouldFailWhenItsThreadIsInterruptedAndNothingIsAskedFor() throws Exception {
        SharedQueue<Integer> queue = queue();
        queue.offer(1);
        Collector<Integer> collector = new Collector<>(1) {
            @Override
            public void onNext(Integer item) {
                super.onNext(item);
                Thread.currentThread().interrupt();
            }
        };
        new SourcePublisher<>(queue, Start.EARLIEST).subscribe(collector);
        assertThat(collector.failure.get(1, TimeUnit.MINUTES)).isInstanceOf(InterruptedException.class);
        collector.awaitThreadEnd();
    }

    @Test
    void shouldGiveTheRoleBackWhenASubscriberThrowsAtItsSubscription() throws Exception {
        SharedRing<Integer> ring = SharedRing.create(segment, "ring", Codecs.int32(), 8);
        Collector<Integer> thrower = new Collector<>(1) {
            @Override
            public void onSubscribe(Flow.Subscription given) {
                Thread.currentThread().setUncaughtExceptionHandler((_, _) -> {});
                super.onSubscribe(given);
                throw new IllegalStateException("not for me");
            }
        };
        new SourcePublisher<>(ring, Start.EARLIEST).subscribe(thrower);
        thrower.awaitThreadEnd();
        assertThat(thrower.failure.isDone()).isFalse();
        assertThat(thrower.completed.getCount()).isOne();
        ring.reader().close();
    }

    @Test
    void shouldFailOnlyTheSecondOfTwoSubscribersWhenThereIsOneConsumer() throws Exception {
        SharedRing<Integer> ring = SharedRing.create(segment, "ring", Codecs.int32(), 8);
        SourcePublisher<Integer> publisher = new SourcePublisher<>(ring, Start.EARLIEST);
        Collector<Integer> first = new Collector<>(Long.MAX_VALUE);
        Collector<Integer> second = new Collector<>(Long.MAX_VALUE);
        publisher.subscribe(first);
        publisher.subscribe(second);
        assertThat(second.failure.get(1, TimeUnit.MINUTES)).isInstanceOf(RoleTakenException.class);
        assertThat(second.subscribed.getCount()).isZero();
        assertThat(sink(ring).outlet().offer(1)).isTrue();
        first.awaitLast(1);
        first.cancel();
        first.awaitThreadEnd();
    }

    @Test
    void shouldEndAThousandSubscribersWhenTheSegmentIsClosed() throws Exception {
        SharedQueue<Integer> queue = queue();
        SourcePublisher<Integer> publisher = new SourcePublisher<>(queue, Start.EARLIEST);
        List<Collector<Integer>> collectors = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            collectors.add(new Collector<>(i % 2 == 0 ? Long.MAX_VALUE : 0));
            publisher.subscribe(collectors.get(i));
        }
        for (Collector<Integer> collector : collectors) {
            collector.subscribed.await();
        }
        segment.close();
        for (Collector<Integer> collector : collectors) {
            collector.completed.await();
        }
    }

    @Test
    void shouldCancelFromManyThreadsAtOnceAndEndOnce() throws Exception {
        SharedQueue<Integer> queue = queue();
        Collector<Integer> collector = new Collector<>(Long.MAX_VALUE);
        new SourcePublisher<>(queue, Start.EARLIEST).subscribe(collector);
        collector.subscribed.await();
        List<Thread> threads = IntStream.range(0, 8).mapToObj(_ -> Thread.ofVirtual().start(() -> {
            collector.request(1);
            collector.cancel();
            collector.request(-1);
        })).toList();
        for (Thread thread : threads) {
            thread.join();
        }
        collector.awaitThreadEnd();
        queue.offer(1);
        assertThat(queue.size()).isOne();
        assertThat(collector.completed.getCount()).isOne();
        assertThat(collector.failure.isDone()).isFalse();
    }

    private Source<Integer> source(String kind) {
        return switch (kind) {
            case "queue" -> queue();
            case "ring" -> SharedRing.create(segment, "ring", Codecs.int32(), 8);
            case "stack" -> SharedStack.create(segment, "stack", Codecs.int32(), 8);
            case "channel" -> SharedChannel.create(segment, "channel", Codecs.int32(), 8);
            case "stream" -> SharedStream.create(segment, "stream", Codecs.int32(), 8, SharedStream.Mode.BROADCAST);
            case "state" -> SharedState.create(segment, "state", Codecs.int32());
            case "signal" -> SharedSignal.create(segment, "signal", Codecs.int32(), 0);
            default -> throw new IllegalArgumentException(kind);
        };
    }

    @SuppressWarnings("unchecked") // all of them are both
    private static Sink<Integer> sink(Source<Integer> source) {
        return (Sink<Integer>) source;
    }

    private static class Collector<T> implements Flow.Subscriber<T> {

        private final long first;
        final List<T> items = new CopyOnWriteArrayList<>();
        final CountDownLatch subscribed = new CountDownLatch(1);
        final CountDownLatch completed = new CountDownLatch(1);
        final CompletableFuture<Throwable> failure = new CompletableFuture<>();
        private volatile Flow.Subscription subscription;
        private volatile Thread thread;

        Collector(long first) {
            this.first = first;
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            thread = Thread.currentThread();
            subscription = given;
            if (first != 0) {
                given.request(first);
            }
            subscribed.countDown();
        }

        @Override
        public void onNext(T item) {
            items.add(item);
        }

        @Override
        public void onError(Throwable e) {
            failure.complete(e);
        }

        @Override
        public void onComplete() {
            completed.countDown();
        }

        void request(long count) {
            subscription.request(count);
        }

        void cancel() {
            subscription.cancel();
        }

        void awaitLast(T value) {
            Awaitility.await().atMost(Duration.ofMinutes(1)).pollInterval(Duration.ofMillis(1)).untilAsserted(() -> {
                assertThat(items).isNotEmpty();
                assertThat(items.getLast()).isEqualTo(value);
            });
        }

        void awaitThreadEnd() throws InterruptedException {
            subscribed.await();
            thread.join();
        }
    }
}
