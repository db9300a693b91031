package io.zeroipc.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The script that bash and zsh complete with: verbs and options by picocli, names of segments and structures as they are then. */
@Command(name = "generate-completion", mixinStandardHelpOptions = true,
        description = "Writes a script for bash and zsh that completes verbs, options, segments and structures.",
        footer = "  source <(zeroipc generate-completion)")
final class CompletionCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Spec
    private CommandSpec spec;

    CompletionCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        CommandLine root = Objects.requireNonNull(spec.parent()).commandLine();
        terminal.line(AutoComplete.bash(root.getCommandName(), root));
        terminal.line("_zeroipc_verbs=' " + verbs(root) + " '");
        terminal.line("_zeroipc_options_with_value=' " + optionsWithValue(root) + " '");
        try (InputStream script = Objects.requireNonNull(CompletionCommand.class.getResourceAsStream("names.bash"))) {
            terminal.line(new String(script.readAllBytes(), StandardCharsets.UTF_8));
        }
        return ZeroIpc.DONE;
    }

    /** Behind which a segment stands. */
    private static String verbs(CommandLine root) {
        return words(root.getSubcommands()
                .entrySet()
                .stream()
                .filter(command -> command.getValue()
                        .getCommandSpec()
                        .positionalParameters()
                        .stream()
                        .anyMatch(parameter -> parameter.paramLabel().equals("SEGMENT")))
                .map(Map.Entry::getKey));
    }

    private static String optionsWithValue(CommandLine root) {
        return words(root.getSubcommands()
                .values()
                .stream()
                .flatMap(command -> command.getCommandSpec().options().stream())
                .filter(option -> option.arity().max() > 0)
                .flatMap(option -> Stream.of(option.names())));
    }

    private static String words(Stream<String> words) {
        return words.distinct().sorted().collect(Collectors.joining(" "));
    }
}
