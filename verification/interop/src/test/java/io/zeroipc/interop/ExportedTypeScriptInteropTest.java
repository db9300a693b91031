package io.zeroipc.interop;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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
import io.zeroipc.codec.Unsigned;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.export.Export;
import io.zeroipc.export.Language;
import io.zeroipc.flow.SharedChannel;
import io.zeroipc.flow.SharedState;
import io.zeroipc.flow.StateWriter;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Stall;
import io.zeroipc.sync.SharedCounter;
import io.zeroipc.testing.Repository;

import static org.assertj.core.api.Assertions.assertThat;

/** What is exported for Node.js, beyond what {@link ExportedPeersInteropTest} asks of every language. */
@Tag("process")
@SuppressWarnings("ArrayRecordComponent") // that is what fixed arrays look like
class ExportedTypeScriptInteropTest {

    record Reading(long timestamp, double value, int sensor, @Length(8) String unit, boolean valid) {

        static final Codec<Reading> CODEC = Codecs.record(Reading.class);

        static Reading of(double value) {
            return new Reading(1, value, 7, "C", true);
        }
    }

    enum Side {
        BUY, SELL
    }

    record Wide(byte small, @Unsigned(16) int unsigned, @Length(2) short[] sixteen, @Unsigned(8) Side side,
            @Length(8) String text, float ratio, double share, long whole,
            @Absent Integer perhaps, @Length(3) byte[] tag) {}

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
                    console.log(part);
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
                    {
                      id: 5,
                      last: { timestamp: 1n, value: 3, sensor: 7, unit: 'C', valid: true },
                      tag: Uint8Array(3) [ 4, 5, 6 ]
                    }
                    1,2,3 5 3 C 4,5,6 früh
                    RangeError: text does not fit: field=Texts, value=too long for it (expected: at most 8 bytes of UTF-8, none of them 0)
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

    /** What a view would cut, wherever it is stored. */
    @Test
    void shouldRefuseWhatHasNoRoomInAField() throws Exception {
        try (Segment segment = segment("wide")) {
            SharedQueue<Wide> jobs = SharedQueue.create(segment, "jobs", Codecs.record(Wide.class), 4);
            SharedArray<Short> small = SharedArray.create(segment, "small", Codecs.int16(), 3);
            export(segment, "wide");
            Files.writeString(directory.resolve("cut.ts"), """
                    import { Wide, WideSegment } from "./wide.js";

                    const wide = WideSegment.open(), it = new Wide(new DataView(new ArrayBuffer(Wide.SIZE)));
                    const right = { small: -128, unsigned: 65535, sixteen: [1, -32768], side: 1, text: "größe", ratio: 0.5, share: 0.1, whole: -(2n ** 63n),
                        perhaps: null, tag: new Uint8Array([1, 2, 3]) };
                    wide.jobs().offer(right);
                    const refused = (task: () => unknown) => {
                        try {
                            task();
                            console.log("not refused");
                        } catch (e) {
                            console.log(`${e}`);
                        }
                    };
                    refused(() => it.small = 128);
                    refused(() => it.unsigned = -1);
                    refused(() => it.unsigned = 1.5);
                    refused(() => it.unsigned = NaN);
                    refused(() => it.sixteen = [1, 40000]);
                    refused(() => it.sixteen = [1]);
                    refused(() => it.side = 2);
                    refused(() => it.text = "longer than 8");
                    refused(() => it.ratio = 1e300);
                    refused(() => it.whole = 2n ** 63n);
                    refused(() => it.perhaps = -(2 ** 31));
                    refused(() => it.tag = new Uint8Array(4));
                    refused(() => wide.small().set(0, 70000));
                    refused(() => wide.jobs().offer({ ...right, small: undefined as unknown as number }));
                    refused(() => wide.jobs().offer({ ...right, whole: 5 as unknown as bigint }));
                    refused(() => wide.jobs().offer({ ...right, ratio: undefined as unknown as number }));
                    refused(() => wide.jobs().offer({ ...right, share: "1" as unknown as number }));
                    refused(() => wide.jobs().offer({ ...right, text: null as unknown as string }));
                    console.log(`${it.small} ${it.sixteen} ${it.ratio} ${it.tag} ${wide.jobs().size}`);
                    """);
            ExportedPeers.compile(directory, "cut.ts");
            List<String> lines = run("cut.js").lines().toList();
            assertThat(lines.getFirst()).isEqualTo("RangeError: value does not fit: field=Wide.small, value=128"
                    + " (expected: a number, -128 to 127)");
            List<String> fields = List.of("small", "unsigned", "unsigned", "unsigned", "sixteen", "sixteen", "side",
                    "text", "ratio", "whole", "perhaps", "tag", "Small", "small", "whole", "ratio", "share", "text");
            for (int i = 0; i < fields.size(); i++) {
                String field = fields.get(i).equals("Small") ? "Small" : "Wide." + fields.get(i);
                assertThat(lines.get(i)).startsWith("RangeError: ").contains("field=" + field + ",", "(expected: ");
            }
            assertThat(lines).hasSize(fields.size() + 1).last().isEqualTo("0 1,0 0 0,0,0 1");
            assertThat(jobs.poll()).usingRecursiveComparison()
                    .isEqualTo(new Wide((byte) -128, 65535, new short[] {1, -32768}, Side.SELL, "größe", 0.5f, 0.1,
                            Long.MIN_VALUE, null, new byte[] {1, 2, 3}));
            assertThat(small.get(0)).isZero();
        }
    }

