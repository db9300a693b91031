package io.zeroipc.cli;

import java.io.Console;
import java.io.PrintWriter;
import java.lang.reflect.Constructor;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

import io.zeroipc.ZeroIpcException;

/** Runs the command. */
public final class ZeroIpc {

    static final int DONE = 0;
    static final int NOTHING = 1;
    static final int USAGE = 2;
    static final int FAILED = 3;

    private ZeroIpc() {
    }

    /** Runs one command and exits with its code. */
    public static void main(String[] arguments) {
        boolean terminal = Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        int code = run(new Terminal(out, err, terminal, terminal && System.getenv("NO_COLOR") == null), arguments);
        out.flush();
        System.exit(code);
    }

    /** Runs one command; never exits. */
    static int run(Terminal terminal, String... arguments) {
        CommandLine line = new CommandLine(new StructureCommands(terminal), new Factory(terminal));
        line.setOut(terminal.out());
        line.setErr(terminal.err());
        line.setColorScheme(CommandLine.Help.defaultColorScheme(terminal.colour() ? Ansi.ON : Ansi.OFF));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        // Values begin with a minus where they are negative numbers.
        line.setUnmatchedOptionsArePositionalParams(true);
        line.setExecutionExceptionHandler((failure, command, result) -> {
            terminal.failure(message(failure));
            return failure instanceof UsageException ? USAGE : FAILED;
        });
        return line.execute(arguments);
    }

    /** Commands write to this run's terminal and not to the process's. */
    private record Factory(Terminal terminal) implements CommandLine.IFactory {

        @Override
        public <K> K create(Class<K> type) throws Exception {
            for (Constructor<?> constructor : type.getDeclaredConstructors()) {
                if (Arrays.equals(constructor.getParameterTypes(), new Class<?>[] {Terminal.class})) {
                    return type.cast(constructor.newInstance(terminal));
                }
            }
            return CommandLine.defaultFactory().create(type);
        }
    }

    /** What went wrong, in words of ours; the class too where it is no exception of ours. */
    private static String message(Exception failure) {
        boolean ours = failure instanceof ZeroIpcException || failure instanceof IllegalArgumentException
                || failure instanceof IllegalStateException;
        return ours && failure.getMessage() != null ? failure.getMessage() : failure.toString();
    }
}
