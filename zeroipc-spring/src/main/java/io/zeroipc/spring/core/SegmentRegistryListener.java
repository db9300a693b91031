package io.zeroipc.spring.core;

import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Structure;

/**
 * Hears of segments that come and go. Called by the thread that opens or closes, after the fact and without a lock; must
 * not throw.
 */
public interface SegmentRegistryListener {

    /** A segment is open under this name, for the first time or in place of one that was removed just before. */
    default void segmentAdded(String name, Segment segment) {
    }

    /** A structure was looked up for the first time since its segment is open. */
    default void structureAdded(ChannelName channel, Structure structure) {
    }

    /** A segment is no longer the one of this name: closed, taken out, or replaced. It may be unusable by now. */
    default void segmentRemoved(String name, Segment segment) {
    }
}
