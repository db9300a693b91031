package io.zeroipc.segment;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.zeroipc.ElementSchema;
import io.zeroipc.Occupancy;
import io.zeroipc.StructureKind;

/**
 * A shared data structure bound to its bytes in a segment. Only cold operations stand here: no interface is called on
 * the way to a compare-and-set. Implementations are final, and safe for use by any thread unless they say otherwise.
 */
public interface Structure {

    /** Which structure this is. */
    Binding binding();

    /** The name in the segment's table, without suffixes. */
    default String name() {
        return binding().name();
    }

    default StructureKind kind() {
        return binding().kind();
    }

    /** The segment this structure lives in. */
    default Segment segment() {
        return binding().segment();
    }

    /** How full it is: an estimate. */
    Occupancy occupancy();

    /**
     * What everybody waits for at this moment; null when nothing holds them up, or the structure does not tell. Never waits.
     * Whether it is more than a moment is found out by looking again: the same answer means that nobody got further.
     */
    default @Nullable Stall stall() {
        return null;
    }

    /**
     * Goes on at a {@link #stall} for whoever has begun something there: for somebody who knows, as the bytes do not, that he is dead
     * or will never write there again. A position that was claimed and not published is stepped over; the element of one that was
     * taken and not released is gone. If he lives after all and writes, the structure is damaged. Participants of the segment need
     * this for nobody: they go on for each other.
     *
     * @param stall as it was seen
     * @return whether it was ended here; false when it is over already, and for structures that tell none
     * @throws io.zeroipc.StructureBusyException when a live participant says that the position is his, or this process takes no part
     *             and cannot see that
     */
    default boolean breakStall(Stall stall) {
        // Of a structure that tells none there is none.
        return false;
    }

    /** What the bytes of one element mean; null for structures without elements. */
    default @Nullable ElementSchema elementSchema() {
        return null;
    }

    /** What the bytes of one key mean; null for structures without keys. */
    default @Nullable ElementSchema keySchema() {
        return null;
    }

    /** Bytes of one element; 0 for structures without elements. */
    default int elementSize() {
        ElementSchema schema = elementSchema();
        return schema == null ? 0 : schema.byteSize();
    }

    /** The element's name in the vocabulary of the codecs; empty for structures without elements. */
    default String elementType() {
        ElementSchema schema = elementSchema();
        return schema == null ? "" : schema.typeName();
    }

    /** What its bytes do not tell: the options of its kind that it was created with, by their names in configuration. */
    default Map<String, String> options() {
        return Map.of();
    }
}
