package io.zeroipc.cli;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import io.zeroipc.StructureNotFoundException;
import io.zeroipc.cli.Declared.Opened;
import io.zeroipc.inspect.SegmentReport;
import io.zeroipc.inspect.StructureReport;
import io.zeroipc.segment.Segment;

/** Which structure a command is about. */
final class Structures {

    @Mixin
    private Target target;

    @Parameters(index = "1", paramLabel = "STRUCTURE", description = "Name of the structure.")
    private String name;

    @Mixin
    private Declared declared;

    /** To change it. */
    Opened open() {
        return open(target.open(), true);
    }

    /** To look at it. */
    Opened openReadOnly() {
        return open(target.openReadOnly(), false);
    }

    private Opened open(Segment segment, boolean change) {
        boolean kept = false;
        try {
            Opened opened = declared.open(segment, name, change);
            kept = true;
            return opened;
        } finally {
            if (!kept) {
                segment.close();
            }
        }
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
