package io.zeroipc.segment;

/**
 * One row of a segment's table.
 *
 * @param name as stored, suffix included
 * @param offset of the block, from the start of the segment
 * @param byteSize of the block, as recorded
 * @param valid whether the block lies inside the segment; a row that a peer is just writing may not
 */
public record TableEntry(String name, long offset, long byteSize, boolean valid) {}
