package io.zeroipc.collection;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.Shape;
import io.zeroipc.StructureMismatchException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.inspect.Catalog;
import io.zeroipc.inspect.Inspector;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Segment;
import io.zeroipc.testing.ForeignBlock;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class SharedArrayTest {

    private static final long SEGMENT_SIZE = 1 << 16;

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    record Point(double x, double y, int tag) {}

    @Test
    void shouldBeZeroWhenNew() {
        SharedArray<Point> points = SharedArray.create(segments.create(SEGMENT_SIZE), "points",
                Codecs.record(Point.class), 3);

        assertThat(points.capacity()).isEqualTo(3);
        assertThat(points.elementSize()).isEqualTo(24);
        assertThat(points.get(2)).isEqualTo(new Point(0, 0, 0));
        assertThat(points.occupancy().usage()).isEqualTo(1);
    }

    @Test
    void shouldKeepNeighboursWhenAnElementIsSet() {
        SharedArray<Point> points = SharedArray.create(segments.create(SEGMENT_SIZE), "points",
                Codecs.record(Point.class), 3);

        points.fill(new Point(1, 2, 3));
        points.set(1, new Point(-1, Double.NaN, Integer.MIN_VALUE));

        assertThat(points.get(0)).isEqualTo(new Point(1, 2, 3));
        assertThat(points.get(1)).isEqualTo(new Point(-1, Double.NaN, Integer.MIN_VALUE));
        assertThat(points.get(2)).isEqualTo(new Point(1, 2, 3));
    }

    @Test
    void shouldNameEverythingWhenAnIndexIsOutOfRange() {
        SharedArray<Integer> array = SharedArray.create(segments.create(SEGMENT_SIZE), "counts", Codecs.int32(), 5);

        for (long index : new long[] {-1, 5, Long.MAX_VALUE, Long.MIN_VALUE}) {
            assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> array.get(index))
                    .withMessageContaining("name=counts")
                    .withMessageContaining("index=" + index)
                    .withMessageContaining("capacity=5");
            assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> array.set(index, 1));
            assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> array.getAndAddInt(index, 1));
        }
        for (long[] range : new long[][] {{-1, 2}, {0, 6}, {4, 3}, {6, 6}, {Long.MIN_VALUE, 1}, {1, Long.MIN_VALUE}}) {
            assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> array.span(range[0], range[1]));
            assertThatExceptionOfType(IndexOutOfBoundsException.class)
                    .isThrownBy(() -> array.fill(1, range[0], range[1]));
        }
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> array.copy(0, 3, 3));
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> array.copyTo(0, new int[2], 1, 2));
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> array.copyFrom(new int[9], 0, 0, 6));
    }

    @Test
    void shouldFillOnlyTheRangeWhenItIsLongerThanAChunk() {
        SharedArray<
                Integer> array = SharedArray.create(segments.create(SEGMENT_SIZE), "counts", Codecs.int32(), 10_000);

        array.fill(7, 1, 9_999);

        assertThat(array.getInt(0)).isZero();
        assertThat(array.getInt(9_999)).isZero();
        int[] filled = new int[9_998];
        array.copyTo(1, filled, 0, filled.length);
        assertThat(filled).containsOnly(7);
    }

    @Test
    void shouldChangeNothingWhenTheCodecRefusesAFill() {
        SharedArray<Integer> array = SharedArray.create(segments.create(SEGMENT_SIZE), "bytes", Codecs.uint8(), 4);
        array.fill(9);

        assertThatIllegalArgumentException().isThrownBy(() -> array.fill(256));

        assertThat(array.get(0)).isEqualTo(9);
    }

    @Test
    void shouldMoveElementsWhenRangesOverlap() {
        SharedArray<Integer> array = SharedArray.create(segments.create(SEGMENT_SIZE), "counts", Codecs.int32(), 6);
        array.copyFrom(new int[] {1, 2, 3, 4, 5, 6}, 0, 0, 6);

        array.copy(0, 1, 5);

        assertThat(ints(array)).containsExactly(1, 1, 2, 3, 4, 5);
        array.copy(2, 0, 4);
        assertThat(ints(array)).containsExactly(2, 3, 4, 5, 4, 5);
    }

    @Test
    void shouldCopyToAnotherArrayWhenTheirElementsAreEqual() {
        Segment segment = segments.create(SEGMENT_SIZE);
        SharedArray<Integer> from = SharedArray.create(segment, "from", Codecs.int32(), 4);
        SharedArray<Integer> to = SharedArray.create(segment, "to", Codecs.int32(), 3);
        SharedArray<Integer> narrow = SharedArray.create(segment, "narrow", Codecs.uint16(), 9);
        from.copyFrom(new int[] {1, 2, 3, 4}, 0, 0, 4);

        from.copyTo(2, to, 1, 2);

        assertThat(ints(to)).containsExactly(0, 3, 4);
        assertThatIllegalArgumentException().isThrownBy(() -> from.copyTo(0, narrow, 0, 1))
                .withMessageContaining("target=narrow");
    }

    @Test
    void shouldCopyBothWaysWhenTheJavaArrayHasTheSameWidth() {
        Segment segment = segments.create(SEGMENT_SIZE);
        SharedArray<Byte> bytes = SharedArray.create(segment, "bytes", Codecs.int8(), 5);
        bytes.copyFrom(new byte[] {9, 1, 2, 3}, 1, 2, 3);
        byte[] byteTarget = new byte[6];
        bytes.copyTo(1, byteTarget, 2, 4);
        assertThat(byteTarget).containsExactly(0, 0, 0, 1, 2, 3);

        SharedArray<Short> shorts = SharedArray.create(segment, "shorts", Codecs.int16(), 2);
        shorts.copyFrom(new short[] {Short.MIN_VALUE, 258}, 0, 0, 2);
        short[] shortTarget = new short[2];
        shorts.copyTo(0, shortTarget, 0, 2);
        assertThat(shortTarget).containsExactly(Short.MIN_VALUE, 258);
        assertThat(bytesOf(segment, "shorts")).endsWith(0x00, 0x80, 0x02, 0x01);

        SharedArray<Long> longs = SharedArray.create(segment, "longs", Codecs.int64(), 2);
        longs.copyFrom(new long[] {Long.MIN_VALUE, 258}, 0, 0, 2);
        long[] longTarget = new long[2];
        longs.copyTo(0, longTarget, 0, 2);
        assertThat(longTarget).containsExactly(Long.MIN_VALUE, 258);

        SharedArray<Float> floats = SharedArray.create(segment, "floats", Codecs.float32(), 2);
        floats.copyFrom(new float[] {Float.NaN, -0.0f}, 0, 0, 2);
        float[] floatTarget = new float[2];
        floats.copyTo(0, floatTarget, 0, 2);
        assertThat(floatTarget).containsExactly(Float.NaN, -0.0f);

        SharedArray<Double> doubles = SharedArray.create(segment, "doubles", Codecs.float64(), 2);
        doubles.copyFrom(new double[] {Double.NaN, -0.0}, 0, 0, 2);
        double[] doubleTarget = new double[2];
        doubles.copyTo(0, doubleTarget, 0, 2);
        assertThat(doubleTarget).containsExactly(Double.NaN, -0.0);

        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> longs.copyTo(0, new int[1], 0, 1))
                .withMessageContaining("element size=8");
    }

    @Test
    void shouldAgreeWithTheCodecWhenAWordIsAccessedDirectly() {
        Segment segment = segments.create(SEGMENT_SIZE);
        SharedArray<Integer> ints = SharedArray.create(segment, "ints", Codecs.int32(), 2);
        ints.setInt(1, -5);
        assertThat(ints.get(1)).isEqualTo(-5);
        ints.setIntRelease(1, 6);
        assertThat(ints.getIntAcquire(1)).isEqualTo(6);
        assertThat(ints.compareAndSetInt(1, 5, 9)).isFalse();
        assertThat(ints.compareAndSetInt(1, 6, 9)).isTrue();
        assertThat(ints.getAndAddInt(1, -10)).isEqualTo(9);
        assertThat(ints.get(1)).isEqualTo(-1);
        assertThat(ints.get(0)).isZero();

        SharedArray<Long> longs = SharedArray.create(segment, "longs", Codecs.int64(), 2);
        longs.setLong(1, -5);
        assertThat(longs.get(1)).isEqualTo(-5);
        longs.setLongRelease(1, 6);
        assertThat(longs.getLongAcquire(1)).isEqualTo(6);
        assertThat(longs.compareAndSetLong(1, 5, 9)).isFalse();
        assertThat(longs.compareAndSetLong(1, 6, 9)).isTrue();
        assertThat(longs.getAndAddLong(1, -10)).isEqualTo(9);
        assertThat(longs.get(1)).isEqualTo(-1);

        SharedArray<Float> floats = SharedArray.create(segment, "floats", Codecs.float32(), 2);
        floats.setFloat(1, 1.5f);
        assertThat(floats.get(1)).isEqualTo(1.5f);
        floats.setFloatRelease(1, -2.5f);
        assertThat(floats.getFloatAcquire(1)).isEqualTo(floats.getFloat(1)).isEqualTo(-2.5f);

        SharedArray<Double> doubles = SharedArray.create(segment, "doubles", Codecs.float64(), 2);
        doubles.setDouble(1, 1.5);
        assertThat(doubles.get(1)).isEqualTo(1.5);
        doubles.setDoubleRelease(1, -2.5);
        assertThat(doubles.getDoubleAcquire(1)).isEqualTo(doubles.getDouble(1)).isEqualTo(-2.5);

        assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> longs.getInt(0))
                .withMessageContaining("name=longs")
                .withMessageContaining("int64");
        assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> ints.setDouble(0, 1));
    }

    @Test
    void shouldLoseNoAdditionWhenThreadsAddToOneElement() throws InterruptedException {
        Segment segment = segments.create(SEGMENT_SIZE);
        SharedArray<Long> here = SharedArray.create(segment, "sums", Codecs.int64(), 3);
        SharedArray<Long> there = SharedArray.open(segments.open(segment), "sums", Codecs.int64());
        int rounds = 20_000;
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            SharedArray<Long> array = i % 2 == 0 ? here : there;
            threads.add(Thread.ofPlatform().start(() -> {
                for (int round = 0; round < rounds; round++) {
                    array.getAndAddLong(1, 1);
                    long seen = array.getLong(2);
                    while (!array.compareAndSetLong(2, seen, seen + 2)) {
                        seen = array.getLong(2);
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(here.getLong(1)).isEqualTo(4L * rounds);
        assertThat(there.getLong(2)).isEqualTo(8L * rounds);
        assertThat(here.getLong(0)).isZero();
    }

    @Test
    void shouldSeeWhatWasStoredBeforeWhenAReleaseIsAcquired() throws InterruptedException {
        SharedArray<Long> array = SharedArray.create(segments.create(SEGMENT_SIZE), "mail", Codecs.int64(), 64);
        int rounds = 20_000;
        List<String> wrong = new ArrayList<>();
        Thread receiver = Thread.ofPlatform().start(() -> {
            for (long round = 1; round <= rounds; round++) {
                while (array.getLongAcquire(0) != round) {
                    Thread.onSpinWait();
                }
                for (int i = 2; i < 64; i++) {
                    if (array.getLong(i) != round) {
                        wrong.add("round=" + round + ", index=" + i + ", value=" + array.getLong(i));
                    }
                }
                array.setLongRelease(1, round);
            }
        });
        for (long round = 1; round <= rounds; round++) {
            for (int i = 2; i < 64; i++) {
                array.setLong(i, round);
            }
            array.setLongRelease(0, round);
            while (array.getLongAcquire(1) != round) {
                Thread.onSpinWait();
            }
        }
        receiver.join();

        assertThat(wrong).isEmpty();
    }

    @Test
    void shouldShareItsBytesWhenASpanIsTaken() {
        Segment segment = segments.create(SEGMENT_SIZE);
        SharedArray<Integer> array = SharedArray.create(segment, "counts", Codecs.int32(), 5);
        MemorySegment span = array.span(1, 4);

        span.setAtIndex(ValueLayout.JAVA_INT, 2, 77);

        assertThat(span.byteSize()).isEqualTo(12);
        assertThat(array.getInt(3)).isEqualTo(77);
        assertThat(array.span(5, 5).byteSize()).isZero();
        MemorySegment readOnly = SharedArray.open(segments.openReadOnly(segment), "counts", Codecs.int32()).span(0, 5);
        assertThat(readOnly.isReadOnly()).isTrue();
        segment.close();
        assertThatIllegalStateException().isThrownBy(() -> span.getAtIndex(ValueLayout.JAVA_INT, 2));
    }

    @Test
    void shouldBeRefusedWhenTheCapacityDiffers() {
        Segment segment = segments.create(SEGMENT_SIZE);
        SharedArray.create(segment, "counts", Codecs.int32(), 5);

        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> segment.open("counts", SharedArray.spec(Codecs.int32(), 6)))
                .withMessageContaining("capacity differs: stored=5, asked for=6");
        assertThat(segment.open("counts", SharedArray.spec(Codecs.int32(), 5)).capacity()).isEqualTo(5);
    }

    @Test
    void shouldGiveRowsWithoutACopyWhenItHasAShape() {
        SharedArray<Double> grid = SharedArray.create(segments.create(SEGMENT_SIZE), "grid", Codecs.float64(),
                Shape.of(3, 4));
        for (long row = 0; row < 3; row++) {
            for (long column = 0; column < 4; column++) {
                grid.setDouble(grid.index(row, column), (double) (10 * row + column));
            }
        }

        assertThat(grid.capacity()).isEqualTo(12);
        assertThat(grid.at(2, 3)).isEqualTo(23);
        assertThat(grid.at(new long[] {1, 0})).isEqualTo(10);
        assertThat(grid.getDouble(7)).as("row by row").isEqualTo(13);
        SharedArray<Double> middle = grid.row(1);
        assertThat(middle.shape()).isEqualTo(Shape.of(4));
        double[] copy = new double[4];
        middle.copyTo(0, copy, 0, 4);
        assertThat(copy).containsExactly(10, 11, 12, 13);
        middle.copyFrom(new double[] {-1, -2}, 0, 2, 2);
        middle.row(0).setDouble(0, 99);
        assertThat(grid.at(1, 3)).isEqualTo(-2);
        assertThat(grid.at(1, 0)).isEqualTo(99);
        middle.fill(5.0);
        assertThat(List.of(grid.at(0, 3), grid.at(1, 0), grid.at(1, 3), grid.at(2, 0))).containsExactly(3.0, 5.0, 5.0,
                20.0);
        middle.copyTo(0, grid.row(2), 0, 4);
        assertThat(grid.at(2, 0)).isEqualTo(5);
        assertThat(middle.compareAndSetLong(1, Double.doubleToRawLongBits(5), 0)).isTrue();
        assertThat(grid.at(1, 1)).isZero();
        assertThat(middle.span(0, 4).byteSize()).isEqualTo(32);

        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> middle.get(4))
                .withMessageContaining("name=grid, index=4, capacity=4");
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> grid.row(3));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> grid.at(0, 4))
                .withMessage("index out of range: indexes=[0, 4], shape=[3, 4]");
    }

    @Test
    void shouldHaveTheShapeThatItsCreatorDeclaredWhenItIsOpenedElsewhere() {
        Segment segment = segments.create(SEGMENT_SIZE);
        SharedArray.create(segment, "grid", Codecs.int32(), Shape.of(3, 4)).setInt(11, 7);
        Segment other = segments.open(segment);

        SharedArray<Integer> grid = SharedArray.open(other, "grid", Codecs.int32());
        assertThat(grid.shape()).isEqualTo(Shape.of(3, 4));
        assertThat(grid.at(2, 3)).isEqualTo(7);
        assertThat(SharedArray.openOrCreate(other, "grid", Codecs.int32(), 12).shape()).isEqualTo(Shape.of(3, 4));
        assertThat(SharedArray.openOrCreate(other, "grid", Codecs.int32(), Shape.of(3, 4)).shape())
                .isEqualTo(Shape.of(3, 4));
        assertThat(grid.options()).containsExactly(Map.entry("shape", "[3, 4]"));
        assertThat(Inspector.report(other, "grid").orElseThrow().shape()).isEqualTo(Shape.of(3, 4));
        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> SharedArray.openOrCreate(other, "grid", Codecs.int32(), Shape.of(4, 3)))
                .withMessageContainingAll("name=grid", "shape differs: declared=[3, 4], asked for=[4, 3]");
        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> SharedArray.openOrCreate(other, "grid", Codecs.int32(), Shape.of(12)));
        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> SharedArray.openOrCreate(other, "grid", Codecs.int32(), Shape.of(3, 5)))
                .withMessageContaining("capacity differs, shape=[3, 5]: stored=12, asked for=15");
    }

    /** Others have no catalogue: whoever opens says what he takes it for, and the number of elements must be right. */
    @Test
    void shouldHaveTheShapeThatIsAskedForWhenNobodyDeclaredOne() {
        Segment segment = segments.create(builder -> builder.size(SEGMENT_SIZE).catalogue(false));
        SharedArray.create(segment, "grid", Codecs.int32(), Shape.of(3, 4));
        Segment other = segments.open(segment);
        assertThat(SharedArray.open(other, "grid", Codecs.int32()).shape()).isEqualTo(Shape.of(12));
        assertThat(other.open("grid", SharedArray.spec(Codecs.int32(), Shape.of(2, 6))).shape())
                .isEqualTo(Shape.of(2, 6));
        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> other.open("grid", SharedArray.spec(Codecs.int32(), Shape.of(2, 7))));
    }

    @Test
    void shouldBeTheBytesOfOneDimensionWhenItHasAShape() {
        Segment flat = segments.create(builder -> builder.size(SEGMENT_SIZE).catalogue(false));
        Segment shaped = segments.create(builder -> builder.size(SEGMENT_SIZE).catalogue(false));
        SharedArray.create(flat, "grid", Codecs.float64(), 12).fill(1.5);
        SharedArray.create(shaped, "grid", Codecs.float64(), Shape.of(3, 4)).fill(1.5);
        assertThat(bytes(shaped)).isEqualTo(bytes(flat));
    }

    private static byte[] bytes(Segment segment) {
        try {
            return Files.readAllBytes(segment.path());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldBeRefusedWhenTheBlockIsNotEightBytesAndTheElements() {
        Segment segment = segments.create(SEGMENT_SIZE);
        // What C writes: capacity and element size in front of the elements.
        foreign(segment, "of-c", 16 + 5 * 4, 5, 4);
        foreign(segment, "huge", 8 + 5 * 4, 1L << 62);
        foreign(segment, "negative", 8 + 5 * 4, -1);
        foreign(segment, "header-only", 8, 1);

        for (String name : List.of("of-c", "huge", "negative", "header-only")) {
            assertThatExceptionOfType(StructureMismatchException.class).as(name)
                    .isThrownBy(() -> SharedArray.open(segment, name, Codecs.int32()))
                    .withMessageContaining("name=" + name);
            assertThat(SharedArray.PROBE.match(segment.blocks(name))).as(name).isEqualTo(Probe.Match.NO);
        }
    }

    /** Between the look at the header that found it sound and the first use of it. */
    @Test
    void shouldKeepToTheBlockWhenTheHeaderSaysOtherwiseMeanwhile() {
        Segment segment = segments.create(SEGMENT_SIZE);
        SharedArray.create(segment, "counts", Codecs.int32(), 5);
        MemorySegment block = segment.blocks("counts").require("").memory();
        block.set(ValueLayout.JAVA_LONG, 0, 1L << 40);

        SharedArray<Integer> array = new SharedArray<>(segment.blocks("counts"), block, Codecs.int32(),
                Shape.of(5));

        assertThat(array.capacity()).isEqualTo(5);
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> array.getInt(5))
                .withMessageContaining("capacity=5");
    }

    @Test
    void shouldRefuseTheSpecWhenTheCapacityIsImpossible() {
        Segment segment = segments.create(SEGMENT_SIZE);

        assertThatIllegalArgumentException().isThrownBy(() -> SharedArray.spec(Codecs.int32(), -1))
                .withMessageContaining("capacity=-1");
        assertThatIllegalArgumentException().isThrownBy(() -> SharedArray.spec(Codecs.int64(), Long.MAX_VALUE / 8))
                .withMessageContaining("element size=8");
        assertThatIllegalArgumentException().isThrownBy(() -> SharedArray.create(segment, "none", Codecs.int32(), 0))
                .withMessageContaining("capacity=0");
        assertThat(segment.entries()).isEmpty();
    }

    @Test
    void shouldReachItsFarEndWhenItIsLongerThanTwoGibibytes() {
        long capacity = 330_000_000;
        Segment segment = segments.create(builder -> builder.size(3L << 30).preallocate(false));
        SharedArray<Long> array = SharedArray.create(segment, "far", Codecs.int64(), capacity);

        array.set(capacity - 1, 4711L);
        array.fill(5L, capacity - 3, capacity - 1);
        array.getAndAddLong(capacity - 2, 1);

        SharedArray<Long> there = SharedArray.open(segments.open(segment), "far", Codecs.int64());
        assertThat(there.capacity()).isEqualTo(capacity);
        assertThat(there.get(capacity - 1)).isEqualTo(4711);
        assertThat(there.getLong(capacity - 2)).isEqualTo(6);
        assertThat(there.span(0, capacity).byteSize()).isEqualTo(capacity * 8);
        there.copy(capacity - 3, 0, 3);
        assertThat(array.getLong(2)).isEqualTo(4711);
    }

    @Test
    void shouldBeInTheCatalogWhenAskedByLabel() {
        assertThat(Catalog.find("ARRAY")).hasValueSatisfying(type -> {
            assertThat(type.structureClass()).isEqualTo(SharedArray.class);
            assertThat(type.probe()).isSameAs(SharedArray.PROBE);
        });
    }

    private static int[] ints(SharedArray<Integer> array) {
        int[] target = new int[(int) array.capacity()];
        array.copyTo(0, target, 0, target.length);
        return target;
    }

    private static byte[] bytesOf(Segment segment, String name) {
        return segment.blocks(name).require("").memory().toArray(ValueLayout.JAVA_BYTE);
    }

    private static void foreign(Segment segment, String name, long bytes, long... words) {
        ForeignBlock.create(segment, name, bytes, block -> {
            for (int i = 0; i < words.length; i++) {
                block.memory().set(ValueLayout.JAVA_LONG, 8L * i, words[i]);
            }
        });
    }
}
