package io.zeroipc.benchmarks.pair;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.ToDoubleFunction;

import org.HdrHistogram.Histogram;

import io.zeroipc.benchmarks.pair.Slice.Kind;
import io.zeroipc.benchmarks.pair.Statistics.Quartiles;
import io.zeroipc.benchmarks.pair.Statistics.Regime;

/** Tables in Markdown, and records as CSV. */
final class Report {

    private static final String NOTHING = "-";

    private final Options options;
    private final Header header;
    private final double regimeLimit;
    private final List<Slice> slices;
    private final List<String> text = new ArrayList<>();

    /** @param slices of a run, in any order */
    Report(Options options, Header header, List<Slice> slices) {
        this.options = options;
        this.header = header;
        this.slices = slices;
        regimeLimit = Statistics.regimeLimit(slices.stream().mapToDouble(Slice::rawNanos).toArray());
    }

    void write(Notes notes, List<String> waiting) throws IOException {
        text.add("# Between two processes");
        text.add("");
        header.lines().forEach(line -> text.add("- " + line));
        if (!slices.isEmpty()) {
            tables();
        }
        text.addAll(waiting);
        text.add("");
        text.add("## Notes");
        text.add("");
        text.add("`-`: not measured, for one of these reasons.");
        text.add("");
        notes.lines().forEach(line -> text.add("- " + line));
        Files.write(options.out.resolve("pair.md"), text);
        if (!slices.isEmpty()) {
            writeCsv("slices.csv", slicesCsv());
            writeCsv("summary.csv", summaryCsv());
        }
    }

    /** Pictures of the regime with the most slices. */
    void draw(Charts charts) throws IOException {
        Regime most = regimes().stream()
                .max(Comparator.comparingInt(regime -> in(regime, slices).size()))
                .orElse(Regime.ONLY);
        charts.write(in(most, slices), most.label());
    }

    /** Lines below those that every file begins with. */
    void writeCsv(String file, List<String> lines) throws IOException {
        List<String> all = new ArrayList<>();
        header.lines().forEach(line -> all.add("# " + line));
        all.addAll(lines);
        Files.write(options.out.resolve(file), all);
    }

    // tables

    private void tables() {
        text.add("");
        text.add("## The machine");
        text.add("");
        text.add("Round trips of raw cache lines, taken before each slice, nanoseconds at the median:");
        text.add("");
        text.add("| regime | slices | quartiles |");
        text.add("|---|---|---|");
        for (Regime regime : regimes()) {
            Quartiles raw = Statistics.quartiles(in(regime, slices), Slice::rawNanos);
            text.add("| " + regime.label() + " | " + raw.count() + " | " + nanos(raw) + " |");
        }
        for (Task task : tasks()) {
            boolean throughput = task.workload().isThroughput();
            text.add("");
            text.add("## " + task.label() + ", " + task.mode());
            text.add("");
            text.add(throughput
                    ? "Million messages a second that went through: median [quartiles] of the slices."
                    : "Nanoseconds: p50 / p99 / p99.9 of all samples, and how many these are"
                            + (task.workload() == Task.Workload.OPEN_LOOP
                                    ? "; (n late): messages that were not back when the slice was given up."
                                    : "."));
            for (Regime regime : regimes()) {
                table(task, regime, "regime " + regime.label(), throughput
                        ? (mine, _) -> millions(Statistics.quartiles(mine, Slice::value))
                        : (mine, _) -> percentiles(mine));
                table(task, regime, "in relation to " + options.base.title() + ", slice by slice"
                        + (throughput ? "" : ", p50"), (mine, base) -> ratio(mine, base, Slice::value));
                if (!throughput) {
                    table(task, regime, "in relation to " + options.base.title() + ", slice by slice, p99",
                            (mine, base) -> ratio(mine, base, slice -> slice.at(99)));
                }
            }
        }
    }

