package io.zeroipc.flow;

import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicReference;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.SegmentDetachedException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.flow.SharedState.Snapshot;
import io.zeroipc.segment.Segment;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

class StatePublisherTest {

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    @Test
    void shouldSendThePresentValueAndEachNewestWhenAsked() {
        SharedState<Integer> state = state();
        StateWriter<Integer> writer = state.writer();
        writer.set(1);
        Collector collector = new Collector(Long.MAX_VALUE);
        state.publisher().subscribe(collector);

        collector.awaitLast(1);
        writer.set(2);
        collector.awaitLast(2);
        writer.set(3);
        collector.awaitLast(3);
        collector.cancel();
        assertThat(collector.versions()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void shouldSendNoMoreThanAskedForAndThenTheNewest() {
        SharedState<Integer> state = state();
        StateWriter<Integer> writer = state.writer();
        writer.set(1);
        Collector collector = new Collector(1);
        state.publisher().subscribe(collector);
        collector.awaitLast(1);

        for (int i = 2; i <= 9; i++) {
            writer.set(i);
        }
        collector.request(2);
        collector.awaitLast(9);
        writer.set(10);
        collector.awaitLast(10);
        collector.cancel();
        assertThat(collector.versions()).containsExactly(1L, 9L, 10L);
    }

    @Test
    void shouldSendNothingMoreWhenCancelled() throws InterruptedException {
        SharedState<Integer> state = state();
        StateWriter<Integer> writer = state.writer();
        Collector other = new Collector(Long.MAX_VALUE);
        Collector cancelled = new Collector(Long.MAX_VALUE);
        state.publisher().subscribe(other);
        state.publisher().subscribe(cancelled);
        writer.set(1);
        cancelled.awaitLast(1);
        cancelled.cancel();
        cancelled.awaitThreadEnd();
        writer.set(2);
        other.awaitLast(2);
        other.cancel();

        assertThat(cancelled.versions()).containsExactly(1L);
        assertThat(cancelled.completed.getCount()).isEqualTo(1);
        assertThat(cancelled.failure.get()).isNull();
    }

    @Test
    void shouldCompleteWhenTheSegmentIsClosed() throws InterruptedException {
        Segment segment = segments.create(1 << 14);
        SharedState<Integer> state = SharedState.create(segment, "state", Codecs.int32());
        state.writer().set(1);
        Collector waiting = new Collector(Long.MAX_VALUE);
        Collector idle = new Collector(0);
        state.publisher().subscribe(waiting);
        state.publisher().subscribe(idle);
        waiting.awaitLast(1);
        segment.close();

        waiting.completed.await();
        idle.completed.await();
        assertThat(waiting.failure.get()).isNull();
        assertThat(idle.versions()).isEmpty();
    }

    @Test
    void shouldFailWhenTheSegmentIsDetached() throws Exception {
        Segment segment = segments.create(1 << 14);
        SharedState<Integer> state = SharedState.create(segment, "state", Codecs.int32());
        Collector collector = new Collector(1);
        state.publisher().subscribe(collector);
        Files.delete(segment.path());

        Awaitility.await()
                .untilAsserted(
                        () -> assertThat(collector.failure.get()).isInstanceOf(SegmentDetachedException.class));
        assertThat(collector.versions()).isEmpty();
    }

    @Test
    void shouldFailWhenASubscriberAsksForNothing() {
        SharedState<Integer> state = state();
        Collector collector = new Collector(-1);
        state.publisher().subscribe(collector);

        Awaitility.await()
                .untilAsserted(
                        () -> assertThat(collector.failure.get()).isInstanceOf(IllegalArgumentException.class)
                                .hasMessageContaining("count=-1"));
        assertThatNullPointerException().isThrownBy(() -> state.publisher().subscribe(null));
    }

    @Test
    void shouldEndTheSubscriptionWhenASubscriberThrows() throws InterruptedException {
        SharedState<Integer> state = state();
        StateWriter<Integer> writer = state.writer();
        AtomicReference<Throwable> uncaught = new AtomicReference<>();
        Collector collector = new Collector(Long.MAX_VALUE) {
            @Override
            public void onNext(Snapshot<Integer> item) {
                Thread.currentThread().setUncaughtExceptionHandler((thread, e) -> uncaught.set(e));
                super.onNext(item);
                throw new IllegalStateException("no more");
            }
        };
        state.publisher().subscribe(collector);
        writer.set(1);
        collector.awaitLast(1);
        collector.awaitThreadEnd();
        writer.set(2);

        Awaitility.await().untilAsserted(() -> assertThat(uncaught.get()).hasMessage("no more"));
        assertThat(collector.versions()).containsExactly(1L);
        assertThat(collector.failure.get()).isNull();
    }

    private SharedState<Integer> state() {
        return SharedState.create(segments.create(1 << 14), "state", Codecs.int32());
    }

    private static class Collector implements Flow.Subscriber<Snapshot<Integer>> {

        private final long first;
        private final List<Snapshot<Integer>> items = new CopyOnWriteArrayList<>();
        private final CountDownLatch subscribed = new CountDownLatch(1);
        private final AtomicReference<Flow.Subscription> subscription = new AtomicReference<>();
        private final AtomicReference<Thread> thread = new AtomicReference<>();
        final CountDownLatch completed = new CountDownLatch(1);
        final AtomicReference<Throwable> failure = new AtomicReference<>();

        Collector(long first) {
            this.first = first;
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            thread.set(Thread.currentThread());
            subscription.set(given);
            if (first != 0) {
                given.request(first);
            }
            subscribed.countDown();
        }

        @Override
        public void onNext(Snapshot<Integer> item) {
            items.add(item);
        }

        @Override
        public void onError(Throwable e) {
            failure.set(e);
        }

        @Override
        public void onComplete() {
            completed.countDown();
        }

        void request(long count) {
            subscription.get().request(count);
        }

        void cancel() {
            subscription.get().cancel();
        }

        List<Long> versions() {
            return items.stream().map(Snapshot::version).toList();
        }

        void awaitLast(int value) {
            Awaitility.await().atMost(Duration.ofMinutes(1)).pollInterval(Duration.ofMillis(1)).untilAsserted(() -> {
                assertThat(items).isNotEmpty();
                assertThat(items.getLast().value()).isEqualTo(value);
            });
        }

        void awaitThreadEnd() throws InterruptedException {
            subscribed.await();
            thread.get().join();
        }
    }
}
