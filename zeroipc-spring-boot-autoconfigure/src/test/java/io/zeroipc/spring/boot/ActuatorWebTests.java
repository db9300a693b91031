package io.zeroipc.spring.boot;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.export.Export;
import io.zeroipc.export.Language;
import io.zeroipc.manifest.Manifest;
import io.zeroipc.segment.Segment;
import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.config.ChannelListenerEndpointRegistry;
import io.zeroipc.spring.core.ZeroIpcOperations;
import io.zeroipc.spring.listener.ChannelListenerContainer;
import io.zeroipc.spring.listener.ContainerState;

import static org.assertj.core.api.Assertions.assertThat;

/** A web application with everything on the class path, asked over HTTP. */
class ActuatorWebTests {

    @TempDir
    private Path directory;

    @Test
    void endpointHealthAndMetersWhenAskedAgree() throws Exception {
        try (ConfigurableApplicationContext context = start();
                Segment peer = Segment.at(directory.resolve("market")).open();
                HttpClient client = HttpClient.newHttpClient()) {
            SharedQueue.create(peer, "sensor_old", Codecs.int32(), 2);
            context.getBean(ZeroIpcOperations.class).send("market/trades", new Trade("ACME", 1, 2));
            URI actuator = URI.create(
                    "http://localhost:" + context.getEnvironment().getProperty("local.server.port") + "/actuator/");
            JsonNode all = get(client, actuator.resolve("zeroipc"));
            JsonNode market = all.at("/segments/market");
            assertThat(market.at("/structures/trades/size").asLong()).isEqualTo(1);
            assertThat(market.at("/structures/trades/bean").asString()).isEqualTo("market.trades");
            assertThat(market.at("/unmanaged").get(0).asString()).isEqualTo("sensor_old");
            assertThat(get(client, actuator.resolve("zeroipc/market"))).isEqualTo(market);
            JsonNode trades = get(client, actuator.resolve("zeroipc/market/trades"));
            assertThat(trades.at("/capacity").asLong()).isEqualTo(4096);
            assertThat(trades.has("details")).isTrue();
            assertThat(client.send(HttpRequest.newBuilder(actuator.resolve("zeroipc/market?view=manifest")).build(),
                    HttpResponse.BodyHandlers.ofString()).body())
                    .isEqualTo(Manifest.of(context.getBean("marketSegment", Segment.class)));
            assertThat(get(client, actuator.resolve("zeroipc?view=details")).at("/segments/market/structures/trades"))
                    .isEqualTo(trades)
                    .isEqualTo(get(client, actuator.resolve("zeroipc/market?view=details")).at("/structures/trades"));
            HttpResponse<String> types = client.send(
                    HttpRequest.newBuilder(actuator.resolve("zeroipc/market?view=typescript")).build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(types.headers().firstValue("Content-Type")).hasValue("text/plain;charset=UTF-8");
            assertThat(types.body()).isEqualTo(
                    Export.of(context.getBean("marketSegment", Segment.class)).source(Language.TYPESCRIPT));
            assertThat(status(client, actuator.resolve("zeroipc?view=manifest"))).isEqualTo(400);
            assertThat(status(client, actuator.resolve("zeroipc?view=cpp"))).isEqualTo(400);
            assertThat(status(client, actuator.resolve("zeroipc/market?view=picture"))).isEqualTo(400);
            assertThat(status(client, actuator.resolve("zeroipc/nothing"))).isEqualTo(404);
            assertThat(status(client, actuator.resolve("zeroipc/nothing?view=manifest"))).isEqualTo(404);
            assertThat(status(client, actuator.resolve("zeroipc/nothing?view=cpp"))).isEqualTo(404);
            assertThat(status(client, actuator.resolve("zeroipc/market/nothing"))).isEqualTo(404);

            long used = market.at("/size/used").asLong();
            JsonNode health = get(client, actuator.resolve("health"));
            assertThat(health.at("/status").asString()).isEqualTo("UP");
            assertThat(health.at("/components/zeroipc/components/market/details/used").asLong()).isEqualTo(used);
            assertThat(health.at("/components/channellisteners/components/prices-listener/status").asString())
                    .isEqualTo("UP");
            JsonNode meter = get(client, actuator.resolve("metrics/zeroipc.segment.used?tag=segment:market"));
            assertThat(meter.at("/measurements/0/value").asLong()).isEqualTo(used);
            assertThat(get(client, actuator.resolve("metrics/zeroipc.listener.messages")).at("/name").asString())
                    .isEqualTo("zeroipc.listener.messages");
        }
    }

    @Test
    void healthWhenSegmentIsLostIsDownAndLeavesTheProbesAlone() throws Exception {
        try (ConfigurableApplicationContext context = start(); HttpClient client = HttpClient.newHttpClient()) {
            URI actuator = URI.create(
                    "http://localhost:" + context.getEnvironment().getProperty("local.server.port") + "/actuator/");
            Files.delete(directory.resolve("market"));
            ChannelListenerContainer listener = context.getBean(ChannelListenerEndpointRegistry.class)
                    .getContainer("prices-listener");
            Awaitility.await().until(() -> listener.getState() == ContainerState.FAILED);
            HttpResponse<String> health = client.send(HttpRequest.newBuilder(actuator.resolve("health")).build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(health.statusCode()).isEqualTo(503);
            JsonNode components = JsonMapper.shared().readTree(health.body()).at("/components");
            assertThat(components.at("/zeroipc/status").asString()).isEqualTo("DOWN");
            assertThat(components.at("/channellisteners/components/prices-listener/details/error").asString())
                    .contains("SegmentDetachedException");
            for (String probe : new String[] {"readiness", "liveness"}) {
                assertThat(get(client, actuator.resolve("health/" + probe)).at("/status").asString()).isEqualTo("UP");
            }
        }
    }

    @Test
    void listenersWhenAccessIsNotUnrestrictedCannotBeChanged() throws Exception {
        try (ConfigurableApplicationContext context = start(); HttpClient client = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://localhost:" + context.getEnvironment().getProperty("local.server.port")
                    + "/actuator/channellisteners/prices-listener");
            HttpRequest pause = HttpRequest.newBuilder(uri)
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString("{\"state\":\"paused\"}"))
                    .build();
            assertThat(client.send(pause, HttpResponse.BodyHandlers.discarding()).statusCode()).isEqualTo(405);
            assertThat(get(client, uri).at("/pauseRequested").asBoolean()).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({"'',false", "--management.endpoint.zeroipc.show-values=never,false",
            "--management.endpoint.zeroipc.show-values=always,true"})
    void elementsWhenNobodyHasSaidOtherwiseAreHidden(String property, boolean shown) throws Exception {
        try (ConfigurableApplicationContext context = start(property); HttpClient client = HttpClient.newHttpClient()) {
            context.getBean(ZeroIpcOperations.class).send("market/trades", new Trade("SECRET", 1, 2));
            URI actuator = URI.create(
                    "http://localhost:" + context.getEnvironment().getProperty("local.server.port") + "/actuator/");
            assertThat(get(client, actuator.resolve("zeroipc/market/trades?preview=2")).toString().contains("SECRET"))
                    .isEqualTo(shown);
            for (String other : new String[] {"zeroipc", "zeroipc/market", "health", "channellisteners"}) {
                assertThat(get(client, actuator.resolve(other)).toString()).as(other).doesNotContain("SECRET");
            }
        }
    }

    private ConfigurableApplicationContext start(String... more) {
        String[] arguments = {"--server.port=0",
                "--zeroipc.base-directory=" + directory, "--zeroipc.segments.market.size=1MB",
                "--zeroipc.segments.market.structures.trades.type=queue",
                "--zeroipc.segments.market.structures.trades.element-type=" + Trade.class.getName(),
                "--zeroipc.segments.market.structures.trades.capacity=4096",
                "--zeroipc.segments.market.structures.prices.type=channel",
                "--zeroipc.segments.market.structures.prices.element-type=float64",
                "--zeroipc.segments.market.structures.prices.capacity=16",
                "--management.endpoints.web.exposure.include=*", "--management.endpoint.health.show-details=always",
                "--management.endpoint.health.probes.enabled=true"};
        String[] all = Stream.concat(Stream.of(arguments), Stream.of(more).filter(text -> !text.isEmpty()))
                .toArray(String[]::new);
        return new SpringApplicationBuilder(Application.class).run(all);
    }

    private static JsonNode get(HttpClient client, URI uri) throws Exception {
        HttpResponse<String> response = client.send(HttpRequest.newBuilder(uri).build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(uri + ": " + response.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(response.body());
    }

    private static int status(HttpClient client, URI uri) throws Exception {
        return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.discarding()).statusCode();
    }

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {

        @ChannelListener(id = "prices-listener", channels = "market/prices")
        void on(double price) {
        }
    }
}
