package io.zeroipc.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import io.zeroipc.cli.Terminal.Style;
import io.zeroipc.inspect.Inspector;
import io.zeroipc.inspect.StructureReport;
import io.zeroipc.segment.Segment;

/** The bytes themselves. */
@Command(name = "dump", mixinStandardHelpOptions = true,
        description = "Writes the bytes of a segment or of a structure, in hexadecimal digits and ASCII.",
        footer = "  zeroipc dump lab --structure alerts")
final class DumpCommand implements Callable<Integer> {

    private static final int WIDTH = 16;

    private final Terminal terminal;

    @Mixin
    private Target target;

    @Option(names = "--structure", paramLabel = "STRUCTURE", description = "Only the bytes of this structure.")
    private @Nullable String structure;

    @Option(names = "--offset", paramLabel = "N", defaultValue = "0", converter = Bytes.class,
            description = "First byte, from the start of the segment or structure; 256 or 0x100.")
    private long offset;

    @Option(names = "--length", paramLabel = "N", converter = Bytes.class,
            description = "Number of bytes; all by default.")
    private @Nullable Long length;

    @Option(names = "--json", description = "Writes one JSON object for each line, and leaves out none.")
    private boolean json;

    DumpCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        try (Segment segment = target.openReadOnly()) {
            long start = 0;
            long size = segment.byteSize();
            if (structure != null) {
                StructureReport report = Structures.require(Inspector.report(segment), structure);
                start = report.offset();
                size = Math.min(report.bytes(), size - start);
            }
            long count = length == null ? Math.max(0, size - offset) : length;
            if (offset < 0 || count < 0 || offset > size || count > size - offset) {
                throw new UsageException("bytes are outside: --offset=" + offset + ", --length=" + count
                        + " (expected: within " + size + " bytes)");
            }
            dump(segment, start + offset, count);
            return ZeroIpc.DONE;
        }
    }

    private void dump(Segment segment, long from, long count) throws IOException {
        byte[] previous = new byte[0];
        boolean skipping = false;
        try (FileChannel file = FileChannel.open(segment.path(), StandardOpenOption.READ)) {
            for (long done = 0; done < count && !terminal.isGone(); done += WIDTH) {
                ByteBuffer row = ByteBuffer.allocate((int) Math.min(WIDTH, count - done));
                while (row.hasRemaining()) {
                    if (file.read(row, from + done + row.position()) < 0) {
                        throw new IOException("file was truncated: path=" + segment.path() + ", read to="
                                + (from + done + row.position()));
                    }
                }
                byte[] bytes = row.array();
                if (json) {
                    Map<String, Object> object = new LinkedHashMap<>();
                    object.put("offset", from + done);
                    object.put("bytes", HexFormat.of().formatHex(bytes));
                    terminal.jsonLine(object);
                    continue;
                }
                // Lines that repeat the one before are one star, as other programs write them.
                if (Arrays.equals(bytes, previous) && done + WIDTH < count) {
                    if (!skipping) {
                        terminal.line("*");
                    }
                    skipping = true;
                    continue;
                }
                skipping = false;
                previous = bytes;
                terminal.line(line(from + done, bytes));
            }
        }
    }

    /** Offsets are shown in hexadecimal digits, and can be given so. */
    static final class Bytes implements CommandLine.ITypeConverter<Long> {

        @Override
        public Long convert(String text) {
            try {
                return text.startsWith("0x") ? Long.parseLong(text.substring(2), 16) : Long.parseLong(text);
            } catch (NumberFormatException e) {
                throw new CommandLine.TypeConversionException("'" + text
                        + "' is no number of bytes (expected: like 256 or 0x100)");
            }
        }
    }

    private String line(long at, byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (byte each : bytes) {
            text.append(each >= ' ' && each < 0x7f ? (char) each : '.');
        }
        String hex = HexFormat.ofDelimiter(" ").formatHex(bytes);
        return terminal.styled(Style.DIM, "%08x".formatted(at)) + "  " + hex + " ".repeat(3 * (WIDTH - bytes.length))
                + "  " + terminal.styled(Style.NAME, text.toString());
    }
}
