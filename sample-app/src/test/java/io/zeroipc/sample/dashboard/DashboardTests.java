package io.zeroipc.sample.dashboard;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.flow.SharedState;
import io.zeroipc.sample.Telemetry;
import io.zeroipc.sample.TelemetrySegment;
import io.zeroipc.spring.boot.test.autoconfigure.AutoConfigureTestZeroIpc;
import io.zeroipc.spring.config.ChannelListenerEndpointRegistry;
import io.zeroipc.sync.SharedCounter;
import io.zeroipc.testing.Browser;

import static io.zeroipc.sample.Patiently.await;
import static org.assertj.core.api.Assertions.assertThat;

/** The page as a reader sees it: in a real browser, of the real application with its real publisher. */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT, properties = {
        // Reached at once by the browser alone.
        "sample.publisher.arguments=--cpu-limit=0.01",
        // Long enough for the page to show it.
        "sample.stale-after=1s", "sample.publisher.restart-delay=3s", "sample.publisher.restart-delay-max=3s"})
@AutoConfigureTestZeroIpc
@DirtiesContext // ends the publisher
@Tag("process")
class DashboardTests {

    /** Small, so that it is full after some seconds; in pictures as everybody has it. */
    private static final int CAPACITY = Browser.takesScreenshots() ? TelemetrySegment.SAMPLES_CAPACITY : 32;
    private static final String LISTENER = "statistics";
    private static final String BUTTON = "button[data-listener='" + LISTENER + "']";

    private static DashboardPage page;

    @LocalServerPort
    int port;

    @Autowired
    ChannelListenerEndpointRegistry listeners;

    @Autowired
    SharedState<Telemetry> newest;

    @Autowired
    SharedQueue<Telemetry> samples;

    @Autowired
    SharedRing<Telemetry> history;

    @Autowired
    SharedCounter dropped;

    @DynamicPropertySource
    static void properties(DynamicPropertyRegistry registry) {
        registry.add("zeroipc.segments.telemetry.structures.samples.capacity", () -> CAPACITY);
    }

    @BeforeAll
    static void startBrowser() {
        page = DashboardPage.start();
    }

    @AfterAll
    static void endBrowser() {
        if (page != null) {
            page.close();
        }
    }

    @BeforeEach
    void open() {
        page.open(port);
        await().until(() -> page.connection().equals("live") && page.publisherState().equals("fresh"));
        if (Browser.takesScreenshots()) {
            // With a whole minute of figures.
            await().until(() -> history.size() == history.capacity());
        }
    }

    @AfterEach
    void resumeAndLookForErrors() {
        listeners.getContainer(LISTENER).resume();
        assertThat(page.browser().errors()).as("console").isEmpty();
    }

    @Test
    void figuresMove() {
        String number = page.text("#publisher-number");
        List<String> charts = List.of("cpu", "memory", "network", "disk");
        List<String> before = charts.stream().map(page::picture).toList();

        await().until(() -> !page.text("#publisher-number").equals(number));
        for (int i = 0; i < charts.size(); i++) {
            String chart = charts.get(i);
            String old = before.get(i);
            await().until(() -> !page.picture(chart).equals(old));
        }

        assertThat(page.text("[data-chart=cpu] .legend")).containsPattern("all cores \\d+ %")
                .containsPattern("core 0 \\d+ %");
        assertThat(page.text("[data-chart=memory] .legend")).containsPattern("used \\d+\\.\\d GiB of \\d+\\.\\d GiB");
        assertThat(page.text("#publisher-process")).isEqualTo(String.valueOf(newest.get().publisher()));
        await().until(() -> page.text(DashboardPage.row("history") + " .came").matches("\\d+(\\.\\d)? /s"));
        await().until(() -> page.text("#alerts").matches("(?s).*cpu at \\d+ %, limit 1 %, (has )?stood for .*"));
        assertThat(page.text(DashboardPage.row("history") + " .kind")).isEqualTo("ring");
        await().until(() -> page.browser()
                .string("return document.querySelector(arguments[0] + ' .bar').dataset.level",
                        DashboardPage.row("history"))
                .isEmpty());
        page.browser().screenshot("dashboard", Browser.DESKTOP);
    }

