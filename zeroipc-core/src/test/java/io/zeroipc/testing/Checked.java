package io.zeroipc.testing;

import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;

/**
 * A number and 7 words made of it: half of one and half of another never fit together. Long enough to be in two cache
 * lines.
 */
public record Checked(long number, long a, long b, long c, long d, long e, long f, long g) {

    public static final Codec<Checked> CODEC = Codecs.record(Checked.class);

    public static Checked of(long number) {
        long a = mix(number);
        long b = mix(a);
        long c = mix(b);
        long d = mix(c);
        long e = mix(d);
        long f = mix(e);
        return new Checked(number, a, b, c, d, e, f, mix(f));
    }

    public boolean isWhole() {
        return equals(of(number));
    }

    private static long mix(long value) {
        long mixed = (value + 0x9E3779B97F4A7C15L) * 0xBF58476D1CE4E5B9L;
        return mixed ^ (mixed >>> 29);
    }
}
