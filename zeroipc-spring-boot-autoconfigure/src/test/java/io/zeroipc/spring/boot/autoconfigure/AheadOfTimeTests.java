package io.zeroipc.spring.boot.autoconfigure;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.aot.test.generate.CompilerFiles;
import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.test.tools.CompileWithForkedClassLoader;
import org.springframework.core.test.tools.TestCompiler;
import org.springframework.javapoet.ClassName;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.segment.Segment;
import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.boot.Trade;
import io.zeroipc.spring.core.StructureDefinition;
import io.zeroipc.spring.core.ZeroIpcOperations;

import static org.assertj.core.api.Assertions.assertThat;

/** Processes an application ahead of time, and runs what was generated with the properties of another day. */
class AheadOfTimeTests {

    @TempDir
    private Path directory;

    @Test
    @CompileWithForkedClassLoader
    void contextWhenProcessedAheadOfTimeReadsItsSegmentsAtRunTime() {
        run(Application.class, new String[] {"zeroipc.segments.built.structures.orders.type=queue",
                "zeroipc.segments.built.structures.orders.element-type=int32",
                "zeroipc.segments.built.structures.orders.capacity=8"},
                new String[] {"zeroipc.segments.present.structures.orders.type=queue",
                        "zeroipc.segments.present.structures.orders.element-type=int32",
                        "zeroipc.segments.present.structures.orders.capacity=16"},
                context -> {
                    assertThat(directory.resolve("built")).doesNotExist();
                    assertThat(context.getBean("presentSegment", Segment.class).path()).isEqualTo(
                            directory.resolve("present"));
                    assertThat(context.containsBean("builtSegment")).isFalse();
                    Application application = context.getBean(Application.class);
                    assertThat(application.orders.occupancy().capacity()).isEqualTo(16);
                    assertThat(context.getBean("orders")).isSameAs(application.orders);
                    context.getBean(ZeroIpcOperations.class).send("present/orders", 5);
                    assertThat(application.received.poll(1, TimeUnit.MINUTES)).isEqualTo(5);
                });
    }

    @Test
    @CompileWithForkedClassLoader
    void contextWhenProcessedAheadOfTimeReadsItsDefinitionsAtRunTime() {
        run(Defining.class, new String[] {"zeroipc.segments.present.max-entries=64", "app.capacity=8"},
                new String[] {"zeroipc.segments.present.max-entries=64", "app.capacity=32"}, context -> {
                    Defining application = context.getBean(Defining.class);
                    assertThat(application.orders.occupancy().capacity()).isEqualTo(32);
                    assertThat(context.getBean("orders")).isSameAs(application.orders);
                    assertThat(context.getBean("present.orders")).isSameAs(application.orders);
                    context.getBean(ZeroIpcOperations.class).send("present/orders", 6);
                    assertThat(application.received.poll(1, TimeUnit.MINUTES)).isEqualTo(6);
                });
    }

    @Test
    @CompileWithForkedClassLoader
    void contextWhenAnotherProcessKnowsTheTypeAsksAtRunTime() {
        String[] properties = {"zeroipc.segments.present.mode=open",
                "zeroipc.segments.present.structures.orders.mode=open"};
        Segment[] theirs = new Segment[1];
        try {
            run(Application.class, properties, properties, () -> {
                theirs[0] = Segment.at(directory.resolve("present")).size(1 << 16).create();
                SharedQueue.create(theirs[0], "orders", Codecs.int32(), 16);
            }, context -> {
                assertThat(context.getBean(Application.class).orders).isSameAs(context.getBean("present.orders"));
                context.getBean(ZeroIpcOperations.class).send("present/orders", 5);
                assertThat(context.getBean(Application.class).received.poll(1, TimeUnit.MINUTES)).isEqualTo(5);
            });
        } finally {
            if (theirs[0] != null) {
                theirs[0].close();
            }
        }
    }

