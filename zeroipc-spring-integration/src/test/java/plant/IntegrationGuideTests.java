package plant;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.sun.net.httpserver.HttpServer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.integration.channel.QueueChannel;
import org.springframework.integration.config.EnableIntegration;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.support.GenericMessage;

import io.zeroipc.spring.boot.autoconfigure.ZeroIpcAutoConfiguration;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.core.ZeroIpcOperations;
import io.zeroipc.testing.KafkaBroker;
import io.zeroipc.testing.Repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** {@code docs/guide/integration.md}: the classes that it shows are those of this package, and they do what it says. */
class IntegrationGuideTests {

    private static final String PAGE = "docs/guide/integration.md";
    private static final String SOURCES = "zeroipc-spring-integration/src/test/java/plant/";
    private static final String DSL = "zeroipc-spring-integration/src/main/java/io/zeroipc/spring/integration/dsl/ZeroIpc.java";

    @TempDir
    private Path directory;

    /** The block that the page introduces as this file. */
    private static String block(String file) {
        Matcher block = Pattern.compile("`" + Pattern.quote(file) + "`:?[^`]*?\n+```\\w+\n(.*?)```", Pattern.DOTALL)
                .matcher(Repository.read(PAGE));
        assertThat(block.find()).as(file).isTrue();
        return block.group(1);
    }

    private ApplicationContextRunner runner(Class<?> configuration) {
        return new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(ZeroIpcAutoConfiguration.class))
                .withInitializer(context -> {
                    try {
                        new YamlPropertySourceLoader()
                                .load("page",
                                        new ByteArrayResource(
                                                block("application.yml").getBytes(StandardCharsets.UTF_8)))
                                .forEach(context.getEnvironment().getPropertySources()::addLast);
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                    ConfigurationPropertySources.attach(context.getEnvironment());
                })
                .withUserConfiguration(Integration.class, configuration)
                .withPropertyValues("zeroipc.base-directory=" + directory);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Reading", "FileToHttp", "MemoryToKafka", "Gateways"})
    void classOfThePageIsTheOneThatRunsHere(String name) {
        assertThat(block("src/main/java/plant/" + name + ".java")).isEqualTo(Repository.read(SOURCES + name + ".java"));
    }

    @Test
    void pageNamesWhatTheDslHas() {
        Set<String> listed = names("^\\| `ZeroIpc\\.(\\w+)`", PAGE);
        assertThat(listed).isEqualTo(names("^    public static \\w+ (\\w+)\\(", DSL)).hasSize(8);
    }

    private static Set<String> names(String pattern, String file) {
        return Pattern.compile(pattern, Pattern.MULTILINE)
                .matcher(Repository.read(file))
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toSet());
    }

    @Test
    void filesGoToSharedMemoryAndFromThereToAnHttpServer() throws IOException {
        Path files = Files.createDirectory(directory.resolve("files"));
        BlockingQueue<String> posted = new LinkedBlockingQueue<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/readings", exchange -> {
            posted.add(exchange.getRequestMethod() + " " + exchange.getRequestHeaders().getFirst("Content-Type") + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
        try {
            runner(FileToHttp.class).withPropertyValues("plant.directory=" + files, "plant.collector=http://"
                    + server.getAddress().getAddress().getHostAddress() + ":" + server.getAddress().getPort()
                    + "/readings").run(_ -> {
                        Path written = Files.writeString(directory.resolve("readings.tmp"), "7;21.5\n8;-3.25\n");
                        Files.move(written, files.resolve("readings.csv"), StandardCopyOption.ATOMIC_MOVE);
                        assertThat(List.of(next(posted), next(posted))).containsExactly(
                                "POST application/json {\"sensor\":7,\"value\":21.5}",
                                "POST application/json {\"sensor\":8,\"value\":-3.25}");
                    });
        } finally {
            server.stop(0);
        }
    }

    private static String next(BlockingQueue<String> posted) throws InterruptedException {
        String next = posted.poll(20, TimeUnit.SECONDS);
        assertThat(next).isNotNull();
        return next;
    }

    @Test
    void elementsOfARingGoToKafkaAndAreRemovedWhenTheBrokerHasThem() {
        String topic = KafkaBroker.uniqueName("readings");
        runner(MemoryToKafka.class).withUserConfiguration(KafkaClients.class)
                .withPropertyValues("plant.topic=" + topic)
                .run(context -> {
                    ZeroIpcOperations template = context.getBean(ZeroIpcOperations.class);
                    List<String> expected = new ArrayList<>();
                    for (int i = 0; i < 100; i++) {
                        template.send("plant/archive", new Reading(i % 3, i));
                        expected.add(i % 3 + " {\"sensor\":" + i % 3 + ",\"value\":" + (double) i + "}");
                    }
                    assertThat(consume(topic, expected.size())).containsExactlyElementsOf(expected);
                    await().untilAsserted(() -> assertThat(context.getBean(SegmentRegistry.class)
                            .structure(new ChannelName("plant", "archive"))
                            .occupancy()
                            .used()).isZero());
                });
    }

    private static List<String> consume(String topic, int count) {
        List<String> records = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, KafkaBroker.bootstrapServers(),
                        ConsumerConfig.GROUP_ID_CONFIG, KafkaBroker.uniqueName("guide"),
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest"),
                new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(topic));
            await().atMost(Duration.ofMinutes(2)).pollInSameThread().until(() -> {
                for (ConsumerRecord<String, String> each : consumer.poll(Duration.ofMillis(200))) {
                    records.add(each.key() + " " + each.value());
                }
                return records.size() >= count;
            });
        }
        return records;
    }

    @Test
    void questionIsAnsweredByTheOtherFlow() {
        runner(Gateways.class).run(context -> {
            context.getBean("ask.input", MessageChannel.class).send(new GenericMessage<>("bananas"));
            Message<?> answer = context.getBean("answers", QueueChannel.class).receive(60_000);
            assertThat(answer).isNotNull();
            assertThat(answer.getPayload()).isEqualTo("no bananas");
        });
    }

    @Configuration(proxyBeanMethods = false)
    @EnableIntegration
    static class Integration {

        @Bean
        QueueChannel answers() {
            return new QueueChannel();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class KafkaClients {

        @Bean
        DefaultKafkaProducerFactory<String, String> producers() {
            return new DefaultKafkaProducerFactory<>(
                    Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, KafkaBroker.bootstrapServers()),
                    new StringSerializer(), new StringSerializer());
        }

        @Bean
        KafkaTemplate<String, String> kafkaTemplate(DefaultKafkaProducerFactory<String, String> producers) {
            return new KafkaTemplate<>(producers);
        }
    }
}