    @Test
    void pauseStopsConsumptionAndResumeDrains() {
        await().until(() -> page.listenerState(LISTENER).equals("RUNNING") && page.taken(LISTENER) > 0);
        long droppedBefore = dropped.get();

        page.clickButton(LISTENER);

        await().until(() -> page.listenerState(LISTENER).equals("PAUSED"));
        assertThat(listeners.getContainer(LISTENER).isPaused()).isTrue();
        assertThat(page.text("#operation")).isEqualTo("statistics paused");
        long taken = page.taken(LISTENER);
        long depth = page.depth("samples");
        await().until(() -> page.depth("samples") > depth + CAPACITY / 4);
        if (page.depth("samples") < CAPACITY) {
            page.browser().prefer("dark");
            page.browser().screenshot("dashboard-paused", Browser.DESKTOP);
            page.browser().prefer("light");
        }
        await().until(() -> page.depth("samples") == CAPACITY);
        await().until(() -> page.depth("dropped") > droppedBefore);
        assertThat(samples.size()).isEqualTo(CAPACITY);
        assertThat(page.taken(LISTENER)).as("nobody took any").isEqualTo(taken);
        assertThat(page.publisherState()).as("the publisher does not wait").isEqualTo("fresh");

        page.clickButton(LISTENER);

        await().until(() -> page.listenerState(LISTENER).equals("RUNNING"));
        await().until(() -> page.taken(LISTENER) >= taken + CAPACITY);
        await().until(() -> page.depth("samples") < CAPACITY / 2);
        assertThat(listeners.getContainer(LISTENER).isPaused()).isFalse();
    }

    @Test
    void keyboardPausesAndResumes() {
        await().until(() -> page.listenerState(LISTENER).equals("RUNNING"));

        page.browser().tabTo(BUTTON);
        assertThat(page.browser().focusOutline()).as("the focus can be seen").isEqualTo("solid");
        page.browser().press(Keys.ENTER);

        await().until(() -> page.listenerState(LISTENER).equals("PAUSED"));
        assertThat(page.browser().isFocused(BUTTON)).as("the focus stays").isTrue();
        assertThat(page.browser().script("return document.activeElement.getAttribute('aria-label')"))
                .isEqualTo("Resume statistics");

        page.browser().press(Keys.SPACE);

        await().until(() -> page.listenerState(LISTENER).equals("RUNNING"));
        assertThat(listeners.getContainer(LISTENER).isPauseRequested()).isFalse();
    }

    @Test
    void publisherKilledIsRedAndThenGreenAgain() {
        Telemetry last = newest.get();
        await().untilAsserted(() -> assertThat(page.background(".lamp")).satisfies(DashboardTests::isGreen));

        ProcessHandle.of(last.publisher()).orElseThrow().destroyForcibly();

        await().until(() -> page.publisherState().equals("dead"));
        assertThat(page.text("#publisher-word")).isEqualTo("gone");
        await().untilAsserted(() -> assertThat(page.background(".lamp")).satisfies(DashboardTests::isRed));
        page.browser().screenshot("dashboard-publisher-gone", Browser.DESKTOP, 730);

        await().until(() -> page.text(".segment .dead").contains(String.valueOf(last.publisher())));
        await().until(() -> page.publisherState().equals("fresh"));
        assertThat(page.text("#publisher-word")).isEqualTo("publishing");
        assertThat(page.text("#publisher-process")).isNotEqualTo(String.valueOf(last.publisher()));
        await().untilAsserted(() -> assertThat(page.background(".lamp")).satisfies(DashboardTests::isGreen));
    }

    @Test
    void phoneNeedsNoScrollingSideways() {
        await().until(() -> page.depth("samples") >= 0);
        for (int width : new int[] {Browser.PHONE, 320}) {
            page.browser().resize(width, 800);

            await().untilAsserted(() -> assertThat(page.browser().wider()).as("width=%s", width).isEmpty());
        }
        page.browser().screenshot("dashboard-phone", Browser.PHONE);
    }

    @Test
    void coloursFollowTheSystemUntilTheButtonSaysOtherwise() {
        assertThat(page.browser().theme()).isEqualTo("light");
        assertThat(page.background("body")).allMatch(part -> part > 200);

        page.browser().prefer("dark");
        await().until(() -> page.browser().theme().equals("dark"));
        assertThat(page.background("body")).allMatch(part -> part < 60);

        page.browser().click("[data-theme-button]");
        assertThat(page.browser().theme()).isEqualTo("light");
        page.browser().reload();
        assertThat(page.browser().theme()).as("the choice is remembered").isEqualTo("light");
        assertThat(page.background("body")).allMatch(part -> part > 200);
    }

    @Test
    void pageLoadsNothingFromElsewhere() throws Exception {
        assertThat(page.browser().loaded()).isNotEmpty()
                .allMatch(address -> address.startsWith("http://localhost:" + port));
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/")).build();
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(response.headers().firstValue("Content-Security-Policy").orElseThrow())
                    .contains("default-src 'self'")
                    .doesNotContain("unsafe");
            assertThat(response.body()).doesNotContain(" style=").doesNotContain(" onclick=").doesNotContain("<style");
        }
    }

    private static void isGreen(List<? extends Long> colour) {
        assertThat(colour.get(1)).isGreaterThan(colour.get(0) + 40).isGreaterThan(colour.get(2) + 20);
    }

    private static void isRed(List<? extends Long> colour) {
        assertThat(colour.get(0)).isGreaterThan(colour.get(1) + 80).isGreaterThan(colour.get(2) + 80);
    }
}
