package io.zeroipc.fuzz;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Runs cases: without options a million of them, and then reads for a minute what another process overwrites. The exit status
 * is 1 when something was found.
 */
public final class Main {

    private static final String USAGE = """
            options:
              --cases N      how many cases, 1000000 unless given
              --seed S       the seed of the first one, 1 unless given
              --scribble T   seconds of reading what another process overwrites, 60 unless given
              --kind K       only cases with this kind of structure
              --replay S     runs the case of this seed alone, and tells each step; may be given several times""";

    private long cases = 1_000_000;
    private long seed = 1;
    private long scribble = 60;
    private @Nullable String kind;
    private final List<Long> replays = new ArrayList<>();

    private Main() {
    }

    public static void main(String[] options) throws Exception {
        PrintStream out = System.out;
        switch (options.length == 0 ? "" : options[0]) {
            case Worker.WORK -> Worker.work(options, out);
            case Worker.KEEP -> Worker.keep(options, out);
            case Worker.TELL -> Worker.tell(options, out);
            case Scribbler.READ -> Scribbler.read(Path.of(options[1]), Long.parseLong(options[2]),
                    Long.parseLong(options[3]), out);
            case Scribbler.SCRIBBLE -> Scribbler.scribble(Path.of(options[1]));
            default -> {
                Main main = new Main();
                if (!main.read(options)) {
                    out.println(USAGE);
                    System.exit(2);
                }
                System.exit(main.run(out) ? 0 : 1);
            }
        }
    }

    private boolean read(String[] options) {
        for (int i = 0; i + 1 < options.length; i += 2) {
            String value = options[i + 1];
            switch (options[i]) {
                case "--cases" -> cases = Long.parseLong(value);
                case "--seed" -> seed = Long.parseLong(value);
                case "--scribble" -> scribble = Long.parseLong(value);
                case "--kind" -> kind = value;
                case "--replay" -> replays.add(Long.parseLong(value));
                default -> {
                    return false;
                }
            }
        }
        return options.length % 2 == 0;
    }

    /** Whether nothing was found. */
    private boolean run(PrintStream out) throws Exception {
        boolean clean = true;
        for (long each : replays) {
            try (Campaign campaign = new Campaign(out::println)) {
                clean &= told(out, "seed " + each, campaign.replay(each));
            }
        }
        if (!replays.isEmpty()) {
            return clean;
        }
        long began = System.nanoTime();
        if (cases > 0) {
            try (Campaign campaign = new Campaign(out::println)) {
                clean &= told(out, cases + " cases from seed " + seed, campaign.cases(seed, cases, kind));
            }
            out.println("seconds: " + (System.nanoTime() - began) / 1_000_000_000);
        }
        if (scribble > 0) {
            try (Campaign campaign = new Campaign(out::println)) {
                clean &= told(out, scribble + " seconds of scribbling", campaign.scribble(seed, scribble));
            }
        }
        return clean;
    }

    private static boolean told(PrintStream out, String what, Outcome outcome) {
        out.println();
        out.println(what + ": " + outcome);
        return outcome.findings().isEmpty();
    }
}
