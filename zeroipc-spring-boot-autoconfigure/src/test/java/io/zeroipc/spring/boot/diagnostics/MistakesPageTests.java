package io.zeroipc.spring.boot.diagnostics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import io.zeroipc.testing.Repository;

import static org.assertj.core.api.Assertions.assertThat;

/** Makes each mistake of the guide's page, and compares what the application says with the page. */
@ExtendWith(OutputCaptureExtension.class)
class MistakesPageTests {

    private static final String PAGE = "docs/guide/mistakes.md";
    /** With it the page is written instead of compared. */
    private static final String WRITE = "zeroipc.write-pages";

    @TempDir
    private Path directory;

    /**
     * What an application has said.
     *
     * @param sentence what is wrong
     * @param way the way out, the first of them
     */
    private record Said(String sentence, String way) {

        static Said ofAnalysis(String analysis) {
            String[] parts = analysis.substring("Description:".length()).split("\\n\\nAction:\\n\\n", 2);
            String description = parts[0].strip();
            assertThat(description.contains("    Value: ") && !description.contains("    Origin: "))
                    .as("a value has a place where it stands: %s", description)
                    .isFalse();
            String action = parts[1].strip();
            String list = "\n\n    - ";
            int first = action.indexOf(list);
            return new Said(essence(description),
                    first >= 0 ? action.substring(first + list.length()).split("\\n", 2)[0] : sentence(action));
        }

        /** Without the lines that name the property, its value and its place. */
        private static String essence(String description) {
            return description.replaceFirst("^The configuration of ZeroIPC cannot work: ", "")
                    .replaceAll("\\n+    (Property|Value|Origin): [^\\n]*", "");
        }

        /** Of a message of the form {@code what is wrong: what=value (the way out)}. */
        static Said ofMessage(String message) {
            int way = message.indexOf(" (");
            return way < 0 || !message.endsWith(")")
                    ? new Said(message, "–")
                    : new Said(message.substring(0, way), message.substring(way + 2, message.length() - 1));
        }

        private static String sentence(String text) {
            return text.split("(?<=[.?]) (?=[A-Z])", 2)[0].split("\\n", 2)[0];
        }
    }

    @Test
    void pageShowsWhatApplicationsSay(CapturedOutput output) throws Exception {
        StringBuilder tables = new StringBuilder();
        int number = 0;
        for (Map.Entry<String, List<Mistake>> section : Mistakes.all().entrySet()) {
            tables.append("\n## ")
                    .append(section.getKey())
                    .append("\n\n| What somebody wrote | What the application says | The way out |\n|---|---|---|\n");
            for (Mistake mistake : section.getValue()) {
                Path home = Files.createDirectory(directory.resolve("m" + number++));
                Said said = said(mistake, home, output);
                tables.append("| ")
                        .append(cell(mistake.written(), home))
                        .append(" | ")
                        .append(cell(said.sentence(), home))
                        .append(" | ")
                        .append(cell(said.way(), home))
                        .append(" |\n");
            }
        }
        Path file = Repository.root().resolve(PAGE);
        String page = Files.readString(file);
        String expected = page.substring(0, page.indexOf("\n## ")) + tables;
        if (Boolean.getBoolean(WRITE)) {
            Files.writeString(file, expected);
        }
        assertThat(Files.readString(file)).as("%s is written anew by this test with -D%s=true", PAGE, WRITE)
                .isEqualTo(expected);
    }

    private static Said said(Mistake mistake, Path home, CapturedOutput output) throws Exception {
        Path segments = Files.createDirectory(home.resolve("shm"));
        Path file = Files.writeString(home.resolve("application.yml"), mistake.yaml());
        int before = output.toString().length();
        try (AutoCloseable prepared = mistake.preparation().prepare(segments)) {
            assertThat(prepared).isNotNull();
            try (ConfigurableApplicationContext context = start(mistake.application(), segments, file)) {
                mistake.use().of(context);
            }
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            String printed = output.toString().substring(before);
            return printed.contains("APPLICATION FAILED TO START")
                    ? Said.ofAnalysis(TroubleshootingPage.analysis(printed))
                    : Said.ofMessage(root(e));
        }
        return Said.ofMessage(TroubleshootingPage.logged(output.toString().substring(before))
                .lines()
                .filter(line -> line.startsWith("WARN "))
                .findFirst()
                .orElse("nothing"));
    }

    private static String root(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }

    private static ConfigurableApplicationContext start(Class<?> application, Path segments, Path file) {
        return new SpringApplicationBuilder(application).web(WebApplicationType.NONE)
                .bannerMode(Banner.Mode.OFF)
                .logStartupInfo(false)
                .properties("zeroipc.base-directory=" + segments)
                .run("--spring.config.location=file:" + file);
    }

    private static String cell(String text, Path home) {
        return TroubleshootingPage.normalized(text, home.resolve("shm"))
                .replace(home.toString(), "config")
                .replace(MistakenDefinitions.class.getName() + "$", "com.acme.")
                .replace(MistakenApplications.class.getName() + "$", "com.acme.")
                .replace(MistakenApplications.class.getName() + ".", "com.acme.")
                .replaceAll("pid=\\d+( name=\\S+)?", "pid=4711")
                .replaceAll("\\s*\\n\\s*", " ")
                .replace("|", "\\|")
                .replace("<", "&lt;");
    }
}
