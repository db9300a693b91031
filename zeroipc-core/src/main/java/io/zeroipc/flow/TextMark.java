package io.zeroipc.flow;

import java.lang.foreign.MemorySegment;

import io.zeroipc.format.ErrorText;

/** The mark of a computation at the end of an error text, and the text when the process died. */
record TextMark(MemorySegment memory, long offset) implements Computation.Mark {

    @Override
    public void set(long pid) {
        ErrorText.markComputing(memory, offset, pid);
    }

    @Override
    public void clear() {
        ErrorText.clearMark(memory, offset);
    }

    @Override
    public boolean isSet() {
        return ErrorText.mark(memory, offset) != ErrorText.NOBODY;
    }

    @Override
    public int died() {
        ErrorText.write(memory, offset, "process died while it was computing: pid="
                + (isSet() ? ErrorText.pid(memory, offset) : "unknown"));
        ErrorText.markDied(memory, offset);
        return Computation.FAILED;
    }

    @Override
    public void afterDeath() {
        // Stays, so that readers can tell a dead process from a failure.
    }

    boolean isDead() {
        return ErrorText.mark(memory, offset) == ErrorText.DIED;
    }

    String text() {
        return ErrorText.read(memory, offset);
    }
}
