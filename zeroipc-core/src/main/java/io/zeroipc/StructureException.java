package io.zeroipc;

import org.jspecify.annotations.Nullable;

/** A failure that concerns one structure of a segment. */
public abstract sealed class StructureException extends ZeroIpcException
        permits ChannelClosedException, LockLostException, OwnerDiedException, RoleTakenException,
        SegmentFullException, StructureBusyException, StructureExistsException, StructureMismatchException,
        StructureNotFoundException {

    private static final long serialVersionUID = 1L;

    private final String segment;
    private final String structure;

    StructureException(String message, String segment, String structure, @Nullable Throwable cause) {
        super(message, cause);
        this.segment = segment;
        this.structure = structure;
    }

    /** What messages call the segment. */
    public String segment() {
        return segment;
    }

    /** The structure's name in the segment. */
    public String structure() {
        return structure;
    }
}
