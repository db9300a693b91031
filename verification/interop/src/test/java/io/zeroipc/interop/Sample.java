package io.zeroipc.interop;

import java.util.Arrays;

import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.codec.Length;

/** A value long enough to be torn: all of it follows from its number. */
@SuppressWarnings("ArrayRecordComponent")
record Sample(long number, @Length(30) long[] noise, long sum) {

    static final Codec<Sample> CODEC = Codecs.record(Sample.class);

    static Sample of(long number) {
        long[] noise = new long[30];
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (number + i) * 0x9E3779B97F4A7C15L;
        }
        return new Sample(number, noise, Arrays.stream(noise).sum());
    }

    /** The same for whoever checks traffic: damaged if this is, the end if the number is negative. */
    Parcel parcel() {
        Parcel same = Parcel.of(number < 0 ? Parcel.END.producer() : 0, number);
        return isWhole() ? same : new Parcel(same.producer(), same.sequence(), same.check() + 1);
    }

    boolean isWhole() {
        Sample expected = of(number);
        return sum == expected.sum && Arrays.equals(noise, expected.noise);
    }
}
