package io.zeroipc.spring.boot.console;

import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;

import io.zeroipc.spring.core.ZeroIpcOperations;
import io.zeroipc.testing.Browser;
import io.zeroipc.testing.Repository;

import static org.assertj.core.api.Assertions.assertThat;

/** The example of the guide: Spring Security's chain for the endpoints holds for the console and what it asks. */
class ConsoleSecurityTests {

    private static final String[] USERS = {"--spring.security.user.name=ops", "--spring.security.user.password=secret",
            "--spring.security.user.roles=OPS"};

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @TempDir
    private Path directory;

    private static HttpRequest.Builder request(Shop shop, String path, String user) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(shop.origin() + "/actuator/" + path));
        if (!user.isEmpty()) {
            String credentials = Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
            request.header("Authorization", "Basic " + credentials);
        }
        return request;
    }

    private static int status(HttpClient client, HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
    }

    @Test
    void consoleWhenEndpointsAreClosedIsClosedWithThem() throws Exception {
        CookieManager cookies = new CookieManager();
        try (Shop shop = Shop.start(Secured.class, WebApplicationType.SERVLET, directory, USERS);
                HttpClient client = HttpClient.newBuilder().cookieHandler(cookies).build()) {
            for (String path : new String[] {"zeroipcconsole", "zeroipcconsole/", "zeroipcconsole/console.js",
                    "zeroipcconsole/console.json", "zeroipc", "channellisteners"}) {
                assertThat(status(client, request(shop, path, ""))).as(path).isEqualTo(401);
                assertThat(status(client, request(shop, path, "ops:secret"))).as(path).isIn(200, 302);
            }

            HttpRequest.Builder pause = request(shop, "channellisteners/checker", "ops:secret")
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString("{\"state\":\"paused\"}"));
            assertThat(status(client, pause)).as("without the token").isEqualTo(403);
            String token = cookies.getCookieStore()
                    .getCookies()
                    .stream()
                    .filter(cookie -> cookie.getName().equals("XSRF-TOKEN"))
                    .findFirst()
                    .orElseThrow()
                    .getValue();
            assertThat(status(client, pause.header("X-XSRF-TOKEN", token))).isEqualTo(204);
            assertThat(shop.checker().isPauseRequested()).isTrue();
        }
    }

    /** What another site could send without being asked: a form has no JSON, and JSON needs a preflight that is refused. */
    @Test
    void listenerWhenAFormIsPostedIsLeftAlone() throws Exception {
        try (Shop shop = Shop.start(directory); HttpClient client = HttpClient.newHttpClient()) {
            for (String type : new String[] {"application/x-www-form-urlencoded", "text/plain"}) {
                assertThat(status(client, request(shop, "channellisteners/checker", "").header("Content-Type", type)
                        .POST(HttpRequest.BodyPublishers.ofString("{\"state\":\"paused\"}")))).as(type).isEqualTo(415);
            }
            HttpResponse<Void> preflight = client.send(request(shop, "channellisteners/checker", "")
                    .header("Origin", "http://elsewhere.example")
                    .header("Access-Control-Request-Method", "POST")
                    .header("Access-Control-Request-Headers", "content-type")
                    .method(HttpMethod.OPTIONS.name(), HttpRequest.BodyPublishers.noBody())
                    .build(), HttpResponse.BodyHandlers.discarding());
            assertThat(preflight.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
            assertThat(shop.checker().isPauseRequested()).isFalse();
        }
    }

    @Test
    @Tag("process")
    void buttonWhenTheTokenIsInACookiePausesTheListener() {
        try (Shop shop = Shop.start(Secured.class, WebApplicationType.SERVLET, directory, USERS);
                Browser page = Browser.start()) {
            page.open(shop.origin().replace("http://", "http://ops:secret@") + "/actuator/zeroipcconsole/");
            Awaitility.await().atMost(PATIENCE).until(() -> page.text("#console-state").equals("live"));

            page.click("button[data-listener=checker]");

            Awaitility.await().atMost(PATIENCE).until(() -> page.text("#operation").equals("checker paused"));
            assertThat(shop.checker().isPauseRequested()).isTrue();
        }
    }

    /** Spring Security is not on the class path of the test that compiles the blocks of the guides. */
    @Test
    void guideShowsTheChainOfThisTest() {
        Matcher block = Pattern.compile("```\\n(@Bean\\n.*?)```", Pattern.DOTALL)
                .matcher(Repository.read("docs/guide/console.md"));
        assertThat(block.find()).isTrue();
        String source = Repository.read("zeroipc-spring-boot-console/src/test/java/"
                + ConsoleSecurityTests.class.getName().replace('.', '/') + ".java");
        assertThat(source).contains(block.group(1).indent(8));
    }

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration(excludeName = {Shop.REACTIVE_SECURITY, Shop.REACTIVE_MANAGEMENT_SECURITY})
    static class Secured {

        @Bean
        Shop.Checker orderChecker(ZeroIpcOperations zeroIpc) {
            return new Shop.Checker(zeroIpc);
        }

        @Bean
        SecurityFilterChain endpoints(HttpSecurity http) throws Exception {
            return http.securityMatcher(EndpointRequest.toAnyEndpoint())
                    .authorizeHttpRequests(requests -> requests.anyRequest().hasRole("OPS"))
                    .httpBasic(Customizer.withDefaults())
                    .csrf(csrf -> csrf.spa())
                    .build();
        }
    }
}
