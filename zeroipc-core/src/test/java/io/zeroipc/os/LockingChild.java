package io.zeroipc.os;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import io.zeroipc.os.FileLocks.Held;

/**
 * A process that locks what its parent says: lines {@code lock <position>}, {@code unlock <position>},
 * {@code probe <position>}, {@code probe-much <position> <times>} and {@code count <position> <times>}, each answered by
 * a line. It ends with its standard input.
 */
final class LockingChild {

    private LockingChild() {
    }

    public static void main(String[] arguments) throws Exception {
        Path path = Path.of(arguments[0]);
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
                FileLocks locks = FileLocks.of(channel, path, false)) {
            System.out.println(locks.mechanism());
            Map<Long, Held> held = new HashMap<>();
            for (String line = commands.readLine(); line != null; line = commands.readLine()) {
                String[] words = line.split(" ");
                long position = Long.parseLong(words[1]);
                System.out.println(switch (words[0]) {
                    case "lock" -> {
                        Held taken = locks.tryLock(position);
                        if (taken != null) {
                            held.put(position, taken);
                        }
                        yield taken == null ? "refused" : "locked";
                    }
                    case "unlock" -> {
                        held.remove(position).close();
                        yield "unlocked";
                    }
                    case "probe" -> locks.isHeldElsewhere(position) ? "held" : "free";
                    case "probe-much" -> probe(locks, position, Integer.parseInt(words[2]));
                    case "count" -> count(channel, locks, position, Integer.parseInt(words[2]));
                    default -> throw new IllegalArgumentException(line);
                });
            }
        }
    }

    private static String probe(FileLocks locks, long position, int times) {
        System.out.println("probing");
        for (int i = 0; i < times; i++) {
            locks.isHeldElsewhere(position);
        }
        return "probed";
    }

    /** Adds one so many times to the first word of the file, each time under the lock and without any atomic access. */
    static String count(FileChannel channel, FileLocks locks, long position, int times)
            throws IOException, InterruptedException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment word = channel.map(MapMode.READ_WRITE, 0, Long.BYTES, arena);
            for (int i = 0; i < times; i++) {
                try (Held held = locks.lock(position, Duration.ofMinutes(2))) {
                    if (held == null) {
                        return "timed out";
                    }
                    long seen = word.get(ValueLayout.JAVA_LONG, 0);
                    Thread.onSpinWait();
                    word.set(ValueLayout.JAVA_LONG, 0, seen + 1);
                }
            }
        }
        return "counted";
    }
}
