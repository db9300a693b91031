package io.zeroipc.collection;

import java.nio.file.Files;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.RoleTakenException;
import io.zeroipc.SegmentDetachedException;
import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.segment.CommittingIntake;
import io.zeroipc.segment.Intake;
import io.zeroipc.segment.Outlet;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.SlotConsumer;
import io.zeroipc.segment.Source.Start;
import io.zeroipc.testing.Checked;
import io.zeroipc.testing.ClosingContract;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.testing.Waiter;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** What a close of the segment, or of a role within its own consumer, does to a ring. */
class RingClosingTest extends ClosingContract {

    private static final int CAPACITY = 16;

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    /** A ring that stays, and what its readers of all rounds have seen: each number once, in order. */
    private static final class Numbers {

        private final SharedRing<Long> ring;
        private final AtomicLong next = new AtomicLong();

        Numbers(Segment keep) {
            this.ring = SharedRing.create(keep, "ring", Codecs.int64(), CAPACITY);
        }

        /** Writes the next number, which is the ring's count of elements: a writer that was closed knows no other. */
        static Waiter.Action writing(Segment closing, Writing way) {
            SharedRing<Long> ring = SharedRing.open(closing, "ring", Codecs.int64());
            RingWriter<Long> writer = ring.writer();
            long[] number = {ring.totalWritten()};
            return () -> number[0] += way.write(writer, number[0]);
        }

        void see(long element) {
            long expected = next.getAndIncrement();
            if (element != expected) {
                throw new AssertionError("delivered twice or never: element=" + element + ", expected=" + expected);
            }
        }

        void goesOn() throws InterruptedException {
            try (RingReader<Long> reader = ring.reader(); RingWriter<Long> writer = ring.writer()) {
                reader.drainTo(this::see, CAPACITY);
                for (int i = 0; i < 2 * CAPACITY; i++) {
                    writer.put(ring.totalWritten());
                    see(reader.take());
                }
            }
            assertThat(ring.size()).isZero();
            assertThat(ring.totalWritten()).isEqualTo(next.get());
        }
    }

    /** How many elements it wrote. */
    @FunctionalInterface
    private interface Writing {
        long write(RingWriter<Long> writer, long number) throws Exception;
    }

    @FunctionalInterface
    private interface Reading {
        Waiter.Action of(SharedRing<Long> ring, Numbers numbers);
    }

    private static Scenario numbers(String name, Writing way, Reading reading) {
        Numbers[] numbers = new Numbers[1];
        return working(name, keep -> numbers[0] = new Numbers(keep), (closing, thread) -> thread == 0
                ? Numbers.writing(closing, way)
                : reading.of(SharedRing.open(closing, "ring", Codecs.int64()), numbers[0]), Numbers::goesOn);
    }

