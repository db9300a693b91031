package io.zeroipc.spring.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.GeneratedFiles.Kind;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.javapoet.ClassName;

import io.zeroipc.spring.Fixtures;
import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.core.SegmentDefinition;

import static org.assertj.core.api.Assertions.assertThat;

/** An application without Spring Boot can be processed ahead of time: nothing it needs is a lambda or is opened then. */
class AheadOfTimeTests {

    private static final AtomicBoolean OPENED = new AtomicBoolean();

    @TempDir
    static Path directory;

    @Test
    void contextWhenProcessedAheadOfTimeHasAllItsBeansAndOpensNothing() {
        InMemoryGeneratedFiles files = new InMemoryGeneratedFiles();
        DefaultGenerationContext generation = new DefaultGenerationContext(
                new ClassNameGenerator(ClassName.get(Application.class)), files);
        AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
        context.register(Application.class, Listener.class);
        new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
        generation.writeGeneratedContent();

        assertThat(OPENED).isFalse();
        String sources = String.join("\n", files.getGeneratedFiles(Kind.SOURCE)
                .values()
                .stream()
                .map(source -> {
                    try {
                        return new String(source.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                .toList());
        assertThat(sources).contains("\"segmentRegistry\"", "\"channelListenerContainerFactory\"",
                "\"zeroIpcTemplate\"", "\"channelListenerEndpointRegistry\"",
                ZeroIpcBootstrapConfiguration.LISTENER_PROCESSOR);
        assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Listener.class, "on"))
                .accepts(generation.getRuntimeHints());
        assertThat(RuntimeHintsPredicates.reflection().onType(Fixtures.Alert.class))
                .accepts(generation.getRuntimeHints());
    }

    @Configuration(proxyBeanMethods = false)
    @EnableZeroIpc
    static class Application {

        @Bean
        SegmentDefinition host() {
            return Fixtures.host(Fixtures.queue("in", Fixtures.ALERTS)).openedBy(() -> {
                OPENED.set(true);
                return Fixtures.file(directory).openOrCreate();
            });
        }
    }

    static class Listener {

        @ChannelListener("host/in")
        void on(Fixtures.Alert alert) {
            throw new IllegalStateException("nothing is sent: " + alert);
        }
    }
}
