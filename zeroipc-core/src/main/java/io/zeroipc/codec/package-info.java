/**
 * One element to the bytes of a slot and back. The vocabulary, the layout of a record as a C struct and the exact bytes
 * of every element type stand in {@code docs/format/elements.md}.
 * <p>
 * All access here is plain: a codec neither publishes nor acquires. The structure that owns the slot orders the bytes
 * with the word it releases after {@code encode} and acquires before {@code decode}.
 */
@NullMarked
package io.zeroipc.codec;

import org.jspecify.annotations.NullMarked;