    @Override
    protected Stream<Scenario> scenarios() {
        return Stream.of(
                numbers("offer and poll", RingClosingTest::offering, (ring, numbers) -> {
                    RingReader<Long> reader = ring.reader();
                    return () -> {
                        Long element = reader.poll();
                        if (element != null) {
                            numbers.see(element);
                        }
                    };
                }),
                numbers("put and take", (writer, number) -> {
                    writer.put(number);
                    return 1;
                }, (ring, numbers) -> {
                    RingReader<Long> reader = ring.reader();
                    return () -> numbers.see(reader.take());
                }),
                numbers("batches, lazily",
                        (writer, number) -> writer.offerAll(List.of(number, number + 1, number + 2)),
                        (ring, numbers) -> {
                            RingReader<Long> reader = ring.lazyReader();
                            return () -> reader.drainTo(numbers::see, 5);
                        }),
                numbers("primitive views, lazily",
                        (writer, number) -> writer.asLongs().offerAll(new long[] {number, number + 1}, 0, 2),
                        (ring, numbers) -> {
                            LongRing.Reader reader = ring.lazyReader().asLongs();
                            return () -> {
                                long element = reader.poll(-1);
                                if (element != -1) {
                                    numbers.see(element);
                                }
                                reader.drainTo(numbers::see, 3);
                            };
                        }),
                numbers("claims and slots, lazily", RingClosingTest::claiming, (ring, numbers) -> {
                    RingReader<Long> reader = ring.lazyReader();
                    SlotConsumer consumer = (memory, offset) -> numbers.see(memory.get(JAVA_LONG, offset));
                    return () -> reader.pollSlot(consumer);
                }),
                numbers("intake", RingClosingTest::offering, (ring, numbers) -> {
                    Intake<Long> intake = ring.intake(Start.EARLIEST);
                    return () -> intake.drainTo(numbers::see, 4);
                }),
                numbers("reader closed within its consumer", RingClosingTest::offering, (ring, numbers) -> () -> {
                    RingReader<Long> reader = ring.lazyReader();
                    reader.drainTo(element -> {
                        numbers.see(element);
                        reader.close();
                    }, 4);
                    reader.close();
                }),
                working("commits", keep -> SharedRing.create(keep, "ring", Codecs.int64(), CAPACITY),
                        (closing, thread) -> {
                            SharedRing<Long> ring = SharedRing.open(closing, "ring", Codecs.int64());
                            if (thread == 0) {
                                Outlet<Long> outlet = ring.outlet();
                                return () -> outlet.offer(ring.totalWritten());
                            }
                            CommittingIntake<Long> intake = ring.committingIntake();
                            return () -> {
                                if (intake.poll() != null) {
                                    intake.commit(intake.position());
                                }
                            };
                        }, RingClosingTest::holdsItsNumbers),
                working("overwriting and cursor",
                        keep -> keep.create("ring", SharedRing.spec(Checked.CODEC, CAPACITY, true)),
                        (closing, thread) -> {
                            SharedRing<Checked> ring = closing.open("ring", SharedRing.spec(Checked.CODEC, 0, true));
                            if (thread == 0) {
                                RingWriter<Checked> writer = ring.writer();
                                return () -> {
                                    writer.offer(Checked.of(ring.totalWritten()));
                                    long first = ring.totalWritten();
                                    writer.offerAll(List.of(Checked.of(first), Checked.of(first + 1)));
                                };
                            }
                            RingCursor<Checked> cursor = ring.cursor(Start.EARLIEST);
                            return () -> {
                                Checked element = cursor.poll();
                                if (element != null) {
                                    requireRight(element, cursor.position());
                                }
                                cursor.drainTo(each -> requireRight(each, cursor.position()), 3);
                            };
                        }, RingClosingTest::remembers),
                working("roles taken and closed", keep -> SharedRing.create(keep, "ring", Codecs.int64(), CAPACITY),
                        (closing, thread) -> {
                            SharedRing<Long> ring = SharedRing.open(closing, "ring", Codecs.int64());
                            return () -> {
                                if (thread == 0) {
                                    try (RingWriter<Long> writer = ring.writer()) {
                                        writer.tryClaim();
                                    }
                                } else {
                                    try (RingReader<Long> reader = ring.lazyReader()) {
                                        reader.poll();
                                    }
                                }
                                ring.size();
                            };
                        }, ring -> {
                            ring.writer().close();
                            ring.reader().close();
                            assertThat(ring.size()).isZero();
                        }));
    }

    private static long offering(RingWriter<Long> writer, long number) {
        return writer.offer(number) ? 1 : 0;
    }

    private static long claiming(RingWriter<Long> writer, long number) throws InterruptedException {
        long claim = writer.tryClaim();
        if (claim == RingWriter.NO_CLAIM) {
            return 0;
        }
        writer.memory().set(JAVA_LONG, claim, number);
        if (number % 3 == 2) {
            writer.abort();
            writer.put(number);
        } else {
            writer.publish();
        }
        return 1;
    }

