package io.zeroipc.documentation;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.segment.Segment;
import io.zeroipc.test.PeerProcess;
import io.zeroipc.test.PeerProcesses;

import static org.assertj.core.api.Assertions.assertThat;

/** The way of somebody who is new here: what the page shows, compiled as it stands and run. */
@Tag("process")
class GettingStartedTest {

    private static final String PAGE = "docs/guide/getting-started.md";
    private static final Snippet CONFIGURATION = Snippet.file(PAGE, "src/main/resources/application.yml");
    private static final Snippet SENDER = Snippet.file(PAGE, "src/main/java/sender/Sender.java");
    private static final Snippet RECEIVER = Snippet.file(PAGE, "src/main/java/receiver/Receiver.java");
    private static final Snippet PLAIN = Snippet.file(PAGE, "Plain.java");

    @RegisterExtension
    final PeerProcesses peers = new PeerProcesses();

    @TempDir
    Path directory;

    @Test
    void shouldTakeTwentyLinesOfJavaAndTenOfYamlWhenTwoApplicationsTalk() {
        assertThat(SENDER.lines().size() + RECEIVER.lines().size()).as("with packages and imports")
                .isLessThanOrEqualTo(20);
        assertThat(2 * CONFIGURATION.lines().size()).as("in both projects").isLessThanOrEqualTo(10);
    }

    @Test
    void shouldReceiveWhatTheOtherSendsWhenBothApplicationsRun() throws Exception {
        PeerProcess.Builder receiver = application("receiver.Receiver", RECEIVER);
        PeerProcess.Builder sender = application("sender.Sender", SENDER);

        PeerProcess receiving = peers.start(receiver);
        receiving.awaitLineWith("listener started");
        assertThat(peers.start(sender).join()).isZero();
        receiving.await("received 21.5");
        assertThat(peers.start(sender).join()).isZero();
        receiving.await(2, "received 21.5");
    }

    @Test
    void shouldReceiveWhatWaitsWhenTheSenderWasFirst() throws Exception {
        assertThat(peers.start(application("sender.Sender", SENDER)).join()).isZero();

        peers.start(application("receiver.Receiver", RECEIVER)).await("received 21.5");
    }

    @Test
    void shouldTakeWhatTheRunBeforeLeftWhenThereIsNoSpring() throws Exception {
        Path classes = Files.createDirectory(directory.resolve("plain"));
        String unique = UUID.randomUUID() + "-";
        JavaSnippets.compileAsIs(List.of(PLAIN.inSegmentsOfItsOwn(unique)), classes);
        PeerProcess.Builder plain = PeerProcess.of("Plain").withClassPath(classPath(classes));
        try {
            PeerProcess first = peers.start(plain);
            assertThat(first.join()).isZero();
            assertThat(first.output()).containsExactly("nothing waits");
            PeerProcess second = peers.start(plain);
            assertThat(second.join()).isZero();
            assertThat(second.output())
                    .containsExactly("taken: Trade[id=1, price=99.5, quantity=100, symbol=ACME]");
        } finally {
            for (String suffix : List.of("", ".zipc", ".zipc-live")) {
                Files.deleteIfExists(Segment.defaultDirectory().resolve(unique + "plain" + suffix));
            }
        }
    }

    /** A project with one class and the configuration, in a directory of its own, with segments in the test's. */
    private PeerProcess.Builder application(String main, Snippet source) throws IOException {
        Path classes = Files.createDirectory(directory.resolve(main));
        JavaSnippets.compileAsIs(List.of(source), classes);
        Files.writeString(classes.resolve("application.yml"), CONFIGURATION.text());
        return PeerProcess.of(main)
                .withClassPath(classPath(classes))
                .withSystemProperty("zeroipc.base-directory", directory);
    }

    private static String classPath(Path classes) {
        return classes + File.pathSeparator + System.getProperty("java.class.path");
    }
}
