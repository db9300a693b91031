package io.zeroipc.flow;

import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.SegmentDetachedException;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.flow.SharedStream.Mode;
import io.zeroipc.flow.StreamDerivation.WhenFull;
import io.zeroipc.format.RingDescriptor;
import io.zeroipc.inspect.Inspector;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Source.Start;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.testing.Waiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

class StreamViewTest {

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private Segment segment;
    private SharedStream<Integer> stream;

    @BeforeEach
    void create() {
        segment = segments.create(1 << 16);
        stream = SharedStream.create(segment, "numbers", Codecs.int32(), 64, Mode.BROADCAST);
    }

    @Test
    void shouldTransformWhenRead() throws Exception {
        emitAndClose(1, 10);

        assertThat(all(stream.map(n -> "n" + n).filter(n -> !n.equals("n3")).skip(1).take(3)))
                .containsExactly("n2", "n4", "n5");
        assertThat(stream.filter(n -> n % 2 == 0).map(n -> n * n).fold(Start.EARLIEST, 0, Integer::sum))
                .isEqualTo(4 + 16 + 36 + 64 + 100);
        assertThat(stream.subscribers()).isZero();
    }

    @Test
    void shouldHandOutFullWindowsAndTheRestWhenItEnds() throws Exception {
        emitAndClose(1, 7);

        assertThat(all(stream.view().window(3))).containsExactly(List.of(1, 2, 3), List.of(4, 5, 6),
                List.of(7));
        assertThat(all(stream.view().window(7))).hasSize(1);
        assertThat(all(stream.view().take(4).window(3))).containsExactly(List.of(1, 2, 3),
                List.of(4));
    }

    @Test
    void shouldKeepAWindowTogetherWhenItsElementsComeLater() throws Exception {
        try (StreamReader<List<Integer>> reader = stream.view().window(2).open(Start.EARLIEST)) {
            assertThat(stream.emit(1)).isTrue();
            assertThat(reader.next()).isNull();
            assertThat(reader.isEnded()).isFalse();
            assertThat(stream.emit(2)).isTrue();
            assertThat(reader.next()).containsExactly(1, 2);
        }
    }

    /** Views of which nothing comes out, and each element that is passed over brings one more to look at. */
    private List<StreamView<?>> endless() {
        return List.of(stream.filter(n -> !stream.emit(n + 1)),
                stream.map(n -> stream.emit(n + 1)).skip(Long.MAX_VALUE),
                stream.map(n -> stream.emit(n + 1)).window(Integer.MAX_VALUE));
    }

    @Test
    void shouldEndAtItsTimeAndAtAnInterruptWhenThereIsAlwaysOneMoreToPassOver() throws Exception {
        for (StreamView<?> view : endless()) {
            try (StreamReader<?> reader = view.open(Start.LATEST)) {
                stream.emit(0);
                assertThat(reader.next()).isNull();
                assertThat(reader.poll(Duration.ofMillis(1))).isNull();
                try (Waiter<Object> waiter = Waiter.of(reader::take)) {
                    waiter.interrupt();
                    assertThat(waiter.failure()).isInstanceOf(InterruptedException.class);
                }
            }
        }
    }

    @Test
    void shouldPublishNoLongerWhenCancelledWhileThereIsAlwaysOneMoreToPassOver() throws Exception {
        Collector collector = new Collector(1);
        stream.filter(n -> !stream.emit(n + 1)).publisher(Start.LATEST).subscribe(collector);
        stream.emit(0);
        collector.subscribed.await();
        collector.subscription.cancel();
        await().until(() -> stream.subscribers() == 0);
        assertThat(collector.received).isEmpty();
    }

    @Test
    void shouldEndWithoutAnEndOfTheStreamWhenItHasEnough() throws Exception {
        assertThat(stream.emit(1)).isTrue();
        assertThat(stream.emit(2)).isTrue();

        assertThat(all(stream.view().take(2))).containsExactly(1, 2);
    }

    @Test
    void shouldRefuseWhatMakesNoSenseWhenAsked() {
        assertThatIllegalArgumentException().isThrownBy(() -> stream.view().take(0)).withMessageContaining("count=0");
        assertThatIllegalArgumentException().isThrownBy(() -> stream.view().window(-1))
                .withMessageContaining("size=-1");
    }

