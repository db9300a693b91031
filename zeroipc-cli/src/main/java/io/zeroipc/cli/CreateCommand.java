package io.zeroipc.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import io.zeroipc.InvalidStructureNameException;
import io.zeroipc.PrintableText;
import io.zeroipc.SegmentExistsException;
import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.inspect.Catalog;
import io.zeroipc.inspect.Declaration;
import io.zeroipc.inspect.StructureType;
import io.zeroipc.segment.OnClose;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Spec;

/** A new segment, or new structures in one that exists. */
@Command(name = "create", mixinStandardHelpOptions = true,
        description = {"Creates a segment with structures; or, with --add, structures in a segment that exists.",
                "A STRUCTURE is NAME:KIND[:TYPE[:CAPACITY[:OPTION=VALUE]...]]."},
        footer = {"  zeroipc create lab alerts:queue:int64:1024 newest:state:float64 slots:semaphore::4",
                "  zeroipc create lab --add history:ring:bytes(24):600:overwrite=true ids:map:int64:512:key=int32"})
final class CreateCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private Target target;

    @Parameters(index = "1..*", paramLabel = "STRUCTURE", description = "Structures, in the order of their creation.")
    private List<String> structures = List.of();

    @Option(names = "--size", paramLabel = "BYTES",
            description = "Size, such as 65536, 64K or 1M; what the structures need by default.")
    private @Nullable String size;

    @Option(names = "--max-entries", paramLabel = "N", defaultValue = "64",
            description = "Room for names; ${DEFAULT-VALUE} by default, the most that peers open without being told.")
    private int maxEntries;

    @Option(names = "--permissions", paramLabel = "MODE", defaultValue = "0600",
            description = "Permissions of the file; ${DEFAULT-VALUE} by default.")
    private String permissions;

    @Option(names = "--json", description = "Writes JSON.")
    private boolean json;

    @Option(names = "--add", description = "Adds to a segment that exists.")
    private boolean add;

    CreateCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Map<String, Spec<?>> specs = new LinkedHashMap<>();
        for (String text : structures) {
            String[] parts = text.split(":", -1);
            if (specs.put(parts[0], spec(text, parts)) != null) {
                throw new UsageException("structure is given twice: name=" + parts[0]);
            }
        }
        if (maxEntries < 1) {
            throw new UsageException("there is no room for names: --max-entries=" + maxEntries
                    + " (expected: 1 or more)");
        }
        if (add) {
            try (Segment segment = target.open()) {
                add(segment, specs);
            }
        } else {
            long bytes = size == null ? Segment.requiredSize(maxEntries, List.copyOf(specs.values())) : bytes(size);
            Segment created = createSegment(bytes);
            try (Segment segment = created) {
                add(segment, specs);
            } catch (RuntimeException e) {
                // Half a segment is of no use, and would be in the way of the next try.
                target.builder().onClose(OnClose.DELETE_IF_LAST).open().close();
                throw e;
            }
        }
        return ZeroIpc.DONE;
    }

    private Segment createSegment(long bytes) {
        try {
            return target.builder().size(bytes).maxEntries(maxEntries).permissions(permissions).create();
        } catch (SegmentExistsException e) {
            throw new IllegalStateException("segment exists: segment=" + target.name() + ", path=" + e.path()
                    + " (--add creates structures in it, rm removes it; nothing was changed)", e);
        }
    }

    private void add(Segment segment, Map<String, Spec<?>> specs) {
        List<String> added = new ArrayList<>();
        try {
            specs.forEach((name, spec) -> {
                segment.create(name, spec);
                added.add(name);
            });
        } catch (RuntimeException e) {
            if (add && !added.isEmpty()) {
                terminal.note("added before this failed: " + String.join(", ", added));
            }
            throw e;
        }
        if (json) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("path", segment.path().toString());
            object.put("size", segment.byteSize());
            object.put("structures", added);
            terminal.json(object);
        } else {
            terminal.line(PrintableText.of((add ? "added " + added.size() + " structures to " : "created ")
                    + segment.path() + ", " + segment.byteSize() + " bytes"));
        }
    }

    private static Spec<?> spec(String text, String[] parts) {
        if (parts.length < 2 || parts[0].isEmpty()) {
            throw new UsageException("structure cannot be read: " + text
                    + " (expected: NAME:KIND[:TYPE[:CAPACITY[:OPTION=VALUE]...]])");
        }
        StructureType type = Catalog.find(parts[1])
                .orElseThrow(() -> new UsageException("kind is unknown: structure=" + parts[0] + ", kind=" + parts[1]
                        + " (expected: " + String.join(", ", Catalog.labels()) + ")"));
        try {
            Codec<?> element = parts.length < 3 || parts[2].isEmpty() ? null : Codecs.forType(parts[2], null);
            long capacity = parts.length < 4 || parts[3].isEmpty() ? 0 : Long.parseLong(parts[3]);
            Map<String, String> options = new LinkedHashMap<>();
            for (int i = 4; i < parts.length; i++) {
                int equals = parts[i].indexOf('=');
                if (equals < 1) {
                    throw new IllegalArgumentException("option cannot be read: " + parts[i]
                            + " (expected: NAME=VALUE)");
                }
                options.put(parts[i].substring(0, equals), parts[i].substring(equals + 1));
            }
            Spec<?> spec = type.spec(new Declaration(element, capacity, options));
            // What is missing to create it is said now, and not when half of the segment exists.
            spec.parts();
            spec.kind().requireNewName(parts[0]);
            return spec;
        } catch (IllegalArgumentException | InvalidStructureNameException e) {
            throw new UsageException("structure cannot be created: " + text + ", " + e.getMessage());
        }
    }

    private static long bytes(String text) {
        String number = text.strip();
        int shift = switch (number.isEmpty() ? ' ' : Character.toUpperCase(number.charAt(number.length() - 1))) {
            case 'K' -> 10;
            case 'M' -> 20;
            case 'G' -> 30;
            default -> 0;
        };
        try {
            long value = Long.parseLong(shift == 0 ? number : number.substring(0, number.length() - 1));
            return Math.multiplyExact(value, 1L << shift);
        } catch (NumberFormatException | ArithmeticException e) {
            throw new UsageException("size cannot be read: --size=" + text + " (expected: 65536, 64K, 1M, ...)");
        }
    }
}
