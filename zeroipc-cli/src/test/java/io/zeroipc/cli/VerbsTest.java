package io.zeroipc.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import io.zeroipc.codec.Absent;
import io.zeroipc.codec.Codecs;
import io.zeroipc.codec.Scale;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.collection.SharedMap;
import io.zeroipc.collection.SharedPool;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedSet;
import io.zeroipc.flow.SharedChannel;
import io.zeroipc.flow.SharedFuture;
import io.zeroipc.flow.SharedLazy;
import io.zeroipc.inspect.Catalog;
import io.zeroipc.json.Json;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Spec;
import io.zeroipc.sync.SharedEvent;
import io.zeroipc.sync.SharedSemaphore;

import static org.assertj.core.api.Assertions.assertThat;

/** What can be done with each kind of structure: a verb, its exit code, and what it writes. */
class VerbsTest extends CommandLineTest {

    /** For each kind how it is created, and then: a command, its exit code, and what it writes to standard output. */
    private static final Map<String, List<String>> KINDS = Map.ofEntries(
            Map.entry("array", List.of("x:array:int16:3", "set x 2 -7|0|", "get x 2|0|-7", "get x 0|0|0",
                    "get x 3|2|", "get x|2|")),
            Map.entry("queue", List.of("x:queue:int32:4", "push x 1 -2|0|", "show x --json --preview 1|0|*",
                    "pop x|0|1", "pop x -n 9|0|-2", "pop x|1|")),
            Map.entry("stack", List.of("x:stack:float64:4", "push x 1 -2|0|", "pop x|0|-2.0", "pop x|0|1.0")),
            Map.entry("pool", List.of("x:pool:int64:2", "allocate x 70|0|0", "allocate x|0|1", "allocate x|1|",
                    "get x 0|0|70", "set x 1 -5|0|", "get x 1|0|-5", "free x 1|0|", "free x 1|3|", "get x 9|2|")),
            Map.entry("set", List.of("x:set:int32:8", "add x 3|0|", "add x 3|1|", "contains x 3|0|", "entries x|0|3",
                    "remove x 3|0|", "remove x 3|1|", "contains x 3|1|")),
            Map.entry("map", List.of("x:map:int64:8:key=string(4)", "put x a 500|0|", "get x a|0|500",
                    "contains x a|0|", "entries x|0|a  500", "remove x a|0|500", "get x a|1|", "remove x a|1|")),
            Map.entry("ring", List.of("x:ring:int64:4", "write x 1 -2|0|", "read x -n 5|0|1 -2")),
            Map.entry("state", List.of("x:state:float64", "get x|1|", "set x 2.5|0|", "get x|0|2.5", "read x|0|2.5",
                    "set x 0 1|2|")),
            Map.entry("channel", List.of("x:channel:string(8):4", "send x hello|0|", "receive x|0|hello", "close x|0|",
                    "send x late|1|", "receive x|1|")),
            Map.entry("signal", List.of("x:signal:int32", "set x 9|0|", "get x|0|9", "push x 8|0|", "get x|0|8")),
            Map.entry("future", List.of("x:future:int32", "get x|1|", "await x|1|", "set x 99|0|", "get x|0|99",
                    "await x|0|", "set x 1|1|", "fail x late|1|")),
            Map.entry("lazy", List.of("x:lazy:int32", "get x|1|", "await x|1|", "reset x|1|")),
            Map.entry("stream", List.of("x:stream:int32:4", "push x 5 6|0|", "pop x|0|5", "close x|0|", "push x 7|1|",
                    "pop x|0|6", "pop x|1|")),
            Map.entry("eventstream", List.of("x:eventstream", "signal x|0|", "get x|0|1", "await x|1|", "close x|0|",
                    "signal x|1|")),
            Map.entry("topic", List.of("x:topic::4:chunk-size=100", "show x --json|0|*", "get x|2|")),
            Map.entry("semaphore", List.of("x:semaphore::1:max=1", "acquire x|0|", "acquire x|1|", "release x|0|",
                    "get x|0|1")),
            Map.entry("mutex", List.of("x:mutex", "get x|0|false", "acquire x|2|")),
            Map.entry("rwlock", List.of("x:rwlock", "show x --json|0|*", "acquire x|2|")),
            Map.entry("monitor", List.of("x:monitor", "show x --json|0|*", "acquire x|2|")),
            Map.entry("latch", List.of("x:latch::2", "await x|1|", "countdown x 2|0|", "await x|0|", "get x|0|0",
                    "reset x|0|", "get x|0|2")),
            Map.entry("barrier", List.of("x:barrier::1", "await x|0|", "get x|0|0")),
            Map.entry("once", List.of("x:once", "get x|0|false", "await x|1|", "reset x|0|")),
            Map.entry("event", List.of("x:event", "await x|1|", "signal x|0|", "get x|0|true", "await x|0|",
                    "signal x|0|", "reset x|0|", "get x|0|false")),
            Map.entry("counter", List.of("x:counter", "add x -3|0|-3", "set x 9|0|", "get x|0|9")));

