package io.zeroipc.spring.boot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.zeroipc.collection.SharedQueue;
import io.zeroipc.spring.boot.autoconfigure.ZeroIpcAutoConfiguration;
import io.zeroipc.test.PeerProcess;

import static org.assertj.core.api.Assertions.assertThat;

/** What an application leaves behind in its JVM when it is closed, or could not start: nothing. */
@EnabledOnOs(OS.LINUX)
class RestartTests {

    /** Of the segment, and of the file of its participants. */
    private static final int MAPPINGS = 2;

    @TempDir
    private Path directory;

    private ApplicationContextRunner runner() {
        return new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(ZeroIpcAutoConfiguration.class))
                .withPropertyValues("zeroipc.base-directory=" + directory,
                        "zeroipc.segments.plant.structures.numbers.type=queue",
                        "zeroipc.segments.plant.structures.numbers.element-type=int32",
                        "zeroipc.segments.plant.structures.numbers.capacity=8");
    }

    @Test
    void applicationWhenClosedLeavesNoMapping() throws Exception {
        runner().run(context -> assertThat(mappings(directory)).isEqualTo(MAPPINGS));
        assertThat(mappings(directory)).isZero();
    }

    @Test
    void applicationWhenItsStartFailsLeavesNoMapping() throws Exception {
        AtomicLong before = new AtomicLong();
        runner().withUserConfiguration(Failing.class)
                .withBean(AtomicLong.class, () -> before)
                .withBean(Path.class, () -> directory)
                .run(context -> assertThat(context).getFailure().hasRootCauseMessage("it fails on purpose"));
        assertThat(before).as("mappings before the failure").hasValue(MAPPINGS);
        assertThat(mappings(directory)).isZero();
    }

    /** As DevTools do it: the context is made again, with the application's classes in a new class loader. */
    @Test
    @Tag("process")
    void applicationWhenRestartedLeavesNoMappingNoThreadAndNoClassBehind() throws Exception {
        // Frameworks keep what they know about classes in soft references: this lets each collection clear them.
        try (PeerProcess child = PeerProcess.of(RestartingApplication.class)
                .withJvmArguments("-XX:SoftRefLRUPolicyMSPerMB=0")
                .withArguments(directory)
                .start()) {
            assertThat(child.join()).as(child.toString()).isZero();
            assertThat(child.output()).contains(
                    "received=[Reading[number=0], Reading[number=1], Reading[number=2], Reading[number=3]]",
                    "open mappings=[2, 2, 2, 2]", "mappings left=0", "threads left=[]", "class loaders left=0");
        }
    }

    /** How often this process has mapped files of a directory. */
    static long mappings(Path directory) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.filter(line -> line.contains(directory.toString())).count();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Failing {

        @Bean
        InitializingBean failure(SharedQueue<Integer> numbers, AtomicLong before, Path directory) {
            return () -> {
                numbers.offer(1);
                before.set(mappings(directory));
                throw new IllegalStateException("it fails on purpose");
            };
        }
    }
}
