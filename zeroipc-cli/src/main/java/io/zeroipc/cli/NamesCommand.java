package io.zeroipc.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import io.zeroipc.PrintableText;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.inspect.Inspector;
import io.zeroipc.segment.OwnerRule;
import io.zeroipc.segment.Segment;

/** What a shell proposes at the place of a segment or structure: a line for each name, and nothing where something is wrong. */
@Command(name = "names", hidden = true, description = "Names of segments, or of the structures of one.")
final class NamesCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Option(names = "--dir", paramLabel = "DIR")
    private @Nullable Path directory;

    @Parameters(arity = "0..1", paramLabel = "SEGMENT")
    private @Nullable String segment;

    NamesCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try {
            (segment == null ? segments() : structures(segment)).stream()
                    // What cannot be typed as it is would not be found by what the shell puts in its place.
                    .filter(name -> PrintableText.of(name).equals(name))
                    .sorted()
                    .forEach(terminal::line);
        } catch (IOException | ZeroIpcException | IllegalArgumentException e) {
            // Somebody types: there is no place for an error.
            return ZeroIpc.NOTHING;
        }
        return ZeroIpc.DONE;
    }

    private List<String> segments() throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(
                directory != null ? directory : Segment.defaultDirectory(),
                file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && ListCommand.isSegment(file))) {
            files.forEach(file -> names.add(String.valueOf(file.getFileName())));
        }
        return names;
    }

    private List<String> structures(String name) {
        try (Segment opened = Target.builder(name, directory).owner(OwnerRule.ANY).openReadOnly()) {
            return List.copyOf(Inspector.report(opened).structures().keySet());
        }
    }
}
