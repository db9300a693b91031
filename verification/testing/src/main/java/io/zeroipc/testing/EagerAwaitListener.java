package io.zeroipc.testing;

import java.time.Duration;

import org.awaitility.Awaitility;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestPlan;

/**
 * Lets tests that wait look at once, and then less and less often. Awaitility's first look comes after a tenth of a second,
 * which is longer than most of what the tests wait for takes. Registered for every run of the build by the service file of
 * this module.
 */
public final class EagerAwaitListener implements TestExecutionListener {

    private static final Duration FIRST = Duration.ofMillis(1);
    private static final Duration MOST = Duration.ofMillis(100);

    @Override
    public void testPlanExecutionStarted(TestPlan plan) {
        Awaitility.setDefaultPollInterval((polls, previous) -> next(previous));
    }

    private static Duration next(Duration previous) {
        Duration twice = previous.isZero() ? FIRST : previous.multipliedBy(2);
        return twice.compareTo(MOST) < 0 ? twice : MOST;
    }
}
