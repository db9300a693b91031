package io.zeroipc.export;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.zeroipc.ElementSchema;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.collection.SharedMap;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.flow.SharedChannel;
import io.zeroipc.flow.SharedState;
import io.zeroipc.segment.Segment;
import io.zeroipc.sync.SharedCounter;
import io.zeroipc.sync.SharedMutex;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;

/** What is written for a segment. Whether it works is a matter of {@code verification/interop}. */
class TypeScriptPeerTest {

    private static final List<String> KINDS = List.of("array", "state", "ring", "queue", "channel", "counter");
    private static final Pattern COMMENT = Pattern.compile("//[^\n]*|/\\*.*?\\*/", Pattern.DOTALL);
    private static final Pattern TEXT = Pattern.compile("\"[^\"\n]*\"|'[^'\n]*'|`[^`]*`");
    /** Not those of members. */
    private static final Pattern NAME = Pattern.compile("(?<![\\w.#$]|readonly )[A-Z]\\w{2,}");

    record Tick(long time, double price) {}

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    @TempDir
    Path directory;

    private Segment segment;

    @BeforeEach
    void createSegment() {
        segment = segments.create(1 << 20);
    }

    private String source() {
        return Export.of(segment).source(Language.TYPESCRIPT);
    }

    @Test
    void shouldGiveEachStructureByItsName() {
        SharedRing.create(segment, "history", Codecs.record(Tick.class), 8);
        SharedArray.create(segment, "core-loads", Codecs.float64(), 8);
        SharedState.create(segment, "newest", Codecs.string(8));
        SharedQueue.create(segment, "jobs", Codecs.bytes(8), 8);
        SharedChannel.create(segment, "events", Codecs.frame(8), 8);
        SharedCounter.create(segment, "total");

        assertThat(source()).containsOnlyOnce("import * as koffi from \"koffi\";\n")
                .contains("    history(): SharedRing<Tick, Fields<Tick>> {\n", "Tick.FINGERPRINT",
                        "    coreLoads(): SharedNumbers<number, Float64Array> {\n",
                        "    newest(): SharedState<string> {\n", "    jobs(): SharedQueue<Uint8Array> {\n",
                        "    events(): SharedChannel<Uint8Array> {\n", "\"events_header\"",
                        "    total(): SharedCounter {\n",
                        "    static readonly PATH: string = \"" + segment.path() + "\";\n");
    }

    @Test
    void shouldSayWhatIsNotThereAndWhy() {
        SharedMap.create(segment, "by-symbol", Codecs.string(4), Codecs.float64(), 8);
        SharedMutex.create(segment, "lock");
        SharedCounter.create(segment, "total");

        assertThat(source()).contains("    // Not here: by-symbol, a map: a lookup that others change meanwhile",
                "    // Not here: lock, a mutex: this kind is not made for JavaScript.\n", "    total(): ")
                .doesNotContain("    bySymbol(", "    lock(");
    }

    @Test
    void shouldHaveTypesAloneWhereThatIsAsked() {
        SharedRing.create(segment, "history", Codecs.record(Tick.class), 8);
        assertThat(Export.of(segment).typesOnly().source(Language.TYPESCRIPT)).contains("export class Tick {\n")
                .doesNotContain("koffi", "MappedSegment");
        assertThat(Export.of(Tick.class).source(Language.TYPESCRIPT)).doesNotContain("koffi", "MappedSegment");
    }

    @ParameterizedTest
    @CsvSource({"close, close_", "constructor, constructor_", "then, then_", "new, new", "a-b, aB", "2nd, x2nd",
            "größe, \"gr\\u00f6\\u00dfe\""})
    void shouldCallMethodsAsTheyCanBeCalled(String name, String method) {
        SharedCounter.create(segment, name);
        assertThat(source()).contains("    " + method + "(): SharedCounter {\n");
    }

    @Test
    void shouldTellStructuresOfOneNameApart() {
        SharedCounter.create(segment, "a-b");
        SharedCounter.create(segment, "aB");
        SharedCounter.create(segment, "a_b");
        assertThat(source()).contains("    aB(): SharedCounter {\n", "    aB_2(): SharedCounter {\n",
                "    aB_3(): SharedCounter {\n");
    }

    @Test
    void shouldLeaveNamesToRecords() {
        Path path = directory.resolve("tick");
        try (Segment other = Segment.at(path).size(1 << 16).create()) {
            SharedRing.create(other, "history", Codecs.record(Tick.class), 8);
            assertThat(Export.of(other).source(Language.TYPESCRIPT)).contains("export class Tick {\n",
                    "export class TickSegment {\n");
        }
    }

    /** What the parts mean by a name, of theirs or of the language, is no type of the user's. */
    @Test
    void shouldCallNoTypeAsSomethingThatThePartsNeed() {
        Set<String> names = new TreeSet<>(Set.of("koffi", "libc", "performance", "setTimeout", "setImmediate"));
        NAME.matcher(TEXT.matcher(COMMENT.matcher(parts()).replaceAll("")).replaceAll(""))
                .results()
                .forEach(found -> names.add(found.group()));
        assertThat(names).contains("Atomics", "Map", "MappedSegment", "SharedRing", "Waiting", "Error", "Promise");

        Model.Builder builder = new Model.Builder();
        KINDS.forEach(kind -> builder.add(kind, kind, null, Codecs.int32().schema()));
        names.forEach(name -> builder.add("of " + name, "ring", null, new ElementSchema(name, 16, 8,
                Codecs.record(Tick.class).schema().fields())));
        String source = new TypeScriptWriter().write(builder.build("plant", Path.of("/dev/shm/plant")),
                new TypeWriter.Target("", ""));
        assertThat(names).allSatisfy(name -> assertThat(source).contains("export class " + name + "_2 {\n",
                "SharedRing<" + name + "_2, Fields<" + name + "_2>>"));
    }

    private static String parts() {
        PeerText text = new PeerText(Language.TYPESCRIPT);
        return Stream.concat(KINDS.stream(), Stream.of("segment", "elements", "waiting", "numbers"))
                .map(text::part)
                .collect(Collectors.joining());
    }
}
