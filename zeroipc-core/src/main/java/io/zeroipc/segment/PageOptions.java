package io.zeroipc.segment;

/**
 * What is asked of the pages behind a mapping.
 *
 * @param numaNode {@link #ANY_NODE} for the kernel's choice
 */
record PageOptions(HugePages hugePages, int numaNode, boolean preTouch) {

    static final int ANY_NODE = -1;
    static final int NODE_MAX = 1023;
    static final PageOptions NONE = new PageOptions(HugePages.NEVER, ANY_NODE, false);

    /** To require pages, or move them, they have to be there. */
    boolean touches() {
        return preTouch || hugePages == HugePages.REQUIRE || numaNode != ANY_NODE;
    }
}
