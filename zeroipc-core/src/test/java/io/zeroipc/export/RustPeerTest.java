package io.zeroipc.export;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.codec.Absent;
import io.zeroipc.codec.Codecs;
import io.zeroipc.codec.Length;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.collection.SharedMap;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.collection.SharedStack;
import io.zeroipc.flow.SharedState;
import io.zeroipc.json.Fingerprint;
import io.zeroipc.segment.Segment;
import io.zeroipc.sync.SharedCounter;
import io.zeroipc.sync.SharedMutex;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;

/** What is written of a segment. Whether it works is a matter of {@code verification/interop}. */
@SuppressWarnings("ArrayRecordComponent") // that is what fixed arrays look like
class RustPeerTest {

    record Inner(byte flag, int value) {}

    record Outer(short first, Inner inner, @Length(2) Inner[] more, @Absent(Absent.By.FLAG) Long perhaps) {}

    /** Takes the name of the module with the parts. */
    record zipc(int value) {}

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    @Test
    void shouldGiveEachStructureByItsNameWithItsType() {
        Segment segment = segments.create(65536);
        SharedRing.create(segment, "history", Codecs.record(Inner.class), 8);
        SharedMap.create(segment, "by-symbol", Codecs.string(4), Codecs.float64(), 8);
        SharedCounter.create(segment, "total");

        assertThat(Export.of(segment).source(Language.RUST)).contains(
                "    pub const PATH: &'static str = \"" + segment.path() + "\";\n",
                "    // ring of " + Inner.class.getName() + "\n    pub fn history(&self) -> "
                        + "::core::result::Result<zipc::Ring<Inner>, zipc::Error> {\n",
                "            element: ::core::option::Option::Some(\""
                        + Fingerprint.of(Codecs.record(Inner.class).schema()) + "\"),\n",
                "pub fn by_symbol(&self) -> ::core::result::Result<zipc::Map<[u8; 4], f64>, zipc::Error> {\n",
                "            key: ::core::option::Option::Some(\"" + Fingerprint.of(Codecs.string(4).schema())
                        + "\"),\n",
                "        zipc::Map::<[u8; 4], f64>::attach(&self.segment, \"by-symbol\", exported)\n",
                "pub fn total(&self) -> ::core::result::Result<zipc::Counter, zipc::Error> {\n",
                "    pub use self::ring::{Ring, RingCursor, RingReader, RingWriter, Start};\n")
                .doesNotContain("mod queue {", "mod state {", "Not reached");
    }

    @Test
    void shouldFindNamesThatAreFreeAndLegal() {
        Segment segment = segments.create(65536);
        SharedQueue.create(segment, "type", Codecs.record(zipc.class), 8);
        SharedQueue.create(segment, "self", Codecs.int64(), 8);
        SharedQueue.create(segment, "open", Codecs.int64(), 8);
        SharedQueue.create(segment, "PATH", Codecs.int64(), 8);
        SharedArray.create(segment, "2 \"much\"", Codecs.int64(), 8);
        SharedArray.create(segment, "caf\u00e9", Codecs.int64(), 8);

        assertThat(Export.of(segment).source(Language.RUST)).contains("pub fn r#type(&self) -> ",
                "pub fn self_(&self) -> ", "pub fn open_2(&self) -> ", "pub fn PATH_2(&self) -> ",
                "pub fn x2__much_(&self) -> ",
                "attach(&self.segment, \"2 \\\"much\\\"\", exported)",
                "attach(&self.segment, \"caf\\u{e9}\", exported)", "pub struct zipc {", "pub mod zipc_2 {",
                "zipc_2::Queue<zipc>");
    }

    @Test
    void shouldNameTheBytesThatBelongToNoField() {
        Segment segment = segments.create(65536);
        SharedState.create(segment, "newest", Codecs.record(Outer.class));

        // first, 2 bytes; three times flag, 3 bytes, value; 2 bytes up to the value of the optional; 7 behind its flag.
        assertThat(Codecs.record(Outer.class).schema().byteSize()).isEqualTo(48);
        assertThat(Export.of(segment).source(Language.RUST)).contains("""
                unsafe impl zipc::Element for Outer {
                    const GAPS: &'static [(usize, usize)] = &[(2, 2), (5, 3), (13, 3), (21, 3), (28, 4), (41, 7)];
                """)
                .doesNotContain("Element for Inner");
    }

    @Test
    void shouldSayWhatIsNotReached() {
        Segment segment = segments.create(65536);
        SharedStack.create(segment, "undo", Codecs.int64(), 8);
        SharedMutex.create(segment, "lock");

        assertThat(Export.of(segment).source(Language.RUST)).contains("""
                // Not reached from here:
                //   undo: no code in Rust for the kind stack
                //   lock: no code in Rust for the kind mutex
                """)
                .doesNotContain("pub fn undo", "mod array {");
    }

    @Test
    void shouldBeTypesAloneWhereThatIsAskedFor() {
        Segment segment = segments.create(65536);
        SharedRing.create(segment, "history", Codecs.record(Inner.class), 8);

        assertThat(Export.of(segment).typesOnly().source(Language.RUST)).contains("pub struct Inner {")
                .doesNotContain("zipc", "unsafe");
    }
}
