package io.zeroipc.codec;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.zeroipc.ElementSchema;
import io.zeroipc.ZeroIpcException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What every record codec does, generated or not. */
@SuppressWarnings("ArrayRecordComponent") // fixed arrays inside records are what is tested
class RecordCodecTest {

    enum Side {
        BUY, SELL {
            @Override
            public String toString() {
                return "a constant with a body, whose class is not Side";
            }
        },
        NONE
    }

    /** Every primitive, with padding before, between and behind. */
    record Primitives(byte a, int b, short c, long d, boolean e, float f, byte g, double h, byte i) {}

    record Unsigneds(@Unsigned(8) short u8s, @Unsigned(8) int u8, @Unsigned(16) int u16, @Unsigned(8) long u8l,
            @Unsigned(16) long u16l, @Unsigned(32) long u32, @Unsigned byte raw8, @Unsigned short raw16,
            @Unsigned int raw32, @Unsigned long raw64) {}

    record Tick(@Length(5) String symbol, Side side, double price) {}

    private record Point(short x, byte y) {}

    record Trade(byte kind, Tick tick, @Length(3) Point[] points, Point last) {}

    record Arrays1(byte pad, @Length(2) byte[] bytes, @Length(2) short[] shorts, @Length(3) int[] ints,
            @Length(2) long[] longs, @Length(1) float[] floats, @Length(2) double[] doubles,
            @Length(3) boolean[] booleans, @Length(2) Side[] sides, @Length(3) @Unsigned(8) int[] levels,
            @Length(2) @Unsigned(32) long[] addresses, @Length(2) @Unsigned byte[] raw) {

        static Arrays1 sample() {
            return new Arrays1((byte) 1, new byte[] {2, 3}, new short[] {4, -5}, new int[] {6, -7, 8},
                    new long[] {9, -10},
                    new float[] {1.5f}, new double[] {2.5, -3.5}, new boolean[] {true, false, true},
                    new Side[] {Side.SELL, Side.BUY}, new int[] {0, 128, 255}, new long[] {0, 0xFFFF_FFFFL},
                    new byte[] {-1, 1});
        }
    }

    record SmallEnum(@Unsigned(8) Side small, @Unsigned(16) Side medium, @Unsigned Side large, Side usual) {}

    record Positive(int value) {
        Positive {
            if (value <= 0) {
                throw new ArithmeticException("not positive: value=" + value);
            }
        }
    }