    private static void holdsItsNumbers(SharedRing<Long> ring) throws InterruptedException {
        try (CommittingIntake<Long> intake = ring.committingIntake(); RingWriter<Long> writer = ring.writer()) {
            for (Long element = intake.poll(); element != null; element = intake.poll()) {
                assertThat(element).isEqualTo(intake.position());
                intake.commit(intake.position());
            }
            writer.put(ring.totalWritten());
            assertThat(intake.poll()).isEqualTo(ring.totalWritten() - 1);
            intake.commit(intake.position());
        }
        assertThat(ring.size()).isZero();
    }

    private static void remembers(SharedRing<Checked> ring) {
        try (RingWriter<Checked> writer = ring.writer(); RingCursor<Checked> cursor = ring.cursor(Start.EARLIEST)) {
            for (int i = 0; i < 3; i++) {
                writer.offer(Checked.of(ring.totalWritten()));
            }
            cursor.drainTo(element -> requireRight(element, cursor.position()), CAPACITY);
            assertThat(cursor.position()).isEqualTo(ring.totalWritten() - 1);
        }
    }

    private static void requireRight(Checked element, long position) {
        if (!element.isWhole() || element.number() != position) {
            throw new AssertionError("wrong element: " + element + ", position=" + position);
        }
    }

    @Test
    void shouldPublishTheOpenClaimAndKeepRoleAndMappingWhenTheSegmentIsClosed() {
        Segment keep = segments.create(1 << 16);
        SharedRing<Long> here = SharedRing.create(keep, "ring", Codecs.int64(), 4);
        Segment closing = segments.open(keep);
        RingWriter<Long> writer = SharedRing.open(closing, "ring", Codecs.int64()).writer();
        long claim = writer.tryClaim();
        closing.close();

        assertThat(mappings(keep.path())).isEqualTo(2);
        assertThatExceptionOfType(RoleTakenException.class).isThrownBy(here::writer);
        assertThatIllegalStateException().isThrownBy(() -> writer.offer(1L))
                .withMessageStartingWith("segment is closed");
        writer.memory().set(JAVA_LONG, claim, 9);
        writer.publish();
        assertThat(mappings(keep.path())).isEqualTo(1);
        assertThatIllegalStateException().isThrownBy(writer::publish).withMessageStartingWith("segment is closed");
        assertThatIllegalStateException().isThrownBy(writer::memory).withMessageStartingWith("segment is closed");
        assertThat(here.reader().poll()).isEqualTo(9);
        assertThat(here.writer().offer(2L)).isTrue();
        writer.close();
    }

    @Test
    void shouldAbortTheOpenClaimWhenTheSegmentIsClosed() {
        Segment keep = segments.create(1 << 16);
        SharedRing<Long> here = SharedRing.create(keep, "ring", Codecs.int64(), 4);
        Segment closing = segments.open(keep);
        RingWriter<Long> writer = SharedRing.open(closing, "ring", Codecs.int64()).writer();
        writer.tryClaim();
        closing.close();
        writer.abort();

        assertThat(mappings(keep.path())).isEqualTo(1);
        assertThat(here.size()).isZero();
        here.writer().close();
    }

    @Test
    void shouldFreeTheMappingWhenTheWriterIsClosedInsteadOfItsClaimBeingEnded() {
        Segment keep = segments.create(1 << 16);
        SharedRing<Long> here = SharedRing.create(keep, "ring", Codecs.int64(), 4);
        Segment closing = segments.open(keep);
        RingWriter<Long> writer = SharedRing.open(closing, "ring", Codecs.int64()).writer();
        writer.tryClaim();
        closing.close();
        assertThat(mappings(keep.path())).isEqualTo(2);
        writer.close();
        writer.close();

        assertThat(mappings(keep.path())).isEqualTo(1);
        assertThat(here.size()).isZero();
        here.writer().close();
    }

