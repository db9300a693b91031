package io.zeroipc.codec;

import java.lang.foreign.MemorySegment;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import io.zeroipc.ElementSchema;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.json.Json;
import io.zeroipc.json.SchemaJson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** Components that may be null, by a sentinel and by a flag byte; generated code and method handles alike. */
@SuppressWarnings("ArrayRecordComponent") // that is what fixed arrays look like
class AbsentTest {

    enum Side {
        BUY, SELL
    }

    record Position(double latitude, double longitude) {}

    record Sentinels(@Absent Instant instant, @Absent Duration duration, @Absent LocalDate date,
            @Absent LocalDateTime dateTime, @Absent @Scale(2) BigDecimal decimal, @Absent UUID uuid, @Absent Byte int8,
            @Absent Short int16, @Absent Integer int32, @Absent Long int64, @Absent Float float32,
            @Absent Double float64) {

        static final Sentinels NONE = new Sentinels(null, null, null, null, null, null, null, null, null, null, null,
                null);
    }

    record Flags(@Absent(Absent.By.FLAG) Byte int8, @Absent(Absent.By.FLAG) @Unsigned(16) Integer uint16,
            @Absent(Absent.By.FLAG) Instant instant, @Absent(Absent.By.FLAG) @Length(3) String text,
            @Absent(Absent.By.FLAG) @Length(3) byte[] bytes, @Absent(Absent.By.FLAG) Side side,
            @Absent(Absent.By.FLAG) Position position,
            @Absent(Absent.By.FLAG) Boolean flag, @Absent(Absent.By.FLAG) UUID uuid) {

        static final Flags NONE = new Flags(null, null, null, null, null, null, null, null, null);
    }

    record Rows(@Absent @Length(2) Instant[] times, @Absent(Absent.By.FLAG) @Length(2) Integer[] counts,
            @Absent(Absent.By.FLAG) @Length(2) Position[] positions) {}

    record Whole(Instant at, @Scale(2) BigDecimal price, UUID id, @Length(2) LocalDate[] days) {}

    @ParameterizedTest
    @EnumSource
    void shouldStoreTheSentinelsOfThePageWhenComponentsAreNull(CodecPath path) {
        Codec<Sentinels> codec = path.codec(Sentinels.class);
        String lowest = "00 00 00 00 00 00 00 80 ";
        assertThat(Bytes.hex(codec, Sentinels.NONE)).isEqualTo(lowest.repeat(5) + "00 ".repeat(16) + "80 00 00 80 "
                + "00 00 00 80 " + lowest + "00 00 c0 7f 00 00 00 00 " + "00 00 00 00 00 00 f8 7f");
        assertThat(Bytes.roundTrip(codec, Sentinels.NONE)).isEqualTo(Sentinels.NONE);
        Sentinels some = new Sentinels(Instant.EPOCH, Duration.ZERO, LocalDate.EPOCH, LocalDateTime.MIN.withYear(2000),
                new BigDecimal("-0.01"), new UUID(0, 1), (byte) -127, (short) -32767, -Integer.MAX_VALUE,
                -Long.MAX_VALUE, -0.0f, Double.NEGATIVE_INFINITY);
        assertThat(Bytes.roundTrip(codec, some)).isEqualTo(some);
    }

    @ParameterizedTest
    @EnumSource
    void shouldReadEveryNanAsAbsent(CodecPath path) {
        Codec<Sentinels> codec = path.codec(Sentinels.class);
        byte[] bytes = Bytes.of(codec, Sentinels.NONE);
        int float32 = codec.byteSize() - 16;
        bytes[float32] = 1;
        bytes[float32 + 3] = -1;
        bytes[float32 + 2] = (byte) 0x81;
        bytes[codec.byteSize() - 1] = -1;
        assertThat(Bytes.decode(codec, bytes)).isEqualTo(Sentinels.NONE);
    }

    static Stream<Arguments> collisions() {
        return Arrays.stream(CodecPath.values())
                .flatMap(path -> Stream.of(arguments(path, "uuid", with(new UUID(0, 0), null, null, null, null, null)),
                        arguments(path, "int8", with(null, Byte.MIN_VALUE, null, null, null, null)),
                        arguments(path, "int32", with(null, null, Integer.MIN_VALUE, null, null, null)),
                        arguments(path, "int64", with(null, null, null, Long.MIN_VALUE, null, null)),
                        arguments(path, "float32", with(null, null, null, null, Float.NaN, null)),
                        arguments(path, "float64",
                                with(null, null, null, null, null, Double.longBitsToDouble(0xfff0000000000001L)))));
    }

    private static Sentinels with(UUID uuid, Byte int8, Integer int32, Long int64, Float float32, Double float64) {
        return new Sentinels(null, null, null, null, null, uuid, int8, null, int32, int64, float32, float64);
    }

    @ParameterizedTest
    @MethodSource("collisions")
    void shouldRefuseTheSentinelAsAValue(CodecPath path, String field, Sentinels value) {
        assertThatIllegalArgumentException().isThrownBy(() -> Bytes.of(path.codec(Sentinels.class), value))
                .withMessageStartingWith(
                        "value is the one that says that there is none: field=Sentinels." + field + ", value=")
                .withMessageContaining("@Absent(Absent.By.FLAG)");
    }

