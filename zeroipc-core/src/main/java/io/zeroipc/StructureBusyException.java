package io.zeroipc;

import org.jspecify.annotations.Nullable;

/**
 * A thread of some process began to change a part of a structure and has not finished for a long time: it is stopped, or
 * its process died. What was asked for cannot be told without that part. The call that throws this has changed nothing, unless
 * it says what.
 */
public final class StructureBusyException extends StructureException {

    private static final long serialVersionUID = 1L;

    public StructureBusyException(String message, String segment, String structure) {
        this(message, segment, structure, null);
    }

    public StructureBusyException(String message, String segment, String structure, @Nullable Throwable cause) {
        super(message, segment, structure, cause);
    }
}
