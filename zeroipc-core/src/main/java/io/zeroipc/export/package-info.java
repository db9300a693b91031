/**
 * Types of elements as source text in other languages, with a layout that their compilers check: made from a segment, from records,
 * or from any schema.
 */
@NullMarked
package io.zeroipc.export;

import org.jspecify.annotations.NullMarked;
