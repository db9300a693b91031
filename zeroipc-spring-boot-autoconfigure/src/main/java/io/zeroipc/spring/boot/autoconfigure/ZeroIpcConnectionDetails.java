package io.zeroipc.spring.boot.autoconfigure;

import java.nio.file.Path;

import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;

import io.zeroipc.segment.Segment;

/** Where the segments live. A bean of this type takes the place of the properties. */
public interface ZeroIpcConnectionDetails extends ConnectionDetails {

    /** The directory of the files of segments that have no path of their own. */
    default Path getBaseDirectory() {
        return Segment.defaultDirectory();
    }

    /** What stands in front of the names of these files; empty for nothing. */
    default String getFilePrefix() {
        return "";
    }

    /**
     * The file of a segment that has a path of its own: that path, unless somebody keeps all segments in another place.
     *
     * @param configured as the segment's properties say
     */
    default Path getPath(Path configured) {
        return configured;
    }
}
