package io.zeroipc.spring.boot.console;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.testing.Browser;

import static org.assertj.core.api.Assertions.assertThat;

/** What the console makes of answers that no application of ours gives: of proxies, of broken endpoints, of evil neighbours. */
@Tag("process")
class ConsoleAnswersTests {

    private static final String SETTINGS = """
            {"application":"shop","refreshMillis":250,"segments":"../zeroipc","listeners":"../channellisteners","operable":true}""";
    private static final String LISTENERS = """
            {"listeners":{"checker":{"listener":"Checker.check","state":"RUNNING","expected":true,"pauseRequested":false,"channels":
            {"shop/orders":{"processed":3,"failed":0,"retried":0,"deadLettered":0,"discarded":0,"lost":0}}}}}""";

    private static Browser page;

    private record Answer(int status, String type, String body) {

        static Answer json(String body) {
            return new Answer(200, "application/json", body);
        }
    }

    /** By the last part of the path; what is not here is a file of the console. */
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();

    /** The last parts of the paths, as they were asked for. */
    private final CopyOnWriteArrayList<String> asked = new CopyOnWriteArrayList<>();

    private HttpServer server;
    private ExecutorService threads;

    @BeforeAll
    static void startBrowser() {
        page = Browser.start();
    }

    @AfterAll
    static void endBrowser() {
        if (page != null) {
            page.close();
        }
    }

