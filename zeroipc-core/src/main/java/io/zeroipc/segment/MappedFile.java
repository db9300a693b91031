package io.zeroipc.segment;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A mapped file without a table: the bytes of a packed arena. Found, trusted, watched and closed as a segment is.
 * Thread-safe.
 */
public final class MappedFile implements AutoCloseable {

    private final OpenFile file;
    private final Arena arena;
    private final MemorySegment memory;
    private final Attachment attachment;

    MappedFile(OpenFile file, Arena arena, MemorySegment memory, Attachment attachment) {
        this.file = file;
        this.arena = arena;
        this.memory = memory;
        this.attachment = attachment;
    }

    /** All bytes, until {@link #close()}. */
    public MemorySegment memory() {
        return memory;
    }

    /** Each access stands between entering and leaving. */
    public Attachment attachment() {
        return attachment;
    }

    /** Ends the mapping, as {@link Segment#close()} does. */
    @Override
    public void close() {
        attachment.close(() -> {
            try {
                arena.close();
            } finally {
                file.release();
            }
        });
    }
}
