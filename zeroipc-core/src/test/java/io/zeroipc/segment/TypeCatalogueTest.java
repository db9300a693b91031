package io.zeroipc.segment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.StructureKind;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.collection.SharedMap;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.flow.SharedChannel;
import io.zeroipc.inspect.Inspector;
import io.zeroipc.inspect.Trust;
import io.zeroipc.json.Fingerprint;
import io.zeroipc.os.ProcessIdentity;
import io.zeroipc.sync.SharedCounter;
import io.zeroipc.testing.Requirements;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;

class TypeCatalogueTest {

    record Tick(long time, double price) {}

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    @Test
    void shouldTellKindAndElementToStrangersWhenAStructureWasCreated() {
        Segment segment = segments.create(1 << 16);
        segment.create("history", SharedRing.spec(Codecs.record(Tick.class), 8, true));
        SharedArray.create(segment, "levels", Codecs.float64(), 4);
        SharedMap.create(segment, "ids", Codecs.int32(), Codecs.int64(), 8);
        SharedChannel.create(segment, "alerts", Codecs.string(16), 4);
        segment.create("seen", SharedCounter.spec(8));

        Segment stranger = segments.open(segment);

        assertThat(stranger.declared().keySet()).containsExactly("history", "levels", "ids", "alerts", "seen");
        DeclaredType history = stranger.declared().get("history");
        assertThat(history.kind()).isEqualTo("ring");
        assertThat(history.element()).isEqualTo(Codecs.record(Tick.class).schema());
        assertThat(history.options()).isEqualTo(Map.of("overwrite", "true"));
        assertThat(stranger.declared().get("ids").options()).isEqualTo(Map.of("key", "int32"));
        assertThat(Inspector.report(stranger).structures().values()).allSatisfy(report -> {
            assertThat(report.trust()).isEqualTo(Trust.DECLARED);
            assertThat(report.candidates()).isEmpty();
        });
        assertThat(Inspector.report(stranger, "alerts")).hasValueSatisfying(report -> {
            assertThat(report.elementType()).isEqualTo("string(16)");
            assertThat(report.schema()).isEqualTo(Codecs.string(16).schema());
        });
        assertThat(stranger.catalogueState()).isEqualTo(catalogue(segment).toString());
    }

    @Test
    void shouldHaveTheFingerprintOfElementAndKeyWhenALineIsWritten() throws IOException {
        Segment segment = segments.create(1 << 16);
        SharedMap.create(segment, "ids", Codecs.string(8), Codecs.int64(), 8);

        assertThat(Files.readString(catalogue(segment)).lines().skip(1)).singleElement()
                .asString()
                .containsSubsequence("\"element\":{",
                        "\"fingerprint\":\"" + Fingerprint.of(Codecs.int64().schema()),
                        "\"key\":{", "\"fingerprint\":\"" + Fingerprint.of(Codecs.string(8).schema()));
    }

    @Test
    void shouldLeaveTheSegmentsBytesAloneWhenThereIsACatalogue() throws IOException {
        Segment with = segments.create(4096 * 2);
        Segment without = segments.create(builder -> builder.size(4096 * 2).catalogue(false));
        SharedArray.create(with, "a", Codecs.int32(), 16);
        SharedArray.create(without, "a", Codecs.int32(), 16);

        assertThat(Files.readAllBytes(with.path())).isEqualTo(Files.readAllBytes(without.path()));
        assertThat(catalogue(without)).doesNotExist();
        assertThat(without.catalogueState()).isEqualTo("off");
        assertThat(without.declared()).isEmpty();
    }

    @Test
    void shouldRecogniseByBytesWhenThereIsNoCatalogue() throws IOException {
        Segment segment = segments.create(1 << 16);
        SharedQueue.create(segment, "q", Codecs.int32(), 8);
        Files.delete(catalogue(segment));

        Segment stranger = segments.open(segment);

        assertThat(stranger.declared()).isEmpty();
        assertThat(stranger.catalogueState()).isEqualTo("none");
        assertThat(Inspector.report(stranger, "q")).hasValueSatisfying(
                report -> assertThat(report.trust()).isEqualTo(Trust.RECOGNISED));
    }

    @Test
    void shouldBelieveOnlyCompleteLinesOfThisSegmentWhenTheFileIsDamaged() throws IOException {
        Segment segment = segments.create(1 << 16);
        SharedQueue.create(segment, "q", Codecs.int32(), 8);
        String header = Files.readString(catalogue(segment)).lines().findFirst().orElseThrow();
        Files.writeString(catalogue(segment),
                header + "\n{\"name\":\"q\",\"kind\":\"stack\",\"offset\":" + segment.entries().getFirst().offset()
                        + "}\n{\"name\":\"other\",\"kind\":\"array\",\"offset\":64}\nno json\n{\"name\":\"half\",\"ki");

        // A kind that the bytes contradict, a structure that is not there, nonsense, and half a line.
        assertThat(Inspector.report(segments.open(segment), "q")).hasValueSatisfying(report -> {
            assertThat(report.kind()).isEqualTo("queue");
            assertThat(report.trust()).isEqualTo(Trust.RECOGNISED);
        });

        SharedArray.create(segment, "after", Codecs.int64(), 4);
        assertThat(segments.open(segment).declared().get("after").element()).isEqualTo(Codecs.int64().schema());
    }

