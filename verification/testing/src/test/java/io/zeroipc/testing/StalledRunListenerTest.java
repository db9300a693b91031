package io.zeroipc.testing;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

import io.zeroipc.test.PeerProcess;
import io.zeroipc.test.PeerProcesses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

/** In a JVM of its own, which it ends. */
class StalledRunListenerTest {

    @RegisterExtension
    final PeerProcesses peers = new PeerProcesses();

    @Test
    void shouldEndTheRunAndSayWhereWhenItStallsBehindATest() throws Exception {
        PeerProcess run = peers.start(PeerProcess.of(Runs.class).withArguments(StallsBehindTheTest.class.getName()));

        assertThat(run.join()).isEqualTo(StalledRunListener.STATUS);
        assertThat(run.output()).anyMatch(line -> line.startsWith("the run stalls: last=")
                && line.contains(StallsBehindTheTest.class.getSimpleName()) && line.endsWith("nothing since=PT2S"))
                .anyMatch(line -> line.contains(StallsBehindTheTest.class.getSimpleName() + ".joinForEver"))
                .doesNotContain("over");
    }

    @Test
    void shouldLeaveARunAloneWhenItEnds() throws Exception {
        PeerProcess run = peers.start(PeerProcess.of(Runs.class).withArguments(Passes.class.getName()));

        assertThat(run.join()).isZero();
        assertThat(run.output()).containsExactly("over");
    }

    static class Runs {

        public static void main(String[] arguments) throws Exception {
            LauncherFactory.create()
                    .execute(LauncherDiscoveryRequestBuilder.request()
                            .configurationParameter("junit.jupiter.execution.timeout.default", "1 s")
                            .selectors(selectClass(Class.forName(arguments[0])))
                            .build());
            System.out.println("over");
        }
    }

    static class StallsBehindTheTest {

        @RegisterExtension
        final AfterEachCallback cleanup = StallsBehindTheTest::joinForEver;

        @Test
        void passes() {
        }

        /** As a clean-up that waits for a thread which nobody ends. */
        private static void joinForEver(ExtensionContext context) throws InterruptedException {
            Thread.currentThread().join();
        }
    }

    static class Passes {

        @Test
        void passes() {
        }
    }
}
