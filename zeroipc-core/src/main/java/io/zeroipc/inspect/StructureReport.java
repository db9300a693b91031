package io.zeroipc.inspect;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.zeroipc.ElementSchema;
import io.zeroipc.Occupancy;
import io.zeroipc.Shape;
import io.zeroipc.segment.View;

/**
 * What is known of one structure: an estimate, taken without stopping anybody.
 *
 * @param name without suffix where the suffixes of a kind were recognised, else the entry's name
 * @param kind the label, {@code possible} when several candidates fit, {@code opaque} when none does
 * @param trust how the kind is known
 * @param candidates labels that fit the bytes when nothing is certain
 * @param entryNames its rows in the table
 * @param offset of its first block, from the start of the segment
 * @param bytes of all its blocks
 * @param elementSize bytes of one element; 0 when unknown
 * @param elementType in the vocabulary of the codecs; empty when unknown
 * @param schema what the bytes of an element mean; null when unknown, or there are none
 * @param occupancy elements now and capacity
 * @param details further figures by name
 * @param views where its values lie in the segment; empty when that is not known
 */
public record StructureReport(String name, String kind, Trust trust, List<String> candidates, List<String> entryNames,
        long offset, long bytes, long elementSize, String elementType, @Nullable ElementSchema schema,
        Occupancy occupancy,
        Map<String, Object> details, List<View> views) {

    public static final String POSSIBLE = "possible";
    public static final String OPAQUE = "opaque";

    public StructureReport {
        candidates = List.copyOf(candidates);
        entryNames = List.copyOf(entryNames);
        details = Collections.unmodifiableMap(new LinkedHashMap<>(details));
        views = List.copyOf(views);
    }

    /** How many elements it has in each dimension; null unless it is an array of several, and its creator said so. */
    public @Nullable Shape shape() {
        return details.get(Declaration.SHAPE) instanceof List<?> lengths
                ? Shape.of(lengths.stream().map(Long.class::cast).toList())
                : null;
    }

    /** This report with one more detail. */
    StructureReport with(String detail, Object value) {
        Map<String, Object> all = new LinkedHashMap<>(details);
        all.put(detail, value);
        return new StructureReport(name, kind, trust, candidates, entryNames, offset, bytes, elementSize, elementType,
                schema, occupancy, all, views);
    }
}
