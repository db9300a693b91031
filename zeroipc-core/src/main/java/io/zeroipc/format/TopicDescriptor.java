package io.zeroipc.format;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

import org.jspecify.annotations.Nullable;

import io.zeroipc.memory.Alignment;
import io.zeroipc.memory.Atomics;

import static io.zeroipc.format.FieldLayouts.U64;
import static io.zeroipc.format.FieldLayouts.offset;

/**
 * Messages that are written and read in place: {@code docs/format/topic.md}. Pure functions over bytes.
 *
 * <pre>
 *   0        lines                                                                  slab
 *   +--------+-------+----------------+----------------+-------+--------------+-----+---------+---
 *   | header | words | 32 subscribers | 256 publishers | slots | of chunks    |     | chunk 0 |...
 *   +--------+-------+----------------+----------------+-------+--------------+-----+---------+---
 * </pre>
 */
public final class TopicDescriptor {

    private static final long LINE = 64;

    public static final StructLayout HEADER = MemoryLayout
            .structLayout(U64.withName("magic"), U64.withName("format_version"), U64.withName("chunks"),
                    U64.withName("chunk_size"), U64.withName("slots"), U64.withName("lines"), U64.withName("slab"),
                    U64.withName("reserved"))
            .withName("header");
    public static final StructLayout WORDS = MemoryLayout
            .structLayout(U64.withName("tail"), MemoryLayout.paddingLayout(LINE - 8), U64.withName("active"),
                    MemoryLayout.paddingLayout(LINE - 8))
            .withName("words");
    public static final StructLayout SUBSCRIBER = MemoryLayout
            .structLayout(U64.withName("owner"), U64.withName("cursor"), MemoryLayout.paddingLayout(LINE - 16))
            .withName("subscriber");
    public static final StructLayout PUBLISHER = MemoryLayout.structLayout(U64.withName("owner"))
            .withName("publisher");
    public static final StructLayout SLOT = MemoryLayout
            .structLayout(U64.withName("descriptor"), MemoryLayout.paddingLayout(LINE - 8))
            .withName("slot");
    public static final StructLayout CHUNK = MemoryLayout
            .structLayout(U64.withName("word"), U64.withName("position"), U64.withName("size"),
                    MemoryLayout.paddingLayout(LINE - 24))
            .withName("chunk");

    /** {@code ZIPTOPIC} in memory. */
    public static final long MAGIC = 0x4349_504F_5450_495AL;
    public static final long FORMAT_VERSION = 1;

    public static final int SUBSCRIBERS = 32;
    /** Entries; the first one is none. */
    public static final int PUBLISHERS = 256;
    public static final int CHUNKS_MAX = 1 << 20;
    public static final long CHUNK_SIZE_UNIT = LINE;
    public static final long CHUNK_SIZE_MAX = 1L << 40;
    public static final long CHUNK_SIZE_DEFAULT = 4096;

    public static final long MAGIC_OFFSET = offset(HEADER, "magic");
    private static final long FORMAT_VERSION_OFFSET = offset(HEADER, "format_version");
    public static final long CHUNKS_OFFSET = offset(HEADER, "chunks");
    public static final long CHUNK_SIZE_OFFSET = offset(HEADER, "chunk_size");
    private static final long SLOTS_OFFSET = offset(HEADER, "slots");
    private static final long LINES_OFFSET = offset(HEADER, "lines");
    private static final long SLAB_OFFSET = offset(HEADER, "slab");
    private static final long ACTIVE = offset(WORDS, "active");
    /** Within an entry of a subscriber or a publisher. */
    public static final long OWNER = 0;
    public static final long CURSOR = offset(SUBSCRIBER, "cursor");
    /** Within what is known of a chunk. */
    public static final long WORD = 0;
    public static final long POSITION = offset(CHUNK, "position");
    public static final long SIZE = offset(CHUNK, "size");

    private static final long HEADER_SIZE = HEADER.byteSize();
    private static final long SUBSCRIBERS_START = WORDS.byteSize();
    private static final long PUBLISHERS_START = SUBSCRIBERS_START + SUBSCRIBERS * LINE;
    private static final long SLOTS_START = PUBLISHERS_START + PUBLISHERS * 8L;
    /** What the table's alignment of 8 may leave before a line. */
    private static final long LINES_MAX = HEADER_SIZE + LINE - 8;
    private static final long PAGE = 4096;

    // the word of a chunk

