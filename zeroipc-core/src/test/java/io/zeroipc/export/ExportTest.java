package io.zeroipc.export;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import io.zeroipc.ElementSchema;
import io.zeroipc.StructureNotFoundException;
import io.zeroipc.codec.Absent;
import io.zeroipc.codec.Codecs;
import io.zeroipc.codec.Length;
import io.zeroipc.codec.Unsigned;
import io.zeroipc.collection.SharedMap;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.json.Fingerprint;
import io.zeroipc.segment.Segment;
import io.zeroipc.sync.SharedMutex;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** What is written. Whether compilers like it is a matter of {@code verification/interop}. */
@SuppressWarnings("ArrayRecordComponent") // that is what fixed arrays look like
class ExportTest {

    private static final String FINGERPRINT = "ZIPC01_d5788fa9a40093e8993db114d1c91ce513836e758e320c90fba64e254dca37c7";

    enum Side {
        BUY, SELL
    }

    record Trade(long id, @Length(2) double[] prices, @Unsigned(8) Side side, @Length(4) String symbol,
            @Absent Instant sent) {}

    record Inner(int value) {}

    /** Of the same name as another one. */
    static final class Elsewhere {

        record Inner(double value) {}
    }

    /** Of the same name as what is in it. */
    static final class Around {

        record Inner(ExportTest.Inner inside, int more) {}
    }

    record Nested(Around.Inner outside) {}

    record Shop(int id) {}

    record Both(Inner here, Elsewhere.Inner there, @Absent(Absent.By.FLAG) Inner perhaps) {}

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private static final String CPP = """
            #pragma once

            #include <cstddef>
            #include <cstdint>

            enum class TradeSide : std::uint8_t {
                BUY = 0,
                SELL = 1,
            };

            // io.zeroipc.export.ExportTest$Trade, ZIPC01_...
            struct Trade {
                std::int64_t id;
                double prices[2];
                TradeSide side;
                char symbol[4];  // UTF-8, up to the first zero or all 4 bytes
                std::int64_t sent;  // nanoseconds since 1970-01-01T00:00:00Z; -2^63: none
            };
            inline constexpr char Trade_fingerprint[] = "ZIPC01_...";
            static_assert(sizeof(Trade) == 40, "size of Trade");
            static_assert(alignof(Trade) == 8, "alignment of Trade");
            static_assert(offsetof(Trade, id) == 0, "offset of Trade.id");
            static_assert(offsetof(Trade, prices) == 8, "offset of Trade.prices");
            static_assert(offsetof(Trade, side) == 24, "offset of Trade.side");
            static_assert(offsetof(Trade, symbol) == 25, "offset of Trade.symbol");
            static_assert(offsetof(Trade, sent) == 32, "offset of Trade.sent");
            """;

    private static final String C = """
            #pragma once

            #include <stdbool.h>
            #include <stddef.h>
            #include <stdint.h>

            typedef uint8_t TradeSide;
            enum {
                TradeSide_BUY = 0,
                TradeSide_SELL = 1,
            };

            // io.zeroipc.export.ExportTest$Trade, ZIPC01_...
            typedef struct Trade {
                int64_t id;
                double prices[2];
                TradeSide side;
                char symbol[4];  // UTF-8, up to the first zero or all 4 bytes
                int64_t sent;  // nanoseconds since 1970-01-01T00:00:00Z; -2^63: none
            } Trade;
            #define Trade_fingerprint "ZIPC01_..."
            _Static_assert(sizeof(Trade) == 40, "size of Trade");
            _Static_assert(_Alignof(Trade) == 8, "alignment of Trade");
            _Static_assert(offsetof(Trade, id) == 0, "offset of Trade.id");
            _Static_assert(offsetof(Trade, prices) == 8, "offset of Trade.prices");
            _Static_assert(offsetof(Trade, side) == 24, "offset of Trade.side");
            _Static_assert(offsetof(Trade, symbol) == 25, "offset of Trade.symbol");
            _Static_assert(offsetof(Trade, sent) == 32, "offset of Trade.sent");
            """;

