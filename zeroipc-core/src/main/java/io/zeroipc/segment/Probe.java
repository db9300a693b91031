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
        /** The bytes fit only if somebody is just changing them: a later look may say more. */
        UNSETTLED,
        /** The bytes fit, and have no mark: they could be something else. */
        POSSIBLE,
        /**
         * The bytes fit in all that they can tell: numbers that repeat each other, or a mark. It is this structure unless
         * they fit another one as well, even if less well; a probe knows of its own kind only.
         */
        CERTAIN
    }
}
