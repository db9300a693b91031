package io.zeroipc.spring.core;

import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Structure;

/**
 * Hears of segments that come and go. Called after the fact, without a lock, and for one name in the order in which things
 * happened: by the thread that opens or closes, or one that does so at the same time. What it throws is logged.
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