    @Test
    void shouldReadForItselfEachTimeWhenAViewIsUsedTwice() throws Exception {
        emitAndClose(1, 3);
        StreamView<Integer> view = stream.view().skip(1);

        assertThat(all(view)).containsExactly(2, 3);
        assertThat(all(view)).containsExactly(2, 3);
    }

    @Test
    void shouldBeAStreamOfTheJdkWhenWanted() {
        emitAndClose(1, 5);
        try (Stream<Integer> numbers = stream.view().stream(Start.EARLIEST)) {
            assertThat(numbers.mapToInt(n -> n).sum()).isEqualTo(15);
            assertThat(stream.subscribers()).isEqualTo(1);
        }
        assertThat(stream.subscribers()).isZero();
    }

    @Test
    void shouldCancelAStreamOfTheJdkWhenItsThreadIsInterrupted() throws Exception {
        try (Stream<Integer> numbers = stream.view().stream(Start.EARLIEST);
                Waiter<Long> waiter = Waiter.of(numbers::count)) {
            waiter.interrupt();
            assertThat(waiter.failure()).isInstanceOf(CancellationException.class);
        }
    }

    @Test
    void shouldPublishWhatIsAskedForAndCompleteWhenItEnds() throws Exception {
        emitAndClose(1, 4);
        Collector collector = new Collector(0);
        stream.map(n -> 10 * n).publisher(Start.EARLIEST).subscribe(collector);
        collector.subscribed.await();
        collector.subscription.request(2);
        await().until(() -> collector.received.size() == 2);
        assertThat(collector.ended.getCount()).isEqualTo(1);
        collector.subscription.request(10);
        collector.ended.await();

        assertThat(collector.failure).isNull();
        assertThat(collector.received).containsExactly(10, 20, 30, 40);
        assertThat(stream.subscribers()).isZero();
    }

    @Test
    void shouldPublishWhatIsEmittedWhenSubscribeHasReturned() throws Exception {
        int rounds = 200;
        for (int i = 0; i < rounds; i++) {
            Collector collector = new Collector(1);
            stream.view().publisher(Start.LATEST).subscribe(collector);
            assertThat(stream.emit(i)).isTrue();
            await().pollDelay(Duration.ZERO).until(() -> !collector.received.isEmpty());
            assertThat(collector.received).containsExactly(i);
            collector.subscription.cancel();
        }
        await().untilAsserted(() -> assertThat(stream.subscribers()).isZero());
    }

    @Test
    void shouldCompleteWhenAllThatWasAskedForIsDeliveredAndTheStreamEnds() throws Exception {
        Collector collector = new Collector(2);
        stream.view().publisher(Start.EARLIEST).subscribe(collector);
        emitAndClose(1, 2);
        collector.ended.await();

        assertThat(collector.failure).isNull();
        assertThat(collector.received).containsExactly(1, 2);
    }

    @Test
    void shouldCompleteWhenTheSegmentIsClosedBeforeOrWhileItPublishes() throws Exception {
        SharedStream<Integer> there = SharedStream.open(segments.open(segment), "numbers", Codecs.int32());
        Flow.Publisher<Integer> publisher = there.view().publisher(Start.EARLIEST);
        Collector waiting = new Collector(1);
        Collector idle = new Collector(0);
        publisher.subscribe(waiting);
        publisher.subscribe(idle);
        assertThat(stream.subscribers()).isEqualTo(2);
        there.segment().close();
        assertThat(stream.subscribers()).isZero();
        Collector late = new Collector(1);
        publisher.subscribe(late);
        for (Collector each : List.of(waiting, idle, late)) {
            each.ended.await();
            assertThat(each.failure).isNull();
            assertThat(each.received).isEmpty();
            assertThat(each.subscription).isNotNull();
        }
    }

    @Test
    void shouldFailWhenTheSegmentIsDetachedBeforeItPublishes() throws Exception {
        Flow.Publisher<Integer> publisher = stream.view().publisher(Start.EARLIEST);
        Files.delete(segment.path());
        assertThatExceptionOfType(SegmentDetachedException.class).isThrownBy(segment::verify);
        Collector late = new Collector(1);
        publisher.subscribe(late);
        late.ended.await();
        assertThat(late.failure).isInstanceOf(SegmentDetachedException.class);
        assertThat(late.subscription).isNotNull();
    }

