package io.zeroipc.segment;

/** What becomes of the file when a segment is closed. */
public enum OnClose {
    /** It stays for the other processes and the next start. */
    KEEP,
    /** It is removed if this process created it. */
    DELETE_IF_CREATED,
    /** It is removed if no other process that uses this library has it open. Peers of other libraries do not count. */
    DELETE_IF_LAST,
    /** It is removed. */
    DELETE
}