    @Test
    @CompileWithForkedClassLoader
    void contextWhenDisabledAtRunTimeTouchesNoFile() {
        String[] properties = {"zeroipc.segments.built.structures.orders.type=queue",
                "zeroipc.segments.built.structures.orders.element-type=int32",
                "zeroipc.segments.built.structures.orders.capacity=8"};
        String[] disabled = Stream.concat(Arrays.stream(properties), Stream.of("zeroipc.enabled=false"))
                .toArray(String[]::new);
        run(Empty.class, properties, disabled, context -> {
            assertThat(context.getBeanNamesForType(Segment.class)).isEmpty();
            assertThat(directory).isEmptyDirectory();
        });
    }

    @Test
    void hintsWhenStructuresCarryRecordsCoverThem() {
        TestGenerationContext generation = new TestGenerationContext();
        try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
            prepare(context, new String[] {"zeroipc.segments.built.structures.trades.type=queue",
                    "zeroipc.segments.built.structures.trades.element-type=" + Trade.class.getName(),
                    "zeroipc.segments.built.structures.trades.capacity=8",
                    "zeroipc.segments.built.structures.lots.type=map",
                    "zeroipc.segments.built.structures.lots.element-type=" + Lot.class.getName(),
                    "zeroipc.segments.built.structures.lots.options.key=int32",
                    "zeroipc.segments.built.structures.lots.capacity=8"});
            context.register(Empty.class);
            new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
        }
        assertThat(RuntimeHintsPredicates.reflection().onType(Trade.class)).accepts(generation.getRuntimeHints());
        assertThat(RuntimeHintsPredicates.reflection().onType(Lot.class)).accepts(generation.getRuntimeHints());
        assertThat(RuntimeHintsPredicates.reflection().onType(ZeroIpcProperties.Structure.class)).accepts(
                generation.getRuntimeHints());
    }

    private void run(Class<?> configuration, String[] built, String[] present, Check check) {
        run(configuration, built, present, () -> {}, check);
    }

    private void run(Class<?> configuration, String[] built, String[] present, Runnable between, Check check) {
        TestGenerationContext generation = new TestGenerationContext();
        ClassName initializer;
        try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
            prepare(context, built);
            context.register(configuration);
            initializer = new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
        }
        generation.writeGeneratedContent();
        assertThat(directory).isEmptyDirectory();
        between.run();
        TestCompiler.forSystem().with(CompilerFiles.from(generation.getGeneratedFiles())).compile(compiled -> {
            try (GenericApplicationContext context = new GenericApplicationContext()) {
                prepare(context, present);
                initialize(compiled.getInstance(ApplicationContextInitializer.class, initializer.toString()), context);
                context.refresh();
                check.check(context);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
        });
    }

    private void prepare(GenericApplicationContext context, String[] properties) {
        context.getEnvironment().setConversionService(new ApplicationConversionService());
        TestPropertyValues.of(properties).and("zeroipc.base-directory=" + directory).applyTo(context);
    }

    @SuppressWarnings({"rawtypes", "unchecked"})
    private static void initialize(ApplicationContextInitializer initializer, GenericApplicationContext context) {
        initializer.initialize(context);
    }

    /** As small as the value of a map has to be. */
    public record Lot(int size) {}

    @FunctionalInterface
    private interface Check {
        void check(GenericApplicationContext context) throws InterruptedException;
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(ZeroIpcAutoConfiguration.class)
    static class Application {
        final BlockingQueue<Integer> received = new LinkedBlockingQueue<>();
        @Autowired
        SharedQueue<Integer> orders;

        @ChannelListener(channels = "present/orders")
        void on(int order) {
            received.add(order);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Defining extends Application {

        @Bean
        static StructureDefinition orders(@Value("${app.capacity}") int capacity) {
            return StructureDefinition.named("present/orders")
                    .type(SharedQueue.class)
                    .elements(int.class)
                    .capacity(capacity)
                    .build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(ZeroIpcAutoConfiguration.class)
    static class Empty {}
}