    @Test
    void shouldSubscribeNoLongerWhenASubscriberThrows() throws Exception {
        CompletableFuture<Throwable> uncaught = new CompletableFuture<>();
        Collector broken = new Collector(1) {
            @Override
            public void onSubscribe(Flow.Subscription mine) {
                Thread.currentThread().setUncaughtExceptionHandler((_, e) -> uncaught.complete(e));
                throw new IllegalStateException("not today");
            }
        };
        stream.view().publisher(Start.EARLIEST).subscribe(broken);
        assertThat(uncaught.get(1, TimeUnit.MINUTES)).hasMessage("not today");
        await().untilAsserted(() -> assertThat(stream.subscribers()).isZero());
        assertThat(broken.ended.getCount()).isEqualTo(1);
    }

    @Test
    void shouldTellTheSubscriberWhenAFunctionFailsWithAnError() throws Exception {
        emitAndClose(1, 2);
        Collector collector = new Collector(0);
        stream.map(n -> {
            throw new AssertionError("no number is good: " + n);
        }).map(_ -> 1).publisher(Start.EARLIEST).subscribe(collector);
        collector.subscribed.await();
        collector.subscription.request(1);
        collector.ended.await();

        assertThat(collector.failure).isInstanceOf(AssertionError.class).hasMessage("no number is good: 1");
    }

    @Test
    void shouldHaveGivenEverythingBackWhenItsEndIsTold() throws Exception {
        SharedStream<Integer> derived = SharedStream.create(segment, "next", Codecs.int32(), 4, Mode.BROADCAST);
        try (StreamDerivation<Integer> derivation = stream.view().into(derived, Start.EARLIEST, WhenFull.WAIT)) {
            // Runs in the thread that derives, since the stream is open yet.
            CompletableFuture<Long> subscribers = derivation.end().thenApply(_ -> {
                derived.emitter().close();
                return stream.subscribers();
            });
            stream.close();
            assertThat(subscribers.get(1, TimeUnit.MINUTES)).isZero();
        }
    }

    @Test
    void shouldFillAnotherStreamUntilTheEndWhenDerived() throws Exception {
        StreamView<Integer> even = stream.map(n -> n + 1).filter(n -> n % 2 == 0);
        SharedStream<Integer> derived = segment.create("even", even.derivedSpec(Codecs.int32(), 64, Mode.COMPETING));
        emitAndClose(1, 6);
        try (StreamDerivation<Integer> derivation = even.into(derived, Start.EARLIEST, WhenFull.WAIT)) {
            derivation.end().get(1, TimeUnit.MINUTES);
            assertThat(derivation.dropped()).isZero();
        }
        assertThat(derived.isClosed()).isTrue();
        assertThat(all(derived.view())).containsExactly(2, 4, 6);
        assertThat(Inspector.report(segment, "even").orElseThrow().details()).containsEntry("derived by", "map+filter");
    }

    /** Bytes that are no UTF-8 are read as a character that takes more of them. */
    @Test
    void shouldSayWhatDoesNotFitWhenATextIsLongerAsItIsRead() throws Exception {
        SharedStream<String> texts = SharedStream.create(segment, "texts", Codecs.string(4), 4, Mode.BROADCAST);
        SharedStream<String> derived = SharedStream.create(segment, "derived", Codecs.string(4), 4, Mode.BROADCAST);
        try (StreamEmitter<String> emitter = texts.emitter()) {
            emitter.emit("none");
        }
        MemorySegment ring = segment.blocks("texts").require("_buffer").memory();
        ring.asSlice(RingDescriptor.DATA_OFFSET, 4).fill((byte) 0xFF);
        try (StreamDerivation<String> derivation = texts.view().into(derived, Start.EARLIEST, WhenFull.WAIT)) {
            assertThatExceptionOfType(ExecutionException.class).isThrownBy(
                    () -> derivation.end().get(1, TimeUnit.MINUTES))
                    .havingCause()
                    .isInstanceOf(ZeroIpcException.class)
                    .withMessageContaining("element cannot be stored in the derived stream")
                    .withMessageContaining("name=derived")
                    .withMessageContaining("name=texts")
                    .withMessageContaining("bytes=12");
        }
        assertThat(derived.isClosed()).isTrue();
    }