    private static final String PYTHON = """
            import ctypes
            import enum

            try:
                import numpy
            except ImportError:
                numpy = None


            def _check(what, actual, expected):
                if actual != expected:
                    raise ImportError("%s is %s (expected: %s)" % (what, actual, expected))


            def _dtype(name, size, alignment, fields):
                names, formats, offsets = map(list, zip(*fields))
                layout = {"names": names, "formats": formats, "offsets": offsets, "itemsize": size}
                dtype = numpy.dtype(layout, align=alignment is not None)
                _check("size of " + name, dtype.itemsize, size)
                _check("offsets of " + name, [dtype.fields[each][1] for each in names], offsets)
                if alignment is not None:
                    _check("alignment of " + name, dtype.alignment, alignment)
                return dtype


            class TradeSide(enum.IntEnum):
                BUY = 0
                SELL = 1


            # io.zeroipc.export.ExportTest$Trade, ZIPC01_...
            class Trade(ctypes.Structure):
                _fields_ = [
                    ("id", ctypes.c_int64),
                    ("prices", ctypes.c_double * 2),
                    ("side", ctypes.c_uint8),  # TradeSide
                    ("symbol", ctypes.c_char * 4),  # UTF-8, up to the first zero or all 4 bytes
                    ("sent", ctypes.c_int64),  # nanoseconds since 1970-01-01T00:00:00Z; -2^63: none
                ]


            Trade_fingerprint = "ZIPC01_..."
            _check("size of Trade", ctypes.sizeof(Trade), 40)
            _check("alignment of Trade", ctypes.alignment(Trade), 8)
            _check("offset of Trade.id", Trade.id.offset, 0)
            _check("offset of Trade.prices", Trade.prices.offset, 8)
            _check("offset of Trade.side", Trade.side.offset, 24)
            _check("offset of Trade.symbol", Trade.symbol.offset, 25)
            _check("offset of Trade.sent", Trade.sent.offset, 32)


            if numpy is not None:
                Trade_dtype = _dtype("Trade_dtype", 40, 8, [
                    ("id", "<i8", 0),
                    ("prices", ("<f8", (2,)), 8),
                    ("side", "<u1", 24),
                    ("symbol", "S4", 25),
                    ("sent", "<M8[ns]", 32),
                ])
            """;

