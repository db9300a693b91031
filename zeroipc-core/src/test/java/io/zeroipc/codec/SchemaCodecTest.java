package io.zeroipc.codec;

import java.lang.foreign.MemorySegment;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import io.zeroipc.ElementSchema;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.json.Json;
import io.zeroipc.json.SchemaJson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

@SuppressWarnings("ArrayRecordComponent") // that is what fixed arrays look like
class SchemaCodecTest {

    enum Side {
        BUY, SELL
    }

    record Level(double price, @Unsigned(8) int weight) {}

    record Order(long id, Side side, boolean open, @Length(6) String symbol, @Length(2) Level[] levels,
            @Length(3) byte[] tag,
            @Unsigned(32) long quantity) {}

    private static final Codec<Order> RECORD = Codecs.record(Order.class);
    /** As a tool gets it: out of a file. */
    private static final ElementSchema SCHEMA = SchemaJson
            .fromJson(Json.parse(Json.write(SchemaJson.toJson(RECORD.schema()))));

    @SuppressWarnings("unchecked")
    private static Codec<Map<String, Object>> codec() {
        return (Codec<Map<String, Object>>) Codecs.schema(SCHEMA);
    }

    @Test
    void shouldBeTheSameSchemaWhenWrittenAndRead() {
        assertThat(SCHEMA).isEqualTo(RECORD.schema());
    }

    @Test
    void shouldDecodeFieldByFieldWhenARecordWroteTheBytes() {
        MemorySegment memory = MemorySegment.ofArray(new byte[RECORD.byteSize()]);
        RECORD.encode(new Order(7, Side.SELL, true, "ACME", new Level[] {new Level(1.5, 255), new Level(2.5, 0)},
                new byte[] {1, 2, 3}, 4_000_000_000L), memory, 0);
        Map<String, Object> value = codec().decode(memory, 0);
        assertThat(value.keySet()).containsExactly("id", "side", "open", "symbol", "levels", "tag", "quantity");
        assertThat(value).containsEntry("id", 7L)
                .containsEntry("side", "SELL")
                .containsEntry("open", true)
                .containsEntry("symbol", "ACME")
                .containsEntry("levels",
                        List.of(Map.of("price", 1.5, "weight", 255), Map.of("price", 2.5, "weight", 0)))
                .containsEntry("quantity", 4_000_000_000L);
        assertThat((byte[]) value.get("tag")).containsExactly(1, 2, 3);
    }

    @Test
    void shouldWriteTheBytesOfTheRecordWhenTheValueIsJson() {
        byte[] expected = new byte[RECORD.byteSize()];
        RECORD.encode(new Order(-1, Side.BUY, false, "Ä", new Level[] {new Level(-0.0, 1), new Level(3, 2)},
                new byte[] {9, 8, 7}, 1), MemorySegment.ofArray(expected), 0);
        byte[] actual = new byte[RECORD.byteSize()];
        java.util.Arrays.fill(actual, (byte) 0x55);
        codec().encode(Json.object(Json.parse("""
                {"id": -1, "side": "BUY", "open": false, "symbol": "Ä", "tag": "090807", "quantity": 1,
                 "levels": [{"price": -0.0, "weight": 1}, {"price": 3, "weight": "2"}]}"""), "value"),
                MemorySegment.ofArray(actual), 0);
        assertThat(actual).isEqualTo(expected);
    }

    @Test
    void shouldNameFieldAndValueWhenAValueDoesNotSuit() {
        assertThatIllegalArgumentException().isThrownBy(() -> encode("{\"idd\": 1}"))
                .withMessageContaining("field=idd (expected: id, side, open, symbol, levels, tag, quantity)");
        assertThatNullPointerException().isThrownBy(() -> encode("{\"id\": 1}"))
                .withMessageContaining("field is missing: type=")
                .withMessageContaining("field=side");
        assertThatIllegalArgumentException().isThrownBy(() -> encode("{\"id\": 1.5, \"side\": \"BUY\"}"))
                .withMessageContaining("name=id, value=1.5, type=int64 (expected: a number that fits)");
        assertThatIllegalArgumentException().isThrownBy(() -> encode("{\"id\": 1, \"side\": \"HOLD\"}"))
                .withMessageContaining("value=HOLD (expected: BUY, SELL)");
    }

    private static void encode(String json) {
        // The fields that follow the faulty one are never looked at, and missing ones before it are not there.
        codec().encode(Json.object(Json.parse(json), "value"), MemorySegment.ofArray(new byte[RECORD.byteSize()]), 0);
    }