    @Test
    void shouldLeaveNothingHeldWhenAWriterIsClosedWithAnOpenClaim() {
        Segment keep = segments.create(1 << 16);
        SharedRing<Long> here = SharedRing.create(keep, "ring", Codecs.int64(), 4);
        Segment closing = segments.open(keep);
        RingWriter<Long> writer = SharedRing.open(closing, "ring", Codecs.int64()).writer();
        writer.tryClaim();
        writer.close();
        assertThatIllegalStateException().isThrownBy(writer::publish).withMessageStartingWith("no slot is claimed");
        closing.close();

        assertThat(mappings(keep.path())).isEqualTo(1);
        assertThat(here.size()).isZero();
    }

    /** The reader's role of an overwriting writer goes with the writer's, and not before. */
    @Test
    void shouldKeepReadersOutWhenAnOverwritingWriterHasAClaimOpenAtClose() {
        Segment keep = segments.create(1 << 16);
        keep.create("ring", SharedRing.spec(Codecs.int64(), 4, true));
        SharedRing<Long> removing = SharedRing.open(keep, "ring", Codecs.int64());
        Segment closing = segments.open(keep);
        RingWriter<Long> writer = closing.open("ring", SharedRing.spec(Codecs.int64(), 0, true)).writer();
        writer.tryClaim();
        closing.close();

        assertThatExceptionOfType(RoleTakenException.class).isThrownBy(removing::reader);
        writer.publish();
        removing.reader().close();
        removing.writer().close();
    }

    @Test
    void shouldGiveBothRolesBackWhenTheSegmentOfAnOverwritingWriterIsClosedOrDetached() throws Exception {
        Segment keep = segments.create(1 << 16);
        keep.create("ring", SharedRing.spec(Codecs.int64(), 4, true));
        SharedRing<Long> removing = SharedRing.open(keep, "ring", Codecs.int64());
        Segment closing = segments.open(keep);
        RingWriter<Long> writer = closing.open("ring", SharedRing.spec(Codecs.int64(), 0, true)).writer();
        closing.close();
        removing.reader().close();
        removing.writer().close();

        Segment detached = segments.open(keep);
        RingWriter<Long> another = detached.open("ring", SharedRing.spec(Codecs.int64(), 0, true)).writer();
        Files.delete(keep.path());
        assertThatExceptionOfType(SegmentDetachedException.class).isThrownBy(detached::verify);
        detached.close();
        removing.reader().close();
        removing.writer().close();
        another.close();
        writer.close();
    }

    @Test
    void shouldDeliverNothingTwiceWhenTheSegmentIsClosedBeforeALazyReader() {
        Segment keep = segments.create(1 << 16);
        SharedRing<Long> here = SharedRing.create(keep, "ring", Codecs.int64(), 64);
        here.outlet().offerAll(List.of(1L, 2L, 3L));
        Segment closing = segments.open(keep);
        RingReader<Long> lazy = SharedRing.open(closing, "ring", Codecs.int64()).lazyReader();
        assertThat(lazy.poll()).isEqualTo(1);
        assertThat(lazy.poll()).isEqualTo(2);
        assertThat(here.size()).isEqualTo(3);
        closing.close();

        assertThat(here.size()).isEqualTo(1);
        RingReader<Long> next = here.reader();
        assertThat(next.poll()).isEqualTo(3);
        lazy.close();
        here.outlet().offer(4L);
        assertThat(next.poll()).isEqualTo(4);
    }

