/**
 * Structures that hold elements: array, pool, queue, ring and stack.
 */
@NullMarked
package io.zeroipc.collection;

import org.jspecify.annotations.NullMarked;
