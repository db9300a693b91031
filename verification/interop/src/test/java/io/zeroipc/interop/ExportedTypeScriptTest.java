package io.zeroipc.interop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

import io.zeroipc.codec.Absent;
import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.codec.Length;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.export.Export;
import io.zeroipc.export.Language;
import io.zeroipc.flow.SharedChannel;
import io.zeroipc.flow.SharedState;
import io.zeroipc.flow.StateWriter;
import io.zeroipc.segment.Segment;
import io.zeroipc.sync.SharedCounter;
import io.zeroipc.testing.Repository;

import static org.assertj.core.api.Assertions.assertThat;

/** What is exported for Node.js, beyond what {@link ExportedPeersInteropTest} asks of every language. */
@Tag("process")
class ExportedTypeScriptTest {

    record Reading(long timestamp, double value, int sensor, @Length(8) String unit, boolean valid) {

        static final Codec<Reading> CODEC = Codecs.record(Reading.class);

        static Reading of(double value) {
            return new Reading(1, value, 7, "C", true);
        }
    }

    record Part(int id, @Absent(Absent.By.FLAG) Reading last, @Length(3) byte[] tag) {}

    /** Below that of the program, where the package is found. */
    static final class BesideTheProgram implements TempDirFactory {

        @Override
        public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context) throws Exception {
            Path home = ExportedPeers.directory(Language.TYPESCRIPT);
            return Files.createTempDirectory(Files.createDirectories(home), "test");
        }
    }

    @TempDir(factory = BesideTheProgram.class)
    Path directory;

    @Test
    void shouldPrintWhatThePageSays() throws Exception {
        String page = Files.readString(Repository.root().resolve("docs/guide/exported-files.md"));
        String section = page.substring(page.indexOf("\n## Node.js"));
        String program = block(section, "typescript", 0);
        try (Segment segment = segment("plant")) {
            SharedState<Reading> newest = SharedState.create(segment, "newest", Reading.CODEC);
            SharedRing<Reading> history = segment.create("history", SharedRing.spec(Reading.CODEC, 64, true));
            SharedQueue<Reading> jobs = SharedQueue.create(segment, "jobs", Reading.CODEC, 16);
            SharedArray<Double> limits = SharedArray.create(segment, "limits", Codecs.float64(), 8);
            SharedCounter total = SharedCounter.create(segment, "total");
            try (StateWriter<Reading> state = newest.writer(); var writer = history.writer()) {
                for (int i = 21; i <= 23; i++) {
                    state.set(Reading.of(i));
                    writer.put(Reading.of(i));
                }
                export(segment, "plant");
                Files.writeString(directory.resolve("watch.ts"), program);
                ExportedPeers.compile(directory, "watch.ts");
                assertThat(run("watch.js")).isEqualTo(block(section, "", 1).strip());
            }
            assertThat(jobs.poll()).isEqualTo(new Reading(1_700_000_000_000_000_000L, 20.5, 7, "C", true));
            assertThat(limits.get(3)).isEqualTo(80.5);
            assertThat(total.get()).isEqualTo(1);
        }
    }

    /** What is not used is a warning, so each kind must do with what it brings. */
    @Test
    void shouldCompileWithOneStructureOfAnyKind() throws Exception {
        List<String> files = new ArrayList<>();
        Map<String, Make> kinds = Map.of("array", segment -> SharedArray.create(segment, "it", Codecs.bytes(3), 8),
                "numbers", segment -> SharedArray.create(segment, "it", Codecs.bool(), 8),
                "state", segment -> SharedState.create(segment, "it", Codecs.frame(100)),
                "ring", segment -> SharedRing.create(segment, "it", Codecs.record(Part.class), 8),
                "queue", segment -> SharedQueue.create(segment, "it", Codecs.string(8), 8),
                "channel", segment -> SharedChannel.create(segment, "it", Codecs.uint16(), 8),
                "counter", segment -> SharedCounter.create(segment, "größe"),
                "odd", segment -> Stream.of("close", "then", "new", "2nd", "__proto__", "constructor", "it's")
                        .forEach(name -> SharedCounter.create(segment, name)),
                "empty", _ -> {});
        for (String kind : kinds.keySet()) {
            try (Segment segment = segment(kind)) {
                kinds.get(kind).in(segment);
                files.add(export(segment, kind));
            }
        }
        ExportedPeers.compile(directory, files.toArray(String[]::new));
    }

    /** Elements of all forms, two files in one program, and what becomes of objects when the segment is closed. */
    @Test
    void shouldReadAndWriteElementsOfAllForms() throws Exception {
        try (Segment one = segment("one"); Segment two = segment("two")) {
            SharedQueue<byte[]> frames = SharedQueue.create(one, "frames", Codecs.frame(100), 8);
            SharedQueue<Part> parts = SharedQueue.create(two, "parts", Codecs.record(Part.class), 8);
            SharedQueue<String> texts = SharedQueue.create(two, "texts", Codecs.string(8), 8);
            SharedArray<Short> small = SharedArray.create(two, "small", Codecs.int16(), 3);
            frames.offer(new byte[] {1, 2, 3});
            parts.offer(new Part(5, Reading.of(3), new byte[] {4, 5, 6}));
            texts.offer("früh");
            small.set(2, (short) -9);
            export(one, "one");
            export(two, "two");
            Files.writeString(directory.resolve("forms.ts"), """
                    import { One, ZeroIpcError } from "./one.js";
                    import { Reading, Two, ZeroIpcError as OtherError } from "./two.js";

                    const one = One.open(), two = Two.open();
                    const frame = one.frames().poll(), part = two.parts().poll(), text = two.texts().poll();
                    if (frame === null || part === null || text === null) {
                        throw new Error("nothing there");
                    }
                    console.log(`${frame} ${part.id} ${part.last?.value} ${part.last?.unit} ${part.tag} ${text}`);
                    one.frames().offer(new Uint8Array([7, 8]));
                    two.parts().offer(part);
                    part.id = 6;
                    two.parts().offer(part);
                    two.parts().offer({ id: 7, last: null, tag: new Uint8Array([1, 1, 1]) });
                    const reading = new Reading(new DataView(new ArrayBuffer(Reading.SIZE)));
                    reading.value = 4;
                    two.parts().offer({ id: 8, last: reading, tag: new Uint8Array(3) });
                    try {
                        two.texts().offer("too long for it");
                    } catch (e) {
                        console.log(`${e}`);
                    }
                    const numbers = two.small().view();
                    console.log(`${two.small().get(2)} ${numbers[2]} ${two.small() === two.small()}`);
                    two.small().set(1, 300);
                    console.log(`${numbers[1]}`);
                    two.close();
                    try {
                        two.small().get(0);
                    } catch (e) {
                        console.log(`${numbers[2]} ${e instanceof OtherError} ${e instanceof ZeroIpcError}`);
                    }
                    """);
            ExportedPeers.compile(directory, "forms.ts");
            assertThat(run("forms.js")).isEqualTo("""
                    1,2,3 5 3 C 4,5,6 früh
                    RangeError: text does not fit: value=too long for it (expected: at most 8 bytes of UTF-8, none of them 0)
                    -9 -9 true
                    300
                    0 true false""");
            assertThat(frames.poll()).containsExactly(7, 8);
            assertThat(Stream.generate(parts::poll).limit(4)).usingRecursiveFieldByFieldElementComparator()
                    .containsExactly(new Part(5, Reading.of(3), new byte[] {4, 5, 6}),
                            new Part(6, Reading.of(3), new byte[] {4, 5, 6}), new Part(7, null, new byte[] {1, 1, 1}),
                            new Part(8, new Reading(0, 4, 0, "", false), new byte[3]));
            assertThat(texts.poll()).isNull();
            assertThat(small.get(1)).isEqualTo((short) 300);
        }
    }

    private interface Make {

        void in(Segment segment);
    }

    private Segment segment(String name) {
        return Segment.at(directory.resolve(name)).size(1 << 20).create();
    }

    private String export(Segment segment, String name) throws IOException {
        Files.writeString(directory.resolve(name + ".ts"), Export.of(segment).named(name).source(Language.TYPESCRIPT));
        return name + ".ts";
    }

    private String run(String file) throws IOException, InterruptedException {
        Path output = directory.resolve("output.txt");
        int status = new ProcessBuilder(ExportedPeers.node(), file).directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start()
                .waitFor();
        String text = Files.readString(output, StandardCharsets.UTF_8).strip();
        assertThat(status).as(text).isZero();
        return text;
    }

    /** The text of a block of code, of those of its language. */
    private static String block(String section, String language, int index) {
        return Pattern.compile("(?ms)^```(\\w*)\\n(.*?)^```$")
                .matcher(section)
                .results()
                .filter(found -> found.group(1).equals(language))
                .map((MatchResult found) -> found.group(2))
                .toList()
                .get(index);
    }
}
