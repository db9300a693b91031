package io.zeroipc.cli;

import java.io.Console;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

import io.zeroipc.ZeroIpcException;

/** Runs the command. */
public final class ZeroIpc {

    static final int DONE = 0;
    static final int NOTHING = 1;
    static final int USAGE = 2;
    static final int FAILED = 3;

    private static final Pattern NEGATIVE = Pattern.compile("-|-\\.?\\d.*|-Infinity");

    private ZeroIpc() {
    }

    /** Runs one command and exits with its code. */
    public static void main(String[] arguments) {
        boolean terminal = Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false)
                && !"dumb".equals(System.getenv("TERM"));
        String noColour = System.getenv("NO_COLOR");
        boolean colour = terminal && (noColour == null || noColour.isEmpty());
        // Not flushed at each line: what shows its lines as they come says so.
        PrintWriter out = new PrintWriter(System.out, false, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        int code = run(new Terminal(out, err, terminal, colour, new ScreenRows()), arguments);
        out.flush();
        System.exit(code);
    }

    /** Runs one command; never exits. */
    static int run(Terminal terminal, String... arguments) {
        CommandLine line = Commands.of(terminal, arguments);
        line.setOut(terminal.out());
        line.setErr(terminal.err());
        line.setColorScheme(CommandLine.Help.defaultColorScheme(terminal.colour() ? Ansi.ON : Ansi.OFF));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        // Values begin with a minus where they are negative numbers.
        line.setUnmatchedOptionsArePositionalParams(true);
        line.setExecutionStrategy(parsed -> {
            refuseUnknownOptions(parsed);
            return new CommandLine.RunLast().execute(parsed);
        });
        line.setExecutionExceptionHandler((failure, command, result) -> {
            terminal.out().flush();
            terminal.failure(message(failure));
            return failure instanceof IllegalArgumentException || failure instanceof IndexOutOfBoundsException
                    ? USAGE
                    : FAILED;
        });
        return line.execute(arguments);
    }

    /** A misspelt option shall not become a value, or the name of a segment. */
    private static void refuseUnknownOptions(ParseResult parsed) {
        if (parsed.originalArgs().contains("--")) {
            return;
        }
        for (CommandLine command : parsed.asCommandLineList()) {
            List<String> unknown = command.getParseResult()
                    .matchedPositionals()
                    .stream()
                    .flatMap(positional -> positional.originalStringValues().stream())
                    .filter(value -> value.startsWith("-") && !NEGATIVE.matcher(value).matches())
                    .distinct()
                    .toList();
            if (!unknown.isEmpty()) {
                throw new UnmatchedArgumentException(command, unknown);
            }
        }
    }

    /** What went wrong, in words of ours; the class too where it is no exception of ours. */
    private static String message(Exception failure) {
        boolean ours = failure instanceof ZeroIpcException || failure instanceof IllegalArgumentException
                || failure instanceof IndexOutOfBoundsException
                || failure instanceof IllegalStateException;
        return ours && failure.getMessage() != null ? failure.getMessage() : failure.toString();
    }
}