    @Test
    void shouldBeginAnewWhenTheCatalogueBelongsToAnotherSegment() throws IOException {
        Segment first = segments.create(1 << 16);
        SharedQueue.create(first, "old", Codecs.int32(), 8);
        Path path = first.path();
        Path kept = path.resolveSibling("kept.zipc");
        Files.copy(catalogue(first), kept);

        Segment second = segments.track(Segment.at(path).size(1 << 16).recreate());
        assertThat(catalogue(second)).doesNotExist();
        Files.copy(kept, catalogue(second));
        assertThat(second.declared()).isEmpty();
        SharedQueue.create(second, "new", Codecs.int32(), 8);
        assertThat(second.declared().keySet()).containsExactly("new");
    }

    @Test
    void shouldGoWithTheSegmentWhenThatIsDeleted() {
        Path path = segments.path();
        try (Segment segment = Segment.at(path).size(1 << 16).onClose(OnClose.DELETE).create()) {
            SharedQueue.create(segment, "q", Codecs.int32(), 8);
            assertThat(catalogue(segment)).exists();
        }
        assertThat(path).doesNotExist();
        assertThat(TypeCatalogue.pathOf(path)).doesNotExist();
    }

    @Test
    void shouldHaveThePermissionsOfTheSegmentWhenItIsWritten() throws IOException {
        Segment segment = segments.create(builder -> builder.size(1 << 16).permissions("rw-r-----"));
        SharedQueue.create(segment, "q", Codecs.int32(), 8);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(catalogue(segment))))
                .isEqualTo("rw-r-----");
    }

    @Test
    void shouldSayWhyAndCreateAllTheSameWhenItCannotBeWritten() throws IOException {
        Segment segment = segments.create(1 << 16);
        Path elsewhere = segments.path();
        Files.writeString(elsewhere, "precious", StandardOpenOption.CREATE_NEW);
        Files.createSymbolicLink(catalogue(segment), elsewhere);

        SharedQueue.create(segment, "q", Codecs.int32(), 8);

        assertThat(Inspector.report(segment).catalogue()).startsWith("not ").contains("not a type catalogue");
        assertThat(elsewhere).hasContent("precious");
    }

    @Test
    void shouldNotBeBelievedWhenItBelongsToAnotherUser() throws IOException {
        Requirements.require(ProcessIdentity.currentUid() == 0,
                "only root can give files away: user id=" + ProcessIdentity.currentUid());
        Segment segment = segments.create(1 << 16);
        SharedQueue.create(segment, "q", Codecs.int32(), 8);
        Files.setAttribute(catalogue(segment), "unix:uid", 65534);

        Segment careful = segments.open(segment);
        assertThat(careful.declared()).isEmpty();
        assertThat(careful.catalogueState()).startsWith("not readable: ").contains("to be trusted", "owner id=65534");
        assertThat(Inspector.report(careful, "q").orElseThrow().trust()).isEqualTo(Trust.RECOGNISED);
        // Nor is anything added to it.
        SharedQueue.create(careful, "r", Codecs.int32(), 8);
        assertThat(careful.catalogueState()).startsWith("not ");
        Segment trusting = segments.track(Segment.at(segment.path()).owner(OwnerRule.ANY).open());
        assertThat(trusting.declared()).containsOnlyKeys("q");
    }

    @Test
    void shouldLeaveAnotherFileAloneWhenItHasTheCataloguesName() throws IOException {
        Path path = segments.path();
        Path other = TypeCatalogue.pathOf(path);
        segments.track(Segment.at(other).size(1 << 14).create());
        byte[] bytes = Files.readAllBytes(other);

        try (Segment segment = Segment.at(path).size(1 << 16).onClose(OnClose.DELETE).create()) {
            SharedQueue.create(segment, "q", Codecs.int32(), 8);
            assertThat(segment.declared()).isEmpty();
            assertThat(segment.catalogueState()).startsWith("not ").contains("rename one");
        }
        assertThat(other).hasBinaryContent(bytes);
    }

    @Test
    void shouldKeepItsLineWhenTheCreatingThreadIsInterrupted() {
        Segment segment = segments.create(1 << 16);
        segment.create("q", new Interrupting<>(SharedQueue.spec(Codecs.int32(), 8)));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(segment.declared()).containsKey("q");
    }

    private static Path catalogue(Segment segment) {
        return TypeCatalogue.pathOf(segment.path());
    }

    /** The interrupt arrives when the thread has the table lock already. */
    private record Interrupting<S extends Structure>(Spec<S> spec) implements Spec<S> {

        @Override
        public StructureKind kind() {
            return spec.kind();
        }

        @Override
        public List<Part> parts() {
            return spec.parts().stream().map(part -> new Part(part.suffix(), part.byteSize(), block -> {
                part.format().accept(block);
                Thread.currentThread().interrupt();
            })).toList();
        }

        @Override
        public S bind(Blocks blocks) {
            return spec.bind(blocks);
        }
    }

    @Test
    void shouldReadItFromItsStartWhenTheFileWasReplaced() throws IOException {
        Segment segment = segments.create(1 << 16);
        SharedArray.create(segment, "first", Codecs.int32(), 4);
        Segment stranger = segments.open(segment);
        assertThat(stranger.declared()).containsOnlyKeys("first");

        Path other = segments.path();
        Files.writeString(other, Files.readString(catalogue(segment)).replace("\"first\"", "\"other\""));
        Files.move(other, catalogue(segment), StandardCopyOption.ATOMIC_MOVE);
        assertThat(stranger.declared()).containsOnlyKeys("other");
    }
}
