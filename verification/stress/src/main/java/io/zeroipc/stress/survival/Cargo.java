package io.zeroipc.stress.survival;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

import io.zeroipc.codec.Codec;

/**
 * An element that says who made it, as the how manyth, and whether it is whole.
 *
 * @param producer unique among all threads of a round, 0 to 2^23 - 1
 * @param number counted from 0 by the producer
 * @param sum of the two, so that parts of two elements do not pass for one
 * @param inverse of the sum, at the other end
 */
record Cargo(long producer, long number, long sum, long inverse) {

    static final Codec<Cargo> CODEC = new CargoCodec();

    private static final int NUMBER_BITS = 40;

    static Cargo of(long producer, long number) {
        long sum = sum(producer, number);
        return new Cargo(producer, number, sum, ~sum);
    }

    boolean isWhole() {
        return sum == sum(producer, number) && inverse == ~sum;
    }

    /** Producer and number in one. */
    long token() {
        return token(producer, number);
    }

    static long token(long producer, long number) {
        return producer << NUMBER_BITS | number;
    }

    static long producer(long token) {
        return token >>> NUMBER_BITS;
    }

    static long number(long token) {
        return token & (1L << NUMBER_BITS) - 1;
    }

    /** For messages. */
    static String describe(long token) {
        return producer(token) + "#" + number(token);
    }

    private static long sum(long producer, long number) {
        long mixed = (producer * 0x9E3779B97F4A7C15L ^ number) * 0xBF58476D1CE4E5B9L;
        return mixed ^ mixed >>> 29;
    }

    /** Four words. Reads whatever is there: whether it is whole is for the reader to see. */
    private static final class CargoCodec implements Codec<Cargo> {

        private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED;

        @Override
        public Class<Cargo> type() {
            return Cargo.class;
        }

        @Override
        public String typeName() {
            return "bytes(32)";
        }

        @Override
        public int byteSize() {
            return 4 * Long.BYTES;
        }

        @Override
        public int alignment() {
            return 1;
        }

        @Override
        public void encode(Cargo value, MemorySegment memory, long offset) {
            memory.set(WORD, offset, value.producer);
            memory.set(WORD, offset + 8, value.number);
            memory.set(WORD, offset + 16, value.sum);
            memory.set(WORD, offset + 24, value.inverse);
        }

        @Override
        public Cargo decode(MemorySegment memory, long offset) {
            return new Cargo(memory.get(WORD, offset), memory.get(WORD, offset + 8), memory.get(WORD, offset + 16),
                    memory.get(WORD, offset + 24));
        }
    }
}
