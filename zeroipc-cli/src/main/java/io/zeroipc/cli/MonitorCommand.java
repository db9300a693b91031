package io.zeroipc.cli;

import java.time.Duration;
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

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import io.zeroipc.cli.Columns.Cell;
import io.zeroipc.cli.Terminal.Style;
import io.zeroipc.inspect.Inspector;
import io.zeroipc.inspect.Preview;
import io.zeroipc.inspect.SegmentReport;
import io.zeroipc.inspect.StructureReport;
import io.zeroipc.json.Json;
import io.zeroipc.segment.Segment;

/** A segment at work: redraws itself in a terminal, and writes lines into a pipe. */
@Command(name = "monitor", mixinStandardHelpOptions = true,
        description = "Shows how a segment or a structure changes, until it is interrupted.")
final class MonitorCommand implements Callable<Integer> {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");
    private static final int BAR = 30;

    private final Terminal terminal;

    @Mixin
    private Target target;

    @Parameters(index = "1", arity = "0..1", paramLabel = "STRUCTURE", description = "One structure, with its values.")
    private @Nullable String structure;

    @Option(names = {"-i", "--interval"}, paramLabel = "MS", defaultValue = "1000",
            description = "Milliseconds between two looks; ${DEFAULT-VALUE} by default.")
    private long interval;

    @Option(names = {"-n", "--count"}, paramLabel = "N", defaultValue = "0", description = "Ends after so many looks.")
    private long count;

    @Option(names = "--preview", paramLabel = "N", defaultValue = "10",
            description = "Elements to show; ${DEFAULT-VALUE} by default.")
    private int preview;

    @Option(names = "--json", description = "Writes one JSON object for each look and structure.")
    private boolean json;

    MonitorCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /** What was seen at one moment, to compare the next one with. */
    private record Moment(long nanos, Map<String, Map<String, Object>> details) {}

    @Override
    public Integer call() throws InterruptedException {
        if (interval < 1 || preview < 0) {
            throw new UsageException("interval or number of elements makes no sense: --interval=" + interval
                    + ", --preview=" + preview + " (expected: at least 1 ms, and 0 or more)");
        }
        boolean live = terminal.interactive() && !json;
        CountDownLatch stopped = new CountDownLatch(1);
        Thread restore = new Thread(() -> {
            if (live) {
                terminal.ownScreen(false);
            }
            stopped.countDown();
        }, "zeroipc-restore");
        try (Segment segment = target.openReadOnly()) {
            if (structure != null) {
                Structures.require(Inspector.report(segment), structure);
            }
            if (live) {
                terminal.ownScreen(true);
                Runtime.getRuntime().addShutdownHook(restore);
            }
            watch(segment, live, stopped);
        } finally {
            if (live && stopped.getCount() > 0) {
                terminal.ownScreen(false);
                Runtime.getRuntime().removeShutdownHook(restore);
            }
        }
        return ZeroIpc.DONE;
    }

    private void watch(Segment segment, boolean live, CountDownLatch stopped) throws InterruptedException {
        Moment before = null;
        for (long looks = 1;; looks++) {
            segment.verify();
            SegmentReport report = Inspector.report(segment);
            Moment now = moment(report);
            List<StructureReport> shown = structure == null
                    ? List.copyOf(report.structures().values())
                    : List.of(Structures.require(report, structure));
            if (live) {
                terminal.home();
                draw(segment, report, shown, before, now);
            } else {
                print(segment, shown, before, now);
            }
            terminal.out().flush();
            before = now;
            if (looks == count || stopped.await(interval, TimeUnit.MILLISECONDS)) {
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

    private static String text(Map<String, Double> rates) {
        List<String> texts = new ArrayList<>();
        rates.forEach((name, rate) -> texts.add("%s +%.1f/s".formatted(name, rate)));
        return String.join("  ", texts);
    }

    private void draw(Segment segment, SegmentReport report, List<StructureReport> shown, @Nullable Moment before,
            Moment now) {
        terminal.line(terminal.styled(Style.HEADER, report.name()) + "  "
                + TIME.format(LocalTime.now(ZoneId.systemDefault())) + "  "
                + Figures.bytes(report.bytes().used()) + " of " + Figures.bytes(report.bytes().capacity()) + " used  "
                + terminal.styled(Style.DIM, "Ctrl-C ends"));
        terminal.line("");
        Columns columns = new Columns("STRUCTURE", "KIND", ">USED", "", "", "CHANGES");
        for (StructureReport each : shown) {
            columns.row(new Cell(each.name(), Style.NAME), Figures.kind(each), Figures.occupancy(each.occupancy()),
                    Figures.usage(each.occupancy()), bar(each), new Cell(text(rates(each, before, now)), Style.GOOD));
        }
        columns.print(terminal);
        if (structure != null) {
            values(segment, shown.getFirst());
        }
    }

    private static Cell bar(StructureReport report) {
        long capacity = report.occupancy().capacity();
        Cell usage = Figures.usage(report.occupancy());
        int filled = capacity <= 0 ? 0 : Math.clamp(report.occupancy().used() * BAR / capacity, 0, BAR);
        return new Cell(capacity <= 0 ? "" : "#".repeat(filled) + ".".repeat(BAR - filled), usage.style());
    }

    private void values(Segment segment, StructureReport report) {
        terminal.line("");
        Optional<Preview> look = Preview.of(segment, report, preview);
        if (look.isEmpty()) {
            report.details().forEach((name, value) -> terminal.line(name + " = " + value));
            return;
        }
        Columns columns = new Columns(">POSITION", "VALUE");
        look.get().elements().forEach(each -> columns.row(each.position(), Figures.value(each.value())));
        columns.print(terminal);
    }

    private void print(Segment segment, List<StructureReport> shown, @Nullable Moment before, Moment now) {
        String time = TIME.format(LocalTime.now(ZoneId.systemDefault()));
        for (StructureReport each : shown) {
            Optional<Preview> newest = structure == null ? Optional.empty() : Preview.of(segment, each, preview);
            if (json) {
                Map<String, @Nullable Object> object = new LinkedHashMap<>();
                object.put("time", time);
                object.put("structure", each.name());
                object.put("kind", each.kind());
                object.put("used", each.occupancy().used());
                object.put("capacity", each.occupancy().capacity());
                object.put("rates", rates(each, before, now));
                newest.ifPresent(found -> object.put("elements",
                        found.elements().stream().map(element -> Figures.json(element.value())).toList()));
                terminal.line(Json.write(object));
                continue;
            }
            String value = newest.filter(found -> !found.elements().isEmpty())
                    .map(found -> "  " + Figures.value(
                            each.kind().equals("ring")
                                    ? found.elements().getLast().value()
                                    : found.elements().getFirst().value()))
                    .orElse("");
            terminal.line(time + "  " + each.name() + "  " + Figures.kind(each).text() + "  "
                    + Figures.occupancy(each.occupancy()) + "  " + text(rates(each, before, now)) + value);
        }
    }
}