    @Test
    void shouldSayWhatItFoundWhenAnEnumConstantIsOutOfRange() {
        MemorySegment memory = MemorySegment.ofArray(new byte[RECORD.byteSize()]);
        memory.fill((byte) 7);
        assertThatExceptionOfType(ZeroIpcException.class).isThrownBy(() -> codec().decode(memory, 0))
                .withMessageContaining("field=side");
    }

    @Test
    void shouldRefuseWhenTheSchemaContradictsTheVocabulary() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Codecs.schema(new ElementSchema("int32", 8, 4, List.of())))
                .withMessageContaining("type=int32, bytes=8 (expected: 4)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Codecs.schema(new ElementSchema(Order.class.getName(), 8, 4, List.of())))
                .withMessageContaining("unknown element type");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Codecs.schema(new ElementSchema("R", 8, 8,
                        List.of(new ElementSchema.Field("a", "int64", 0, 4, 1, List.of(), null)))))
                .withMessageContaining("field=a, type=int64, bytes=4 (expected: 8)");
    }

    @Test
    void shouldConvertOnlyWhatKeepsItsValueWhenTextIsGiven() {
        assertThat(Codecs.convert(Codecs.int8(), "-128")).isEqualTo((byte) -128);
        assertThat(Codecs.convert(Codecs.uint64(), "18446744073709551615")).isEqualTo(-1L);
        assertThat(Codecs.convert(Codecs.float64(), "1e3")).isEqualTo(1000.0);
        assertThat(Codecs.convert(Codecs.bool(), "true")).isTrue();
        assertThat(Codecs.convert(Codecs.string(4), "text")).isEqualTo("text");
        assertThat(Codecs.convert(Codecs.bytes(2), "0aFF")).containsExactly(0x0a, 0xff);
        assertThat(Codecs.convert(Codecs.uint64(), Json.parse("18446744073709551615"))).isEqualTo(-1L);
        assertThat(Codecs.convert(Codecs.uuid(), "00112233-4455-6677-8899-AABBCCDDEEFF"))
                .isEqualTo(new java.util.UUID(0x0011223344556677L, 0x8899aabbccddeeffL));
        assertThat(Codecs.convert(Codecs.instant(), "2026-01-31T12:34:56+01:00"))
                .isEqualTo(java.time.Instant.parse("2026-01-31T11:34:56Z"));
        assertThat(Codecs.convert(Codecs.duration(), "-PT1.5S")).isEqualTo(java.time.Duration.ofMillis(-1500));
        assertThat(Codecs.convert(Codecs.date(), "2024-02-29")).isEqualTo(java.time.LocalDate.of(2024, 2, 29));
        assertThat(Codecs.convert(Codecs.decimal(2), Json.parse("0.1"))).isEqualTo(new java.math.BigDecimal("0.1"));
        assertThat(Codecs.convert(Codecs.decimal(2), Json.parse("1200"))).isEqualTo(new java.math.BigDecimal("1200"));
        assertThat(Codecs.convert(Codecs.decimal(2), "-1.5")).isEqualTo(new java.math.BigDecimal("-1.5"));
        assertThat(Codecs.convert(Codecs.decimal(18), Json.parse("0.100000000000000001")))
                .isEqualTo(new java.math.BigDecimal("0.100000000000000001"));
        assertThatIllegalArgumentException().isThrownBy(() -> Codecs.convert(Codecs.uuid(), "1-1-1-1-1"))
                .withMessageContaining("(expected: a text such as 123e4567-e89b");
        assertThatIllegalArgumentException().isThrownBy(() -> Codecs.convert(Codecs.instant(), 1L))
                .withMessageContaining("(expected: a text such as 2026-01-31T12:34:56.789Z)");
        assertThatIllegalArgumentException().isThrownBy(() -> Codecs.convert(Codecs.date(), "2025-02-29"))
                .withMessageContaining("value=2025-02-29, type=date (expected: a text such as 2026-01-31)");
        assertThatIllegalArgumentException().isThrownBy(() -> Codecs.convert(Codecs.decimal(2), "12,50"))
                .withMessageContaining("(expected: a number that fits)");
        assertThatIllegalArgumentException().isThrownBy(() -> Codecs.convert(Codecs.int8(), "128"))
                .withMessageContaining("value=128, type=int8");
        assertThatIllegalArgumentException().isThrownBy(() -> Codecs.convert(Codecs.bool(), "yes"))
                .withMessageContaining("(expected: true or false)");
        assertThatIllegalArgumentException().isThrownBy(() -> Codecs.convert(Codecs.bytes(2), "0g"))
                .withMessageContaining("hexadecimal");
        assertThatIllegalArgumentException().isThrownBy(() -> Codecs.convert(Codecs.string(4), 1L))
                .withMessageContaining("(expected: a text)");
    }

    @Test
    void shouldRefuseAFiniteNumberThatWouldBecomeInfinite() {
        for (Object value : new Object[] {"1E+400", "-1E+1000000000", new java.math.BigDecimal("1E+400")}) {
            assertThatIllegalArgumentException().isThrownBy(() -> Codecs.convert(Codecs.float64(), value))
                    .withMessageContaining("(expected: a number that fits)");
        }
        for (Object value : new Object[] {"1E+39", 1e39, -1e39}) {
            assertThatIllegalArgumentException().isThrownBy(() -> Codecs.convert(Codecs.float32(), value))
                    .withMessageContaining("(expected: a number that fits)");
        }
        for (Object value : new Object[] {"-Infinity", Double.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            assertThat(Codecs.convert(Codecs.float64(), value)).isEqualTo(Double.NEGATIVE_INFINITY);
            assertThat(Codecs.convert(Codecs.float32(), value)).isEqualTo(Float.NEGATIVE_INFINITY);
        }
    }

    record Usual(int value, boolean present) {}

    record Holder(Usual usual, @Absent @Length(2) Instant[] times) {}

    @Test
    @SuppressWarnings("unchecked")
    void shouldTakeARecordForARecordWhenItsFieldsAreCalledAsThoseOfAnOptional() {
        Codec<Map<String, Object>> tool = (Codec<Map<String, Object>>) Codecs
                .schema(Codecs.record(Holder.class).schema());
        Map<String, Object> value = Map.of("usual", Map.of("value", 7, "present", false), "times",
                Arrays.asList(null, Instant.EPOCH));
        assertThat(Bytes.decode(tool, Bytes.of(tool, value))).isEqualTo(value);
        // The elements may be absent, and the array is there.
        assertThatNullPointerException().isThrownBy(() -> Bytes.of(tool, Map.of("usual", value.get("usual"))))
                .withMessageContaining("field is missing")
                .withMessageContaining("field=times");
    }

    @Test
    @SuppressWarnings("unchecked")
    void shouldNotBeMisledByNamesOfAbsenceInAFile() {
        String field = """
                {"type":"R","size":16,"alignment":8,"fields":[{"name":"a","type":"%s","offset":0,"size":16,"element":\
                {"type":"%s","size":16,"fields":[%s]}}]}""";
        String value = "{\"name\":\"value\",\"type\":\"int64\",\"offset\":%d,\"size\":8}";
        String flag = "{\"name\":\"present\",\"type\":\"%s\",\"offset\":0,\"size\":1}";
        byte[] zeroes = new byte[16];
        String name = "optional(int64)";
        // One field, and a flag that is none: records.
        for (String fields : List.of(value.formatted(8), value.formatted(8) + "," + flag.formatted("int8"))) {
            Codec<?> codec = Codecs.schema(SchemaJson.fromJson(Json.parse(field.formatted(name, name, fields))));
            assertThat(((Map<String, Object>) codec.decode(MemorySegment.ofArray(zeroes), 0)).get("a"))
                    .isInstanceOf(Map.class);
        }
        // The flag in front of the value.
        Codec<Map<String, Object>> codec = (Codec<Map<String, Object>>) Codecs.schema(SchemaJson.fromJson(
                Json.parse(field.formatted(name, name, value.formatted(8) + "," + flag.formatted("bool")))));
        assertThat(Bytes.decode(codec, Bytes.of(codec, Map.of("a", 7L)))).isEqualTo(Map.of("a", 7L));
        assertThatIllegalArgumentException().isThrownBy(() -> Codecs.forType("decimal(4294967298)", null))
                .withMessageContaining("scale out of range");
        for (String type : List.of("nullable(", "nullable(int64x", "nullable()", "nullable(nullable(int64))",
                "nullable(string(8))", "nullable(uint64)")) {
            assertThatIllegalArgumentException().isThrownBy(() -> Codecs.schema(SchemaJson.fromJson(Json.parse("""
                    {"type":"R","size":8,"fields":[{"name":"a","type":"%s","offset":0,"size":8}]}"""
                    .formatted(type))))).withMessageContaining("unknown element type: name=");
        }
    }

    /** Bytes as tools write them, in hexadecimal digits. */
    static Object json(Object value) {
        return switch (value) {
            case byte[] bytes -> HexFormat.of().formatHex(bytes);
            case Map<?, ?> fields -> {
                Map<Object, Object> object = new LinkedHashMap<>();
                fields.forEach((name, content) -> object.put(name, json(content)));
                yield object;
            }
            case null, default -> value;
        };
    }
}