    private static final String TYPESCRIPT = """

            function checked(view: DataView, at: number, size: number): number {
                if (at < 0 || at > view.byteLength - size) {
                    throw new RangeError(`outside of the view: at=${at}, size=${size} (expected: within ${view.byteLength} bytes)`);
                }
                return at;
            }

            function getText(view: DataView, at: number, size: number): string {
                const bytes = new Uint8Array(view.buffer, view.byteOffset + at, size);
                const end = bytes.indexOf(0);
                return new TextDecoder().decode(bytes.slice(0, end < 0 ? size : end));
            }

            function setText(view: DataView, at: number, size: number, value: string, field: string): void {
                const bytes = new TextEncoder().encode(value);
                if (typeof value !== "string" || bytes.length > size || bytes.includes(0)) {
                    throw new RangeError(`text does not fit: field=${field}, value=${value} (expected: at most ${size} bytes of UTF-8, none of them 0)`);
                }
                const room = new Uint8Array(view.buffer, view.byteOffset + at, size);
                room.fill(0);
                room.set(bytes);
            }

            // A view would cut what has no room in a field.
            function whole<T extends number | bigint>(value: T, low: T, high: T, field: string): T {
                if (typeof value !== typeof low || !(value >= low && value <= high) || (typeof value === "number" && !Number.isInteger(value))) {
                    throw new RangeError(`value does not fit: field=${field}, value=${value} (expected: a ${typeof low}, ${low} to ${high})`);
                }
                return value;
            }

            // Of what is no number, a property that is not there, a view would make NaN or some other one.
            function real(value: number, field: string): number {
                if (typeof value !== "number") {
                    throw new RangeError(`value does not fit: field=${field}, value=${value} (expected: a number)`);
                }
                return value;
            }

            function absent<T>(value: T, none: T): T | null {
                return value === none || value !== value ? null : value;
            }

            export const TradeSide = {
                BUY: 0,
                SELL: 1,
            } as const;

            // io.zeroipc.export.ExportTest$Trade, ZIPC01_...
            export class Trade {
                static readonly SIZE = 40;
                static readonly ALIGNMENT = 8;
                static readonly FINGERPRINT = "ZIPC01_...";
                static readonly OFFSETS = {
                    id: 0,
                    prices: 8,
                    side: 24,
                    symbol: 25,
                    sent: 32,
                } as const;

                readonly #view: DataView;
                readonly #at: number;

                constructor(view: DataView, at = 0) {
                    this.#view = view;
                    this.#at = checked(view, at, 40);
                }

                static copy(from: Trade, view: DataView, at = 0): void {
                    new Uint8Array(view.buffer, view.byteOffset + checked(view, at, 40), 40).set(
                        new Uint8Array(from.#view.buffer, from.#view.byteOffset + from.#at, 40));
                }

                get id(): bigint {
                    const view = this.#view, at = this.#at;
                    return view.getBigInt64(at, true);
                }

                set id(value: bigint) {
                    const view = this.#view, at = this.#at;
                    view.setBigInt64(at, whole(value, -9223372036854775808n, 9223372036854775807n, "Trade.id"), true);
                }

                get prices(): number[] {
                    const view = this.#view, start = this.#at + 8;
                    return Array.from({ length: 2 }, (_, i) => {
                        const at = start + i * 8;
                        return view.getFloat64(at, true);
                    });
                }

                set prices(values: number[]) {
                    const view = this.#view, start = this.#at + 8;
                    if (values.length !== 2) {
                        throw new RangeError(`array has another length: field=${"Trade.prices"}, length=${values.length} (expected: 2)`);
                    }
                    values.forEach((value, i) => {
                        const at = start + i * 8;
                        view.setFloat64(at, real(value, "Trade.prices"), true);
                    });
                }

                // TradeSide
                get side(): number {
                    const view = this.#view, at = this.#at + 24;
                    return view.getUint8(at);
                }

                set side(value: number) {
                    const view = this.#view, at = this.#at + 24;
                    view.setUint8(at, whole(value, 0, 1, "Trade.side"));
                }

                // UTF-8, up to the first zero or all 4 bytes
                get symbol(): string {
                    const view = this.#view, at = this.#at + 25;
                    return getText(view, at, 4);
                }

                set symbol(value: string) {
                    const view = this.#view, at = this.#at + 25;
                    setText(view, at, 4, value, "Trade.symbol");
                }

                // nanoseconds since 1970-01-01T00:00:00Z; -2^63: none
                get sent(): bigint | null {
                    const view = this.#view, at = this.#at + 32;
                    return absent(view.getBigInt64(at, true), -(2n ** 63n));
                }

                set sent(value: bigint | null) {
                    const view = this.#view, at = this.#at + 32;
                    view.setBigInt64(at, value == null ? -(2n ** 63n) : whole(value, -9223372036854775807n, 9223372036854775807n, "Trade.sent"), true);
                }
            }
            """;

    private static final String RUST = """

            #[allow(non_camel_case_types)]
            #[repr(transparent)]
            #[derive(Clone, Copy, Debug, PartialEq, Eq)]
            pub struct TradeSide(pub u8);

            #[allow(non_upper_case_globals, dead_code)]
            impl TradeSide {
                pub const BUY: Self = Self(0);
                pub const SELL: Self = Self(1);
            }

            // io.zeroipc.export.ExportTest$Trade, ZIPC01_...
            #[allow(non_camel_case_types, non_snake_case, dead_code)]
            #[repr(C)]
            #[derive(Clone, Copy, Debug)]
            pub struct Trade {
                pub id: i64,
                pub prices: [f64; 2],
                pub side: TradeSide,
                pub symbol: [u8; 4],  // UTF-8, up to the first zero or all 4 bytes
                pub sent: i64,  // nanoseconds since 1970-01-01T00:00:00Z; -2^63: none
            }

            #[allow(dead_code)]
            impl Trade {
                pub const FINGERPRINT: &'static str = "ZIPC01_...";
            }

            const _: () = {
                assert!(core::mem::size_of::<Trade>() == 40);
                assert!(core::mem::align_of::<Trade>() == 8);
                assert!(core::mem::offset_of!(Trade, id) == 0);
                assert!(core::mem::offset_of!(Trade, prices) == 8);
                assert!(core::mem::offset_of!(Trade, side) == 24);
                assert!(core::mem::offset_of!(Trade, symbol) == 25);
                assert!(core::mem::offset_of!(Trade, sent) == 32);
            };
            """;