    static List<String> kinds() {
        return Catalog.labels();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void shouldLookAtAndUseAKindWhenItIsAsked(String kind) {
        List<String> script = KINDS.get(kind);
        assertThat(script).as("a new kind needs its verbs, and a line here").isNotNull();
        assertThat(in("create", "seg", script.getFirst())).as(() -> err).isZero();
        for (String step : script.subList(1, script.size())) {
            String[] parts = step.split("\\|", -1);
            assertThat(words("seg", parts[0])).as(() -> step + ": " + out + err).isEqualTo(Integer.parseInt(parts[1]));
            if (!parts[2].equals("*")) {
                assertThat(String.join(" ", out.lines().toList())).as(step).isEqualTo(parts[2]);
            }
            if (!parts[1].equals("0")) {
                assertThat(err).as(step).isNotBlank();
            }
        }
        assertThat(in("show", "seg", "x")).isZero();
        assertThat(in("monitor", "seg", "x", "-n", "1")).isZero();
        assertThat(out).contains("x  " + kind);
    }

    @Test
    void shouldWriteWhatIsInWhenShown() {
        assertThat(in("create", "seg", "m:map:int64:8:key=string(4)", "s:set:int32:8", "sig:signal:int32",
                "f:future:string(8)", "str:stream:int32:4")).as(() -> err).isZero();
        words("seg", "put m ab 5");
        words("seg", "add s 42");
        words("seg", "set sig 7");
        words("seg", "set f done");
        words("seg", "push str 8 9");
        assertThat(words("seg", "show m")).isZero();
        assertThat(out).containsPattern("KEY +VALUE\\n +ab +5\\n");
        assertThat(words("seg", "show s")).isZero();
        assertThat(out).endsWith("VALUE\n42\n");
        assertThat(words("seg", "show sig")).isZero();
        assertThat(out).containsPattern("VERSION +VALUE\\n +1 +7\\n");
        assertThat(words("seg", "show f")).isZero();
        assertThat(out).containsPattern("STATE +VALUE\\n *ready +done\\n");
        assertThat(words("seg", "show str")).isZero();
        assertThat(out).containsPattern("POSITION +VALUE\\n +0 +8\\n +1 +9\\n");
        assertThat(words("seg", "monitor m --json -n 1")).isZero();
        assertThat(Json.object(Json.parse(out), "look").get("elements"))
                .isEqualTo(List.of(Map.of("key", "ab", "value", 5L)));
    }

    record Trade(UUID id, Instant at, @Scale(2) BigDecimal price, @Absent LocalDate due,
            @Absent(Absent.By.FLAG) Integer venue) {}

    @Test
    void shouldReadAndWriteTimesAndAmountsWhenARecordHasThem() {
        String json = """
                {"id":"00112233-4455-6677-8899-aabbccddeeff","at":"2026-01-31T12:34:56.789Z",\
                "price":92233720368547758.07,"due":%s,"venue":%s}""";
        Trade open = new Trade(new UUID(0x0011223344556677L, 0x8899aabbccddeeffL),
                Instant.parse("2026-01-31T12:34:56.789Z"), new BigDecimal("92233720368547758.07"), null, null);
        try (Segment segment = Segment.at(directory.resolve("seg")).size(1 << 14).create()) {
            SharedQueue<Trade> trades = SharedQueue.create(segment, "trades", Codecs.record(Trade.class), 4);
            trades.offer(open);
            assertThat(in("show", "seg", "trades")).as(() -> err).isZero();
            assertThat(out).containsPattern("due +nullable\\(date\\) +32 +8")
                    .containsPattern("venue +optional\\(int32\\) +40 +8")
                    .contains(json.formatted("null", "null"));
            assertThat(in("push", "seg", "trades", json.formatted("\"2024-02-29\"", "7"))).as(() -> err).isZero();
            assertThat(in("pop", "seg", "trades")).isZero();
            assertThat(out.strip()).isEqualTo(json.formatted("null", "null"));
            assertThat(trades.poll())
                    .isEqualTo(new Trade(open.id, open.at, open.price, LocalDate.of(2024, 2, 29), 7));
            assertThat(in("push", "seg", "trades", json.formatted("null", "null"))).isZero();
            assertThat(trades.poll()).isEqualTo(open);
            assertThat(in("push", "seg", "trades", json.formatted("null", "null").replace(".07", ".075"))).isEqualTo(2);
            assertThat(err).contains("value=92233720368547758.075");
            assertThat(in("push", "seg", "trades", json.formatted("\"29.2.2024\"", "null"))).isEqualTo(2);
            assertThat(err).contains("value=29.2.2024, type=nullable(date) (expected: a text such as 2026-01-31)");
        }
    }

    @Test
    void shouldTakeTimesAndAmountsWhenElementsAreThem() {
        assertThat(in("create", "seg", "at:state:instant", "paid:array:decimal(18):2", "names:map:int32:8:key=uuid"))
                .as(() -> err)
                .isZero();
        assertThat(in("set", "seg", "at", "2026-01-31T12:34:56+01:00")).as(() -> err).isZero();
        assertThat(in("get", "seg", "at")).isZero();
        assertThat(out.strip()).isEqualTo("2026-01-31T11:34:56Z");
        assertThat(in("set", "seg", "at", "10000-01-01T00:00:00Z")).isEqualTo(2);
        assertThat(in("set", "seg", "at", "+10000-01-01T00:00:00Z")).isEqualTo(2);
        assertThat(err).contains("value out of range: type=instant, value=+10000-01-01T00:00:00Z");
        assertThat(in("set", "seg", "paid", "0", "0.000000000000000001")).as(() -> err).isZero();
        assertThat(in("get", "seg", "paid", "0")).isZero();
        assertThat(out.strip()).isEqualTo("0.000000000000000001");
        assertThat(in("put", "seg", "names", "00112233-4455-6677-8899-aabbccddeeff", "5")).as(() -> err).isZero();
        assertThat(in("get", "seg", "names", "00112233-4455-6677-8899-aabbccddeeff")).isZero();
        assertThat(out.strip()).isEqualTo("5");
    }

    @Test
    void shouldWriteTheErrorWhenAFutureHasFailed() {
        assertThat(in("create", "seg", "f:future:int32")).isZero();
        assertThat(words("seg", "fail f boom")).isZero();
        assertThat(words("seg", "get f")).isEqualTo(3);
        assertThat(err).contains("future has failed: structure=f, error=").contains("boom");
        assertThat(words("seg", "show f")).isZero();
        assertThat(out).containsPattern("failed +.*boom");
    }

    @Test
    void shouldForgetAndFindAValueWhenItIsLazy() throws InterruptedException {
        try (Segment segment = Segment.at(directory.resolve("seg")).size(1 << 14).create()) {
            segment.create("product", SharedLazy.product(Codecs.int32(), 6, 7)).get();
        }
        assertThat(words("seg", "get product")).as(() -> err).isZero();
        assertThat(out.strip()).isEqualTo("42");
        assertThat(words("seg", "reset product")).isZero();
        assertThat(words("seg", "get product")).isEqualTo(1);
    }

    @Test
    void shouldShowElementsWhenTheTypeIsGiven() {
        try (Segment segment = Segment.at(directory.resolve("cpp")).size(1 << 14).catalogue(false).create()) {
            segment.create("a", SharedArray.spec(Codecs.float64(), 2)).set(1, 2.5);
            segment.create("q", SharedQueue.spec(Codecs.int32(), 4)).offer(258);
            segment.create("m", SharedMap.spec(Codecs.int32(), Codecs.int32(), 4)).put(7, 70);
        }
        assertThat(words("cpp", "show q")).isZero();
        assertThat(out).contains("02 01 00 00");
        assertThat(words("cpp", "show q --type int32")).isZero();
        assertThat(out).contains("       0  258");
        assertThat(words("cpp", "show a --type float64")).isEqualTo(2);
        assertThat(err).contains("kind cannot be told from the bytes: structure=a").contains("--as");
        assertThat(words("cpp", "show a --type float64 --as array")).isZero();
        assertThat(out).contains("       1  2.5");
        assertThat(words("cpp", "monitor a --type float64 --as array -n 1")).isZero();
        assertThat(out).endsWith("  array  2 of 2  0.0 2.5\n");
        assertThat(words("cpp", "show m --type int32 --option key=int32")).isZero();
        assertThat(out).containsPattern("KEY +VALUE\\n +7 +70\\n");
        assertThat(words("cpp", "show a --type int32 --as queue")).isEqualTo(3);
        assertThat(words("cpp", "show q --type in32")).isEqualTo(2);
        assertThat(err).contains("--type=in32");
        assertThat(in("show", "cpp", "--type", "int32")).isEqualTo(2);
        assertThat(err).contains("without a structure");
    }

    /** The numbers are the header of a ring of two longs, one of which is written. */
    @Test
    void shouldNotTakeFromAnArrayWhenItsNumbersLookLikeARing() {
        try (Segment segment = Segment.at(directory.resolve("cpp")).size(1 << 14).catalogue(false).create()) {
            SharedArray<Integer> array = segment.create("a", SharedArray.spec(Codecs.int32(), 8));
            array.set(2, 16);
            array.set(3, 8);
            for (String line : List.of("pop a --type int64", "push a 5 --type int64", "show a --type int64")) {
                assertThat(words("cpp", line)).as(line).isEqualTo(2);
                assertThat(err).as(line)
                        .contains("kind cannot be told from the bytes: structure=a, candidates=[array, ring]")
                        .contains("--as");
            }
            assertThat(List.of(array.get(0), array.get(1), array.get(2), array.get(3))).containsExactly(0, 0, 16, 8);
        }
    }

    static List<String> changes() {
        return List.of("push q 1", "pop q", "set s 0 1", "put m 1 2", "remove m 1", "add e 2", "remove e 1", "free p 0",
                "allocate p", "send c 1", "receive c", "close c", "signal v", "reset v", "await v");
    }

    /** Bytes that look like something suffice to look at it. */
    @ParameterizedTest
    @MethodSource("changes")
    void shouldChangeNothingWhenNobodyDeclaredTheKind(String line) throws IOException {
        Map<String, Spec<?>> specs = new LinkedHashMap<>();
        specs.put("q", SharedQueue.spec(Codecs.int32(), 4));
        specs.put("s", SharedArray.spec(Codecs.int32(), 4));
        specs.put("m", SharedMap.spec(Codecs.int32(), Codecs.int32(), 4));
        specs.put("e", SharedSet.spec(Codecs.int32(), 4));
        specs.put("p", SharedPool.spec(Codecs.int32(), 4));
        specs.put("c", SharedChannel.spec(Codecs.int32(), 4));
        specs.put("v", SharedEvent.spec(SharedEvent.Mode.AUTO));
        Path path = directory.resolve("cpp");
        try (Segment segment = Segment.at(path).size(1 << 14).catalogue(false).create()) {
            specs.forEach(segment::create);
            SharedMap.open(segment, "m", Codecs.int32(), Codecs.int32()).put(1, 1);
            SharedSet.open(segment, "e", Codecs.int32()).add(1);
        }
        byte[] before = Files.readAllBytes(path);
        String structure = line.split(" ")[1];
        String more = (structure.equals("v") ? "" : " --type int32")
                + (structure.equals("m") ? " --option key=int32" : "");

        assertThat(words("cpp", line + more)).as(() -> out + err).isEqualTo(2);
        assertThat(err).contains("structure=" + structure).contains("--as");
        assertThat(Files.readAllBytes(path)).isEqualTo(before);
        assertThat(words("cpp", "show " + structure)).as(() -> err).isZero();

        String kind = specs.get(structure).kind().label();
        if (!line.equals("pop q") && !line.equals("receive c") && !line.equals("await v") && !line.equals("free p 0")) {
            assertThat(words("cpp", line + more + " --as " + kind)).as(() -> err).isZero();
        }
        assertThat(words("cpp", line + more + " --as mutex")).isIn(2, 3);
    }

    @Test
    void shouldOpenARowWhenItIsGivenAsWhatItIsAlone() {
        try (Segment segment = Segment.at(directory.resolve("cpp")).size(1 << 14).catalogue(false).create()) {
            segment.create("flag", SharedArray.spec(Codecs.int32(), 1)).set(0, 7);
            segment.create("flag_sem", SharedSemaphore.spec(0));
        }
        assertThat(words("cpp", "show")).isZero();
        assertThat(out).contains("event or array ?").doesNotContain("flag_sem");
        assertThat(words("cpp", "release flag_sem --as semaphore")).as(() -> err).isZero();
        assertThat(words("cpp", "get flag_sem --as semaphore")).isZero();
        assertThat(out.strip()).isEqualTo("1");
        assertThat(words("cpp", "get flag 0 --as array --type int32")).isZero();
        assertThat(out.strip()).isEqualTo("7");
        assertThat(words("cpp", "show flag_sem --as semaphore")).as(() -> err).isZero();
        assertThat(words("cpp", "get none --as semaphore")).isEqualTo(3);
        assertThat(err).contains("structure not found");
    }

    @Test
    void shouldSayWhyWhenALockIsToBeAcquired() {
        assertThat(in("create", "seg", "lock:mutex")).isZero();
        assertThat(words("seg", "acquire lock")).isEqualTo(2);
        assertThat(err).contains("kind=mutex").contains("left without its owner");
    }

    @Test
    void shouldWaitForAValueWhenItIsToldTo() throws Exception {
        assertThat(in("create", "seg", "f:future:int32", "q:queue:int32:2")).isZero();
        try (Segment segment = Segment.at(directory.resolve("seg")).open()) {
            SharedFuture<Integer> future = SharedFuture.open(segment, "f",
                    Codecs.int32());
            Thread provider = Thread.ofPlatform().start(() -> future.complete(5));
            try {
                assertThat(words("seg", "get f --wait 60000")).as(() -> err).isZero();
                assertThat(out.strip()).isEqualTo("5");
            } finally {
                provider.join();
            }
        }
        assertThat(words("seg", "pop q --wait 20")).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "push q --tpye int32|'--tpye'",
            "push q -x 1|'-x'",
            "show --jsn|'--jsn'",
            "get q --bogus|'--bogus'"})
    void shouldRefuseAnOptionWhenItIsMisspelt(String line, String expected) {
        assertThat(in("create", "seg", "q:queue:string(8):4")).isZero();
        assertThat(words("seg", line)).isEqualTo(2);
        assertThat(err).contains("Unknown option").contains(expected);
        assertThat(words("seg", "pop q")).isEqualTo(1);
    }

