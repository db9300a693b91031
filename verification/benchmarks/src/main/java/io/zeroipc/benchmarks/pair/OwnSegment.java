package io.zeroipc.benchmarks.pair;

import io.zeroipc.segment.OnClose;
import io.zeroipc.segment.Segment;

/** The segment of a connection through structures of ours: one for each direction. */
final class OwnSegment {

    private static final long ROOM_BESIDE = 1 << 20;
    private static final long BYTES_BESIDE_ELEMENT = 192;

    private OwnSegment() {
    }

    /** The active side creates it. */
    static Segment open(Place place) {
        if (!place.isActive()) {
            return Segment.at(place.file("")).open();
        }
        return Segment.at(place.file(""))
                .size(ROOM_BESIDE + 2L * place.slots() * (place.size() + BYTES_BESIDE_ELEMENT))
                .onClose(OnClose.DELETE)
                .create();
    }
}
