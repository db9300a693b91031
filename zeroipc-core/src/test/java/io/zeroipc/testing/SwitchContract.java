package io.zeroipc.testing;

import io.zeroipc.segment.Structure;

/**
 * The contract of a structure that keeps one bit, which is set for an odd value.
 *
 * @param <S> the structure
 */
public abstract class SwitchContract<S extends Structure> extends StructureContract<S> {

    /** Sets or clears the bit, whatever it is now. */
    protected abstract void set(S structure, boolean on);

    protected abstract boolean isSet(S structure);

    @Override
    protected final void store(S structure, int value) {
        set(structure, kept(value) == 1);
    }

    @Override
    protected final int recall(S structure) {
        return isSet(structure) ? 1 : 0;
    }

    @Override
    protected final int kept(int value) {
        return value & 1;
    }
}