    public static final int FREE = 0;
    public static final int LOANED = 1;
    public static final int SENT = 2;
    private static final long HOLDERS_MASK = 0xFFFF_FFFFL;
    private static final int STATE_SHIFT = 32;
    private static final int STATE_MASK = 3;
    private static final int PUBLISHER_SHIFT = 34;
    private static final int PUBLISHER_MASK = 0xFF;
    private static final int GENERATION_SHIFT = 42;

    // a descriptor

    private static final int CHUNK_BITS = 20;

    // an owner

    private static final long FOREIGN = 1L << 31;

    private TopicDescriptor() {
    }

    /**
     * Where everything is in a block, read once: nobody goes by what is stored later.
     *
     * @param lines where the words begin
     * @param slab where chunk 0 begins
     */
    public record Layout(long chunks, long chunkSize, long slots, long lines, long slab) {

        public long tail() {
            return lines;
        }

        public long active() {
            return lines + ACTIVE;
        }

        public long subscriber(int number) {
            return lines + SUBSCRIBERS_START + number * LINE;
        }

        public long publisher(int number) {
            return lines + PUBLISHERS_START + number * 8L;
        }

        /** The slot of a position. */
        public long slot(long position) {
            return lines + SLOTS_START + (position & slots - 1) * LINE;
        }

        public long chunk(int number) {
            return lines + SLOTS_START + (slots + number) * LINE;
        }

        /** Where the message of a chunk begins. */
        public long data(int number) {
            return slab + number * chunkSize;
        }

        /** The lap of a position, from 1. */
        public long lap(long position) {
            return (position >>> Long.numberOfTrailingZeros(slots)) + 1;
        }

        /**
         * How many laps a descriptor is ahead of that of a position, which it names when this is 0. Laps run round, after 2^44 of them:
         * months, where there are few slots.
         */
        public long lapsAhead(long descriptor, long position) {
            return (lapOf(descriptor) - lap(position)) << CHUNK_BITS >> CHUNK_BITS;
        }

        /** What says that a chunk is published at a position. */
        public long descriptor(long position, int chunk) {
            return lap(position) << CHUNK_BITS | chunk;
        }
    }

    /** Bytes of a block that we create. */
    public static long byteSize(int chunks, long chunkSize) {
        long lines = LINES_MAX + SLOTS_START + (Alignment.nextPowerOfTwo(chunks) + (long) chunks) * LINE;
        return Math.addExact(lines + slabAlignment(chunkSize) - LINE, Math.multiplyExact(chunks, chunkSize));
    }

    /** What we make of a size that somebody asks for. */
    public static long roundedChunkSize(long bytes) {
        return Alignment.up(bytes, CHUNK_SIZE_UNIT);
    }

    /**
     * Writes the header of a topic whose other bytes are 0; the magic last, for whoever looks early.
     *
     * @param blockOffset where the block begins in the segment
     */
    public static void format(MemorySegment block, long blockOffset, int chunks, long chunkSize) {
        int slots = Alignment.nextPowerOfTwo(chunks);
        long lines = Alignment.up(blockOffset + HEADER_SIZE, LINE) - blockOffset;
        long end = lines + SLOTS_START + ((long) slots + chunks) * LINE;
        Atomics.putLong(block, FORMAT_VERSION_OFFSET, FORMAT_VERSION);
        Atomics.putLong(block, CHUNKS_OFFSET, chunks);
        Atomics.putLong(block, CHUNK_SIZE_OFFSET, chunkSize);
        Atomics.putLong(block, SLOTS_OFFSET, slots);
        Atomics.putLong(block, LINES_OFFSET, lines);
        Atomics.putLong(block, SLAB_OFFSET,
                Alignment.up(blockOffset + end, slabAlignment(chunkSize)) - blockOffset);
        Atomics.setLongRelease(block, MAGIC_OFFSET, MAGIC);
    }

    private static long slabAlignment(long chunkSize) {
        return chunkSize < PAGE ? LINE : PAGE;
    }

    /** Whether a peer published the entry and has not yet written the magic. */
    public static boolean isUnfinished(MemorySegment block) {
        return block.byteSize() > HEADER_SIZE && Atomics.getLongAcquire(block, MAGIC_OFFSET) == 0;
    }

    /** What is stored, unchecked: see {@link #check}. All zeroes where there is no room for it. */
    public static Layout layout(MemorySegment block) {
        return block.byteSize() < HEADER_SIZE
                ? new Layout(0, 0, 0, 0, 0)
                : new Layout(Atomics.getLong(block, CHUNKS_OFFSET), Atomics.getLong(block, CHUNK_SIZE_OFFSET),
                        Atomics.getLong(block, SLOTS_OFFSET), Atomics.getLong(block, LINES_OFFSET),
                        Atomics.getLong(block, SLAB_OFFSET));
    }

