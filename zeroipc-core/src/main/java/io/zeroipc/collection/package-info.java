/**
 * Structures that hold elements: array, map, pool, queue, ring, set and stack.
 */
@NullMarked
package io.zeroipc.collection;

import org.jspecify.annotations.NullMarked;
