package io.zeroipc.spring.boot.test;

import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;

import org.assertj.core.api.AbstractAssert;
import org.assertj.core.api.AbstractDoubleAssert;
import org.assertj.core.api.Assertions;

import io.zeroipc.inspect.Inspector;
import io.zeroipc.inspect.StructureReport;
import io.zeroipc.segment.Segment;

/** Assertions about a segment; see {@link ZeroIpcAssertions}. */
public final class SegmentAssert extends AbstractAssert<SegmentAssert, Segment> {

    SegmentAssert(Segment actual) {
        super(actual, SegmentAssert.class);
    }

    /**
     * There is a structure of this name and type, whoever created it.
     *
     * @param type as in configuration: {@code queue}, {@code ring}, {@code state}, ...
     */
    public SegmentAssert hasStructure(String name, String type) {
        isNotNull();
        Map<String, StructureReport> structures = structures();
        StructureReport structure = structures.get(name);
        if (structure == null) {
            failWithMessage("%nExpecting segment %s%nto have structure <%s> of type <%s>%nbut it has %s", actual, name,
                    type, describe(structures));
        } else if (!structure.kind().equals(type)) {
            failWithMessage("%nExpecting segment %s%nto have structure <%s> of type <%s>%nbut its type is <%s>", actual,
                    name, type, structure.kind());
        }
        return this;
    }

    /** There is no structure of this name. */
    public SegmentAssert hasNoStructure(String name) {
        isNotNull();
        StructureReport structure = structures().get(name);
        if (structure != null) {
            failWithMessage("%nExpecting segment %s%nto have no structure <%s>%nbut it has one of type <%s>", actual,
                    name, structure.kind());
        }
        return this;
    }

    /** Its structures have exactly these names, in the order of the file. */
    public SegmentAssert hasExactlyStructures(String... names) {
        isNotNull();
        Assertions.assertThat(structures().keySet()).as("structures of segment %s", actual).containsExactly(names);
        return this;
    }

    /** Its file is this one. */
    public SegmentAssert isAt(Path path) {
        isNotNull();
        if (!actual.path().equals(path.toAbsolutePath().normalize())) {
            failWithMessage("%nExpecting segment %s%nto be at <%s>%nbut it is at <%s>", actual, path, actual.path());
        }
        return this;
    }

    /** It has so many bytes, the table included. */
    public SegmentAssert hasByteSize(long bytes) {
        isNotNull();
        if (actual.byteSize() != bytes) {
            failWithMessage("%nExpecting segment %s%nto have a size of <%s> bytes%nbut it has <%s>", actual, bytes,
                    actual.byteSize());
        }
        return this;
    }

    /** About the bytes in use, from 0 to 1. */
    public AbstractDoubleAssert<?> usage() {
        isNotNull();
        return Assertions.assertThat(actual.occupancy().usage()).as("usage of segment %s", actual);
    }

    /** About one of its structures, whoever created it. Fails when there is none of this name. */
    public StructureAssert structure(String name) {
        isNotNull();
        Map<String, StructureReport> structures = structures();
        if (!structures.containsKey(name)) {
            failWithMessage("%nExpecting segment %s%nto have structure <%s>%nbut it has %s", actual, name,
                    describe(structures));
        }
        return StructureAssert.of(actual, name);
    }

    private Map<String, StructureReport> structures() {
        return Inspector.report(actual).structures();
    }

    private static String describe(Map<String, StructureReport> structures) {
        return structures.isEmpty()
                ? "none"
                : structures.values()
                        .stream()
                        .map(each -> "<" + each.name() + "> of type <" + each.kind() + ">")
                        .collect(Collectors.joining(", "));
    }
}
