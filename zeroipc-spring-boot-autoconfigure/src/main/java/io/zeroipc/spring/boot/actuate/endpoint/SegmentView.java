package io.zeroipc.spring.boot.actuate.endpoint;

/** What to show of one segment. */
public enum SegmentView {
    /** State, size and structures as they are now. */
    SUMMARY,
    /** The same, and of each structure the details of its kind. */
    DETAILS,
    /** Where everything lies, for programs that map the file: {@code docs/format/manifest.md}. */
    MANIFEST
}
