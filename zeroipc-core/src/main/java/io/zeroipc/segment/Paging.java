package io.zeroipc.segment;

/**
 * What was asked of the pages behind a mapping, and what became of it.
 *
 * @param asked whether huge pages were
 * @param hugeBytes bytes that the mapping has in huge pages, as {@code /proc/self/smaps} says; 0 where it does not, and unless they
 *            were asked for
 * @param numaNode the node that the pages are bound to by this mapping; -1 when none was asked for, or it had no effect
 * @param preTouched whether all pages were mapped before the segment was returned
 * @param note what was asked for without effect, and why; empty when there is nothing of the kind
 */
public record Paging(HugePages asked, long hugeBytes, int numaNode, boolean preTouched, String note) {}
