package io.zeroipc.collection;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.segment.CommittingIntake;
import io.zeroipc.segment.OnConsumerDeath;
import io.zeroipc.segment.Segment;
import io.zeroipc.testing.ClosingContract;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.testing.Waiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

class QueueClosingTest extends ClosingContract {

    private static final int CAPACITY = 8;

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    record Point(long x, long y, int colour) {}

    @Override
    protected Stream<Scenario> scenarios() {
        Codec<Point> points = Codecs.record(Point.class);
        Point point = new Point(1, 2, 3);
        return Stream.of(
                working("offer and poll", keep -> SharedQueue.create(keep, "queue", points, CAPACITY),
                        (closing, _) -> {
                            SharedQueue<Point> queue = SharedQueue.open(closing, "queue", points);
                            return () -> {
                                queue.offer(point);
                                queue.poll();
                            };
                        }, queue -> goesOn(queue, point)),
                working("put and take", keep -> SharedQueue.create(keep, "queue", points, CAPACITY),
                        (closing, thread) -> {
                            SharedQueue<Point> queue = SharedQueue.open(closing, "queue", points);
                            return thread == 0 ? () -> queue.put(point) : queue::take;
                        }, queue -> goesOn(queue, point)),
                working("batches", keep -> SharedQueue.create(keep, "queue", points, CAPACITY),
                        (closing, _) -> {
                            SharedQueue<Point> queue = SharedQueue.open(closing, "queue", points);
                            List<Point> batch = List.of(point, point, point);
                            return () -> {
                                queue.offerAll(batch);
                                queue.drainTo(_ -> {}, 3);
                                queue.drain((_, _) -> {}, 2);
                            };
                        }, queue -> goesOn(queue, point)),
                working("claims", keep -> SharedQueue.create(keep, "queue", points, CAPACITY),
                        (closing, thread) -> {
                            SharedQueue<Point> queue = SharedQueue.open(closing, "queue", points);
                            return () -> {
                                long claim = queue.tryClaim();
                                if (claim != SharedQueue.NO_CLAIM) {
                                    if (thread == 0) {
                                        queue.publish(claim);
                                    } else {
                                        queue.abort(claim);
                                    }
                                }
                                long next = queue.tryClaimNext();
                                if (next != SharedQueue.NO_CLAIM) {
                                    queue.release(next);
                                }
                            };
                        }, queue -> goesOn(queue, point)),
                working("kept one by one",
                        keep -> keep.create("queue",
                                SharedQueue.spec(points, CAPACITY, OnConsumerDeath.REDELIVER)),
                        (closing, thread) -> {
                            SharedQueue<Point> queue = redelivering(closing, points);
                            CommittingIntake<Point> intake = queue.committingIntake();
                            return () -> {
                                queue.offer(point);
                                if (intake.poll() != null && thread == 0) {
                                    intake.commit(intake.position());
                                }
                            };
                        }, queue -> goesOn(queue, point)),
                working("kept in batches, and given back",
                        keep -> keep.create("queue",
                                SharedQueue.spec(points, CAPACITY, OnConsumerDeath.REDELIVER)),
                        (closing, thread) -> {
                            SharedQueue<Point> queue = redelivering(closing, points);
                            return () -> {
                                queue.offerAll(List.of(point, point, point));
                                try (CommittingIntake<Point> intake = queue.committingIntake()) {
                                    intake.drainTo(_ -> {}, 3);
                                    intake.pollSlot((_, _) -> {});
                                    intake.commit(thread == 0 ? intake.position() : intake.position() - 2);
                                }
                            };
                        }, queue -> goesOn(queue, point)),
                working("longs", keep -> SharedQueue.create(keep, "queue", Codecs.int64(), CAPACITY),
                        (closing, _) -> {
                            LongQueueView queue = SharedQueue.open(closing, "queue", Codecs.int64()).asLongs();
                            long[] batch = new long[3];
                            return () -> {
                                queue.offer(1);
                                queue.poll(0);
                                queue.offerAll(batch, 0, 3);
                                queue.drainTo(batch, 0, 2);
                                queue.drainTo(_ -> {}, 2);
                            };
                        }, queue -> goesOn(queue, 7L)),
                working("ints", keep -> SharedQueue.create(keep, "queue", Codecs.int32(), CAPACITY),
                        (closing, thread) -> {
                            IntQueueView queue = SharedQueue.open(closing, "queue", Codecs.int32()).asInts();
                            return thread == 0 ? () -> queue.put(1) : queue::take;
                        }, queue -> goesOn(queue, 7)),
                working("doubles", keep -> SharedQueue.create(keep, "queue", Codecs.float64(), CAPACITY),
                        (closing, thread) -> {
                            DoubleQueueView queue = SharedQueue.open(closing, "queue", Codecs.float64()).asDoubles();
                            Duration wait = Duration.ofMinutes(1);
                            return thread == 0 ? () -> queue.offer(1, wait) : () -> queue.poll(wait, 0);
                        }, queue -> goesOn(queue, 7.0)));
    }

