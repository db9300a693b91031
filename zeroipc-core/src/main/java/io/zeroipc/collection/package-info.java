/**
 * Structures that hold elements: array, queue and ring.
 */
@NullMarked
package io.zeroipc.collection;

import org.jspecify.annotations.NullMarked;
