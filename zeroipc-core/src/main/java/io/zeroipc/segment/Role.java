package io.zeroipc.segment;

import java.util.function.Consumer;

import io.zeroipc.os.FileLocks;

/** The proof that this handle is the only one on its side of a structure. The kernel releases it when we die. */
public final class Role implements AutoCloseable {

    private final FileLocks.Held held;
    private final Consumer<Role> onClose;

    Role(FileLocks.Held held, Consumer<Role> onClose) {
        this.held = held;
        this.onClose = onClose;
    }

    /** Gives the role back. Idempotent. */
    @Override
    public void close() {
        held.close();
        onClose.accept(this);
    }
}
