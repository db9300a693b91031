package io.zeroipc.spring.cloud.stream.binder.provisioning;

import org.jspecify.annotations.Nullable;
import org.springframework.cloud.stream.provisioning.ConsumerDestination;

import io.zeroipc.spring.core.ChannelName;

/**
 * What a consumer consumes.
 *
 * @param segment of the destination
 * @param queue of its group, or of its own
 * @param deadLetters where it sends what it could not process; null when nowhere
 * @param claim of a consumer that has no group; null of one that has
 */
public record ZeroIpcConsumerDestination(DestinationSegment segment, GroupQueue queue,
        @Nullable ChannelName deadLetters,
        @Nullable AnonymousClaim claim) implements ConsumerDestination {

    @Override
    public String getName() {
        return segment.destination();
    }

    /** Gives back what is only this consumer's. */
    public void release() {
        AnonymousClaim own = claim;
        if (own != null) {
            segment.release(own);
        }
    }

    @Override
    public String toString() {
        return queue.toString();
    }
}
