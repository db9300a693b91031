package io.zeroipc.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import io.zeroipc.inspect.StructureReport;
import io.zeroipc.segment.OwnerRule;
import io.zeroipc.segment.Segment;

/** What a command shows: all structures of a segment, or one with its elements. */
final class Look {

    @Mixin
    private Target target;

    @Parameters(index = "1", arity = "0..1", paramLabel = "STRUCTURE",
            description = "One structure, with its elements.")
    private @Nullable String structure;

    @Option(names = "--preview", paramLabel = "N", defaultValue = "10",
            description = "Elements to show of a structure; ${DEFAULT-VALUE} by default.")
    private int preview;

    @Mixin
    private Declared declared;

    /** Name of the one structure; null for all of them. */
    @Nullable
    String structure() {
        return structure;
    }

    /** How many elements to show at most. */
    int preview() {
        return preview;
    }

    /** How the kind of the one structure is known; to the report, what the command line gives is as good as declared. */
    String known(StructureReport report) {
        return declared.isGiven() ? "given" : Figures.trust(report);
    }

    /** The segment, to look at, without what its catalogue says of elements. */
    Segment openPlain() {
        return target.builder().owner(OwnerRule.ANY).catalogue(false).openReadOnly();
    }

    /** The segment, to look at; reports on it believe what the command line says of the structure. */
    Segment open() {
        if (preview < 0) {
            throw new UsageException("number of elements is negative: --preview=" + preview);
        }
        if (structure == null && declared.isGiven()) {
            throw new UsageException("type, kind or option is given without a structure that it is about");
        }
        Segment segment = target.openReadOnly();
        boolean kept = false;
        try {
            if (structure != null && declared.isGiven()) {
                declared.open(segment, structure, false);
            }
            kept = true;
            return segment;
        } finally {
            if (!kept) {
                segment.close();
            }
        }
    }
}
