package io.zeroipc;

import org.jspecify.annotations.Nullable;

/**
 * A thread gave a lock back for a wait and could not have it again in time: somebody holds on to it, or was killed with it. The
 * thread does not hold the lock. The unlock that it still makes, as code in a {@code finally} or a guard does, does nothing.
 */
public final class LockLostException extends StructureException {

    private static final long serialVersionUID = 1L;

    public LockLostException(String message, String segment, String structure, @Nullable Throwable cause) {
        super(message, segment, structure, cause);
    }
}
