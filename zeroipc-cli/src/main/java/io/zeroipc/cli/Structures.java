package io.zeroipc.cli;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import io.zeroipc.StructureNotFoundException;
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

/** Which structure a command is about, and what it is where neither catalogue nor bytes tell. */
final class Structures {

    @Mixin
    Target target;

    @Parameters(index = "1", paramLabel = "STRUCTURE", description = "Name of the structure.")
    String name;

    @Option(names = "--type", paramLabel = "TYPE",
            description = "Type of an element (int32, float64, string(16), bytes(8), ...) where the catalogue does not tell.")
    private @Nullable String type;

    @Option(names = "--kind", paramLabel = "KIND", description = "Kind of the structure where its bytes do not tell.")
    private @Nullable String kind;

    @Option(names = "--option", paramLabel = "NAME=VALUE",
            description = "An option of the kind, such as key=int32 of a map, where the catalogue does not tell.")
    private Map<String, String> options = new LinkedHashMap<>();

    /** What a command works with; the segment is to be closed. */
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

        /** The codec of the keys of a map. */
        Codec<?> key() {
            return Codecs.forType(options.getOrDefault("key", ""), null);
        }

        @Override
        public void close() {
            segment.close();
        }
    }

    Opened open() {
        return open(target.open());
    }

    Opened openReadOnly() {
        return open(target.openReadOnly());
    }

    private Opened open(Segment segment) {
        boolean kept = false;
        try {
            StructureReport report = require(Inspector.report(segment), name);
            StructureType structureType = structureType(report);
            Codec<?> element = type != null
                    ? Codecs.forType(type, null)
                    : report.schema() == null ? null
                    : Codecs.schema(report.schema());
            DeclaredType declared = segment.declared().get(name);
            Map<String, String> all = new LinkedHashMap<>(declared == null ? Map.of() : declared.options());
            all.putAll(options);
            Structure structure = segment.open(name, spec(structureType, element, all));
            kept = true;
            return new Opened(segment, structure, element, all);
        } finally {
            if (!kept) {
                segment.close();
            }
        }
    }

    private Spec<?> spec(StructureType structureType, @Nullable Codec<?> element,
            Map<String, String> all) {
        try {
            return structureType.spec(new Declaration(element, 0, all));
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
            throw new UsageException("kind cannot be told from the bytes: structure=" + name + ", candidates="
                    + report.candidates() + " (give it with --kind, and the type of an element with --type)");
        }
        return Catalog.find(report.kind()).orElseThrow();
    }

    static StructureReport require(SegmentReport report, String name) {
        StructureReport structure = report.structures().get(name);
        if (structure == null) {
            throw new StructureNotFoundException("structure not found: segment=" + report.name() + ", name=" + name
                    + " (present: " + String.join(", ", report.structures().keySet()) + ")", report.name(), name);
        }
        return structure;
    }
}
