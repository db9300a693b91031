package io.zeroipc.spring.boot.autoconfigure;

import java.nio.file.Path;

import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;

import io.zeroipc.segment.Segment;

/** Where the segments live that have no path of their own. A bean of this type takes the place of the properties. */
public interface ZeroIpcConnectionDetails extends ConnectionDetails {

    /** The directory of their files. */
    default Path getBaseDirectory() {
        return Segment.defaultDirectory();
    }

    /** What stands in front of their file names; empty for nothing. */
    default String getFilePrefix() {
        return "";
    }
}
