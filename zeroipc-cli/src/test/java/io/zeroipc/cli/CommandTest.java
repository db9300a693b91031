package io.zeroipc.cli;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;

import javax.tools.ToolProvider;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.zeroipc.codec.Codecs;
import io.zeroipc.codec.Length;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.export.Language;
import io.zeroipc.json.Fingerprint;
import io.zeroipc.json.Json;
import io.zeroipc.manifest.PackedArena;
import io.zeroipc.segment.Segment;
import io.zeroipc.test.PeerProcess;

import static org.assertj.core.api.Assertions.assertThat;

/** Each command as it is typed, with its exit code and what it prints. */
class CommandTest extends CommandLineTest {

    enum Side {
        BUY, SELL
    }

    record Trade(long id, double price, Side side, @Length(8) String symbol) {}

    private Segment trades() {
        Segment segment = Segment.at(directory.resolve("market")).size(1 << 16).create();
        SharedQueue<Trade> queue = SharedQueue.create(segment, "trades", Codecs.record(Trade.class), 8);
        queue.offer(new Trade(1, 9.5, Side.SELL, "ACME"));
        queue.offer(new Trade(2, 10.25, Side.BUY, "ACME"));
        return segment;
    }

    @Test
    void shouldListSegmentsAndNothingElseWhenADirectoryHasBoth() throws IOException {
        Files.writeString(directory.resolve("readme.txt"), "no segment");
        Files.write(directory.resolve("broken"), new byte[] {0x4D, 0x50, 0x49, 0x5A, 9, 0, 0, 0});
        trades().close();

        assertThat(run("list", "--dir", directory.toString())).isZero();
        assertThat(out.lines().map(line -> line.split(" +")[0])).containsExactly("SEGMENT", "broken", "market");
        assertThat(out).contains("file is too short for a segment").doesNotContain("readme", "zipc ");

        assertThat(run("list", "--json", "--dir", directory.toString())).isZero();
        assertThat(Json.array(Json.parse(out), "list")).hasSize(2);
        assertThat(Json.object(Json.array(Json.parse(out), "list").get(1), "market"))
                .containsEntry("segment", "market")
                .containsEntry("size", 65536L);
    }

    @Test
    void shouldSayWhatIsMissingWhenThereIsNothingToList() {
        assertThat(run("list", "--dir", directory.toString())).isEqualTo(1);
        assertThat(out).isEqualTo("no segments in " + directory + System.lineSeparator());
        assertThat(run("list", "--dir", directory + "/none")).isEqualTo(2);
        assertThat(err).contains("no such directory: dir=" + directory + "/none");
    }

    @Test
    void shouldShowFieldsAndElementsAndTakeNothingWhenTheCatalogueKnowsTheRecord() {
        try (Segment segment = trades()) {
            assertThat(in("show", "market")).isZero();
            assertThat(out).containsPattern("trades +queue +declared +.*Trade +2 of 8 +25 %");

            assertThat(in("show", "market", "trades")).isZero();
            assertThat(out).containsPattern("side +int32 \\[BUY, SELL\\] +16 +4")
                    .contains("{\"id\":1,\"price\":9.5,\"side\":\"SELL\",\"symbol\":\"ACME\"}");

            assertThat(in("show", "market", "trades", "--json", "--preview", "1")).isZero();
            Map<String, Object> object = Json.object(Json.parse(out), "trades");
            assertThat(Json.array(object.get("elements"), "elements")).hasSize(1);
            assertThat(object).containsEntry("used", 2L).containsEntry("capacity", 8L);

            assertThat(SharedQueue.open(segment, "trades", Codecs.record(Trade.class)).size()).isEqualTo(2);
        }
    }

