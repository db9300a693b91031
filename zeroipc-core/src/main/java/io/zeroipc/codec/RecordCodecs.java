package io.zeroipc.codec;

import java.lang.invoke.MethodHandles;

import org.jspecify.annotations.Nullable;

/** Chooses, builds and remembers the codec of a record. */
final class RecordCodecs {

    /** The codec lives as long as the record's class and goes with it. */
    private static final ClassValue<Codec<?>> CACHE = new ClassValue<>() {

        @Override
        protected Codec<?> computeValue(Class<?> type) {
            return build(type.asSubclass(Record.class), MethodHandles.lookup());
        }
    };

    private RecordCodecs() {
    }

    @SuppressWarnings("unchecked")
    static <R extends Record> Codec<R> of(Class<R> type, MethodHandles.@Nullable Lookup given) {
        if (given != null) {
            return build(type, given);
        }
        return (Codec<R>) CACHE.get(type);
    }

    private static <R extends Record> Codec<R> build(Class<R> type, MethodHandles.Lookup lookup) {
        RecordLayout layout = RecordLayout.of(type);
        try {
            return new HandleRecordCodec<>(type, layout, MethodHandles.privateLookupIn(type, lookup));
        } catch (IllegalAccessException e) {
            throw new IllegalArgumentException("no access to record: type=" + type.getName(), e);
        }
    }
}