    private static SharedQueue<Point> redelivering(Segment segment, Codec<Point> points) {
        return segment.open("queue", SharedQueue.spec(points, 0, OnConsumerDeath.REDELIVER));
    }

    private static <T> void goesOn(SharedQueue<T> queue, T element) {
        while (queue.poll() != null) {
            // What was in it.
        }
        for (int i = 0; i < 3 * CAPACITY; i++) {
            assertThat(queue.offer(element)).isTrue();
            assertThat(queue.poll()).isEqualTo(element);
        }
        assertThat(queue.size()).isZero();
    }

    @Test
    void shouldKeepTheMappingWhenASlotConsumerRunsUntilItIsDone() throws Exception {
        Segment keep = segments.create(1 << 16);
        SharedQueue<Long> here = SharedQueue.create(keep, "queue", Codecs.int64(), 4);
        here.offer(1L);
        Segment closing = segments.open(keep);
        SharedQueue<Long> there = SharedQueue.open(closing, "queue", Codecs.int64());
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (Waiter<Boolean> consumer = Waiter.of(() -> there.poll((memory, offset) -> {
            inside.countDown();
            awaitQuietly(goOn);
            assertThat(memory.get(java.lang.foreign.ValueLayout.JAVA_LONG, offset)).isEqualTo(1);
        }))) {
            inside.await();
            closing.close();
            assertThatIllegalStateException().isThrownBy(there::poll).withMessageStartingWith("segment is closed");
            assertThat(mappings(keep.path())).isEqualTo(2);
            goOn.countDown();
            assertThat(consumer.get()).isTrue();
        }
        assertThat(mappings(keep.path())).isEqualTo(1);
        goesOn(here, 2L);
    }

    @Test
    void shouldPublishAndReleaseWhenClaimsAreOpenAtClose() throws Exception {
        Segment keep = segments.create(1 << 16);
        SharedQueue<Long> here = SharedQueue.create(keep, "queue", Codecs.int64(), 4);
        here.offer(1L);
        Segment closing = segments.open(keep);
        SharedQueue<Long> there = SharedQueue.open(closing, "queue", Codecs.int64());
        long taken = there.tryClaimNext();
        long claimed = there.tryClaim();
        closing.close();
        assertThatIllegalStateException().isThrownBy(there::tryClaim).withMessageStartingWith("segment is closed");
        there.slots().set(java.lang.foreign.ValueLayout.JAVA_LONG, there.slotOffset(claimed), 9L);
        there.publish(claimed);
        assertThat(mappings(keep.path())).isEqualTo(2);
        there.release(taken);
        assertThat(mappings(keep.path())).isEqualTo(1);
        assertThatIllegalStateException().isThrownBy(() -> there.release(taken))
                .withMessageStartingWith("segment is closed");
        assertThat(here.poll()).isEqualTo(9);
        goesOn(here, 2L);
    }

    @Test
    void shouldSettleAnAbortedClaimWhenItsTurnComesAfterTheClose() throws Exception {
        Segment keep = segments.create(1 << 16);
        SharedQueue<Long> here = SharedQueue.create(keep, "queue", Codecs.int64(), 4);
        here.offer(1L);
        Segment closing = segments.open(keep);
        SharedQueue<Long> there = SharedQueue.open(closing, "queue", Codecs.int64());
        long claimed = there.tryClaim();
        here.offer(5L);
        there.abort(claimed);
        closing.close();
        assertThat(here.poll()).isEqualTo(1);
        assertThat(here.poll()).isEqualTo(5);
        goesOn(here, 2L);
        await().untilAsserted(() -> assertThat(mappings(keep.path())).isEqualTo(1));
    }

    @Test
    void shouldKeepNoMappingForAClaimThatSomebodyElseGaveUp() {
        Segment keep = segments.create(1 << 16);
        SharedQueue<Long> here = SharedQueue.create(keep, "queue", Codecs.int64(), 8);
        Segment other = segments.open(keep);
        SharedQueue<Long> there = SharedQueue.open(other, "queue", Codecs.int64());
        Segment closing = segments.open(keep);
        SharedQueue<Long> gone = SharedQueue.open(closing, "queue", Codecs.int64());
        long first = gone.tryClaim();
        here.offer(1L);
        here.offer(2L);
        long second = there.tryClaim();
        here.offer(3L);
        there.abort(second);
        assertThat(there.settle()).isEqualTo(1);
        gone.abort(first);
        assertThat(gone.settle()).isZero();
        closing.close();
        assertThat(mappings(keep.path())).isEqualTo(2);
        assertThat(List.of(here.poll(), here.poll(), here.poll())).containsExactly(1L, 2L, 3L);
        goesOn(here, 4L);
    }

