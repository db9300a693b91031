package io.zeroipc.segment;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

import io.zeroipc.SegmentPagesException;
import io.zeroipc.os.MemoryPages;
import io.zeroipc.os.NativeAccess;

/**
 * A mapping whose pages are as they were asked for, as far as the kernel gives them.
 *
 * @param numaNode the one that the pages are bound to
 * @param note what had no effect, beside huge pages, which may come later
 */
record Pages(SegmentOptions options, MemorySegment memory, int numaNode, String note) {

    private static final String NO_NATIVE_ACCESS = "no native access";

    /**
     * Asks the kernel for what the options say.
     *
     * @throws SegmentPagesException when it does not give what is required, or there is no such node
     */
    static Pages prepare(SegmentOptions options, MemorySegment memory, boolean readOnly) {
        PageOptions wish = options.pages();
        boolean asked = wish.hugePages() != HugePages.NEVER && NativeAccess.isAvailable();
        if (asked) {
            MemoryPages.askForHuge(memory);
        }
        if (wish.touches()) {
            touch(options, memory, readOnly);
            if (asked) {
                // Pages that were there before: a creator's reserve, or another process's.
                MemoryPages.makeHuge(memory);
            }
        }
        Pages pages = bind(options, memory);
        if (wish.hugePages() == HugePages.REQUIRE) {
            pages.requireHuge();
        }
        return pages;
    }

    Paging report() {
        PageOptions wish = options.pages();
        long huge = wish.hugePages() == HugePages.NEVER ? 0 : MemoryPages.hugeBytes(memory);
        String missing = wish.hugePages() == HugePages.NEVER || huge > 0 ? "" : "huge pages: " + reason();
        String separator = missing.isEmpty() || note.isEmpty() ? "" : "; ";
        return new Paging(wish.hugePages(), huge, numaNode, wish.touches(), missing + separator + note);
    }

    private String reason() {
        return NativeAccess.isAvailable() ? "none now, " + MemoryPages.policy(options.path()) : NO_NATIVE_ACCESS;
    }

    private static void touch(SegmentOptions options, MemorySegment memory, boolean readOnly) {
        try {
            MemoryPages.touch(memory, !readOnly);
        } catch (IOException e) {
            throw new SegmentPagesException("pages of the segment cannot be touched: segment=" + options.name()
                    + ", path=" + options.path() + ", bytes=" + memory.byteSize() + ", reason=" + e.getMessage()
                    + " (the file system may be full, or the memory of the container at its limit: make room, or open without"
                    + " touching)", options.path(), e);
        }
    }

    private static Pages bind(SegmentOptions options, MemorySegment memory) {
        int node = options.pages().numaNode();
        if (node == PageOptions.ANY_NODE) {
            return new Pages(options, memory, node, "");
        }
        if (!NativeAccess.isAvailable()) {
            return new Pages(options, memory, PageOptions.ANY_NODE, "NUMA node: " + NO_NATIVE_ACCESS);
        }
        String error = MemoryPages.bind(memory, node);
        if (error.equals(MemoryPages.NOT_KNOWN)) {
            return new Pages(options, memory, PageOptions.ANY_NODE,
                    "NUMA node: the kernel knows no nodes, errno=" + error);
        }
        if (!error.isEmpty()) {
            throw new SegmentPagesException("pages of the segment cannot be bound to the NUMA node: segment="
                    + options.name() + ", path=" + options.path() + ", numaNode=" + node + ", errno=" + error
                    + " (expected: one of " + MemoryPages.nodes() + " that this process may use; EPERM comes from the"
                    + " rules of a container, which has to be given CAP_SYS_NICE)", options.path());
        }
        return new Pages(options, memory, node, "");
    }

    private void requireHuge() {
        long page = MemoryPages.hugePageBytes();
        long huge = MemoryPages.hugeBytes(memory);
        // What is left at the end of a segment is less than one.
        long expected = page == 0 ? memory.byteSize() : Math.max(page, memory.byteSize() / page * page);
        if (huge < expected) {
            throw new SegmentPagesException("huge pages are required and not granted: segment=" + options.name()
                    + ", path=" + options.path() + ", hugePages=" + options.pages().hugePages() + ", bytes="
                    + memory.byteSize() + ", huge bytes=" + huge + ", "
                    + (NativeAccess.isAvailable() ? MemoryPages.policy(options.path()) : NO_NATIVE_ACCESS)
                    + " (expected: " + expected + " huge bytes; the file system of the segment has to be mounted with"
                    + " huge=advise or huge=always, and to hold a segment of " + page
                    + " bytes or more; TRY goes on without)",
                    options.path());
        }
    }
}
