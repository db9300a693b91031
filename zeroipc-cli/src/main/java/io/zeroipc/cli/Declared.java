package io.zeroipc.cli;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

import io.zeroipc.ElementSchema;
import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.inspect.Catalog;
import io.zeroipc.inspect.Declaration;
import io.zeroipc.inspect.Inspector;
import io.zeroipc.inspect.SegmentReport;
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

    @Option(names = {"--as", "--kind"}, paramLabel = "KIND",
            description = "Kind of the structure where the catalogue does not tell: bytes alone are enough to look, where they "
                    + "are certain, and never to change anything.")
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
     *
     * @param change whether it is to be changed, for which it does not suffice that the bytes look like its kind
     */
    Opened open(Segment segment, String name, boolean change) {
        SegmentReport present = Inspector.report(segment);
        // A row that may belong to another structure has no report of its own.
        StructureReport report = kind != null
                ? present.structures().get(name)
                : Structures.require(present, name);
        StructureType structureType = kind != null || report == null ? given() : told(report, change);
        ElementSchema schema = report == null ? null : report.schema();
        Codec<?> element = type != null ? codec(type) : schema == null ? null : Codecs.schema(schema);
        DeclaredType declared = segment.declared().get(name);
        Map<String, String> all = new LinkedHashMap<>(declared == null ? Map.of() : declared.options());
        all.putAll(options);
        Structure structure = segment.open(name, spec(name, structureType, element, all));
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

    private StructureType given() {
        return Catalog.find(String.valueOf(kind))
                .orElseThrow(() -> new UsageException("kind is unknown: --as=" + kind + " (expected: "
                        + String.join(", ", Catalog.labels()) + ")"));
    }

    private static StructureType told(StructureReport report, boolean change) {
        if (report.trust() == Trust.POSSIBLE || report.trust() == Trust.OPAQUE) {
            throw new UsageException("kind cannot be told from the bytes: structure=" + report.name() + ", candidates="
                    + report.candidates() + " (give it with --as, and the type of an element with --type)");
        }
        if (change && report.trust() != Trust.DECLARED) {
            throw new UsageException("kind is not declared: structure=" + report.name() + ", recognised="
                    + report.kind()
                    + " (nobody wrote down what it is, and bytes alone are not enough to change it: give it with --as "
                    + report.kind() + ", and the type of an element with --type)");
        }
        return Catalog.find(report.kind()).orElseThrow();
    }
}
