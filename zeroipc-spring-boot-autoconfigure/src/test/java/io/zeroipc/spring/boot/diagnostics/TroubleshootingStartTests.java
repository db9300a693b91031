package io.zeroipc.spring.boot.diagnostics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.segment.Segment;
import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.boot.autoconfigure.ZeroIpcAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/** Starts applications that cannot work, and compares all that they say with the guide's page on trouble. */
@ExtendWith(OutputCaptureExtension.class)
class TroubleshootingStartTests {

    private static final String MARKET = "zeroipc.segments.market.";
    private static final String ORDERS = MARKET + "structures.orders.";

    /** What is there before the application starts. */
    @FunctionalInterface
    interface Preparation {

        /** @return what holds it, to be closed after the start has failed */
        AutoCloseable prepare(Path directory) throws IOException;
    }

    /**
     * A start that fails.
     *
     * @param entry heading of the page
     * @param properties lines of the configuration beside a queue named orders; one without a value removes a line
     */
    record Start(String entry, Class<?> application, Map<String, String> properties, Preparation preparation) {

        Start(String entry, Class<?> application, Map<String, String> properties) {
            this(entry, application, properties, _ -> () -> {});
        }

        @Override
        public String toString() {
            return entry;
        }
    }

    @TempDir
    private Path directory;

    static Stream<Start> starts() {
        return Stream.of(
                new Start("A segment does not exist", Nothing.class, Map.of(MARKET + "mode", "open")),
                new Start("A segment exists already", Nothing.class, Map.of(MARKET + "mode", "create"),
                        directory -> segment(directory, 1 << 16)),
                new Start("A segment has another size", Nothing.class, Map.of(MARKET + "size", "128KB"),
                        directory -> segment(directory, 1 << 16)),
                new Start("A segment is too small for its structures", Nothing.class, Map.of(MARKET + "size", "2KB")),
                new Start("A segment has no room left", Nothing.class,
                        Map.of(MARKET + "size", "8KB", MARKET + "strict-size", "false", ORDERS + "capacity", "512"),
                        directory -> {
                            Segment segment = segment(directory, 8192);
                            SharedQueue.create(segment, "theirs", Codecs.int64(), 128);
                            return segment;
                        }),
                new Start("A file is not a segment", Nothing.class, Map.of(), directory -> {
                    Files.writeString(directory.resolve("market"), "name,quantity,price\n".repeat(10));
                    return () -> {};
                }),
                new Start("A segment was replaced", Watching.class, Map.of()),
                new Start("A structure does not exist", Nothing.class, Map.of(ORDERS + "mode", "open"),
                        directory -> segment(directory, 1 << 16)),
                new Start("A structure exists already", Nothing.class, Map.of(ORDERS + "mode", "create"),
                        directory -> {
                            Segment segment = segment(directory, 1 << 16);
                            SharedQueue.create(segment, "orders", Codecs.int32(), 16);
                            return segment;
                        }),
                new Start("A structure is not what is configured", Nothing.class,
                        Map.of(ORDERS + "element-type", Order.class.getName()), directory -> {
                            Segment segment = segment(directory, 1 << 16);
                            SharedQueue.create(segment, "orders", Codecs.record(OldOrder.class), 16);
                            return segment;
                        }),
                new Start("A structure was created as something else", Nothing.class,
                        Map.of(ORDERS + "element-type", Order.class.getName()), directory -> {
                            Segment segment = segment(directory, 1 << 16);
                            SharedQueue.create(segment, "orders", Codecs.record(OtherOrder.class), 16);
                            return segment;
                        }),
                new Start("A name is too long", Naming.class, Map.of()),
                new Start("A structure has its reader or writer already", Listening.class,
                        Map.of(ORDERS + "type", "ring"), directory -> {
                            Segment segment = segment(directory, 1 << 16);
                            SharedRing.create(segment, "orders", Codecs.int32(), 16).reader();
                            return segment;
                        }),
                new Start("A structure is injected that is not there yet", Injecting.class,
                        Map.of(MARKET + "mode", "open", "zeroipc.startup-failure-policy", "continue")),
                new Start("A channel is unknown", Misspelling.class, Map.of()),
                new Start("A structure cannot be listened to like this", Listening.class,
                        Map.of(ORDERS + "type", "ring", "zeroipc.listener.endpoints.Listening.on.concurrency", "2")),
                new Start("A listener takes another type", OtherType.class, Map.of()),
                new Start("A listener's id is taken", SameId.class, Map.of()),
                new Start("The name of a bean is taken", OwnBean.class, Map.of(ORDERS + "bean-name", "mine")),
                new Start("A property cannot work", Nothing.class, Map.of(ORDERS + "capacity", "-16")),
                new Start("A property does not exist", Nothing.class, Map.of(ORDERS + "capcity", "16")),
                new Start("Permissions let everybody write", Nothing.class,
                        Map.of("zeroipc.segments.market.permissions", "0666")),
                new Start("Spring Boot has another major version", OldBoot.class, Map.of()));
    }

