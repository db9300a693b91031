package io.zeroipc.spring.core;

/** What happens when another process replaces, removes or truncates the file of a segment that is in use. */
public enum OnReplaced {

    /** Everything that uses the segment fails from then on, until the application starts again. */
    FAIL,
    /** Listeners and template open the new file and go on; whoever holds a structure itself still fails. */
    REATTACH
}
