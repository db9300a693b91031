package io.zeroipc.segment;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.zeroipc.PrintableText;
import io.zeroipc.SegmentFullException;
import io.zeroipc.StructureBusyException;
import io.zeroipc.StructureExistsException;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.format.SegmentDescriptor;
import io.zeroipc.memory.Alignment;
import io.zeroipc.memory.Atomics;
import io.zeroipc.os.FileLocks;

import static io.zeroipc.format.SegmentDescriptor.ENTRY_COUNT_OFFSET;
import static io.zeroipc.format.SegmentDescriptor.NEXT_OFFSET_OFFSET;

/**
 * The directory of a segment: finding and adding entries.
 *
 * <p>
 * Overview: a fixed array of rows after the header. Rows are only ever added; the entry count says how many are live.
 *
 * <p>
 * Invariants. I1: rows below the entry count are complete when written by this class. I2: {@code next_offset} and the
 * entry count only grow. I3: bytes from {@code next_offset} on belong to nobody.
 *
 * <p>
 * Ordering. S1: the release-store of the entry count in {@link #add} pairs with the acquire-load in
 * {@link #entryCount()}: whoever sees the count sees the rows and the formatted blocks below it.
 *
 * <p>
 * Progress: finding never blocks. Adding holds the table lock of all processes that use this library. Peers in other
 * languages do not know that lock; after an addition the rows are read back, and a collision is reported instead of
 * used.
 *
 * <p>
 * If a process dies here: the kernel frees the lock. Dead between reserving and the entry count, it leaves bytes that
 * belong to nobody (I3 holds for everybody else); the table is never half-changed.
 */
final class Table {

    private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(10);

    private final SegmentOptions options;
    private final MemorySegment memory;
    private final OpenFile file;
    private final Attachment attachment;
    private final boolean fresh;
    private final int maxEntries;

    Table(SegmentOptions options, MemorySegment memory, OpenFile file, Attachment attachment, boolean fresh) {
        this.options = options;
        this.memory = memory;
        this.file = file;
        this.attachment = attachment;
        this.fresh = fresh;
        // The header was checked as a copy. Whatever somebody has stored since, the table ends with the segment.
        this.maxEntries = Math.clamp(
                SegmentDescriptor.effectiveMaxEntries(Atomics.getInt(memory, SegmentDescriptor.MAX_ENTRIES_OFFSET)), 0,
                (int) Math.min(SegmentDescriptor.MAX_ENTRIES_LIMIT,
                        (memory.byteSize() - SegmentDescriptor.HEADER_SIZE) / SegmentDescriptor.ENTRY_SIZE));
    }

    static long requiredSize(int maxEntries, List<? extends Spec<?>> specs) {
        long end = SegmentDescriptor.tableSize(SegmentDescriptor.effectiveMaxEntries(maxEntries));
        for (Spec<?> spec : specs) {
            end = layOut(end, spec.parts(), null);
        }
        return end;
    }

    MemorySegment memory() {
        return memory;
    }

    long byteSize() {
        return memory.byteSize();
    }

    int maxEntries() {
        return maxEntries;
    }

    int entryCount() {
        // S1: the rows below this count, and their blocks, are visible from here on. A foreign peer may have stored
        // nonsense: it is clamped, and every row is checked on its own before use.
        return Math.clamp(Atomics.getIntAcquire(memory, ENTRY_COUNT_OFFSET), 0, maxEntries);
    }

    long usedBytes() {
        return Math.clamp(Atomics.getLongAcquire(memory, NEXT_OFFSET_OFFSET), 0, memory.byteSize());
    }

    /** Whether a row has this name, be it complete or not. */
    boolean contains(String entryName) {
        return indexOf(entryName.getBytes(StandardCharsets.UTF_8)) >= 0;
    }

