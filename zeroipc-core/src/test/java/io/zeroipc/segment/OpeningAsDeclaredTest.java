package io.zeroipc.segment;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import io.zeroipc.StructureMismatchException;
import io.zeroipc.codec.Absent;
import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.codec.Length;
import io.zeroipc.codec.Scale;
import io.zeroipc.codec.Unsigned;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.collection.SharedMap;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.flow.SharedFuture;
import io.zeroipc.sync.SharedBarrier;
import io.zeroipc.sync.SharedSemaphore;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** The bytes of two records of one size are the same; what they mean is known to the catalogue alone. */
@SuppressWarnings("ArrayRecordComponent") // nobody compares them
class OpeningAsDeclaredTest {

    record Tick(double bid, double ask) {}

    record Swapped(double ask, double bid) {}

    record Renamed(double buy, double sell) {}

    record HalfMoved(double ask, double sell) {}

    record Integers(long bid, long ask) {}

    record Point(int x, int y) {}

    record Transposed(int y, int x) {}

    record Line(Point from, Point to, int width) {}

    record Backwards(Point to, Point from, int width) {}

    record Flat(int ax, int ay, int bx, int by, int width) {}

    record Path(@Length(3) Point[] points) {}

    record TransposedPath(@Length(3) Transposed[] points) {}

    record LongerPath(@Length(6) int[] points) {}

    record Raw(@Length(24) byte[] points) {}

    record Order(Side side, int count) {}

    record LaterOrder(LaterSide side, int count) {}

    record OtherOrder(OtherSide side, int count) {}

    record NumberedOrder(int side, int count) {}

    record UnsignedOrder(int side, @Unsigned(32) long count) {}

    record Moment(Instant at) {}

    record MaybeMoment(@Absent Instant at) {}

    record WallMoment(LocalDateTime at) {}

    record Cents(@Scale(2) BigDecimal price) {}

    record Mills(@Scale(3) BigDecimal price) {}

    record Flagged(@Absent(Absent.By.FLAG) Instant at) {}

    record ByHand(Held at) {}

    record Held(Instant value, boolean present) {}

    record Identified(UUID id) {}

    record Hashed(@Length(16) byte[] id) {}

    enum Side {
        BUY, SELL
    }

    enum LaterSide {
        BUY, SELL, SHORT
    }

    enum OtherSide {
        SELL, BUY
    }

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    static Stream<Arguments> different() {
        return Stream.of(
                Arguments.of(Codecs.record(Tick.class), Codecs.record(Swapped.class),
                        "moved=float64 bid at 0, asked for=float64 bid at 8; moved=float64 ask at 8, asked for=float64 ask at 0"),
                Arguments.of(Codecs.record(Tick.class), Codecs.record(HalfMoved.class), "float64 ask at 8"),
                Arguments.of(Codecs.record(Tick.class), Codecs.record(Integers.class), "asked for=int64 bid at 0"),
                Arguments.of(Codecs.record(Tick.class), Codecs.string(16), "asked for=string(16) at 0"),
                Arguments.of(Codecs.int64(), Codecs.float64(), "retyped=int64 at 0, asked for=float64 at 0"),
                Arguments.of(Codecs.uint32(), Codecs.int32(), "retyped=uint32 at 0"),
                Arguments.of(Codecs.record(Line.class), Codecs.record(Backwards.class), "moved=int32 from.x at 0"),
                Arguments.of(Codecs.record(Path.class), Codecs.record(TransposedPath.class),
                        "array=points, moved=int32 x at 0, asked for=int32 x at 4; array=points, moved=int32 y"),
                Arguments.of(Codecs.record(Path.class), Codecs.record(LongerPath.class), "asked for=int32[6] points"),
                Arguments.of(Codecs.record(Order.class), Codecs.record(OtherOrder.class),
                        "renumbered=int32 side at 0, constant=BUY, number=0, asked for=1"),
                Arguments.of(Codecs.record(Order.class), Codecs.record(UnsignedOrder.class),
                        "asked for=uint32 count at 4"),
                Arguments.of(Codecs.record(Point.class), Codecs.int64(), "asked for=int64 at 0"),
                Arguments.of(Codecs.instant(), Codecs.int64(), "retyped=instant at 0, asked for=int64 at 0"),
                Arguments.of(Codecs.record(Moment.class), Codecs.record(WallMoment.class),
                        "asked for=datetime at at 0"),
                Arguments.of(Codecs.record(MaybeMoment.class), Codecs.record(Moment.class),
                        "retyped=nullable(instant) at at 0"),
                Arguments.of(Codecs.record(Cents.class), Codecs.record(Mills.class), "asked for=decimal(3) price"),
                Arguments.of(Codecs.uuid(), Codecs.string(16), "retyped=uuid at 0"));
    }

