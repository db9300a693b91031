package io.zeroipc.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

import io.zeroipc.PrintableText;

import static org.assertj.core.api.Assertions.assertThat;

/** What the command says of itself, to people and to their shell. */
class HelpTest extends CommandLineTest {

    private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");

    private static CommandLine all() {
        return Commands.of(new Terminal(new PrintWriter(new StringWriter()), new PrintWriter(new StringWriter()), false,
                false, () -> 0));
    }

    static List<CommandLine> commands() {
        return all().getSubcommands().values().stream().distinct().toList();
    }

    @Test
    void shouldHaveEachCommandInOneGroup() {
        assertThat(Arrays.stream(CommandGroup.values()).flatMap(group -> group.commands().stream()))
                .containsExactlyInAnyOrderElementsOf(commands().stream()
                        .map(CommandLine::getCommandName)
                        .filter(name -> !name.equals("names"))
                        .toList());
        assertThat(run("--help")).isZero();
        assertThat(out).contains("Look at what is there:", "Clear up after a program that died:", "push, send, write",
                "Exit codes:").doesNotContain("  names");
    }

    /** An example that is no longer understood helps nobody. */
    @ParameterizedTest
    @MethodSource("commands")
    void shouldUnderstandItsOwnExamples(CommandLine command) {
        String[] examples = command.getCommandSpec().usageMessage().footer();
        if (List.of("help", "names").contains(command.getCommandName())) {
            return;
        }
        assertThat(examples).as(command.getCommandName()).isNotEmpty();
        for (String example : examples) {
            assertThat(example).startsWith("  ");
            String line = example.strip().replaceAll("^source <\\((.*)\\)$", "$1").replaceAll(" (&&|>) .*", "");
            List<String> words = new ArrayList<>();
            Matcher matcher = WORD.matcher(line);
            while (matcher.find()) {
                words.add(matcher.group(1) != null ? matcher.group(1) : matcher.group(2));
            }
            assertThat(words.getFirst()).isEqualTo("zeroipc");
            CommandLine.ParseResult parsed = all().parseArgs(words.subList(1, words.size()).toArray(String[]::new));
            assertThat(parsed.subcommand().commandSpec().name()).as(example).isEqualTo(command.getCommandName());
        }
    }

    @ParameterizedTest
    @MethodSource("commands")
    void shouldExplainACommandWhenItIsTheOnlyOneThatWasMade(CommandLine command) {
        if (command.getCommandSpec().optionsMap().containsKey("--help")) {
            String usage = command.getUsageMessage();
            assertThat(run(command.getCommandName(), "--help")).isZero();
            assertThat(out).isEqualTo(usage);
        }
    }

    @Test
    void shouldProposeNamesThatCanBeTyped() throws IOException {
        assertThat(in("create", "plant", "orders:queue:int32:4", "prices:map:int64:8:key=string(8)")).isZero();
        Files.writeString(directory.resolve("other.txt"), "no segment");
        String dir = directory.toString();
        assertThat(run("names", "--dir", dir)).isZero();
        assertThat(out.lines()).containsExactly("plant");
        assertThat(run("names", "--dir", dir, "plant")).isZero();
        assertThat(out.lines()).containsExactly("orders", "prices");
        assertThat(run("names", directory.resolve("plant").toString())).isZero();
        assertThat(out.lines()).containsExactly("orders", "prices");
        assertThat(run("names", "--dir", dir, "none")).isEqualTo(1);
        assertThat(out + err).isEmpty();
        assertThat(run("names", "--dir", dir + "/none")).isEqualTo(1);
        assertThat(out + err).isEmpty();
    }

    @Test
    @Tag("process")
    void shouldCompleteVerbsSegmentsAndStructuresInAShell() throws Exception {
        Path script = directory.resolve("completion");
        assertThat(run("generate-completion")).isZero();
        Files.writeString(script, out);
        Path command = directory.resolve("zeroipc");
        // In place of the command: says what it was asked, and answers with names that a shell must not believe.
        Files.writeString(command, """
                #!/bin/sh
                echo "$*" >> %1$s/asked
                case "$*" in
                    'names') echo plant; echo 'p$(touch %1$s/executed)'; echo other ;;
                    'names --dir /d plant') echo orders; echo 'or ders' ;;
                esac
                """.formatted(directory));
        assertThat(command.toFile().setExecutable(true)).isTrue();
        assertThat(complete(script, command, "pus")).containsExactly("push");
        assertThat(complete(script, command, "push", "p")).containsExactly("plant",
                "p\\$\\(touch\\ " + directory + "/executed\\)");
        assertThat(complete(script, command, "push", "--dir", "=", "/d", "--wait", "5", "plant", "or"))
                .containsExactly("orders", "or\\ ders");
        assertThat(complete(script, command, "push", "plant", "orders", "--wa")).containsExactly("--wait");
        assertThat(complete(script, command, "create", "plant", "x")).as("a new name").isEmpty();
        assertThat(directory.resolve("executed")).doesNotExist();
    }

    private static List<String> complete(Path script, Path command, String... words) throws Exception {
        String line = Stream.concat(Stream.of(command.toString()), Arrays.stream(words))
                .map(word -> "'" + word + "'")
                .reduce((one, other) -> one + " " + other)
                .orElseThrow();
        Process bash = new ProcessBuilder("bash", "--norc", "-c",
                "source " + script + "\ncompopt() { :; }\nCOMP_WORDS=(" + line
                        + ")\nCOMP_CWORD=" + words.length + "\nCOMP_LINE=x\nCOMPREPLY=()\n_zeroipc_complete\n"
                        + "printf '%s\\n' \"${COMPREPLY[@]}\"")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(bash.waitFor()).isZero();
        return output.lines().map(String::strip).filter(each -> !each.isEmpty()).map(PrintableText::of).toList();
    }
}