    @BeforeEach
    void startServer() throws IOException {
        answers.put("console.json", Answer.json(SETTINGS));
        answers.put("channellisteners", Answer.json(LISTENERS));
        answers.put("zeroipc", Answer.json(segments("{" + queue("orders", 3) + "}")));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        threads = Executors.newVirtualThreadPerTaskExecutor();
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void endServer() {
        page.leave();
        server.stop(0);
        threads.close();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            String name = path.substring(path.lastIndexOf('/') + 1);
            asked.add(name);
            Answer answer = answers.get(name);
            byte[] body = answer != null ? answer.body().getBytes(StandardCharsets.UTF_8) : file(name);
            exchange.getResponseHeaders()
                    .set("Content-Type", answer != null ? answer.type()
                            : name.endsWith(".js") ? "text/javascript"
                            : name.endsWith(".css") ? "text/css"
                            : name.endsWith(".svg") ? "image/svg+xml"
                            : "text/html");
            exchange.getResponseHeaders().set("Location", "/login");
            exchange.sendResponseHeaders(answer != null ? answer.status() : 200, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private static byte[] file(String name) throws IOException {
        try (InputStream file = ConsoleAnswersTests.class.getResourceAsStream(name.isEmpty() ? "index.html" : name)) {
            return file == null ? new byte[0] : file.readAllBytes();
        }
    }

    private static String queue(String name, long size) {
        return """
                "%s":{"type":"queue","size":%d,"capacity":16,"usage":%s,"unit":"elements","managed":true,"bytes":1024,
                "options":{},"details":{"head":0,"tail":%d}}""".formatted(name, size, size / 16.0, size);
    }

    private static String segments(String structures) {
        return """
                {"segments":{"shop":{"state":"OPEN","path":"/dev/shm/shop","size":{"used":1,"total":2},"entries":{"used":1,"max":2},
                "structures":%s}}}""".formatted(structures);
    }

    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofMinutes(1));
    }

    private void open() {
        page.open("http://localhost:" + server.getAddress().getPort() + "/actuator/zeroipcconsole/");
    }

    private void openAndAwait(String state) {
        open();
        await().until(() -> page.text("#console-state").equals(state));
    }

    /** Returns when it has been asked for this often again. */
    private void awaitQuestions(String name, int number) {
        long before = questions(name);
        await().until(() -> questions(name) >= before + number);
    }

    private long questions(String name) {
        return asked.stream().filter(name::equals).count();
    }

    @ParameterizedTest
    @ValueSource(strings = {"<html>Sign in</html>", "{\"segments\":", "", "null", "[]", "{}", "{\"segments\":7}"})
    void segmentsWhenTheAnswerIsSomethingElseAreSaidToFail(String body) {
        answers.put("zeroipc", Answer.json(body));

        openAndAwait("failing");

        assertThat(page.text("#console-segments-problem"))
                .isEqualTo("The endpoint zeroipc answers with something else than its figures.");
        assertThat(page.text("#listeners .counts")).as("the others are there").isEqualTo("3 taken");
        answers.put("zeroipc", Answer.json(segments("{}")));
        await().until(() -> page.text("#console-state").equals("live"));
        assertThat(page.text("#console-segments-problem")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "302 | refused | You are not signed in for the endpoint zeroipc: load this page again.",
            "401 | refused | You are not signed in for the endpoint zeroipc: load this page again.",
            "403 | refused | You may not read the endpoint zeroipc.",
            "500 | failing | The endpoint zeroipc fails: status 500."})
    void segmentsWhenTheAnswerIsARefusalSayIt(int status, String state, String problem) {
        answers.put("zeroipc", new Answer(status, "text/plain", ""));

        openAndAwait(state);

        assertThat(page.text("#console-segments-problem")).isEqualTo(problem);
    }

    @Test
    void arenasWhenThereAreSomeAreShownWithWhatIsWrong() {
        String array = """
                {"grid":{"elementType":"float64","elementSize":8,"shape":[2000,50],"offset":0,"bytes":800000}}""";
        answers.put("zeroipc",
                Answer.json(
                        """
                {"segments":{},"arenas":{"weather":{"manifest":"/data/weather.json","file":"/data/weather.bin","open":true,"readOnly":false,
                "newer":true,"arrays":%s},"<b>":{"manifest":"/data/b.json","file":"/data/b.bin","open":true,"readOnly":true,"newer":true,
                "problem":"arrays overlap","arrays":%s},"coming":{"manifest":"/data/c.json","open":false,"arrays":{}}}}"""
                                .formatted(array, array)));

        openAndAwait("live");

        await().until(() -> page.text("[data-key=weather] .chip").equals("newer manifest"));
        assertThat(page.text("[data-key=weather] h2")).isEqualTo("Arena weather");
        assertThat(page.text("[data-key=weather] .path")).isEqualTo("/data/weather.bin · /data/weather.json");
        assertThat(page.text("tbody[data-path='weather/grid'] .name")).isEqualTo("grid");
        assertThat(page.text("tbody[data-path='weather/grid'] .shape")).isEqualTo("2\u202f000 × 50");
        assertThat(page.text("tbody[data-path='weather/grid'] .bytes")).isEqualTo("781 KiB");
        assertThat(page.text("[data-key='<b>'] .chip")).isEqualTo("keeps what it has");
        assertThat(page.text("[data-key='<b>'] .about")).isEqualTo("arrays overlap");
        assertThat(page.text("[data-key=coming] .chip")).isEqualTo("not open");
        assertThat(page.text(".attention")).isEqualTo("arena <b> keeps what it has: arrays overlap");
        assertThat(page.text("#console-totals")).contains("3 arenas");

        page.type("#console-filter", "coming");
        await().until(() -> page.script("return document.querySelectorAll('#arenas > article').length").equals(1L));
    }

    /** Each of these questions would make the browser ask its user for name and password. */
    @Test
    void endpointWhenItWantsAPasswordIsAskedOnce() {
        answers.put("zeroipc", new Answer(401, "text/plain", ""));
        openAndAwait("refused");
        long before = questions("zeroipc");

        awaitQuestions("channellisteners", 4);

        assertThat(questions("zeroipc")).isEqualTo(before);
    }

    @Test
    void settingsWhenTheyAreRefusedAreAskedForOnce() {
        answers.put("console.json", new Answer(401, "text/plain", ""));
        open();
        await().until(() -> page.text("main .problem").startsWith("You are not signed in"));

        assertThat(page.script("""
                const { mount } = await import('./console.js');
                return await mount(document.createElement('div'));
                """)).as("it ends").isNull();
    }

    @Test
    void pageWhenItStandsStillAsksNothing() {
        openAndAwait("live");
        page.script("""
                const choice = document.querySelector('#console-refresh');
                choice.value = '0';
                choice.dispatchEvent(new Event('change'));
                """);
        await().until(() -> page.text("#console-state").equals("standing still"));
        answers.put("zeroipc", Answer.json(segments("{" + queue("orders", 16) + "}")));

        page.script("document.dispatchEvent(new Event('visibilitychange'))");
        // A question would be shown by now: this one comes after it.
        page.script("return await fetch('console.json').then(() => new Promise(done => setTimeout(done, 500)))");

        assertThat(page.text("tbody .depth-text")).isEqualTo("3 of 16");
    }

    @Test
    void pageWhenItsTabIsHiddenAsksNothing() {
        openAndAwait("live");
        page.script("Object.defineProperty(document, 'hidden', { value: true, configurable: true })");
        page.script("return await new Promise(done => setTimeout(done, 500))"); // What was under way.
        long before = questions("zeroipc");
        page.script("return await new Promise(done => setTimeout(done, 1000))");
        assertThat(questions("zeroipc")).isEqualTo(before);

        page.script("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))");

        awaitQuestions("zeroipc", 2);
    }

    /** Marks that turn text round would let a process take the name and number of another one. */
    @Test
    void namesWhenTheyTurnTextRoundAreShownWithTheirMarks() {
        String evil = "\\u202edaed\\u2066";
        answers.put("zeroipc", Answer.json(segments("{" + queue(evil, 16) + "," + queue("<b>\\\"'&amp;", 3) + "}")));

        openAndAwait("live");

        assertThat(page.text("tbody .name")).isEqualTo("\\u202edaed\\u2066");
        assertThat(page.text(".attention strong")).isEqualTo("queue shop/\\u202edaed\\u2066");
        assertThat(page.text("tbody:nth-of-type(2) .name")).isEqualTo("<b>\"'&amp;");
        assertThat(page.errors()).isEmpty();
    }

    @Test
    void attentionWhenMuchIsFullBeginsWithTheWorst() {
        String full = IntStream.range(0, 30).mapToObj(i -> queue("q" + i, 16)).collect(Collectors.joining(","));
        String stuck = queue("z", 3).replaceFirst("\\{",
                "{\"stuck\":{\"side\":\"CONSUMER\",\"position\":1,\"since\":\"2026-01-01T00:00:00Z\"},");
        answers.put("zeroipc", Answer.json(segments("{" + full + "," + stuck + "}")));
        answers.put("channellisteners", Answer.json(LISTENERS.replace("RUNNING", "FAILED")));

        openAndAwait("live");

        assertThat(page.text(".attention li:nth-child(1) strong")).isEqualTo("queue shop/z");
        assertThat(page.text(".attention li:nth-child(2) strong")).isEqualTo("listener checker");
        assertThat(page.text(".attention li:nth-child(3) strong")).isEqualTo("queue shop/q0");
        assertThat(page.text(".attention-card .quiet")).isEqualTo("and 12 more");
    }

    /** 2⁵³ and above: JavaScript knows only every second number there. */
    @Test
    void numbersWhenTheyAreNotExactSaySo() {
        answers.put("zeroipc", Answer.json(segments("""
                {"sold":{"type":"counter","size":1,"capacity":0,"usage":"NaN","managed":true,"bytes":8,
                "details":{"value":9007199254740993}}}""")));

        openAndAwait("live");

        assertThat(page.text("tbody .depth-text")).isEqualTo("≈\u202f9\u202f007\u202f199\u202f254\u202f740\u202f992");
    }

    @Test
    void pageWhenNamesAndErrorsAreLongNeedsNoScrollingSideways() {
        String name = "x".repeat(10_000);
        answers.put("zeroipc", Answer.json(segments("{" + queue(name, 16) + "}")));
        answers.put("channellisteners",
                Answer.json(LISTENERS.replace("checker", "l" + name)
                        .replace("\"channels\"", """
                "lastError":{"time":"2026-01-01T00:00:00Z","type":"a.B","message":"%s"},"channels\""""
                                .formatted(name))));

        openAndAwait("live");

        for (int width : new int[] {Browser.DESKTOP, 640, Browser.PHONE, 320}) {
            page.resize(width, 800);
            await().untilAsserted(() -> assertThat(page.wider()).as("width=%s", width).isEmpty());
        }
        page.screenshot("console-long", Browser.DESKTOP, 2400);
    }

    /** Other pages of the same origin have a {@code theme} of their own. */
    @Test
    void coloursWhenAnotherPageHasStoredItsOwnAreThoseOfTheSystem() {
        openAndAwait("live");
        page.script("localStorage.setItem('theme', 'solarized')");
        page.prefer("dark");
        page.reload();
        assertThat(page.theme()).isEqualTo("dark");

        page.click("[data-theme-button]");

        assertThat(page.theme()).isEqualTo("light");
        assertThat(page.string("return localStorage.getItem('theme')")).isEqualTo("solarized");
    }
}
