package io.zeroipc.testing;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Ends a run of tests that stalls where JUnit's time limit does not reach: in an extension that cleans up behind a test, in
 * a factory of arguments, between two classes. When no test has begun or ended for twice the limit of one test, it prints
 * which was the last and what all threads and child processes do, and ends the JVM, so that the build fails and says where.
 * Registered for every run of the build by the service file of this module; does nothing where the build sets no limit.
 */
public final class StalledRunListener implements TestExecutionListener {

    /** Exit status of a JVM that was ended. */
    static final int STATUS = 86;

    /** What {@link Runtime#halt} leaves to those who read standard output from a pipe, before that is gone. */
    private static final Duration FOR_READERS = Duration.ofSeconds(1);

    private final Object lock = new Object();

    private String last = "";
    private long since;
    private boolean over;

    @Override
    public void testPlanExecutionStarted(TestPlan plan) {
        plan.getConfigurationParameters()
                .get(TimeLimit.PARAMETER, TimeLimit::parse)
                .ifPresent(limit -> {
                    note("the run", "began");
                    Thread.ofPlatform()
                            .daemon()
                            .name("stalled-run")
                            .start(() -> watch(limit.multipliedBy(2)));
                });
    }

    @Override
    public void testPlanExecutionFinished(TestPlan plan) {
        synchronized (lock) {
            over = true;
            lock.notifyAll();
        }
    }

    @Override
    public void executionStarted(TestIdentifier test) {
        note(test.getUniqueId(), "began");
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        note(test.getUniqueId(), "ended");
    }

    private void note(String what, String how) {
        synchronized (lock) {
            last = what + " " + how;
            since = System.nanoTime();
        }
    }

    private void watch(Duration patience) {
        String report;
        synchronized (lock) {
            long left = patience.toNanos();
            while (!over && left > 0) {
                try {
                    // Rounded up: what is left may be less than a millisecond, and 0 waits for ever.
                    lock.wait(left / 1_000_000 + 1);
                } catch (InterruptedException e) {
                    // Nobody knows this thread.
                }
                left = patience.toNanos() - (System.nanoTime() - since);
            }
            if (over) {
                return;
            }
            report = "the run stalls: last=" + last + ", nothing since=" + patience;
        }
        PrintStream out = System.out;
        out.println(report);
        ProcessHandle.current().descendants().forEach(child -> out.println(describe(child)));
        out.println(threads());
        out.flush();
        try {
            Thread.sleep(FOR_READERS);
        } catch (InterruptedException e) {
            // As above.
        }
        Runtime.getRuntime().halt(STATUS);
    }

    private static String describe(ProcessHandle child) {
        return "child process: pid=" + child.pid() + ", cpu="
                + child.info().totalCpuDuration().map(Duration::toString).orElse("?") + ", command="
                + child.info().commandLine().orElse("?");
    }

    /** Of all threads, virtual ones too. */
    private static String threads() {
        try {
            Path directory = Files.createTempDirectory("stalled-run");
            Path file = directory.resolve("threads.txt");
            try {
                ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                        .dumpThreads(file.toString(), ThreadDumpFormat.TEXT_PLAIN);
                return Files.readString(file);
            } finally {
                Files.deleteIfExists(file);
                Files.delete(directory);
            }
        } catch (IOException e) {
            return "no stacks: " + e;
        }
    }
}
