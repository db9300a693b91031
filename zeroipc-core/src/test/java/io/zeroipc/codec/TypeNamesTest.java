package io.zeroipc.codec;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.UUID;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

class TypeNamesTest {

    private static final String VOCABULARY = "(expected: int8 uint8 int16 uint16 int32 uint32 int64 uint64 float32"
            + " float64 bool uuid instant duration date datetime decimal(n) bytes(n) string(n) frame(n), or the name of a record";

    record Inner(int a) {
        record Innermost(int b) {}
    }

    @ParameterizedTest
    @ValueSource(strings = {"int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float32",
            "float64", "bool", "uuid", "instant", "duration", "date", "datetime", "decimal(0)", "decimal(18)",
            "bytes(8)", "string(16)", "frame(100)"})
    void shouldFindCodecWhenNameIsInTheVocabulary(String name) {
        assertThat(Codecs.forType(name, null).typeName()).isEqualTo(name);
        assertThat(Codecs.forType(" " + name + " ", null).typeName()).isEqualTo(name);
    }

    @Test
    void shouldFindRecordWhenDotsStandForNesting() {
        Codec<?> codec = Codecs.record(Inner.Innermost.class);
        String binary = "io.zeroipc.codec.TypeNamesTest$Inner$Innermost";
        assertThat(codec.typeName()).isEqualTo(binary);
        assertThat(Codecs.forType(binary, null)).isSameAs(codec);
        assertThat(Codecs.forType("io.zeroipc.codec.TypeNamesTest.Inner.Innermost", null)).isSameAs(codec);
        assertThat(Codecs.forType("io.zeroipc.codec.TypeNamesTest.Inner$Innermost", getClass().getClassLoader()))
                .isSameAs(codec);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"int31", "", "   ", "string", "string()", "string(-1)", "string(1x)", "bytes[4]", "a.b.Missing",
                    "java.lang", "a..b", "int32 int32", "1x"})
    void shouldListVocabularyWhenNameIsUnknown(String name) {
        assertThatThrownBy(() -> Codecs.forType(name, null)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("unknown element type: name=" + name.strip() + " " + VOCABULARY);
    }

    @ParameterizedTest
    @CsvSource({"int,int32", "Long,int64", "double,float64", "float,float32", "byte,int8", "short,int16",
            "boolean,bool", "UUID,uuid", "Instant,instant", "Duration,duration", "LocalDate,date",
            "LocalDateTime,datetime", "BigDecimal,decimal(n)", "String,string(n)", "bytes,bytes(n)", "frame,frame(n)"})
    void shouldProposeNameWhenItIsTheJavaOne(String name, String proposal) {
        assertThatThrownBy(() -> Codecs.forType(name, null)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("did you mean " + proposal);
    }

    @Test
    void shouldKeepTheCauseWhenClassIsMissing() {
        assertThatThrownBy(() -> Codecs.forType("a.b.Missing", null))
                .hasCauseInstanceOf(ClassNotFoundException.class)
                .cause()
                .hasMessage("a.b.Missing");
    }

    @Test
    void shouldSaySoWhenClassIsNoRecord() {
        assertThatThrownBy(() -> Codecs.forType("java.lang.String", null)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("element type is not a record: name=java.lang.String, class=java.lang.String "
                        + VOCABULARY);
    }

    @Test
    void shouldRefuseLengthWhenItIsTooLarge() {
        assertThatThrownBy(() -> Codecs.forType("string(0)", null)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("length out of range: type=string(0)");
        assertThatThrownBy(() -> Codecs.forType("bytes(9999999999)", null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("length out of range: type=bytes(9999999999)");
    }

    @Test
    void shouldRefuseScaleWhenItIsOutOfRange() {
        assertThatThrownBy(() -> Codecs.forType("decimal(19)", null)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("scale out of range: type=decimal(19) (expected: 0 to 18 digits behind the point)");
        assertThatThrownBy(() -> Codecs.decimal(-1)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("decimal(-1)");
        assertThatThrownBy(() -> Codecs.forType("nullable(instant)", null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("unknown element type: name=nullable(instant)");
    }

    static Stream<Arguments> classes() {
        return Stream.of(arguments(byte.class, "int8"), arguments(Byte.class, "int8"), arguments(short.class, "int16"),
                arguments(Short.class, "int16"), arguments(int.class, "int32"), arguments(Integer.class, "int32"),
                arguments(long.class, "int64"), arguments(Long.class, "int64"), arguments(float.class, "float32"),
                arguments(Float.class, "float32"), arguments(double.class, "float64"),
                arguments(Double.class, "float64"), arguments(boolean.class, "bool"), arguments(Boolean.class, "bool"),
                arguments(UUID.class, "uuid"), arguments(Instant.class, "instant"),
                arguments(Duration.class, "duration"), arguments(LocalDate.class, "date"),
                arguments(LocalDateTime.class, "datetime"), arguments(Inner.class, Inner.class.getName()));
    }

    @ParameterizedTest
    @MethodSource("classes")
    void shouldFindCodecOfJavaType(Class<?> type, String name) {
        assertThat(Codecs.forClass(type).typeName()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(classes = {String.class, BigDecimal.class, byte[].class, char.class, Character.class, void.class,
            Object.class,
            Record.class, Enum.class, int[].class})
    void shouldRefuseJavaTypeThatHasNoFixedSize(Class<?> type) {
        assertThatThrownBy(() -> Codecs.forClass(type)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("no codec for this class: type=" + type.getTypeName());
    }
}