    private void table(Task task, Regime regime, String title, BiFunction<List<Slice>, List<Slice>, String> cell) {
        Set<Integer> sizes = new TreeSet<>();
        Map<Transport, StringJoiner> rows = new EnumMap<>(Transport.class);
        slices.stream().filter(slice -> isOf(slice, task)).forEach(slice -> sizes.add(slice.size()));
        for (int size : sizes) {
            Map<Transport, List<Slice>> column = new EnumMap<>(Transport.class);
            for (Slice slice : in(regime, slices)) {
                if (isOf(slice, task) && slice.size() == size) {
                    column.computeIfAbsent(slice.transport(), _ -> new ArrayList<>()).add(slice);
                }
            }
            for (Transport transport : options.transports) {
                if (slices.stream().noneMatch(slice -> isOf(slice, task) && slice.transport() == transport)) {
                    continue; // the notes say why
                }
                List<Slice> mine = column.getOrDefault(transport, List.of());
                List<Slice> base = column.getOrDefault(options.base, List.of());
                rows.computeIfAbsent(transport, _ -> new StringJoiner(" | ", "| " + transport.title() + " | ", " |"))
                        .add(mine.isEmpty() ? NOTHING : cell.apply(mine, base));
            }
        }
        if (rows.values().stream().allMatch(row -> row.toString().matches("\\| [^|]*( \\| -)+ \\|"))) {
            return;
        }
        text.add("");
        text.add(title + ":");
        text.add("");
        StringJoiner head = new StringJoiner(" | ", "| | ", " |");
        sizes.forEach(size -> head.add(bytes(size)));
        text.add(head.toString());
        text.add("|---".repeat(sizes.size() + 1) + "|");
        rows.values().forEach(row -> text.add(row.toString()));
    }

    private static boolean isOf(Slice slice, Task task) {
        return slice.task().label().equals(task.label()) && slice.task().mode().equals(task.mode());
    }

    private Set<Task> tasks() {
        Set<Task> tasks = new LinkedHashSet<>();
        options.sizes.forEach(size -> tasks.addAll(options.tasks(size)));
        tasks.removeIf(task -> slices.stream().noneMatch(slice -> isOf(slice, task)));
        return tasks;
    }

    private Set<Regime> regimes() {
        Set<Regime> regimes = new TreeSet<>();
        slices.forEach(slice -> regimes.add(regime(slice)));
        return regimes;
    }

    private Regime regime(Slice slice) {
        return Statistics.regime(slice.rawNanos(), regimeLimit);
    }

    private List<Slice> in(Regime regime, List<Slice> all) {
        return all.stream().filter(slice -> regime(slice) == regime).toList();
    }

    // cells

    private static String millions(Quartiles quartiles) {
        return quartiles(quartiles, 1e-6);
    }

    private static String nanos(Quartiles quartiles) {
        return quartiles(quartiles, 1);
    }

    private static String ratio(List<Slice> slices, List<Slice> base, ToDoubleFunction<Slice> value) {
        Quartiles ratios = Statistics.ratios(slices, base, value);
        return ratios.count() == 0 ? NOTHING : quartiles(ratios, 1);
    }

    private static String quartiles(Quartiles quartiles, double factor) {
        return String.format(Locale.ROOT, "%s [%s, %s]", number(quartiles.median() * factor),
                number(quartiles.first() * factor), number(quartiles.third() * factor));
    }

    /** Three digits that say something, or all of them before the point. */
    static String number(double value) {
        if (!(value > 0)) {
            return "0";
        }
        return value >= 1000
                ? String.format(Locale.ROOT, "%.0f", value)
                : new BigDecimal(value).round(new MathContext(3)).toPlainString();
    }

    private static String percentiles(List<Slice> slices) {
        Histogram times = Statistics.times(slices);
        long late = slices.stream().mapToLong(slice -> slice.active().late()).sum();
        return times.getValueAtPercentile(50) + " / " + times.getValueAtPercentile(99) + " / "
                + times.getValueAtPercentile(99.9) + " of " + count(times.getTotalCount())
                + (late == 0 ? "" : " (" + count(late) + " late)");
    }

