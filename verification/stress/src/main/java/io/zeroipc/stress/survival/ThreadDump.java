package io.zeroipc.stress.survival;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** Where the threads of a process are, for the evidence: what the JVM prints on a signal. */
final class ThreadDump {

    private static final String LAST_LINE = "JNI global refs";
    private static final long PATIENCE_SECONDS = 2;
    private static final int FRAMES = 9;

    private ThreadDump() {
    }

    /** The threads of these names; nothing when the process does not tell in time. */
    static String of(Member member, List<String> names) {
        try {
            member.jvm().signal("QUIT");
        } catch (IOException e) {
            return "(no signal can be sent: " + e + ")";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "(interrupted)";
        }
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        String output = member.output();
        while (!output.contains(LAST_LINE) && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            output = member.output();
        }
        return Arrays.stream(output.split("\n\n"))
                .filter(part -> names.stream().anyMatch(name -> part.contains("\"" + name + "\"")))
                .map(part -> part.lines().limit(FRAMES).collect(Collectors.joining("\n")))
                .collect(Collectors.joining("\n"));
    }
}
