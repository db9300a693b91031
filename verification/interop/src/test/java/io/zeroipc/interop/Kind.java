package io.zeroipc.interop;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

import org.junit.jupiter.params.provider.Arguments;

import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;

/**
 * A type of element that peers know.
 *
 * @param name what it is called in commands
 * @param values eight different ones
 * @param parser the value from a peer's text; {@code toString} of a value is text that a peer reads
 */
record Kind<T>(String name, Codec<T> codec, List<T> values, Function<String, T> parser) {

    static final Kind<Byte> INT8 = new Kind<>("int8", Codecs.int8(),
            List.of((byte) 1, (byte) -2, (byte) 3, (byte) 4, (byte) 5, (byte) 6, Byte.MIN_VALUE, Byte.MAX_VALUE),
            Byte::valueOf);
    static final Kind<Integer> INT32 = new Kind<>("int32", Codecs.int32(),
            List.of(1, -2, 3, 4, 5, 6, Integer.MIN_VALUE, Integer.MAX_VALUE), Integer::valueOf);
    static final Kind<Long> INT64 = new Kind<>("int64", Codecs.int64(),
            List.of(1L, -2L, 3L, 4L, 5L, 6L, Long.MIN_VALUE, Long.MAX_VALUE), Long::valueOf);
    static final Kind<Double> FLOAT64 = new Kind<>("float64", Codecs.float64(),
            List.of(0.1, -0.0, 1e300, 4.9e-308, Math.PI, 6.0, Double.MAX_VALUE, -1.5), Double::valueOf);
    static final Kind<Reading> READING = new Kind<>("reading", Codecs.record(Reading.class),
            List.of(new Reading((byte) 1, "degC", 65535, 21.5, true), new Reading((byte) -1, "hours", 0, -0.1, false),
                    new Reading((byte) 3, "m", 3, 1e300, true), new Reading((byte) 4, "kg", 4, 4, true),
                    new Reading((byte) 5, "µ", 5, 5, true), new Reading((byte) 6, "s", 6, 6, false),
                    new Reading((byte) 7, "K", 7, 7, true), new Reading((byte) 8, "cd", 8, 8, true)),
            Reading::parse);

    /** Every type, in every language. */
    static Stream<Arguments> inEveryLanguage() {
        return Arrays.stream(Language.values())
                .flatMap(language -> all().map(kind -> Arguments.of(language, kind)));
    }

    /** Every type, in every language, created by either side: language, whether Java creates, type. */
    static Stream<Arguments> ofEitherSideInEveryLanguage() {
        return Arrays.stream(Language.values())
                .flatMap(language -> Stream.of(true, false)
                        .flatMap(java -> all().map(kind -> Arguments.of(language, java, kind))));
    }

    static Stream<Kind<?>> all() {
        return Stream.of(INT8, INT32, INT64, FLOAT64, READING);
    }

    /** Arguments of a command: some words, then values. */
    Object[] with(List<T> some, Object... words) {
        return Stream.concat(Arrays.stream(words), some.stream()).toArray();
    }

    List<T> parse(List<String> texts) {
        return texts.stream().map(parser).toList();
    }

    @Override
    public String toString() {
        return name;
    }
}
