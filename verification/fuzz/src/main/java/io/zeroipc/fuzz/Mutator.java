package io.zeroipc.fuzz;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.random.RandomGenerator;

import io.zeroipc.format.SegmentDescriptor;
import io.zeroipc.fuzz.Image.Range;

/** Writes something wrong somewhere, more often where it matters. Pure: what it does depends on the random numbers alone. */
final class Mutator {

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final long[] WORDS = {0, 1, 2, 3, 4, 5, 7, 8, 16, 31, 64, 100, 255, 256, 4096, 0x7FFF, 0xFFFF,
            1 << 20,
            1 << 30, Integer.MAX_VALUE - 1, Integer.MAX_VALUE, 1L << 31, (1L << 31) + 1, 0xFFFF_FFFEL, 0xFFFF_FFFFL,
            1L << 32,
            (1L << 32) + 1, 1L << 62, Long.MAX_VALUE - 7, Long.MAX_VALUE, Long.MIN_VALUE, Long.MIN_VALUE + 1, -8, -2,
            -1};
    /** The beginning of a block, where the words stand that everything depends on. */
    private static final int HEADER_BYTES = 64;

    private final Image image;

    Mutator(Image image) {
        this.image = image;
    }

    /** One change. */
    void change(MemorySegment memory, RandomGenerator random) {
        switch (random.nextInt(16)) {
            case 0 -> copyRange(memory, random);
            case 1 -> fillRange(memory, random);
            default -> changeWord(memory, random);
        }
    }

    private void changeWord(MemorySegment memory, RandomGenerator random) {
        int width = switch (random.nextInt(6)) {
            case 0 -> Byte.BYTES;
            case 1, 2 -> Long.BYTES;
            default -> Integer.BYTES;
        };
        long at = position(random);
        if (random.nextInt(8) != 0) {
            at -= at % width;
        }
        at = Math.min(at, memory.byteSize() - width);
        if (at < 0) {
            return;
        }
        switch (width) {
            case Byte.BYTES -> memory.set(ValueLayout.JAVA_BYTE, at,
                    (byte) value(random, memory.get(ValueLayout.JAVA_BYTE, at), Byte.SIZE));
            case Integer.BYTES -> memory.set(INT, at, (int) value(random, memory.get(INT, at), Integer.SIZE));
            default -> memory.set(LONG, at, value(random, memory.get(LONG, at), Long.SIZE));
        }
    }

    private static long value(RandomGenerator random, long before, int bits) {
        return switch (random.nextInt(10)) {
            case 0 -> before ^ 1L << random.nextInt(bits);
            case 1 -> before + 1;
            case 2 -> before - 1;
            case 3 -> random.nextBoolean() ? before << 1 : before >>> 1;
            case 4 -> random.nextLong();
            case 5 -> before + WORDS[random.nextInt(WORDS.length)];
            case 6 -> before - WORDS[random.nextInt(WORDS.length)];
            default -> WORDS[random.nextInt(WORDS.length)];
        };
    }

    /** Somewhere: most often at the beginning of a block. */
    private long position(RandomGenerator random) {
        List<Range> blocks = image.blocks();
        int chosen = random.nextInt(20);
        if (chosen == 0 || blocks.isEmpty()) {
            return random.nextInt((int) SegmentDescriptor.HEADER_SIZE);
        }
        int block = random.nextInt(blocks.size());
        if (chosen <= 2) {
            return SegmentDescriptor.entryOffset(block) + random.nextInt((int) SegmentDescriptor.ENTRY_SIZE);
        }
        Range range = blocks.get(block);
        int length = chosen <= 13 ? Math.min(HEADER_BYTES, range.length()) : range.length();
        return (long) range.from() + random.nextInt(length);
    }

    private void copyRange(MemorySegment memory, RandomGenerator random) {
        long length = 1L + random.nextInt(HEADER_BYTES);
        long from = position(random);
        long to = position(random);
        length = Math.min(length, memory.byteSize() - Math.max(from, to));
        if (length <= 0) {
            return;
        }
        if (random.nextBoolean()) {
            MemorySegment.copy(memory, from, memory, to, length);
            return;
        }
        // The two change places, as far as they do not overlap.
        length = Math.min(length, Math.abs(from - to));
        byte[] first = memory.asSlice(from, length).toArray(ValueLayout.JAVA_BYTE);
        MemorySegment.copy(memory, to, memory, from, length);
        MemorySegment.copy(MemorySegment.ofArray(first), 0, memory, to, length);
    }

    private void fillRange(MemorySegment memory, RandomGenerator random) {
        long from = position(random);
        long length = Math.min(1 + random.nextInt(HEADER_BYTES), memory.byteSize() - from);
        for (long i = 0; i < length; i++) {
            memory.set(ValueLayout.JAVA_BYTE, from + i, (byte) switch ((int) (length % 3)) {
                case 0 -> 0;
                case 1 -> -1;
                default -> random.nextInt();
            });
        }
    }
}