    @ParameterizedTest
    @MethodSource("starts")
    void analysisIsThatOfThePage(Start start, CapturedOutput output) throws Exception {
        StringBuilder yaml = new StringBuilder();
        TroubleshootingPage.queue(start.properties())
                .forEach((name, value) -> yaml.append(name).append(": ").append(value).append('\n'));
        Path file = Files.writeString(Files.createDirectory(directory.resolve("config")).resolve("application.yml"),
                yaml);
        Path segments = Files.createDirectory(directory.resolve("shm"));
        try (AutoCloseable prepared = start.preparation().prepare(segments)) {
            assertThat(prepared).isNotNull();
            assertThatException().isThrownBy(() -> start(start.application(), segments, file).close());
        }
        String analysis = TroubleshootingPage.analysis(output.toString())
                .replace("URL [file:" + file + "]", "class path resource [application.yml]")
                .replace(getClass().getName() + "$", "com.acme.");
        assertThat(TroubleshootingPage.normalized(analysis, segments))
                .isEqualTo(TroubleshootingPage.entry(start.entry()));
    }

    @Test
    void pageHasNoOtherAnalyses() {
        List<String> others = List.of("A segment may not be used", "There is no room in /dev/shm");
        assertThat(TroubleshootingPage.analyses()).containsExactlyInAnyOrderElementsOf(
                Stream.concat(starts().map(Start::entry), others.stream()).toList());
    }

    private static ConfigurableApplicationContext start(Class<?> application, Path segments, Path file) {
        SpringApplicationBuilder builder = new SpringApplicationBuilder(application).web(WebApplicationType.NONE);
        if (application == OldBoot.class) {
            builder.initializers(new SpringBootVersionCheck("3.5.9"));
        }
        return builder.run("--spring.config.location=file:" + file, "--zeroipc.base-directory=" + segments);
    }

    private static Segment segment(Path directory, long size) {
        return Segment.at(directory.resolve("market")).size(size).create();
    }

    record Order(int number, double price) {}

    record OtherOrder(double price, int number) {}

    record OldOrder(int number, float price) {}

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(ZeroIpcAutoConfiguration.class)
    static class Nothing {}

    static class OldBoot extends Nothing {}

    static class Watching extends Nothing {

        @Bean
        Object watcher(Segment marketSegment) throws IOException {
            Files.delete(marketSegment.path());
            marketSegment.verify();
            return marketSegment;
        }
    }

    static class Naming extends Nothing {

        @Bean
        Object history(Segment marketSegment) {
            return SharedQueue.create(marketSegment, "orders-of-the-last-month-and-this-one", Codecs.int32(), 16);
        }
    }

    static class OwnBean extends Nothing {

        @Bean
        String mine() {
            return "mine";
        }
    }

    static class Injecting extends Nothing {

        @Autowired
        SharedQueue<Integer> orders;
    }

    static class Misspelling extends Nothing {

        @ChannelListener(channels = "market/oders")
        void on(int order) {
        }
    }

    static class Listening extends Nothing {

        @ChannelListener(channels = "market/orders")
        void on(int order) {
        }
    }

    static class OtherType extends Nothing {

        @ChannelListener(channels = "market/orders")
        void on(String order) {
        }
    }

    static class SameId extends Nothing {

        @ChannelListener(id = "order-log", channels = "market/orders")
        void on(int order) {
        }

        @ChannelListener(id = "order-log", channels = "market/orders")
        void again(int order) {
        }
    }
}
