package io.zeroipc.benchmarks.pair;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/**
 * The command: measures, and writes what it found. It ends with 1 when a message was lost or changed, and with 2 when it was called
 * wrongly.
 */
public final class Pair {

    private Pair() {
    }

    public static void main(String[] arguments) throws Exception {
        System.setProperty("java.awt.headless", "true");
        Options options;
        try {
            options = new Options(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.print(Options.USAGE);
            System.exit(2);
            return;
        }
        System.exit(run(options) == 0 ? 0 : 1);
    }

    /** How many slices had messages that were lost or changed. */
    static long run(Options options) throws IOException, InterruptedException {
        Files.createDirectories(options.out);
        Notes notes = new Notes();
        try (ScratchDirectory scratch = new ScratchDirectory(options.directory, "pair")) {
            List<Slice> slices = options.matrix ? new Matrix(options, scratch.path(), notes).run() : List.of();
            Header header = Header.of(options);
            Report report = new Report(options, header, slices);
            Charts charts = new Charts(options, header);
            report.writeCsv("transports.csv", transports());
            List<String> table = List.of();
            if (options.waiting) {
                Waiting waiting = new Waiting(options, scratch.path(), notes);
                waiting.run();
                waiting.writeCsv(report);
                charts.draw("waiting", "Waiting while nothing arrives", "waiting threads", "percent of a processor",
                        waiting.idle());
                table = waiting.table();
            }
            report.write(notes, table);
            report.draw(charts);
        }
        System.err.println("written to " + options.out.resolve("pair.md"));
        return notes.wrong();
    }

    private static List<String> transports() {
        List<String> lines = new ArrayList<>();
        lines.add("name,title,in_one_jvm");
        for (Transport transport : Transport.values()) {
            lines.add(Report.csv(transport.label(), "\"" + transport.title() + "\"", transport.isInOneJvm()));
        }
        return lines;
    }
}
