package io.zeroipc.spring.boot;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.Flow;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;

import io.zeroipc.RoleTakenException;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.flow.SourcePublisher;
import io.zeroipc.segment.Source.Start;
import io.zeroipc.spring.core.ZeroIpcOperations;

import static org.assertj.core.api.Assertions.assertThat;

/** Elements over HTTP as they come, by a controller that returns a publisher and by nothing else of ours. */
class ReactiveWebTests {

    private static final String STRUCTURES = "--zeroipc.segments.market.structures.";

    @TempDir
    private Path directory;

    private ConfigurableApplicationContext start() {
        return new SpringApplicationBuilder(FeedApplication.class).run("--server.port=0", "--server.shutdown=immediate",
                "--zeroipc.base-directory=" + directory, STRUCTURES + "trades.type=queue",
                STRUCTURES + "trades.element-type=" + Trade.class.getName(), STRUCTURES + "trades.capacity=16",
                STRUCTURES + "numbers.type=ring", STRUCTURES + "numbers.element-type=int32",
                STRUCTURES + "numbers.capacity=16");
    }

    private static HttpRequest request(ConfigurableApplicationContext context, String path) {
        return HttpRequest
                .newBuilder(URI.create(
                        "http://localhost:" + context.getEnvironment().getProperty("local.server.port") + path))
                .build();
    }

    /** The data of the events, without the empty lines between them. */
    private static Iterator<String> events(Stream<String> lines) {
        return lines.filter(line -> line.startsWith("data:")).map(line -> line.substring("data:".length())).iterator();
    }

    @Test
    void eventsWhenAControllerReturnsAPublisherComeAsElementsDo() throws Exception {
        try (ConfigurableApplicationContext context = start(); HttpClient client = HttpClient.newHttpClient()) {
            ZeroIpcOperations zeroIpc = context.getBean(ZeroIpcOperations.class);
            zeroIpc.send("market/trades", new Trade("ACME", 0, 2));
            // The headers come with the first event.
            HttpResponse<Stream<String>> response = client.send(request(context, "/trades"),
                    HttpResponse.BodyHandlers.ofLines());
            assertThat(response.headers().firstValue("Content-Type")).hasValueSatisfying(
                    type -> assertThat(type).startsWith(MediaType.TEXT_EVENT_STREAM_VALUE));
            Iterator<String> events = events(response.body());
            assertThat(events.next()).contains(":0");
            for (int i = 1; i <= 20; i++) {
                zeroIpc.send("market/trades", new Trade("ACME", i, 2));
                assertThat(events.next()).contains("\"ACME\"").contains(":" + i);
            }
            client.shutdownNow();
        }
    }

    @Test
    void eventsWhenTheClientGoesAreTakenNoLonger() throws Exception {
        try (ConfigurableApplicationContext context = start()) {
            ZeroIpcOperations zeroIpc = context.getBean(ZeroIpcOperations.class);
            try (HttpClient client = HttpClient.newHttpClient()) {
                zeroIpc.send("market/numbers", 1);
                Iterator<String> events = events(client.send(request(context, "/numbers"),
                        HttpResponse.BodyHandlers.ofLines()).body());
                assertThat(events.next()).isEqualTo("1");
                client.shutdownNow();
            }
            // The server finds out when it writes. The ring has one reader: whoever comes next is refused until then.
            @SuppressWarnings("unchecked") SharedRing<
                    Integer> numbers = context.getBean("market.numbers", SharedRing.class);
            Awaitility.await().until(() -> {
                zeroIpc.send("market/numbers", 2);
                try (AutoCloseable _ = numbers.intake(Start.EARLIEST)) {
                    return true;
                } catch (RoleTakenException e) {
                    return false;
                }
            });
        }
    }

    @Test
    void fluxWhenMadeOfAPublisherAsksForNoMoreThanItsSubscriber() {
        try (ConfigurableApplicationContext context = start()) {
            ZeroIpcOperations zeroIpc = context.getBean(ZeroIpcOperations.class);
            @SuppressWarnings("unchecked") SharedQueue<
                    Trade> trades = context.getBean("market.trades", SharedQueue.class);
            for (int i = 1; i <= 10; i++) {
                zeroIpc.send("market/trades", new Trade("ACME", i, 2));
            }
            Flux<Trade> flux = JdkFlowAdapter.flowPublisherToFlux(new SourcePublisher<>(trades, Start.EARLIEST));
            assertThat(flux.take(3).collectList().block()).hasSize(3);
            assertThat(trades.size()).isEqualTo(7);
        }
    }

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Feed.class)
    static class FeedApplication {}

    @RestController
    static class Feed {

        private final SharedQueue<Trade> trades;
        private final SharedRing<Integer> numbers;

        Feed(SharedQueue<Trade> trades, SharedRing<Integer> numbers) {
            this.trades = trades;
            this.numbers = numbers;
        }

        @GetMapping(path = "/trades", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
        Flow.Publisher<Trade> trades() {
            return new SourcePublisher<>(trades, Start.EARLIEST);
        }

        @GetMapping(path = "/numbers", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
        Flux<Integer> numbers() {
            return JdkFlowAdapter.flowPublisherToFlux(new SourcePublisher<>(numbers, Start.EARLIEST));
        }
    }
}
