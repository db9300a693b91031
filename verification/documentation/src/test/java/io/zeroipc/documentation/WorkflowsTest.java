package io.zeroipc.documentation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import io.zeroipc.testing.Repository;

import static org.assertj.core.api.Assertions.assertThat;

/** The workflows of the site that hosts the repository do what anybody can do, and with the Java of the build. */
class WorkflowsTest {

    private static final Path WORKFLOWS = Path.of(".github", "workflows");
    private static final Pattern COMMAND = Pattern.compile("^ *- run: (.*)$", Pattern.MULTILINE);
    private static final Pattern JAVA = Pattern.compile("^ *java-version: (.*)$", Pattern.MULTILINE);
    private static final Pattern RELEASE = Pattern.compile("<maven.compiler.release>(\\d+)<");

    @Test
    void shouldRunWhatContributingSaysAndNothingElse() throws IOException {
        List<String> commands = found(COMMAND);

        assertThat(commands).contains(".ci/run").anyMatch(command -> command.contains("stress.jar"));
        assertThat(Repository.root().resolve(".ci/run")).isExecutable();
        assertThat(Repository.read("CONTRIBUTING.md").lines().map(line -> line.replaceFirst("^\\| `(.*?)` .*", "$1")))
                .containsAll(commands);
    }

    @Test
    void shouldInstallTheJavaOfTheBuild() throws IOException {
        String release = RELEASE.matcher(Repository.read("pom.xml")).results().findFirst().orElseThrow().group(1);

        assertThat(found(JAVA)).isNotEmpty().containsOnly(release);
    }

    private static List<String> found(Pattern pattern) throws IOException {
        try (Stream<Path> files = Files.list(Repository.root().resolve(WORKFLOWS))) {
            return files.map(file -> Repository.read(WORKFLOWS.resolve(file.getFileName()).toString()))
                    .flatMap(text -> pattern.matcher(text).results())
                    .map(match -> match.group(1))
                    .toList();
        }
    }
}
