package io.zeroipc.segment;

/** Whether a process asks the kernel for huge pages behind its mapping of a segment. */
public enum HugePages {
    /** Nothing is asked: the kernel decides. */
    NEVER,
    /** They are asked for; what was granted is told by {@link Segment#paging()}. */
    TRY,
    /** They are asked for, and a segment that does not get them for all of it that fills huge pages is not opened. */
    REQUIRE
}
