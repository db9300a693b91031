package io.zeroipc.cli;

import java.lang.foreign.MemorySegment;
import java.util.Map;

import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.json.Json;

/** Values of elements as they stand on a command line: numbers and texts as they are, records as JSON objects. */
final class Values {

    private Values() {
    }

    /** The value, known to fit: nothing is half done when a later one of the same command line is wrong. */
    static Object parse(Codec<?> codec, String text) {
        try {
            Object value = Map.class.isAssignableFrom(codec.type()) ? Json.object(Json.parse(text), "value") : text;
            return tried(codec, value);
        } catch (IllegalArgumentException | NullPointerException e) {
            throw new UsageException(e.getMessage() == null ? "value does not suit: " + text : e.getMessage());
        }
    }

    private static <T> T tried(Codec<T> codec, Object value) {
        T converted = Codecs.convert(codec, value);
        codec.encode(converted, MemorySegment.ofArray(new byte[codec.byteSize()]), 0);
        return converted;
    }
}
