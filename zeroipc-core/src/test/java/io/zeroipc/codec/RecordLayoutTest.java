package io.zeroipc.codec;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** Offsets that a C++ compiler was seen to give, and everything that has none. */
@SuppressWarnings("ArrayRecordComponent") // fixed arrays inside records are what is tested
class RecordLayoutTest {

    enum Color {
        RED
    }

    enum Nothing {}

    record IntDouble(int a, double b) {}

    record ByteOnly(byte a) {}

    record FiveChars(@Length(5) String a) {}

    record CharsThenShort(@Length(5) String a, short b) {}

    record TailPadded(long a, byte b) {}

    record NestedTail(byte a, TailPadded b, byte c) {}

    record ArrayOfTail(short a, @Length(3) TailPadded[] b, byte c) {}

    record Flags(boolean a, Color b, boolean c) {}

    record Mixed(byte a, short b, byte c, int d, byte e, long f, float g, double h) {}

    static Stream<Arguments> layouts() {
        return Stream.of(arguments(IntDouble.class, 16, 8, List.of(0, 8)),
                arguments(ByteOnly.class, 1, 1, List.of(0)), arguments(FiveChars.class, 5, 1, List.of(0)),
                arguments(CharsThenShort.class, 8, 2, List.of(0, 6)), arguments(TailPadded.class, 16, 8, List.of(0, 8)),
                arguments(NestedTail.class, 32, 8, List.of(0, 8, 24)),
                arguments(ArrayOfTail.class, 64, 8, List.of(0, 8, 56)), arguments(Flags.class, 12, 4, List.of(0, 4, 8)),
                arguments(Mixed.class, 40, 8, List.of(0, 2, 4, 8, 12, 16, 24, 32)));
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void shouldLayOutAsCppDoes(Class<? extends Record> type, int byteSize, int alignment, List<Integer> offsets) {
        RecordLayout layout = RecordLayout.of(type);
        assertThat(layout.fields().stream().map(RecordLayout.Field::offset)).containsExactlyElementsOf(offsets);
        assertThat(layout.byteSize()).isEqualTo(byteSize);
        assertThat(layout.alignment()).isEqualTo(alignment);
    }

    record Boxed(Integer a) {}

    record Listed(List<Integer> a) {}

    record Opt(Optional<String> a) {}

    record Mapped(Map<String, String> a) {}

    record Letter(char a) {}

    record When(ZonedDateTime a) {}

    record NoScale(BigDecimal a) {}

    record WrongScale(@Scale(19) BigDecimal a) {}

    record UselessScale(@Scale(2) double a) {}

    record AbsentPrimitive(@Absent int a) {}

    record AbsentPrimitives(@Absent(Absent.By.FLAG) @Length(2) int[] a) {}

    record NoSentinel(@Absent @Length(4) String a) {}

    record NoUnsignedSentinel(@Absent @Unsigned(16) Integer a) {}

    record NoTruthSentinel(@Absent Boolean a) {}

    record NoRecordSentinel(@Absent ByteOnly a) {}

    record NoEnumSentinel(@Absent Color a) {}

    record UnsignedTime(@Unsigned Instant a) {}

    record Letters(@Absent(Absent.By.FLAG) Character a) {}

    record Anything(Object a) {}

    record Generic<T>(T a) {}

    record AnyRecord(Record a) {}

    record NoLength(String a) {}

    record NoArrayLength(int[] a) {}

    record ZeroLength(@Length(0) String a) {}

    record UselessLength(@Length(4) int a) {}

    record Matrix(@Length(4) int[][] a) {}

    record Texts(@Length(4) String[] a) {}

    record BoxedArray(@Length(4) Integer[] a) {}

    record UnsignedFloat(@Unsigned float a) {}

    record UnsignedText(@Length(4) @Unsigned String a) {}

    record UnsignedRecord(@Unsigned ByteOnly a) {}

    record TooWide(@Unsigned(64) int a) {}

    record OddWidth(@Unsigned(24) int a) {}

    record WideEnum(@Unsigned(64) Color a) {}

    record EmptyEnum(Nothing a) {}

    record InnerBoxed(Boxed a) {}

    static Stream<Arguments> refused() {
        return Stream.of(
                arguments(Boxed.class, "unsupported component", "field=Boxed.a, type=java.lang.Integer",
                        "the primitive int, as a slot cannot hold null"),
                arguments(Listed.class, "unsupported component",
                        "field=Listed.a, type=java.util.List<java.lang.Integer>", "an array with @Length"),
                arguments(Opt.class, "unsupported component", "field=Opt.a, type=java.util.Optional<java.lang.String>",
                        "@Absent(Absent.By.FLAG)"),
                arguments(Mapped.class, "unsupported component", "field=Mapped.a, type=java.util.Map<",
                        "a record of key and value"),
                arguments(Letter.class, "unsupported component", "field=Letter.a, type=char", "@Length String"),
                arguments(When.class, "unsupported component", "field=When.a, type=java.time.ZonedDateTime",
                        "Instant for a moment"),
                arguments(NoScale.class, "component has no @Scale", "field=NoScale.a, type=java.math.BigDecimal",
                        "for example @Scale(2) BigDecimal a"),
                arguments(WrongScale.class, "@Scale is out of range: value=19", "field=WrongScale.a", "0 to 18"),
                arguments(UselessScale.class, "@Scale has no meaning here", "field=UselessScale.a", "BigDecimal"),
                arguments(AbsentPrimitive.class, "@Absent has no meaning here", "field=AbsentPrimitive.a, type=int",
                        "such as Integer"),
                arguments(AbsentPrimitives.class, "@Absent has no meaning here", "field=AbsentPrimitives.a[*]",
                        "such as Integer"),
                arguments(NoSentinel.class, "no value of this type says", "field=NoSentinel.a",
                        "@Absent(Absent.By.FLAG)"),
                arguments(NoUnsignedSentinel.class, "no value of this type says", "field=NoUnsignedSentinel.a",
                        "@Absent(Absent.By.FLAG)"),
                arguments(NoTruthSentinel.class, "no value of this type says", "field=NoTruthSentinel.a",
                        "@Absent(Absent.By.FLAG)"),
                arguments(NoRecordSentinel.class, "no value of this type says", "field=NoRecordSentinel.a",
                        "@Absent(Absent.By.FLAG)"),
                arguments(NoEnumSentinel.class, "no value of this type says", "field=NoEnumSentinel.a",
                        "@Absent(Absent.By.FLAG)"),
                arguments(UnsignedTime.class, "@Unsigned has no meaning here", "field=UnsignedTime.a", "or an enum"),
                arguments(Letters.class, "unsupported component", "field=Letters.a", "@Length String"),
                arguments(Anything.class, "unsupported component", "field=Anything.a, type=java.lang.Object",
                        "a primitive"),
                arguments(Generic.class, "unsupported component", "field=Generic.a, type=T", "a primitive"),
                arguments(AnyRecord.class, "unsupported component", "field=AnyRecord.a, type=java.lang.Record",
                        "a record of these"),
                arguments(NoLength.class, "component has no @Length", "field=NoLength.a, type=java.lang.String",
                        "for example @Length(16) String a"),
                arguments(NoArrayLength.class, "component has no @Length", "field=NoArrayLength.a, type=int[]",
                        "for example @Length(16) int[] a"),
                arguments(ZeroLength.class, "@Length is out of range: value=0", "field=ZeroLength.a", "at least 1"),
                arguments(UselessLength.class, "@Length has no meaning here", "field=UselessLength.a, type=int",
                        "a String or an array"),
                arguments(Matrix.class, "unsupported array", "field=Matrix.a, type=int[][]",
                        "wrap the inner int[] in a record"),
                arguments(Texts.class, "unsupported array", "field=Texts.a, type=java.lang.String[]",
                        "wrap the inner String in a record"),
                arguments(BoxedArray.class, "unsupported component", "field=BoxedArray.a[*]", "the primitive int"),
                arguments(UnsignedFloat.class, "@Unsigned has no meaning here", "field=UnsignedFloat.a, type=float",
                        "byte, short, int, long or an enum"),
                arguments(UnsignedText.class, "@Unsigned has no meaning here", "field=UnsignedText.a", "or an enum"),
                arguments(UnsignedRecord.class, "@Unsigned has no meaning here", "field=UnsignedRecord.a",
                        "or an enum"),
                arguments(TooWide.class, "@Unsigned(64) does not fit", "field=TooWide.a, type=int",
                        "a Java type at least as wide"),
                arguments(OddWidth.class, "@Unsigned(24) does not fit", "field=OddWidth.a", "8, 16, 32 or 64"),
                arguments(WideEnum.class, "@Unsigned(64) does not fit", "field=WideEnum.a", "8, 16 or 32"),
                arguments(EmptyEnum.class, "enum has no constants", "field=EmptyEnum.a", "at least one"),
                arguments(InnerBoxed.class, "unsupported component", "field=InnerBoxed.a.a", "the primitive int"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void shouldNameComponentAndWayOutWhenItCannotBeStored(Class<? extends Record> type, String problem, String what,
            String wayOut) {
        assertThatThrownBy(() -> Codecs.record(type)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("cannot lay out a record component, " + problem)
                .hasMessageContaining(what)
                .hasMessageContaining("(expected: ")
                .hasMessageContaining(wayOut);
    }

    record Empty() {}

    record Endless(int a, Endless next) {}

    record Ping(Pong pong) {}

    record Pong(@Length(2) Ping[] pings) {}

    record Huge(@Length(1 << 30) long[] a) {}

    record Huger(@Length(1 << 30) int[] a, @Length(Integer.MAX_VALUE - 8) int[] b) {}

    @Test
    void shouldRefuseRecordThatHasNoFixedSize() {
        assertThatThrownBy(() -> Codecs.record(Empty.class)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("record has no components: type=" + Empty.class.getName());
        assertThatThrownBy(() -> Codecs.record(Endless.class)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("record contains itself: field=Endless.next");
        assertThatThrownBy(() -> Codecs.record(Ping.class)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("record contains itself: field=Ping.pong.pings[*]");
        assertThatThrownBy(() -> Codecs.record(Huge.class)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("record is too large: field=Huge.a, bytes=8589934592");
        assertThatThrownBy(() -> Codecs.record(Huger.class)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("record is too large: field=Huger.a, bytes=4294967296");
    }

    @Test
    void shouldRefuseClassThatIsNoRecord() {
        @SuppressWarnings({"unchecked", "rawtypes"}) Class<? extends Record> raw = (Class) String.class;
        assertThatThrownBy(() -> RecordLayout.of(raw)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("not a record: type=java.lang.String");
    }
}
