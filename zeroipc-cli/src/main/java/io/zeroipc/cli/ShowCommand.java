package io.zeroipc.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import io.zeroipc.ElementSchema;
import io.zeroipc.PrintableText;
import io.zeroipc.cli.Columns.Cell;
import io.zeroipc.cli.Terminal.Style;
import io.zeroipc.inspect.Inspector;
import io.zeroipc.inspect.SegmentReport;
import io.zeroipc.inspect.StructureReport;
import io.zeroipc.json.SchemaJson;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Stall;

/** What is in a segment, or in one of its structures. */
@Command(name = "show", mixinStandardHelpOptions = true,
        description = "Shows a segment, or one of its structures and what waits in it. Takes nothing out.",
        footer = {"  zeroipc show lab", "  zeroipc show lab alerts --preview 20"})
final class ShowCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private Look look;

    @Option(names = "--json", description = "Writes JSON.")
    private boolean json;

    ShowCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        try (Segment segment = look.open()) {
            SegmentReport report = Inspector.report(segment);
            if (look.structure() == null) {
                show(report, new Participation(segment, report), stalls(report));
            } else {
                show(segment, report, Structures.require(report, look.structure()));
            }
            return ZeroIpc.DONE;
        }
    }

    private Map<String, Stall> stalls(SegmentReport report) throws InterruptedException {
        try (Segment plain = look.openPlain()) {
            return Stalls.find(plain, report);
        }
    }

    private void show(SegmentReport report, Participation participation, Map<String, Stall> stalls) {
        if (json) {
            Map<String, @Nullable Object> object = new LinkedHashMap<>();
            object.put("segment", report.name());
            object.put("path", report.path().toString());
            object.put("formatVersion", report.formatVersion());
            object.put("size", report.bytes().capacity());
            object.put("used", report.bytes().used());
            object.put("entries", report.entries().used());
            object.put("maxEntries", report.entries().capacity());
            object.put("catalogue", report.catalogue());
            Map<String, Object> structures = new LinkedHashMap<>();
            report.structures().forEach((name, each) -> structures.put(name, describe(each, Figures.trust(each))));
            object.put("structures", structures);
            object.putAll(participation.toJson(stalls));
            terminal.json(object);
            return;
        }
        terminal.line(terminal.styled(Style.HEADER, report.name()) + "  " + PrintableText.of(report.path().toString())
                + "  format "
                + report.formatVersion() + ", " + Figures.bytes(report.bytes().used()) + " of "
                + Figures.bytes(report.bytes().capacity()) + " used, " + report.entries().used() + " of "
                + report.entries().capacity() + " entries");
        terminal.line(terminal.styled(Style.DIM, "types: " + report.catalogue()));
        Columns columns = new Columns("STRUCTURE", "KIND", "KNOWN", "ELEMENT", ">USED", "", ">OFFSET", ">BYTES",
                "DETAILS");
        for (StructureReport each : report.structures().values()) {
            columns.row(new Cell(each.name(), Style.NAME), Figures.kind(each),
                    new Cell(Figures.trust(each), Style.DIM), Figures.element(each),
                    Figures.occupancy(each.occupancy()),
                    Figures.usage(each), each.offset(), each.bytes(), new Cell(Figures.details(each), Style.DIM));
        }
        if (!columns.isEmpty()) {
            columns.print(terminal);
        }
        participation.print(terminal, stalls);
    }

    private void show(Segment segment, SegmentReport whole, StructureReport report) throws InterruptedException {
        Stall stall = stalls(whole).get(report.name());
        Participation participation = new Participation(segment, whole);
        Optional<Contents> contents = Contents.of(segment, report, look.preview());
        if (json) {
            Map<String, @Nullable Object> object = describe(report, look.known(report));
            if (stall != null) {
                object.put("stuck", participation.describe(report.name(), stall));
            }
            contents.ifPresent(found -> object.put("elements", found.toJson()));
            terminal.json(object);
            return;
        }
        Columns columns = new Columns("", "");
        columns.row("structure", new Cell(report.name(), Style.NAME));
        columns.row("kind", Figures.kind(report));
        columns.row("known", look.known(report));
        if (!Figures.element(report).isEmpty()) {
            columns.row("element", Figures.element(report));
        }
        if (report.occupancy().capacity() > 0) {
            columns.row("used", Figures.occupancy(report.occupancy()) + " " + report.occupancy().unit());
        }
        columns.row("place", report.bytes() + " bytes at " + report.offset());
        columns.row("entries", String.join(", ", report.entryNames()));
        report.details().forEach((name, value) -> columns.row(name, String.valueOf(value)));
        if (stall != null) {
            columns.row("stuck", new Cell(participation.text(report.name(), stall), Style.BAD));
        }
        columns.print(terminal);
        ElementSchema schema = report.schema();
        if (schema != null && !schema.fields().isEmpty()) {
            terminal.line("");
            fields(schema);
        }
        contents.ifPresent(found -> {
            terminal.line("");
            found.print(terminal);
        });
    }

    private void fields(ElementSchema schema) {
        Columns columns = new Columns("FIELD", "TYPE", ">OFFSET", ">BYTES");
        for (ElementSchema.Field field : schema.fields()) {
            columns.row(new Cell(field.name(), Style.NAME),
                    field.typeName() + (field.count() == 1 ? "" : "[" + field.count() + "]")
                            + (field.constants().isEmpty() ? "" : " " + field.constants()),
                    field.offset(), field.byteSize());
        }
        columns.print(terminal);
    }

    private static Map<String, @Nullable Object> describe(StructureReport report, String known) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        object.put("name", report.name());
        object.put("kind", report.kind());
        object.put("known", known);
        if (!report.candidates().isEmpty()) {
            object.put("candidates", report.candidates());
        }
        object.put("elementSize", report.elementSize());
        object.put("used", report.occupancy().used());
        object.put("capacity", report.occupancy().capacity());
        object.put("unit", report.occupancy().unit());
        object.put("offset", report.offset());
        object.put("bytes", report.bytes());
        object.put("entries", List.copyOf(report.entryNames()));
        object.put("details", report.details());
        if (report.schema() != null) {
            object.put("element", SchemaJson.withFingerprint(report.schema()));
        }
        return object;
    }
}
