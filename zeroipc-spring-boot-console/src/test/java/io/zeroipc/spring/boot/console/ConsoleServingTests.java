package io.zeroipc.spring.boot.console;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.WebApplicationType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Where the console is served, with what headers, and what it tells its page, with both web frameworks. */
class ConsoleServingTests {

    private static final Pattern IMPORTED = Pattern.compile("(?:src|href)=\"([^\"#]+)\"|from '\\./([^']+)'");

    private static HttpClient client;

    @TempDir
    private Path directory;

    @BeforeAll
    static void startClient() {
        client = HttpClient.newHttpClient();
    }

    @AfterAll
    static void endClient() {
        client.close();
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> get(String address) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(address)));
    }

    @ParameterizedTest
    @EnumSource(value = WebApplicationType.class, names = {"SERVLET", "REACTIVE"})
    void consoleWhenEnabledIsServedUnderTheManagementPath(WebApplicationType type) throws Exception {
        try (Shop shop = Shop.start(Shop.Application.class, type, directory)) {
            String console = shop.origin() + "/actuator/zeroipcconsole";

            HttpResponse<String> redirect = get(console);
            assertThat(redirect.statusCode()).isEqualTo(302);
            assertThat(redirect.headers().firstValue("Location")).contains("zeroipcconsole/");

            HttpResponse<String> page = get(console + "/");
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/html");
            assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                    .contains("default-src 'none'", "frame-ancestors 'none'")
                    .doesNotContain("unsafe");
            assertThat(page.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
            assertThat(page.headers().firstValue("Cache-Control")).contains("no-cache");
            assertThat(page.headers().firstValue("Referrer-Policy")).contains("no-referrer");
            assertThat(page.headers().firstValue("Cross-Origin-Resource-Policy")).contains("same-origin");
            assertThat(page.body()).doesNotContain(" style=", " onclick=", "<style", "http:", "https:");

            String tag = page.headers().firstValue("ETag").orElseThrow();
            assertThat(
                    send(HttpRequest.newBuilder(URI.create(console + "/")).header("If-None-Match", tag)).statusCode())
                    .isEqualTo(304);
            HttpResponse<String> head = send(HttpRequest.newBuilder(URI.create(console + "/")).HEAD());
            assertThat(head.statusCode()).isEqualTo(200);
            assertThat(head.body()).isEmpty();
            for (String each : List.of(console, console + "/", console + "/console.json")) {
                HttpResponse<String> post = send(HttpRequest.newBuilder(URI.create(each))
                        .POST(HttpRequest.BodyPublishers.ofString("x")));
                assertThat(post.statusCode()).as(each).isEqualTo(405);
                assertThat(String.join(",", post.headers().allValues("Allow"))).as(each).contains("GET", "HEAD");
                assertThat(post.body()).as(each).isEmpty();
            }
            for (String other : List.of("/nothing", "/Console.class", "/../zeroipcconsole/nothing", "/%2e%2e/x",
                    "/index.html/x")) {
                assertThat(get(console + other).statusCode()).as(other).isIn(400, 404);
            }
            assertThat(get(console + "/console.json").body()).isEqualTo("""
                    {"application":"shop","refreshMillis":250,"segments":"../zeroipc","listeners":"../channellisteners","operable":true}\
                    """);
        }
    }

    @Test
    void filesWhenTheyAreNamedByOthersAreThere() throws Exception {
        try (Shop shop = Shop.start(directory)) {
            String console = shop.origin() + "/actuator/zeroipcconsole/";
            for (String file : List.of("index.html", "page.js", "console.js", "listeners.js", "segments.js",
                    "view.js")) {
                String text = get(console + file).body();
                List<String> named = IMPORTED.matcher(text)
                        .results()
                        .map(result -> file(result))
                        .toList();
                assertThat(named).as(file).hasSizeGreaterThanOrEqualTo(file.equals("view.js") ? 0 : 1);
                for (String each : named) {
                    assertThat(get(console + each).statusCode()).as(file + " names " + each).isEqualTo(200);
                }
                // What other processes wrote is never taken for markup.
                assertThat(text).doesNotContain("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write",
                        "eval(");
            }
        }
    }

    private static String file(MatchResult result) {
        return result.group(1) != null ? result.group(1) : result.group(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "--zeroipc.console.enabled=false", "--management.endpoints.access.max-permitted=none",
            "--management.endpoint.zeroipcconsole.access=none"})
    void consoleWhenNotWantedIsNotFound(String property) throws Exception {
        try (Shop shop = Shop.start(directory, property)) {
            assertThat(get(shop.origin() + "/actuator/zeroipcconsole").statusCode()).isEqualTo(404);
            assertThat(get(shop.origin() + "/actuator/zeroipcconsole/").statusCode()).isEqualTo(404);
            assertThat(get(shop.origin() + "/actuator/zeroipcconsole/console.json").statusCode()).isEqualTo(404);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "SERVLET  | --server.servlet.context-path=/app                   | /app/actuator/zeroipcconsole/ | ../zeroipc",
            "SERVLET  | --spring.mvc.servlet.path=/web                       | /web/actuator/zeroipcconsole/ | ../zeroipc",
            "SERVLET  | --management.endpoints.web.base-path=/ops            | /ops/zeroipcconsole/          | ../zeroipc",
            "SERVLET  | --management.endpoints.web.base-path=/               | /zeroipcconsole/              | ../zeroipc",
            "SERVLET  | --management.endpoints.web.path-mapping.zeroipc=a/b  | /actuator/zeroipcconsole/     | ../a/b",
            "SERVLET  | --management.endpoints.web.path-mapping.zeroipcconsole=see/it | /actuator/see/it/    | ../../zeroipc",
            "SERVLET  | --management.server.port=0                           | /actuator/zeroipcconsole/     | ../zeroipc",
            "SERVLET  | --management.server.port=0 --management.server.base-path=/m --server.servlet.context-path=/app | /m/actuator/zeroipcconsole/ | ../zeroipc",
            "REACTIVE | --spring.webflux.base-path=/app                      | /app/actuator/zeroipcconsole/ | ../zeroipc",
            "REACTIVE | --management.server.port=0 --management.server.base-path=/m | /m/actuator/zeroipcconsole/ | ../zeroipc"})
    void pageWhenPathsAreConfiguredFindsTheEndpoints(WebApplicationType type, String properties, String path,
            String segments) throws Exception {
        try (Shop shop = Shop.start(Shop.Application.class, type, directory, properties.split(" "))) {
            URI page = URI.create(shop.origin() + path);
            assertThat(get(page.toString()).statusCode()).isEqualTo(200);
            HttpResponse<String> settings = get(page.resolve("console.json").toString());
            assertThat(settings.body()).contains("\"segments\":\"" + segments + "\"");
            assertThat(get(page.resolve(segments).toString()).body()).contains("\"shop\"");
            String withoutSlash = page.toString().replaceAll("/$", "");
            URI target = URI.create(withoutSlash)
                    .resolve(get(withoutSlash).headers().firstValue("Location").orElseThrow());
            assertThat(target).isEqualTo(page);
        }
    }

    @Test
    void settingsWhenEndpointsAreHiddenOrReadOnlySayIt() throws Exception {
        try (Shop shop = Shop.start(directory, "--management.endpoints.web.exposure.include=channellisteners",
                "--management.endpoint.channellisteners.access=read-only")) {
            assertThat(get(shop.origin() + "/actuator/zeroipcconsole/console.json").body())
                    .contains("\"segments\":null", "\"listeners\":\"../channellisteners\"", "\"operable\":false");
        }
    }

    @ParameterizedTest
    @CsvSource({"249ms, PT0.249S", "3600001ms, PT1H0.001S"})
    void refreshIntervalWhenOutOfRangeIsRefused(String interval, String shown) {
        assertThatThrownBy(() -> Shop.start(directory, "--zeroipc.console.refresh-interval=" + interval)).rootCause()
                .hasMessage("refresh interval is out of range: zeroipc.console.refresh-interval=" + shown
                        + " (expected: 250ms to 1h)");
    }
}
