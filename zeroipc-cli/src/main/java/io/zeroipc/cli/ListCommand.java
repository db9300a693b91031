package io.zeroipc.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import io.zeroipc.PrintableText;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.cli.Columns.Cell;
import io.zeroipc.cli.Terminal.Style;
import io.zeroipc.format.SegmentDescriptor;
import io.zeroipc.inspect.Inspector;
import io.zeroipc.inspect.SegmentReport;
import io.zeroipc.segment.OwnerRule;
import io.zeroipc.segment.Segment;

/** All segments of a directory. */
@Command(name = "list", aliases = "ls", mixinStandardHelpOptions = true,
        description = "Lists the segments of a directory.",
        footer = {"  zeroipc list", "  zeroipc list --dir /var/lib/zeroipc --json"})
final class ListCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Option(names = "--dir", paramLabel = "DIR", description = "Directory; /dev/shm by default.")
    private @Nullable Path directory;

    @Option(names = "--json", description = "Writes JSON.")
    private boolean json;

    ListCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        Path place = directory != null ? directory : Segment.defaultDirectory();
        if (!Files.isDirectory(place)) {
            throw new UsageException("no such directory: dir=" + place);
        }
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(place,
                entry -> Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS))) {
            entries.forEach(files::add);
        }
        files.sort(null);
        List<String> unreadable = new ArrayList<>();
        Columns columns = new Columns("SEGMENT", ">SIZE", ">USED", ">ENTRIES", ">STRUCTURES", "NOTE");
        List<Map<String, Object>> objects = new ArrayList<>();
        for (Path file : files) {
            if (Files.isReadable(file)) {
                describe(file, columns, objects);
            } else {
                unreadable.add(String.valueOf(file.getFileName()));
            }
        }
        if (!unreadable.isEmpty()) {
            // They may be segments or not: nobody can tell from outside.
            terminal.note("not looked at, because they may not be read: " + String.join(", ", unreadable));
        }
        if (json) {
            terminal.json(objects);
        } else if (columns.isEmpty()) {
            terminal.line(PrintableText.of("no segments in " + place));
        } else {
            columns.print(terminal);
        }
        return columns.isEmpty() ? ZeroIpc.NOTHING : ZeroIpc.DONE;
    }

    private static void describe(Path file, Columns columns, List<Map<String, Object>> objects) {
        String name = String.valueOf(file.getFileName());
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("segment", name);
        object.put("path", file.toAbsolutePath().normalize().toString());
        try (Segment segment = Segment.at(file).owner(OwnerRule.ANY).openReadOnly()) {
            SegmentReport report = Inspector.report(segment);
            object.put("size", report.bytes().capacity());
            object.put("used", report.bytes().used());
            object.put("entries", report.entries().used());
            object.put("maxEntries", report.entries().capacity());
            object.put("structures", report.structures().size());
            columns.row(new Cell(name, Style.NAME), Figures.bytes(report.bytes().capacity()),
                    Figures.usage(report.bytes()), Figures.occupancy(report.entries()), report.structures().size(), "");
        } catch (ZeroIpcException e) {
            // Other files live here too. One that says it is a segment and cannot be opened is worth a line.
            if (isSegment(file)) {
                object.put("problem", String.valueOf(e.getMessage()));
                columns.row(new Cell(name, Style.NAME), "", "", "", "",
                        new Cell(String.valueOf(e.getMessage()), Style.BAD));
            } else {
                return;
            }
        }
        objects.add(object);
    }

    static boolean isSegment(Path file) {
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            byte[] start = in.readNBytes(Integer.BYTES);
            return start.length == Integer.BYTES && ByteBuffer.wrap(start)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .getInt() == SegmentDescriptor.MAGIC;
        } catch (IOException e) {
            return false;
        }
    }
}
