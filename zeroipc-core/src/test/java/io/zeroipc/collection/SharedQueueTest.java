package io.zeroipc.collection;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.Occupancy;
import io.zeroipc.StructureMismatchException;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.segment.Intake;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Source.Start;
import io.zeroipc.segment.Stall;
import io.zeroipc.testing.QueueSeeds;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

class SharedQueueTest {

    private static final Duration LONG = Duration.ofMinutes(5);

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private Segment segment;

    @BeforeEach
    void createSegment() {
        segment = segments.create(1 << 20);
    }

    private SharedQueue<Integer> ints(int capacity) {
        return SharedQueue.create(segment, "queue", Codecs.int32(), capacity);
    }

    @Test
    void shouldAddWhatItWasGivenWhenTheSourceOfElementsAddsToTheQueueItself() {
        SharedQueue<Integer> queue = ints(8);
        Iterable<Integer> source = () -> Stream.of(1, 2, 3)
                .peek(each -> queue.offerAll(List.of(each * 10, each * 10 + 1)))
                .iterator();
        assertThat(queue.offerAll(source)).isEqualTo(2);
        List<Integer> found = new ArrayList<>();
        queue.drainTo(found::add, 8);
        assertThat(found).containsExactly(10, 11, 20, 21, 30, 31, 1, 2);
    }

    // capacity and order

