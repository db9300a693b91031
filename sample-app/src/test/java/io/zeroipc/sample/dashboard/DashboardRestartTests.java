package io.zeroipc.sample.dashboard;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.sample.SampleApplication;
import io.zeroipc.test.PeerProcess;

import static io.zeroipc.sample.Patiently.await;
import static org.assertj.core.api.Assertions.assertThat;

/** The page while the application itself comes and goes. */
@Tag("process")
class DashboardRestartTests {

    private static final Pattern PORT = Pattern.compile("main instance, at http://localhost:(\\d+)/");
    private static final int TERMINATED = 128 + 15;

    @TempDir
    Path directory;

    private PeerProcess application(int port) {
        return PeerProcess.of(SampleApplication.class)
                .withArguments("--zeroipc.base-directory=" + directory, "--server.port=" + port)
                .start();
    }

    private static int awaitPort(PeerProcess application) throws InterruptedException {
        Matcher matcher = PORT.matcher(application.awaitLineWith("main instance, at http://localhost:"));
        assertThat(matcher.find()).as("%s", application).isTrue();
        return Integer.parseInt(matcher.group(1));
    }

    @Test
    void pageComesBackByItselfWhenTheApplicationWasKilledAndWhenItEnded() throws Exception {
        try (DashboardPage page = DashboardPage.start()) {
            int port;
            try (PeerProcess application = application(0)) {
                port = awaitPort(application);
                page.open(port);
                await().until(() -> page.publisherState().equals("fresh"));

                application.kill();

                await().until(() -> page.connection().equals("reconnecting"));
                assertThat(page.publisherState()).as("nothing is known of it").isEqualTo("unknown");
            }
            try (PeerProcess application = application(port)) {
                awaitPort(application);
                await().until(() -> page.connection().equals("live") && page.publisherState().equals("fresh"));
                assertThat(page.text("#instance")).contains("process " + application.pid());

                // An open page holds up nobody.
                application.terminate();

                assertThat(application.join()).isEqualTo(TERMINATED);
                await().until(() -> page.connection().equals("reconnecting"));
                assertThat(application.output()).noneMatch(line -> line.contains("ERROR") || line.contains("graceful"));
                assertThat(application.errors()).isEmpty();
            }
        }
    }
}
