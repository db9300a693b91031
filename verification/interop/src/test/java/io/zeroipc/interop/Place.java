package io.zeroipc.interop;

import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;

/** What a map of a {@link Stage} holds: no more than the eight bytes that a map's value may have. */
record Place(int producer, int number) {

    static final Codec<Place> CODEC = Codecs.record(Place.class);
}
