package io.zeroipc.cli;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.inspect.Catalog;
import io.zeroipc.inspect.Declaration;
import io.zeroipc.inspect.StructureReport;
import io.zeroipc.inspect.StructureType;
import io.zeroipc.inspect.Trust;
import io.zeroipc.segment.DeclaredType;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Spec;
import io.zeroipc.segment.Structure;

/** What the command line says of a structure where neither the catalogue nor the bytes tell. */
final class Declared {

    @Option(names = "--type", paramLabel = "TYPE",
            description = "Type of an element (int32, float64, string(16), bytes(8), ...) where the catalogue does not tell.")
    private @Nullable String type;

    @Option(names = "--kind", paramLabel = "KIND", description = "Kind of the structure where its bytes do not tell.")
    private @Nullable String kind;

    @Option(names = "--option", paramLabel = "NAME=VALUE",
            description = "An option of the kind, such as key=int32 of a map, where the catalogue does not tell.")
    private Map<String, String> options = new LinkedHashMap<>();

    /** A structure with the types of what is in it. Closing it closes the segment. */
    record Opened(Segment segment, Structure structure, @Nullable Codec<?> element, Map<String, String> options)
            implements AutoCloseable {

        /** A text of the command line as an element. */
        Object element(String text) {
            if (element == null) {
                throw new UsageException("structure has no elements: structure=" + structure.name() + ", kind="
                        + structure.kind() + ", value=" + text);
            }
            return Values.parse(element, text);
        }

        /** A text of the command line as a key of a map. */
        Object key(String text) {
            return Values.parse(Codecs.forType(options.getOrDefault("key", ""), null), text);
        }

        @Override
        public void close() {
            segment.close();
        }
    }

    /** Whether the command line says anything. */
    boolean isGiven() {
        return type != null || kind != null || !options.isEmpty();
    }

    /**
     * Opens the structure as the command line says, and as the catalogue says where that is silent. From then on reports on
     * this segment believe it.
     */
    Opened open(Segment segment, StructureReport report) {
        StructureType structureType = structureType(report);
        Codec<?> element = type != null
                ? codec(type)
                : report.schema() == null ? null
                : Codecs.schema(report.schema());
        DeclaredType declared = segment.declared().get(report.name());
        Map<String, String> all = new LinkedHashMap<>(declared == null ? Map.of() : declared.options());
        all.putAll(options);
        Structure structure = segment.open(report.name(), spec(report.name(), structureType, element, all));
        return new Opened(segment, structure, element, all);
    }

    private static Codec<?> codec(String type) {
        try {
            return Codecs.forType(type, null);
        } catch (IllegalArgumentException e) {
            throw new UsageException("type is unknown: --type=" + type + ", " + e.getMessage());
        }
    }

    private static Spec<?> spec(String name, StructureType structureType, @Nullable Codec<?> element,
            Map<String, String> options) {
        try {
            return structureType.spec(new Declaration(element, 0, options));
        } catch (IllegalArgumentException e) {
            throw new UsageException("structure cannot be opened: structure=" + name + ", kind="
                    + structureType.kind() + ", " + e.getMessage()
                    + (element == null ? "; give it with --type, and options with --option" : ""));
        }
    }

    private StructureType structureType(StructureReport report) {
        if (kind != null) {
            return Catalog.find(kind)
                    .orElseThrow(() -> new UsageException(
                            "kind is unknown: --kind=" + kind + " (expected: " + String.join(", ", Catalog.labels())
                                    + ")"));
        }
        if (report.trust() == Trust.POSSIBLE || report.trust() == Trust.OPAQUE) {
            throw new UsageException("kind cannot be told from the bytes: structure=" + report.name() + ", candidates="
                    + report.candidates() + " (give it with --kind, and the type of an element with --type)");
        }
        return Catalog.find(report.kind()).orElseThrow();
    }
}