    @Test
    void shouldGiveBackWhatWasConsumedWhenAReaderIsClosedInItsConsumerAfterTheSegment() {
        Segment keep = segments.create(1 << 16);
        SharedRing<Long> here = SharedRing.create(keep, "ring", Codecs.int64(), 64);
        here.outlet().offerAll(List.of(1L, 2L, 3L));
        Segment closing = segments.open(keep);
        RingReader<Long> lazy = SharedRing.open(closing, "ring", Codecs.int64()).lazyReader();
        List<Long> seen = new ArrayList<>();

        assertThat(lazy.pollSlot((memory, offset) -> {
            closing.close();
            assertThat(mappings(keep.path())).isEqualTo(2);
            assertThatExceptionOfType(RoleTakenException.class).isThrownBy(here::reader);
            lazy.close();
            here.reader().close();
            // The slot is this consumer's for as long as it runs, whatever it closes.
            seen.add(memory.get(JAVA_LONG, offset));
        })).isTrue();

        assertThat(mappings(keep.path())).isEqualTo(1);
        assertThat(seen).containsExactly(1L);
        assertThat(here.reader().poll()).isEqualTo(2);
    }

    @Test
    void shouldKeepTheMappingWhenASlotConsumerRunsUntilItIsDone() throws Exception {
        Segment keep = segments.create(1 << 16);
        SharedRing<Long> here = SharedRing.create(keep, "ring", Codecs.int64(), 64);
        here.outlet().offerAll(List.of(1L, 2L, 3L));
        Segment closing = segments.open(keep);
        RingReader<Long> there = SharedRing.open(closing, "ring", Codecs.int64()).lazyReader();
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (Waiter<Integer> consumer = Waiter.of(() -> there.asLongs().drainTo((long element) -> {
            inside.countDown();
            awaitQuietly(goOn);
        }, 2))) {
            inside.await();
            closing.close();
            assertThat(mappings(keep.path())).isEqualTo(2);
            assertThatExceptionOfType(RoleTakenException.class).isThrownBy(here::reader);
            goOn.countDown();
            assertThat(consumer.get()).as("no more once the segment is being closed").isEqualTo(1);
        }
        assertThat(mappings(keep.path())).isEqualTo(1);
        assertThat(here.reader().poll()).isEqualTo(2);
    }

    @Test
    void shouldCommitFromAnyThreadWhenTheSegmentIsClosedWhileElementsAreHandedOut() throws Exception {
        Segment keep = segments.create(1 << 16);
        SharedRing<Long> here = SharedRing.create(keep, "ring", Codecs.int64(), 64);
        here.outlet().offerAll(List.of(1L, 2L, 3L));
        Segment closing = segments.open(keep);
        CommittingIntake<Long> intake = SharedRing.open(closing, "ring", Codecs.int64()).committingIntake();

        assertThat(intake.poll()).isEqualTo(1);
        assertThat(intake.drainTo(_ -> {
            closing.close();
            joinQuietly(Thread.ofPlatform().start(() -> intake.commit(0)));
            assertThat(here.size()).isEqualTo(2);
            intake.commit(1);
            assertThat(here.size()).isEqualTo(1);
        }, 2)).isEqualTo(1);

        assertThat(mappings(keep.path())).isEqualTo(1);
        assertThatIllegalStateException().isThrownBy(() -> intake.commit(2))
                .withMessageStartingWith("segment is closed");
        intake.close();
        intake.commit(2);
        assertThat(here.reader().poll()).isEqualTo(3);
    }

    @Test
    void shouldHandOutAndTakeInNoMoreWhenTheSegmentIsClosedMeanwhile() {
        Segment keep = segments.create(1 << 16);
        SharedRing<Long> here = SharedRing.create(keep, "ring", Codecs.int64(), 64);
        SharedRing<Long> history = keep.create("history", SharedRing.spec(Codecs.int64(), 64, true));
        history.outlet().offerAll(List.of(1L, 2L, 3L));
        Segment first = segments.open(keep);
        RingWriter<Long> writer = SharedRing.open(first, "ring", Codecs.int64()).writer();
        assertThat(writer.offerAll(new Generated(index -> {
            if (index == 1) {
                first.close();
            }
            return (long) index;
        }))).isEqualTo(1);
        here.outlet().offerAll(List.of(1L, 2L));
        Segment second = segments.open(keep);
        RingReader<Long> reader = SharedRing.open(second, "ring", Codecs.int64()).lazyReader();
        List<Long> seen = new ArrayList<>();
        assertThat(reader.drainTo(element -> {
            seen.add(element);
            second.close();
        }, 9)).isEqualTo(1);
        Segment third = segments.open(keep);
        RingCursor<
                Long> cursor = third.open("history", SharedRing.spec(Codecs.int64(), 0, true)).cursor(Start.EARLIEST);
        assertThat(cursor.drainTo(element -> {
            seen.add(element);
            third.close();
        }, 9)).isEqualTo(1);

        assertThat(mappings(keep.path())).isEqualTo(1);
        here.reader().drainTo(seen::add, 9);
        assertThat(seen).containsExactly(0L, 1L, 1L, 2L);
    }

