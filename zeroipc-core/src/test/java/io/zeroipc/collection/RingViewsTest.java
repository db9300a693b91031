package io.zeroipc.collection;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.segment.Source.Start;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class RingViewsTest {

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    @Test
    void shouldMoveLongsWithoutObjectsWhenElementsHaveEightBytes() throws InterruptedException {
        SharedRing<Long> ring = ring(Codecs.int64(), 3, false);
        RingWriter<Long> objects = ring.writer();
        LongRing.Writer writer = objects.asLongs();
        LongRing.Reader reader = ring.reader().asLongs();
        LongRing.Cursor cursor = ring.cursor(Start.EARLIEST).asLongs();

        assertThat(reader.poll(-1)).isEqualTo(-1);
        assertThat(cursor.poll(-1)).isEqualTo(-1);
        assertThat(writer.offer(Long.MIN_VALUE)).isTrue();
        objects.offer(2L);
        writer.put(3);
        assertThat(writer.offer(4)).isFalse();
        assertThat(writer.offer(4, Duration.ofMillis(1))).isFalse();
        assertThat(cursor.take()).isEqualTo(Long.MIN_VALUE);
        assertThat(reader.take()).isEqualTo(Long.MIN_VALUE);
        assertThat(writer.offer(4, Duration.ofMinutes(1))).isTrue();
        List<Long> drained = new ArrayList<>();
        assertThat(reader.drainTo(drained::add, 2)).isEqualTo(2);
        assertThat(drained).containsExactly(2L, 3L);
        assertThat(reader.poll(-1)).isEqualTo(4);
        assertThat(reader.drainTo(drained::add, 2)).isZero();
    }

    @Test
    void shouldMoveArraysInPiecesWhenTheRingWraps() {
        SharedRing<Long> ring = ring(Codecs.int64(), 5, false);
        LongRing.Writer writer = ring.writer().asLongs();
        LongRing.Reader reader = ring.reader().asLongs();
        LongRing.Cursor cursor = ring.cursor(Start.EARLIEST).asLongs();
        long[] source = LongStream.range(0, 100).toArray();
        long[] target = new long[100];
        long[] seen = new long[100];
        int written = 0;
        int read = 0;
        while (read < 100) {
            written += writer.offerAll(source, written, Math.min(4, 100 - written));
            assertThat(cursor.drainTo(seen, read, written - read)).isEqualTo(written - read);
            read += reader.drainTo(target, read, Math.min(3, 100 - read));
            // The cursor looks on from where the reader is.
            cursor = ring.cursor(Start.EARLIEST).asLongs();
        }

        assertThat(target).isEqualTo(source);
        assertThat(seen).isEqualTo(source);
        assertThat(writer.offerAll(source, 0, 9)).isEqualTo(5);
        assertThat(writer.offerAll(source, 0, 9)).isZero();
        assertThat(reader.drainTo(target, 0, 100)).isEqualTo(5);
        assertThat(reader.drainTo(target, 0, 100)).isZero();
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> writer.offerAll(source, 99, 2));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> reader.drainTo(target, -1, 2));
    }

    @Test
    void shouldMoveIntsWithoutObjectsWhenElementsHaveFourBytes() throws InterruptedException {
        SharedRing<Integer> ring = ring(Codecs.int32(), 4, false);
        IntRing.Writer writer = ring.writer().asInts();
        IntRing.Reader reader = ring.reader().asInts();
        IntRing.Cursor cursor = ring.cursor(Start.EARLIEST).asInts();

        assertThat(writer.offer(-5)).isTrue();
        writer.put(6);
        assertThat(writer.offerAll(new int[] {7, 8, 9}, 0, 3)).isEqualTo(2);
        assertThat(writer.offer(9, Duration.ZERO)).isFalse();
        assertThat(cursor.poll(0)).isEqualTo(-5);
        assertThat(cursor.take()).isEqualTo(6);
        int[] target = new int[4];
        assertThat(cursor.drainTo(target, 1, 3)).isEqualTo(2);
        assertThat(target).containsExactly(0, 7, 8, 0);
        assertThat(reader.take()).isEqualTo(-5);
        assertThat(reader.poll(0)).isEqualTo(6);
        assertThat(writer.offerAll(new int[] {9, 10}, 0, 2)).isEqualTo(2);
        assertThat(reader.drainTo(target, 0, 3)).isEqualTo(3);
        assertThat(target).containsExactly(7, 8, 9, 0);
        List<Integer> drained = new ArrayList<>();
        assertThat(reader.drainTo(drained::add, 9)).isEqualTo(1);
        assertThat(drained).containsExactly(10);
        assertThat(reader.poll(0)).isZero();
    }

    @Test
    void shouldMoveDoublesWithoutObjectsWhenElementsHaveEightBytes() throws InterruptedException {
        SharedRing<Double> ring = ring(Codecs.float64(), 4, false);
        DoubleRing.Writer writer = ring.writer().asDoubles();
        DoubleRing.Reader reader = ring.reader().asDoubles();
        DoubleRing.Cursor cursor = ring.cursor(Start.EARLIEST).asDoubles();

        assertThat(writer.offer(-0.0)).isTrue();
        writer.put(Double.NaN);
        assertThat(writer.offerAll(new double[] {7, 8, 9}, 0, 3)).isEqualTo(2);
        assertThat(writer.offer(9, Duration.ZERO)).isFalse();
        assertThat(cursor.poll(1)).isEqualTo(-0.0);
        assertThat(cursor.take()).isNaN();
        double[] target = new double[4];
        assertThat(cursor.drainTo(target, 1, 3)).isEqualTo(2);
        assertThat(target).containsExactly(0, 7, 8, 0);
        assertThat(reader.take()).isEqualTo(-0.0);
        assertThat(reader.poll(1)).isNaN();
        assertThat(writer.offerAll(new double[] {9, 10}, 0, 2)).isEqualTo(2);
        assertThat(reader.drainTo(target, 0, 3)).isEqualTo(3);
        assertThat(target).containsExactly(7, 8, 9, 0);
        List<Double> drained = new ArrayList<>();
        assertThat(reader.drainTo(drained::add, 9)).isEqualTo(1);
        assertThat(drained).containsExactly(10.0);
        assertThat(reader.poll(1)).isEqualTo(1);
    }

    @Test
    void shouldFollowTheNewestWhenTheRingOverwrites() {
        SharedRing<Integer> ring = ring(Codecs.int32(), 8, true);
        IntRing.Writer writer = ring.writer().asInts();
        RingCursor<Integer> objects = ring.cursor(Start.EARLIEST);
        IntRing.Cursor cursor = objects.asInts();

        assertThat(writer.offerAll(IntStream.range(0, 100).toArray(), 0, 100)).isEqualTo(100);

        int[] target = new int[100];
        assertThat(cursor.drainTo(target, 0, 3)).isEqualTo(3);
        assertThat(target).startsWith(92, 93, 94);
        assertThat(objects.lost()).isEqualTo(92);
        assertThat(objects.poll()).isEqualTo(95);
    }

    @Test
    void shouldWaitForSomeTimeWhenThereIsNothing() throws InterruptedException {
        SharedRing<Long> longs = ring(Codecs.int64(), 4, false);
        LongRing.Reader longReader = longs.reader().asLongs();
        LongRing.Cursor longCursor = longs.cursor(Start.EARLIEST).asLongs();
        assertThat(longReader.poll(Duration.ofMillis(1), 7)).isEqualTo(7);
        assertThat(longCursor.poll(Duration.ofMillis(1), 7)).isEqualTo(7);
        longs.outlet().offer(5L);
        assertThat(longCursor.poll(Duration.ZERO, 7)).isEqualTo(5);
        assertThat(longReader.poll(Duration.ofMinutes(1), 7)).isEqualTo(5);

        SharedRing<Integer> ints = ring(Codecs.int32(), 4, false);
        IntRing.Reader intReader = ints.reader().asInts();
        IntRing.Cursor intCursor = ints.cursor(Start.EARLIEST).asInts();
        assertThat(intReader.poll(Duration.ofMillis(1), 7)).isEqualTo(7);
        assertThat(intCursor.poll(Duration.ofMillis(1), 7)).isEqualTo(7);
        ints.outlet().offer(5);
        assertThat(intCursor.poll(Duration.ZERO, 7)).isEqualTo(5);
        assertThat(intReader.poll(Duration.ofMinutes(1), 7)).isEqualTo(5);

        SharedRing<Double> doubles = ring(Codecs.float64(), 4, false);
        DoubleRing.Reader doubleReader = doubles.reader().asDoubles();
        DoubleRing.Cursor doubleCursor = doubles.cursor(Start.EARLIEST).asDoubles();
        assertThat(doubleReader.poll(Duration.ofMillis(1), 7)).isEqualTo(7);
        assertThat(doubleCursor.poll(Duration.ofMillis(1), 7)).isEqualTo(7);
        doubles.outlet().offer(5.5);
        assertThat(doubleCursor.poll(Duration.ZERO, 7)).isEqualTo(5.5);
        assertThat(doubleReader.poll(Duration.ofMinutes(1), 7)).isEqualTo(5.5);
    }

    @Test
    void shouldHandElementsToAConsumerWhenACursorIsDrained() {
        SharedRing<Long> longs = ring(Codecs.int64(), 4, true);
        longs.writer().asLongs().offerAll(new long[] {1, 2, 3, 4, 5, 6}, 0, 6);
        LongRing.Cursor longCursor = longs.cursor(Start.EARLIEST).asLongs();
        List<Long> longsSeen = new ArrayList<>();
        assertThat(longCursor.drainTo(longsSeen::add, 3)).isEqualTo(3);
        assertThatIllegalStateException().isThrownBy(() -> longCursor.drainTo(element -> {
            throw new IllegalStateException("no more");
        }, 3)).withMessage("no more");
        assertThat(longCursor.drainTo(longsSeen::add, 3)).isZero();
        assertThat(longsSeen).containsExactly(3L, 4L, 5L);

        SharedRing<Integer> ints = ring(Codecs.int32(), 4, true);
        ints.writer().asInts().offerAll(new int[] {1, 2, 3, 4, 5, 6}, 0, 6);
        List<Integer> intsSeen = new ArrayList<>();
        assertThat(ints.cursor(Start.EARLIEST).asInts().drainTo(intsSeen::add, 9)).isEqualTo(4);
        assertThat(intsSeen).containsExactly(3, 4, 5, 6);

        SharedRing<Double> doubles = ring(Codecs.float64(), 4, true);
        doubles.writer().asDoubles().offerAll(new double[] {1, 2, 3, 4, 5, 6}, 0, 6);
        List<Double> doublesSeen = new ArrayList<>();
        assertThat(doubles.cursor(Start.EARLIEST).asDoubles().drainTo(doublesSeen::add, 9)).isEqualTo(4);
        assertThat(doublesSeen).containsExactly(3.0, 4.0, 5.0, 6.0);
    }

    @Test
    void shouldSayWhatFitsWhenTheWidthIsAnother() {
        SharedRing<Integer> ring = ring(Codecs.int32(), 4, false);
        RingWriter<Integer> writer = ring.writer();
        RingReader<Integer> reader = ring.reader();
        RingCursor<Integer> cursor = ring.cursor(Start.EARLIEST);

        assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(writer::asLongs)
                .withMessageContaining("name=ring")
                .withMessageContaining("int32")
                .withMessageContaining("expected: 8 bytes");
        assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(reader::asDoubles);
        assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(cursor::asLongs);
        SharedRing<Long> wide = SharedRing.create(ring.segment(), "wide", Codecs.int64(), 4);
        assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(wide.cursor(Start.LATEST)::asInts);
    }

    @Test
    void shouldEndWithTheRoleWhenItIsClosed() {
        SharedRing<Integer> ring = ring(Codecs.int32(), 4, false);
        RingWriter<Integer> writer = ring.writer();
        RingReader<Integer> reader = ring.reader();
        IntRing.Writer ints = writer.asInts();
        IntRing.Reader readInts = reader.asInts();
        writer.close();
        reader.close();

        assertThatIllegalStateException().isThrownBy(() -> ints.offer(1)).withMessageContaining("closed");
        assertThatIllegalStateException().isThrownBy(() -> readInts.poll(1)).withMessageContaining("closed");
    }

    private <T> SharedRing<T> ring(Codec<T> codec, long capacity, boolean overwrite) {
        return segments.create(1 << 14).create("ring", SharedRing.spec(codec, capacity, overwrite));
    }
}
