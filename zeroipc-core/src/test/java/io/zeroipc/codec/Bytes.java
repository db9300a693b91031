package io.zeroipc.codec;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HexFormat;

/** Encodes into the middle of a dirty heap array, so that a missing zero and a byte too far are both seen. */
final class Bytes {

    private static final byte DIRT = (byte) 0xA5;
    private static final int MARGIN = 8;

    private Bytes() {
    }

    /** The bytes of the slot; fails when encode wrote a byte outside of it. */
    static <T> byte[] of(Codec<T> codec, T value) {
        byte[] memory = new byte[MARGIN + codec.byteSize() + MARGIN];
        Arrays.fill(memory, DIRT);
        codec.encode(value, MemorySegment.ofArray(memory), MARGIN);
        for (int i = 0; i < MARGIN; i++) {
            if (memory[i] != DIRT || memory[memory.length - 1 - i] != DIRT) {
                throw new AssertionError(
                        "encode wrote outside its slot: " + HexFormat.ofDelimiter(" ").formatHex(memory));
            }
        }
        return Arrays.copyOfRange(memory, MARGIN, MARGIN + codec.byteSize());
    }

    static <T> String hex(Codec<T> codec, T value) {
        return HexFormat.ofDelimiter(" ").formatHex(of(codec, value));
    }

    /** Reads at an odd offset, as nothing may depend on the alignment of a heap array. */
    static <T> T decode(Codec<T> codec, byte[] bytes) {
        byte[] memory = new byte[MARGIN + 1 + bytes.length];
        System.arraycopy(bytes, 0, memory, MARGIN + 1, bytes.length);
        return codec.decode(MemorySegment.ofArray(memory), MARGIN + 1);
    }

    static <T> T decode(Codec<T> codec, String hex) {
        return decode(codec, HexFormat.ofDelimiter(" ").parseHex(hex));
    }

    static <T> T roundTrip(Codec<T> codec, T value) {
        return decode(codec, of(codec, value));
    }
}