    @Test
    void shouldGoOnWhenItFollows() throws InterruptedException {
        assertThat(in("create", "seg", "q:queue:int32:4", "c:channel:int32:4")).isZero();
        assertThat(words("seg", "send c 1 2 3")).isZero();
        assertThat(words("seg", "close c")).isZero();
        assertThat(words("seg", "receive c --follow")).isZero();
        assertThat(out).isEqualTo("1\n2\n3\n");
        assertThat(words("seg", "read q -f -w 5")).isEqualTo(2);
        assertThat(err).contains("--follow waits for as long as it takes");
        assertThat(words("seg", "pop q -n 0")).isEqualTo(2);

        CommandLineTest follower = new CommandLineTest() {};
        follower.directory = directory;
        AtomicInteger code = new AtomicInteger(-1);
        Thread thread = Thread.ofPlatform().start(() -> code.set(follower.words("seg", "read q -f -n 6")));
        assertThat(words("seg", "push q 1 2 3 4 5 6 --wait 60000")).isZero();
        thread.join();
        assertThat(code).hasValue(0);
        assertThat(follower.out).isEqualTo("1\n2\n3\n4\n5\n6\n");
    }

    @Test
    void shouldTakeAValueThatBeginsWithAMinusWhenItStandsBehindTwo() {
        assertThat(in("create", "seg", "q:queue:string(8):4")).isZero();
        assertThat(in("push", "seg", "q", "--", "--tpye")).as(() -> err).isZero();
        assertThat(words("seg", "pop q")).isZero();
        assertThat(out.strip()).isEqualTo("--tpye");
    }