    @ParameterizedTest
    @CsvSource({"1, 2", "2, 2", "3, 4", "4, 4", "5, 8", "1000, 1024"})
    void shouldRoundTheCapacityWhenItIsNoPowerOfTwo(int requested, int expected) {
        assertThat(ints(requested).capacity()).isEqualTo(expected);
        assertThat(SharedQueue.open(segment, "queue", Codecs.int32()).capacity()).isEqualTo(expected);
        assertThat(segment.open("queue", SharedQueue.spec(Codecs.int32(), requested)).capacity()).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, (1 << 30) + 1, Integer.MAX_VALUE})
    void shouldRefuseTheCapacityWhenItIsOutOfRange(int capacity) {
        assertThatIllegalArgumentException().isThrownBy(() -> SharedQueue.spec(Codecs.int32(), capacity))
                .withMessageContaining("capacity=" + capacity);
    }

    @Test
    void shouldRefuseToCreateWhenNoCapacityIsGiven() {
        assertThatIllegalArgumentException().isThrownBy(() -> ints(0)).withMessageContaining("capacity=0");
        assertThat(segment.entries()).isEmpty();
    }

    @Test
    void shouldRefuseToOpenWhenTheCapacityDiffers() {
        ints(8);
        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> segment.open("queue", SharedQueue.spec(Codecs.int32(), 16)))
                .withMessageContaining("stored=8")
                .withMessageContaining("asked for=16");
    }

    @Test
    void shouldKeepTheOrderWhenFilledAndEmptiedManyTimes() {
        SharedQueue<Integer> queue = ints(4);
        int next = 0;
        int expected = 0;
        for (int round = 0; round < 50; round++) {
            while (queue.offer(next)) {
                next++;
            }
            assertThat(queue.size()).isEqualTo(4);
            assertThat(queue.occupancy()).isEqualTo(Occupancy.ofElements(4, 4));
            for (int i = 0; i < 1 + round % 4; i++) {
                assertThat(queue.poll()).isEqualTo(expected++);
            }
        }
        while (expected < next) {
            assertThat(queue.poll()).isEqualTo(expected++);
        }
        assertThat(queue.poll()).isNull();
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void shouldFollowWhenAnotherMappingMovedOn() {
        SharedQueue<Integer> here = ints(4);
        SharedQueue<Integer> there = SharedQueue.open(segments.open(segment), "queue", Codecs.int32());
        for (int i = 0; i < 1000; i++) {
            assertThat(here.offer(i)).isTrue();
            assertThat((i % 7 == 0 ? there : here).poll()).isEqualTo(i);
            if (i % 11 == 0) {
                assertThat(there.offer(-i)).isTrue();
                assertThat(here.poll()).isEqualTo(-i);
            }
        }
    }

    /** As if another process had moved so many elements since this object looked last: its guesses are that old. */
    @ParameterizedTest
    @ValueSource(ints = {1, 5, Integer.MAX_VALUE, Integer.MIN_VALUE, Integer.MIN_VALUE + 3, -1, -2, -3, -4, -5, -1000})
    void shouldFindHeadAndTailWhenItsGuessesAreOld(int moved) {
        SharedQueue<Integer> idle = ints(4);
        QueueSeeds.seed(segment.blocks("queue").require("").memory(), moved);
        SharedQueue<Integer> busy = SharedQueue.open(segment, "queue", Codecs.int32());
        assertThat(busy.offer(7)).isTrue();
        // A consumer that is nearly 2^32 elements behind may take its old slot for the next one, but not for long.
        Integer found = null;
        for (int i = 0; i < 64 && found == null; i++) {
            found = idle.poll();
        }
        assertThat(found).isEqualTo(7);

        SharedQueue<Integer> idleProducer = idle;
        for (int i = 0; i < 4; i++) {
            assertThat(idleProducer.offer(i)).isTrue();
        }
        assertThat(idleProducer.offer(4)).isFalse();
        assertThat(List.of(busy.poll(), busy.poll(), busy.poll(), busy.poll())).containsExactly(0, 1, 2, 3);
    }

    @Test
    void shouldUseTheFarEndWhenSlotsExceedTwoGigabytes() {
        int elementSize = 4096;
        int capacity = 1 << 20;
        Segment large = segments.create(builder -> builder.size(5L << 30).preallocate(false));
        SharedQueue.create(large, "queue", Codecs.bytes(elementSize), capacity);
        QueueSeeds.seed(large.blocks("queue").require("").memory(), -3);
        SharedQueue<byte[]> queue = SharedQueue.open(large, "queue", Codecs.bytes(elementSize));
        for (int i = 1; i <= 5; i++) {
            byte[] element = new byte[elementSize];
            Arrays.fill(element, (byte) i);
            assertThat(queue.offer(element)).isTrue();
        }
        for (int i = 1; i <= 5; i++) {
            byte[] element = queue.poll();
            assertThat(element).isNotNull();
            assertThat(element[0]).isEqualTo((byte) i);
            assertThat(element[elementSize - 1]).isEqualTo((byte) i);
        }
    }

    // what user code throws

    @Test
    void shouldClaimNothingWhenTheElementIsNull() {
        SharedQueue<Integer> queue = ints(2);
        assertThatNullPointerException().isThrownBy(() -> queue.offer(null));
        assertThatNullPointerException().isThrownBy(() -> queue.put(null));
        assertThatNullPointerException().isThrownBy(() -> queue.offerAll(Arrays.asList(1, null)));
        assertThat(queue.size()).isZero();
        assertThat(queue.offer(1)).isTrue();
        assertThat(queue.poll()).isEqualTo(1);
    }

    @Test
    @SuppressWarnings({"unchecked", "rawtypes"}) // as code without generics does, by mistake
    void shouldClaimNothingWhenTheElementHasAnotherType() {
        SharedQueue<Integer> queue = ints(2);
        SharedQueue raw = queue;
        assertThatExceptionOfType(ClassCastException.class).isThrownBy(() -> raw.offer("text"));
        assertThat(queue.size()).isZero();
        assertThat(queue.offer(1)).isTrue();
        assertThat(queue.poll()).isEqualTo(1);
    }

    @Test
    void shouldClaimNothingWhenTheCodecRefusesTheElement() throws Exception {
        SharedQueue<String> queue = SharedQueue.create(segment, "texts", Codecs.string(4), 4);
        assertThatIllegalArgumentException().isThrownBy(() -> queue.offer("12345"));
        assertThatIllegalArgumentException().isThrownBy(() -> queue.put("12345"));
        assertThatIllegalArgumentException().isThrownBy(() -> queue.offer("12345", LONG));
        assertThat(queue.size()).isZero();
        assertThatIllegalArgumentException().isThrownBy(() -> queue.offerAll(List.of("a", "b", "12345", "c")));
        queue.drainTo(each -> assertThat(each).isIn("a", "b"), 4);
        assertThat(queue.offer("1234")).isTrue();
        assertThat(queue.poll()).isEqualTo("1234");
    }

    /** An enum constant that does not exist, as another program may write it. */
    private enum Light {
        RED, GREEN
    }

    private record Signal(Light light) {}

    @Test
    void shouldConsumeTheElementWhenItCannotBeDecoded() {
        Codec<Signal> codec = Codecs.record(Signal.class);
        SharedQueue<Signal> queue = SharedQueue.create(segment, "signals", codec, 4);
        long claim = queue.tryClaim();
        queue.slots().asSlice(queue.slotOffset(claim), codec.byteSize()).fill((byte) 0x7F);
        queue.publish(claim);
        assertThat(queue.offer(new Signal(Light.GREEN))).isTrue();

        assertThatExceptionOfType(ZeroIpcException.class).isThrownBy(queue::poll);
        assertThat(queue.poll()).isEqualTo(new Signal(Light.GREEN));
        for (int i = 0; i < 8; i++) {
            assertThat(queue.offer(new Signal(Light.RED))).isTrue();
            assertThat(queue.poll()).isEqualTo(new Signal(Light.RED));
        }
    }

    @Test
    void shouldConsumeTheElementWhenASlotConsumerThrows() {
        SharedQueue<Integer> queue = ints(2);
        queue.offerAll(List.of(1, 2));
        assertThatIllegalStateException().isThrownBy(() -> queue.poll((memory, offset) -> {
            throw new IllegalStateException("mine");
        })).withMessage("mine");
        assertThat(queue.poll()).isEqualTo(2);
        assertThat(queue.offerAll(List.of(3, 4, 5))).isEqualTo(2);
    }

    @Test
    void shouldHandOverTheWholeBatchWhenAConsumerThrows() {
        SharedQueue<Integer> queue = ints(8);
        queue.offerAll(List.of(1, 2, 3, 4, 5));
        List<Integer> seen = new ArrayList<>();
        assertThatIllegalStateException().isThrownBy(() -> queue.drainTo(each -> {
            seen.add(each);
            if (each % 2 == 0) {
                throw new IllegalStateException("at " + each);
            }
        }, 8))
                .withMessage("at 2")
                .satisfies(
                        e -> assertThat(e.getSuppressed()).extracting(Throwable::getMessage).containsExactly("at 4"));
        assertThat(seen).containsExactly(1, 2, 3, 4, 5);
        assertThat(queue.isEmpty()).isTrue();
        assertThat(queue.offerAll(List.of(1, 2, 3, 4, 5, 6, 7, 8, 9))).isEqualTo(8);

        List<Integer> inPlace = new ArrayList<>();
        assertThatIllegalStateException().isThrownBy(() -> queue.drain((memory, offset) -> {
            inPlace.add(Codecs.int32().decode(memory, offset));
            throw new IllegalStateException();
        }, 3));
        assertThat(inPlace).containsExactly(1, 2, 3);
        assertThat(queue.size()).isEqualTo(5);
    }

    // several at once

    @Test
    void shouldTakeTheFirstOnesWhenNotAllFit() {
        SharedQueue<Integer> queue = ints(1024);
        assertThat(queue.offerAll(List.of())).isZero();
        List<Integer> numbers = IntStream.range(0, 2000).boxed().toList();
        assertThat(queue.offerAll(numbers)).isEqualTo(1024);
        List<Integer> drained = new ArrayList<>();
        assertThat(queue.drainTo(drained::add, 1000)).isEqualTo(1000);
        assertThat(queue.offerAll(numbers.subList(1024, 2000))).isEqualTo(976);
        assertThat(queue.drainTo(drained::add, Integer.MAX_VALUE)).isEqualTo(1000);
        assertThat(drained).isEqualTo(numbers);
        assertThat(queue.drainTo(drained::add, 1)).isZero();
        assertThat(queue.drainTo(drained::add, 0)).isZero();
        assertThat(queue.drainTo(drained::add, -1)).isZero();
    }

    @Test
    void shouldStopAtTheClaimWhenTheNextElementIsNotPublished() {
        SharedQueue<Integer> queue = ints(8);
        queue.offerAll(List.of(1, 2));
        long claim = queue.tryClaim();
        queue.offerAll(List.of(4, 5));
        List<Integer> drained = new ArrayList<>();
        assertThat(queue.drainTo(drained::add, 8)).isEqualTo(2);
        assertThat(queue.poll()).isNull();
        Codecs.int32().encode(3, queue.slots(), queue.slotOffset(claim));
        queue.publish(claim);
        assertThat(queue.drainTo(drained::add, 8)).isEqualTo(3);
        assertThat(drained).containsExactly(1, 2, 3, 4, 5);
    }

    // waiting

    @Test
    void shouldTellThePositionThatEverybodyWaitsFor() {
        SharedQueue<Integer> queue = ints(4);
        assertThat(queue.stall()).isNull();
        long claim = queue.tryClaim();
        assertThat(queue.offer(1)).isTrue();
        assertThat(queue.poll()).isNull();
        assertThat(queue.stall()).isEqualTo(new Stall(0, Stall.Side.CLAIMED_AND_NOT_PUBLISHED));
        queue.publish(claim);
        assertThat(queue.stall()).isNull();

        long taken = queue.tryClaimNext();
        assertThat(queue.poll()).isEqualTo(1);
        assertThat(queue.offerAll(List.of(2, 3, 4, 5))).isEqualTo(2);
        assertThat(queue.stall()).isEqualTo(new Stall(0, Stall.Side.TAKEN_AND_NOT_RELEASED))
                .hasToString("position 0 is taken and not released");
        queue.release(taken);
        assertThat(queue.stall()).isNull();
        assertThat(queue.offerAll(List.of(4, 5))).isEqualTo(2);
        assertThat(queue.stall()).isNull();
    }

    @Test
    void shouldReturnWhenTheTimeIsOver() throws Exception {
        SharedQueue<Integer> queue = ints(2);
        for (Duration timeout : List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofMillis(3))) {
            assertThat(queue.poll(timeout)).isNull();
        }
        assertThat(queue.offer(1, Duration.ZERO)).isTrue();
        assertThat(queue.offer(2, Duration.ofSeconds(-1))).isTrue();
        for (Duration timeout : List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofMillis(3))) {
            assertThat(queue.offer(3, timeout)).isFalse();
        }
        assertThat(queue.poll(Duration.ZERO)).isEqualTo(1);
    }

    @Test
    void shouldWaitForAnElementWhenTheQueueIsEmpty() throws Exception {
        SharedQueue<Integer> queue = ints(2);
        FutureTask<List<Integer>> taker = new FutureTask<>(() -> List.of(queue.take(), queue.poll(LONG)));
        Thread thread = started(taker);
        queue.put(1);
        assertThat(queue.offer(2, LONG)).isTrue();
        assertThat(taker.get(5, TimeUnit.MINUTES)).containsExactly(1, 2);
        thread.join();
    }

    @Test
    void shouldWaitForASlotWhenTheQueueIsFull() throws Exception {
        SharedQueue<Integer> queue = ints(2);
        queue.offerAll(List.of(1, 2));
        FutureTask<Boolean> putter = new FutureTask<>(() -> {
            queue.put(3);
            return queue.offer(4, LONG);
        });
        Thread thread = started(putter);
        List<Integer> taken = new ArrayList<>();
        while (taken.size() < 4) {
            taken.add(queue.take());
        }
        assertThat(taken).containsExactly(1, 2, 3, 4);
        assertThat(putter.get(5, TimeUnit.MINUTES)).isTrue();
        thread.join();
    }

    @Test
    void shouldStopWaitingWhenInterrupted() throws Exception {
        SharedQueue<Integer> queue = ints(2);
        FutureTask<Integer> taker = new FutureTask<>(queue::take);
        Thread thread = started(taker);
        thread.interrupt();
        thread.join();
        assertThatExceptionOfType(ExecutionException.class).isThrownBy(taker::get)
                .withCauseInstanceOf(InterruptedException.class);
        queue.offer(1);
        assertThat(queue.poll()).isEqualTo(1);
    }

    @Test
    void shouldStopWaitingWhenTheSegmentIsClosed() throws Exception {
        SharedQueue<Integer> queue = ints(2);
        CountDownLatch waiting = new CountDownLatch(1);
        FutureTask<Integer> taker = new FutureTask<>(() -> {
            waiting.countDown();
            return queue.take();
        });
        Thread thread = started(taker);
        waiting.await();
        segment.close();
        thread.join();
        assertThatExceptionOfType(ExecutionException.class).isThrownBy(taker::get)
                .withCauseInstanceOf(IllegalStateException.class);
    }

    // source and sink

    @Test
    void shouldShareTheElementsWhenThereAreSeveralIntakes() {
        SharedQueue<Integer> queue = ints(8);
        assertThat(queue.isSingleConsumer()).isFalse();
        assertThat(queue.outlet().offer(1) && queue.outlet().offer(2) && queue.outlet().offer(3)).isTrue();
        assertThat(queue.outlet().isClosed()).isFalse();
        try (Intake<Integer> first = queue.intake(Start.LATEST);
                Intake<Integer> second = queue.intake(Start.EARLIEST)) {
            assertThat(first.poll()).isEqualTo(1);
            assertThat(second.pollSlot(
                    (memory, offset) -> assertThat(Codecs.int32().decode(memory, offset)).isEqualTo(2))).isTrue();
            assertThat(first.drainTo(each -> assertThat(each).isEqualTo(3), 5)).isEqualTo(1);
            assertThat(second.poll()).isNull();
            assertThat(second.pollSlot((memory, offset) -> {})).isFalse();
            assertThat(first.isExhausted()).isFalse();
            assertThat(first.lost()).isZero();
            assertThat(first.position()).isEqualTo(-1);
        }
        Intake<Integer> closed = queue.intake(Start.EARLIEST);
        closed.close();
        assertThatIllegalStateException().isThrownBy(closed::poll).withMessageContaining("queue");
        assertThat(queue.offer(4)).isTrue();
    }

    @Test
    void shouldSayWhatItIsWhenPrinted() {
        assertThat(ints(8)).hasToString(
                "SharedQueue[segment=" + segment.name() + ", name=queue, type=int32, capacity=8]");
    }

    private static Thread started(FutureTask<?> task) {
        return Thread.ofPlatform().name("waiter").start(task);
    }
}
