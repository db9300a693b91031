package io.zeroipc.segment;

import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.Set;

import io.zeroipc.format.SegmentDescriptor;
import io.zeroipc.wait.WaitStrategy;

/**
 * What a {@link SegmentBuilder} has collected.
 *
 * @param size bytes; 0 when not given
 * @param maxEntries table capacity of a new segment; 0 for the default
 * @param recovery whether this process takes part in what the participants tell each other
 * @param participant what it is called there
 * @param pages what is asked of the pages behind the mapping
 */
record SegmentOptions(String name, Path path, long size, int maxEntries, Set<PosixFilePermission> permissions,
        boolean preallocate, boolean strictSize, OnClose onClose, OwnerRule owner, Duration openTimeout,
        WaitStrategy waitStrategy, boolean catalogue, boolean recovery, String participant,
        PageOptions pages) {

    int tableCapacity() {
        return SegmentDescriptor.effectiveMaxEntries(maxEntries);
    }
}
