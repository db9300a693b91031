package io.zeroipc.spring.boot.test.autoconfigure;

import java.nio.file.Files;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.ContextConfiguration;

import io.zeroipc.segment.Segment;
import io.zeroipc.spring.boot.test.app.AlertApplication;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

/** Runs a test class with one failing test, as a build does, and ends. */
final class FailingTestRun {

    private FailingTestRun() {
    }

    public static void main(String[] arguments) {
        AtomicLong failed = new AtomicLong();
        LauncherFactory.create()
                .execute(LauncherDiscoveryRequestBuilder.request().selectors(selectClass(Failing.class)).build(),
                        new TestExecutionListener() {
                            @Override
                            public void executionFinished(TestIdentifier test,
                                    TestExecutionResult result) {
                                result.getThrowable().ifPresent(_ -> failed.incrementAndGet());
                            }
                        });
        System.out.println("failed=" + failed);
    }

    @ZeroIpcTest
    @ContextConfiguration(classes = AlertApplication.class)
    static class Failing {

        @Autowired
        TestSegmentFiles files;

        @Autowired
        Segment hostSegment;

        @Test
        void fails() {
            if (Files.exists(hostSegment.path())) {
                System.out.println("segments in " + files.getBaseDirectory());
            }
            throw new AssertionError("for the test's sake");
        }
    }
}
