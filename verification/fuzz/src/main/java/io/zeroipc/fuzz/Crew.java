package io.zeroipc.fuzz;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Some threads of this process that run cases, several, since many cases only wait. Writes a line for each finding, and at the
 * end one for each kind of step; ends the process when one of them hangs.
 */
final class Crew {

    /** The exit status when a step did not end. */
    static final int HUNG = 70;

    static final String FINDING = "finding\t";
    /** A kind of step, and how often it was taken. */
    static final String TAKEN = "taken\t";

    /** What one of the threads does. */
    interface Task {

        void run(int index, Steps steps) throws Exception;
    }

    private final PrintStream out;

    private Crew(PrintStream out) {
        this.out = out;
    }

    /** Runs the task in so many threads, until it ends in all of them. */
    static void work(int threads, PrintStream out, Task task) throws Exception {
        Crew crew = new Crew(out);
        List<Steps> watched = new ArrayList<>();
        CountDownLatch begun = new CountDownLatch(threads);
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int index = i;
                all.add(executor.submit(() -> {
                    Steps steps = new Steps(crew::report);
                    synchronized (watched) {
                        watched.add(steps);
                    }
                    begun.countDown();
                    task.run(index, steps);
                    return null;
                }));
            }
            begun.await();
            Watchdog.watch(List.copyOf(watched), crew::hung);
            for (Future<?> each : all) {
                each.get();
            }
        }
        Map<String, Long> taken = new TreeMap<>();
        watched.forEach(steps -> steps.taken().forEach((step, count) -> taken.merge(step, count, Long::sum)));
        taken.forEach((step, count) -> out.println(TAKEN + step + "\t" + count));
    }

    private void hung(Finding finding) {
        report(finding);
        Runtime.getRuntime().halt(HUNG);
    }

    private void report(Finding finding) {
        synchronized (out) {
            out.println(FINDING + finding.line());
            out.flush();
        }
    }
}
