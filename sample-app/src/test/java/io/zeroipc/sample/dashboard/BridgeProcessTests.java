package io.zeroipc.sample.dashboard;

import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.sample.Http;
import io.zeroipc.sample.SampleApplication;
import io.zeroipc.test.PeerProcess;
import io.zeroipc.testing.Browser;
import io.zeroipc.testing.KafkaBroker;

import static io.zeroipc.sample.Patiently.await;
import static org.assertj.core.api.Assertions.assertThat;

/** The telemetry of one machine on the page of another: two base directories, two groups of processes, one broker. */
@Tag("process")
class BridgeProcessTests {

    @TempDir
    Path here;

    @TempDir
    Path there;

    @Test
    void mirrorDrawsTheChartsOfTheOtherMachine() throws Exception {
        try (PeerProcess application = application("bridge", here);
                PeerProcess mirror = application("mirror", there);
                DashboardPage page = DashboardPage.start()) {
            int port = Http.port(application.awaitLineWith("main instance"));
            page.open(Http.port(mirror.awaitLineWith("main instance")));

            await().until(() -> page.connection().equals("live") && page.publisherState().equals("fresh"));
            await().until(() -> page.taken("statistics") > 0);
            for (String chart : List.of("cpu", "memory", "network", "disk")) {
                String before = page.picture(chart);
                await().until(() -> !page.picture(chart).equals(before));
            }
            assertThat(page.text("#publisher-process"))
                    .isEqualTo(Http.get(port, "/telemetry").at("/sample/publisher").asString());
            assertThat(page.text("[data-chart=cpu] .legend")).containsPattern("all cores \\d+ %")
                    .doesNotContain("core 0");
            page.browser().screenshot("dashboard-mirror", Browser.DESKTOP);
            assertThat(page.browser().errors()).as("console").isEmpty();
            assertThat(List.of(application.errors(), mirror.errors())).allSatisfy(lines -> assertThat(lines).isEmpty());
        }
    }

    private static PeerProcess application(String profile, Path directory) {
        return PeerProcess.of(SampleApplication.class)
                .withArguments("--spring.profiles.active=" + profile, "--zeroipc.base-directory=" + directory,
                        "--server.port=0", "--spring.kafka.bootstrap-servers=" + KafkaBroker.bootstrapServers())
                .start();
    }
}
