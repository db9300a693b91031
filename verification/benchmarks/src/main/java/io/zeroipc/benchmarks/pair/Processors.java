package io.zeroipc.benchmarks.pair;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.StringJoiner;

/** What runs where, and what it costs. */
final class Processors {

    private static final Path TASKSET = Path.of("/usr/bin/taskset");

    private Processors() {
    }

    private static boolean canPin() {
        return Files.isExecutable(TASKSET) && Runtime.getRuntime().availableProcessors() > 1;
    }

    /** How a command begins that runs on these processors only; empty where that is not possible. */
    static List<String> pinnedTo(String processors) {
        return canPin() ? List.of(TASKSET.toString(), "-c", processors) : List.of();
    }

    /** Whether processes are pinned, in words for the tables. */
    static String placement(List<String> processors) {
        if (canPin()) {
            return "pinned to processors " + String.join(" and ", processors);
        }
        return "NOT PINNED: " + (Files.isExecutable(TASKSET) ? "there is one processor" : TASKSET + " is not there");
    }

    /** Processor time of a process so far, in nanoseconds. */
    static long time(ProcessHandle process) {
        return process.info().totalCpuDuration().orElseThrow().toNanos();
    }

    /** Processor time of this JVM's threads by name, in microseconds: {@code name=micros;...}. */
    static String threads() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        StringJoiner line = new StringJoiner(";");
        for (ThreadInfo info : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (info != null) {
                String name = info.getThreadName().replaceAll("[\\s;=]+", "_");
                line.add(name + "=" + threads.getThreadCpuTime(info.getThreadId()) / 1000);
            }
        }
        return line.toString();
    }

    /** The first line of a file with this beginning, without it; empty where there is none. */
    static String find(Path file, String beginning) {
        try {
            return Files.readAllLines(file)
                    .stream()
                    .filter(line -> line.startsWith(beginning))
                    .map(line -> line.substring(beginning.length()).replaceFirst("^[\\s:]+", ""))
                    .findFirst()
                    .orElse("");
        } catch (IOException e) {
            return "";
        }
    }
}
