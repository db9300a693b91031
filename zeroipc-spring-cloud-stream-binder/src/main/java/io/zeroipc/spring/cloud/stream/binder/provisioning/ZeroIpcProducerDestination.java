package io.zeroipc.spring.cloud.stream.binder.provisioning;

import org.springframework.cloud.stream.provisioning.ProducerDestination;

/**
 * Where a producer sends.
 *
 * @param segment of the destination
 */
public record ZeroIpcProducerDestination(DestinationSegment segment) implements ProducerDestination {

    @Override
    public String getName() {
        return segment.destination();
    }

    /** As the queue of a group called like the destination would be. */
    @Override
    public String getNameForPartition(int partition) {
        return segment.destination() + "-" + partition;
    }

    @Override
    public String toString() {
        return segment.toString();
    }
}