    @Test
    void shouldMoveRecordsAsJsonWhenPushedAndPopped() {
        trades().close();
        assertThat(in("push", "market", "trades",
                "{\"id\": 3, \"price\": 1e2, \"side\": \"BUY\", \"symbol\": \"Ä\"}")).as(() -> err).isZero();
        assertThat(in("pop", "market", "trades", "--count", "2")).isZero();
        assertThat(out.lines()).hasSize(2);
        assertThat(in("pop", "market", "trades", "--json")).isZero();
        assertThat(Json.parse(out)).isEqualTo(Map.of("id", 3L, "price", 100.0, "side", "BUY", "symbol", "Ä"));
        assertThat(in("pop", "market", "trades")).isEqualTo(1);
        assertThat(err).contains("nothing there");
        assertThat(in("push", "market", "trades", "{\"id\": 3}")).isEqualTo(2);
        assertThat(err).contains("field is missing").contains("field=price");
    }

    @Test
    void shouldStopAtTheFirstThatDoesNotFitWhenAStructureIsFull() {
        assertThat(in("create", "small", "q:queue:int32:2")).isZero();
        assertThat(in("push", "small", "q", "1", "2", "3")).isEqualTo(1);
        assertThat(err).contains("full after 2 of 3 values");
        assertThat(in("push", "small", "q", "4", "--wait", "20")).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "push q x|value does not suit its type: name=value, value=x, type=int32",
            "push q 1.5|value does not suit its type",
            "push lock 1|structure does not suit: structure=lock, kind=mutex (expected: one that takes elements)",
            "get q|structure does not suit: structure=q, kind=queue (expected: one that has a value to get)",
            "get a|parameter is missing (expected: an index behind the structure)",
            "get a x|not a whole number: x",
            "push q 1 --wait -5|time is negative",
            "push q 1 --as quue|kind is unknown: --as=quue",
            "push none 1|structure not found",
            "get a 99|index out of range"})
    void shouldNameThingValueAndWayOutWhenInputIsWrong(String line, String expected) {
        assertThat(in("create", "seg", "q:queue:int32:4", "a:array:int32:4", "lock:mutex")).isZero();
        String[] words = line.split(" ");
        String[] more = Arrays.copyOfRange(words, 1, words.length);
        assertThat(in(words[0], "seg", more)).isIn(2, 3);
        assertThat(err).contains(expected);
    }

    @Test
    void shouldTellWhatTheCommandLineGaveFromWhatTheCreatorDeclared() throws IOException {
        try (Segment segment = Segment.at(directory.resolve("cpp")).size(1 << 14).catalogue(false).create()) {
            SharedQueue.create(segment, "q", Codecs.int32(), 4);
        }
        assertThat(in("show", "cpp", "q")).isZero();
        assertThat(out).containsPattern("known +recognised");
        assertThat(in("show", "cpp", "q", "--type", "int32")).isZero();
        assertThat(out).containsPattern("known +given").containsPattern("element +int32");
        assertThat(in("show", "cpp", "q", "--type", "int32", "--json")).isZero();
        assertThat(Json.object(Json.parse(out), "q")).containsEntry("known", "given");

        assertThat(in("create", "ours", "q:queue:int32:4")).isZero();
        assertThat(in("show", "ours", "q")).isZero();
        assertThat(out).containsPattern("known +declared");
    }

    @Test
    void shouldAskForTheTypeWhenNobodyWroteItDown() throws IOException {
        try (Segment segment = Segment.at(directory.resolve("cpp")).size(1 << 14).catalogue(false).create()) {
            SharedQueue.create(segment, "q", Codecs.int32(), 4).offer(258);
            SharedArray.create(segment, "a", Codecs.int32(), 3);
        }
        assertThat(in("pop", "cpp", "q", "--as", "queue")).isEqualTo(2);
        assertThat(err).contains("element type is missing").contains("--type");
        assertThat(in("pop", "cpp", "q", "--as", "queue", "--type", "int32")).isZero();
        assertThat(out.strip()).isEqualTo("258");
        assertThat(in("get", "cpp", "a", "0", "--type", "int32")).isEqualTo(2);
        assertThat(err).contains("kind cannot be told from the bytes: structure=a").contains("--as");
        assertThat(in("get", "cpp", "a", "0", "--type", "int32", "--as", "array")).isZero();
        assertThat(in("get", "cpp", "a", "0", "--type", "int32", "--kind", "array")).isZero();
    }

    @Test
    void shouldSayWhyAndLeaveNothingWhenASegmentCannotBeCreated() throws IOException {
        assertThat(in("create", "x", "q:quue:int32:4")).isEqualTo(2);
        assertThat(err).contains("kind is unknown: structure=q, kind=quue (expected: array, ");
        assertThat(in("create", "x", "q:queue:int32")).isEqualTo(2);
        assertThat(err).contains("structure cannot be created: q:queue:int32");
        assertThat(in("create", "x", "q")).isEqualTo(2);
        assertThat(in("create", "x", "q:queue:int32:4", "q:queue:int32:4")).isEqualTo(2);
        assertThat(in("create", "x", "--size", "12Q")).isEqualTo(2);
        assertThat(in("create", "x", "--max-entries", "0")).isEqualTo(2);
        assertThat(in("create", "x", "n".repeat(32) + ":queue:int32:4")).isEqualTo(2);
        assertThat(err).contains("structure name cannot be stored");
        assertThat(in("create", "x", "--size", "4K", "c:counter", "a:array:int64:5000")).isEqualTo(3);
        assertThat(in("create", "x", "--max-entries", "1", "c:channel:int32:4")).isEqualTo(3);
        assertThat(directory).isEmptyDirectory();

        assertThat(in("create", "x", "--size", "64K", "q:queue:int32:4")).isZero();
        assertThat(Files.size(directory.resolve("x"))).isEqualTo(65536);
        assertThat(in("create", "x", "--size", "64K")).isEqualTo(3);
        assertThat(err).contains("segment exists: segment=").contains("--add creates structures in it");
        assertThat(in("create", "x", "--add", "a:array:int8:9")).as(() -> err).isZero();
        assertThat(in("create", "x", "--add", "b:counter", "a:counter")).isEqualTo(3);
        assertThat(err).contains("added before this failed: b").contains("name=a");
        assertThat(in("get", "x", "a", "8")).isZero();
    }

    @Test
    void shouldShowEachByteOnceWhenDumped() {
        assertThat(in("create", "d", "--size", "8192", "text:array:string(8):2")).isZero();
        assertThat(in("set", "d", "text", "0", "segments")).isZero();
        assertThat(in("dump", "d", "--structure", "text")).isZero();
        assertThat(out.lines()).hasSize(2);
        assertThat(out).contains("02 00 00 00 00 00 00 00 73 65 67 6d 65 6e 74 73  ........segments");
        assertThat(in("dump", "d", "--offset", "0", "--length", "4")).isZero();
        assertThat(out.strip()).isEqualTo("00000000  4d 50 49 5a                                      MPIZ");
        assertThat(in("dump", "d")).isZero();
        assertThat(out).contains("*\n").endsWith("................\n");
        assertThat(in("dump", "d", "--offset", "8192", "--length", "1")).isEqualTo(2);
        assertThat(err).contains("bytes are outside: --offset=8192, --length=1 (expected: within 8192 bytes)");
    }

    @Test
    void shouldWriteTheManifestWhenAsked() throws IOException {
        trades().close();
        assertThat(in("manifest", "market")).isZero();
        assertThat(Json.object(Json.parse(out), "manifest")).containsEntry("format", "zeroipc-manifest");
        Path file = directory.resolve("market.json");
        assertThat(in("manifest", "market", "-o", file.toString())).isZero();
        assertThat(Files.readString(file, StandardCharsets.UTF_8)).contains("\"file\": \"market\"");
    }

    @Test
    void shouldWriteTheTypesOfASegmentInEachLanguage() throws IOException {
        trades().close();
        for (Language language : Language.values()) {
            assertThat(in("export", "market", "--language", language.label())).as(() -> err).isZero();
            assertThat(out).contains("trades: queue of " + Trade.class.getName() + ", 32 bytes\n",
                    Fingerprint.of(Codecs.record(Trade.class).schema()), "symbol");
        }
        Path file = directory.resolve("Trade.java");
        assertThat(in("export", "market", "trades", "-l", "java", "--package", "com.acme", "-o", file.toString()))
                .as(() -> err)
                .isZero();
        assertThat(out).isEmpty();
        assertThat(Files.readString(file)).contains("package com.acme;", "\npublic record Trade(\n");
        FileTime written = FileTime.from(Instant.EPOCH);
        Files.setLastModifiedTime(file, written);
        assertThat(in("export", "market", "trades", "-l", "java", "--package", "com.acme", "-o", file.toString()))
                .isZero();
        assertThat(Files.getLastModifiedTime(file)).as("a build goes by it").isEqualTo(written);

        assertThat(in("export", "market", "none", "-l", "c")).isEqualTo(3);
        assertThat(err).contains("structure not found", "name=none", "present: trades");
        assertThat(in("export", "market", "-l", "cobol")).isEqualTo(2);
        assertThat(err).contains("'cobol' is no language (expected: cpp, c, python, typescript, rust, java)");
        assertThat(in("export", "market", "-l", "rust", "--package", "acme")).isEqualTo(2);
        assertThat(err).contains("package cannot be used: language=rust");
        assertThat(in("export", "market", "-l", "c", "-o", directory.resolve("no/where.h").toString())).isEqualTo(3);
        assertThat(err).contains("cannot write types", "no/where.h", "expected: a directory that exists");
    }

    @Test
    void shouldWriteTheTypesOfRecordsOnAClassPath() throws Exception {
        Path source = directory.resolve("com/acme/Quote.java");
        Files.createDirectories(source.getParent());
        Files.writeString(source, "package com.acme; record Quote(long id, double bid) { record Inner(int one) {} }");
        Path classes = directory.resolve("classes");
        assertThat(ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-d", classes.toString(), source.toString())).isZero();
        String path = classes.toString();

        assertThat(run("export", "--class-path", path, "--type", "com.acme.Quote", "--type", "com.acme.Quote.Inner",
                "-l", "cpp")).as(() -> err).isZero();
        assertThat(out).startsWith("// Types of Quote, Inner, made by zeroipc export.")
                .contains(
                        "//   com.acme.Quote$Inner, 4 bytes\n", "// com.acme.Quote, ZIPC01_",
                        "static_assert(offsetof(Quote, bid) == 8,",
                        "struct Inner {");
        assertThat(run("export", "--class-path", path, "--type", "com.acme.Nothing", "-l", "cpp")).isEqualTo(2);
        assertThat(err).contains("unknown element type: name=com.acme.Nothing");
        assertThat(run("export", "--class-path", path + "/none", "--type", "com.acme.Quote", "-l", "c")).isEqualTo(2);
        assertThat(err).contains("class path does not exist");
        assertThat(run("export", "-l", "c")).isEqualTo(2);
        assertThat(err).contains("expected: a SEGMENT, --type with a record, or --from with a configuration");
        assertThat(in("export", "market", "--type", "com.acme.Quote", "-l", "c")).isEqualTo(2);
    }

    @Test
    void shouldShowAnArenaByItsManifestWhenAsked() throws IOException {
        Path manifest = Files.writeString(directory.resolve("weather.json"),
                "{\"grid\": {\"offset\": 0, \"shape\": [20, 3], \"dtype\": \"float64\"},"
                        + " \"hits\": {\"offset\": 480, \"shape\": [100], \"dtype\": \"int32\"}}");
        Files.write(directory.resolve("weather.bin"), new byte[1000]);
        try (PackedArena arena = PackedArena.open(manifest)) {
            arena.array("grid", Codecs.float64()).set(5, 2.5);
        }
        assertThat(run("arena", manifest.toString())).as(() -> err).isZero();
        assertThat(out).contains(directory.resolve("weather.bin").toString())
                .containsPattern("grid +float64 +\\[20, 3] +0 +480\\R")
                .containsPattern("hits +int32 +\\[100] +480 +400\\R");
        assertThat(run("arena", manifest.toString(), "grid", "--rows", "2")).isZero();
        assertThat(out.lines().toList()).containsExactly("grid  float64  [20, 3]", "ROW  ELEMENTS",
                "  0  0.0  0.0  0.0",
                "  1  0.0  0.0  2.5", "... 20 rows in all");
        assertThat(run("arena", manifest.toString(), "--json")).isZero();
        assertThat(Json.object(Json.object(Json.parse(out), "arena").get("arrays"), "arrays")).containsOnlyKeys("grid",
                "hits");
        assertThat(run("arena", manifest.toString(), "grid", "--rows", "2", "--json")).isZero();
        assertThat(out.lines()).hasSize(2).last().asString().isEqualTo("{\"row\":1,\"elements\":[0.0,0.0,2.5]}");
        assertThat(run("arena", manifest.toString(), "gird")).isEqualTo(3);
        assertThat(err).contains("name=gird (present: grid, hits)");
        assertThat(run("arena", manifest.toString(), "--rows", "-1")).isEqualTo(2);
    }

    @Test
    void shouldRemoveOnlyWhatNobodyUsesWhenAsked() {
        Path path = directory.resolve("market");
        try (Segment segment = trades()) {
            assertThat(in("rm", "market", "--yes")).isEqualTo(3);
            assertThat(err).contains("segment is in use: path=" + segment.path());
        }
        assertThat(path).exists();
        assertThat(in("rm", "market", "--yes")).as(() -> err).isZero();
        assertThat(path).doesNotExist();
        assertThat(directory.resolve("market.zipc")).doesNotExist();
        assertThat(in("rm", "market", "--yes")).isEqualTo(3);
        assertThat(err).contains("segment not found");
    }

    @Test
    @Tag("process")
    void shouldRefuseToRemoveWhenAnotherProcessHasItMapped() throws Exception {
        trades().close();
        Path path = directory.resolve("market");
        try (PeerProcess holder = PeerProcess.of(Holder.class).withArguments(path).start()) {
            holder.await("mapped");
            assertThat(in("rm", "market", "--yes")).isEqualTo(3);
            assertThat(err).contains("segment is in use: path=" + path).contains("" + holder.pid());
            assertThat(path).exists();
            holder.kill();
        }
        assertThat(in("rm", "market", "--yes")).as(() -> err).isZero();
    }

    @Test
    @Tag("process")
    void shouldNameTheProcessThatMadeItWhenThatStillRuns() throws Exception {
        Path path = directory.resolve("made");
        try (PeerProcess maker = PeerProcess.of(Maker.class).withArguments(path).start()) {
            maker.await("made");
            assertThat(in("rm", "made", "--yes")).isEqualTo(3);
            assertThat(err).contains("processes=" + maker.pid());
            maker.kill();
        }
    }

    /** Has the file mapped under the name that it had while it was built. */
    static final class Maker {

        private Maker() {
        }

        public static void main(String[] arguments) throws IOException {
            try (Segment segment = Segment.at(Path.of(arguments[0])).size(8192).create()) {
                System.out.println("made");
                System.out.flush();
                while (System.in.read() >= 0) {
                    // Until the test ends.
                }
                segment.verify();
            }
        }
    }

    /** Maps the file without any lock, as a program in another language does. */
    static final class Holder {

        private Holder() {
        }

        public static void main(String[] arguments) throws IOException {
            try (FileChannel file = FileChannel.open(Path.of(arguments[0]));
                    Arena arena = Arena.ofConfined()) {
                MemorySegment memory = file.map(FileChannel.MapMode.READ_ONLY, 0,
                        file.size(), arena);
                System.out.println("mapped");
                System.out.flush();
                while (System.in.read() >= 0) {
                    // Until the test ends.
                }
                System.out.println(memory.byteSize());
            }
        }
    }

    @Test
    void shouldExplainItselfWhenAskedForHelp() {
        assertThat(run("--help")).isZero();
        assertThat(out).contains("list", "show", "dump", "monitor", "manifest", "arena", "create", "rm", "push", "pop",
                "acquire",
                "Exit codes:");
        assertThat(run("push", "--help")).isZero();
        assertThat(out).contains("Usage: zeroipc push");
        assertThat(run("generate-completion")).isZero();
        assertThat(out).contains("complete -F _complete_zeroipc");
        assertThat(run("nonsense")).isEqualTo(2);
        assertThat(run()).isEqualTo(2);
        assertThat(run("show")).isEqualTo(2);
        assertThat(err).contains("SEGMENT");
    }
}
