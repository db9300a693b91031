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
    private static final Snippet CONFIGURATION = Snippet.files(PAGE, "src/main/resources/application.yml").getFirst();
    private static final Snippet LATER_CONFIGURATION = Snippet.files(PAGE, "src/main/resources/application.yml")
            .getLast();
    private static final Snippet SENDER = Snippet.file(PAGE, "src/main/java/sender/Sender.java");
    private static final Snippet RECEIVER = Snippet.file(PAGE, "src/main/java/receiver/Receiver.java");
    private static final Snippet TRADE = Snippet.file(PAGE, "src/main/java/market/Trade.java");
    private static final Snippet FEED = Snippet.file(PAGE, "src/main/java/sender/TradeFeed.java");
    private static final Snippet LOG = Snippet.file(PAGE, "src/main/java/receiver/TradeLog.java");
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
        PeerProcess.Builder receiver = application("receiver.Receiver", CONFIGURATION, RECEIVER);
        PeerProcess.Builder sender = application("sender.Sender", CONFIGURATION, SENDER);

        PeerProcess receiving = peers.start(receiver);
        receiving.awaitLineWith("listener started");
        assertThat(peers.start(sender).join()).isZero();
        receiving.await("received 21.5");
        assertThat(peers.start(sender).join()).isZero();
        receiving.await(2, "received 21.5");
    }

    @Test
    void shouldReceiveWhatWaitsWhenTheSenderWasFirst() throws Exception {
        assertThat(peers.start(application("sender.Sender", CONFIGURATION, SENDER)).join()).isZero();

        peers.start(application("receiver.Receiver", CONFIGURATION, RECEIVER)).await("received 21.5");
    }

    @Test
    void shouldGoOnWithARecordWhenTheSameProjectsGetOne() throws Exception {
        PeerProcess receiving = peers
                .start(application("receiver.Receiver", LATER_CONFIGURATION, RECEIVER, TRADE, LOG));
        receiving.awaitLineWith("listener started");
        PeerProcess sender = peers
                .start(application("sender.Sender", LATER_CONFIGURATION, SENDER, TRADE, FEED));
        assertThat(sender.join()).isZero();
        assertThat(sender.output()).contains("sent, last is Trade[id=1, price=99.5, quantity=100, symbol=ACME]");
        receiving.await("received Trade[id=1, price=99.5, quantity=100, symbol=ACME]");
        receiving.await("received 21.5");
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

    /** A project with these classes and a configuration, in a directory of its own, with segments in the test's. */
    private PeerProcess.Builder application(String main, Snippet configuration, Snippet... sources) throws IOException {
        Path classes = Files.createDirectory(directory.resolve(main));
        JavaSnippets.compileAsIs(List.of(sources), classes);
        Files.writeString(classes.resolve("application.yml"), configuration.text());
        return PeerProcess.of(main)
                .withClassPath(classPath(classes))
                .withSystemProperty("zeroipc.base-directory", directory);
    }

    private static String classPath(Path classes) {
        return classes + File.pathSeparator + System.getProperty("java.class.path");
    }
}
