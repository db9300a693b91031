package io.zeroipc.spring.boot.console;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import org.springframework.boot.WebApplicationType;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.segment.Segment;
import io.zeroipc.spring.core.ZeroIpcOperations;
import io.zeroipc.sync.SharedMutex;
import io.zeroipc.testing.Browser;

import static org.assertj.core.api.Assertions.assertThat;

/** The console as its reader sees it: in a real browser, of an application that is not the sample. */
@Tag("process")
class ConsolePageTests {

    private static final String BUTTON = "button[data-listener=checker]";
    private static final String CHECKER = "#listeners li[data-key=checker]";

    private static Browser page;

    @TempDir
    private Path directory;

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

    @AfterEach
    void leave() {
        page.leave();
    }

    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofMinutes(2));
    }

    private static void open(Shop shop) {
        page.open(shop.origin() + "/actuator/zeroipcconsole");
        await().until(() -> page.text("#console-state").equals("live"));
    }

    private static String row(String structure) {
        return "tbody[data-path='shop/" + structure + "']";
    }

    private static String bar(String structure, String attribute) {
        return page.string("return document.querySelector(arguments[0] + ' .bar').getAttribute(arguments[1])",
                row(structure), attribute);
    }

    private static boolean isDisabled(String selector) {
        return (Boolean) page.script("return document.querySelector(arguments[0]).disabled", selector);
    }

    private static void fill(Shop shop, int orders) {
        for (int i = 0; i < orders; i++) {
            shop.order(i, i % 5 == 4 ? -1 : 1.5);
        }
    }

    @Test
    void figuresWhenTheApplicationWorksAreThoseOfTheEndpoints() {
        try (Shop shop = Shop.start(directory)) {
            fill(shop, 12);
            shop.context().getBean(ZeroIpcOperations.class).send("shop/prices", 2.5);
            open(shop);

            await().until(() -> page.text(CHECKER + " .counts").equals("12 taken, 2 failed, 2 discarded"));
            assertThat(page.text("#application")).isEqualTo("shop");
            assertThat(page.text("#console-totals")).isEqualTo("1 segment · 5 structures · 1 process · 1 listener");
            await().until(() -> page.text(row("orders") + " .depth-text").equals("empty, room for 16"));
            assertThat(page.text(row("prices") + " .depth-text")).isEqualTo("one value");
            assertThat(page.text(row("stock") + " .depth-text")).isEqualTo("unlocked");
            assertThat(page.text(row("sold") + " .depth-text")).isEqualTo("0");
            assertThat(page.text(row("checked") + " .depth-text")).as("full by design").isEqualTo("the newest 8");
            assertThat(bar("checked", "data-history")).isEqualTo("");
            assertThat(bar("checked", "data-level")).isEmpty();
            assertThat(page.text(".processes li .name"))
                    .isEqualTo("shop " + ProcessHandle.current().pid());
            assertThat(page.text(".processes li .chip")).isEqualTo("this application");

            page.click(row("orders") + " button.more");
            assertThat(page.text(row("orders") + " dl")).contains("tail12", "head12", "channelshop/orders");
            assertThat(page.text(CHECKER + " .error")).as("as text").contains(Shop.WRONG);
            assertThat(page.script("return document.querySelectorAll('main img').length")).isEqualTo(0L);
            assertThat(page.errors()).isEmpty();
            picture("open");
        }
    }

    @Test
    void listenerWhenPausedLetsItsQueueFill() {
        try (Shop shop = Shop.start(directory)) {
            open(shop);
            await().until(() -> page.text(CHECKER + " .state").equals("running"));
            page.tabTo(BUTTON);
            assertThat(page.focusOutline()).as("the focus can be seen").isEqualTo("solid");

            page.press(Keys.ENTER);

            await().until(() -> page.text(CHECKER + " .state").equals("paused"));
            await().until(() -> page.text("#operation").equals("checker paused"));
            assertThat(page.isFocused(BUTTON)).as("the focus stays").isTrue();
            assertThat(page.string("return document.activeElement.getAttribute('aria-label')"))
                    .isEqualTo("Resume checker");
            assertThat(shop.checker().isPauseRequested()).isTrue();
            fill(shop, 16);
            await().until(() -> bar("orders", "data-level").equals("full"));
            assertThat(page.text(".attention")).isEqualTo("queue shop/orders is full: 16 of 16");
            picture("paused");

            page.press(Keys.SPACE);

            await().until(() -> page.text(CHECKER + " .state").equals("running"));
            await().until(() -> page.text(row("orders") + " .depth-text").equals("empty, room for 16"));
            await().until(() -> page.text(".attention").isEmpty());
            assertThat(page.errors()).isEmpty();
        }
    }

    @Test
    void arenasWhenTheirManifestIsAnotherOneSayIt() throws Exception {
        Path manifest = directory.resolve("weather.json");
        Files.write(directory.resolve("weather.bin"), new byte[96]);
        String text = "{\"grid\": {\"offset\": 0, \"shape\": [2, 3], \"dtype\": \"float64\"}}";
        Files.writeString(manifest, text);
        try (Shop shop = Shop.start(directory, "--zeroipc.arenas.weather.manifest=" + manifest,
                "--zeroipc.arenas.weather.watch-interval=0")) {
            open(shop);
            await().until(() -> page.text("[data-key=weather] .chip").equals("open"));
            assertThat(page.text("tbody[data-path='weather/grid'] .shape")).isEqualTo("2 × 3");
            assertThat(page.text("tbody[data-path='weather/grid'] .bytes")).isEqualTo("48 B");
            assertThat(page.text("[data-key=weather] .path")).contains(directory.resolve("weather.bin").toString());

            Files.writeString(manifest, text.replace("[2, 3]", "[4, 3] "));

            await().until(() -> page.text("[data-key=weather] .chip").equals("newer manifest"));
            assertThat(page.text("tbody[data-path='weather/grid'] .shape")).as("what is in use").isEqualTo("2 × 3");
            assertThat(page.errors()).isEmpty();
        }
    }

    @Test
    void holdersWhenTheyHoldSomethingAreNamed() throws Exception {
        try (Shop shop = Shop.start(directory)) {
            SharedMutex stock = shop.context().getBean(SharedMutex.class);
            stock.lock();
            try {
                open(shop);

                await().until(() -> page.text(".processes .holds").startsWith("locked stock"));
                assertThat(page.text(row("stock") + " .depth-text")).isEqualTo("locked, 0 waiting");
            } finally {
                stock.unlock();
            }
            await().until(() -> page.text(".processes .holds").isEmpty());
        }
    }

    @Test
    void buttonsWhenTheAccessIsReadOnlyAreDisabledAndSayWhy() {
        try (Shop shop = Shop.start(directory, "--management.endpoint.channellisteners.access=read-only")) {
            open(shop);

            await().until(() -> page.text(CHECKER + " .state").equals("running"));
            assertThat(isDisabled(BUTTON)).isTrue();
            assertThat(page.text("#console-looking-only")).contains("management.endpoint.channellisteners.access");
            picture("read-only");
        }
    }

    @Test
    void endpointWhenNotExposedIsNamed() {
        try (Shop shop = Shop.start(directory, "--management.endpoints.web.exposure.include=channellisteners")) {
            open(shop);

            await().until(() -> page.text(CHECKER + " .state").equals("running"));
            assertThat(page.text("#console-segments-problem")).startsWith("The endpoint zeroipc is not exposed");
            picture("not-exposed");
        }
    }

    @Test
    void pageWhenTheApplicationIsGoneSaysItAndComesBack() {
        Shop shop = Shop.start(directory);
        int port = URI.create(shop.origin()).getPort();
        try (shop) {
            open(shop);
            await().until(() -> page.text(CHECKER + " .state").equals("running"));
        }

        await().until(() -> page.text("#console-state").equals("no answer"));
        assertThat(page.text("#console-gone")).startsWith("The application does not answer. What is shown is of ");
        picture("gone");

        try (Shop again = Shop.start(directory, "--server.port=" + port)) {
            await().until(() -> page.text("#console-state").equals("live"));
            assertThat(again.checker().isRunning()).isTrue();
            assertThat(page.text("#console-gone")).isEmpty();
        }
    }

    @Test
    void pageWhenThereIsNothingSaysWhatIsMissing() {
        try (Shop shop = Shop.start(Shop.Nothing.class, WebApplicationType.SERVLET, directory)) {
            open(shop);

            await().until(() -> page.text("main").contains("This application has no @ChannelListener."));
            assertThat(page.text("main"))
                    .contains("This application has no segments. They are declared under zeroipc.segments.");
            picture("nothing");
        }
    }

    @Test
    void pageWhenHundredsAreThereIsFilteredAndPatched() {
        try (Shop shop = Shop.start(directory, "--zeroipc.segments.shop.size=4MB",
                "--zeroipc.segments.shop.max-entries=1024");
                Segment peer = Segment.at(directory.resolve("shop")).open()) {
            for (int i = 0; i < 400; i++) {
                SharedQueue.create(peer, "sensor_" + i, Codecs.float64(), 16);
            }
            open(shop);
            await().until(() -> page.script("return document.querySelectorAll('tbody').length").equals(405L));
            page.script("document.querySelector(\"tbody[data-path='shop/sensor_7']\").mark = 'the same'");
            picture("much");

            page.type("#console-filter", "sensor_7");
            await().until(() -> page.script("return document.querySelectorAll('tbody').length").equals(11L));
            assertThat(page.text(".rest")).isEqualTo("394 more do not match the filter.");
            shop.order(1, 1);
            await().until(() -> page.text("#console-totals").contains("405 structures"));
            assertThat(page.string("return document.querySelector(\"tbody[data-path='shop/sensor_7']\").mark"))
                    .as("rows are patched, not made anew")
                    .isEqualTo("the same");

            page.type("#console-filter", " no such thing");
            await().until(() -> page.script("return document.querySelectorAll('tbody').length").equals(0L));
            assertThat(page.string("return document.querySelector('.zeroipc-console > p:last-child').hidden"))
                    .isEqualTo("false");
            assertThat(page.errors()).isEmpty();
        }
    }

    @Test
    void coloursWhenTheButtonIsPressedAreRemembered() {
        try (Shop shop = Shop.start(directory)) {
            open(shop);
            assertThat(page.text("[data-theme-button]")).isEqualTo("Use dark colours");
            page.prefer("dark");
            await().until(() -> page.theme().equals("dark"));
            assertThat(page.text("[data-theme-button]")).isEqualTo("Use light colours");

            page.click("[data-theme-button]");
            page.reload();

            assertThat(page.theme()).isEqualTo("light");
        }
    }

    @Test
    void pageWhenNarrowNeedsNoScrollingSideways() throws Exception {
        try (Shop shop = Shop.start(directory)) {
            fill(shop, 10);
            open(shop);
            await().until(() -> page.text(CHECKER + " .counts").startsWith("10 taken"));
            for (int width : new int[] {Browser.PHONE, 320}) {
                page.resize(width, 800);
                await().untilAsserted(() -> assertThat(page.wider()).as("width=%s", width).isEmpty());
                assertThat(
                        page.string("return getComputedStyle(document.querySelector(arguments[0] + ' .bytes')).display",
                                row("orders")))
                        .as("sizes are there")
                        .isEqualTo("table-cell");
            }
            Files.delete(directory.resolve("shop"));
            await().until(() -> page.text(".segment-title .chip").equals("detached"));
            assertThat(page.text(".attention")).contains("segment shop is detached");
            picture("detached");
        }
    }

    /** In both widths and colours, where pictures are wanted. */
    private static void picture(String name) {
        if (Browser.takesScreenshots()) {
            page.screenshot("console-" + name, Browser.DESKTOP, 2400);
            page.screenshot("console-" + name + "-phone", Browser.PHONE, 2400);
            page.prefer("dark");
            page.screenshot("console-" + name + "-dark", Browser.DESKTOP, 2400);
            page.prefer("light");
        }
    }
}
