package io.zeroipc.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.logging.Level;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/**
 * A page in a headless Chromium, as somebody sees and uses it. Browser and driver are those of the machine: nothing is
 * downloaded. For one thread at a time; needs Selenium on the class path.
 */
public final class Browser implements AutoCloseable {

    /** A directory, absolute or below the repository's root, for pictures of pages; nothing is written without it. */
    public static final String SCREENSHOTS = "zeroipc.screenshots";

    public static final int DESKTOP = 1280;
    public static final int PHONE = 390;
    private static final int HEIGHT = 800;
    private static final int MOST_STEPS = 50;

    private final ChromeDriver driver;

    /** Of browser and driver, which leave something behind. */
    private final Path temporary;

    private Browser(ChromeDriver driver, Path temporary) {
        this.driver = driver;
        this.temporary = temporary;
    }

    /** Starts one; without Chromium and its driver the test ends here. */
    public static Browser start() {
        ChromeOptions options = new ChromeOptions();
        options.setBinary(Requirements.program("chromium").toFile());
        options.addArguments("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars");
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
        try {
            Path temporary = Files.createTempDirectory("browser");
            ChromeDriverService service = new ChromeDriverService.Builder()
                    .usingDriverExecutable(Requirements.program("chromedriver").toFile())
                    .usingAnyFreePort()
                    .withEnvironment(Map.of("TMPDIR", temporary.toString()))
                    .build();
            return new Browser(new ChromeDriver(service, options), temporary);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Opens the page anew, in light colours, on a desk, and with nothing remembered. */
    public void open(String address) {
        prefer("light");
        resize(DESKTOP, HEIGHT);
        driver.get(address);
        script("localStorage.clear()");
        reload();
    }

    /** Leaves the page, and forgets its errors. */
    public void leave() {
        driver.get("about:blank");
        errors();
    }

    public void reload() {
        driver.navigate().refresh();
    }

    @Override
    public void close() {
        driver.quit();
        try (Stream<Path> files = Files.walk(temporary)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                // Its last processes may still be writing: what is left is among the temporary files.
                var _ = file.toFile().delete();
            });
        } catch (IOException | UncheckedIOException e) {
            // The same.
        }
    }

    /** What the script returns that is run in the page. */
    public @Nullable Object script(String text, Object... arguments) {
        return driver.executeScript(text, arguments);
    }

    private Object answer(String text, Object... arguments) {
        return Objects.requireNonNull(script(text, arguments), text);
    }

    /** The same, where it returns a text; empty where it returns nothing. */
    public String string(String text, Object... arguments) {
        return Objects.toString(script(text, arguments), "");
    }

    /** What the system prefers, {@code light} or {@code dark}. */
    public void prefer(String scheme) {
        driver.executeCdpCommand("Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    public void resize(int width, int height) {
        driver.executeCdpCommand("Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
    }

    public String text(String selector) {
        return string("return document.querySelector(arguments[0])?.textContent ?? ''", selector);
    }

    /** The colour that the browser gives an element, as red, green and blue of 0 to 255. */
    @SuppressWarnings("unchecked")
    public List<Long> background(String selector) {
        return (List<Long>) answer("""
                const canvas = document.createElement('canvas').getContext('2d');
                canvas.fillStyle = getComputedStyle(document.querySelector(arguments[0])).backgroundColor;
                canvas.fillRect(0, 0, 1, 1);
                return Array.from(canvas.getImageData(0, 0, 1, 1).data.slice(0, 3));
                """, selector);
    }

    public String theme() {
        return string("return document.documentElement.dataset.theme");
    }

    /** Goes on with the Tab key, from the top of the page, until the focus is there. */
    public void tabTo(String selector) {
        script("document.activeElement?.blur(); window.scrollTo(0, 0)");
        for (int steps = 0; steps < MOST_STEPS; steps++) {
            press(Keys.TAB);
            if (isFocused(selector)) {
                return;
            }
        }
        throw new AssertionError("the Tab key does not reach it: selector=" + selector);
    }

    public boolean isFocused(String selector) {
        return (Boolean) answer("return document.activeElement === document.querySelector(arguments[0])", selector);
    }

    public String focusOutline() {
        return string("return getComputedStyle(document.activeElement).outlineStyle");
    }

    public void press(CharSequence key) {
        driver.switchTo().activeElement().sendKeys(key);
    }

    /** What sticks out to the right of the window, by element; empty when nothing has to be scrolled sideways. */
    @SuppressWarnings("unchecked")
    public List<String> wider() {
        return (List<String>) answer("""
                const width = document.documentElement.clientWidth;
                if (document.documentElement.scrollWidth <= width) {
                  return [];
                }
                return Array.from(document.body.querySelectorAll('*'))
                  .filter(e => e.getBoundingClientRect().right > width)
                  .map(e => e.tagName + '.' + e.className + ' ' + e.getBoundingClientRect().right);
                """);
    }

    /** Addresses of everything that the page has loaded. */
    @SuppressWarnings("unchecked")
    public List<String> loaded() {
        return (List<String>) answer("return performance.getEntriesByType('resource').map(entry => entry.name)");
    }

    /** Errors in the console since the last call. */
    public List<String> errors() {
        return driver.manage()
                .logs()
                .get(LogType.BROWSER)
                .getAll()
                .stream()
                .filter(entry -> entry.getLevel().intValue() >= Level.SEVERE.intValue())
                .map(Object::toString)
                .toList();
    }

    public void click(String selector) {
        driver.findElement(By.cssSelector(selector)).click();
    }

    /** Types into a field, after what is in it. */
    public void type(String selector, CharSequence keys) {
        driver.findElement(By.cssSelector(selector)).sendKeys(keys);
    }

    public static boolean takesScreenshots() {
        return System.getProperty(SCREENSHOTS) != null;
    }

    /** A picture of the whole page, in {@code -Dzeroipc.screenshots=<directory>}. */
    public void screenshot(String name, int width) {
        screenshot(name, width, Integer.MAX_VALUE);
    }

    /** A picture of the upper part of the page, as high as this. */
    public void screenshot(String name, int width, int mostHeight) {
        if (!takesScreenshots()) {
            return;
        }
        resize(width, HEIGHT);
        long height = (Long) answer("return document.documentElement.scrollHeight");
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
