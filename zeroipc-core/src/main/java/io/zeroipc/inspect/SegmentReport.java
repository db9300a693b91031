package io.zeroipc.inspect;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

import io.zeroipc.Occupancy;

/**
 * A segment and everything in it, at about one moment.
 *
 * @param name what this process calls it
 * @param path its file
 * @param formatVersion of the table
 * @param created whether this process created the file
 * @param readOnly whether this process can only read it
 * @param bytes in use and in all
 * @param entries table rows in use and in all
 * @param catalogue where the types of the structures are written down, or why they are not
 * @param structures by name, in the order of the table
 */
public record SegmentReport(String name, Path path, int formatVersion, boolean created, boolean readOnly,
        Occupancy bytes, Occupancy entries, String catalogue, SequencedMap<String, StructureReport> structures) {

    public SegmentReport {
        structures = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(structures));
    }
}