    @ParameterizedTest
    @MethodSource("different")
    void shouldBeRefusedWhenTheCreatorMeantSomethingElse(Codec<?> created, Codec<?> asked, String difference) {
        Segment segment = segments.create(1 << 16);
        SharedQueue.create(segment, "q", created, 8);
        for (Segment opener : List.of(segments.open(segment), segments.openReadOnly(segment), segment)) {
            assertThatExceptionOfType(StructureMismatchException.class)
                    .isThrownBy(() -> SharedQueue.open(opener, "q", asked))
                    .withMessageContainingAll("name=q", "element=" + created.typeName(), asked.typeName(), difference,
                            TypeCatalogue.pathOf(segment.path()) + "; if that is wrong, delete it");
        }
        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> SharedQueue.openOrCreate(segment, "q", asked, 8));
    }

    record Before(int id, float price, int venue, short lot, long at) {}

    record After(double price, int id, int number, short lot, long at) {}

    record Wide(int a, int b, int c, int d, int e, int f, int g, int h, int i, int j) {}

    record Other(float a, float b, float c, float d, float e, float f, float g, float h, float i, float j) {}

    @Test
    void shouldNameEveryFieldThatIsAnother() {
        assertThat(SchemaComparison.fieldDifference(Codecs.record(Before.class).schema(),
                Codecs.record(After.class).schema()))
                .isEqualTo("moved=int32 id at 0, asked for=int32 id at 8; retyped=float32 price at 4, asked for=float64"
                        + " price at 0; removed=int32 venue at 8; moved=int16 lot at 12, asked for=int16 lot at 16;"
                        + " moved=int64 at at 16, asked for=int64 at at 24; added=int32 number at 12");
        assertThat(SchemaComparison.difference(Codecs.record(Before.class).schema(),
                Codecs.record(After.class).schema())).startsWith("bytes=24, asked for=32, moved=int32 id at 0");
        assertThat(SchemaComparison.difference(Codecs.record(Wide.class).schema(), Codecs.record(Other.class).schema()))
                .contains("retyped=int32 h at 28, asked for=float32 h at 28; and 2 more")
                .doesNotContain("int32 i at 32");
    }

    static Stream<Arguments> compatible() {
        return Stream.of(Arguments.of(Codecs.record(Tick.class), Codecs.record(Renamed.class)),
                Arguments.of(Codecs.record(Tick.class), Codecs.bytes(16)),
                Arguments.of(Codecs.record(Tick.class), new Money(16)),
                Arguments.of(new Money(8), Codecs.int64()),
                Arguments.of(Codecs.record(Line.class), Codecs.record(Flat.class)),
                Arguments.of(Codecs.record(Path.class), Codecs.record(Raw.class)),
                Arguments.of(Codecs.record(Order.class), Codecs.record(LaterOrder.class)),
                Arguments.of(Codecs.record(Order.class), Codecs.record(NumberedOrder.class)),
                Arguments.of(Codecs.record(Flagged.class), Codecs.record(ByHand.class)),
                Arguments.of(Codecs.record(Identified.class), Codecs.record(Hashed.class)),
                Arguments.of(Codecs.record(Cents.class), Codecs.decimal(2)));
    }

    @ParameterizedTest
    @MethodSource("compatible")
    void shouldBeOpenedWhenBothMeanTheSameOrOneSideSaysNothing(Codec<?> created, Codec<?> asked) {
        Segment segment = segments.create(1 << 16);
        SharedQueue.create(segment, "q", created, 8);
        SharedQueue.create(segment, "back", asked, 8);
        assertThat(SharedQueue.open(segments.open(segment), "q", asked).elementSize()).isEqualTo(asked.byteSize());
        assertThat(SharedQueue.open(segments.open(segment), "back", created).elementSize())
                .isEqualTo(asked.byteSize());
    }

    @Test
    void shouldBeRefusedWhenKeysOrKindsAreOthers() {
        Segment segment = segments.create(1 << 16);
        SharedMap.create(segment, "m", Codecs.record(Point.class), Codecs.int32(), 8);
        SharedBarrier.create(segment, "b", 4);
        SharedFuture.create(segment, "f", Codecs.int32());
        Segment opener = segments.open(segment);

        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> SharedMap.open(opener, "m", Codecs.record(Transposed.class), Codecs.int32()))
                .withMessageContaining("key=");
        StructureMismatchException otherKind = catchThrowableOfType(StructureMismatchException.class,
                () -> SharedSemaphore.open(opener, "b"));
        assertThat(otherKind).hasMessageContaining("kind=barrier, declared in=");
        assertThat(otherKind.catalogue()).isEqualTo(TypeCatalogue.pathOf(segment.path()));
        // Both have 280 bytes.
        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> SharedFuture.open(opener, "f", Codecs.int64()))
                .withMessageContaining("bytes=4, asked for=8");
    }

    @Test
    void shouldBeOpenedWhenNoCatalogueSaysOtherwise() throws IOException {
        Segment segment = segments.create(1 << 16);
        SharedQueue.create(segment, "q", Codecs.record(Tick.class), 8);
        Segment without = segments.track(Segment.at(segment.path()).catalogue(false).open());
        assertThat(SharedQueue.open(without, "q", Codecs.record(Swapped.class)).isEmpty()).isTrue();

        java.nio.file.Path catalogue = TypeCatalogue.pathOf(segment.path());
        List<String> lines = Files.readAllLines(catalogue);
        for (String text : List.of(
                lines.getFirst().replace("inode=", "inode=9") + "\n" + lines.getLast() + "\n",
                lines.getFirst() + "\n" + lines.getLast().replace("\"offset\":3", "\"offset\":4") + "\n",
                lines.getFirst() + "\n" + lines.getLast(), lines.getFirst() + "\n{nonsense\n\0\n", "something else",
                "")) {
            Files.delete(catalogue);
            Files.writeString(catalogue, text, StandardOpenOption.CREATE_NEW);
            assertThat(SharedQueue.open(segments.open(segment), "q", Codecs.record(Swapped.class)).isEmpty())
                    .as(text)
                    .isTrue();
        }
        Files.delete(catalogue);
        assertThat(SharedQueue.open(segment, "q", Codecs.record(Swapped.class)).isEmpty()).isTrue();
    }

    @Test
    void shouldReadTheCatalogueOnceWhileItStaysAndOnlyWhatIsNewWhenItGrows() throws IOException {
        Segment segment = segments.create(1 << 16);
        SharedArray.create(segment, "a", Codecs.int64(), 4);
        Segment opener = segments.open(segment);
        assertThat(opener.declared()).containsOnlyKeys("a").isSameAs(opener.declared());
        DeclaredType first = opener.declared().get("a");

        SharedArray.create(segment, "b", Codecs.int64(), 4);
        assertThat(opener.declared()).containsOnlyKeys("a", "b");
        assertThat(opener.declared().get("a")).isSameAs(first);

        // Half a line is of a writer at work, or of one that was killed: then the next one begins a new line.
        java.nio.file.Path catalogue = TypeCatalogue.pathOf(segment.path());
        Files.writeString(catalogue, "{\"name\":\"\u00e4", StandardOpenOption.APPEND);
        assertThat(opener.declared()).containsOnlyKeys("a", "b");
        SharedArray.create(segment, "\u00e4", Codecs.int64(), 4);
        SharedArray.create(segment, "d", Codecs.int64(), 4);
        assertThat(opener.declared()).containsOnlyKeys("a", "b", "\u00e4", "d").isEqualTo(segment.declared());
    }

    @Test
    void shouldBeComparedAllTheSameWhenTheThreadIsInterrupted() {
        Segment segment = segments.create(1 << 16);
        SharedQueue.create(segment, "q", Codecs.record(Tick.class), 8);
        Segment opener = segments.open(segment);
        Thread.currentThread().interrupt();
        try {
            assertThatExceptionOfType(StructureMismatchException.class)
                    .isThrownBy(() -> SharedQueue.open(opener, "q", Codecs.record(Swapped.class)));
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void shouldTellEveryTwoTypesOfTheVocabularyApartWhenTheyHaveOneSize() {
        List<Codec<?>> vocabulary = List.of(Codecs.int8(), Codecs.uint8(), Codecs.int16(), Codecs.uint16(),
                Codecs.int32(), Codecs.uint32(), Codecs.int64(), Codecs.uint64(), Codecs.float32(), Codecs.float64(),
                Codecs.bool(), Codecs.string(1), Codecs.string(2), Codecs.string(4), Codecs.string(8), Codecs.frame(4));
        for (Codec<?> one : vocabulary) {
            for (Codec<?> other : vocabulary) {
                String difference = SchemaComparison.difference(one.schema(), other.schema());
                assertThat(difference == null).as("%s and %s", one, other).isEqualTo(one.equals(other));
            }
            assertThat(SchemaComparison.difference(one.schema(), Codecs.bytes(one.byteSize()).schema())).isNull();
        }
    }

    /** An application's own codec, whose name tells nothing to anybody else. */
    private record Money(int byteSize) implements Codec<Long> {

        @Override
        public Class<Long> type() {
            return Long.class;
        }

        @Override
        public String typeName() {
            return "com.acme.Money";
        }

        @Override
        public int alignment() {
            return 8;
        }

        @Override
        public void encode(Long value, MemorySegment memory, long offset) {
            throw new UnsupportedOperationException("not asked for");
        }

        @Override
        public Long decode(MemorySegment memory, long offset) {
            throw new UnsupportedOperationException("not asked for");
        }
    }
}