    /** Killed between two steps, which it takes some hundred kills to meet by chance: the places that it leaves can be given up. */
    @Test
    void shouldLeaveWhatCanBeRepairedWhenItIsKilled() throws Exception {
        try (Segment segment = segment("killed")) {
            SharedQueue<Long> jobs = SharedQueue.create(segment, "jobs", Codecs.int64(), 2);
            export(segment, "killed");
            Files.writeString(directory.resolve("killed_at.ts"), """
                    import { Killed } from "./killed.js";

                    declare const process: { argv: string[], pid: number, kill(pid: number, signal: string): never };
                    const jobs = Killed.open().jobs();
                    Object.defineProperty(Atomics, "store", { value: () => process.kill(process.pid, "SIGKILL") });
                    console.log(process.argv[2] === "poll" ? jobs.poll() : jobs.offer(1n));
                    """);
            ExportedPeers.compile(directory, "killed_at.ts");

            kill("offer");
            assertThat(jobs.offer(2L)).isTrue();
            assertThat(jobs.poll()).isNull();
            shouldBeRepaired(jobs, new Stall(0, Stall.Side.CLAIMED_AND_NOT_PUBLISHED));
            assertThat(jobs.poll()).isEqualTo(2);

            jobs.offer(3L);
            kill("poll");
            assertThat(jobs.offer(4L)).isTrue();
            assertThat(jobs.offer(5L)).isFalse();
            shouldBeRepaired(jobs, new Stall(2, Stall.Side.TAKEN_AND_NOT_RELEASED));
            assertThat(jobs.offer(5L)).isTrue();
            assertThat(jobs.poll()).isEqualTo(4);
            assertThat(jobs.poll()).isEqualTo(5);
        }
    }

    /** What {@code zeroipc repair} does. */
    private static void shouldBeRepaired(SharedQueue<Long> queue, Stall stall) {
        assertThat(queue.stall()).isEqualTo(stall);
        assertThat(queue.breakStall(stall)).isTrue();
        assertThat(queue.stall()).isNull();
    }

    private void kill(String within) throws Exception {
        int status = new ProcessBuilder(ExportedPeers.node(), "killed_at.js", within).directory(directory.toFile())
                .inheritIO()
                .start()
                .waitFor();
        assertThat(status).isEqualTo(128 + 9);
    }

