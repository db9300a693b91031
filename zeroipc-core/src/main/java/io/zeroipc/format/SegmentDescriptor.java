package io.zeroipc.format;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

import io.zeroipc.memory.Alignment;
import io.zeroipc.memory.Atomics;

import static io.zeroipc.format.FieldLayouts.U32;
import static io.zeroipc.format.FieldLayouts.U64;
import static io.zeroipc.format.FieldLayouts.bytes;
import static io.zeroipc.format.FieldLayouts.offset;

/**
 * The table at the start of a segment: {@code docs/format/segment.md}. Pure functions over bytes.
 *
 * <pre>
 *   0        32                      32 + 48 * maxEntries          memorySize
 *   +--------+---------+---------+---+---------+-------------------+
 *   | header | entry 0 | entry 1 |...| block   | block ...  unused |
 *   +--------+---------+---------+---+---------+-------------------+
 * </pre>
 */
public final class SegmentDescriptor {

    public static final StructLayout HEADER = MemoryLayout.structLayout(U32.withName("magic"), U32.withName("version"),
            U32.withName("entry_count"), U32.withName("max_entries"), U64.withName("memory_size"),
            U64.withName("next_offset")).withName("header");
    public static final StructLayout ENTRY = MemoryLayout
            .structLayout(bytes(32).withName("name"), U64.withName("offset"), U64.withName("size"))
            .withName("entry");

    public static final int MAGIC = 0x5A49504D;
    public static final int VERSION = 2;
    public static final int DEFAULT_MAX_ENTRIES = 64;
    /** Keeps the table's byte size within an {@code int} and a typing error within reason. */
    public static final int MAX_ENTRIES_LIMIT = 1 << 20;

    public static final long HEADER_SIZE = HEADER.byteSize();
    public static final long ENTRY_SIZE = ENTRY.byteSize();
    public static final int NAME_SIZE = 32;

    public static final long MAGIC_OFFSET = offset(HEADER, "magic");
    public static final long VERSION_OFFSET = offset(HEADER, "version");
    public static final long ENTRY_COUNT_OFFSET = offset(HEADER, "entry_count");
    public static final long MAX_ENTRIES_OFFSET = offset(HEADER, "max_entries");
    public static final long MEMORY_SIZE_OFFSET = offset(HEADER, "memory_size");
    public static final long NEXT_OFFSET_OFFSET = offset(HEADER, "next_offset");

    private static final long ENTRY_OFFSET_OFFSET = offset(ENTRY, "offset");
    private static final long ENTRY_SIZE_OFFSET = offset(ENTRY, "size");

    private SegmentDescriptor() {
    }

    /** Bytes of header and table: where the first block of an empty segment begins. */
    public static long tableSize(int maxEntries) {
        return HEADER_SIZE + ENTRY_SIZE * maxEntries;
    }

    /** The capacity that a stored {@code max_entries} means: 0 stands for the default. */
    public static int effectiveMaxEntries(int stored) {
        return stored == 0 ? DEFAULT_MAX_ENTRIES : stored;
    }

    /** Where entry {@code index} begins. */
    public static long entryOffset(int index) {
        return HEADER_SIZE + ENTRY_SIZE * index;
    }

    /** Where a block begins that is allocated when {@code nextOffset} is the first free byte. */
    public static long alignedBlockOffset(long nextOffset) {
        return Alignment.up8(nextOffset);
    }

    /**
     * Writes an empty table; all but the magic with plain stores. The magic is release-stored last: S1, pairs with the
     * acquire-load of who opens a file that was not linked into place but written under its final name.
     */
    public static void format(MemorySegment memory, int maxEntries, long memorySize) {
        Atomics.putInt(memory, VERSION_OFFSET, VERSION);
        Atomics.putInt(memory, ENTRY_COUNT_OFFSET, 0);
        Atomics.putInt(memory, MAX_ENTRIES_OFFSET, maxEntries);
        Atomics.putLong(memory, MEMORY_SIZE_OFFSET, memorySize);
        Atomics.putLong(memory, NEXT_OFFSET_OFFSET, tableSize(maxEntries));
        Atomics.setIntRelease(memory, MAGIC_OFFSET, MAGIC);
    }

