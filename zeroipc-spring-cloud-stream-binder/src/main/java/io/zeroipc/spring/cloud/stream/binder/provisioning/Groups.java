package io.zeroipc.spring.cloud.stream.binder.provisioning;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReferenceArray;

import org.jspecify.annotations.Nullable;

/**
 * Who gets the messages of a destination, as it was when the counter of its segment had this value. Immutable but for what it
 * remembers.
 */
public final class Groups {

    /** Partitions whose queues are remembered; others are looked for each time. */
    private static final int REMEMBERED = 256;

    private final String destination;
    private final long version;
    private final List<GroupQueue> queues;
    private final AtomicReferenceArray<@Nullable List<GroupQueue>> byPartition = new AtomicReferenceArray<>(REMEMBERED);

    Groups(String destination, long version, List<GroupQueue> queues) {
        this.destination = destination;
        this.version = version;
        this.queues = List.copyOf(queues);
    }

    long version() {
        return version;
    }

    /** All queues that messages go to. */
    public List<GroupQueue> queues() {
        return queues;
    }

    /**
     * The queues that get a message: one of each group, and that of each anonymous consumer.
     *
     * @param partition of the message, or {@link QueueName#WHOLE}
     * @throws UnroutableMessageException when a group consumes in partitions, and none of them is this one
     */
    public List<GroupQueue> of(int partition) {
        int slot = partition - QueueName.WHOLE;
        if (slot < 0 || slot >= REMEMBERED) {
            return find(partition);
        }
        List<GroupQueue> known = byPartition.get(slot);
        if (known == null) {
            known = find(partition);
            byPartition.set(slot, known);
        }
        return known;
    }

    private List<GroupQueue> find(int partition) {
        List<GroupQueue> found = new ArrayList<>();
        Set<String> served = new HashSet<>();
        for (GroupQueue queue : queues) {
            if (queue.name().partition() == QueueName.WHOLE || queue.name().partition() == partition) {
                found.add(queue);
                served.add(queue.name().group());
            }
        }
        for (GroupQueue queue : queues) {
            if (!served.contains(queue.name().group())) {
                throw unroutable(queue.name().group(), partition);
            }
        }
        return List.copyOf(found);
    }

    private UnroutableMessageException unroutable(String group, int partition) {
        Set<Integer> there = new TreeSet<>();
        for (GroupQueue queue : queues) {
            if (queue.name().group().equals(group)) {
                there.add(queue.name().partition());
            }
        }
        return new UnroutableMessageException(partition == QueueName.WHOLE
                ? "message has no partition, and a group consumes in partitions: destination=" + destination
                        + ", group="
                        + group + ", partitions=" + there + " (expected: a producer with partition-key-expression and"
                        + " partition-count=" + there.size() + ", or a consumer that is not partitioned)"
                : "group has no queue for a partition: destination=" + destination + ", group=" + group + ", partition="
                        + partition + ", partitions=" + there + " (expected: the same number in the producer's"
                        + " partition-count and the consumer's instance-count)");
    }
}
