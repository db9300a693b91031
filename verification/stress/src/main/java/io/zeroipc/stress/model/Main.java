package io.zeroipc.stress.model;

import java.io.PrintStream;
import java.util.List;
import java.util.stream.Stream;

/** Checks all scenarios, and prints for each how many states it has, how long that took, and what was found. */
public final class Main {

    private static final String USAGE = """
            options:
              --only TEXT    only scenarios whose name contains this
              --limit N      so many states at most, 100000000 unless given
              --trace true   tells the steps to each violation, and to the first wedged state""";

    private String only = "";
    private int limit = 100_000_000;
    private boolean traced;

    private Main() {
    }

    /** The status is 1 when something was found that was not expected, or something expected was not found. */
    public static void main(String[] options) {
        Main main = new Main();
        if (!main.read(options)) {
            System.out.println(USAGE);
            System.exit(2);
        }
        System.exit(main.run(System.out) ? 0 : 1);
    }

    private boolean read(String[] options) {
        for (int i = 0; i + 1 < options.length; i += 2) {
            String value = options[i + 1];
            switch (options[i]) {
                case "--only" -> only = value;
                case "--limit" -> limit = Integer.parseInt(value);
                case "--trace" -> traced = Boolean.parseBoolean(value);
                default -> {
                    return false;
                }
            }
        }
        return options.length % 2 == 0;
    }

    private boolean run(PrintStream out) {
        boolean expected = true;
        List<Scenario> scenarios = Stream.of(Scenarios.small(), Scenarios.broken(), Scenarios.large())
                .flatMap(List::stream)
                .filter(scenario -> scenario.toString().contains(only))
                .toList();
        for (Scenario scenario : scenarios) {
            Verdict verdict = Explorer.explore(scenario, limit, traced);
            out.println(verdict);
            out.flush();
            verdict.trace().forEach(step -> out.println("    " + step));
            expected &= verdict.isAsExpected();
        }
        return expected;
    }
}