    @Test
    void shouldDropAndCountWhenTheDerivedStreamIsFullAndThatWasAskedFor() throws Exception {
        SharedStream<Integer> derived = SharedStream.create(segment, "few", Codecs.int32(), 2, Mode.COMPETING);
        emitAndClose(1, 6);
        try (StreamDerivation<Integer> derivation = stream.view().into(derived, Start.EARLIEST, WhenFull.DROP)) {
            derivation.end().get(1, TimeUnit.MINUTES);
            assertThat(derivation.dropped()).isEqualTo(4);
        }
        assertThat(all(derived.view())).containsExactly(1, 2);
    }

    @Test
    void shouldWaitForReadersWhenTheDerivedStreamIsFull() throws Exception {
        SharedStream<Integer> derived = SharedStream.create(segment, "few", Codecs.int32(), 2, Mode.COMPETING);
        emitAndClose(1, 6);
        try (StreamDerivation<Integer> derivation = stream.view().into(derived, Start.EARLIEST, WhenFull.WAIT)) {
            assertThat(all(derived.view())).containsExactly(1, 2, 3, 4, 5, 6);
            derivation.end().get(1, TimeUnit.MINUTES);
        }
    }

    @Test
    void shouldCloseTheDerivedStreamWhenAFunctionThrows() {
        SharedStream<Integer> derived = SharedStream.create(segment, "broken", Codecs.int32(), 2, Mode.BROADCAST);
        assertThat(stream.emit(1)).isTrue();
        StreamView<Integer> broken = stream.map(_ -> {
            throw new IllegalStateException("cannot do that");
        });
        try (StreamDerivation<Integer> derivation = broken.into(derived, Start.EARLIEST, WhenFull.WAIT)) {
            assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> derivation.end().join())
                    .withMessageContaining("cannot do that");
        }
        assertThat(derived.isClosed()).isTrue();
    }

    @Test
    void shouldLeaveTheDerivedStreamOpenWhenDerivingIsEnded() throws Exception {
        SharedStream<Integer> derived = SharedStream.create(segment, "copy", Codecs.int32(), 2, Mode.BROADCAST);
        StreamDerivation<Integer> derivation = stream.view().into(derived, Start.EARLIEST, WhenFull.WAIT);
        assertThat(derivation.end()).isNotDone();
        derivation.close();
        derivation.close();

        derivation.end().get(1, TimeUnit.MINUTES);
        assertThat(derived.isClosed()).isFalse();
        assertThat(derived.emit(1)).isTrue();
        assertThat(stream.subscribers()).isZero();
    }

    private static <T> List<T> all(StreamView<T> view) {
        try (Stream<T> elements = view.stream(Start.EARLIEST)) {
            return elements.toList();
        }
    }

    private void emitAndClose(int first, int last) {
        for (int i = first; i <= last; i++) {
            assertThat(stream.emit(i)).isTrue();
        }
        stream.close();
    }

    private static class Collector implements Flow.Subscriber<Integer> {

        private final long first;
        private final List<Integer> received = new CopyOnWriteArrayList<>();
        private final CountDownLatch subscribed = new CountDownLatch(1);
        private final CountDownLatch ended = new CountDownLatch(1);
        private volatile Flow.Subscription subscription;
        private volatile Throwable failure;

        /** @param first how many to ask for when subscribed; 0 for none */
        Collector(long first) {
            this.first = first;
        }

        @Override
        public void onSubscribe(Flow.Subscription mine) {
            subscription = mine;
            if (first > 0) {
                mine.request(first);
            }
            subscribed.countDown();
        }

        @Override
        public void onNext(Integer element) {
            received.add(element);
        }

        @Override
        public void onError(Throwable thrown) {
            failure = thrown;
            ended.countDown();
        }

        @Override
        public void onComplete() {
            ended.countDown();
        }
    }
}
