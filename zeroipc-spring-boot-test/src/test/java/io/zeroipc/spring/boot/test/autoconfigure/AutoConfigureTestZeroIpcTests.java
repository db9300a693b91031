package io.zeroipc.spring.boot.test.autoconfigure;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.zeroipc.SegmentNotFoundException;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.segment.Segment;
import io.zeroipc.spring.boot.autoconfigure.ZeroIpcAutoConfiguration;
import io.zeroipc.spring.boot.autoconfigure.ZeroIpcConnectionDetails;
import io.zeroipc.spring.core.ZeroIpcOperations;
import io.zeroipc.test.PeerProcess;
import io.zeroipc.test.PeerProcesses;

import static org.assertj.core.api.Assertions.assertThat;

class AutoConfigureTestZeroIpcTests {

    @RegisterExtension
    final PeerProcesses peers = new PeerProcesses();

    @TempDir
    Path shared;

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(TestZeroIpcAutoConfiguration.class,
                    ZeroIpcAutoConfiguration.class))
            .withPropertyValues("zeroipc.segments.market.structures.orders.type=queue",
                    "zeroipc.segments.market.structures.orders.element-type=int32",
                    "zeroipc.segments.market.structures.orders.capacity=4");

    private ApplicationContextRunner sharedRunner() {
        return runner.withPropertyValues(TestZeroIpcAutoConfiguration.BASE_DIRECTORY + "=" + shared);
    }

    private List<Path> sharedFiles() throws Exception {
        try (Stream<Path> files = Files.list(shared)) {
            return files.toList();
        }
    }

    @Test
    void directoryIsThereWhileTheContextIsAndDeletedWithIt() {
        Path[] directory = new Path[1];
        runner.run(context -> {
            directory[0] = context.getBean(TestSegmentFiles.class).getBaseDirectory();
            assertThat(directory[0].resolve("market")).exists();
            assertThat(context.getBean(TestSegmentFiles.class).file("market")).exists();
        });
        assertThat(directory[0]).doesNotExist();
    }

    @Test
    void directoryIsDeletedWhenTheContextDoesNotStart() {
        Path[] directory = new Path[1];
        runner.withPropertyValues("zeroipc.segments.missing.mode=open").run(context -> {
            assertThat(context).hasFailed();
            Throwable failure = context.getStartupFailure();
            assertThat(failure).rootCause()
                    .satisfies(cause -> directory[0] = ((SegmentNotFoundException) cause).path()
                            .getParent());
        });
        assertThat(directory[0].getFileName().toString()).startsWith("zeroipc-test-");
        assertThat(directory[0]).doesNotExist();
    }

    @Test
    void contextsSideBySideDoNotMeet() {
        runner.run(first -> runner.run(second -> {
            SharedQueue<?> one = first.getBean("market.orders", SharedQueue.class);
            SharedQueue<?> other = second.getBean("market.orders", SharedQueue.class);
            assertThat(one.segment().path()).isNotEqualTo(other.segment().path());
            first.getBean(ZeroIpcOperations.class).send("market/orders", 7);
            assertThat(one.size()).isOne();
            assertThat(other.size()).isZero();
        }));
    }

    @Test
    void filesInABaseDirectoryHaveARandomPrefixAndAreDeleted() throws Exception {
        Path foreign = Files.createFile(shared.resolve("market"));
        sharedRunner().run(first -> sharedRunner().run(second -> {
            assertThat(sharedFiles()).hasSizeGreaterThan(2);
            assertThat(first.getBean(Segment.class).path().getParent()).isEqualTo(shared);
            assertThat(first.getBean(Segment.class).path().getFileName().toString())
                    .matches("zeroipc-test-\\d+-[0-9a-f]{12}-market");
            assertThat(first.getBean(Segment.class).path()).isNotEqualTo(second.getBean(Segment.class).path());
        }));
        assertThat(sharedFiles()).containsExactly(foreign);
    }

    @Test
    void segmentsWithAPathAreMovedToo() {
        runner.withPropertyValues("zeroipc.segments.market.path=/nonexistent/shm/feed").run(context -> {
            TestSegmentFiles files = context.getBean(TestSegmentFiles.class);
            assertThat(context.getBean(Segment.class).path()).isEqualTo(files.file("nonexistent-shm-feed"));
        });
    }

    @Test
    void connectionDetailsOfTheApplicationAreReplaced() {
        runner.withUserConfiguration(OwnDetails.class)
                .run(context -> assertThat(context.getBean(Segment.class).path())
                        .isEqualTo(context.getBean(TestSegmentFiles.class).file("market")));
    }

    @Test
    void baseDirectoryThatDoesNotExistIsNamed() {
        runner.withPropertyValues(TestZeroIpcAutoConfiguration.BASE_DIRECTORY + "=/nonexistent")
                .run(context -> assertThat(context).getFailure()
                        .rootCause()
                        .hasMessage("base directory of the test does not exist: baseDirectory=/nonexistent"
                                + " (expected: an existing directory)"));
    }

    /** A whole test run in a JVM of its own, whose contexts are closed by its end and by nobody else. */
    @Test
    @Tag("process")
    void directoryIsDeletedWhenTestsFailAndTheJvmEnds() throws Exception {
        PeerProcess run = peers.start(PeerProcess.of(FailingTestRun.class)
                .withSystemProperty("java.io.tmpdir", shared));

        String directory = run.awaitLineWith("segments in ").substring("segments in ".length());

        assertThat(run.join()).isZero();
        assertThat(run.output()).contains("failed=1");
        assertThat(Path.of(directory).getParent()).isEqualTo(shared.toRealPath());
        assertThat(sharedFiles()).noneMatch(file -> file.getFileName().toString().startsWith("zeroipc-test-"));
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnDetails {

        @Bean
        ZeroIpcConnectionDetails zeroIpcConnectionDetails() {
            return new ZeroIpcConnectionDetails() {};
        }
    }
}
