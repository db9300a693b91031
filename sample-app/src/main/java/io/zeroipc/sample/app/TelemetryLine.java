package io.zeroipc.sample.app;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

import io.zeroipc.sample.Telemetry;

/** The figures as one line of text, in columns that stay where they are from line to line. */
final class TelemetryLine {

    private static final int CORES_SHOWN = 8;
    private static final double GIB = 1 << 30;

    private TelemetryLine() {
    }

    /**
     * @param cores busy share of each core
     * @param peak the highest busy share since the last line
     */
    static String of(Telemetry sample, List<Double> cores, double peak) {
        return "cpu %s peak %s %s  mem %s  load %s  net %s in %s out  disk %s rd %s wr".formatted(
                percent(sample.cpu()), percent(peak), cores(cores), memory(sample.memory()),
                number("%.2f", sample.load().one()), rate(sample.network().in()), rate(sample.network().out()),
                rate(sample.disk().in()), rate(sample.disk().out()));
    }

    static String percent(double share) {
        return Double.isNaN(share) ? "  ? %" : number("%3.0f %%", 100 * share);
    }

    /** Bytes per second, in the unit that needs at most three digits before the point. */
    static String rate(double bytesPerSecond) {
        if (Double.isNaN(bytesPerSecond)) {
            return "    ? kB/s";
        }
        double value = bytesPerSecond / 1000;
        String unit = "kB/s";
        for (String larger : List.of("MB/s", "GB/s")) {
            if (value >= 999.95) {
                value /= 1000;
                unit = larger;
            }
        }
        return number("%5.1f ", value) + unit;
    }

    private static String memory(Telemetry.Memory memory) {
        return memory.used() < 0
                ? "?"
                : number("%.1f of ", memory.used() / GIB) + number("%.1f GiB", memory.total() / GIB);
    }

    private static String cores(List<Double> cores) {
        String shown = cores.stream()
                .limit(CORES_SHOWN)
                .map(share -> Double.isNaN(share) ? "  -" : number("%3.0f", 100 * share))
                .collect(Collectors.joining(" "));
        int more = cores.size() - CORES_SHOWN;
        return "[" + shown + (more > 0 ? " and " + more + " more]" : "]");
    }

    private static String number(String format, double value) {
        return Double.isNaN(value) ? "?" : String.format(Locale.ROOT, format, value);
    }
}
