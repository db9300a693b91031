package io.zeroipc.sample.host;

import java.util.ArrayList;
import java.util.List;

/**
 * How long the cores have been busy since the machine started, in the kernel's ticks.
 *
 * @param all the sum of all cores
 * @param cores each core by its number; a core that is switched off is {@link Ticks#NONE}
 */
record CpuTimes(Ticks all, List<Ticks> cores) {

    /** Ticks spent working, and ticks in total. */
    record Ticks(long busy, long total) {

        static final Ticks NONE = new Ticks(0, 0);

        /** Busy share of the time since an earlier reading, 0 to 1; NaN when no tick has passed. */
        double shareSince(Ticks earlier) {
            long passed = total - earlier.total;
            if (passed <= 0) {
                return Double.NaN;
            }
            // The kernel corrects its idle and waiting times downwards now and then.
            return Math.clamp((double) (busy - earlier.busy) / passed, 0, 1);
        }
    }

    private static final int IDLE = 4;
    private static final int WAITING_FOR_DISK = 5;
    /** Time of virtual machines follows, which the kernel has counted as user time already. */
    private static final int STEAL = 8;

    /** Reads the text of {@code /proc/stat}. */
    static CpuTimes parse(List<String> lines) {
        Ticks all = Ticks.NONE;
        List<Ticks> cores = new ArrayList<>();
        for (String line : lines) {
            if (!line.startsWith("cpu")) {
                continue;
            }
            String[] fields = line.split("\\s+");
            Ticks ticks = ticks(fields);
            if (fields[0].equals("cpu")) {
                all = ticks;
            } else {
                int number = Integer.parseInt(fields[0].substring("cpu".length()));
                while (cores.size() < number) {
                    cores.add(Ticks.NONE);
                }
                cores.add(ticks);
            }
        }
        return new CpuTimes(all, List.copyOf(cores));
    }

    /** Busy share of each core since an earlier reading; NaN for a core that was not there. */
    List<Double> sharesSince(CpuTimes earlier) {
        List<Double> shares = new ArrayList<>(cores.size());
        for (int i = 0; i < cores.size(); i++) {
            Ticks before = i < earlier.cores.size() ? earlier.cores.get(i) : cores.get(i);
            shares.add(cores.get(i).shareSince(before));
        }
        return shares;
    }

    private static Ticks ticks(String[] fields) {
        long total = 0;
        long idle = 0;
        for (int i = 1; i < fields.length && i <= STEAL; i++) {
            long ticks = Long.parseLong(fields[i]);
            total += ticks;
            idle += i == IDLE || i == WAITING_FOR_DISK ? ticks : 0;
        }
        return new Ticks(total - idle, total);
    }
}