    /** The role has been given back, so read_pos is somebody else's though the mapping is still there. */
    @Test
    void shouldCommitNothingMoreWhenTheRoleIsGivenBackAndTheMappingStays() {
        Segment keep = segments.create(1 << 16);
        SharedRing<Long> here = SharedRing.create(keep, "ring", Codecs.int64(), 64);
        SharedQueue.create(keep, "queue", Codecs.int64(), 4);
        here.outlet().offerAll(List.of(1L, 2L, 3L));
        Segment closing = segments.open(keep);
        SharedQueue<Long> there = SharedQueue.open(closing, "queue", Codecs.int64());
        long claim = there.tryClaim();
        CommittingIntake<Long> intake = SharedRing.open(closing, "ring", Codecs.int64()).committingIntake();
        assertThat(intake.poll()).isEqualTo(1);
        closing.close();
        assertThat(mappings(keep.path())).isEqualTo(2);

        assertThatIllegalStateException().isThrownBy(() -> intake.commit(0))
                .withMessageStartingWith("segment is closed");
        assertThat(here.size()).isEqualTo(3);
        assertThat(here.reader().poll()).isEqualTo(1);
        there.abort(claim);
        assertThat(mappings(keep.path())).isEqualTo(1);
    }

    @Test
    void shouldDeliverOneElementWhenACursorIsClosedInItsOwnConsumer() {
        SharedRing<Long> longs = history(Codecs.int64(), List.of(1L, 2L, 3L));
        RingCursor<Long> objects = longs.cursor(Start.EARLIEST);
        List<Object> seen = new ArrayList<>();
        assertThat(objects.drainTo(element -> {
            seen.add(element);
            objects.close();
        }, 9)).isEqualTo(1);
        requireClosed(objects);

        RingCursor<Long> slots = longs.cursor(Start.EARLIEST);
        assertThat(slots.pollSlot((memory, offset) -> {
            slots.close();
            seen.add(memory.get(JAVA_LONG, offset));
        })).isTrue();
        requireClosed(slots);

        RingCursor<Long> ofLongs = longs.cursor(Start.EARLIEST);
        assertThat(ofLongs.asLongs().drainTo((long element) -> {
            seen.add(element);
            ofLongs.close();
        }, 9)).isEqualTo(1);
        requireClosed(ofLongs);
        assertThatIllegalStateException().isThrownBy(() -> ofLongs.asLongs().poll(0)).withMessageContaining("closed");
        assertThatIllegalStateException().isThrownBy(() -> ofLongs.asLongs().drainTo(new long[1], 0, 1))
                .withMessageContaining("closed");
        assertThat(seen).containsExactly(1L, 1L, 1L);

        RingCursor<Integer> ofInts = history(Codecs.int32(), List.of(1, 2, 3)).cursor(Start.EARLIEST);
        assertThat(ofInts.asInts().drainTo((int element) -> ofInts.close(), 9)).isEqualTo(1);
        requireClosed(ofInts);

        RingCursor<Double> ofDoubles = history(Codecs.float64(), List.of(1.0, 2.0, 3.0)).cursor(Start.EARLIEST);
        assertThat(ofDoubles.asDoubles().drainTo((double element) -> ofDoubles.close(), 9)).isEqualTo(1);
        requireClosed(ofDoubles);
    }

