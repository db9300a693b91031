package io.zeroipc.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import io.zeroipc.PrintableText;
import io.zeroipc.cli.Columns.Cell;
import io.zeroipc.cli.Terminal.Style;
import io.zeroipc.inspect.Inspector;
import io.zeroipc.inspect.SegmentReport;
import io.zeroipc.inspect.StructureReport;
import io.zeroipc.segment.Segment;

/** A segment at work: redraws itself in a terminal, and writes lines into a pipe. */
@Command(name = "monitor", mixinStandardHelpOptions = true,
        description = "Shows how a segment or a structure changes, until it is interrupted.",
        footer = {"  zeroipc monitor lab", "  zeroipc monitor lab alerts --json -n 10"})
final class MonitorCommand implements Callable<Integer> {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");
    private static final int BAR = 30;
    /** For a view that is being drawn when the process is told to end. */
    private static final long GRACE_MILLIS = 1000;

    private final Terminal terminal;

    @Mixin
    private Look look;

    @Option(names = {"-i", "--interval"}, paramLabel = "MS", defaultValue = "1000",
            description = "Milliseconds between two looks; ${DEFAULT-VALUE} by default.")
    private long interval;

    @Option(names = {"-n", "--count"}, paramLabel = "N", defaultValue = "0", description = "Ends after so many looks.")
    private long count;

    @Option(names = "--json", description = "Writes one JSON object for each look and structure.")
    private boolean json;

    MonitorCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /** What was seen at one moment, to compare the next one with. */
    private record Moment(long nanos, Map<String, Map<String, Object>> details) {}

    @Override
    public Integer call() throws InterruptedException {
        if (interval < 1 || count < 0) {
            throw new UsageException("interval or number of looks makes no sense: --interval=" + interval
                    + ", --count=" + count + " (expected: at least 1 ms, and 0 or more)");
        }
        try (Segment segment = look.open()) {
            if (look.structure() != null) {
                Structures.require(Inspector.report(segment), look.structure());
            }
            if (terminal.interactive() && !json) {
                watchLive(segment);
            } else {
                watch(segment, false, new CountDownLatch(1));
            }
        }
        return ZeroIpc.DONE;
    }