    private static final String JAVA = """

            import io.zeroipc.codec.Absent;
            import io.zeroipc.codec.Length;
            import io.zeroipc.codec.Unsigned;
            import java.time.Instant;

            public final class Trades {

                private Trades() {
                }

                public enum TradeSide {
                    BUY, SELL
                }

                // io.zeroipc.export.ExportTest$Trade, ZIPC01_...
                public record Trade(
                        long id,
                        @Length(2) double[] prices,
                        @Unsigned(8) TradeSide side,
                        @Length(4) String symbol,
                        @Absent Instant sent) {
                }
            }
            """;

    static Stream<Arguments> texts() {
        return Stream.of(Arguments.of(Language.CPP, CPP), Arguments.of(Language.C, C),
                Arguments.of(Language.PYTHON, PYTHON), Arguments.of(Language.TYPESCRIPT, TYPESCRIPT),
                Arguments.of(Language.RUST, RUST), Arguments.of(Language.JAVA, JAVA));
    }

    @ParameterizedTest
    @MethodSource("texts")
    void shouldWriteTheTypesOfARecord(Language language, String text) {
        assertThat(Fingerprint.of(Codecs.record(Trade.class).schema())).isEqualTo(FINGERPRINT);
        Export export = Export.of(Trade.class).named("Trades");

        assertThat(export.source(language)).startsWith(head(language))
                .endsWith(text.replace("ZIPC01_...", FINGERPRINT));
        assertThat(export.source(language)).isEqualTo(Export.of(Trade.class).named("Trades").source(language));
    }

    private static String head(Language language) {
        String mark = language == Language.PYTHON ? "#" : "//";
        return mark + " Types of Trade, made by zeroipc export. Make them again where they change, and leave this file"
                + " alone.\n" + mark + "   " + Trade.class.getName() + ", 40 bytes\n";
    }

    @Test
    void shouldWriteWhatASegmentKnowsOfItsStructures() {
        Segment segment = segments.create(65536);
        SharedRing.create(segment, "history", Codecs.record(Trade.class), 8);
        SharedMap.create(segment, "by-symbol", Codecs.string(4), Codecs.float64(), 8);
        SharedMutex.create(segment, "lock");

        String header = Export.of(segment).source(Language.CPP);
        assertThat(header).contains("//   history: ring of " + Trade.class.getName() + ", 40 bytes\n",
                "//   by-symbol key: keys of map of string(4), 4 bytes\n", "//   by-symbol: map of float64, 8 bytes\n",
                "// Without elements, or of a type that nobody wrote down: lock\n", "struct Trade {\n",
                "using BySymbol = double;\n", "using BySymbolKey = char[4];");
        assertThat(Export.of(segment, List.of("history")).typesOnly().source(Language.CPP)).contains("struct Trade {\n")
                .doesNotContain("by-symbol", "lock");

        assertThatExceptionOfType(StructureNotFoundException.class)
                .isThrownBy(() -> Export.of(segment, List.of("future")))
                .withMessageContainingAll("name=future", "present: history, by-symbol, lock");
        assertThatIllegalArgumentException().isThrownBy(() -> Export.of(segment, List.of("lock")))
                .withMessageContainingAll("element type is not known", "structure=lock", "kind=mutex");
    }