    @Test
    void shouldDeliverNoMoreWhenACursorIsClosedInItsOwnConsumerThatThrows() {
        RingCursor<Long> cursor = history(Codecs.int64(), List.of(1L, 2L, 3L)).cursor(Start.EARLIEST);
        assertThatIllegalStateException().isThrownBy(() -> cursor.drainTo(_ -> {
            cursor.close();
            throw new IllegalStateException("and no more");
        }, 9)).withMessage("and no more");
        requireClosed(cursor);
    }

    private static void requireClosed(Intake<?> intake) {
        assertThatIllegalStateException().isThrownBy(intake::poll).withMessageContaining("closed");
        assertThatIllegalStateException().isThrownBy(() -> intake.drainTo(_ -> {}, 1)).withMessageContaining("closed");
        assertThatIllegalStateException().isThrownBy(() -> intake.pollSlot((_, _) -> {}))
                .withMessageContaining("closed");
    }

    /** As a collection does that is read from a connection, say, which ends. */
    @Test
    void shouldWriteNoMoreWhenTheWriterIsClosedByTheElementsItIsGiven() {
        Segment segment = segments.create(1 << 16);
        SharedRing<Long> ring = SharedRing.create(segment, "ring", Codecs.int64(), 8);
        RingWriter<Long> writer = ring.writer();
        List<Long> elements = new Generated(index -> {
            if (index == 2) {
                writer.close();
                try (RingWriter<Long> next = ring.writer()) {
                    next.offer(7L);
                }
            }
            return (long) index;
        });
        assertThat(writer.offerAll(elements)).isZero();
        assertThatIllegalStateException().isThrownBy(() -> writer.offer(1L)).withMessageContaining("closed");

        RingWriter<Long> another = ring.writer();
        assertThatIllegalStateException().isThrownBy(() -> another.offerAll(new Generated(index -> {
            if (index == 1) {
                another.offer(5L);
            }
            return 10L + index;
        }))).withMessageContaining("ring writer is busy").withMessageContaining("name=ring");
        assertThat(another.offer(8L)).isTrue();
        List<Long> left = new ArrayList<>();
        ring.reader().drainTo(left::add, 9);
        assertThat(left).containsExactly(7L, 10L, 8L);
    }

    /** Three elements, each made when it is asked for. */
    private static final class Generated extends AbstractList<Long> {

        private final IntFunction<Long> source;

        Generated(IntFunction<Long> source) {
            this.source = source;
        }

        @Override
        public Long get(int index) {
            return source.apply(index);
        }

        @Override
        public int size() {
            return 3;
        }
    }

    private <T> SharedRing<T> history(Codec<T> codec, List<T> elements) {
        SharedRing<T> ring = segments.create(1 << 16).create("ring", SharedRing.spec(codec, 8, true));
        try (RingWriter<T> writer = ring.writer()) {
            writer.offerAll(elements);
        }
        return ring;
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void joinQuietly(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void shouldFreeTheMappingWhenAWriterWasUsedWhileItHadAClaim() {
        Segment keep = segments.create(1 << 14);
        SharedRing<Integer> ring = SharedRing.create(keep, "misused", Codecs.int32(), 4);
        Segment closing = segments.open(keep);
        RingWriter<Integer> writer = SharedRing.open(closing, "misused", Codecs.int32()).writer();
        assertThat(writer.tryClaim()).isNotEqualTo(RingWriter.NO_CLAIM);
        assertThatIllegalStateException().isThrownBy(() -> writer.offer(1));
        writer.abort();
        closing.close();
        assertThat(mappings(keep.path())).isEqualTo(1);
        assertThat(ring.size()).isZero();
    }
}
