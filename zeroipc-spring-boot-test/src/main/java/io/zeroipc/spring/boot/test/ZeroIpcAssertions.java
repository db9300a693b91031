package io.zeroipc.spring.boot.test;

import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Structure;

/**
 * AssertJ assertions about segments and structures, to be imported beside AssertJ's own.
 *
 * <pre>{@code
 * assertThat(segment).hasStructure("trades", "queue").structure("trades").hasSize(2);
 * assertThat(trades).containsExactly(new Trade(1, 99.5), new Trade(2, 99.7));
 * }</pre>
 *
 * <p>
 * Looking takes nothing out of a structure and disturbs nobody. An assertion is about the moment in which
 * {@code assertThat} was called; what will come true is awaited around it:
 * {@code await().untilAsserted(() -> assertThat(trades).isEmpty())}.
 */
public final class ZeroIpcAssertions {

    private ZeroIpcAssertions() {
    }

    /** About a segment: what is in it, and how full it is. */
    public static SegmentAssert assertThat(Segment actual) {
        return new SegmentAssert(actual);
    }

    /** About a structure: its type, how full it is, and what it contains. */
    public static StructureAssert assertThat(Structure actual) {
        return StructureAssert.of(actual.segment(), actual.name());
    }
}
