package io.zeroipc.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import io.zeroipc.PrintableText;
import io.zeroipc.manifest.Manifest;
import io.zeroipc.segment.Segment;

/** Where everything lies, for programs without a library. */
@Command(name = "manifest", mixinStandardHelpOptions = true,
        description = "Writes where everything lies in a segment, as JSON in the notation of NumPy.",
        footer = "  zeroipc manifest lab > lab.json")
final class ManifestCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private Target target;

    @Option(names = {"-o", "--output"}, paramLabel = "FILE",
            description = "File to write, in one step; standard output by default.")
    private @Nullable Path output;

    @Option(names = "--json", description = "Changes nothing: a manifest is JSON.")
    @SuppressWarnings("unused") // accepted by every command
    private boolean json;

    ManifestCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (Segment segment = target.openReadOnly()) {
            if (output == null) {
                Manifest.of(segment).strip().lines().map(PrintableText::of).forEach(terminal::line);
            } else {
                Manifest.write(segment, output);
            }
            return ZeroIpc.DONE;
        }
    }
}
