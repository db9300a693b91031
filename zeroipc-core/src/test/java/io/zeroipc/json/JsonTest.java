package io.zeroipc.json;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class JsonTest {

    @Test
    void shouldWriteADecimalShortWhateverItsExponentIs() {
        for (String text : new String[] {"1E+1000000000", "1E+1", "1E-1000000000", "1E-19"}) {
            assertThat(Json.write(new java.math.BigDecimal(text))).isEqualTo(text);
        }
        assertThat(Json.write(new java.math.BigDecimal("1E-18"))).isEqualTo("0.000000000000000001");
    }

    @Test
    void shouldRefuseANumberThatIsTooLargeForAny() {
        for (String text : new String[] {"1E400", "[-1e1000000000]", "1E99999999999", "9".repeat(400)}) {
            assertThatIllegalArgumentException().isThrownBy(() -> Json.parse(text))
                    .withMessageContaining("not JSON, number is too large");
        }
    }

    @Test
    void shouldGiveTheSameValueWhenWrittenAndRead() {
        String text = "{\"a\":[1,-2.5,true,false,null,[],{}],\"b\":{\"c\":\"\\\"\\\\\\n\\t\\u0001é😀\\ud83d\"},"
                + "\"big\":9223372036854775807,\"bigger\":9.223372036854776E18}";
        Object value = Json.parse(text);
        assertThat(Json.write(value)).isEqualTo(text);
        assertThat(Json.parse(Json.writeIndented(value))).isEqualTo(value);
    }

    @Test
    void shouldReadEveryKindOfValueWhenTheTextHasSpaces() {
        assertThat(Json.parse(" { \"x\" : [ 1 , 2e2 , \"\\/\\b\\f\\r\\u00e9\" ] }\r\n"))
                .isEqualTo(Map.of("x", List.of(1L, 200.0, "/\b\f\ré")));
        assertThat(Json.parse("18446744073709551615")).isEqualTo(new BigDecimal("18446744073709551615"));
        assertThat(Json.parse("-0")).isEqualTo(0L);
    }

    @Test
    void shouldBreakLinesOnlyWhereALineWouldBeLongWhenIndented() {
        String wide = "x".repeat(60);
        assertThat(Json.writeIndented(Map.of("list", List.of(wide, wide), "short", List.of(1, 2)))).isIn(
                "{\n  \"list\": [\n    \"%s\",\n    \"%s\"\n  ],\n  \"short\": [1, 2]\n}".formatted(wide, wide),
                "{\n  \"short\": [1, 2],\n  \"list\": [\n    \"%s\",\n    \"%s\"\n  ]\n}".formatted(wide, wide));
    }

    @Test
    void shouldWriteTextsWhenANumberHasNoJson() {
        assertThat(Json.write(Arrays.asList(Double.NaN, Float.NEGATIVE_INFINITY, 1, (byte) 2)))
                .isEqualTo("[\"NaN\",\"-Infinity\",1,2]");
    }

    @Test
    void shouldEscapeWhatCouldSteerATerminal() {
        String text = "\u001b[2J\u007f\u009b31m\u0000";
        assertThat(Json.write(text)).isEqualTo("\"\\u001b[2J\\u007f\\u009b31m\\u0000\"");
        assertThat(Json.parse(Json.write(text))).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{", "[1", "[1,]", "{\"a\"}", "{\"a\":1,}", "{a:1}", "'a'", "\"a", "\"\\x\"",
            "\"\\u12g4\"", "\"\\u\uff10\uff10\uff14\uff11\"", "tru", "nul", "+1", "1.", "1e", ".5", "-", "1 2", "[1] ]",
            "01", "\"\n\"", "NaN",
            "{\"a\":1,\"a\":2}"})
    void shouldRefuseWhenTheTextIsNoJson(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Json.parse(text)).withMessageStartingWith("not JSON, ");
    }

    @Test
    void shouldRefuseWhenTheTextIsNestedTooDeep() {
        assertThat(Json.parse("[".repeat(64) + "]".repeat(64))).isInstanceOf(List.class);
        assertThatIllegalArgumentException().isThrownBy(() -> Json.parse("[".repeat(100_000)))
                .withMessageContaining("depth=65 (expected: at most 64)");
    }

    @Test
    void shouldNameMemberAndValueWhenAMemberIsSomethingElse() {
        assertThatIllegalArgumentException().isThrownBy(() -> Json.whole(70L, "count", 1, 64))
                .withMessage("unexpected JSON: member=count, value=70 (expected: a whole number from 1 to 64)");
        assertThatIllegalArgumentException().isThrownBy(() -> Json.text(null, "name"))
                .withMessage("unexpected JSON: member=name, value=null (expected: a text)");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "{\"type\":\"int32\"}|size",
            "{\"type\":\"int32\",\"size\":4,\"alignment\":3}|alignment",
            "{\"type\":\"R\",\"size\":8,\"fields\":[{\"name\":\"a\",\"type\":\"int32\",\"offset\":6,\"size\":4}]}|a.size",
            "{\"type\":\"R\",\"size\":8,\"fields\":[{\"name\":\"a\",\"type\":\"int32\",\"offset\":0,\"size\":8,\"count\":3}]}|a.count",
            "{\"type\":\"R\",\"size\":8,\"fields\":[{\"name\":\"a\",\"type\":\"N\",\"offset\":0,\"size\":8,\"element\":{\"type\":\"N\",\"size\":4}}]}|a.element.size"})
    void shouldNameTheMemberWhenASchemaIsImpossible(String json, String member) {
        assertThatIllegalArgumentException().isThrownBy(() -> SchemaJson.fromJson(Json.parse(json)))
                .withMessageContaining("member=" + member + ",");
    }

    @Test
    void shouldLoseNoDigitWhenANumberHasMoreThanADoubleHolds() {
        for (String exact : new String[] {"0.1000000000000000055", "92233720368547758.07", "-1E-400"}) {
            assertThat(Json.parse(exact)).isEqualTo(new BigDecimal(exact));
            assertThat(Json.write(Json.parse(exact))).isEqualTo(exact);
        }
        assertThat(Json.parse("0.10")).isEqualTo(0.1);
        assertThat(Json.parse("-0.0")).isEqualTo(-0.0);
        assertThat(Json.parse("4.9e-308")).isEqualTo(4.9e-308);
        assertThat(Json.write(new BigDecimal("0.000000000000000001"))).isEqualTo("0.000000000000000001");
        for (String tooLong : new String[] {"0." + "1".repeat(1000), "1e-99999999999"}) {
            assertThatIllegalArgumentException().isThrownBy(() -> Json.parse(tooLong));
        }
    }
}
