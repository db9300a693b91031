package io.zeroipc.cli;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.Column.Overflow;
import picocli.CommandLine.Help.TextTable;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** Makes the command with its sub-commands. */
final class Commands {

    private static final List<Class<?>> CLASSES = List.of(ListCommand.class, ShowCommand.class, DumpCommand.class,
            MonitorCommand.class, ManifestCommand.class, ArenaCommand.class, ExportCommand.class, CreateCommand.class,
            RemoveCommand.class, NamesCommand.class);
    /** Those that tell of the others. */
    private static final List<Class<?>> ABOUT_COMMANDS = List.of(HelpCommand.class, CompletionCommand.class);
    private static final List<Class<?>> VERBS = List.of(ElementVerbs.class, RepairVerbs.class, StructureCommands.class);
    private static final int NAMES_WIDTH = 22;

    private Commands() {
    }

    /**
     * The command, with the one sub-command that these arguments begin with, since each takes milliseconds to make; with all of
     * them when it is not certain that one is enough.
     */
    static CommandLine of(Terminal terminal, String... arguments) {
        CommandLine.IFactory factory = new Factory(terminal);
        CommandLine line = new CommandLine(new StructureCommands(terminal), factory);
        Optional<AnnotatedElement> only = Stream.of(arguments)
                .limit(1)
                .flatMap(name -> elements().filter(element -> isNamed(element, name)))
                .findFirst();
        only.map(Stream::of)
                .orElseGet(() -> Stream.concat(elements(), ABOUT_COMMANDS.stream()))
                .forEach(element -> line.addSubcommand(sub(element, factory)));
        line.getHelpSectionMap().remove(UsageMessageSpec.SECTION_KEY_COMMAND_LIST_HEADING);
        line.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, Commands::groups);
        return line;
    }

    private static CommandLine sub(AnnotatedElement element, CommandLine.IFactory factory) {
        CommandLine command = new CommandLine(element, factory);
        UsageMessageSpec usage = command.getCommandSpec().usageMessage();
        if (usage.footer().length > 0) {
            usage.footerHeading("%nExamples:%n");
        }
        return command;
    }

    private static Stream<AnnotatedElement> elements() {
        return Stream.concat(CLASSES.stream(), VERBS.stream()
                .flatMap(verbs -> Arrays.stream(verbs.getDeclaredMethods()))
                .filter(method -> method.isAnnotationPresent(Command.class)));
    }

    private static boolean isNamed(AnnotatedElement element, String name) {
        Command command = element.getAnnotation(Command.class);
        return command != null && (command.name().equals(name) || List.of(command.aliases()).contains(name));
    }

    private static String groups(Help help) {
        StringBuilder text = new StringBuilder();
        int width = help.commandSpec().usageMessage().width();
        for (CommandGroup group : CommandGroup.values()) {
            text.append(help.createHeading("%n@|bold " + group.title() + ":|@%n"));
            TextTable table = TextTable.forColumns(help.colorScheme(), new Column(NAMES_WIDTH, 2, Overflow.SPAN),
                    new Column(width - NAMES_WIDTH, 1, Overflow.WRAP));
            for (String name : group.commands()) {
                CommandSpec command = Objects.requireNonNull(help.commandSpec().subcommands().get(name), name)
                        .getCommandSpec();
                table.addRowValues(help.colorScheme().commandText(String.join(", ", command.names())),
                        help.colorScheme().text(summary(command.usageMessage())));
            }
            table.toString(text);
        }
        return text.toString();
    }

    /** Up to where its description begins to explain. */
    private static String summary(UsageMessageSpec usage) {
        String text = usage.header().length > 0 ? usage.header()[0] : usage.description()[0];
        return text.split("[.:]( |$)", 2)[0];
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
}
