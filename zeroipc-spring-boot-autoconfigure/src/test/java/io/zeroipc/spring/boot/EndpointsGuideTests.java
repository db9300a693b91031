package io.zeroipc.spring.boot;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.segment.Segment;
import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.config.ChannelListenerEndpointRegistry;
import io.zeroipc.spring.core.ZeroIpcOperations;
import io.zeroipc.spring.listener.ChannelListenerContainer;
import io.zeroipc.testing.Repository;

import static org.assertj.core.api.Assertions.assertThat;

/** Sends the requests of the guide to an application and compares the answers, in the order of the page. */
class EndpointsGuideTests {

    private static final Pattern EXCHANGE = Pattern.compile("```sh\\n(curl .*?)```\\n\\n```(json|http|c)\\n(.*?)```",
            Pattern.DOTALL);
    private static final Pattern URL = Pattern.compile("'http://localhost:8080(/[^']*)'");
    private static final Pattern BODY = Pattern.compile("-d '([^']*)'");
    private static final JsonMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    @TempDir
    private Path directory;

    private record Exchange(String path, String body, int status, String answer) {}

    @Test
    void requestsOfTheGuideAreAnsweredAsItSays() throws Exception {
        List<Exchange> exchanges = exchanges();
        assertThat(exchanges).hasSizeGreaterThanOrEqualTo(10);
        try (ConfigurableApplicationContext context = start();
                Segment peer = Segment.at(directory.resolve("market")).catalogue(false).open();
                HttpClient client = HttpClient.newHttpClient()) {
            SharedQueue.create(peer, "sensor_old", Codecs.int32(), 2).offer(7);
            ChannelListenerContainer listener = context.getBean(ChannelListenerEndpointRegistry.class)
                    .getContainer("price-log");
            fill(context.getBean(ZeroIpcOperations.class), listener);
            URI server = URI.create("http://localhost:" + context.getEnvironment().getProperty("local.server.port"));
            for (Exchange exchange : exchanges) {
                HttpRequest.Builder request = HttpRequest.newBuilder(server.resolve(exchange.path()));
                if (!exchange.body().isEmpty()) {
                    request.header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(exchange.body()));
                }
                HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
                assertThat(response.statusCode()).as(exchange + ": " + response.body()).isEqualTo(exchange.status());
                if (exchange.answer().startsWith("//")) {
                    assertThat(named(response.body()).strip()).as(exchange.path()).isEqualTo(exchange.answer());
                    continue;
                }
                String actual = response.body().isEmpty() ? "" : normalized(response.body());
                String expected = exchange.answer().isEmpty() ? "" : normalized(exchange.answer());
                assertThat(actual).as(exchange.path()).isEqualTo(expected);
                if (listener.isPauseRequested()) {
                    Awaitility.await().until(listener::isPaused);
                }
            }
        }
    }

    private static void fill(ZeroIpcOperations template, ChannelListenerContainer listener) {
        for (int i = 0; i < 17; i++) {
            template.send("market/trades", new Trade("ACME", i, 2.5));
        }
        for (double price : new double[] {1.25, -1, 1.5}) {
            template.send("market/prices", price);
        }
        Awaitility.await()
                .untilAsserted(() -> assertThat(listener.getConsumers()).singleElement()
                        .satisfies(consumer -> assertThat(consumer.processed()).isEqualTo(3)));
    }

    private ConfigurableApplicationContext start() {
        String segment = "--zeroipc.segments.market.";
        return new SpringApplicationBuilder(Application.class).run("--server.port=0",
                "--spring.application.name=market-data", "--logging.include-application-name=false",
                "--zeroipc.base-directory=" + directory, segment + "size=1MB", segment + "structures.trades.type=queue",
                segment + "structures.trades.element-type=" + Trade.class.getName(),
                segment + "structures.trades.capacity=4096", segment + "structures.prices.type=channel",
                segment + "structures.prices.element-type=float64", segment + "structures.prices.capacity=16",
                "--management.endpoints.web.exposure.include=*",
                "--management.endpoint.zeroipc.show-values=always",
                "--management.endpoint.zeroipc.access=unrestricted",
                "--management.endpoint.channellisteners.access=unrestricted");
    }

    private static List<Exchange> exchanges() {
        List<Exchange> exchanges = new ArrayList<>();
        Matcher matcher = EXCHANGE.matcher(Repository.read("docs/guide/endpoints.md"));
        while (matcher.find()) {
            Matcher url = URL.matcher(matcher.group(1));
            assertThat(url.find()).as(matcher.group(1)).isTrue();
            Matcher body = BODY.matcher(matcher.group(1));
            String answer = matcher.group(3).strip();
            int status = 200;
            if (matcher.group(2).equals("http")) {
                String[] parts = answer.split("\\n\\n", 2);
                status = Integer.parseInt(parts[0].replaceFirst("HTTP/1.1 (\\d+).*", "$1"));
                answer = parts.length == 1 ? "" : parts[1];
            }
            exchanges.add(new Exchange(url.group(1), body.find() ? body.group(1) : "", status, answer));
        }
        return exchanges;
    }

    /** What differs from run to run, and what the page calls otherwise because it is nobody's test. */
    private String normalized(String json) {
        String text = named(json);
        StringBuilder result = new StringBuilder();
        for (String line : JSON.writeValueAsString(JSON.readValue(text, JsonNode.class)).split("\\n")) {
            result.append(line.replaceFirst("\"\\d{4}-\\d\\d-\\d\\dT[^\"]+Z\"", "\"(a time)\"")
                    .replaceFirst("\"pid\" : \\d+", "\"pid\" : 1")).append('\n');
        }
        return result.toString();
    }

    private String named(String text) {
        return text.replace(directory.toString(), "/dev/shm").replace(Trade.class.getName(), "com.acme.Trade");
    }

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(PriceLog.class)
    static class Application {}

    static class PriceLog {

        @ChannelListener(id = "price-log", channels = "market/prices")
        void onPrice(double price) {
            if (price < 0) {
                throw new IllegalArgumentException("price is negative: price=" + price);
            }
        }
    }
}
