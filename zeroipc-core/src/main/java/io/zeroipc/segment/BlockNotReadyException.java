package io.zeroipc.segment;

import io.zeroipc.ZeroIpcException;

/** A peer has published a table entry and not yet written the block behind it. The opener waits and tries again. */
public final class BlockNotReadyException extends ZeroIpcException {

    private static final long serialVersionUID = 1L;

    public BlockNotReadyException(String message) {
        super(message);
    }
}
