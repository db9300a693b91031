package io.zeroipc.spring.boot.actuate.endpoint;

/** Whether a segment can be used now. */
public enum SegmentState {
    /** It is mapped, and its file is still the one at its path. */
    OPEN,
    /** Its file was replaced, removed or truncated. */
    DETACHED,
    /** It was not opened: it does not exist yet, or nobody needed it. */
    NOT_OPEN
}