    record Sneaky(int value) {
        Sneaky {
            Failures.rethrow(new IOException("checked"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldWriteEveryPrimitiveAtItsCOffsetWithZeroesBetween(CodecPath path) {
        Codec<Primitives> codec = path.codec(Primitives.class);
        Primitives value = new Primitives((byte) 1, 2, (short) 3, 4, true, 1.5f, (byte) 5, -2.5, (byte) 6);

        assertThat(Bytes.hex(codec, value)).isEqualTo("01 00 00 00 02 00 00 00 03 00 00 00 00 00 00 00 " //
                + "04 00 00 00 00 00 00 00 01 00 00 00 00 00 c0 3f " //
                + "05 00 00 00 00 00 00 00 00 00 00 00 00 00 04 c0 " //
                + "06 00 00 00 00 00 00 00");
        assertThat(Bytes.roundTrip(codec, value)).isEqualTo(value);
        assertThat(codec.byteSize()).isEqualTo(56);
        assertThat(codec.alignment()).isEqualTo(8);
        assertThat(codec.type()).isEqualTo(Primitives.class);
        assertThat(codec.typeName()).isEqualTo(Primitives.class.getName()).isEqualTo(codec.toString());
    }

    @ParameterizedTest
    @EnumSource
    void shouldRoundTripExtremes(CodecPath path) {
        Codec<Primitives> codec = path.codec(Primitives.class);
        Primitives least = new Primitives(Byte.MIN_VALUE, Integer.MIN_VALUE, Short.MIN_VALUE, Long.MIN_VALUE, false,
                Float.NEGATIVE_INFINITY, Byte.MIN_VALUE, -0.0, Byte.MIN_VALUE);
        Primitives most = new Primitives(Byte.MAX_VALUE, Integer.MAX_VALUE, Short.MAX_VALUE, Long.MAX_VALUE, true,
                Float.NaN, Byte.MAX_VALUE, Double.MIN_VALUE, Byte.MAX_VALUE);
        assertThat(Bytes.roundTrip(codec, least)).isEqualTo(least);
        assertThat(Bytes.roundTrip(codec, most)).isEqualTo(most);
    }

    @ParameterizedTest
    @EnumSource
    void shouldZeroExtendUnsignedFields(CodecPath path) {
        Codec<Unsigneds> codec = path.codec(Unsigneds.class);
        Unsigneds most = new Unsigneds((short) 255, 255, 65535, 255, 65535, 0xFFFF_FFFFL, (byte) -1, (short) -1, -1,
                -1);
        assertThat(Bytes.hex(codec, most)).isEqualTo("ff ff ff ff ff 00 ff ff " // u8s u8 u16 u8l, pad, u16l
                + "ff ff ff ff ff 00 ff ff " // u32 raw8, pad, raw16
                + "ff ff ff ff 00 00 00 00 ff ff ff ff ff ff ff ff"); // raw32, pad, raw64
        assertThat(Bytes.roundTrip(codec, most)).isEqualTo(most);
        Unsigneds middle = new Unsigneds((short) 128, 128, 32768, 128, 32768, 0x8000_0000L, Byte.MIN_VALUE,
                Short.MIN_VALUE, Integer.MIN_VALUE, Long.MIN_VALUE);
        assertThat(Bytes.roundTrip(codec, middle)).isEqualTo(middle);
    }

    @ParameterizedTest
    @EnumSource
    void shouldNameFieldWhenUnsignedIsOutOfRange(CodecPath path) {
        Codec<Unsigneds> codec = path.codec(Unsigneds.class);
        assertThatThrownBy(() -> Bytes.of(codec, new Unsigneds((short) -1, 0, 0, 0, 0, 0, (byte) 0, (short) 0, 0, 0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("value out of range: field=Unsigneds.u8s, value=-1 (expected: 0 to 255, as it is stored as"
                        + " uint8)");
        assertThatThrownBy(() -> Bytes.of(codec, new Unsigneds((short) 0, 0, 65536, 0, 0, 0, (byte) 0, (short) 0, 0,
                0))).hasMessageContaining("field=Unsigneds.u16, value=65536");
        assertThatThrownBy(() -> Bytes.of(codec, new Unsigneds((short) 0, 0, 0, 1L << 40, 0, 0, (byte) 0, (short) 0, 0,
                0))).hasMessageContaining("field=Unsigneds.u8l, value=1099511627776");
        assertThatThrownBy(
                () -> Bytes.of(codec, new Unsigneds((short) 0, 0, 0, 0, 0, -1, (byte) 0, (short) 0, 0, 0)))
                .hasMessageContaining("field=Unsigneds.u32, value=-1")
                .hasMessageContaining("0 to 4294967295");
    }

    @ParameterizedTest
    @EnumSource
    void shouldNestRecordsAndArraysOfRecords(CodecPath path) {
        Codec<Trade> codec = path.codec(Trade.class);
        Trade value = new Trade((byte) 7, new Tick("ABCDE", Side.SELL, 1.0),
                new Point[] {new Point((short) 1, (byte) 2), new Point((short) 3, (byte) 4),
                        new Point((short) 5, (byte) 6)},
                new Point((short) -1, (byte) -2));

        assertThat(Bytes.hex(codec, value)).isEqualTo("07 00 00 00 00 00 00 00 41 42 43 44 45 00 00 00 " //
                + "01 00 00 00 00 00 00 00 00 00 00 00 00 00 f0 3f " //
                + "01 00 02 00 03 00 04 00 05 00 06 00 ff ff fe 00");
        Trade back = Bytes.roundTrip(codec, value);
        assertThat(back).usingRecursiveComparison().isEqualTo(value);
        assertThat(back.tick().side()).isSameAs(Side.SELL);
    }

    @ParameterizedTest
    @EnumSource
    void shouldRoundTripArraysOfEveryKind(CodecPath path) {
        Codec<Arrays1> codec = path.codec(Arrays1.class);
        assertThat(Bytes.roundTrip(codec, Arrays1.sample())).usingRecursiveComparison().isEqualTo(Arrays1.sample());
        assertThat(codec.schema().fields().stream().map(ElementSchema.Field::typeName)).containsExactly("int8",
                "bytes(2)", "int16", "int32", "int64", "float32", "float64", "bool", "int32", "uint8", "uint32",
                "uint8");
        assertThat(codec.schema().fields().stream().map(ElementSchema.Field::count)).containsExactly(1, 1, 2, 3, 2, 1,
                2,
                3, 2, 3, 2, 2);
        assertThat(codec.schema().fields().stream().map(ElementSchema.Field::offset)).containsExactly(0, 1, 4, 8, 24,
                40,
                48, 64, 68, 76, 80, 88);
        assertThat(codec.byteSize()).isEqualTo(96);
    }

    @ParameterizedTest
    @EnumSource
    void shouldNameFieldWhenArrayHasAnotherLength(CodecPath path) {
        Codec<Arrays1> codec = path.codec(Arrays1.class);
        Arrays1 good = Arrays1.sample();
        Arrays1 shortInts = new Arrays1(good.pad, good.bytes, good.shorts, new int[2], good.longs, good.floats,
                good.doubles, good.booleans, good.sides, good.levels, good.addresses, good.raw);
        Arrays1 longBytes = new Arrays1(good.pad, new byte[3], good.shorts, good.ints, good.longs, good.floats,
                good.doubles, good.booleans, good.sides, good.levels, good.addresses, good.raw);
        Arrays1 wrongLevel = new Arrays1(good.pad, good.bytes, good.shorts, good.ints, good.longs, good.floats,
                good.doubles, good.booleans, good.sides, new int[] {0, 256, 0}, good.addresses, good.raw);
        assertThatThrownBy(() -> Bytes.of(codec, shortInts)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("wrong array length: field=Arrays1.ints, length=2 (expected: exactly 3, as @Length says)");
        assertThatThrownBy(() -> Bytes.of(codec, longBytes)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("wrong number of bytes: field=Arrays1.bytes, bytes=3 (expected: exactly 2");
        assertThatThrownBy(() -> Bytes.of(codec, wrongLevel)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("value out of range: field=Arrays1.levels[*], value=256");
    }

    @ParameterizedTest
    @EnumSource
    void shouldNameWholePathWhenNestedTextDoesNotFit(CodecPath path) {
        record Basket(@Length(2) Tick[] ticks, Tick best) {}
        Codec<Basket> codec = path.codec(Basket.class);
        Tick good = new Tick("A", Side.BUY, 1);
        Tick bad = new Tick("ABCDEF", Side.BUY, 1);
        assertThatThrownBy(() -> Bytes.of(codec, new Basket(new Tick[] {good, bad}, good)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("string does not fit: field=Basket.ticks[*].symbol, bytes=6, value=\"ABCDEF\" (expected: at"
                        + " most 5 bytes of UTF-8)");
        assertThatThrownBy(() -> Bytes.of(codec, new Basket(new Tick[] {good, good}, bad)))
                .hasMessageStartingWith("string does not fit: field=Basket.best.symbol, bytes=6");
    }

    @ParameterizedTest
    @EnumSource
    void shouldNameFieldWhenPartIsNull(CodecPath path) {
        Codec<Trade> codec = path.codec(Trade.class);
        Point point = new Point((short) 1, (byte) 1);
        Point[] points = {point, point, point};
        Tick tick = new Tick("A", Side.BUY, 1);
        assertNull(codec, null, "value must not be null: type=Trade");
        assertNull(codec, new Trade((byte) 1, null, points, point), "value must not be null: field=Trade.tick");
        assertNull(codec, new Trade((byte) 1, tick, null, point), "value must not be null: field=Trade.points");
        assertNull(codec, new Trade((byte) 1, tick, new Point[] {point, null, point}, point),
                "value must not be null: field=Trade.points[*]");
        assertNull(codec, new Trade((byte) 1, new Tick(null, Side.BUY, 1), points, point),
                "value must not be null: field=Trade.tick.symbol");
        assertNull(codec, new Trade((byte) 1, new Tick("A", null, 1), points, point),
                "value must not be null: field=Trade.tick.side");
    }

    private static <T> void assertNull(Codec<T> codec, T value, String message) {
        assertThatThrownBy(() -> Bytes.of(codec, value)).isInstanceOf(NullPointerException.class).hasMessage(message);
    }

    @ParameterizedTest
    @EnumSource
    void shouldStoreEnumAsOrdinalInTheWidthAsked(CodecPath path) {
        Codec<SmallEnum> codec = path.codec(SmallEnum.class);
        SmallEnum value = new SmallEnum(Side.NONE, Side.SELL, Side.NONE, Side.SELL);
        assertThat(Bytes.hex(codec, value)).isEqualTo("02 00 01 00 02 00 00 00 01 00 00 00");
        assertThat(Bytes.roundTrip(codec, value)).isEqualTo(value);
        assertThat(codec.schema().fields().get(0).constants()).containsExactly("BUY", "SELL", "NONE");
        assertThat(codec.schema().fields().stream().map(ElementSchema.Field::typeName)).containsExactly("uint8",
                "uint16", "uint32", "int32");
    }

    @ParameterizedTest
    @EnumSource
    void shouldSayWhatWasReadWhenConstantIsUnknown(CodecPath path) {
        Codec<SmallEnum> codec = path.codec(SmallEnum.class);
        assertUnknown(codec, "ff 00 00 00 00 00 00 00 00 00 00 00", "field=SmallEnum.small", "value=255");
        assertUnknown(codec, "00 00 03 00 00 00 00 00 00 00 00 00", "field=SmallEnum.medium", "value=3");
        assertUnknown(codec, "00 00 00 00 ff ff ff ff 00 00 00 00", "field=SmallEnum.large", "value=4294967295");
        assertUnknown(codec, "00 00 00 00 00 00 00 00 ff ff ff ff", "field=SmallEnum.usual", "value=-1");
    }

    private static void assertUnknown(Codec<?> codec, String hex, String field, String value) {
        assertThatThrownBy(() -> Bytes.decode(codec, hex)).isInstanceOf(ZeroIpcException.class)
                .hasMessageStartingWith("unknown enum constant: " + field + ", type=" + Side.class.getName() + ", "
                        + value + " (expected: 0 to 2;");
    }

    @ParameterizedTest
    @EnumSource
    void shouldPropagateWhenConstructorThrows(CodecPath path) {
        Codec<Positive> codec = path.codec(Positive.class);
        assertThat(Bytes.roundTrip(codec, new Positive(1))).isEqualTo(new Positive(1));
        assertThatThrownBy(() -> Bytes.decode(codec, "00 00 00 00")).isInstanceOf(ArithmeticException.class)
                .hasMessage("not positive: value=0");
        assertThatThrownBy(() -> Bytes.decode(path.codec(Sneaky.class), "00 00 00 00"))
                .isInstanceOf(IOException.class)
                .hasMessage("checked");
    }

    @ParameterizedTest
    @EnumSource
    void shouldReadTrueWhenForeignByteIsNotZero(CodecPath path) {
        record Flags(boolean a, boolean b, @Length(2) boolean[] c) {}
        Flags flags = Bytes.decode(path.codec(Flags.class), "80 00 02 00");
        assertThat(flags.a).isTrue();
        assertThat(flags.b).isFalse();
        assertThat(flags.c).containsExactly(true, false);
    }

    @ParameterizedTest
    @EnumSource
    void shouldFailWhenRecordIsNotInsideMemory(CodecPath path) {
        Codec<Primitives> codec = path.codec(Primitives.class);
        MemorySegment memory = MemorySegment.ofArray(new byte[48]);
        assertThatThrownBy(() -> codec.decode(memory, 0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(
                () -> codec.encode(new Primitives((byte) 1, 2, (short) 3, 4, true, 1, (byte) 5, 2, (byte) 6), memory,
                        0))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseValueOfAnotherType(CodecPath path) {
        @SuppressWarnings("unchecked") Codec<Object> codec = (Codec<Object>) (Codec<?>) path.codec(Positive.class);
        assertThatThrownBy(() -> Bytes.of(codec, "text")).isInstanceOf(ClassCastException.class);
    }

    @Test
    void shouldSaySameSchemaOnBothPaths() {
        for (Class<? extends Record> type : List.of(Primitives.class, Unsigneds.class, Trade.class, Arrays1.class,
                SmallEnum.class)) {
            assertThat(CodecPath.GENERATED.codec(type).schema()).isEqualTo(CodecPath.HANDLES.codec(type).schema());
        }
        ElementSchema trade = Codecs.record(Trade.class).schema();
        assertThat(trade.fields()).extracting(ElementSchema.Field::name)
                .containsExactly("kind", "tick", "points", "last");
        ElementSchema.Field points = trade.fields().get(2);
        assertThat(points).isEqualTo(
                new ElementSchema.Field("points", Point.class.getName(), 32, 12, 3, List.of(), points.nested()));
        assertThat(points.nested()).isEqualTo(Codecs.record(Point.class).schema());
    }

    @ParameterizedTest
    @EnumSource
    void shouldKeepToItsSlotWhenNeighboursAreInUse(CodecPath path) {
        Codec<Arrays1> codec = path.codec(Arrays1.class);
        int byteSize = codec.byteSize();
        byte[] slots = new byte[3 * byteSize];
        Arrays.fill(slots, (byte) 0x7F);
        byte[] once = Bytes.of(codec, Arrays1.sample());
        for (int slot : new int[] {2, 0, 1}) {
            codec.encode(Arrays1.sample(), MemorySegment.ofArray(slots), (long) slot * byteSize);
        }
        for (int slot = 0; slot < 3; slot++) {
            assertThat(Arrays.copyOfRange(slots, slot * byteSize, (slot + 1) * byteSize)).isEqualTo(once);
        }
    }
}
