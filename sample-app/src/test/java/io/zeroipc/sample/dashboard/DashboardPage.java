package io.zeroipc.sample.dashboard;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.logging.Level;

import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.springframework.util.FileSystemUtils;

import io.zeroipc.testing.Repository;
import io.zeroipc.testing.Requirements;

import static io.zeroipc.sample.Patiently.await;

/**
 * The page in a headless Chromium, as somebody sees and uses it. Browser and driver are those of the machine: nothing is
 * downloaded.
 */
final class DashboardPage implements AutoCloseable {

    /** A directory, absolute or below the repository's root, for pictures of the page; nothing is written without it. */
    static final String SCREENSHOTS = "sample.screenshots";

    static final int DESKTOP = 1280;
    static final int PHONE = 390;
    private static final int HEIGHT = 800;

    private final ChromeDriver driver;

    /** Of browser and driver, which leave something behind. */
    private final Path temporary;

    private DashboardPage(ChromeDriver driver, Path temporary) {
        this.driver = driver;
        this.temporary = temporary;
    }

    static DashboardPage start() {
        ChromeOptions options = new ChromeOptions();
        options.setBinary(Requirements.program("chromium").toFile());
        options.addArguments("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars");
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
        Path temporary = temporaryDirectory();
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(Requirements.program("chromedriver").toFile())
                .usingAnyFreePort()
                .withEnvironment(Map.of("TMPDIR", temporary.toString()))
                .build();
        return new DashboardPage(new ChromeDriver(service, options), temporary);
    }

    private static Path temporaryDirectory() {
        try {
            return Files.createTempDirectory("browser");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Opens the page anew, in light colours and on a desk. */
    void open(int port) {
        prefer("light");
        resize(DESKTOP, HEIGHT);
        driver.get("http://localhost:" + port + "/");
        script("localStorage.clear()");
        driver.navigate().refresh();
    }

    void reload() {
        driver.navigate().refresh();
    }

    @Override
    public void close() {
        driver.quit();
        // Its last processes may still be writing.
        await().until(() -> FileSystemUtils.deleteRecursively(temporary.toFile()) || !Files.exists(temporary));
    }

    Object script(String text, Object... arguments) {
        return driver.executeScript(text, arguments);
    }

    private String string(String text, Object... arguments) {
        return Objects.toString(script(text, arguments), "");
    }

    /** What the system prefers, {@code light} or {@code dark}. */
    void prefer(String scheme) {
        driver.executeCdpCommand("Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    void resize(int width, int height) {
        driver.executeCdpCommand("Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
    }

    /** {@code live}, {@code connecting} or {@code reconnecting}. */
    String connection() {
        return text("#connection");
    }

    String text(String selector) {
        return string("return document.querySelector(arguments[0])?.textContent ?? ''", selector);
    }

    String publisherState() {
        return string("return document.getElementById('publisher').dataset.state");
    }

    /** The colour that the browser gives an element, as red, green and blue of 0 to 255. */
    @SuppressWarnings("unchecked")
    List<Long> background(String selector) {
        return (List<Long>) script("""
                const canvas = document.createElement('canvas').getContext('2d');
                canvas.fillStyle = getComputedStyle(document.querySelector(arguments[0])).backgroundColor;
                canvas.fillRect(0, 0, 1, 1);
                return Array.from(canvas.getImageData(0, 0, 1, 1).data.slice(0, 3));
                """, selector);
    }

    /** Elements that the page shows for a structure; -1 before it shows any. */
    long depth(String structure) {
        return (Long) script("""
                const row = document.querySelector(`tr[data-key="${arguments[0]}"]`);
                return row ? Number(row.dataset.count) : -1;
                """, structure);
    }

    String listenerState(String id) {
        return string("return document.querySelector(`#listeners li[data-key='${arguments[0]}']`)?.dataset.state", id);
    }

    /** Digits of a text such as {@code 1 234 taken}. */
    long taken(String listener) {
        String counts = text("#listeners li[data-key='" + listener + "'] .counts");
        return Long.parseLong("0" + counts.replaceAll("taken.*", "").replaceAll("\\D", ""));
    }

    void clickButton(String listener) {
        driver.findElement(By.cssSelector("button[data-listener='" + listener + "']")).click();
    }

    void clickTheme() {
        driver.findElement(By.id("theme")).click();
    }

    String theme() {
        return string("return document.documentElement.dataset.theme");
    }

    /** Goes on with the Tab key, from the top of the page, until the focus is there. */
    void tabTo(String selector) {
        script("document.activeElement?.blur(); window.scrollTo(0, 0)");
        for (int steps = 0; steps < 50; steps++) {
            press(Keys.TAB);
            if (isFocused(selector)) {
                return;
            }
        }
        throw new AssertionError("the Tab key does not reach it: selector=" + selector);
    }

    boolean isFocused(String selector) {
        return (Boolean) script("return document.activeElement === document.querySelector(arguments[0])", selector);
    }

    String focusOutline() {
        return string("return getComputedStyle(document.activeElement).outlineStyle");
    }

    void press(CharSequence key) {
        WebElement focused = driver.switchTo().activeElement();
        focused.sendKeys(key);
    }

    /** What sticks out to the right of the window, by element; empty when nothing has to be scrolled sideways. */
    @SuppressWarnings("unchecked")
    List<String> wider() {
        return (List<String>) script("""
                const width = document.documentElement.clientWidth;
                if (document.documentElement.scrollWidth <= width) {
                  return [];
                }
                return Array.from(document.body.querySelectorAll('*'))
                  .filter(e => e.getBoundingClientRect().right > width)
                  .map(e => e.tagName + '.' + e.className + ' ' + e.getBoundingClientRect().right);
                """);
    }

    /** The content of a chart, to see that it changes. */
    String picture(String chart) {
        return string("return document.querySelector(`[data-chart=${arguments[0]}] canvas`).toDataURL()", chart);
    }

    /** Addresses of everything that the page has loaded. */
    @SuppressWarnings("unchecked")
    List<String> loaded() {
        return (List<String>) script("return performance.getEntriesByType('resource').map(entry => entry.name)");
    }

    /** Errors in the console since the last call. */
    List<LogEntry> errors() {
        return driver.manage()
                .logs()
                .get(LogType.BROWSER)
                .getAll()
                .stream()
                .filter(entry -> entry.getLevel().intValue() >= Level.SEVERE.intValue())
                .toList();
    }

    static boolean takesScreenshots() {
        return System.getProperty(SCREENSHOTS) != null;
    }

    /** A picture of the whole page, in {@code -Dsample.screenshots=<directory>}. */
    void screenshot(String name, int width) {
        screenshot(name, width, Integer.MAX_VALUE);
    }

    /** A picture of the upper part of the page, as high as this. */
    void screenshot(String name, int width, int mostHeight) {
        if (!takesScreenshots()) {
            return;
        }
        resize(width, HEIGHT);
        long height = (Long) script("return document.documentElement.scrollHeight");
        resize(width, (int) Math.min(height, mostHeight));
        // Two frames: one lays out, one draws the charts in their new size.
        driver.executeAsyncScript("""
                const done = arguments[0];
                setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(() => done())), 600);
                """);
        try {
            Path directory = Repository.root().resolve(System.getProperty(SCREENSHOTS));
            Files.createDirectories(directory);
            Files.write(directory.resolve(name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        resize(DESKTOP, HEIGHT);
    }
}