    /** On a screen of its own, which is given back however this ends. */
    private void watchLive(Segment segment) throws InterruptedException {
        CountDownLatch stopped = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        // Ctrl-C ends the process: it waits for the view that is being drawn, which would else appear on the screen
        // that has been given back.
        Thread interrupted = new Thread(() -> {
            stopped.countDown();
            try {
                ended.await(interval + GRACE_MILLIS, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                // Nobody interrupts it: the process ends.
                Thread.currentThread().interrupt();
            }
        }, "zeroipc-restore");
        terminal.ownScreen(true);
        Runtime.getRuntime().addShutdownHook(interrupted);
        try {
            watch(segment, true, stopped);
        } finally {
            terminal.ownScreen(false);
            ended.countDown();
            if (stopped.getCount() > 0) {
                Runtime.getRuntime().removeShutdownHook(interrupted);
            }
        }
    }

    private void watch(Segment segment, boolean live, CountDownLatch stopped) throws InterruptedException {
        Moment before = null;
        for (long looks = 1;; looks++) {
            segment.verify();
            SegmentReport report = Inspector.report(segment);
            Moment now = moment(report);
            List<StructureReport> shown = look.structure() == null
                    ? List.copyOf(report.structures().values())
                    : List.of(Structures.require(report, look.structure()));
            if (live) {
                terminal.redraw(view(segment, report, shown, before, now));
            } else {
                print(segment, shown, before, now);
            }
            before = now;
            if (looks == count || terminal.isGone() || stopped.await(interval, TimeUnit.MILLISECONDS)) {
                return;
            }
        }
    }

    private static Moment moment(SegmentReport report) {
        Map<String, Map<String, Object>> details = new LinkedHashMap<>();
        report.structures().forEach((name, each) -> details.put(name, each.details()));
        return new Moment(System.nanoTime(), details);
    }

    /** What grew since the last look, a second: the positions and versions among the details. */
    private static Map<String, Double> rates(StructureReport report, @Nullable Moment before, Moment now) {
        Map<String, Double> rates = new LinkedHashMap<>();
        if (before == null) {
            return rates;
        }
        double seconds = Math.max(1, now.nanos() - before.nanos()) / (double) Duration.ofSeconds(1).toNanos();
        Map<String, Object> then = before.details().getOrDefault(report.name(), Map.of());
        report.details().forEach((name, value) -> {
            if (value instanceof Number present && then.get(name) instanceof Number past
                    && present.longValue() > past.longValue() && !name.equals("timestamp")) {
                rates.put(name, (present.longValue() - past.longValue()) / seconds);
            }
        });
        return rates;
    }

    /** What is to be told of a structure: of one without elements its figures, and what grew. */
    private static String figures(StructureReport report, @Nullable Moment before, Moment now) {
        List<String> texts = new ArrayList<>();
        if (report.elementSize() == 0 && !report.details().isEmpty()) {
            texts.add(Figures.details(report));
        }
        rates(report, before, now).forEach((name, rate) -> texts.add("%s +%.1f/s".formatted(name, rate)));
        return String.join("  ", texts);
    }

    private List<String> view(Segment segment, SegmentReport report, List<StructureReport> shown,
            @Nullable Moment before, Moment now) {
        StringWriter text = new StringWriter();
        Terminal page = new Terminal(new PrintWriter(text), terminal.err(), true, terminal.colour(), terminal.rows());
        page.line(page.styled(Style.HEADER, report.name()) + "  "
                + TIME.format(LocalTime.now(ZoneId.systemDefault())) + "  "
                + Figures.bytes(report.bytes().used()) + " of " + Figures.bytes(report.bytes().capacity()) + " used  "
                + page.styled(Style.DIM, "Ctrl-C ends"));
        page.line("");
        Columns columns = new Columns("STRUCTURE", "KIND", ">USED", "", "", "FIGURES");
        for (StructureReport each : shown) {
            columns.row(new Cell(each.name(), Style.NAME), Figures.kind(each), Figures.occupancy(each.occupancy()),
                    Figures.usage(each), bar(each), figures(each, before, now));
        }
        columns.print(page);
        if (look.structure() != null) {
            Contents.of(segment, shown.getFirst(), look.preview()).ifPresent(contents -> {
                page.line("");
                contents.print(page);
            });
        }
        return text.toString().lines().toList();
    }

    private static Cell bar(StructureReport report) {
        long capacity = report.occupancy().capacity();
        int filled = capacity <= 0 ? 0 : Math.clamp(report.occupancy().used() * BAR / capacity, 0, BAR);
        return new Cell(capacity <= 0 ? "" : "#".repeat(filled) + ".".repeat(BAR - filled),
                Figures.usage(report).style());
    }

    private void print(Segment segment, List<StructureReport> shown, @Nullable Moment before, Moment now) {
        Instant time = Instant.now();
        for (StructureReport each : shown) {
            Optional<Contents> contents = look.structure() == null
                    ? Optional.empty()
                    : Contents.of(segment, each, look.preview());
            if (json) {
                Map<String, @Nullable Object> object = new LinkedHashMap<>();
                object.put("time", time.toString());
                object.put("structure", each.name());
                object.put("kind", each.kind());
                object.put("used", each.occupancy().used());
                object.put("capacity", each.occupancy().capacity());
                object.put("details", each.details());
                object.put("rates", rates(each, before, now));
                contents.ifPresent(found -> object.put("elements", found.toJson()));
                terminal.jsonLine(object);
            } else {
                String line = Stream.of(TIME.format(time.atZone(ZoneId.systemDefault())), each.name(),
                        Figures.kind(each).text(), Figures.occupancy(each.occupancy()),
                        figures(each, before, now),
                        contents.map(found -> found.onOneLine(each.kind())).orElse(""))
                        .filter(part -> !part.isEmpty())
                        .collect(Collectors.joining("  "));
                terminal.line(PrintableText.of(line));
            }
        }
    }
}
