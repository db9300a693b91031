package io.zeroipc.spring.cloud.stream.binder.properties;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

import io.zeroipc.segment.OwnerRule;

/**
 * The segments that the binder makes of destinations. Whoever comes first creates the segment of a destination, and the rest takes it as
 * it is.
 *
 * @param prefix Text in front of the name of a destination in the name of its segment.
 * @param queues Number of queues that a new segment has room for: one for each group, partition, anonymous consumer and queue of dead
 *            letters.
 * @param capacity Number of messages that a new queue has room for, rounded up to a power of two, unless its binding says otherwise.
 * @param elementSize Size of the largest message of a new queue, headers included, unless its binding says otherwise.
 * @param preallocate Whether a new segment takes all its bytes from the file system at once, so that a full one is an error at startup
 *            and not a crash later.
 * @param permissions Permissions of a new segment, such as 'rw-rw----' or '0660'.
 * @param owner Whose existing segments may be opened.
 */
@ConfigurationProperties("spring.cloud.stream.zeroipc.binder")
public record ZeroIpcBinderProperties(@DefaultValue("stream.") String prefix, @DefaultValue("8") int queues,
        @DefaultValue("1024") int capacity, @DefaultValue("1KB") DataSize elementSize,
        @DefaultValue("true") boolean preallocate, @DefaultValue("rw-------") String permissions,
        @DefaultValue("same-or-root") OwnerRule owner) {

    /** Together they have to fit into a file. */
    private static final int QUEUES_MAX = 1024;

    public ZeroIpcBinderProperties {
        if (queues < 1 || queues > QUEUES_MAX) {
            throw new IllegalArgumentException("number of queues is out of range:"
                    + " spring.cloud.stream.zeroipc.binder.queues=" + queues + " (expected: 1 to " + QUEUES_MAX + ")");
        }
    }
}
