package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.RoleTakenException;
import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.format.RingDescriptor;
import io.zeroipc.segment.Intake;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Source.Start;
import io.zeroipc.testing.Checked;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class OverwritingRingTest {

    private static final long SEGMENT_SIZE = 1 << 16;

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    @Test
    void shouldKeepTheNewestElementsWhenItIsWrittenBeyondItsCapacity() {
        SharedRing<Integer> ring = ring(4);
        RingWriter<Integer> writer = ring.writer();

        for (int i = 0; i < 10; i++) {
            assertThat(writer.offer(i)).isTrue();
            assertThat(ring.size()).isEqualTo(Math.min(4, i + 1));
        }

        assertThat(ring.totalWritten()).isEqualTo(10);
        assertThat(drain(ring.cursor(Start.EARLIEST))).containsExactly(6, 7, 8, 9);
        assertThat(drain(ring.cursor(Start.LATEST))).isEmpty();
    }

    @Test
    void shouldLetEachCursorSeeEverythingWhenItKeepsUp() {
        SharedRing<Integer> ring = ring(4);
        RingWriter<Integer> writer = ring.writer();
        RingCursor<Integer> one = ring.cursor(Start.EARLIEST);
        RingCursor<Integer> two = SharedRing.open(segments.openReadOnly(ring.segment()), "ring", Codecs.int32())
                .cursor(Start.EARLIEST);

        for (int i = 0; i < 100; i++) {
            writer.offer(i);
            assertThat(one.poll()).isEqualTo(i);
            assertThat(one.position()).isEqualTo(i);
            if (i % 3 == 2) {
                assertThat(drain(two)).containsExactly(i - 2, i - 1, i);
            }
        }
        assertThat(one.poll()).isNull();
        assertThat(one.lost()).isZero();
        assertThat(two.lost()).isZero();
        assertThat(two.lag()).isEqualTo(1);
    }

    @Test
    void shouldCountWhatIsLostWhenACursorIsOvertaken() {
        SharedRing<Integer> ring = ring(4);
        RingWriter<Integer> writer = ring.writer();
        RingCursor<Integer> cursor = ring.cursor(Start.LATEST);
        for (int i = 0; i < 10; i++) {
            writer.offer(i);
        }

        assertThat(cursor.lag()).isEqualTo(10);
        assertThat(cursor.poll()).isEqualTo(6);
        assertThat(cursor.lost()).isEqualTo(6);
        assertThat(cursor.position()).isEqualTo(6);
        writer.offer(10);
        writer.offer(11);
        assertThat(drain(cursor)).containsExactly(8, 9, 10, 11);
        assertThat(cursor.lost()).isEqualTo(7);
        assertThat(cursor.lag()).isZero();
    }

    @Test
    void shouldGoOnBehindAPositionWhenAnEarlierCursorHasEnded() {
        SharedRing<Integer> ring = ring(4);
        RingWriter<Integer> writer = ring.writer();
        assertThat(ring.canContinue()).isTrue();
        assertThat(drain(ring.cursorBehind(-1))).isEmpty();
        assertThat(drain(ring.cursorBehind(7))).isEmpty();
        for (int i = 0; i < 3; i++) {
            writer.offer(i);
        }

        assertThat(drain(ring.cursorBehind(0))).containsExactly(1, 2);
        assertThat(drain(ring.cursorBehind(2))).isEmpty();
        // Never written: the ring has begun anew since then.
        assertThat(drain(ring.cursorBehind(3))).containsExactly(0, 1, 2);
        assertThat(drain(ring.cursorBehind(Long.MAX_VALUE))).containsExactly(0, 1, 2);
        RingCursor<Integer> late = ring.cursorBehind(0);
        for (int i = 3; i < 10; i++) {
            writer.offer(i);
        }
        try (Intake<Integer> behind = ring.intakeBehind(2)) {
            assertThat(behind.lag()).isEqualTo(7);
            assertThat(behind.poll()).isEqualTo(6);
            assertThat(behind.position()).isEqualTo(6);
            assertThat(behind.lost()).isEqualTo(3);
        }
        assertThat(drain(late)).containsExactly(6, 7, 8, 9);
        assertThat(late.lost()).isEqualTo(5);
    }

    @Test
    void shouldRefuseToGoOnBehindAPositionWhenItsReaderRemoves() {
        SharedRing<Integer> removing = SharedRing.create(segments.create(SEGMENT_SIZE), "ring", Codecs.int32(), 4);

        assertThat(removing.canContinue()).isFalse();
        assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> removing.intakeBehind(0))
                .withMessageContaining("name=ring, type=ring");
    }

    @Test
    void shouldWriteThemAllWhenMoreThanTheCapacityAreOfferedAtOnce() {
        SharedRing<Integer> ring = ring(8);
        RingWriter<Integer> writer = ring.writer();
        RingCursor<Integer> cursor = ring.cursor(Start.EARLIEST);

        assertThat(writer.offerAll(IntStream.range(0, 1003).boxed().toList())).isEqualTo(1003);

        assertThat(ring.size()).isEqualTo(8);
        assertThat(drain(cursor)).containsExactlyElementsOf(IntStream.range(995, 1003).boxed().toList());
        assertThat(cursor.lost()).isEqualTo(995);
    }

    @Test
    void shouldExcludeEachOtherWhenOneOverwritesAndOneRemoves() {
        Segment segment = segments.create(SEGMENT_SIZE);
        SharedRing<Integer> overwriting = segment.create("ring", SharedRing.spec(Codecs.int32(), 4, true));
        SharedRing<Integer> removing = SharedRing.open(segments.open(segment), "ring", Codecs.int32());

        RingWriter<Integer> writer = overwriting.writer();
        assertThatExceptionOfType(RoleTakenException.class).isThrownBy(removing::reader);
        assertThatExceptionOfType(RoleTakenException.class).isThrownBy(removing::writer);
        writer.close();

        RingReader<Integer> reader = removing.reader();
        assertThatExceptionOfType(RoleTakenException.class).isThrownBy(overwriting::writer)
                .satisfies(e -> assertThat(e.role()).isEqualTo("reader"));
        // The refused one keeps nothing: the writer's role is free.
        removing.writer().close();
        reader.close();
        overwriting.writer().close();
        assertThatIllegalStateException().isThrownBy(overwriting::reader).withMessageContaining("cursor");
        assertThatIllegalStateException().isThrownBy(overwriting::lazyReader);
    }

    @Test
    void shouldOfferCursorsWhenAskedAsASource() {
        SharedRing<Integer> ring = ring(4);
        ring.outlet().offer(1);

        assertThat(ring.isSingleConsumer()).isFalse();
        assertThat(ring.isBroadcast()).isTrue();
        try (Intake<Integer> earliest = ring.intake(Start.EARLIEST);
                Intake<Integer> latest = ring.intake(Start.LATEST)) {
            assertThat(earliest.poll()).isEqualTo(1);
            assertThat(latest.poll()).isNull();
            assertThat(latest.position()).isEqualTo(-1);
            assertThat(earliest.isExhausted()).isFalse();
        }
    }

    @Test
    void shouldOnlyLookOnWhenACursorFollowsARingWithAReader() {
        Segment segment = segments.create(SEGMENT_SIZE);
        SharedRing<Integer> ring = SharedRing.create(segment, "ring", Codecs.int32(), 4);
        RingWriter<Integer> writer = ring.writer();
        RingReader<Integer> reader = ring.reader();
        RingCursor<Integer> cursor = ring.cursor(Start.EARLIEST);
        writer.offerAll(List.of(1, 2, 3, 4));

        assertThat(cursor.poll()).isEqualTo(1);
        assertThat(writer.offer(5)).isFalse();
        reader.poll();
        reader.poll();
        assertThat(cursor.poll()).as("2 is consumed").isEqualTo(3);
        assertThat(cursor.lost()).isEqualTo(1);
    }

    /** The writer stored its intent and is inside the oldest slot: write_pos tells nothing of it. */
    @Test
    void shouldDiscardTheCopyWhenTheWriterHasAnnouncedTheSlot() {
        SharedRing<Long> ring = segments.create(SEGMENT_SIZE).create("ring", SharedRing.spec(Codecs.int64(), 4, true));
        RingWriter<Long> writer = ring.writer();
        RingCursor<Long> cursor = ring.cursor(Start.EARLIEST);
        RingCursor<Long> batch = ring.cursor(Start.EARLIEST);
        writer.offerAll(List.of(10L, 11L, 12L, 13L));
        MemorySegment memory = memory(ring);
        memory.set(ValueLayout.JAVA_LONG, RingDescriptor.READ_POS_OFFSET, 8);
        memory.set(ValueLayout.JAVA_LONG, RingDescriptor.DATA_OFFSET, -1);

        assertThat(cursor.poll()).isEqualTo(11);
        assertThat(cursor.lost()).isEqualTo(1);
        assertThat(drain(batch)).containsExactly(11L, 12L, 13L);
        assertThat(batch.lost()).isEqualTo(1);
        assertThat(drain(ring.cursor(Start.EARLIEST))).containsExactly(11L, 12L, 13L);
    }

    /** As a writer leaves it that dies between its intent and write_pos. */
    @Test
    void shouldGoOnWhenAWriterDiedInsideASlot() {
        SharedRing<Long> ring = segments.create(SEGMENT_SIZE).create("ring", SharedRing.spec(Codecs.int64(), 4, true));
        try (RingWriter<Long> writer = ring.writer()) {
            writer.offerAll(List.of(10L, 11L, 12L, 13L, 14L));
        }
        MemorySegment memory = memory(ring);
        memory.set(ValueLayout.JAVA_LONG, RingDescriptor.READ_POS_OFFSET, 16);
        memory.set(ValueLayout.JAVA_LONG, RingDescriptor.DATA_OFFSET + 8, -1);
        SharedRing<Long> there = segments.open(ring.segment()).open("ring", SharedRing.spec(Codecs.int64(), 0, true));
        RingCursor<Long> cursor = there.cursor(Start.EARLIEST);
        assertThat(there.size()).isEqualTo(3);

        RingWriter<Long> next = there.writer();
        next.offer(15L);

        assertThat(drain(cursor)).containsExactly(12L, 13L, 14L, 15L);
        assertThat(there.size()).isEqualTo(4);
        assertThat(cursor.lost()).isZero();
    }

    @Test
    void shouldStillDeliverTheRestWhenAConsumerThrows() {
        SharedRing<Integer> ring = ring(8);
        RingWriter<Integer> writer = ring.writer();
        RingCursor<Integer> cursor = ring.cursor(Start.EARLIEST);
        writer.offerAll(List.of(0, 1, 2, 3, 4));

        assertThatIllegalStateException().isThrownBy(() -> cursor.drainTo(element -> {
            assertThat(cursor.position()).isEqualTo(element.longValue());
            if (element == 1) {
                throw new IllegalStateException("no ones");
            }
        }, 9)).withMessage("no ones");
        assertThat(cursor.position()).isEqualTo(1);
        assertThatIllegalStateException().isThrownBy(() -> cursor.pollSlot((memory, offset) -> {
            assertThat(memory.get(ValueLayout.JAVA_INT, offset)).isEqualTo(2);
            throw new IllegalStateException("no slots");
        })).withMessage("no slots");

        assertThat(drain(cursor)).containsExactly(3, 4);
        assertThat(cursor.lost()).isZero();
    }

    @Test
    void shouldRefuseWhenACursorIsUsedWithinItsOwnConsumer() {
        SharedRing<Integer> ring = ring(8);
        RingWriter<Integer> writer = ring.writer();
        RingCursor<Integer> cursor = ring.cursor(Start.EARLIEST);
        writer.offerAll(List.of(0, 1));

        assertThatIllegalStateException().isThrownBy(() -> cursor.drainTo(element -> cursor.poll(), 2))
                .withMessageContaining("busy");
        assertThat(cursor.poll()).isEqualTo(1);
        cursor.close();
        assertThatIllegalStateException().isThrownBy(cursor::poll).withMessageContaining("closed");
    }

    @Test
    void shouldHandOutAPrivateCopyWhenASlotIsPolled() {
        SharedRing<Integer> ring = ring(1);
        RingWriter<Integer> writer = ring.writer();
        RingCursor<Integer> cursor = ring.cursor(Start.EARLIEST);
        writer.offer(1);

        assertThat(cursor.pollSlot((memory, offset) -> {
            writer.offer(2);
            assertThat(memory.get(ValueLayout.JAVA_INT, offset)).isEqualTo(1);
        })).isTrue();
        assertThat(cursor.poll()).isEqualTo(2);
        assertThat(cursor.pollSlot((memory, offset) -> {
            throw new AssertionError("there is nothing");
        })).isFalse();
    }

    @Test
    void shouldDeliverABatchWholeWhenItIsLongerThanACopy() {
        SharedRing<Integer> ring = ring(10_000);
        RingWriter<Integer> writer = ring.writer();
        RingCursor<Integer> cursor = ring.cursor(Start.EARLIEST);
        List<Integer> numbers = IntStream.range(0, 9_000).boxed().toList();
        for (int lap = 0; lap < 3; lap++) {
            writer.offerAll(numbers);
            assertThat(drain(cursor)).containsExactlyElementsOf(numbers);
        }
        assertThat(cursor.lost()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1L << 32, Long.MAX_VALUE, -(1L << 32)})
    void shouldGoOnWhenPositionsAreLarge(long about) {
        SharedRing<Integer> ring = ring(3);
        long position = Long.divideUnsigned(about, 12) * 12 - 8;
        memory(ring).set(ValueLayout.JAVA_LONG, RingDescriptor.WRITE_POS_OFFSET, position);
        memory(ring).set(ValueLayout.JAVA_LONG, RingDescriptor.READ_POS_OFFSET, position);
        RingCursor<Integer> cursor = ring.cursor(Start.EARLIEST);
        RingWriter<Integer> writer = ring.writer();

        for (int i = 0; i < 60; i += 6) {
            for (int j = 0; j < 6; j++) {
                writer.offer(i + j);
            }
            assertThat(drain(cursor)).containsExactly(i + 3, i + 4, i + 5);
        }
        assertThat(cursor.lost()).isEqualTo(30);
        assertThat(cursor.position()).isEqualTo(Long.divideUnsigned(position, 4) + 59);
    }

    /** Few slots, so that the writer is all the time where the cursors copy. Each element carries its own proof. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8, 64})
    void shouldDeliverNoTornElementWhenTheWriterLapsTheCursors(int capacity) throws InterruptedException {
        lap(Checked.CODEC, capacity, 300_000);
    }

    private void lap(Codec<Checked> codec, int capacity, int count) throws InterruptedException {
        Segment segment = segments.create(SEGMENT_SIZE);
        SharedRing<Checked> ring = segment.create("ring", SharedRing.spec(codec, capacity, true));
        SharedRing<Checked> there = SharedRing.open(segments.openReadOnly(segment), "ring", codec);
        AtomicBoolean written = new AtomicBoolean();
        List<Follower> followers = List.of(new Follower(ring.cursor(Start.EARLIEST), 1, written),
                new Follower(there.cursor(Start.EARLIEST), 5, written));
        List<Thread> threads = followers.stream().map(each -> Thread.ofPlatform().start(each)).toList();
        try (RingWriter<Checked> writer = ring.writer()) {
            List<Checked> some = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                some.add(Checked.of(i));
                // Now single elements, now several at once, which is inside several slots.
                if (some.size() > i % 5) {
                    writer.offerAll(some);
                    some.clear();
                }
            }
            writer.offerAll(some);
        } finally {
            written.set(true);
            for (Thread thread : threads) {
                thread.join();
            }
        }

        for (Follower follower : followers) {
            assertThat(follower.wrong).as("%s", follower).isEmpty();
            assertThat(follower.seen + follower.cursor.lost()).as("%s", follower).isEqualTo(count);
            assertThat(follower.last).as("%s", follower).isEqualTo(count - 1);
        }
        assertThat(ring.totalWritten()).isEqualTo(count);
    }

    private static final class Follower implements Runnable {

        private final RingCursor<Checked> cursor;
        private final int batch;
        private final AtomicBoolean written;
        private final List<String> wrong = new ArrayList<>();
        private final AtomicInteger empty = new AtomicInteger();
        private long seen;
        private long last = -1;

        Follower(RingCursor<Checked> cursor, int batch, AtomicBoolean written) {
            this.cursor = cursor;
            this.batch = batch;
            this.written = written;
        }

        @Override
        public void run() {
            while (true) {
                boolean end = written.get();
                int count = batch == 1 ? pollOne() : cursor.drainTo(this::check, batch);
                if (count == 0) {
                    if (end) {
                        return;
                    }
                    empty.incrementAndGet();
                    Thread.onSpinWait();
                }
            }
        }

        private int pollOne() {
            Checked element = cursor.poll();
            if (element == null) {
                return 0;
            }
            check(element);
            return 1;
        }

        private void check(Checked element) {
            if (!element.isWhole()) {
                wrong.add("torn: " + element);
            }
            if (element.number() <= last) {
                wrong.add("out of order: " + element + " after " + last);
            }
            if (element.number() != cursor.position()) {
                wrong.add("at another position: " + element + " at " + cursor.position());
            }
            last = element.number();
            seen++;
        }

        @Override
        public String toString() {
            return "follower: batch=" + batch + ", seen=" + seen + ", lost=" + cursor.lost() + ", last=" + last
                    + ", empty="
                    + empty;
        }
    }

    private SharedRing<Integer> ring(long capacity) {
        return segments.create(SEGMENT_SIZE).create("ring", SharedRing.spec(Codecs.int32(), capacity, true));
    }

    private static MemorySegment memory(SharedRing<?> ring) {
        return ring.segment().blocks(ring.name()).require("").memory();
    }

    private static <T> List<T> drain(Intake<T> intake) {
        List<T> elements = new ArrayList<>();
        assertThat(intake.drainTo(elements::add, Integer.MAX_VALUE)).isEqualTo(elements.size());
        return elements;
    }
}