    /** What contradicts a topic of this layout, or null: then all that the layout computes lies in the block. */
    public static @Nullable String check(MemorySegment block, Layout layout) {
        if (block.byteSize() <= HEADER_SIZE) {
            return "block is too small for a topic: bytes=" + block.byteSize() + " (expected: more than "
                    + HEADER_SIZE + ")";
        }
        long magic = Atomics.getLongAcquire(block, MAGIC_OFFSET);
        if (magic != MAGIC) {
            return "block is not a topic: magic=0x%016X (expected: 0x%016X)".formatted(magic, MAGIC);
        }
        long version = Atomics.getLong(block, FORMAT_VERSION_OFFSET);
        if (version != FORMAT_VERSION) {
            return "topic has another format version: format_version=" + Long.toUnsignedString(version)
                    + " (expected: " + FORMAT_VERSION + ")";
        }
        long chunks = layout.chunks;
        long size = layout.chunkSize;
        if (chunks < 1 || chunks > CHUNKS_MAX || size < CHUNK_SIZE_UNIT || size > CHUNK_SIZE_MAX
                || size % CHUNK_SIZE_UNIT != 0) {
            return "chunks are impossible: chunks=" + Long.toUnsignedString(chunks) + ", chunk_size="
                    + Long.toUnsignedString(size) + " (expected: 1 to " + CHUNKS_MAX + ", and a multiple of "
                    + CHUNK_SIZE_UNIT + ", at most " + CHUNK_SIZE_MAX + ")";
        }
        long slots = layout.slots;
        if (slots != Alignment.nextPowerOfTwo((int) chunks)) {
            return "number of slots is impossible: slots=" + Long.toUnsignedString(slots) + ", chunks=" + chunks
                    + " (expected: the power of two that is at least as many)";
        }
        long lines = layout.lines;
        long slab = layout.slab;
        long bytes = block.byteSize();
        if (lines < HEADER_SIZE || lines > LINES_MAX || lines % 8 != 0
                || slab < lines + SLOTS_START + (slots + chunks) * LINE || slab % 8 != 0 || slab > bytes
                || size > (bytes - slab) / chunks || bytes != byteSize((int) chunks, size)) {
            return "chunks do not fill the block: bytes=" + bytes + ", chunks=" + chunks + ", chunk_size=" + size
                    + ", lines=" + Long.toUnsignedString(lines) + ", slab=" + Long.toUnsignedString(slab)
                    + " (expected: " + byteSize((int) chunks, size) + " bytes, and all of it within the block)";
        }
        return null;
    }

    // the word of a chunk

    public static int holders(long word) {
        return (int) (word & HOLDERS_MASK);
    }

    public static int state(long word) {
        return (int) (word >>> STATE_SHIFT) & STATE_MASK;
    }

    /** The entry of the publisher that has it on loan. */
    public static int publisher(long word) {
        return (int) (word >>> PUBLISHER_SHIFT) & PUBLISHER_MASK;
    }

    public static int generation(long word) {
        return (int) (word >>> GENERATION_SHIFT);
    }

    /** The same chunk on loan to a publisher, of the next generation, held by nobody. */
    public static long loaned(long word, int publisher) {
        return ((word >>> GENERATION_SHIFT) + 1) << GENERATION_SHIFT | (long) publisher << PUBLISHER_SHIFT
                | (long) LOANED << STATE_SHIFT;
    }

    /** The same chunk, sent. */
    public static long sent(long word) {
        return (word >>> GENERATION_SHIFT) << GENERATION_SHIFT | (long) SENT << STATE_SHIFT | (word & HOLDERS_MASK);
    }

    /** The same chunk, free. */
    public static long freed(long word) {
        return (word >>> GENERATION_SHIFT) << GENERATION_SHIFT;
    }

    /** The bit of a subscriber, in the word of a chunk and in {@code active}. */
    public static long bit(int subscriber) {
        return 1L << subscriber;
    }

    // a descriptor

    public static long lapOf(long descriptor) {
        return descriptor >>> CHUNK_BITS;
    }

    /** The chunk that it names, which may be none if the bytes are wrong. */
    public static int chunkOf(long descriptor) {
        return (int) descriptor & (1 << CHUNK_BITS) - 1;
    }

    // an owner

    /** One that takes no part. */
    public static long foreignOwner(long pid) {
        return pid << 32 | FOREIGN;
    }

    public static boolean isForeign(long owner) {
        return (owner & FOREIGN) != 0;
    }

    /** The process number of one that takes no part. */
    public static long pidOf(long owner) {
        return owner >>> 32;
    }
}
