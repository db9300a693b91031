package io.zeroipc.interop;

import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;

/** What travels where traffic is checked: {@code check} says whether the other two belong together. */
record Parcel(int producer, long sequence, long check) {

    static final Codec<Parcel> CODEC = Codecs.record(Parcel.class);

    /** The last one of a traffic. */
    static final Parcel END = of(-1, 0);

    static Parcel of(int producer, long sequence) {
        return new Parcel(producer, sequence, sequence * 0x9E3779B97F4A7C15L ^ producer);
    }

    boolean isWhole() {
        return equals(of(producer, sequence));
    }

    boolean isEnd() {
        return producer == END.producer;
    }
}