    @Nullable
    Block find(String entryName) {
        byte[] name = entryName.getBytes(StandardCharsets.UTF_8);
        if (name.length > SegmentDescriptor.NAME_SIZE - 1) {
            return null;
        }
        int index = indexOf(name);
        if (index < 0) {
            return null;
        }
        long offset = SegmentDescriptor.entryBlockOffset(memory, index);
        long size = SegmentDescriptor.entryBlockSize(memory, index);
        if (!SegmentDescriptor.isBlockInside(offset, size, maxEntries, memory.byteSize())) {
            throw new BlockNotReadyException("table entry points outside the segment: segment=" + options.name()
                    + ", entry=" + entryName + ", offset=" + offset + ", size=" + size + ", segment bytes="
                    + memory.byteSize());
        }
        return new Block(entryName, memory.asSlice(offset, size, 8), offset);
    }

    /** The next block begins at a multiple of 8, so what is in between is nobody's. */
    MemorySegment padded(Block block) {
        long end = Math.min(Alignment.up8(block.offset() + block.byteSize()), memory.byteSize());
        return memory.asSlice(block.offset(), end - block.offset(), 8);
    }

    List<TableEntry> entries() {
        int count = entryCount();
        List<TableEntry> entries = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long offset = SegmentDescriptor.entryBlockOffset(memory, i);
            long size = SegmentDescriptor.entryBlockSize(memory, i);
            entries.add(new TableEntry(SegmentDescriptor.entryName(memory, i), offset, size,
                    SegmentDescriptor.isBlockInside(offset, size, maxEntries, memory.byteSize())));
        }
        return entries;
    }

    String describeNames() {
        List<TableEntry> entries = entries();
        if (entries.isEmpty()) {
            return "no structures";
        }
        int shown = Math.min(entries.size(), 12);
        StringBuilder names = new StringBuilder();
        for (int i = 0; i < shown; i++) {
            names.append(i == 0 ? "" : ", ").append(PrintableText.of(entries.get(i).name()));
        }
        if (shown < entries.size()) {
            names.append(", and ").append(entries.size() - shown).append(" more");
        }
        return names.toString();
    }

    /**
     * Adds all parts of a structure, or nothing.
     *
     * @param added called when they are there, before anybody else can add
     */
    void add(String name, Spec<?> spec, Runnable added) {
        List<Part> parts = spec.parts();
        file.tableLock().lock();
        try {
            FileLocks.Held held = lock(name);
            try {
                attachment.verify();
                addLocked(name, parts);
                added.run();
            } finally {
                held.close();
            }
        } finally {
            file.tableLock().unlock();
        }
    }

    private FileLocks.Held lock(String name) {
        try {
            FileLocks.Held held = file.locks().lock(LockPositions.TABLE, LOCK_TIMEOUT);
            if (held != null) {
                return held;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StructureBusyException("interrupted while waiting for the table lock: segment=" + options.name()
                    + ", name=" + name, options.name(), name, e);
        }
        throw new StructureBusyException(
                "table lock is busy: segment=" + options.name() + ", name=" + name + ", waited="
                        + LOCK_TIMEOUT.toSeconds()
                        + " s (a process that adds a structure is stopped; let it go on or end it)",
                options.name(), name);
    }

    private void addLocked(String name, List<Part> parts) {
        int count = Atomics.getIntAcquire(memory, ENTRY_COUNT_OFFSET);
        long nextOffset = Atomics.getLongAcquire(memory, NEXT_OFFSET_OFFSET);
        if (nextOffset < SegmentDescriptor.tableSize(maxEntries) || nextOffset > memory.byteSize()) {
            throw new ZeroIpcException("table is corrupt: segment=" + options.name() + ", name=" + name
                    + ", next_offset=" + Long.toUnsignedString(nextOffset) + " (expected: "
                    + SegmentDescriptor.tableSize(maxEntries) + " to " + memory.byteSize()
                    + "; another program has overwritten it, recreate the segment)");
        }
        byte[][] names = new byte[parts.size()][];
        for (int i = 0; i < names.length; i++) {
            names[i] = (name + parts.get(i).suffix()).getBytes(StandardCharsets.UTF_8);
            if (indexOf(names[i]) >= 0) {
                throw new StructureExistsException("structure exists: segment=" + options.name() + ", name=" + name
                        + ", entry=" + name + parts.get(i).suffix() + " (open it, or choose another name)",
                        options.name(), name);
            }
        }
        long[] offsets = new long[names.length];
        long end = layOut(nextOffset, parts, offsets);
        requireRoom(name, parts.size(), count, nextOffset, end);

        // Reserved before it is used: should we die below, nobody else writes here, and what is beyond stays zero.
        Atomics.setLongRelease(memory, NEXT_OFFSET_OFFSET, end);
        // A release alone keeps nothing behind it.
        Atomics.storeStoreFence();
        for (int i = 0; i < names.length; i++) {
            Part part = parts.get(i);
            if (!fresh) {
                memory.asSlice(offsets[i], part.reservedBytes()).fill((byte) 0);
            }
            part.format()
                    .accept(
                            new Block(name + part.suffix(), memory.asSlice(offsets[i], part.byteSize(), 8),
                                    offsets[i]));
            SegmentDescriptor.putEntry(memory, count + i, names[i], offsets[i], part.byteSize());
        }
        // S1, pairs with the acquire-load in entryCount(): rows and blocks above are complete for who sees the count.
        Atomics.setIntRelease(memory, ENTRY_COUNT_OFFSET, count + names.length);
        requireUndisturbed(name, count, names, offsets);
    }

    private void requireRoom(String name, int parts, int count, long nextOffset, long end) {
        int freeEntries = maxEntries - count;
        long free = memory.byteSize() - nextOffset;
        long required = end - nextOffset;
        if (count < 0 || freeEntries < parts) {
            throw new SegmentFullException("table is full: segment=" + options.name() + ", name=" + name
                    + ", entries needed=" + parts + ", entries free=" + Math.max(0, freeEntries) + ", max_entries="
                    + maxEntries + " (create the segment with a larger table)", options.name(), name, required, free,
                    end, parts, Math.max(0, freeEntries));
        }
        if (end > memory.byteSize()) {
            throw new SegmentFullException("segment has no room: segment=" + options.name() + ", name=" + name
                    + ", bytes needed=" + required + ", bytes free=" + free + ", segment bytes=" + memory.byteSize()
                    + " (expected: a segment of at least " + end + " bytes)", options.name(), name, required, free, end,
                    parts, freeEntries);
        }
    }

    /** A foreign peer that added at the same time has overwritten a row, or counted past ours. */
    private void requireUndisturbed(String name, int count, byte[][] names, long[] offsets) {
        for (int i = 0; i < names.length; i++) {
            if (!SegmentDescriptor.entryHasName(memory, count + i, names[i])
                    || SegmentDescriptor.entryBlockOffset(memory, count + i) != offsets[i]) {
                throw new ZeroIpcException("another program added to the table at the same time: segment="
                        + options.name() + ", name=" + name
                        + " (programs of other languages take no lock; let one process create all structures)");
            }
        }
    }

    private int indexOf(byte[] name) {
        int count = entryCount();
        for (int i = 0; i < count; i++) {
            if (SegmentDescriptor.entryHasName(memory, i, name)) {
                return i;
            }
        }
        return -1;
    }

    /** Where parts come to lie from {@code nextOffset} on; returns the end, unaligned, as the format stores it. */
    private static long layOut(long nextOffset, List<Part> parts, long @Nullable [] offsets) {
        long end = nextOffset;
        for (int i = 0; i < parts.size(); i++) {
            long offset = Alignment.up8(end);
            if (offsets != null) {
                offsets[i] = offset;
            }
            end = Math.addExact(offset, parts.get(i).reservedBytes());
        }
        return end;
    }
}