    @Test
    void shouldWriteJsonWhateverTheCommandIs() {
        Terminal terminal = new Terminal(new PrintWriter(new StringWriter()), new PrintWriter(new StringWriter()),
                false, false, () -> 0);
        assertThat(Commands.of(terminal).getSubcommands()).hasSizeGreaterThan(20)
                .allSatisfy((name, command) -> {
                    if (!CommandGroup.SHELL.commands().contains(name) && !name.equals("names")) {
                        assertThat(command.getCommandSpec().findOption("--json")).isNotNull();
                    }
                });
    }

    @Test
    void shouldSayInJsonWhetherItIsDoneWhenThereIsNoValue() {
        assertThat(in("create", "seg", "--json", "q:queue:int32:2")).isZero();
        assertThat(Json.object(Json.parse(out), "created")).containsEntry("structures", List.of("q"));
        assertThat(words("seg", "push q 1 2 --json")).isZero();
        assertThat(out.strip()).isEqualTo("{\"done\":true}");
        assertThat(words("seg", "push q 3 --json")).isEqualTo(1);
        assertThat(out.strip()).isEqualTo("{\"done\":false,\"reason\":\"full after 0 of 1 values\"}");
        assertThat(words("seg", "pop q -n 2 --json")).isZero();
        assertThat(out).isEqualTo("1\n2\n");
        assertThat(in("dump", "seg", "--length", "0x14", "--json")).isZero();
        assertThat(out.lines().map(line -> Json.object(Json.parse(line), "row").get("offset"))).containsExactly(0L,
                16L);
        assertThat(in("rm", "seg", "--yes", "--json")).isZero();
        assertThat(Json.object(Json.parse(out), "removed")).containsEntry("removed", true);
    }
}