    @ParameterizedTest
    @EnumSource
    void shouldStoreTheFlagBehindTheValueWhenThatIsHowAbsenceIsStored(CodecPath path) {
        Codec<Flags> codec = path.codec(Flags.class);
        Flags some = new Flags((byte) -1, 65535, Instant.ofEpochSecond(0, 1), "ab", new byte[] {1, 2, 3}, Side.SELL,
                new Position(1, -0.0), false, new UUID(0, 0));
        String bytes = "ff 01 ff ff 01 00 00 00 " + "01 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00 "
                + "61 62 00 01 " + "01 02 03 01 " + "01 00 00 00 01 00 00 00 "
                + "00 00 00 00 00 00 f0 3f 00 00 00 00 00 00 00 80 01 00 00 00 00 00 00 00 " + "00 01 "
                + "00 ".repeat(16) + "01" + " 00".repeat(5);
        assertThat(Bytes.hex(codec, some)).isEqualTo(bytes);
        assertThat(RandomRecords.isEqual(Bytes.roundTrip(codec, some), some)).isTrue();
        assertThat(Bytes.of(codec, Flags.NONE)).containsOnly(0);
        assertThat(Bytes.roundTrip(codec, Flags.NONE)).isEqualTo(Flags.NONE);
    }

    @ParameterizedTest
    @EnumSource
    void shouldReadEveryFlagButZeroAsPresentAndLookAtNothingElseWhenAbsent(CodecPath path) {
        Codec<Flags> codec = path.codec(Flags.class);
        byte[] bytes = new byte[codec.byteSize()];
        Arrays.fill(bytes, (byte) 0x7f);
        // Not the flags of the instant, which 0x7f.. is one of, and of the side, which it is none of.
        for (ElementSchema.Field field : codec.schema().fields()) {
            if (field.name().equals("side")) {
                bytes[field.offset() + 4] = 0;
            }
        }
        Flags read = Bytes.decode(codec, bytes);
        assertThat(read.side()).isNull();
        assertThat(read.int8()).isEqualTo((byte) 0x7f);
        assertThat(read.flag()).isTrue();
        assertThat(read.text()).isEqualTo("\u007f\u007f\u007f");
        bytes[codec.schema().fields().get(5).offset() + 4] = 2;
        assertThatExceptionOfType(ZeroIpcException.class).isThrownBy(() -> Bytes.decode(codec, bytes))
                .withMessageContaining("field=Flags.side");
    }