    static String count(long count) {
        if (count < 10_000) {
            return Long.toString(count);
        }
        return count < 10_000_000 ? number(count / 1e3) + "k" : number(count / 1e6) + "M";
    }

    static String bytes(int size) {
        if (size < 1024) {
            return size + " B";
        }
        return size < 1 << 20 ? size / 1024 + " KiB" : size / (1 << 20) + " MiB";
    }

    // records

    private List<String> slicesCsv() {
        List<String> lines = new ArrayList<>();
        lines.add("fork,round,transport,bytes,workload,mode,raw_p50_ns,regime,sent,received,receiver_ns,"
                + "messages_per_s,samples,p50_ns,p99_ns,p99.9_ns,max_ns,late,wrong");
        for (Slice slice : slices) {
            Histogram times = slice.active().times();
            boolean throughput = slice.task().workload().isThroughput();
            lines.add(csv(slice.fork(), slice.round(), slice.transport().label(), slice.size(), slice.task().label(),
                    slice.task().mode(), Math.round(slice.rawNanos()), regime(slice).label(),
                    slice.active().messages(), slice.passive().messages(), slice.passive().nanos(),
                    throughput ? Math.round(slice.passive().perSecond()) : "", times.getTotalCount(),
                    throughput ? "" : times.getValueAtPercentile(50), throughput ? "" : times.getValueAtPercentile(99),
                    throughput ? "" : times.getValueAtPercentile(99.9), throughput ? "" : times.getMaxValue(),
                    slice.active().late(), slice.wrong()));
        }
        return lines;
    }

    private List<String> summaryCsv() {
        List<String> lines = new ArrayList<>();
        lines.add("workload,mode,bytes,regime,transport,slices,unit,q1,median,q3,p50,p99,p99.9,samples,base,"
                + "ratio_q1,ratio_median,ratio_q3,ratios,p99_ratio_median");
        Map<Kind, Map<Transport, List<Slice>>> kinds = new LinkedHashMap<>();
        for (Regime regime : regimes()) {
            kinds.clear();
            in(regime, slices).forEach(slice -> kinds
                    .computeIfAbsent(slice.kind(), _ -> new EnumMap<>(Transport.class))
                    .computeIfAbsent(slice.transport(), _ -> new ArrayList<>())
                    .add(slice));
            kinds.forEach((kind, transports) -> transports.forEach((transport, mine) -> {
                List<Slice> base = transports.getOrDefault(options.base, List.of());
                boolean throughput = mine.getFirst().task().workload().isThroughput();
                Quartiles values = Statistics.quartiles(mine, Slice::value);
                Histogram times = Statistics.times(mine);
                Quartiles ratios = Statistics.ratios(mine, base, Slice::value);
                Quartiles tails = throughput
                        ? Quartiles.of()
                        : Statistics.ratios(mine, base, slice -> slice.at(99));
                lines.add(csv(kind.task(), kind.mode(), kind.size(), regime.label(), transport.label(), values.count(),
                        throughput ? "messages/s" : "ns", values.first(), values.median(), values.third(),
                        throughput ? "" : times.getValueAtPercentile(50),
                        throughput ? "" : times.getValueAtPercentile(99),
                        throughput ? "" : times.getValueAtPercentile(99.9), times.getTotalCount(),
                        options.base.label(), ratios.first(), ratios.median(), ratios.third(), ratios.count(),
                        tails.median()));
            }));
        }
        return lines;
    }

    /** Numbers are written as they are, but for those of floating point, which get four digits. */
    static String csv(Object... values) {
        StringJoiner line = new StringJoiner(",");
        for (Object value : values) {
            if (value instanceof Double number) {
                line.add(Double.isNaN(number) ? ""
                        : String.format(Locale.ROOT, "%.4g", number).contains("e")
                                ? String.format(Locale.ROOT, "%.0f", number)
                        : String.format(Locale.ROOT, "%.4g", number));
            } else {
                line.add(value.toString());
            }
        }
        return line.toString();
    }
}
