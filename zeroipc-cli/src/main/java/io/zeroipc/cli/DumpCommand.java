package io.zeroipc.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import io.zeroipc.cli.Terminal.Style;
import io.zeroipc.inspect.Inspector;
import io.zeroipc.inspect.StructureReport;
import io.zeroipc.segment.Segment;

/** The bytes themselves. */
@Command(name = "dump", mixinStandardHelpOptions = true,
        description = "Writes the bytes of a segment or of a structure, in hexadecimal digits and ASCII.")
final class DumpCommand implements Callable<Integer> {

    private static final int WIDTH = 16;

    private final Terminal terminal;

    @Mixin
    private Target target;

    @Option(names = "--structure", paramLabel = "STRUCTURE", description = "Only the bytes of this structure.")
    private @Nullable String structure;

    @Option(names = "--offset", paramLabel = "N", defaultValue = "0",
            description = "First byte, from the start of the segment or structure.")
    private long offset;

    @Option(names = "--length", paramLabel = "N", description = "Number of bytes; all by default.")
    private @Nullable Long length;

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
            for (long done = 0; done < count; done += WIDTH) {
                ByteBuffer row = ByteBuffer.allocate((int) Math.min(WIDTH, count - done));
                while (row.hasRemaining() && file.read(row, from + done + row.position()) >= 0) {
                    // Until the row is full: the segment is at least as long.
                }
                byte[] bytes = row.array();
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