    @Test
    void shouldCallAJavaFileAsTheRecordInIt() {
        assertThat(Export.of(Trade.class).named("Trade").inPackage("com.acme").source(Language.JAVA)).contains(
                "\npackage com.acme;\n", "\npublic record Trade(\n", "\n    public enum TradeSide {\n")
                .doesNotContain("class Trade");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            CPP    | com.acme  | namespace com::acme {
            CPP    | com::acme | namespace com::acme {
            C      | com.acme  | } com_acme_Trade;
            JAVA   | com.acme  | package com.acme;
            """)
    void shouldWriteThePackageAsTheLanguageHasIt(Language language, String name, String expected) {
        assertThat(Export.of(Trade.class).named("Trades").inPackage(name).source(language)).contains(expected + "\n");
    }

    @ParameterizedTest
    @CsvSource({"CPP, com..acme", "CPP, class", "C, a-b", "JAVA, com.new", "PYTHON, acme", "RUST, acme",
            "TYPESCRIPT, acme"})
    void shouldRefuseAPackageThatALanguageCannotHave(Language language, String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Export.of(Trade.class).inPackage(name).source(language))
                .withMessageContainingAll("package cannot be used", "language=" + language.label(), "package=" + name,
                        "expected:");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            CPP        | Inner here;                    | Inner_2 there;             | OptionalInner perhaps;
            C          | Inner here;                    | Inner_2 there;             | OptionalInner perhaps;
            PYTHON     | ("here", Inner),               | ("there", Inner_2),        | ("perhaps", OptionalInner),
            TYPESCRIPT | get here(): Inner {            | get there(): Inner_2 {     | get perhaps(): Inner | null {
            RUST       | pub here: Inner,               | pub there: Inner_2,        | pub perhaps: OptionalInner,
            JAVA       | Inner here,                    | Inner_2.Inner there,       | @Absent(Absent.By.FLAG) Inner perhaps)
            """, maxCharsPerColumn = 100)
    void shouldTellRecordsOfOneNameApart(Language language, String here, String there, String perhaps) {
        String all = Export.of(Both.class).named("All").source(language);
        assertThat(all).contains(here + "\n", there + "\n", perhaps);
    }

    /** Whatever a file of somebody else says is no code. */
    @ParameterizedTest
    @EnumSource
    void shouldKeepNamesOfOthersOutOfTheCode(Language language) {
        String evil = "x\\u000a int y; //\n\"; system(1); \u2028 */ \\";
        ElementSchema schema = new ElementSchema(evil, 8, 4,
                List.of(new ElementSchema.Field(evil, "int32", 0, 4, 1, List.of(evil, "a b", "a-b", "class"), null),
                        new ElementSchema.Field("", evil, 4, 4, 1, List.of(), null)));
        SequencedMap<String, ElementSchema> elements = new LinkedHashMap<>();
        elements.put(evil, schema);
        String source = Export.of(evil, elements).named("Evil").source(language);

        assertThat(source.lines().map(String::strip)).noneMatch(line -> line.startsWith("int y"))
                .noneMatch(line -> line.startsWith("\"; system"))
                .noneMatch(line -> line.startsWith("//") && line.contains("\\"))
                .noneMatch(line -> line.startsWith("#") && line.contains("\\"));
        assertThat(source).contains(Fingerprint.of(schema));
    }

    private static ElementSchema.Field field(String name, String type, int offset, int bytes, int count) {
        return new ElementSchema.Field(name, type, offset, bytes, count, List.of(), null);
    }

    private static Export export(ElementSchema schema) {
        SequencedMap<String, ElementSchema> elements = new LinkedHashMap<>();
        elements.put("foreign", schema);
        return Export.of("foreign", elements);
    }

    @Test
    void shouldWritePackingAndPaddingWhereNoCompilerWouldPutAField() {
        Export packed = export(new ElementSchema("record", 16, 1,
                List.of(field("flag", "uint8", 0, 1, 1), field("value", "int64", 1, 8, 1),
                        field("late", "int16", 12, 2, 1))));
        assertThat(packed.source(Language.CPP)).contains("#pragma pack(push, 1)\nstruct Foreign {\n",
                "    std::uint8_t padding9[3];\n    std::int16_t late;\n    std::uint8_t padding14[2];\n",
                "static_assert(alignof(Foreign) == 1,");
        assertThat(packed.source(Language.PYTHON)).contains("    _layout_ = \"ms\"\n    _pack_ = 1\n", ", None, [\n");
        assertThat(packed.source(Language.RUST)).contains("#[repr(C, packed(1))]\n");
        assertThatIllegalArgumentException().isThrownBy(() -> packed.source(Language.JAVA))
                .withMessageContainingAll("no Java record has this layout", "field=value", "offset=1", "Codecs.schema");

        Export wide = export(new ElementSchema("Wide", 24, 8, List.of(field("what", "unheard-of", 0, 18, 1))));
        assertThat(wide.source(Language.CPP)).contains("    alignas(8) std::uint8_t what[18];  // unheard-of\n",
                "static_assert(alignof(Wide) == 8,");
        assertThat(wide.source(Language.RUST)).contains("#[repr(C, align(8))]\n", "    pub padding18: [u8; 6],\n");
    }

    /** A macro takes each name of its spelling, wherever it stands. */
    @Test
    void shouldCallNoMemberOfCAsAFingerprint() {
        SequencedMap<String, ElementSchema> elements = new LinkedHashMap<>();
        elements.put("Order", new ElementSchema("Order", 4, 4, List.of(field("id", "int32", 0, 4, 1))));
        elements.put("Receipt", new ElementSchema("Receipt", 64, 1,
                List.of(field("Order_fingerprint", "string(64)", 0, 64, 1))));
        assertThat(Export.of("shop", elements).source(Language.C)).contains("#define Order_fingerprint \"",
                "    char Order_fingerprint_2[64];");
    }

    /** Also of a structure that is called as something that stands in front of every file. */
    @Test
    void shouldMakeNoWarningOfANameInRust() {
        SequencedMap<String, ElementSchema> elements = new LinkedHashMap<>();
        elements.put("result", new ElementSchema("int64", 8, 8, List.of()));
        assertThat(Export.of("shop", elements).source(Language.RUST))
                .contains("#[allow(non_camel_case_types, dead_code)]\npub type Result_2 = i64;\n");
    }

    @Test
    void shouldRefuseFieldsThatNoStructCanHave() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> export(new ElementSchema("Union", 8, 8,
                        List.of(field("one", "int64", 0, 8, 1), field("other", "float32", 4, 4, 1)))))
                .withMessageContainingAll("record cannot be a struct", "type=Union", "field=other", "offset=4");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> export(new ElementSchema("Short", 8, 8, List.of(field("one", "int64", 4, 8, 1)))))
                .withMessageContainingAll("type=Short", "field=one", "within 8 bytes");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> export(new ElementSchema("Names", 8, 1, List.of(field("all", "string(4)", 0, 8, 2))))
                        .source(Language.JAVA))
                .withMessageContainingAll("no Java record has this layout", "field=all");
    }

    /** In the class that only the second one is in, the name alone would be that of the record itself. */
    @Test
    void shouldTellARecordFromTheOneOfItsNameThatIsInIt() {
        assertThat(Export.of(Nested.class).named("All").source(Language.JAVA))
                .contains("    public record Inner(\n            int value) {",
                        "    public static final class Inner_2 {",
                        "        public record Inner(\n                All.Inner inside,\n                int more) {");
    }

    /** The file tells how the class is called in all languages, and a path that must not be shown does not. */
    @Test
    void shouldCallTheClassAsTheFileWhateverPathIsGiven() {
        Segment segment = segments.track(Segment.at(segments.directory().resolve("shop")).size(65536).create());
        SharedRing.create(segment, "orders", Codecs.record(Shop.class), 4);
        Export export = Export.of(segment).at("******");
        for (Language language : List.of(Language.CPP, Language.RUST, Language.PYTHON, Language.TYPESCRIPT)) {
            assertThat(export.source(language)).as("%s", language)
                    .contains("ShopSegment", "******")
                    .doesNotContain(String.valueOf(segment.path()));
        }
    }

    @Test
    void shouldSayWhereARecordOfJavaHasAnotherFingerprint() {
        ElementSchema schema = new ElementSchema("Foreign", 8, 4,
                List.of(field("class", "int32", 0, 4, 1), field("hashCode", "int32", 4, 4, 1)));
        assertThat(export(schema).source(Language.JAVA)).contains("int class_,\n", "int hashCode_) {\n",
                "// Foreign, " + Fingerprint.of(schema) + ", which is not that of this record");
    }
}
