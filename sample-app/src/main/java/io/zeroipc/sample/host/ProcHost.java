package io.zeroipc.sample.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.LongSupplier;

import io.zeroipc.sample.Telemetry.Load;
import io.zeroipc.sample.Telemetry.Memory;
import io.zeroipc.sample.Telemetry.Traffic;

/**
 * A Linux machine. Rates are differences to the reading of a second ago and not to the last one: the kernel counts
 * processor time in hundredths of a second, so that a tenth of a second would show steps of ten per cent.
 */
final class ProcHost implements Host {

    private static final long WINDOW_NANOS = 1_000_000_000;
    private static final Counters NO_COUNTERS = new Counters(-1, -1);

    private final Path proc;
    private final LongSupplier nanoClock;
    /** From the newest that is a window old, or the oldest there is, to the one just taken. */
    private final Deque<Reading> readings = new ArrayDeque<>();

    private record Reading(long nanos, CpuTimes cpu, Counters network, Counters disk) {}

    ProcHost(Path proc, LongSupplier nanoClock) throws IOException {
        this.proc = proc;
        this.nanoClock = nanoClock;
        readings.addLast(counters());
    }

    @Override
    public Figures read() throws IOException {
        Reading now = counters();
        readings.addLast(now);
        Reading then = readings.removeFirst();
        while (now.nanos - readings.getFirst().nanos >= WINDOW_NANOS) {
            then = readings.removeFirst();
        }
        readings.addFirst(then);
        long passed = now.nanos - then.nanos;
        return new Figures(now.cpu.all().shareSince(then.cpu.all()), now.cpu.sharesSince(then.cpu),
                parseLoad(lines("loadavg")), parseMemory(lines("meminfo")), rate(now.network, then.network, passed),
                rate(now.disk, then.disk, passed));
    }

    @Override
    public String describe() {
        return proc.toString();
    }

    private Reading counters() throws IOException {
        CpuTimes cpu = CpuTimes.parse(lines("stat"));
        // Containers often hide one of these.
        Path network = proc.resolve("net/dev");
        Path disks = proc.resolve("diskstats");
        return new Reading(nanoClock.getAsLong(), cpu,
                Files.isReadable(network) ? Counters.parseNetwork(Files.readAllLines(network)) : NO_COUNTERS,
                Files.isReadable(disks) ? Counters.parseDisks(Files.readAllLines(disks)) : NO_COUNTERS);
    }

    private static Traffic rate(Counters now, Counters then, long nanos) {
        return now.equals(NO_COUNTERS) || then.equals(NO_COUNTERS)
                ? new Traffic(Double.NaN, Double.NaN)
                : now.rateSince(then, nanos);
    }

    /** Reads the text of {@code /proc/loadavg}. */
    static Load parseLoad(List<String> lines) {
        String[] fields = lines.getFirst().split(" ");
        return new Load(Double.parseDouble(fields[0]), Double.parseDouble(fields[1]), Double.parseDouble(fields[2]));
    }

    /** Reads the text of {@code /proc/meminfo}. */
    static Memory parseMemory(List<String> lines) {
        long total = -1;
        long available = -1;
        for (String line : lines) {
            String[] fields = line.split("\\s+");
            switch (fields[0]) {
                case "MemTotal:" -> total = Long.parseLong(fields[1]) * 1024;
                case "MemAvailable:" -> available = Long.parseLong(fields[1]) * 1024;
                default -> {
                }
            }
        }
        return new Memory(total, available);
    }

    private List<String> lines(String file) throws IOException {
        return Files.readAllLines(proc.resolve(file));
    }
}