    /** None of these waits holds up the event loop, and each has its end. */
    @Test
    void shouldWaitWhileTheEventLoopGoesOn() throws Exception {
        try (Segment segment = segment("waits")) {
            segment.create("history", SharedRing.spec(Codecs.int64(), 8, true));
            SharedRing.create(segment, "feed", Codecs.int64(), 2);
            SharedQueue.create(segment, "jobs", Codecs.int64(), 2);
            SharedState.create(segment, "newest", Codecs.int64());
            SharedChannel.create(segment, "events", Codecs.int64(), 2);
            export(segment, "waits");
            Files.writeString(directory.resolve("wait.ts"), """
                    import * as koffi from "koffi";
                    import { Waits } from "./waits.js";

                    const waits = Waits.open();
                    const soon = (task: () => unknown) => setTimeout(task, 5);

                    const writer = waits.history().writer();
                    console.log(waits.history().newest());
                    writer.offer(0n);
                    writer.offer(1n);
                    console.log(waits.history().newest());
                    const endless = new AbortController();
                    soon(() => endless.abort());
                    let last = 0n;
                    for await (const each of waits.history().cursor("earliest").elements(endless.signal)) {
                        last = each;
                        writer.offer(each + 1n);
                    }
                    console.log(`left ${last > 0n}`);

                    const aborted = new AbortController();
                    soon(() => aborted.abort(new Error("enough")));
                    await waits.jobs().take(aborted.signal).catch((e) => console.log(`${e}`));
                    console.log(await waits.jobs().pollWithin(5));

                    const cursor = waits.history().cursor();
                    soon(() => cursor.close());
                    for await (const each of cursor) {
                        console.log(each);
                    }
                    console.log("closed");

                    const feed = waits.feed().writer(), reader = waits.feed().reader();
                    await feed.put(1n);
                    await feed.put(2n);
                    console.log(await feed.offerWithin(3n, 5));
                    soon(() => console.log(reader.poll()));
                    await feed.put(4n);
                    for await (const each of reader) {
                        console.log(each);
                        if (each === 4n) {
                            break;
                        }
                    }
                    soon(() => feed.offer(5n));
                    console.log(await reader.take());

                    const state = waits.newest().writer();
                    soon(() => state.set(6n));
                    console.log((await waits.newest().awaitChange(0n, 60_000))?.value);
                    console.log(await waits.newest().awaitChange(1n, 5));

                    soon(() => waits.events().trySend(7n));
                    setTimeout(() => waits.events().close(), 20);
                    for await (const each of waits.events()) {
                        console.log(each);
                    }
                    console.log(`${await waits.events().receive()} ${waits.events().trySend(8n)}`);
                    await waits.events().send(8n).catch((e) => console.log(e.message.startsWith("channel is closed")));

                    soon(() => koffi.load(null).func("int unlink(const char *path)")(waits.path));
                    await waits.jobs().take().catch((e) => console.log(e.message.startsWith("segment was removed")));
                    console.log(waits.isOpen);
                    waits.close();

                    """);
            ExportedPeers.compile(directory, "wait.ts");
            assertThat(run("wait.js")).isEqualTo("""
                    null
                    1n
                    left true
                    Error: enough
                    null
                    closed
                    false
                    1n
                    2n
                    4n
                    5n
                    6n
                    null
                    7n
                    null false
                    true
                    true
                    false""");
        }
    }

    /** What is no segment, or no such structure, is refused before it is used, and names what is wrong. */
    @Test
    void shouldRefuseWrongBytes() throws Exception {
        try (Segment segment = segment("right")) {
            SharedArray.create(segment, "it", Codecs.int64(), 8);
            export(segment, "right");
        }
        Path right = directory.resolve("right");
        Files.delete(directory.resolve("right.zipc"));
        byte[] bytes = Files.readAllBytes(right);
        Map<String, Map<Integer, Integer>> wrong = new LinkedHashMap<>();
        wrong.put("is not finished", Map.of(0, 0));
        wrong.put("magic", Map.of(0, 1));
        wrong.put("version=1", Map.of(4, 1));
        wrong.put("memory_size=1152921504607895552", Map.of(20, 1 << 28));
        wrong.put("entry_count=1000", Map.of(8, 1000));
        wrong.put("max_entries=4294967295", Map.of(12, -1));
        wrong.put("points outside of the segment", Map.of(32 + 36, 1));
        wrong.put("size=4294967368", Map.of(32 + 44, 1));
        wrong.put("capacity=9", Map.of(32 + 48 * 64, 9));
        wrong.put("capacity=18446744073709552000", Map.of(32 + 48 * 64, -1, 32 + 48 * 64 + 4, -1));
        StringBuilder expected = new StringBuilder();
        for (var each : wrong.entrySet()) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes.clone()).order(ByteOrder.LITTLE_ENDIAN);
            each.getValue().forEach(buffer::putInt);
            Files.write(directory.resolve("wrong" + expected.chars().filter(c -> c == '\n').count()), buffer.array());
            expected.append(each.getKey()).append('\n');
        }
        Files.createSymbolicLink(directory.resolve("wrong10"), right);
        Files.createDirectory(directory.resolve("wrong11"));
        Files.write(directory.resolve("wrong12"), new byte[3]);
        expected.append("is a symbolic link\nis not a file\nfile is too short\nnot found: ENOENT\n");
        Files.writeString(directory.resolve("refuse.ts"), """
                import { Right, ZeroIpcError } from "./right.js";

                const size = Right.open("right").it().length;
                for (let i = 0; i < 14; i++) {
                    try {
                        Right.open(`wrong${i}`).it();
                        console.log(`opened ${i}`);
                    } catch (e) {
                        console.log(e instanceof ZeroIpcError && e.message.includes(`wrong${i}`) ? `${e}` : `other ${e}`);
                    }
                }
                console.log(size);
                """);
        ExportedPeers.compile(directory, "refuse.ts");
        List<String> lines = run("refuse.js").lines().toList();
        List<String> reasons = expected.toString().lines().toList();
        assertThat(lines).hasSize(reasons.size() + 1).last().isEqualTo("8");
        for (int i = 0; i < reasons.size(); i++) {
            assertThat(lines.get(i)).startsWith("ZeroIpcError: ").contains(reasons.get(i));
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
