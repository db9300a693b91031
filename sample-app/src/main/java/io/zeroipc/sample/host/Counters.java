package io.zeroipc.sample.host;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.zeroipc.sample.Telemetry.Traffic;

/** Bytes that have gone in and out since the machine started. */
record Counters(long in, long out) {

    private static final Pattern PARTITION = Pattern.compile("p?\\d+");
    /** Devices made of other devices, or of memory: their traffic is counted below them, or is none. */
    private static final Pattern STACKED = Pattern.compile("(loop|ram|zram|dm-|md|sr|fd)\\d+");
    /** The kernel counts in these whatever the disk's own sectors are. */
    private static final long SECTOR_BYTES = 512;

    Counters plus(long moreIn, long moreOut) {
        return new Counters(in + moreIn, out + moreOut);
    }

    /** Bytes per second since an earlier reading; NaN when no time has passed, 0 when a device has gone. */
    Traffic rateSince(Counters earlier, long nanos) {
        if (nanos <= 0) {
            return new Traffic(Double.NaN, Double.NaN);
        }
        double seconds = nanos / 1e9;
        return new Traffic(Math.max(0, in - earlier.in) / seconds, Math.max(0, out - earlier.out) / seconds);
    }

    /** Reads the text of {@code /proc/net/dev}: the sum of all interfaces but the loopback. */
    static Counters parseNetwork(List<String> lines) {
        Counters sum = new Counters(0, 0);
        for (String line : lines) {
            int colon = line.lastIndexOf(':');
            if (colon < 0 || line.substring(0, colon).strip().equals("lo")) {
                continue;
            }
            String[] fields = line.substring(colon + 1).strip().split("\\s+");
            sum = sum.plus(Long.parseLong(fields[0]), Long.parseLong(fields[8]));
        }
        return sum;
    }

    /** Reads the text of {@code /proc/diskstats}: the sum of all disks, without their partitions. */
    static Counters parseDisks(List<String> lines) {
        List<String[]> rows = lines.stream()
                .filter(line -> !line.isBlank())
                .map(line -> line.strip().split("\\s+"))
                .toList();
        Set<String> names = rows.stream().map(fields -> fields[2]).collect(Collectors.toSet());
        Counters sum = new Counters(0, 0);
        for (String[] fields : rows) {
            String name = fields[2];
            if (!STACKED.matcher(name).matches() && !isPartition(name, names)) {
                sum = sum.plus(Long.parseLong(fields[5]) * SECTOR_BYTES, Long.parseLong(fields[9]) * SECTOR_BYTES);
            }
        }
        return sum;
    }

    /** Whether the name is a listed disk's with a number behind it: {@code sda1} beside {@code sda}. */
    private static boolean isPartition(String name, Set<String> names) {
        for (int end = 1; end < name.length(); end++) {
            if (names.contains(name.substring(0, end)) && PARTITION.matcher(name.substring(end)).matches()) {
                return true;
            }
        }
        return false;
    }
}
