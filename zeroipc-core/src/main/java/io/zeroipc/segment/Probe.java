package io.zeroipc.segment;

import io.zeroipc.StructureKind;

/**
 * What a stranger can learn of a block without the application's types. One stateless constant per structure. Probes
 * never write, never block, and trust nothing they read.
 */
public interface Probe {

    StructureKind kind();

    /** Whether the entries under a name can be this structure. */
    Match match(Blocks blocks);

    /** Called only after {@link #match} did not say no. May throw when a peer changes the block meanwhile. */
    Description describe(Blocks blocks);

    /** How sure a probe is. */
    enum Match {
        /** The bytes contradict this structure. */
        NO,
        /** The bytes fit, and could be something else. */
        POSSIBLE,
        /** The bytes fit and nothing else would look like this. */
        CERTAIN
    }
}
