package io.zeroipc.codec;

import java.lang.invoke.MethodHandles;

/** The two ways a record codec is made. What holds for one must hold for the other. */
enum CodecPath {

    GENERATED {
        @Override
        <R extends Record> Codec<R> codec(Class<R> type) {
            try {
                MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
                return RecordCodecGenerator.generate(type, RecordLayout.of(type), PackageLookup.full(lookup));
            } catch (IllegalAccessException e) {
                throw new AssertionError(e);
            }
        }
    },
    HANDLES {
        @Override
        <R extends Record> Codec<R> codec(Class<R> type) {
            try {
                MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
                return new HandleRecordCodec<>(type, RecordLayout.of(type), lookup);
            } catch (IllegalAccessException e) {
                throw new AssertionError(e);
            }
        }
    };

    abstract <R extends Record> Codec<R> codec(Class<R> type);
}
