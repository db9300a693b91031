package io.zeroipc.segment;

import io.zeroipc.Occupancy;
import io.zeroipc.StructureKind;

/**
 * A shared data structure bound to its bytes in a segment. Only cold operations stand here: no interface is called on
 * the way to a compare-and-set. Implementations are final, and safe for use by any thread unless they say otherwise.
 */
public interface Structure {

    /** The name in the segment's table, without suffixes. */
    String name();

    StructureKind kind();

    /** The segment this structure lives in. */
    Segment segment();

    /** How full it is: an estimate. */
    Occupancy occupancy();

    /** Bytes of one element; 0 for structures without elements. */
    default int elementSize() {
        return 0;
    }

    /** The element's name in the vocabulary of the codecs; empty for structures without elements. */
    default String elementType() {
        return "";
    }
}
