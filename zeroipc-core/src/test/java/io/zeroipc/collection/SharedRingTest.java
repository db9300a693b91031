package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.RoleTakenException;
import io.zeroipc.StructureMismatchException;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.format.RingDescriptor;
import io.zeroipc.segment.Intake;
import io.zeroipc.segment.Outlet;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Source.Start;
import io.zeroipc.testing.Checked;
import io.zeroipc.testing.ForeignBlock;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class SharedRingTest {

    private static final long SEGMENT_SIZE = 1 << 16;

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    @Test
    void shouldKeepTheOrderWhenItWrapsManyTimes() {
        SharedRing<Integer> ring = ring(3);
        RingWriter<Integer> writer = ring.writer();
        RingReader<Integer> reader = ring.reader();

        for (int i = 0; i < 100; i++) {
            assertThat(writer.offer(2 * i)).isTrue();
            assertThat(writer.offer(2 * i + 1)).isTrue();
            assertThat(ring.size()).isEqualTo(2);
            assertThat(reader.poll()).isEqualTo(2 * i);
            assertThat(reader.poll()).isEqualTo(2 * i + 1);
            assertThat(reader.poll()).isNull();
        }
        assertThat(ring.totalWritten()).isEqualTo(200);
        assertThat(ring.capacity()).isEqualTo(3);
    }

    @Test
    void shouldRefuseWhenFullAndTakeAgainWhenOneIsRead() {
        SharedRing<Integer> ring = ring(3);
        RingWriter<Integer> writer = ring.writer();
        RingReader<Integer> reader = ring.reader();
        assertThat(writer.offerAll(List.of(1, 2, 3, 4))).isEqualTo(3);

        assertThat(writer.offer(4)).isFalse();
        assertThat(ring.occupancy().usage()).isEqualTo(1);
        assertThat(reader.poll()).isEqualTo(1);
        assertThat(writer.offer(4)).isTrue();
        assertThat(writer.offer(5)).isFalse();
        assertThat(drain(reader, 9)).containsExactly(2, 3, 4);
    }

    @Test
    void shouldWriteAsManyAsFitWhenManyAreOffered() {
        SharedRing<Integer> ring = ring(4);
        RingWriter<Integer> writer = ring.writer();
        RingReader<Integer> reader = ring.reader();

        assertThat(writer.offerAll(List.of())).isZero();
        assertThat(writer.offerAll(List.of(1, 2, 3))).isEqualTo(3);
        assertThat(writer.offerAll(List.of(4, 5))).isEqualTo(1);
        assertThat(writer.offerAll(List.of(5))).isZero();
        assertThat(drain(reader, 2)).containsExactly(1, 2);
        assertThat(writer.offerAll(List.of(5, 6, 7))).isEqualTo(2);
        assertThat(drain(reader, 100)).containsExactly(3, 4, 5, 6);
        assertThat(drain(reader, 0)).isEmpty();
        assertThat(drain(reader, -1)).isEmpty();
    }

    @Test
    void shouldWriteNothingWhenTheCodecRefuses() {
        Segment segment = segments.create(SEGMENT_SIZE);
        SharedRing<Integer> ring = SharedRing.create(segment, "bytes", Codecs.uint8(), 8);
        RingWriter<Integer> writer = ring.writer();

        assertThatIllegalArgumentException().isThrownBy(() -> writer.offer(256));
        assertThat(ring.size()).isZero();
        assertThatIllegalArgumentException().isThrownBy(() -> writer.offerAll(List.of(1, 2, 256, 3)));
        assertThat(drain(ring.reader(), 9)).containsExactly(1, 2);
    }

    @Test
    void shouldNameTheIndexAndWriteWhatIsBeforeItWhenOneOfManyIsNull() {
        SharedRing<Integer> ring = ring(4);
        RingWriter<Integer> writer = ring.writer();
        RingReader<Integer> reader = ring.reader();

        assertThatExceptionOfType(NullPointerException.class)
                .isThrownBy(() -> writer.offerAll(Arrays.asList(1, 2, null, 3)))
                .withMessageStartingWith("element is null: segment=" + ring.segment().name() + ", name=ring, index=2");
        assertThat(drain(reader, 9)).containsExactly(1, 2);
        assertThatExceptionOfType(NullPointerException.class).isThrownBy(() -> writer.offer(null))
                .withMessage("element");
        assertThatExceptionOfType(NullPointerException.class).isThrownBy(() -> writer.put(null)).withMessage("element");
        assertThatExceptionOfType(NullPointerException.class)
                .isThrownBy(() -> writer.offer(null, Duration.ofMinutes(5)))
                .withMessage("element");
        assertThat(writer.offerAll(Arrays.asList(1, 2, 3, 4, null))).as("no room to notice it").isEqualTo(4);

        SharedRing<Integer> history = ring.segment().create("history", SharedRing.spec(Codecs.int32(), 8, true));
        List<Integer> many = new ArrayList<>(IntStream.range(0, 20).boxed().toList());
        many.set(13, null);
        assertThatExceptionOfType(NullPointerException.class).isThrownBy(() -> history.outlet().offerAll(many))
                .withMessageContaining("name=history, index=13");
        assertThat(history.totalWritten()).isEqualTo(13);
        assertThat(history.cursor(Start.EARLIEST).poll()).as("one of the last eight, less the burst").isEqualTo(6);
    }

    @Test
    void shouldShowNothingWhenASlotIsClaimedUntilItIsPublished() {
        SharedRing<Integer> ring = ring(2);
        RingWriter<Integer> writer = ring.writer();
        RingReader<Integer> reader = ring.reader();

        long claim = writer.tryClaim();
        writer.memory().set(ValueLayout.JAVA_INT, claim, 5);
        assertThat(reader.poll()).isNull();
        assertThatIllegalStateException().isThrownBy(() -> writer.offer(1)).withMessageContaining("claimed");
        assertThatIllegalStateException().isThrownBy(writer::tryClaim).withMessageContaining("claimed");
        writer.abort();
        assertThat(reader.poll()).isNull();
        assertThatIllegalStateException().isThrownBy(writer::publish).withMessageContaining("no slot is claimed");

        assertThat(writer.tryClaim()).isEqualTo(claim);
        writer.memory().set(ValueLayout.JAVA_INT, claim, 6);
        writer.publish();
        assertThat(writer.offer(7)).isTrue();
        assertThat(writer.tryClaim()).isEqualTo(RingWriter.NO_CLAIM);
        assertThat(drain(reader, 9)).containsExactly(6, 7);
    }

    @Test
    void shouldRefuseASecondWriterOrReaderUntilTheFirstIsClosed() {
        Segment segment = segments.create(SEGMENT_SIZE);
        SharedRing<Integer> here = SharedRing.create(segment, "ring", Codecs.int32(), 4);
        SharedRing<Integer> there = SharedRing.open(segments.open(segment), "ring", Codecs.int32());
        RingWriter<Integer> writer = here.writer();
        RingReader<Integer> reader = there.reader();

        assertThatExceptionOfType(RoleTakenException.class).isThrownBy(here::writer)
                .satisfies(e -> assertThat(e.role()).isEqualTo("writer"));
        assertThatExceptionOfType(RoleTakenException.class).isThrownBy(there::writer);
        assertThatExceptionOfType(RoleTakenException.class).isThrownBy(here::reader)
                .satisfies(e -> assertThat(e.role()).isEqualTo("reader"));
        assertThatExceptionOfType(RoleTakenException.class).isThrownBy(() -> there.intake(Start.EARLIEST));
        writer.offer(1);
        writer.close();
        writer.close();
        reader.close();
        reader.close();

        assertThatIllegalStateException().isThrownBy(() -> writer.offer(2)).withMessageContaining("writer is closed");
        assertThatIllegalStateException().isThrownBy(reader::poll).withMessageContaining("reader is closed");
        RingWriter<Integer> next = there.writer();
        assertThat(next.offer(2)).isTrue();
        assertThat(drain(here.reader(), 9)).containsExactly(1, 2);
    }

    @Test
    void shouldGiveRolesBackWhenTheSegmentIsClosed() {
        Segment segment = segments.create(SEGMENT_SIZE);
        SharedRing<Integer> ring = SharedRing.create(segment, "ring", Codecs.int32(), 4);
        Segment other = segments.open(segment);
        SharedRing<Integer> there = SharedRing.open(other, "ring", Codecs.int32());
        RingWriter<Integer> writer = there.writer();
        RingReader<Integer> reader = there.reader();
        RingCursor<Integer> cursor = there.cursor(Start.EARLIEST);
        other.close();

        assertThat(ring.writer().offer(1)).isTrue();
        assertThat(ring.reader().poll()).isEqualTo(1);
        assertThatIllegalStateException().isThrownBy(() -> writer.offer(1)).withMessageContaining(other.name());
        assertThatIllegalStateException().isThrownBy(reader::poll).withMessageContaining(other.name());
        assertThatIllegalStateException().isThrownBy(cursor::poll).withMessageContaining(other.name());
        writer.close();
        reader.close();
        cursor.close();
    }

    @Test
    void shouldWaitWhenFullOrEmpty() throws InterruptedException {
        SharedRing<Integer> ring = ring(2);
        RingWriter<Integer> writer = ring.writer();
        RingReader<Integer> reader = ring.reader();
        int count = 5_000;
        List<Integer> taken = new ArrayList<>();
        Thread consumer = Thread.ofPlatform().start(() -> {
            try {
                for (int i = 0; i < count; i++) {
                    taken.add(i % 2 == 0 ? reader.take() : reader.poll(Duration.ofMinutes(5)));
                }
            } catch (InterruptedException e) {
                taken.clear();
            }
        });
        for (int i = 0; i < count; i++) {
            if (i % 2 == 0) {
                writer.put(i);
            } else {
                assertThat(writer.offer(i, Duration.ofMinutes(5))).isTrue();
            }
        }
        consumer.join();

        assertThat(taken).containsExactlyElementsOf(IntStream.range(0, count).boxed().toList());
    }

    @Test
    void shouldGiveUpWhenTheTimeIsOver() throws InterruptedException {
        SharedRing<Integer> ring = ring(1);
        RingWriter<Integer> writer = ring.writer();
        RingReader<Integer> reader = ring.reader();

        assertThat(reader.poll(Duration.ofMillis(2))).isNull();
        assertThat(writer.offer(1, Duration.ZERO)).isTrue();
        assertThat(writer.offer(2, Duration.ofMillis(2))).isFalse();
        assertThat(writer.offer(2, Duration.ofMillis(-2))).isFalse();
        assertThat(reader.poll(Duration.ZERO)).isEqualTo(1);
        assertThat(ring.cursor(Start.EARLIEST).poll(Duration.ofMillis(2))).isNull();
    }

    @Test
    void shouldEndTheWaitWhenTheThreadIsInterrupted() throws InterruptedException {
        SharedRing<Integer> ring = ring(1);
        RingReader<Integer> reader = ring.reader();
        CountDownLatch waiting = new CountDownLatch(1);
        AtomicReference<Throwable> end = new AtomicReference<>();
        Thread consumer = Thread.ofPlatform().start(() -> {
            waiting.countDown();
            try {
                reader.take();
            } catch (InterruptedException e) {
                end.set(e);
            }
        });
        waiting.await();
        consumer.interrupt();
        consumer.join();

        assertThat(end.get()).isInstanceOf(InterruptedException.class);
    }

    @Test
    void shouldRefuseTheSpecWhenTheCapacityIsImpossible() {
        assertThatIllegalArgumentException().isThrownBy(() -> SharedRing.spec(Codecs.int64(), 1L << 29))
                .withMessageContaining("capacity=" + (1L << 29))
                .withMessageContaining("4294967295");
        assertThatIllegalArgumentException().isThrownBy(() -> SharedRing.spec(Codecs.int64(), -1));
        assertThatIllegalArgumentException().isThrownBy(() -> ring(0)).withMessageContaining("capacity=0");
        assertThat(SharedRing.spec(Codecs.int64(), (1L << 29) - 1).parts().getFirst().byteSize())
                .isEqualTo(24 + (1L << 32) - 8);
    }

    @Test
    void shouldReachTheLastSlotWhenItHasMoreThanTwoGibibytes() {
        long capacity = (1L << 29) - 1;
        Segment segment = segments.create(builder -> builder.size(5L << 30).preallocate(false));
        SharedRing<Long> ring = SharedRing.create(segment, "far", Codecs.int64(), capacity);
        seed(ring, (capacity - 2) * 8);
        RingWriter<Long> writer = ring.writer();
        RingReader<Long> reader = ring.reader();

        assertThat(writer.offerAll(List.of(1L, 2L, 3L, 4L))).isEqualTo(4);

        assertThat(ring.capacity()).isEqualTo(capacity);
        assertThat(ring.cursor(Start.EARLIEST).poll()).isEqualTo(1);
        assertThat(drain(reader, 9)).containsExactly(1L, 2L, 3L, 4L);
        assertThat(reader.position()).isEqualTo(capacity + 1);
    }

    /** The positions are unsigned and count bytes; the capacity is not a power of two. */
    @ParameterizedTest
    @ValueSource(longs = {1L << 32, (1L << 32) - 1, Long.MAX_VALUE, -(1L << 32)})
    void shouldGoOnWhenPositionsAreLarge(long about) {
        SharedRing<Integer> ring = ring(3);
        seed(ring, Long.divideUnsigned(about, 12) * 12 - 8);
        long before = ring.totalWritten();
        RingWriter<Integer> writer = ring.writer();
        RingReader<Integer> reader = ring.reader();
        RingCursor<Integer> cursor = ring.cursor(Start.LATEST);

        for (int i = 0; i < 50; i++) {
            assertThat(writer.offer(i)).isTrue();
            assertThat(cursor.poll()).isEqualTo(i);
            assertThat(reader.poll()).isEqualTo(i);
            assertThat(reader.position()).isEqualTo(before + i);
            assertThat(cursor.position()).isEqualTo(before + i);
        }
        assertThat(writer.offerAll(List.of(1, 2, 3, 4))).isEqualTo(3);
        assertThat(ring.size()).isEqualTo(3);
        assertThat(ring.totalWritten()).isEqualTo(before + 53);
        assertThat(cursor.lost()).isZero();
        assertThat(SharedRing.PROBE.match(ring.segment().blocks("ring"))).isEqualTo(Probe.Match.CERTAIN);
    }

    @Test
    void shouldBeRefusedWhenTheBytesAreNoRing() {
        Segment segment = segments.create(SEGMENT_SIZE);
        foreign(segment, "uneven", 24 + 18, 0, 0, 18, 4);
        foreign(segment, "too-short", 24 + 12, 0, 0, 16, 4);
        foreign(segment, "too-long", 24 + 20, 0, 0, 16, 4);
        foreign(segment, "empty-space", 24, 0, 0, 16, 4);
        foreign(segment, "read-ahead", 24 + 16, 4, 8, 16, 4);
        foreign(segment, "too-much", 24 + 16, 24, 4, 16, 4);
        foreign(segment, "half-element", 24 + 16, 6, 4, 16, 4);
        foreign(segment, "gigantic", 24 + 16, 0, 0, -16, 4);

        for (String name : List.of("uneven", "too-short", "too-long", "empty-space", "read-ahead", "too-much",
                "half-element", "gigantic")) {
            assertThatExceptionOfType(StructureMismatchException.class).as(name)
                    .isThrownBy(() -> SharedRing.open(segment, name, Codecs.int32()))
                    .withMessageContaining("name=" + name);
            assertThat(SharedRing.PROBE.match(segment.blocks(name))).as(name).isEqualTo(Probe.Match.NO);
        }
        SharedRing.create(segment, "ring", Codecs.int32(), 4);
        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> segment.open("ring", SharedRing.spec(Codecs.int32(), 5)))
                .withMessageContaining("capacity differs: stored=4, asked for=5");
    }

    @Test
    void shouldSayWhatIsWrongWhenAPeerResetsTheRing() {
        SharedRing<Integer> ring = ring(4);
        RingWriter<Integer> writer = ring.writer();
        RingReader<Integer> reader = ring.reader();
        RingCursor<Integer> cursor = ring.cursor(Start.EARLIEST);
        writer.offerAll(List.of(1, 2, 3));
        drain(reader, 9);
        cursor.poll();
        seed(ring, 0);

        assertThatExceptionOfType(ZeroIpcException.class).isThrownBy(reader::poll)
                .withMessageContaining("write_pos=0, read_pos=12");
        assertThatExceptionOfType(ZeroIpcException.class).isThrownBy(cursor::poll).withMessageContaining("write_pos=0");
        reader.close();
        seed(ring, 0);
        RingReader<Integer> again = ring.reader();
        writer.close();
        assertThat(ring.writer().offer(9)).isTrue();
        assertThat(again.poll()).isEqualTo(9);
    }

    @Test
    void shouldDeliverEveryElementWholeAndInOrderWhenBothSidesRun() throws InterruptedException {
        Segment segment = segments.create(SEGMENT_SIZE);
        SharedRing<Checked> ring = SharedRing.create(segment, "ring", Checked.CODEC, 7);
        RingWriter<Checked> writer = ring.writer();
        RingReader<Checked> reader = SharedRing.open(segments.open(segment), "ring", Checked.CODEC).lazyReader();
        int count = 50_000;
        List<Long> wrong = new ArrayList<>();
        long[] next = {0};
        Thread consumer = Thread.ofPlatform().start(() -> {
            while (next[0] < count) {
                int drained = reader.drainTo(element -> {
                    if (!element.isWhole() || element.number() != next[0]) {
                        wrong.add(element.number());
                    }
                    next[0]++;
                }, 3);
                if (drained == 0) {
                    Thread.onSpinWait();
                }
            }
        });
        int written = 0;
        while (written < count) {
            List<Checked> some = new ArrayList<>();
            for (int i = 0; i < 5 && written + i < count; i++) {
                some.add(Checked.of(written + i));
            }
            written += writer.offerAll(some);
        }
        consumer.join();

        assertThat(wrong).isEmpty();
        assertThat(reader.poll()).isNull();
        assertThat(ring.size()).isZero();
    }

    @Test
    void shouldLoseNothingWhenManyThreadsShareTheOutlet() throws InterruptedException {
        SharedRing<Integer> ring = ring(64);
        Outlet<Integer> outlet = ring.outlet();
        assertThat(ring.outlet()).isSameAs(outlet);
        assertThat(outlet.isClosed()).isFalse();
        assertThatExceptionOfType(RoleTakenException.class).isThrownBy(ring::writer);
        int each = 5_000;
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            int base = t * each;
            threads.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < each; i++) {
                    while (!outlet.offer(base + i)) {
                        Thread.onSpinWait();
                    }
                }
            }));
        }
        List<Integer> all = new ArrayList<>();
        try (Intake<Integer> intake = ring.intake(Start.LATEST)) {
            while (all.size() < 3 * each) {
                intake.drainTo(all::add, 100);
            }
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(all).containsExactlyInAnyOrderElementsOf(IntStream.range(0, 3 * each).boxed().toList());
        for (int t = 0; t < 3; t++) {
            int thread = t;
            assertThat(all.stream().filter(e -> e / each == thread)).isSorted();
        }
    }

    @Test
    void shouldTellWhoMayReadWhenAskedAsASource() {
        SharedRing<Integer> ring = ring(4);

        assertThat(ring.isSingleConsumer()).isTrue();
        assertThat(ring.isBroadcast()).isFalse();
        assertThat(ring.isOverwriting()).isFalse();
        assertThat(ring.intake(Start.EARLIEST)).isInstanceOf(RingReader.class);
    }

    private SharedRing<Integer> ring(long capacity) {
        return SharedRing.create(segments.create(SEGMENT_SIZE), "ring", Codecs.int32(), capacity);
    }

    private static <T> List<T> drain(Intake<T> intake, int max) {
        List<T> elements = new ArrayList<>();
        assertThat(intake.drainTo(elements::add, max)).isEqualTo(elements.size());
        return elements;
    }

    private static void seed(SharedRing<?> ring, long position) {
        MemorySegment memory = ring.segment().blocks(ring.name()).require("").memory();
        memory.set(ValueLayout.JAVA_LONG, RingDescriptor.WRITE_POS_OFFSET, position);
        memory.set(ValueLayout.JAVA_LONG, RingDescriptor.READ_POS_OFFSET, position);
    }

    private static void foreign(Segment segment, String name, long bytes, long write, long read, int capacity,
            int elementSize) {
        ForeignBlock.create(segment, name, bytes, block -> {
            block.memory().set(ValueLayout.JAVA_LONG, 0, write);
            block.memory().set(ValueLayout.JAVA_LONG, 8, read);
            block.memory().set(ValueLayout.JAVA_INT, 16, capacity);
            block.memory().set(ValueLayout.JAVA_INT, 20, elementSize);
        });
    }
}
