package io.zeroipc.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import io.zeroipc.PrintableText;
import io.zeroipc.json.SchemaJson;
import io.zeroipc.manifest.ArrayPlace;
import io.zeroipc.manifest.PackedArena;
import io.zeroipc.manifest.PackedArray;

/** What is in a packed arena: its arrays, or the elements of one. */
@Command(name = "arena", mixinStandardHelpOptions = true,
        description = "Shows the arrays of a packed arena by its manifest, or the first rows of one of them.",
        footer = {"  zeroipc arena weather.json", "  zeroipc arena weather.json grid --rows 3"})
final class ArenaCommand implements Callable<Integer> {

    /** More than fit on a line are for programs. */
    private static final int COLUMNS_MAX = 16;

    private final Terminal terminal;

    @Parameters(index = "0", paramLabel = "MANIFEST", description = "The JSON file that says where the arrays lie.")
    @SuppressWarnings("NullAway.Init") // Required.
    private Path manifest;

    @Parameters(index = "1", arity = "0..1", paramLabel = "ARRAY", description = "Only this array, and its elements.")
    private @Nullable String array;

    @Option(names = "--file", paramLabel = "FILE",
            description = "File of the arrays; the one that the manifest names by default, or the one beside it.")
    private @Nullable Path file;

    @Option(names = "--rows", paramLabel = "N", defaultValue = "10",
            description = "Rows to show of an array; ${DEFAULT-VALUE} by default.")
    private long rows;

    @Option(names = "--json", description = "Writes JSON.")
    private boolean json;

    ArenaCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (rows < 0) {
            throw new UsageException("number of rows is negative: --rows=" + rows + " (expected: 0 or more)");
        }
        Path given = file;
        try (PackedArena arena = given == null
                ? PackedArena.openReadOnly(manifest)
                : PackedArena.openReadOnly(manifest, given)) {
            String name = array;
            if (name == null) {
                show(arena);
            } else {
                show(arena.array(name));
            }
            return ZeroIpc.DONE;
        }
    }

    private void show(PackedArena arena) {
        if (json) {
            Map<String, Object> arrays = new LinkedHashMap<>();
            arena.places().forEach((name, place) -> arrays.put(name, described(place)));
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("manifest", arena.manifest().toString());
            object.put("file", arena.file().toString());
            object.put("arrays", arrays);
            terminal.json(object);
            return;
        }
        terminal.line("manifest  " + PrintableText.of(arena.manifest().toString()));
        terminal.line("file      " + PrintableText.of(arena.file().toString()));
        terminal.line("");
        Columns columns = new Columns("ARRAY", "ELEMENT", "SHAPE", ">OFFSET", ">BYTES");
        arena.places()
                .forEach((name, place) -> columns.row(name, place.element().typeName(), place.shape(), place.offset(),
                        place.byteSize()));
        columns.print(terminal);
    }

    private static Map<String, Object> described(ArrayPlace place) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("element", SchemaJson.toJson(place.element()));
        object.put("shape", place.shape().lengths());
        object.put("offset", place.offset());
        object.put("bytes", place.byteSize());
        return object;
    }

    /** A row for each index of the outermost dimension; what is behind it in one. */
    private void show(PackedArray<?> shown) {
        long all = shown.shape().dimensions() == 0 ? 1 : shown.shape().length(0);
        long shownRows = Math.min(rows, all);
        Columns columns = new Columns(">ROW", "ELEMENTS");
        for (long i = 0; i < shownRows; i++) {
            PackedArray<?> row = shown.shape().dimensions() == 0 ? shown : shown.row(i);
            List<Object> values = new ArrayList<>();
            long count = json ? row.length() : Math.min(row.length(), COLUMNS_MAX);
            for (long j = 0; j < count; j++) {
                values.add(Figures.json(row.get(j)));
            }
            if (json) {
                Map<String, Object> object = new LinkedHashMap<>();
                object.put("row", i);
                object.put("elements", values);
                terminal.jsonLine(object);
            } else {
                StringBuilder text = new StringBuilder();
                values.forEach(value -> text.append(text.isEmpty() ? "" : "  ").append(value));
                columns.row(i, count < row.length() ? text + "  ... " + row.length() + " in all" : text);
            }
        }
        if (!json) {
            terminal.line(PrintableText.of(shown.name()) + "  " + PrintableText.of(shown.elementType()) + "  "
                    + shown.shape());
            columns.print(terminal);
            if (shownRows < all) {
                terminal.line("... " + all + " rows in all");
            }
        }
    }
}