    /**
     * Checks the header of a file of {@code fileSize} bytes, at least {@link #HEADER_SIZE} of which are mapped.
     *
     * @return what is wrong, or null when nothing is
     */
    public static @Nullable String check(MemorySegment memory, long fileSize) {
        // Pairs with S1 in format().
        int magic = Atomics.getIntAcquire(memory, MAGIC_OFFSET);
        if (magic != MAGIC) {
            return "wrong magic: magic=0x%08X (expected: 0x%08X)".formatted(magic, MAGIC);
        }
        int version = Atomics.getInt(memory, VERSION_OFFSET);
        if (version != VERSION) {
            return "unsupported format version: version=" + Integer.toUnsignedString(version) + " (expected: " + VERSION
                    + (version == 1 ? "; recreate the segment with a current ZeroIPC)" : ")");
        }
        int maxEntries = effectiveMaxEntries(Atomics.getInt(memory, MAX_ENTRIES_OFFSET));
        if (maxEntries < 0 || maxEntries > MAX_ENTRIES_LIMIT) {
            return "impossible table capacity: max_entries=" + Integer.toUnsignedString(maxEntries)
                    + " (expected: at most " + MAX_ENTRIES_LIMIT + ")";
        }
        long memorySize = Atomics.getLong(memory, MEMORY_SIZE_OFFSET);
        if (memorySize < 0 || memorySize > fileSize) {
            return "file is shorter than its header says: memory_size=" + Long.toUnsignedString(memorySize)
                    + ", file size=" + fileSize;
        }
        if (tableSize(maxEntries) > memorySize) {
            return "table does not fit into the segment: max_entries=" + maxEntries + ", memory_size=" + memorySize
                    + " (expected: at least " + tableSize(maxEntries) + " bytes)";
        }
        int entryCount = Atomics.getIntAcquire(memory, ENTRY_COUNT_OFFSET);
        if (entryCount < 0 || entryCount > maxEntries) {
            return "table is corrupt: entry_count=" + Integer.toUnsignedString(entryCount) + ", max_entries="
                    + maxEntries;
        }
        long nextOffset = Atomics.getLong(memory, NEXT_OFFSET_OFFSET);
        if (nextOffset < tableSize(maxEntries) || nextOffset > memorySize) {
            return "table is corrupt: next_offset=" + Long.toUnsignedString(nextOffset) + " (expected: "
                    + tableSize(maxEntries) + " to " + memorySize + ")";
        }
        return null;
    }

    public static void putEntry(MemorySegment memory, int index, byte[] name, long offset, long size) {
        long entry = entryOffset(index);
        MemorySegment.copy(MemorySegment.ofArray(java.util.Arrays.copyOf(name, NAME_SIZE)), 0, memory, entry,
                NAME_SIZE);
        Atomics.putLong(memory, entry + ENTRY_OFFSET_OFFSET, offset);
        Atomics.putLong(memory, entry + ENTRY_SIZE_OFFSET, size);
    }

    /** Whether entry {@code index} bears this name; compares bytes and allocates nothing. */
    public static boolean entryHasName(MemorySegment memory, int index, byte[] name) {
        long entry = entryOffset(index);
        for (int i = 0; i < name.length; i++) {
            if (Atomics.getByte(memory, entry + i) != name[i]) {
                return false;
            }
        }
        return name.length == NAME_SIZE || Atomics.getByte(memory, entry + name.length) == 0;
    }

    public static String entryName(MemorySegment memory, int index) {
        byte[] name = memory.asSlice(entryOffset(index), NAME_SIZE)
                .toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
        int length = 0;
        while (length < name.length && name[length] != 0) {
            length++;
        }
        return new String(name, 0, length, StandardCharsets.UTF_8);
    }

    public static long entryBlockOffset(MemorySegment memory, int index) {
        return Atomics.getLong(memory, entryOffset(index) + ENTRY_OFFSET_OFFSET);
    }

    public static long entryBlockSize(MemorySegment memory, int index) {
        return Atomics.getLong(memory, entryOffset(index) + ENTRY_SIZE_OFFSET);
    }

    /** Whether a block lies between table and end, aligned, without overflow. */
    public static boolean isBlockInside(long offset, long size, int maxEntries, long memorySize) {
        return offset >= tableSize(maxEntries) && offset % 8 == 0 && size > 0 && offset <= memorySize
                && size <= memorySize - offset;
    }
}
