package io.zeroipc.spring.boot.test.autoconfigure;

import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.junit.jupiter.SpringJUnitConfig;

import io.zeroipc.segment.Segment;
import io.zeroipc.spring.boot.test.ChannelListenerTestHarness;
import io.zeroipc.spring.boot.test.app.Alert;
import io.zeroipc.spring.boot.test.app.AlertApplication;
import io.zeroipc.spring.core.ZeroIpcOperations;
import io.zeroipc.test.PeerProcess;
import io.zeroipc.test.PeerProcesses;

import static org.assertj.core.api.Assertions.assertThat;

/** What {@code @SpringBootTest} alone does with segments, as somebody writes it who has read nothing about them. */
class SpringBootTestSegmentsTests {

    private static final String ISOLATE = TestZeroIpcAutoConfiguration.ISOLATE;

    @TempDir
    static Path chosen;

    /** Where the segment is that is created for a test. */
    private static Path directory(ApplicationContext context) {
        return context.getBean("hostSegment", Segment.class).path().getParent();
    }

    @Nested
    @SpringBootTest(classes = AlertApplication.class)
    class Alone {

        @RegisterExtension
        final PeerProcesses peers = new PeerProcesses();

        @Autowired
        ApplicationContext context;

        @Autowired
        TestSegmentFiles files;

        @Test
        void segmentsAreTheContextsOwn() {
            assertThat(directory(context)).isEqualTo(files.getBaseDirectory());
            assertThat(directory(context).getFileName().toString()).matches("zeroipc-test-\\d+-[0-9a-f]{12}");
            assertThat(context.getBean("feedSegment", Segment.class).path())
                    .isEqualTo(files.file("nonexistent-shm-feed"));
        }

        @Test
        void harnessIsThere(@Autowired ChannelListenerTestHarness listeners) throws Exception {
            context.getBean(ZeroIpcOperations.class).send("host/alerts", new Alert(1, 0.5));
            assertThat(listeners.awaitInvocations("alert-log", 1)).hasSize(1);
        }

        /** With a segment that has a path as well, which does not exist. */
        @Test
        @Tag("process")
        void applicationThatIsStartedByATestFindsThem() throws Exception {
            PeerProcess peer = peers.start(PeerProcess.of(AlertApplication.class)
                    .withSystemProperties(files.properties()));
            peer.await("started");
            assertThat(context.getBean("feedSegment", Segment.class).participants())
                    .anyMatch(participant -> participant.pid() == peer.pid());
        }
    }

    @Nested
    @SpringBootTest(classes = AlertApplication.class, properties = "some.thing=else")
    class BesideAnotherContext {

        @Autowired
        ApplicationContext context;

        @Test
        void twoContextsDoNotMeet() {
            try (ConfigurableApplicationContext other = new SpringApplicationBuilder(AlertApplication.class)
                    .web(WebApplicationType.NONE)
                    .initializers(started -> new OwnSegmentsContextCustomizerFactory()
                            .createContextCustomizer(Alone.class, List.of())
                            .customizeContext(started, null))
                    .run()) {
                assertThat(directory(context)).isNotEqualTo(directory(other)).isDirectory();
                assertThat(directory(other)).isDirectory();
            }
            assertThat(directory(context)).isDirectory();
        }
    }

    /** What its {@code application-placed.yml} says is where it works in production. */
    @Nested
    @SpringBootTest(classes = AlertApplication.class)
    @ActiveProfiles("placed")
    class ApplicationWithADirectory {

        @Autowired
        ApplicationContext context;

        @Test
        void directoryOfTheApplicationIsNotTouched() {
            assertThat(context.getEnvironment().getProperty("zeroipc.base-directory"))
                    .isEqualTo("/nonexistent/production");
            assertThat(directory(context).getFileName().toString()).startsWith("zeroipc-test-");
        }
    }

    @Nested
    @SpringBootTest(classes = AlertApplication.class, properties = ISOLATE + "=false")
    @DirtiesContext // its segments are in a directory of the test
    class Declined {

        @DynamicPropertySource
        static void places(DynamicPropertyRegistry registry) {
            registry.add("zeroipc.segments.host.path", () -> chosen.resolve("host-declined"));
            registry.add("zeroipc.segments.feed.path", () -> chosen.resolve("feed-declined"));
        }

        @Autowired
        ApplicationContext context;

        @Test
        void segmentsAreWhereTheApplicationHasThem() {
            assertThat(context.getBeansOfType(TestSegmentFiles.class)).isEmpty();
            assertThat(context.getBean("hostSegment", Segment.class).path())
                    .isEqualTo(chosen.resolve("host-declined"));
        }
    }

    @Nested
    @SpringBootTest(classes = AlertApplication.class)
    @DirtiesContext // its segments are in a directory of the test
    class TestWithAPrefix {

        @DynamicPropertySource
        static void places(DynamicPropertyRegistry registry) {
            registry.add("zeroipc.file-prefix", () -> "prefix-of-the-test-");
            registry.add("zeroipc.segments.host.path", () -> chosen.resolve("host-prefixed"));
            registry.add("zeroipc.segments.feed.path", () -> chosen.resolve("feed-prefixed"));
        }

        @Autowired
        ApplicationContext context;

        @Test
        void prefixThatTheTestNamesIsUsed() {
            assertThat(context.getBeansOfType(TestSegmentFiles.class)).isEmpty();
        }
    }

    @Nested
    @SpringBootTest(classes = AlertApplication.class)
    @DirtiesContext // its segments are in a directory of the test
    class TestWithADirectory {

        @DynamicPropertySource
        static void places(DynamicPropertyRegistry registry) {
            registry.add("zeroipc.base-directory", () -> chosen);
            registry.add("zeroipc.segments.feed.path", () -> chosen.resolve("feed-placed"));
        }

        @Autowired
        ApplicationContext context;

        @Test
        void directoryThatTheTestNamesIsUsed() {
            assertThat(context.getBeansOfType(TestSegmentFiles.class)).isEmpty();
            assertThat(directory(context)).isEqualTo(chosen);
        }
    }

    @Nested
    @SpringBootTest(classes = AlertApplication.class, properties = "zeroipc.enabled=false")
    class SwitchedOff {

        @Autowired
        ApplicationContext context;

        @Test
        void thereIsNoDirectoryWithoutSegments() {
            assertThat(context.getBeansOfType(Segment.class)).isEmpty();
            assertThat(((ConfigurableApplicationContext) context).getBeanFactory()
                    .containsSingleton("testSegmentFiles")).isFalse();
        }
    }

    @Test
    void contextCacheIsNotSplit() {
        OwnSegmentsContextCustomizerFactory factory = new OwnSegmentsContextCustomizerFactory();
        assertThat(factory.createContextCustomizer(Alone.class, List.of()))
                .isNotNull()
                .isEqualTo(factory.createContextCustomizer(Declined.class, List.of()))
                .isEqualTo(factory.createContextCustomizer(Slice.class, List.of()));
        assertThat(factory.createContextCustomizer(WithoutBoot.class, List.of())).isNull();
        assertThat(factory.createContextCustomizer(Object.class, List.of())).isNull();
    }

    @ZeroIpcTest
    static class Slice {}

    @SpringJUnitConfig
    static class WithoutBoot {}
}