    @Test
    void shouldWaitInOneThreadForTheTurnsOfAllClaimsThatAreGivenUpAfterClose() throws Exception {
        Segment keep = segments.create(1 << 16);
        SharedQueue<Long> here = SharedQueue.create(keep, "queue", Codecs.int64(), 16);
        here.offer(1L);
        Segment closing = segments.open(keep);
        SharedQueue<Long> there = SharedQueue.open(closing, "queue", Codecs.int64());
        List<Long> claims = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            claims.add(there.tryClaim());
        }
        here.offer(2L);
        closing.close();
        Set<Thread> before = settlers();
        claims.forEach(there::abort);
        Set<Thread> settlers = settlers();
        settlers.removeAll(before);
        assertThat(settlers).hasSize(1);
        assertThat(mappings(keep.path())).isEqualTo(2);
        assertThat(here.poll()).isEqualTo(1);
        assertThat(here.poll()).isEqualTo(2);
        await().until(() -> mappings(keep.path()) == 1);
        for (Thread each : settlers) {
            each.join();
        }
        goesOn(here, 4L);
    }

    private static Set<Thread> settlers() {
        Set<Thread> settlers = new HashSet<>(Thread.getAllStackTraces().keySet());
        settlers.removeIf(thread -> !thread.getName().equals("zeroipc-settle"));
        return settlers;
    }

    /** What drains at most so many elements and calls an action for each. */
    interface Draining<T> {
        int drain(SharedQueue<T> queue, Runnable each, int max);
    }

    private static Arguments draining(String name, Codec<?> codec, Object element, Draining<?> draining) {
        return Arguments.argumentSet(name, codec, element, draining);
    }

    static Stream<Arguments> drainings() {
        Draining<Object> elements = (queue, each, max) -> queue.drainTo(_ -> each.run(), max);
        Draining<Object> slots = (queue, each, max) -> queue.drain((_, _) -> each.run(), max);
        Draining<Long> longs = (queue, each, max) -> queue.asLongs().drainTo(_ -> each.run(), max);
        Draining<Integer> ints = (queue, each, max) -> queue.asInts().drainTo(_ -> each.run(), max);
        Draining<Double> doubles = (queue, each, max) -> queue.asDoubles().drainTo(_ -> each.run(), max);
        return Stream.of(
                draining("elements", Codecs.bytes(3), new byte[3], elements),
                draining("slots", Codecs.bytes(3), new byte[3], slots),
                draining("longs", Codecs.int64(), 1L, longs),
                draining("ints", Codecs.int32(), 1, ints),
                draining("doubles", Codecs.float64(), 1.0, doubles));
    }

    @ParameterizedTest
    @MethodSource("drainings")
    <T> void shouldTakeNothingMoreWhenAConsumerClosesTheSegment(Codec<T> codec, T element, Draining<T> draining) {
        Segment keep = segments.create(1 << 16);
        SharedQueue<T> here = SharedQueue.create(keep, "queue", codec, 4);
        Segment closing = segments.open(keep);
        SharedQueue<T> there = SharedQueue.open(closing, "queue", codec);
        here.offer(element);
        here.offer(element);
        List<Integer> seen = new ArrayList<>();
        // One arrives for each that was handed over: without the close it would not end.
        assertThat(draining.drain(there, () -> {
            closing.close();
            seen.add(seen.size());
            assertThat(here.offer(element)).isTrue();
        }, 100)).isEqualTo(2);
        assertThat(seen).hasSize(2);
        assertThat(here.size()).isEqualTo(2);
        assertThat(mappings(keep.path())).isEqualTo(1);
    }

    @Test
    void shouldAddNothingMoreWhenTheSourceOfElementsClosesTheSegment() {
        Segment keep = segments.create(1 << 16);
        SharedQueue<Long> here = SharedQueue.create(keep, "queue", Codecs.int64(), 512);
        Segment closing = segments.open(keep);
        SharedQueue<Long> there = SharedQueue.open(closing, "queue", Codecs.int64());
        // The first 256 are one batch.
        Iterable<Long> source = () -> LongStream.range(0, 512).peek(each -> {
            if (each == 256) {
                closing.close();
            }
        }).iterator();
        assertThat(there.offerAll(source)).isEqualTo(256);
        assertThat(here.size()).isEqualTo(256);
        assertThat(mappings(keep.path())).isEqualTo(1);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
