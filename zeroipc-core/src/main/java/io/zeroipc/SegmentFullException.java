package io.zeroipc;

import org.jspecify.annotations.Nullable;

/** The segment has no free bytes or table entries for a new structure. Nothing was reserved. */
public final class SegmentFullException extends StructureException {

    private static final long serialVersionUID = 1L;

    private final long requiredBytes;
    private final long freeBytes;
    private final long minimumSegmentBytes;
    private final int requiredEntries;
    private final int freeEntries;

    public SegmentFullException(String message, String segment, String structure, long requiredBytes, long freeBytes,
            long minimumSegmentBytes, int requiredEntries, int freeEntries) {
        this(message, segment, structure, requiredBytes, freeBytes, minimumSegmentBytes, requiredEntries, freeEntries,
                null);
    }

    public SegmentFullException(String message, String segment, String structure, long requiredBytes, long freeBytes,
            long minimumSegmentBytes, int requiredEntries, int freeEntries, @Nullable Throwable cause) {
        super(message, segment, structure, cause);
        this.requiredBytes = requiredBytes;
        this.freeBytes = freeBytes;
        this.minimumSegmentBytes = minimumSegmentBytes;
        this.requiredEntries = requiredEntries;
        this.freeEntries = freeEntries;
    }

    public long requiredBytes() {
        return requiredBytes;
    }

    public long freeBytes() {
        return freeBytes;
    }

    public long minimumSegmentBytes() {
        return minimumSegmentBytes;
    }

    public int requiredEntries() {
        return requiredEntries;
    }

    public int freeEntries() {
        return freeEntries;
    }
}
