package io.zeroipc.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import io.zeroipc.PrintableText;
import io.zeroipc.segment.OnClose;
import io.zeroipc.segment.Segment;

/** Deletes a segment that nobody uses. */
@Command(name = "rm", mixinStandardHelpOptions = true,
        description = "Removes a segment. Refuses while another process has it open.", footer = "  zeroipc rm lab")
final class RemoveCommand implements Callable<Integer> {

    private static final Path PROCESSES = Path.of("/proc");

    private final Terminal terminal;

    @Mixin
    private Target target;

    @Option(names = {"-y", "--yes"}, description = "Does not ask.")
    private boolean yes;

    @Option(names = "--json", description = "Writes JSON.")
    private boolean json;

    RemoveCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        Path path;
        try (Segment segment = target.openReadOnly()) {
            path = segment.path();
            refuse(path, mappedBy(path));
            if (!yes && !terminal
                    .confirmed("remove " + path + " with " + segment.entries().size() + " entries?")) {
                return result(path, false, ZeroIpc.NOTHING);
            }
        }
        // Processes of this library hold a lock while they have it open, also those in other containers.
        target.builder().onClose(OnClose.DELETE_IF_LAST).open().close();
        if (Files.exists(path)) {
            throw new IllegalStateException("segment is in use: path=" + path
                    + " (another process has it open; end it first)");
        }
        return result(path, true, ZeroIpc.DONE);
    }

    private int result(Path path, boolean removed, int code) {
        if (json) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("path", path.toString());
            object.put("removed", removed);
            terminal.json(object);
        } else {
            terminal.line(PrintableText.of((removed ? "removed " : "not removed: ") + path));
        }
        return code;
    }

    private static void refuse(Path path, List<String> processes) {
        if (!processes.isEmpty()) {
            throw new IllegalStateException("segment is in use: path=" + path + ", processes="
                    + String.join(", ", processes) + " (end them first)");
        }
    }

    /** Programs in other languages hold no lock; where the system shows what others have mapped, they are found there. */
    private static List<String> mappedBy(Path path) throws IOException {
        if (!Files.isDirectory(PROCESSES)) {
            return List.of();
        }
        String place = placeInMaps(path);
        String self = String.valueOf(ProcessHandle.current().pid());
        try (Stream<Path> processes = Files.list(PROCESSES)) {
            return processes.map(process -> String.valueOf(process.getFileName()))
                    .filter(name -> name.chars().allMatch(Character::isDigit) && !name.equals(self))
                    .filter(pid -> maps(pid, place))
                    .map(pid -> pid + ProcessHandle.of(Long.parseLong(pid))
                            .flatMap(process -> process.info().command())
                            .map(command -> " (" + Objects.toString(Path.of(command).getFileName()) + ")")
                            .orElse(""))
                    .toList();
        }
    }

    /** Device and inode as they stand in a line of maps: its creator has the file mapped under another name. */
    private static String placeInMaps(Path path) throws IOException {
        long device = ((Number) Files.getAttribute(path, "unix:dev")).longValue();
        long major = ((device >>> 8) & 0xfff) | ((device >>> 32) & ~0xfffL);
        long minor = (device & 0xff) | ((device >>> 12) & ~0xffL);
        return " %02x:%02x %s ".formatted(major, minor, Files.getAttribute(path, "unix:ino"));
    }

    private static boolean maps(String pid, String place) {
        try (Stream<String> lines = Files.lines(PROCESSES.resolve(pid).resolve("maps"), StandardCharsets.ISO_8859_1)) {
            return lines.anyMatch(line -> line.contains(place));
        } catch (IOException | UncheckedIOException e) {
            // It ended, or belongs to somebody else.
            return false;
        }
    }
}
