package io.zeroipc.spring.cloud.stream.binder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.zeroipc.testing.Repository;

/** The page of the guide, for tests that run what stands there. */
final class Guide {

    static final String TEXT = Repository.read("docs/guide/cloud-stream.md");

    private static final Pattern YAML = Pattern.compile("```yaml\\n# (application[a-z-]*\\.yml)\\n(.*?)```",
            Pattern.DOTALL);

    private Guide() {
    }

    /** Writes the configuration of the page into a directory, each block as the file that it says it is. */
    static void writeConfiguration(Path directory) throws IOException {
        Matcher blocks = YAML.matcher(TEXT);
        while (blocks.find()) {
            Files.writeString(directory.resolve(blocks.group(1)), blocks.group(2));
        }
    }
}
