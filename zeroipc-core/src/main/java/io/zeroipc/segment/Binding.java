package io.zeroipc.segment;

import io.zeroipc.StructureKind;

/**
 * Which structure it is.
 *
 * @param segment the one it lives in
 * @param name in the segment's table, without suffixes
 */
public record Binding(Segment segment, String name, StructureKind kind) {

    /** For messages: {@code segment=market, name=orders}. */
    public String describe() {
        return describe(segment, name);
    }

    static String describe(Segment segment, String name) {
        return "segment=" + segment.name() + ", name=" + name;
    }
}