    @ParameterizedTest
    @EnumSource
    void shouldBeAboutElementsWhenTheComponentIsAnArray(CodecPath path) {
        Codec<Rows> codec = path.codec(Rows.class);
        Rows some = new Rows(new Instant[] {null, Instant.MAX.minusSeconds(31556889864403199L)},
                new Integer[] {Integer.MIN_VALUE, null}, new Position[] {null, new Position(1, 2)});
        assertThat(RandomRecords.isEqual(Bytes.roundTrip(codec, some), some)).isTrue();
        assertThatThrownBy(() -> Bytes.of(codec, new Rows(null, some.counts(), some.positions())))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("value must not be null: field=Rows.times");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Bytes.of(codec,
                        new Rows(new Instant[] {null, Instant.MAX}, some.counts(), some.positions())))
                .withMessageStartingWith(
                        "value out of range: field=Rows.times[*], value=+1000000000-12-31T23:59:59.99");
    }

    @ParameterizedTest
    @EnumSource
    void shouldNameTheComponentWhenItIsNullOrNoValueWithoutAbsence(CodecPath path) {
        Codec<Whole> codec = path.codec(Whole.class);
        LocalDate[] days = {LocalDate.EPOCH, LocalDate.MAX};
        Whole whole = new Whole(Instant.EPOCH, BigDecimal.ONE, new UUID(1, 2), days);
        assertThatThrownBy(() -> Bytes.of(codec, new Whole(null, BigDecimal.ONE, new UUID(1, 2), days)))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("value must not be null: field=Whole.at");
        assertThatThrownBy(() -> Bytes.of(codec, new Whole(Instant.EPOCH, BigDecimal.ONE, null, days)))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("value must not be null: field=Whole.id");
        assertThatThrownBy(
                () -> Bytes.of(codec, new Whole(Instant.EPOCH, BigDecimal.ONE, new UUID(1, 2), new LocalDate[2])))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("value must not be null: field=Whole.days[*]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Bytes.of(codec,
                        new Whole(Instant.EPOCH, new BigDecimal("0.005"), new UUID(1, 2), days)))
                .withMessageContaining("field=Whole.price, value=0.005");
        byte[] bytes = Bytes.of(codec, whole);
        bytes[7] = (byte) 0x80;
        assertThatExceptionOfType(ZeroIpcException.class).isThrownBy(() -> Bytes.decode(codec, bytes))
                .withMessageContaining("field=Whole.at, type=instant, number=-9223372036854775808");
    }

    @ParameterizedTest
    @EnumSource
    void shouldBeNullToToolsWhenTheSchemaIsAllTheyHave(CodecPath path) {
        for (Record none : List.of(Sentinels.NONE, Flags.NONE)) {
            Codec<Record> record = codec(path, none);
            Codec<Map<String, Object>> tool = tool(record.schema());
            byte[] bytes = Bytes.of(record, none);
            Map<String, Object> fields = Bytes.decode(tool, bytes);
            assertThat(fields.values()).containsOnlyNulls();
            assertThat(Bytes.of(tool, fields)).isEqualTo(bytes);
            // An absent value may be left out, and be said.
            assertThat(Bytes.of(tool, Collections.emptyMap())).isEqualTo(bytes);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldReadAndWriteJsonWhenAToolKnowsTheSchema(CodecPath path) {
        Codec<Rows> rows = path.codec(Rows.class);
        String json = """
                {"times":[null,"1970-01-01T00:00:00.000000001Z"],"counts":[7,null],\
                "positions":[null,{"latitude":1.5,"longitude":2.5}]}""";
        byte[] bytes = Bytes.of(rows, new Rows(new Instant[] {null, Instant.ofEpochSecond(0, 1)},
                new Integer[] {7, null}, new Position[] {null, new Position(1.5, 2.5)}));
        Codec<Map<String, Object>> tool = tool(rows.schema());
        assertThat(Json.write(Bytes.decode(tool, bytes))).isEqualTo(json);
        assertThat(Bytes.of(tool, Json.object(Json.parse(json), "value"))).isEqualTo(bytes);

        Codec<Whole> whole = path.codec(Whole.class);
        json = """
                {"at":"2026-01-31T12:34:56.789Z","price":92233720368547758.07,\
                "id":"00112233-4455-6677-8899-aabbccddeeff","days":["-999999999-01-01","+10000-02-29"]}""";
        bytes = Bytes.of(whole, new Whole(Instant.parse("2026-01-31T12:34:56.789Z"),
                new BigDecimal("92233720368547758.07"), UUID.fromString("00112233-4455-6677-8899-aabbccddeeff"),
                new LocalDate[] {LocalDate.MIN, LocalDate.of(10000, 2, 29)}));
        Codec<Map<String, Object>> wholeTool = tool(whole.schema());
        assertThat(Json.write(Bytes.decode(wholeTool, bytes))).isEqualTo(json);
        assertThat(Bytes.of(wholeTool, Json.object(Json.parse(json), "value"))).isEqualTo(bytes);
        assertThatThrownBy(() -> Bytes.of(wholeTool, Map.of())).isInstanceOf(NullPointerException.class)
                .hasMessageContaining("field=at");
    }

    @SuppressWarnings("unchecked")
    private static Codec<Record> codec(CodecPath path, Record value) {
        return (Codec<Record>) path.codec(value.getClass());
    }

    /** As a tool gets it: out of a file. */
    @SuppressWarnings("unchecked")
    private static Codec<Map<String, Object>> tool(ElementSchema schema) {
        ElementSchema read = SchemaJson.fromJson(Json.parse(Json.write(SchemaJson.toJson(schema))));
        assertThat(read).isEqualTo(schema);
        return (Codec<Map<String, Object>>) Codecs.schema(read);
    }

    record Mixed(@Absent(Absent.By.FLAG) Side side, @Absent(Absent.By.FLAG) @Scale(3) BigDecimal decimal,
            @Absent(Absent.By.FLAG) UUID uuid,
            @Absent(Absent.By.FLAG) @Length(3) byte[] bytes, @Absent(Absent.By.FLAG) Whole whole) {}

    @ParameterizedTest
    @EnumSource
    void shouldEndWithAnErrorOfOursWhenBytesAreScribbled(CodecPath path) {
        Random random = Seeds.next();
        for (Class<? extends Record> type : List.of(Sentinels.class, Mixed.class, Rows.class, Whole.class)) {
            scribble(path.codec(type), random);
        }
    }

    private static <R extends Record> void scribble(Codec<R> codec, Random random) {
        Codec<Map<String, Object>> tool = tool(codec.schema());
        byte[] bytes = new byte[codec.byteSize()];
        for (int i = 0; i < 5_000; i++) {
            random.nextBytes(bytes);
            if (random.nextBoolean()) {
                Arrays.fill(bytes, random.nextInt(bytes.length), bytes.length, (byte) (random.nextInt(3) * 127));
            }
            MemorySegment memory = MemorySegment.ofArray(bytes);
            try {
                R value = codec.decode(memory, 0);
                // What was read can be written, and is read again as the same.
                assertThat(RandomRecords.isEqual(Bytes.roundTrip(codec, value), value)).isTrue();
                Map<String, Object> fields = tool.decode(memory, 0);
                String json = Json.write(SchemaCodecTest.json(fields));
                if (!json.contains("Infinity") && !json.contains("NaN")) {
                    assertThat(Bytes.of(tool, Json.object(Json.parse(json), "value")))
                            .isEqualTo(Bytes.of(codec, value));
                }
            } catch (ZeroIpcException e) {
                // The bytes are no value, and it says so.
                assertThat(e).hasMessageContaining("field=");
            }
        }
    }
}
