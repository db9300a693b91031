package io.zeroipc.segment;

import java.util.List;

import io.zeroipc.StructureKind;

/**
 * What a caller asks for. {@link Segment#create}, {@link Segment#open} and {@link Segment#openOrCreate} do the rest:
 * names, space, duplicates, publication and messages.
 *
 * @param <S> the structure
 */
public interface Spec<S extends Structure> {

    StructureKind kind();

    /**
     * The table entries to create, in creation order; at least one. Called to create, and when a block is not ready, to tell
     * one that its creator will finish from one that can never fit.
     *
     * @throws IllegalArgumentException when the spec says too little to create, for example no capacity
     */
    List<Part> parts();

    /**
     * Checks the existing bytes against this spec and constructs the structure. Whatever the spec leaves out (a
     * capacity of 0) is accepted as stored.
     *
     * @throws io.zeroipc.StructureMismatchException when the bytes are something else; the message names both values
     * @throws BlockNotReadyException when a peer published the entry and has not finished formatting it; the opener
     *             tries again until its deadline
     */
    S bind(Blocks blocks);
}
